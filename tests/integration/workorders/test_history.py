"""The history reproduces what was done, and shows when somebody meddled with it (X4)."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, models, transaction

from chengshao.evidence import actions as evidence
from chengshao.evidence import queries as blobs
from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import GENESIS, chain_step
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Attachment, Entry, Note, Report, Seal, Viewing, WorkOrder
from chengshao.workorders.queries import Broken
from chengshao.workorders.terms import BrokenPart, TaskCommand, TaskKind, ViewingKind
from tests.district import AT, District, account, dispatched, move, parted, reported, said, staff
from tests.meddling import meddling
from tests.unit.evidence.files import photo


@pytest.fixture
def case(centre: Actor, district: District) -> WorkOrder:
    """A dispatched case whose lead has asked for a return, with a person's name in the reason."""
    case = dispatched(centre, district.roads)
    reason = "王女士称管线属供水"
    return move(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason=reason)


def broken(case: WorkOrder) -> list[tuple[int, BrokenPart]]:
    """Return what verifying the case names."""
    return [(each.seq, each.part) for each in queries.broken_cases([case.pk])]


def with_photo(case: WorkOrder, actor: Actor) -> Attachment:
    blob_id = evidence.store_upload(content=photo(), name="现场.jpg", actor=actor, at=AT)
    report = case.reports.get()
    return actions.attach_to_report(report_id=report.pk, blob_id=blob_id, actor=actor, at=AT)


def rewritten(case: WorkOrder) -> None:
    """Compute the chain anew over whatever stands there now, as one who knows how."""
    head = GENESIS
    for entry in case.entries.order_by("seq"):
        head = chain_step(head, entry.body)
        Entry.objects.filter(pk=entry.pk).update(hash=head)
    WorkOrder.objects.filter(pk=case.pk).update(history_head=head)


class TestTheChain:
    def test_every_change_is_one_entry_of_it(self, case: WorkOrder) -> None:
        entries = case.entries.order_by("seq")

        commands = [json.loads(entry.body)["command"] for entry in entries]
        assert [entry.seq for entry in entries] == [1, 2, 3, 4]
        assert commands == ["REPORT", "REGISTER", "DISPATCH", "ASK_RETURN"]
        assert queries.first_broken_entry(case) is None
        assert broken(case) == []

    def test_shows_a_changed_line(self, case: WorkOrder) -> None:
        second = case.entries.get(seq=2)
        second.body = second.body.replace("REGISTERED", "DECLINED")
        with meddling():
            second.save()

        assert queries.first_broken_entry(case) == 2
        assert queries.broken_cases([case.pk]) == [Broken(case.number, 2, BrokenPart.ENTRY)]

    def test_shows_a_removed_line(self, case: WorkOrder) -> None:
        with meddling():
            Note.objects.filter(entry__work_order=case, entry__seq=3).delete()
            case.entries.get(seq=3).delete()

        assert broken(case) == [(3, BrokenPart.ENTRY)]

    def test_shows_a_removed_last_line(self, case: WorkOrder) -> None:
        with meddling():
            Note.objects.filter(entry__work_order=case, entry__seq=4).delete()
            case.entries.get(seq=4).delete()

        assert queries.first_broken_entry(case) == 4
        assert broken(case) == [(4, BrokenPart.END)]

    def test_shows_a_head_set_back(self, case: WorkOrder) -> None:
        third = case.entries.get(seq=3)
        WorkOrder.objects.filter(pk=case.pk).update(history_seq=3, history_head=third.hash)

        assert broken(case) == [(5, BrokenPart.END)]

    def test_shows_an_emptied_history(self, case: WorkOrder) -> None:
        with meddling():
            Note.objects.all().delete()
            case.entries.all().delete()

        assert broken(case) == [(1, BrokenPart.END)]

    def test_shows_a_moment_that_is_not_the_line_s(self, case: WorkOrder) -> None:
        with meddling():
            case.entries.filter(seq=3).update(at=AT - timedelta(days=1))

        assert broken(case) == [(3, BrokenPart.MOMENT)]

    @pytest.mark.parametrize("body", ["", "[]", "null", '{"at":1}', "\\", '{"notes":[],"at":{}}'])
    def test_nonsense_under_a_chain_computed_anew_is_named_too(
        self, case: WorkOrder, body: str
    ) -> None:
        with meddling():
            case.entries.filter(seq=2).update(body=body)
            rewritten(case)

        assert broken(case) == [(2, BrokenPart.MOMENT)]

    def test_the_others_are_still_whole(self, case: WorkOrder, centre: Actor) -> None:
        other = reported(centre, said("k-2", "路灯不亮")).work_order
        with meddling():
            case.entries.filter(seq=1).update(hash="0" * 64)

        assert queries.broken_cases([case.pk, other.pk]) == [
            Broken(case.number, 1, BrokenPart.ENTRY)
        ]

    def test_holds_no_words_and_no_number_of_a_citizen(self, centre: Actor) -> None:
        case = reported(centre, said(words="我是王小明，灯坏了", phone="13800138000")).work_order

        body = case.entries.get().body
        assert "王小明" not in body
        assert "13800138000" not in body


class TestWhatStandsBeside:
    def test_a_changed_note_shows(self, case: WorkOrder) -> None:
        with meddling():
            Note.objects.filter(name="REASON").update(text="他们同意了")

        assert broken(case) == [(4, BrokenPart.NOTE)]

    def test_a_removed_note_shows(self, case: WorkOrder) -> None:
        with meddling():
            Note.objects.filter(name="REASON").delete()

        assert broken(case) == [(4, BrokenPart.NOTE)]

    def test_a_note_of_a_line_that_had_none_shows(self, case: WorkOrder) -> None:
        case.entries.get(seq=1).notes.create(name="REASON", salt="0", text="早已同意")

        assert broken(case) == [(1, BrokenPart.NOTE)]

    def test_changed_words_of_a_citizen_show(self, case: WorkOrder) -> None:
        Report.objects.update(words="没有什么事")

        assert broken(case) == [(1, BrokenPart.WORDS)]

    def test_words_gone_without_a_line_that_says_so_show(self, case: WorkOrder) -> None:
        Report.objects.update(
            words="", words_salt="", bigrams=[], place="", fingerprint="", erased_at=AT
        )

        assert broken(case) == [(1, BrokenPart.WORDS)]

    def test_a_report_that_nobody_made_shows(self, case: WorkOrder) -> None:
        forged = case.reports.get()
        forged.pk, forged.client_key, forged.link_digest = None, "forged", "0" * 64
        forged.save(force_insert=True)

        assert broken(case) == [(0, BrokenPart.WORDS)]

    def test_a_report_put_on_another_case_shows_there(self, case: WorkOrder, centre: Actor) -> None:
        other = reported(centre, said("k-2", "路灯不亮")).work_order
        case.reports.update(work_order=other)

        assert broken(other) == [(0, BrokenPart.WORDS)]

    def test_a_merge_is_no_meddling(self, case: WorkOrder, centre: Actor) -> None:
        other = reported(centre, said("k-2", "井盖塌了")).work_order
        seen = other.revision
        actions.merge_cases(
            number=other.number,
            into=case.number,
            seen_revision=seen,
            reason="同一件事",
            actor=centre,
            at=AT,
        )

        assert (broken(case), broken(other)) == ([], [])

        parted(other, "不是一件事", centre)

        assert (broken(case), broken(other)) == ([], [])

    def test_another_file_in_the_place_of_one_shows(self, case: WorkOrder, centre: Actor) -> None:
        file = with_photo(case, centre)
        other = evidence.store_upload(content=photo("PNG"), name="b.png", actor=centre, at=AT)
        Attachment.objects.filter(pk=file.pk).update(blob=other)

        assert broken(case) == [(5, BrokenPart.FILE)]

    def test_a_removed_file_shows(self, case: WorkOrder, centre: Actor) -> None:
        with_photo(case, centre).delete()

        assert broken(case) == [(5, BrokenPart.FILE)]

    def test_a_file_that_nobody_attached_shows(self, case: WorkOrder, centre: Actor) -> None:
        blob_id = evidence.store_upload(content=photo(), name="a.jpg", actor=centre, at=AT)
        case.attachments.create(blob_id=blob_id, added_at=AT)

        assert broken(case) == [(0, BrokenPart.FILE)]

    def test_bytes_are_read_where_it_is_asked(self, case: WorkOrder, centre: Actor) -> None:
        file = with_photo(case, centre)
        assert file.blob is not None
        assert queries.broken_cases([case.pk], read_files=True) == []

        with blobs.path_of(file.blob.digest).open("ab") as content:
            content.write(b"!")

        assert broken(case) == []
        found = queries.broken_cases([case.pk], read_files=True)
        assert found == [Broken(case.number, 5, BrokenPart.FILE)]

        blobs.path_of(file.blob.digest).unlink()
        assert queries.broken_cases([case.pk], read_files=True) == found


GUARDED = [(Entry, "body"), (Note, "text"), (Seal, "digest"), (Viewing, "kind")]


class TestAppendOnly:
    """The database itself refuses, whoever asks."""

    @pytest.fixture(autouse=True)
    def something(self, case: WorkOrder, district: District) -> None:
        someone = staff(district.centre, user_id=account("reader"))
        actions.log_viewing(case=case, kind=ViewingKind.VIEW, actor=someone, at=AT)
        assert actions.seal_next_day(at=AT + timedelta(days=2))

    @pytest.mark.parametrize(("log", "column"), GUARDED)
    def test_nothing_is_changed(self, log: type[models.Model], column: str) -> None:
        before = list(log._base_manager.values())

        with pytest.raises(IntegrityError), transaction.atomic():
            log._base_manager.update(**{column: "x"})
        assert before
        assert list(log._base_manager.values()) == before

    @pytest.mark.parametrize("log", [log for log, _column in GUARDED])
    def test_nothing_is_removed(self, log: type[models.Model]) -> None:
        before = list(log._base_manager.values())

        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {log._meta.db_table}")
        assert before
        assert list(log._base_manager.values()) == before

    def test_only_notes_go_where_it_is_said_that_they_are_erased(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('chengshao.erasing', 'on', true)")
            with pytest.raises(IntegrityError), transaction.atomic():
                Note.objects.update(text="x")
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute("DELETE FROM workorders_entry")
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute("DELETE FROM workorders_viewing")
            Note.objects.all().delete()

        assert not Note.objects.exists()
