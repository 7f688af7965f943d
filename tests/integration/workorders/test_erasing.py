"""What a citizen said can go, and a spilled secret; that it was there stays proven (PIPL §47)."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from django.db import connections
from pytest_django import DjangoCaptureOnCommitCallbacks

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind
from chengshao.evidence import actions as evidence
from chengshao.evidence import queries as blobs
from chengshao.evidence.models import Blob
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people.actions import PeoplePowerMissing, erase_contact
from chengshao.people.models import Contact, ContactAccess
from chengshao.people.queries import masked_contacts
from chengshao.people.terms import Power as PeoplePower
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import NewReport, NothingToErase
from chengshao.workorders.models import Attachment, Entry, Note, Report, WorkOrder
from chengshao.workorders.queries import AttachmentErased, AttachmentNotFound, ReportNotFound
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.terms import (
    Channel,
    ContactResult,
    Power,
    Resolution,
    Satisfaction,
    TaskCommand,
    TaskKind,
)
from tests.district import (
    AT,
    LOADER,
    MANHOLE,
    District,
    closed,
    dispatched,
    everyone,
    load_district,
    move,
    owed,
    parted,
    reported,
    said,
    staff,
)
from tests.unit.evidence.files import pdf, photo

SECRET = "王小明"


@dataclass(frozen=True, slots=True)
class Told:
    """A case, and what one citizen said in it."""

    case: WorkOrder
    report: Report
    file: Attachment


@pytest.fixture
def officer(district: District) -> Actor:
    """Who erases at the centre what a citizen may have erased (个人信息保护负责人)."""
    powers = (Power.SEE, Power.ERASE, PeoplePower.ERASE_CONTACT)
    return Actor(
        ActorKind.PERSON, None, frozenset(Grant(power, district.centre) for power in powers)
    )


@pytest.fixture
def told(centre: Actor, district: District) -> Told:
    """A citizen's name stands in all that can hold it: words, place, contact, file, notes."""
    report = NewReport(
        client_key="k-1",
        channel=Channel.HOTLINE,
        words=f"我是{SECRET}，井盖塌了",
        place=f"{SECRET}家门口",
        lng=120.15,
        lat=30.24,
        contact_name=SECRET,
        contact_phone="13800138000",
        source_number="12345-7",
        complained_about=f"{SECRET}的邻居",
    )
    case = dispatched(centre, district.roads, report=report)
    own = case.reports.get()
    file = attached(own, centre)
    actions.chase_report(report_id=own.pk, words=f"{SECRET}又来问", actor=centre, at=AT)
    actions.supplement_report(report_id=own.pk, words=f"{SECRET}住302", actor=centre, at=AT)
    actions.record_contact(
        task_id=owed(case, TaskKind.CONTACT).pk,
        report_id=own.pk,
        result=ContactResult.TALKED,
        words=f"{SECRET}说在家等",
        actor=centre,
        at=AT,
    )
    move(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason="不属市政管线")
    case.refresh_from_db()
    return Told(case, own, file)


def attached(report: Report, actor: Actor, content: bytes | None = None) -> Attachment:
    blob_id = evidence.store_upload(
        content=content or photo(), name=f"{SECRET}.jpg", actor=actor, at=AT
    )
    return actions.attach_to_report(report_id=report.pk, blob_id=blob_id, actor=actor, at=AT)


def erase(told: Told, actor: Actor) -> None:
    actions.erase_report(
        reason="删除申请", number=told.case.number, report_id=told.report.pk, actor=actor, at=AT
    )


def last_line(case: WorkOrder) -> dict[str, object]:
    found: dict[str, object] = json.loads(case.entries.order_by("seq").last().body)  # type: ignore[union-attr]
    return {k: v for k, v in found.items() if k not in ("v", "actor", "user_id", "on_behalf_of")}


def whole(*cases: WorkOrder) -> bool:
    return queries.broken_cases([case.pk for case in cases]) == []


class TestNotes:
    def test_go_and_leave_the_chain_whole(self, told: Told, officer: Actor) -> None:
        seq = told.case.history_seq

        actions.erase_notes(
            reason="删除申请", number=told.case.number, seq=seq, actor=officer, at=AT
        )

        assert not Note.objects.filter(entry__seq=seq).exists()
        assert last_line(told.case)["erased_seq"] == seq
        assert whole(told.case)

    def test_are_erased_once(self, told: Told, officer: Actor) -> None:
        seq = told.case.history_seq
        actions.erase_notes(
            reason="删除申请", number=told.case.number, seq=seq, actor=officer, at=AT
        )
        lines = Entry.objects.count()

        for nothing in (seq, 1, 99):
            with pytest.raises(NothingToErase):
                actions.erase_notes(
                    reason="删除申请", number=told.case.number, seq=nothing, actor=officer, at=AT
                )
        assert Entry.objects.count() == lines

    def test_stay_where_the_power_is_lacking(self, told: Told, district: District) -> None:
        before = Note.objects.count()

        with pytest.raises(PowerMissing):
            actions.erase_notes(
                reason="删除申请",
                number=told.case.number,
                seq=told.case.history_seq,
                actor=staff(district.centre, Power.SEE),
                at=AT,
            )
        assert Note.objects.count() == before

    def test_nothing_else_may_be_deleted_afterwards(self, told: Told, officer: Actor) -> None:
        """The database's leave to delete notes ends with the erasure, not with the transaction."""
        actions.erase_notes(
            reason="删除申请",
            number=told.case.number,
            seq=told.case.history_seq,
            actor=officer,
            at=AT,
        )

        with pytest.raises(Exception, match="append-only"):
            Note.objects.all().delete()


class TestReport:
    def test_nothing_that_the_citizen_said_is_left(
        self,
        told: Told,
        officer: Actor,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        assert told.file.blob is not None
        path = blobs.path_of(told.file.blob.digest)
        assert path.exists()

        with django_capture_on_commit_callbacks(execute=True):
            erase(told, officer)

        report = Report.objects.get(pk=told.report.pk)
        assert report.erased_at == AT
        assert (report.words, report.place, report.lng, report.lat) == ("", "", None, None)
        assert (report.bigrams, report.words_salt, report.fingerprint) == ([], "", "")
        assert (report.complained_about, report.source_number) == ("", "")
        assert whole(told.case)
        assert not any(SECRET in text for text in Note.objects.values_list("text", flat=True))
        assert not any(SECRET in body for body in Entry.objects.values_list("body", flat=True))
        assert Contact.objects.get().name is None
        assert not Blob.objects.exists()
        assert not path.exists()

    def test_one_line_names_exactly_what_went(self, told: Told, officer: Actor) -> None:
        erase(told, officer)

        said_by_citizen = [
            seq
            for seq, body in told.case.entries.order_by("seq").values_list("seq", "body")
            if json.loads(body)["command"] in ("CHASE", "SUPPLEMENT", "CONTACT")
        ]
        line = last_line(told.case)
        assert told.case.entries.count() == told.case.history_seq + 1
        assert (line["command"], line["report_id"]) == ("ERASE", told.report.pk)
        assert line["erased_seqs"] == said_by_citizen
        assert line["attachment_ids"] == [told.file.pk]
        assert line["contact_id"] == told.report.contact_id

    def test_the_history_is_proven_still(self, told: Told, officer: Actor) -> None:
        erase(told, officer)

        told.case.refresh_from_db()
        assert whole(told.case)
        assert queries.first_broken_entry(told.case) is None

    def test_nothing_else_changes(self, told: Told, officer: Actor) -> None:
        kept = {"history_seq", "history_head"}
        columns = [f.attname for f in WorkOrder._meta.concrete_fields if f.name not in kept]
        before = (
            list(WorkOrder.objects.values(*columns)),
            list(told.case.tasks.values()),
            list(Entry.objects.values("seq", "body", "hash")),
            Note.objects.get(text="不属市政管线").pk,
        )

        erase(told, officer)

        assert list(WorkOrder.objects.values(*columns)) == before[0]
        assert list(told.case.tasks.values()) == before[1]
        assert list(Entry.objects.values("seq", "body", "hash"))[:-1] == before[2]
        assert Note.objects.get(text="不属市政管线").pk == before[3]

    def test_is_erased_once(self, told: Told, officer: Actor) -> None:
        erase(told, officer)
        lines = Entry.objects.count()

        with pytest.raises(NothingToErase):
            erase(told, officer)
        assert Entry.objects.count() == lines

    def test_of_another_case_is_not_there(self, told: Told, officer: Actor, centre: Actor) -> None:
        other = reported(centre, said("k-2", "路灯不亮"))

        with pytest.raises(ReportNotFound):
            actions.erase_report(
                reason="删除申请", number=told.case.number, report_id=other.pk, actor=officer, at=AT
            )
        other.refresh_from_db()
        assert other.words == "路灯不亮"

    @pytest.mark.parametrize(
        ("powers", "refusal"),
        [
            ((Power.SEE,), PowerMissing),
            ((Power.SEE, PeoplePower.ERASE_CONTACT), PowerMissing),
            ((Power.SEE, Power.ERASE), PeoplePowerMissing),  # there is a contact to erase
        ],
    )
    def test_takes_the_power_over_words_and_contact(
        self,
        told: Told,
        district: District,
        powers: tuple[str, ...],
        refusal: type[Exception],
    ) -> None:
        lines = Entry.objects.count()

        with pytest.raises(refusal):
            erase(told, staff(district.centre, *powers))
        told.report.refresh_from_db()
        assert SECRET in told.report.words
        assert Contact.objects.get().name is not None
        assert (Entry.objects.count(), ContactAccess.objects.count()) == (lines, 0)

    def test_without_a_contact_takes_no_power_over_contacts(
        self, centre: Actor, district: District
    ) -> None:
        anonymous = reported(centre, said())
        eraser = staff(district.centre, Power.SEE, Power.ERASE)

        erase_of(anonymous, eraser)

        anonymous.refresh_from_db()
        assert anonymous.erased_at == AT

    def test_whose_contact_went_before_goes_too(self, told: Told, officer: Actor) -> None:
        assert told.report.contact_id is not None
        erase_contact(
            contact_id=told.report.contact_id, purpose="期满", about="", actor=officer, at=AT
        )

        erase(told, officer)

        assert masked_contacts([told.report.contact_id])[told.report.contact_id].erased
        assert whole(told.case)

    def test_the_office_s_own_answer_stays(
        self, officer: Actor, centre: Actor, district: District
    ) -> None:
        rules = "事项编码,来源渠道,紧急程度,办理方式,依据,生效日期\nC0101,,,即办,测试,2020-01-01\n"
        catalog.import_table(
            kind=TableKind.TRACK_RULES, content=rules.encode(), actor=LOADER, at=AT
        )
        fixed = actions.record_fixed(
            report=NewReport(client_key="f", channel=Channel.PATROL, words=f"{SECRET}倒的垃圾"),
            unit_id=district.roads,
            matter=MANHOLE,
            reply="已清运",
            actor=centre,
            at=AT,
        )

        erase_of(fixed, officer)

        assert Note.objects.get(name="REPLY").text == "已清运"
        assert whole(fixed.work_order)

    def test_what_the_citizen_said_when_rating_goes(
        self, centre: Actor, district: District, officer: Actor
    ) -> None:
        case = closed(centre, district.roads)
        report = case.reports.get()
        actions.rate_report(
            report_id=report.pk,
            resolution=Resolution.UNRESOLVED,
            satisfaction=Satisfaction.DISSATISFIED,
            comment=f"{SECRET}不满意",
            actor=centre,
            at=AT,
        )

        erase_of(report, officer)

        assert not Note.objects.filter(text__contains=SECRET).exists()
        assert Note.objects.filter(text="井盖已换好").exists()
        assert report.ratings.get().satisfaction == Satisfaction.DISSATISFIED
        assert whole(case)

    def test_another_whose_number_begins_alike_stays(
        self, told: Told, officer: Actor, centre: Actor
    ) -> None:
        """Lines are found by the report's id: 1 is not 11."""
        other = Report.objects.get(pk=told.report.pk)
        other.pk, other.client_key, other.link_digest = told.report.pk * 10 + 1, "k-9", "9" * 64
        other.save(force_insert=True)
        actions.chase_report(report_id=other.pk, words="我不是他", actor=centre, at=AT)

        erase(told, officer)

        assert Note.objects.filter(text="我不是他").exists()

    def test_does_not_come_back_by_its_key(self, told: Told, officer: Actor, centre: Actor) -> None:
        erase(told, officer)

        with pytest.raises(actions.ClientKeyReused):
            reported(centre, said("k-1", "又来"))
        told.report.refresh_from_db()
        assert told.report.words == ""

    @pytest.mark.parametrize("words", ["井盖塌了", "12345-7"])
    def test_is_found_by_no_word_any_more(
        self, told: Told, officer: Actor, centre: Actor, district: District, words: str
    ) -> None:
        found = {"unit_id": district.centre, "actor": centre, "limit": 5, "words": words}
        assert len(queries.cases_of_unit(**found)) == 1  # type: ignore[arg-type]

        erase(told, officer)

        assert queries.cases_of_unit(**found) == []  # type: ignore[arg-type]


class TestMergedReport:
    @pytest.fixture
    def other(self, told: Told, centre: Actor) -> WorkOrder:
        """The case into which that one was merged, where the citizen went on talking."""
        neighbour = replace(said("k-2", "井盖不见了"), complained_about="邻居")
        other = reported(centre, neighbour).work_order
        actions.merge_cases(
            number=told.case.number,
            into=other.number,
            seen_revision=told.case.revision,
            reason="同一个井盖",
            actor=centre,
            at=AT,
        )
        actions.chase_report(report_id=told.report.pk, words=f"{SECRET}还在等", actor=centre, at=AT)
        return other

    def test_goes_from_every_case_it_was_on(
        self, told: Told, other: WorkOrder, officer: Actor
    ) -> None:
        actions.erase_report(
            reason="删除申请", number=other.number, report_id=told.report.pk, actor=officer, at=AT
        )

        assert not Note.objects.filter(text__contains=SECRET).exists()
        assert Note.objects.filter(text="同一个井盖").count() == 2
        assert whole(told.case, other)
        assert [last_line(case)["command"] for case in (told.case, other)] == ["ERASE", "ERASE"]

    def test_can_t_be_erased_where_it_is_no_more(
        self, told: Told, other: WorkOrder, officer: Actor
    ) -> None:
        with pytest.raises(ReportNotFound):
            erase(told, officer)
        assert Note.objects.filter(text__contains=SECRET).exists()

    def test_comes_back_empty_when_the_merge_is_undone(
        self, told: Told, other: WorkOrder, officer: Actor, centre: Actor
    ) -> None:
        actions.erase_report(
            reason="删除申请", number=other.number, report_id=told.report.pk, actor=officer, at=AT
        )

        parted(told.case, "不是一个", centre)

        assert whole(told.case, other)


class TestAttachment:
    def test_goes_with_its_bytes(
        self,
        told: Told,
        officer: Actor,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        assert told.file.blob is not None
        digest = told.file.blob.digest
        with django_capture_on_commit_callbacks(execute=True):
            erase_file(told, officer)

        told.file.refresh_from_db()
        assert (told.file.blob_id, told.file.erased_at) == (None, AT)
        assert not Blob.objects.exists()
        assert list(blobs.path_of(digest).parent.glob(f"{digest}*")) == []

    def test_one_line_names_it(self, told: Told, officer: Actor) -> None:
        erase_file(told, officer)

        line = last_line(told.case)
        assert (line["command"], line["attachment_id"]) == ("ERASE", told.file.pk)
        assert whole(told.case)

    def test_bytes_that_another_file_has_too_stay(
        self,
        told: Told,
        officer: Actor,
        centre: Actor,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        same = attached(told.report, centre)
        assert same.blob is not None

        with django_capture_on_commit_callbacks(execute=True):
            erase_file(told, officer)

        assert blobs.path_of(same.blob.digest).exists()
        assert whole(told.case)
        assert queries.broken_cases([told.case.pk], read_files=True) == []

    def test_a_blob_that_hangs_elsewhere_too_stays(
        self, told: Told, officer: Actor, centre: Actor
    ) -> None:
        assert told.file.blob_id is not None
        actions.attach_to_report(
            report_id=told.report.pk, blob_id=told.file.blob_id, actor=centre, at=AT
        )

        erase_file(told, officer)

        assert Blob.objects.filter(pk=told.file.blob_id).exists()

    def test_is_said_to_be_erased_to_whoever_opens_it(self, told: Told, officer: Actor) -> None:
        erase_file(told, officer)

        with pytest.raises(AttachmentErased):
            queries.blob_id_of(attachment_id=told.file.pk, actor=officer)

    def test_is_erased_once(self, told: Told, officer: Actor) -> None:
        erase_file(told, officer)
        lines = Entry.objects.count()

        with pytest.raises(NothingToErase):
            erase_file(told, officer)
        assert Entry.objects.count() == lines

    def test_of_another_case_is_not_there(self, told: Told, officer: Actor, centre: Actor) -> None:
        other = attached(reported(centre, said("k-2", "路灯不亮")), centre, pdf())

        with pytest.raises(AttachmentNotFound):
            actions.erase_attachment(
                reason="删除申请",
                number=told.case.number,
                attachment_id=other.pk,
                actor=officer,
                at=AT,
            )
        other.refresh_from_db()
        assert other.blob_id is not None

    def test_stays_where_the_power_is_lacking(self, told: Told, district: District) -> None:
        with pytest.raises(PowerMissing):
            erase_file(told, staff(district.centre, Power.SEE))
        told.file.refresh_from_db()
        assert told.file.blob_id is not None

    def test_that_is_erased_with_its_report_is_named_once(self, told: Told, officer: Actor) -> None:
        erase_file(told, officer)

        erase(told, officer)

        assert last_line(told.case)["attachment_ids"] == []
        assert whole(told.case)


def erase_file(told: Told, actor: Actor) -> None:
    actions.erase_attachment(
        reason="删除申请", number=told.case.number, attachment_id=told.file.pk, actor=actor, at=AT
    )


def erase_of(report: Report, actor: Actor) -> None:
    actions.erase_report(
        reason="删除申请", number=report.work_order.number, report_id=report.pk, actor=actor, at=AT
    )


@pytest.mark.django_db(transaction=True)
def test_two_who_erase_at_once_erase_once() -> None:
    district = load_district()
    report = reported(everyone(district), said())
    eraser = staff(district.centre, Power.SEE, Power.ERASE)

    def try_to() -> bool:
        try:
            erase_of(report, eraser)
        except NothingToErase:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        done = [run.result() for run in [pool.submit(try_to) for _ in range(2)]]

    assert sorted(done) == [False, True]
    assert report.work_order.entries.count() == 2
    assert whole(report.work_order)
