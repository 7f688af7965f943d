"""A change of the catalogue: drafted, checked against past cases, put in force or dropped."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from chengshao.administration import actions, queries
from chengshao.catalog import actions as catalog_actions
from chengshao.catalog import queries as catalog
from chengshao.catalog.actions import CatalogPowerMissing
from chengshao.catalog.models import Draft, Responsibility
from chengshao.catalog.queries import Cells
from chengshao.catalog.terms import TableKind
from chengshao.kernel.actor import Actor, Grant
from chengshao.kernel.tables import TableRefused
from chengshao.people import actions as people
from chengshao.people.terms import Role
from tests.clerks import SignIn
from tests.district import LOADER, MANHOLE, QINGBOMEN, District, dispatched, registered, said, staff
from tests.integration.administration.conftest import hand_in, leads, the_draft, tomorrow
from tests.statements import count_statements

MOST = 8
OLD = f"{MANHOLE},,城市管理,供水,城市道路管理条例,国务院令第198号,第二十三条,2020-01-01"


def replaced(day: str = "") -> tuple[str, str]:
    """Return rows by which the water company leads what the roads office led until now."""
    return leads("供水", day=day), f"{OLD},{day or tomorrow()}"


def suggested(on_day: str = "") -> list[int | None]:
    day = localdate() if not on_day else localdate() + timedelta(days=1)
    return [line.lead_unit_id for line in catalog.responsibilities_for(MANHOLE, QINGBOMEN, day)]


@pytest.fixture
def cases(district: District, centre: Actor) -> int:
    """Three cases of today, of which the roads office leads one."""
    now = timezone.now()
    dispatched(centre, district.roads, at=now, report=said("k-1"))
    for n in (2, 3):
        registered(centre, said(f"k-{n}"), at=now)
    registered(centre, said("k-4"), matter="C0401", at=now)
    return 3


class TestByTable:
    def test_it_tells_how_many_cases_would_go_elsewhere(
        self, keeper: Client, cases: int, district: District
    ) -> None:
        answer = hand_in(keeper, *replaced(), note="三定方案调整")

        page = keeper.get(answer["Location"]).content.decode()
        found = the_draft().check_found
        assert (found["looked_at"], found["lead_cases"]) == (cases, cases)
        assert found["leads"] == [[district.roads, district.water, cases]]
        assert "三定方案调整" in page
        assert "另有3件例子不在您能看的范围内" in page
        assert suggested() == suggested("tomorrow") == [district.roads]

    def test_in_force_tomorrow_leaves_today_as_it_is(
        self, keeper: Client, cases: int, district: District
    ) -> None:
        hand_in(keeper, *replaced())

        answer = keeper.post(f"/administration/drafts/{the_draft().pk}/in-force")

        assert answer.status_code == 302
        assert the_draft().state == "IN_FORCE"
        assert the_draft().ended_by is not None
        assert (suggested(), suggested("tomorrow")) == ([district.roads], [district.water])

    def test_the_changes_stay_with_it_when_the_catalogue_has_moved_on(self, keeper: Client) -> None:
        hand_in(keeper, *replaced())
        keeper.post(f"/administration/drafts/{the_draft().pk}/in-force")

        page = keeper.get(f"/administration/drafts/{the_draft().pk}").content.decode()

        assert "从这一天起取消" in page
        assert "办法（示意）" in page
        assert "/in-force" not in page

    def test_every_fault_by_row_and_column_and_nothing_drafted(self, keeper: Client) -> None:
        answer = hand_in(
            keeper, leads("供水"), leads("供水", matter="X1"), leads("园林绿化", day="某日")
        )

        page = answer.content.decode()
        assert answer.status_code == 422
        assert page.count('<td class="num" data-label="行">3</td>') == 1
        assert page.count('<td class="num" data-label="行">4</td>') == 1
        assert not Draft.objects.exists()

    def test_what_was_in_force_is_not_rewritten(self, keeper: Client) -> None:
        yesterday = (localdate() - timedelta(days=1)).isoformat()

        answer = hand_in(keeper, leads("供水", day=yesterday))

        assert answer.status_code == 422
        assert "已经生效的不能改写" in answer.content.decode()
        assert not Draft.objects.exists()

    def test_what_changes_nothing_is_no_draft(self, keeper: Client) -> None:
        answer = hand_in(keeper, f"{OLD},")

        assert answer.status_code == 409
        assert "与现在的目录没有不同" in answer.content.decode()

    def test_an_empty_table_may_begin_in_the_past(self, keeper: Client, district: District) -> None:
        head = "区划代码,事项编码,清单,牵头部门角色,依据文件,生效日期"
        row = "330102001000,C0101,上级收回,供水,清单（示意）,2020-01-01"

        answer = hand_in(keeper, head, row, kind="DUTY_LISTS")

        assert answer.status_code == 302
        assert the_draft().first_day.isoformat() == "2020-01-01"

    @pytest.mark.parametrize("kind", catalog.DRAFTED)
    def test_what_is_exported_is_no_change(self, kind: TableKind, keeper: Client) -> None:
        away = keeper.get(f"/catalog/tables/{kind.value.lower().replace('_', '-')}").content
        file = SimpleUploadedFile("x.xlsx", away)

        answer = keeper.post("/administration/table", {"kind": kind.value, "file": file})

        assert answer.status_code == 409
        assert "与现在的目录没有不同" in answer.content.decode()

    def test_what_decides_on_no_case_says_so(self, keeper: Client) -> None:
        table = f"外部系统,外部编码,事项编码,生效日期\n市平台,0401,C0101,{tomorrow()}"

        answer = hand_in(keeper, *table.split("\n"), kind="CODE_MAP")
        keeper.post(f"/administration/drafts/{the_draft().pk}/in-force")

        assert "没有过去的案卷可比" in keeper.get(answer["Location"]).content.decode()
        assert catalog.matter_of_foreign_code("市平台", "0401", the_draft().last_day) == "C0101"

    def test_a_key_written_in_two_ways_is_one_thing(self, keeper: Client) -> None:
        head = "环节,来源渠道,紧急程度,时限,依据,生效日期"
        rows = (f"CHECK,,一般,3工作时,示意,{tomorrow()}", "核查,,ORDINARY,5工作时,示意,2099-01-01")

        hand_in(keeper, head, *rows, kind="TASK_LIMITS")

        assert [number for number, _ in the_draft().rows] == [2, 3]


class TestWhatChangedMeanwhile:
    def test_it_is_checked_again_before_it_takes_effect(
        self, keeper: Client, cases: int, district: District
    ) -> None:
        hand_in(keeper, *replaced())
        draft = the_draft()
        content = (
            f"事项编码,主办角色,依据文件,生效日期\nC0401,供水,办法（示意）,{tomorrow()}\n"
        ).encode()
        catalog_actions.import_table(
            kind=TableKind.RESPONSIBILITIES, content=content, actor=LOADER, at=timezone.now()
        )

        refused = keeper.post(f"/administration/drafts/{draft.pk}/in-force")
        assert refused.status_code == 409
        assert "请再核对一次" in refused.content.decode()
        assert suggested("tomorrow") == [district.roads]

        keeper.post(f"/administration/drafts/{draft.pk}/check")
        keeper.post(f"/administration/drafts/{draft.pk}/in-force")
        assert suggested("tomorrow") == [district.water]

    def test_another_unit_in_the_role_makes_it_stale_too(
        self, keeper: Client, district: District
    ) -> None:
        hand_in(keeper, *replaced())
        people.give_unit_role(
            role="供水",
            territory="330102001000",
            unit_id=district.parks,
            on=localdate(),
            actor=LOADER,
            at=timezone.now(),
        )

        refused = keeper.post(f"/administration/drafts/{the_draft().pk}/in-force")

        assert refused.status_code == 409

    def test_what_does_not_fit_any_more_is_told_and_not_half_taken(self, keeper: Client) -> None:
        hand_in(keeper, leads("供水"), leads("供水", matter="C0401"))
        content = (
            f"事项编码,主办角色,依据文件,生效日期\nC0401,供水,别的办法,{tomorrow()}\n"
        ).encode()
        catalog_actions.import_table(
            kind=TableKind.RESPONSIBILITIES, content=content, actor=LOADER, at=timezone.now()
        )
        before = Responsibility.objects.count()

        keeper.post(f"/administration/drafts/{the_draft().pk}/check")
        page = keeper.get(f"/administration/drafts/{the_draft().pk}").content.decode()
        refused = keeper.post(f"/administration/drafts/{the_draft().pk}/in-force")

        assert "已有内容不同的版本" in page
        assert "写入目录" not in page
        assert refused.status_code == 422
        assert (Responsibility.objects.count(), the_draft().state) == (before, "DRAFT")

    def test_its_day_may_not_pass(self, keeper: Client, district: District) -> None:
        hand_in(keeper, leads("供水", day=localdate().isoformat()))
        keeping = Actor(LOADER.kind, grants=frozenset({Grant("KEEP_CATALOG", None)}))

        with pytest.raises(TableRefused):
            catalog_actions.put_in_force(
                draft_id=the_draft().pk, actor=keeping, at=timezone.now() + timedelta(days=2)
            )

    @pytest.mark.parametrize("deed", ["in-force", "drop", "check"])
    @pytest.mark.parametrize("before", ["in-force", "drop"])
    def test_what_is_decided_stays_so(self, deed: str, before: str, keeper: Client) -> None:
        hand_in(keeper, *replaced())
        path = f"/administration/drafts/{the_draft().pk}"
        keeper.post(f"{path}/{before}")
        state, rows = the_draft().state, Responsibility.objects.count()

        assert keeper.post(f"{path}/{deed}").status_code == 409
        assert (the_draft().state, Responsibility.objects.count()) == (state, rows)


class TestByForm:
    def responsibility(self) -> Responsibility:
        return Responsibility.objects.get(matter_code=MANHOLE)

    def fill(self, **more: str) -> dict[str, str]:
        row = self.responsibility()
        return {
            "matter_code": row.matter_code,
            "territory": "",
            "lead_role": row.lead_role,
            "co_roles": "供水",
            "document": row.document,
            "document_number": row.document_number,
            "article": row.article,
            "valid_from": tomorrow(),
            "valid_until": "",
            **more,
        }

    def test_another_lead_takes_the_place_of_the_one_before(
        self, keeper: Client, cases: int, district: District
    ) -> None:
        path = f"/administration/rows/responsibilities?row={self.responsibility().pk}"
        assert 'value="城市管理"' in keeper.get(path).content.decode()

        keeper.post(path, self.fill(lead_role="供水", co_roles="城市管理"))
        assert the_draft().check_found["lead_cases"] == cases
        keeper.post(f"/administration/drafts/{the_draft().pk}/in-force")

        assert (suggested(), suggested("tomorrow")) == ([district.roads], [district.water])

    def test_one_may_be_ended(self, keeper: Client, cases: int, district: District) -> None:
        path = f"/administration/rows/responsibilities?row={self.responsibility().pk}"

        keeper.post(path, self.fill(ends="on"))
        assert the_draft().check_found["leads"] == [[district.roads, None, cases]]
        keeper.post(f"/administration/drafts/{the_draft().pk}/in-force")

        assert suggested("tomorrow") == []

    def test_what_is_wrong_stands_at_its_field_and_is_kept(self, keeper: Client) -> None:
        path = f"/administration/rows/responsibilities?row={self.responsibility().pk}"

        answer = keeper.post(path, self.fill(matter_code="X1", document="三号文件"))

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "id_matter_code_error" in page
        assert "三号文件" in page
        assert not Draft.objects.exists()

    def test_a_matter_gets_a_shorter_limit_and_a_photo(
        self, keeper: Client, cases: int, district: District
    ) -> None:
        page = keeper.get(f"/administration/rows/matters?row={MANHOLE}").content.decode()
        assert "再加一条" in page

        answer = keeper.post(
            f"/administration/rows/matters?row={MANHOLE}",
            {
                "code": MANHOLE,
                "class_name": "公用设施",
                "name": "上水井盖",
                "aliases": "井盖",
                "evidence_asked": ["PHOTO_AFTER"],
                "check_mode": "SITE",
                "sensitivity": "ORDINARY",
                "track": "SIMPLE",
                "source": "测试",
                "valid_from": tomorrow(),
                "c1-register_condition": "缺失",
                "c1-close_condition": "恢复",
                "c1-limit": "4工作时",
                "c1-default_urgency": "ORDINARY",
                "c2-default_urgency": "ORDINARY",
            },
        )

        assert answer.status_code == 302, answer.content.decode()
        found = the_draft().check_found
        assert (found["shorter"], found["longer"]) == (1, 0)
        assert (found["track_cases"], found["more_evidence"]) == (cases, cases)
        # A photo for the handlers; a simple track leaves the checkers a sample of 5 %.
        of_bearer = {row["bearer"]: row for row in found["minutes"]["rows"]}
        assert {bearer: row["minutes"] for bearer, row in of_bearer.items()} == {
            "HANDLER": "2.00",
            "CHECKER": "-19.00",
        }
        assert {row["cases"] for row in of_bearer.values()} == {cases}
        shown = keeper.get(answer["Location"]).content.decode()
        for words in (
            "约3件/年 × +2分钟 = +6分钟",
            "约3件/年 × -19分钟 = -57分钟",
            "4工作时",
            "处置后照片",
            "简易",
        ):
            assert words in shown
        assert "（第2条）" not in shown

    def test_a_limit_that_nobody_can_read_stands_at_its_condition(self, keeper: Client) -> None:
        answer = keeper.post(
            f"/administration/rows/matters?row={MANHOLE}",
            {"code": MANHOLE, "class_name": "公用设施", "name": "上水井盖", "check_mode": "SITE",
             "sensitivity": "ORDINARY", "track": "SIMPLE", "source": "测试",
             "valid_from": tomorrow(), "c1-register_condition": "缺失", "c1-limit": "很快",
             "c1-default_urgency": "ORDINARY"},
        )  # fmt: skip

        assert answer.status_code == 422
        assert "id_c1-limit_error" in answer.content.decode()

    @pytest.mark.parametrize("kind", catalog.DRAFTED)
    def test_every_table_has_its_form(self, kind: TableKind, keeper: Client) -> None:
        name = kind.value.lower().replace("_", "-")

        assert keeper.get(f"/administration/rows/{name}").status_code == 200

    @pytest.mark.parametrize(
        "path",
        ["rows/calendar-days", "rows/secrets", "rows/responsibilities?row=0", "drafts/999999",
         "rows/matters?row=井盖", "rows/matters?row=C9999", "rows/task-limits?row=%00"],
    )  # fmt: skip
    def test_what_is_not_there_is_not_found(self, path: str, keeper: Client) -> None:
        assert keeper.get(f"/administration/{path}").status_code == 404


class TestWhoMay:
    def test_examples_are_those_in_sight(
        self, sign_in: SignIn, keeper: Client, cases: int, district: District, centre: Actor
    ) -> None:
        hand_in(keeper, *replaced())

        from_desk = staff(district.centre, "SEE", "DISPATCH", "KEEP_CATALOG")
        page = queries.draft_page(the_draft().pk, actor=from_desk, today=localdate())

        assert (len(page.examples), page.hidden_examples) == (cases, 0)
        assert page.examples[0].lead is not None

    def test_only_the_keeper(self, sign_in: SignIn, keeper: Client, district: District) -> None:
        hand_in(keeper, *replaced())
        leader = sign_in(Role.DUTY_LEADER, district.centre)
        paths = ["", "rows/responsibilities", f"drafts/{the_draft().pk}"]

        assert [leader.get(f"/administration/{path}").status_code for path in paths] == [403] * 3
        for deed in ("check", "in-force", "drop"):
            assert leader.post(f"/administration/drafts/{the_draft().pk}/{deed}").status_code == 403
        assert the_draft().state == "DRAFT"

    def test_the_action_refuses_who_keeps_another_territory(self, district: District) -> None:
        elsewhere = staff(district.qingbo, "KEEP_CATALOG")

        with pytest.raises(CatalogPowerMissing):
            actions.draft_rows(
                kind=TableKind.RESPONSIBILITIES, cells=[Cells(2, {})], actor=elsewhere,
                at=timezone.now(),
            )  # fmt: skip
        assert not Draft.objects.exists()


class TestWhatItAsks:
    def test_no_more_for_more_rows(self, keeper: Client, cases: int, centre: Actor) -> None:
        hand_in(keeper, *replaced())
        few = self.asked(keeper)
        for n in range(5, 15):
            registered(centre, said(f"k-{n}"), at=timezone.now())
        hand_in(keeper, *replaced(), *(leads(f"角色{n}") for n in range(30)))

        assert self.asked(keeper) == few
        assert few <= MOST

    def test_the_list_does_not_grow(self, keeper: Client) -> None:
        hand_in(keeper, *replaced())

        def asked() -> int:
            keeper.get("/administration/")
            with count_statements() as seen:
                keeper.get("/administration/")
            return seen.number

        few = asked()
        for n in range(5):
            hand_in(keeper, leads(f"角色{n}"))
        assert asked() == few <= MOST

    def asked(self, keeper: Client) -> int:
        path = f"/administration/drafts/{the_draft().pk}"
        keeper.get(path)
        with count_statements() as seen:
            answer = keeper.get(path)
        assert answer.status_code == 200
        return seen.number
