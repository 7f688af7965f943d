"""Tables of this room. They hold data and the constraints that no race may break."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from chengshao.kernel.canonical import GENESIS
from chengshao.workorders.rules.lifecycle import OPEN_STATES, CaseFacts, ReportFacts, TaskFacts
from chengshao.workorders.terms import Outcome, TaskKind, TaskState

_OPEN_VALUES = sorted(state.value for state in OPEN_STATES)


class WorkOrder(models.Model):
    """The case file (案卷). Several reports may ask for the same thing."""

    number = models.CharField(max_length=20, unique=True)  # 案卷编号
    channel = models.CharField(max_length=16)  # of the report that opened it: limits go by it
    matter = models.CharField(max_length=40, default="", blank=True)  # set when registered
    matter_version = models.ForeignKey(
        "catalog.Matter", models.PROTECT, null=True, blank=True, related_name="+"
    )
    urgency = models.CharField(max_length=16, default="", blank=True)
    desk_unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    evidence_asked = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    confidential = models.BooleanField(default=False)
    place = models.TextField(default="", blank=True)  # of the matter, never the citizen's home
    territory = models.CharField(max_length=12, default="", blank=True)  # division code, "" unknown
    grid = models.CharField(max_length=15, default="", blank=True)
    lng = models.FloatField(null=True, blank=True)  # CGCS2000
    lat = models.FloatField(null=True, blank=True)
    outcome = models.CharField(max_length=16, default="", blank=True)
    step = models.CharField(max_length=16)  # stored for lists; rules.lifecycle.step_of decides
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    history_seq = models.PositiveIntegerField(default=0)
    history_head = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        indexes = [
            # the precedents of a matter
            models.Index("matter", models.F("ended_at").desc(), name="workorder_precedents"),
        ]

    def facts(self) -> CaseFacts:
        """Return what the rules need of the case: two statements."""
        reports = list(self.reports.select_related("rating").order_by("pk"))
        about = (report.complained_about_unit_id for report in reports)
        return CaseFacts(
            desk_unit_id=self.desk_unit_id,
            tasks=tuple(task.facts() for task in self.tasks.order_by("pk")),
            reports=tuple(report.facts() for report in reports),
            outcome=Outcome(self.outcome) if self.outcome else None,
            evidence_asked=frozenset(self.evidence_asked),
            complained_about=frozenset(unit_id for unit_id in about if unit_id is not None),
            territory=self.territory,
        )


class Report(models.Model):
    """The demand of one person or device (诉求), as it was said."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="reports")
    caller = models.ForeignKey(  # who sent it in; empty: a citizen without a name
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    client_key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)  # of the request that brought it
    link_digest = models.CharField(max_length=64, unique=True)  # of the citizen's secret link
    channel = models.CharField(max_length=16)
    source_number = models.CharField(max_length=40, default="", blank=True)  # the channel's own
    source_at = models.DateTimeField(null=True, blank=True)  # when the source says it was said
    words = models.TextField()
    words_salt = models.CharField(max_length=32)  # of the digest in the history
    bigrams = ArrayField(models.TextField(), default=list, blank=True)  # of words and place
    place = models.TextField(default="", blank=True)  # as told
    lng = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    contact = models.ForeignKey(
        "people.Contact", models.PROTECT, null=True, blank=True, related_name="+"
    )
    confidential = models.BooleanField(default=False)
    complained_about_unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    complained_about = models.CharField(max_length=200, default="", blank=True)  # staff or object
    reported_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["caller", "client_key"], nulls_distinct=False, name="report_key_once"
            ),
        ]
        indexes = [GinIndex(fields=["bigrams"], name="report_bigrams", fastupdate=False)]

    def facts(self) -> ReportFacts:
        rating = getattr(self, "rating", None)
        rated = rating is not None and rating.ended_at is not None
        return ReportFacts(self.pk, self.withdrawn_at is not None, rated)


class Rating(models.Model):
    """The citizen's word on the result (评价): asked when the case closes, given or lapsed."""

    report = models.OneToOneField(Report, models.PROTECT, related_name="rating")
    lapses_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # given or lapsed
    resolution = models.CharField(max_length=20, default="", blank=True)
    satisfaction = models.CharField(max_length=20, default="", blank=True)
    contacted = models.BooleanField(null=True, blank=True)  # did anyone get in touch?

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(resolution="", satisfaction=""),
                name="rating_said_is_ended",
            ),
            models.CheckConstraint(
                condition=Q(resolution="", satisfaction="")
                | ~Q(resolution="") & ~Q(satisfaction=""),
                name="rating_said_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lapses_at"], condition=Q(ended_at__isnull=True), name="rating_waiting"
            ),
        ]


class Task(models.Model):
    """What one unit owes on the case. Never moves back: a new round is a new row."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=24)
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=16)
    round = models.PositiveSmallIntegerField()
    follows = models.ForeignKey(  # the task whose end opened it
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    designated = models.BooleanField(default=False)  # 指定主办: a return was denied
    principle = models.CharField(max_length=16, default="", blank=True)  # of a LEAD
    revision = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["work_order"],
                condition=Q(kind=TaskKind.LEAD.value, state__in=_OPEN_VALUES),
                name="task_one_open_lead",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN_VALUES, ended_at=None)
                | ~Q(state__in=_OPEN_VALUES) & Q(ended_at__isnull=False),
                name="task_ended_when_not_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "kind"], condition=Q(state__in=_OPEN_VALUES), name="task_owed"
            ),
        ]

    def facts(self) -> TaskFacts:
        state = TaskState(self.state)
        return TaskFacts(self.kind, self.unit_id, state, self.round, self.designated, self.pk)


class Deadline(models.Model):
    """A limit on a task (时限): the amount and calendar that made it, so it can be made again."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="deadlines")
    authority = models.CharField(max_length=8)
    started_at = models.DateTimeField()
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=16)  # kernel.clock.ClockUnit
    calendar_version = models.PositiveIntegerField()
    due_at = models.DateTimeField(null=True, blank=True)  # empty while suspended
    remaining_seconds = models.BigIntegerField(null=True, blank=True)  # of its clock, suspended
    next_at = models.DateTimeField(null=True, blank=True)  # when the sweep looks again
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "authority"], name="deadline_once"),
            models.CheckConstraint(
                condition=Q(due_at__isnull=False, remaining_seconds=None)
                | Q(due_at=None, remaining_seconds__isnull=False),
                name="deadline_runs_or_rests",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(next_at=None), name="deadline_ended_not_swept"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="deadline_sweep"
            ),
        ]


class Attachment(models.Model):
    """A file on the case: what a citizen sent, or the evidence that a matter's closing asks."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="attachments")
    report = models.ForeignKey(
        Report, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    evidence_kind = models.CharField(max_length=40, default="", blank=True)
    blob = models.ForeignKey("evidence.Blob", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()


class Entry(models.Model):
    """One line of the case history (流转记录), chained to the line before. Never edited."""

    work_order = models.ForeignKey(
        WorkOrder, models.PROTECT, related_name="entries", db_index=False
    )
    seq = models.PositiveIntegerField()
    body = models.TextField()  # canonical JSON: the hash is over this very text
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work_order", "seq"], name="entry_seq_once"),
        ]


class Note(models.Model):
    """Free text beside an entry, whose body has only its salted digest: it can be erased."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="notes", db_index=False)
    name = models.CharField(max_length=16)
    salt = models.CharField(max_length=32)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "name"], name="note_name_once"),
        ]


class Audience(models.Model):
    """A unit that sees the case: the one source of scope and of the order of lists."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="audience")
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+", db_index=False)
    working_only = models.BooleanField(default=False)  # those of the unit who work on cases
    territory = models.CharField(max_length=12, default="", blank=True)  # of the case
    opened_at = models.DateTimeField()  # when it came to the unit: the order of lists

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "work_order"], name="audience_once"),
        ]
        indexes = [
            models.Index("unit", models.F("opened_at").desc(), "work_order", name="audience_list"),
        ]


class DayCount(models.Model):
    """How many cases this day has had: the serial in the number."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField()
