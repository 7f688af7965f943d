"""Tables of this room. They hold data and the constraints that no race may break."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Left
from pydantic import TypeAdapter

from chengshao.catalog.terms import CheckMode, Track, Urgency
from chengshao.kernel.canonical import GENESIS, Json
from chengshao.people import queries as people
from chengshao.workorders.rules.facts import (
    OPEN_STATES,
    Answer,
    Asked,
    CaseFacts,
    Closing,
    ReportFacts,
    TaskFacts,
)
from chengshao.workorders.rules.qualifying import Said
from chengshao.workorders.terms import (
    Outcome,
    Principle,
    Sight,
    TaskKind,
    TaskState,
)

_OPEN_VALUES = sorted(state.value for state in OPEN_STATES)
ASKED = TypeAdapter(Asked)  # how what was asked is kept in a task's JSON
ANSWER = TypeAdapter(Answer)
CLOSING = TypeAdapter(Closing)

MATTER_ITSELF = models.Func(  # without the condition behind its code: C0101 of C0101-2
    "matter", Value("-"), Value(1), function="split_part", output_field=models.TextField()
)
SUBDISTRICT = Left("territory", 9)
PRECEDENT = Q(outcome=Outcome.CLOSED.value, closed_unit__isnull=False)


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
    track = models.CharField(max_length=16, default=Track.ORDINARY.value)
    check_mode = models.CharField(max_length=16, default=CheckMode.SITE.value)
    sign_off_waived = models.BooleanField(default=False)
    outer_due_at = models.DateTimeField(null=True, blank=True)  # the nearest of its reports'
    confidential = models.BooleanField(default=False)
    named_only = models.BooleanField(default=False)  # 举报: its audience are persons, not units
    place = models.TextField(default="", blank=True)  # of the matter, never the citizen's home
    place_confirmed = models.BooleanField(default=False)  # in the desk's words, no citizen's
    territory = models.CharField(max_length=12, default="", blank=True)  # division code, "" unknown
    grid = models.CharField(max_length=15, default="", blank=True)
    lng = models.FloatField(null=True, blank=True)  # CGCS2000
    lat = models.FloatField(null=True, blank=True)
    outcome = models.CharField(max_length=16, default="", blank=True)
    closing_kind = models.CharField(max_length=16, default="", blank=True)
    closing = models.JSONField(default=dict, blank=True)  # rules.facts.Closing
    closed_unit = models.ForeignKey(  # whose answer it is; empty: the desk's own
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    suspended_at = models.DateTimeField(null=True, blank=True)
    resumes_at = models.DateTimeField(null=True, blank=True)  # while suspended
    archived_at = models.DateTimeField(null=True, blank=True)
    chases = models.PositiveSmallIntegerField(default=0)  # 催单 since the last answer
    step = models.CharField(max_length=16)  # stored for lists; rules.lifecycle.step_of decides
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    history_seq = models.PositiveIntegerField(default=0)
    history_head = models.CharField(max_length=64, default=GENESIS)

    # What was decided since the last line of the history, for the next one. Not stored.
    unsaid: tuple[dict[str, Json], ...] = ()
    # What came along with that, each in a line of its own after it. Not stored.
    following: tuple[dict[str, Json], ...] = ()

    class Meta:
        indexes = [
            models.Index(
                MATTER_ITSELF,
                models.F("ended_at").desc(nulls_last=True),
                condition=PRECEDENT,
                name="workorder_precedents",
            ),
            models.Index(
                MATTER_ITSELF,
                SUBDISTRICT,
                models.F("ended_at").desc(nulls_last=True),
                condition=PRECEDENT,
                name="workorder_precedents_near",
            ),
            models.Index(fields=["step"], condition=Q(outcome=""), name="workorder_open_step"),
            models.Index(fields=["lng", "lat"], name="workorder_point"),
            models.Index(
                fields=["matter"], opclasses=["varchar_pattern_ops"], name="workorder_matter"
            ),
            models.Index(
                fields=["resumes_at"],
                condition=Q(resumes_at__isnull=False),
                name="workorder_to_resume",
            ),
            models.Index(
                fields=["ended_at"],
                condition=Q(ended_at__isnull=False, archived_at=None),
                name="workorder_to_archive",
            ),
        ]

    def facts(
        self, *, tasks: "Iterable[Task] | None" = None, reports: "Iterable[Report] | None" = None
    ) -> CaseFacts:
        """
        Return what the rules need of the case: two statements, three of a closed one, less what
        is at hand. Only of a closed case do ratings count. A complaint takes one more: it is about
        those, too, who have taken over the work of the unit that it names, and who stand below.
        """
        closed = self.outcome == Outcome.CLOSED
        if reports is None:
            told = self.reports.order_by("pk")
            reports = told.prefetch_related("ratings") if closed else told
        reports = list(reports)
        named = (report.complained_about_unit_id for report in reports)
        about = {unit_id for unit_id in named if unit_id is not None}
        return CaseFacts(
            desk_unit_id=self.desk_unit_id,
            tasks=tuple(task.facts() for task in tasks or self.tasks.order_by("pk")),
            reports=tuple(report.facts(closed=closed) for report in reports),
            outcome=Outcome(self.outcome) if self.outcome else None,
            evidence_asked=frozenset(self.evidence_asked),
            complained_about=people.kept_from(about, desk_unit_id=self.desk_unit_id),
            about_somebody=any(report.said.about_somebody for report in reports),
            territory=self.territory,
            urgency=Urgency(self.urgency or Urgency.ORDINARY),
            track=Track(self.track),
            check_mode=CheckMode(self.check_mode),
            sign_off_waived=self.sign_off_waived,
            outer=self.outer_due_at is not None,
            outer_due_at=self.outer_due_at,
            contactable=any(report.is_reachable for report in reports),
            suspended=self.resumes_at is not None,
            suspended_before=self.suspended_at is not None,
            archived=self.archived_at is not None,
            closing=CLOSING.validate_python(self.closing) if self.closing else None,
        )

    def place_told(self, *, whole: bool) -> str:
        """
        Return where it is, in words; "" where there are none to tell. A third party, who does not
        see the whole case, reads no citizen's words: only those that the desk has confirmed.
        """
        return self.place if whole or self.place_confirmed else ""

    @property
    def is_on_ledger(self) -> bool:
        """Tell whether it is closed and not over: repeats attach to it (挂账). One statement."""
        entries = self.ledger.filter(struck_off_at=None)
        return self.outcome == Outcome.CLOSED and entries.exists()


class Report(models.Model):
    """The demand of one person or device (诉求), as it was said."""

    is_new = False  # stored just now, and not by the same request before

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="reports")
    caller = models.ForeignKey(  # who sent it in; empty: a citizen without a name
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    client_key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)  # of the request that brought it
    link_digest = models.CharField(max_length=64, unique=True)  # of the citizen's secret link
    channel = models.CharField(max_length=16)
    kind = models.CharField(max_length=16, default="", blank=True)  # 求助、投诉…; "" not said
    source_number = models.CharField(max_length=40, default="", blank=True)  # the channel's own
    source_at = models.DateTimeField(null=True, blank=True)  # when the source says it was said
    outer_due_at = models.DateTimeField(null=True, blank=True)  # an order of another platform
    words = models.TextField()  # empty once erased
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
    told_at = models.DateTimeField(null=True, blank=True)  # of the last result
    nuisance = models.BooleanField(default=False)  # of this call, never of a person
    erased_at = models.DateTimeField(null=True, blank=True)  # what was said is gone (删除权)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["caller", "client_key"], nulls_distinct=False, name="report_key_once"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(
                    words="",
                    words_salt="",
                    bigrams=[],
                    place="",
                    lng=None,
                    lat=None,
                    complained_about="",
                    source_number="",
                    fingerprint="",
                ),
                name="report_erased_says_nothing",
            ),
        ]
        indexes = [
            GinIndex(fields=["bigrams"], name="report_bigrams", fastupdate=False),
            models.Index(
                fields=["source_number"], condition=~Q(source_number=""), name="report_of_source"
            ),
        ]

    @property
    def rating(self) -> "Rating | None":
        """What was last asked for, if anything was; prefetch `ratings` for many."""
        return max(self.ratings.all(), key=lambda rating: rating.round, default=None)

    @property
    def said(self) -> Said:
        """What was said of it, and about whom it is."""
        return Said(self.kind, self.complained_about_unit_id, self.complained_about)

    @property
    def is_reachable(self) -> bool:
        """Tell whether its citizen waits and can be called: a confidential number opens to none."""
        waits = self.withdrawn_at is None and not self.nuisance and self.erased_at is None
        return waits and self.contact_id is not None and not self.confidential

    def told_since(self, task: "Task") -> bool:
        """Tell whether its citizen knows the result that this task is to tell."""
        return self.told_at is not None and self.told_at >= task.opened_at

    def facts(self, *, closed: bool = True) -> ReportFacts:
        rating = self.rating if closed else None
        rated = rating is not None and rating.ended_at is not None
        return ReportFacts(
            self.pk,
            withdrawn=self.withdrawn_at is not None,
            rated=rated,
            nuisance=self.nuisance,
            of_platform=self.outer_due_at is not None,
            caller_id=self.caller_id,
            reachable=self.is_reachable,
        )


class OldCase(models.Model):
    """
    Whence a case came that another system had (IMPORT). Nobody here took its steps, so none of
    them counts.
    """

    work_order = models.OneToOneField(WorkOrder, models.PROTECT, related_name="old_case")
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=64)  # of the source
    digest = models.CharField(max_length=64)  # of the row as it was handed in
    batch = models.BigIntegerField()  # the import that brought it
    due_at = models.DateTimeField(null=True, blank=True)  # as its system had it
    in_time = models.BooleanField(null=True, blank=True)  # as its system counted

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="old_case_once"),
        ]
        indexes = [models.Index(fields=["batch"], name="old_case_batch")]


class Rating(models.Model):
    """The citizen's word on the result (评价): asked when the case closes, given or lapsed."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="ratings", db_index=False)
    round = models.PositiveSmallIntegerField()  # each closing asks once, each voiding once more
    lapses_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # given or lapsed
    voided_at = models.DateTimeField(null=True, blank=True)  # somebody urged: not counted
    resolution = models.CharField(max_length=20, default="", blank=True)
    satisfaction = models.CharField(max_length=20, default="", blank=True)
    contacted = models.BooleanField(null=True, blank=True)  # did anyone get in touch?

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "round"], name="rating_once"),
            models.CheckConstraint(
                condition=Q(voided_at=None) | ~Q(satisfaction=""), name="rating_voided_was_said"
            ),
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
    parent = models.ForeignKey(  # the task from which this one was asked
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    asked = models.JSONField(default=dict, blank=True)  # rules.facts.Asked
    answer = models.JSONField(default=dict, blank=True)  # rules.facts.Answer
    opened_by = models.ForeignKey(  # whose move opened it: they don't decide on it
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    extensions = models.PositiveSmallIntegerField(default=0)  # granted
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
        return TaskFacts(
            kind=self.kind,
            unit_id=self.unit_id,
            state=TaskState(self.state),
            round=self.round,
            designated=self.designated,
            id=self.pk,
            parent_id=self.parent_id or 0,
            opened_by=self.opened_by_id,
            extensions=self.extensions,
            asked=ASKED.validate_python(self.asked),
            answer=ANSWER.validate_python(self.answer),
            principle=Principle(self.principle) if self.principle else None,
        )


class Deadline(models.Model):
    """A limit on a task (时限): the amount and calendar that made it, so it can be made again."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="deadlines")
    authority = models.CharField(max_length=8)
    started_at = models.DateTimeField()
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=16)  # kernel.clock.ClockUnit
    seconds = models.PositiveIntegerField()  # the amount, and what extensions added, of its clock
    calendar_version = models.PositiveIntegerField()
    due_at = models.DateTimeField(null=True, blank=True)  # empty while suspended
    remaining_seconds = models.BigIntegerField(null=True, blank=True)  # of its clock, suspended
    next_at = models.DateTimeField(null=True, blank=True)  # when the sweep looks again
    said = models.CharField(max_length=16, default="", blank=True)  # the sweep's last word
    void = models.BooleanField(default=False)  # a return was granted: it was another's
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
            models.Index(
                fields=["calendar_version"],
                condition=Q(ended_at=None, due_at__isnull=False),
                name="deadline_calendar",
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
    blob = models.ForeignKey(  # empty once erased
        "evidence.Blob", models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at=None, blob__isnull=False)
                | Q(erased_at__isnull=False, blob=None),
                name="attachment_there_or_erased",
            ),
        ]


class Entry(models.Model):
    """One line of the case history (流转记录), chained to the line before. Never edited."""

    work_order = models.ForeignKey(
        WorkOrder, models.PROTECT, related_name="entries", db_index=False
    )
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()  # as in the body, for the seal of the day
    body = models.TextField()  # canonical JSON: the hash is over this very text
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work_order", "seq"], name="entry_seq_once"),
        ]
        indexes = [BrinIndex(fields=["at"], name="entry_at")]


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
    user = models.ForeignKey(  # only this person of the unit (举报)
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    working_only = models.BooleanField(default=False)  # those of the unit who work on cases
    sight = models.CharField(max_length=8, default=Sight.FULL.value)
    territory = models.CharField(max_length=12, default="", blank=True)  # of the case
    opened_at = models.DateTimeField()  # when it came to the unit: the order of lists

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "work_order", "user"], nulls_distinct=False, name="audience_once"
            ),
        ]
        indexes = [
            models.Index("unit", models.F("opened_at").desc(), "work_order", name="audience_list"),
        ]


class ContactAttempt(models.Model):
    """One attempt to get in touch with a citizen (先行联系); what was said is in the history."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="attempts")
    task = models.ForeignKey(Task, models.PROTECT, related_name="+", db_index=False)
    result = models.CharField(max_length=16)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField()


class Merge(models.Model):
    """Reports of one case that went to another (并案), so that it can be undone."""

    source = models.ForeignKey(WorkOrder, models.PROTECT, related_name="merges")
    target = models.ForeignKey(WorkOrder, models.PROTECT, related_name="took_in")
    report_ids = ArrayField(models.BigIntegerField())
    promise_ids = ArrayField(models.BigIntegerField(), default=list)
    ledger_ids = ArrayField(models.BigIntegerField(), default=list)
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_at=None), name="merge_once"
            ),
        ]


class Promise(models.Model):
    """What was promised by a date (承诺): then the case comes back, whoever leads by then."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="promises")
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+", db_index=False)
    promised_on = models.DateField()
    made_at = models.DateTimeField()
    came_back_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)  # nothing comes of it any more
    kept = models.BooleanField(null=True, blank=True)  # settled: what was seen; empty: nobody knows

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kept=None) | Q(settled_at__isnull=False),
                name="promise_known_is_settled",
            ),
        ]
        indexes = [
            models.Index(
                fields=["promised_on"],
                condition=Q(came_back_at=None, settled_at=None),
                name="promise_due",
            ),
            models.Index(fields=["unit", "promised_on"], name="promise_of_unit"),
        ]


class LedgerEntry(models.Model):
    """A case that can't be solved yet (疑难挂账): whose it is, and when it is looked at again."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="ledger")
    level = models.CharField(max_length=16)
    owner = models.ForeignKey("people.Unit", models.PROTECT, related_name="+", db_index=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    review_on = models.DateField()
    entered_at = models.DateTimeField()
    struck_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["work_order"], condition=Q(struck_off_at=None), name="ledger_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_on"], condition=Q(struck_off_at=None), name="ledger_review_due"
            ),
            models.Index(fields=["owner", "review_on"], name="ledger_of_unit"),
        ]


class Copy(models.Model):
    """A unit that was told of the case and owes nothing on it (抄送)."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="copies")
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work_order", "unit"], name="copy_once"),
        ]


class Alert(models.Model):
    """What a unit is told about a case it owes something on: reminded, overdue, chased."""

    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="alerts")
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16)
    for_leader = models.BooleanField(default=False)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        indexes = [
            models.Index(
                "unit", models.F("at").desc(), condition=Q(seen_at=None), name="alert_unseen"
            ),
        ]


class Viewing(models.Model):
    """Who saw, printed or took out a case, when (谁看过). Kept apart from the history."""

    work_order = models.ForeignKey(
        WorkOrder, models.PROTECT, related_name="viewings", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["work_order", "user", "kind", "at"], name="viewing_of_case"),
        ]


class Seal(models.Model):
    """The heads of all cases that a day changed, under a key that is not in the database."""

    day = models.DateField(primary_key=True)  # local; every day from the first has one
    cases = models.PositiveIntegerField()
    last_entry = models.BigIntegerField()  # the newest id it is over: later ones came too late
    digest = models.CharField(max_length=64)  # over the last entry of each case that day
    previous = models.CharField(max_length=64)  # mac of the seal before
    mac = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()


class DayCount(models.Model):
    """From where a day counts its cases: the serial in a number is how far the id lies above."""

    day = models.DateField(primary_key=True)
    above = models.BigIntegerField()  # the id of no case
