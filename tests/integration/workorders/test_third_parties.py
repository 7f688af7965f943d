"""A third party gets a task in the desk's own words, and no citizen's (PIPL §6)."""

from dataclasses import replace

import pytest

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people.queries import unit_ids_by_code
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import Place
from chengshao.workorders.actions._store import alert
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import CaseView
from chengshao.workorders.rules.refusals import NeedMissing
from chengshao.workorders.schemas.cases import WorkOrderOut
from chengshao.workorders.terms import (
    AlertKind,
    Need,
    NoteName,
    Principle,
    Sight,
    TaskCommand,
    TaskKind,
)
from tests.district import (
    AT,
    LOADER,
    MANHOLE,
    QINGBOMEN,
    District,
    dispatched,
    move,
    owed,
    registered,
    reported,
    said,
)
from tests.turns import handler_of, handling

_K, _C = TaskKind, TaskCommand
RAW = "我是对门的老张，井盖又坏了"
TASK, BASIS = "更换和平路口东侧的井盖", "会商结论"
FIXERS = (
    "单位代码,单位名称,类型,层级,上级单位代码,启用日期\n"
    "fixers,演示养护公司,作业单位,区级,roads,2020-01-01\n"
)


@pytest.fixture
def fixers(district: District) -> int:
    people.import_units(content=FIXERS.encode(), actor=LOADER, at=AT)
    return unit_ids_by_code(["fixers"])["fixers"]


def sent(
    case: WorkOrder,
    actor: Actor,
    lead: int,
    *,
    beside: int = 0,
    helping: int = 0,
    task_words: str = "",
) -> WorkOrder:
    return actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=lead,
        double_unit_ids=frozenset({beside} - {0}),
        co_handle_unit_ids=frozenset({helping} - {0}),
        principle=Principle.BY_AGREEMENT,
        basis=BASIS,
        task_words=task_words,
        actor=actor,
        at=AT,
    )


def seen_by(unit_id: int, case: WorkOrder) -> CaseView:
    return queries.case_view(number=case.number, actor=handler_of(unit_id))


def told(view: CaseView) -> list[str]:
    return [words for entry in view.entries for words in entry.notes.values()]


@pytest.mark.parametrize("role", ["lead", "beside", "helping"])
class TestADispatch:
    def parties(self, role: str, district: District, fixers: int) -> dict[str, int]:
        return {"lead": district.parks} | {role: fixers}

    def test_to_one_says_what_is_to_be_done(
        self, centre: Actor, district: District, fixers: int, role: str
    ) -> None:
        case = registered(centre, said(words=RAW))
        before = case.revision, case.entries.count()

        with pytest.raises(NeedMissing) as refusal:
            sent(case, centre, task_words="  ", **self.parties(role, district, fixers))

        case.refresh_from_db()
        assert refusal.value.params == {"need": Need.TASK_WORDS}
        assert (case.revision, case.entries.count()) == before
        assert owed(case, _K.DISPATCH)

    def test_shows_it_that_and_nothing_else(
        self, centre: Actor, district: District, fixers: int, role: str
    ) -> None:
        case = registered(centre, said(words=RAW))

        case = sent(case, centre, task_words=TASK, **self.parties(role, district, fixers))

        view = seen_by(fixers, case)
        assert view.sight is Sight.TASK
        assert (told(view), view.reports) == ([TASK], [])

    def test_tells_public_bodies_too_in_the_history(
        self, centre: Actor, district: District, fixers: int, role: str
    ) -> None:
        case = registered(centre, said(words=RAW))

        case = sent(case, centre, task_words=TASK, **self.parties(role, district, fixers))

        view = queries.case_view(number=case.number, actor=centre)
        assert view.entries[-1].notes == {NoteName.BASIS: BASIS, NoteName.TASK: TASK}


def test_public_bodies_need_no_words_of_their_own(centre: Actor, district: District) -> None:
    case = sent(registered(centre), centre, district.roads, helping=district.water)

    assert queries.case_view(number=case.number, actor=centre).entries[-1].notes == {
        NoteName.BASIS: BASIS
    }


def test_the_words_can_be_erased(centre: Actor, district: District, fixers: int) -> None:
    case = sent(registered(centre), centre, fixers, task_words="找李四（演示）")

    actions.erase_notes(
        number=case.number, seq=case.history_seq, reason="写了姓名", actor=centre, at=AT
    )

    assert "找李四（演示）" not in told(seen_by(fixers, case))
    assert queries.first_broken_entry(WorkOrder.objects.get(pk=case.pk)) is None


def test_called_in_it_reads_why(centre: Actor, district: District, fixers: int) -> None:
    case = handling(centre, district.roads)

    move(case, _K.LEAD, _C.CALL_IN, centre, reason="请换井盖", asked=[fixers])

    assert told(seen_by(fixers, case)) == ["请换井盖"]


def test_put_in_another_s_place_it_reads_why(
    centre: Actor, district: District, fixers: int
) -> None:
    case = dispatched(centre, district.roads, district.water)
    move(case, _K.CO_HANDLE, _C.ASK_RETURN, centre, reason="不归我们")
    verdict = owed(case, _K.ADJUDICATE)

    actions.move_task(
        task_id=verdict.pk,
        seen_revision=verdict.revision,
        command=_C.GRANT,
        reason="改由养护公司换井盖",
        proposed_unit_id=fixers,
        actor=centre,
        at=AT,
    )

    assert told(seen_by(fixers, case)) == ["改由养护公司换井盖"]


class TestThePlace:
    """As a citizen says it, it may be a home with a name and a number: it is words like others."""

    RAW_PLACE = "我家和平路9号2单元302孙八 13911118888"
    OWN_PLACE = "和平路9号小区门口"

    def registered_at(self, words: str, centre: Actor) -> WorkOrder:
        report = replace(said(words=RAW), place=self.RAW_PLACE, territory=QINGBOMEN)
        case = reported(centre, report).work_order
        return actions.register(
            number=case.number,
            seen_revision=case.revision,
            matter=MANHOLE,
            place=Place(words, QINGBOMEN) if words else None,
            actor=centre,
            at=AT,
        )

    def places_told(self, unit_id: int, case: WorkOrder) -> set[str]:
        """Return the place as the third party gets it: of the case, in its list, in its alerts."""
        actor = handler_of(unit_id)
        out = WorkOrderOut.from_view(seen_by(unit_id, case), {})
        (line,) = queries.cases_of_unit(unit_id=unit_id, actor=actor, limit=9)
        alert(case, [unit_id], AlertKind.CHASED, at=AT)
        (told,) = queries.alerts_of(actor, limit=9)
        return {out.place, line.place, told.place}

    @pytest.mark.parametrize("words", ["", RAW_PLACE])
    def test_is_not_told_as_its_citizen_said_it(
        self, centre: Actor, district: District, fixers: int, words: str
    ) -> None:
        case = self.registered_at(words, centre)
        sent(case, centre, district.parks, helping=fixers, task_words=TASK)

        assert self.places_told(fixers, case) == {""}
        assert seen_by(district.parks, case).case.place == self.RAW_PLACE

    def test_is_told_as_the_desk_confirmed_it(
        self, centre: Actor, district: District, fixers: int
    ) -> None:
        case = self.registered_at(self.OWN_PLACE, centre)
        sent(case, centre, district.parks, helping=fixers, task_words=TASK)

        assert self.places_told(fixers, case) == {self.OWN_PLACE}

    def test_is_still_told_whole_to_public_bodies(self, centre: Actor, district: District) -> None:
        case = self.registered_at("", centre)
        sent(case, centre, district.roads)

        assert self.places_told(district.roads, case) == {self.RAW_PLACE}
