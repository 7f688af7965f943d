"""The catalogue in the browser: everybody on the staff reads it, its keeper changes it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengshao.catalog import queries
from chengshao.catalog.models import CalendarDay, Responsibility
from chengshao.catalog.terms import TableKind
from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.terms import Role, UnitKind, UnitLevel
from chengshao.places import actions as places
from tests.integration.catalog.conftest import (
    AT,
    DISTRICT,
    LOADER,
    SINCE,
    SUBDISTRICT,
    duty,
    matter,
    parameter,
    responsibility,
    table,
    take,
    track_rule,
)
from tests.statements import count_statements

pytestmark = pytest.mark.usefixtures("some_seeds")
EVERYBODYS = ["", "matters/C0101", "matters/C0101-2", "responsibilities", "duties", "limits",
              "calendar", "calendar?year=2027"]  # fmt: skip
THE_KEEPERS = ["tables", "tables/matters", "tables/calendar-days"]
COMMANDS = ["calendar/day", "calendar/day/clear", "calendar/year", "calendar/hours",
            "tables/calendar-days"]  # fmt: skip


@pytest.fixture
def browser(staff: Callable[[Role], int]) -> Callable[[Role], Client]:
    def sign_in(role: Role) -> Client:
        client = Client()
        client.force_login(User.objects.get(pk=staff(role)))
        return client

    return sign_in


@pytest.fixture
def keeper(browser: Callable[[Role], Client]) -> Client:
    return browser(Role.CATALOGUE_KEEPER)


@pytest.fixture
def operator(browser: Callable[[Role], Client]) -> Client:
    return browser(Role.OPERATOR)


def shown(client: Client, path: str) -> str:
    answer = client.get(f"/catalog/{path}")
    assert answer.status_code == 200
    return answer.content.decode()


class TestWhoMay:
    @pytest.mark.parametrize("path", [*EVERYBODYS, *THE_KEEPERS])
    def test_nobody_without_signing_in(self, path: str) -> None:
        answer = Client().get(f"/catalog/{path}")

        assert (answer.status_code, "sign-in" in answer["Location"]) == (302, True)

    @pytest.mark.parametrize("path", EVERYBODYS)
    def test_all_staff_read(self, operator: Client, path: str) -> None:
        assert operator.get(f"/catalog/{path}").status_code == 200

    @pytest.mark.parametrize("path", THE_KEEPERS)
    def test_only_the_keeper_takes_tables(self, path: str, browser: Any) -> None:
        assert browser(Role.OPERATOR).get(f"/catalog/{path}").status_code == 403
        assert browser(Role.CATALOGUE_KEEPER).get(f"/catalog/{path}").status_code == 200

    @pytest.mark.parametrize("path", COMMANDS)
    def test_only_the_keeper_changes_anything(self, path: str, operator: Client) -> None:
        version = queries.newest_calendar()

        assert operator.post(f"/catalog/{path}").status_code == 403
        assert queries.newest_calendar() is version

    @pytest.mark.parametrize("path", COMMANDS[:-1])
    def test_looking_changes_nothing(self, path: str, keeper: Client) -> None:
        assert keeper.get(f"/catalog/{path}").status_code == 405


class TestMatters:
    def test_a_class_is_shown_with_its_shortest_limits(self, operator: Client) -> None:
        page = shown(operator, "?class=C01")

        assert "上水井盖" in page
        assert "2紧急工作时" in page
        assert "公共厕所" not in page

    def test_callers_words_find_it(self, operator: Client) -> None:
        assert "拖欠工资" in shown(operator, "?words=欠薪")
        assert "没有找到事项" in shown(operator, "?words=火星撞击")

    @pytest.mark.parametrize("words", ["%00", "<script>", "井" * 900])
    def test_odd_words_do_no_harm(self, words: str, operator: Client) -> None:
        assert "<script>" not in shown(operator, f"?words={words}")

    def test_one_matter_tells_conditions_limits_and_source(self, operator: Client) -> None:
        page = shown(operator, "matters/C0101")

        for words in ("缺失、移位、开裂", "更换或修复", "4工作时", "数字化城市管理立案结案标准"):
            assert words in page
        assert "不要求" in page  # no evidence

    def test_versions_of_all_times(self, operator: Client) -> None:
        take(TableKind.MATTERS, matter(name="给水井盖", 生效日期="2025-07-01"))

        page = shown(operator, "matters/C0101")

        assert "<h1>给水井盖</h1>" in page
        assert "上水井盖" in page

    def test_an_unknown_matter_is_not_found(self, operator: Client) -> None:
        assert operator.get("/catalog/matters/C9901").status_code == 404
        assert operator.get("/catalog/matters/xyz").status_code == 404

    def test_a_list_costs_the_same_however_long(self, operator: Client) -> None:
        take(TableKind.MATTERS, *(matter(f"C03{n}", 大类="市容环境设施") for n in range(50, 90)))

        def cost(path: str) -> int:
            shown(operator, path)
            with count_statements() as seen:
                shown(operator, path)
            return seen.number

        assert cost("?class=C03") == cost("?class=D06")


@pytest.fixture
def street(centre: int) -> int:
    divisions = f"代码,名称\n{DISTRICT},演示区\n{SUBDISTRICT},甲街道"
    places.import_divisions(content=divisions.encode(), valid_from=SINCE, actor=LOADER, at=AT)
    pk = people.open_unit(
        unit=people.NewUnit(
            code="street",
            name="甲街道办事处",
            details=people.UnitDetails(
                kind=UnitKind.SUBDISTRICT, level=UnitLevel.SUBDISTRICT, territory=SUBDISTRICT
            ),
            valid_from=SINCE,
        ),
        actor=LOADER,
        at=AT,
    )
    people.give_unit_role(
        role="街道", territory=SUBDISTRICT, unit_id=pk, on=SINCE, actor=LOADER, at=AT
    )
    return pk


class TestWhoLeads:
    def test_a_matter_tells_it_for_a_street(self, street: int, operator: Client) -> None:
        take(TableKind.RESPONSIBILITIES, responsibility("街道", matter="C0101", 条款="第三条"))

        everywhere = shown(operator, "matters/C0101")
        here = shown(operator, f"matters/C0101?territory={SUBDISTRICT}")

        assert "各街道不同，请选街道" in everywhere
        assert "甲街道办事处" in here
        assert "本区权责清单（示意）（示意〔2026〕1号）第三条" in here

    def test_a_street_s_lists_and_the_obstacle(self, street: int, operator: Client) -> None:
        take(TableKind.RESPONSIBILITIES, responsibility("街道", matter="C0101"))
        take(TableKind.DUTY_LISTS, duty("上级收回", matter="C0101", department="供水"))

        lists = shown(operator, "duties")
        here = shown(operator, f"matters/C0101?territory={SUBDISTRICT}")

        assert "甲街道" in lists
        assert "供水" in lists
        assert "该事项已由上级部门收回" in here

    def test_a_unit_shows_its_powers_and_what_it_leads(self, street: int, operator: Client) -> None:
        take(TableKind.RESPONSIBILITIES, responsibility("街道", matter="C0101"))
        take(
            TableKind.UNIT_POWERS,
            {
                "单位类别": "SUBDISTRICT",
                "职权": "综合执法指挥调度权",
                "依据文件": "赋权清单（示意）",
                "生效日期": "2020-01-01",
            },
        )

        page = shown(operator, f"units/{street}")

        assert "综合执法指挥调度权" in page
        assert "上水井盖" in page
        assert operator.get("/catalog/units/999999").status_code == 404


class TestWhatIsSettled:
    def test_limits_tracks_and_parameters_are_shown_with_their_basis(
        self, operator: Client
    ) -> None:
        take(TableKind.TRACK_RULES, track_rule("即办", matter="C0101", source="PATROL"),
             track_rule("复杂", urgency="特急"))  # fmt: skip

        page = shown(operator, "limits")

        for words in ("先行联系", "2紧急工作时", "上水井盖", "即办", "复杂",
                      "临期提醒（时限已用的百分比）", "80", "15自然日",
                      "本区约定（示意）：智能发现的先由人核实再立案"):  # fmt: skip
            assert words in page
        assert '<td class="nowrap" data-label="取值">否</td>' in page
        assert '<td class="nowrap" data-label="取值">是</td>' in page

    def test_an_empty_house_says_so(self, operator: Client) -> None:
        assert "没有另外的规则" in shown(operator, "limits")

    def test_a_matter_tells_its_tracks_and_whether_the_leader_signs(self, operator: Client) -> None:
        take(TableKind.TRACK_RULES, track_rule("即办", matter="C01", source="PATROL"))
        take(TableKind.MATTERS, matter("C0199", "免签", 免审签="是"))

        assert "即办" in shown(operator, "matters/C0101")
        assert "不免" in shown(operator, "matters/C0101")
        assert "免，答复不经负责人审签" in shown(operator, "matters/C0199")

    def test_the_keeper_finds_how_they_are_handed_in(self, keeper: Client) -> None:
        take(TableKind.PARAMETERS, parameter("SAMPLE_PERCENT", "7", 生效日期="2026-01-01"))

        assert '<td class="nowrap" data-label="取值">7</td>' in shown(keeper, "limits")
        listed = shown(keeper, "tables")
        assert "/administration/?kind=parameters" in listed
        assert "业务参数" in listed
        assert "办理方式规则" in listed


class TestCalendar:
    def test_an_announced_year_names_its_notice(self, operator: Client) -> None:
        page = shown(operator, "calendar?year=2026")

        assert "国务院办公厅关于2026年部分节假日安排的通知" in page
        assert "临时年份" not in page
        assert page.count('<td data-label="名称">春节</td>') == 3  # worked, rest, worked

    def test_a_provisional_year_says_so(self, operator: Client) -> None:
        assert "临时年份" in shown(operator, "calendar?year=2099")

    @pytest.mark.parametrize("year", ["", "0", "99999", "٢٠٢٦", "-1", "1999", "2200"])
    def test_an_odd_year_shows_this_one(self, year: str, operator: Client) -> None:
        assert operator.get(f"/catalog/calendar?year={year}").status_code == 200

    def test_the_keeper_sets_a_day_and_takes_it_back(self, keeper: Client) -> None:
        day = {"day": "2026-12-26", "kind": "CITY_WORK", "name": "便民日", "source": "示意"}

        answer = keeper.post("/catalog/calendar/day", day)
        assert answer["Location"] == "/catalog/calendar?year=2026"
        assert "便民日" in shown(keeper, "calendar?year=2026")

        keeper.post("/catalog/calendar/day/clear", {"day": "2026-12-26", "city": "on"})
        assert not CalendarDay.objects.filter(day=date(2026, 12, 26), until=None).exists()

    def test_what_is_wrong_is_told_at_the_form_and_kept(self, keeper: Client) -> None:
        told = {"spans": "早九晚五", "valid_from": "2026-12-01", "source": "示意"}

        answer = keeper.post("/catalog/calendar/hours", told)

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "不是办公时间" in page
        assert "早九晚五" in page
        assert queries.office_hours().count() == 1

    def test_the_keeper_changes_hours_and_announces_a_year(self, keeper: Client) -> None:
        hours = {"spans": "9:00-17:00", "valid_from": "2099-01-01", "source": "示意"}
        keeper.post("/catalog/calendar/hours", hours)
        keeper.post("/catalog/calendar/year", {"year": "2099", "source": "示意"})

        calendar = queries.calendar_for(date(2099, 1, 5))
        assert not calendar.is_provisional(2099)
        assert len(calendar.spans_on(date(2099, 1, 5))) == 1

    @pytest.mark.parametrize("path", ["calendar/day", "calendar/year", "calendar/day/clear"])
    def test_an_empty_form_changes_nothing(self, path: str, keeper: Client) -> None:
        before = queries.calendar_versions().count()

        assert keeper.post(f"/catalog/{path}").status_code == 422
        assert queries.calendar_versions().count() == before


class TestTables:
    def hand_in(self, client: Client, name: str, content: bytes) -> Any:
        return client.post(f"/catalog/tables/{name}", {"file": SimpleUploadedFile("x", content)})

    def test_what_is_taken_away_can_be_handed_in(self, keeper: Client) -> None:
        for kind in TableKind:
            name = kind.value.lower().replace("_", "-")
            away = keeper.get(f"/catalog/tables/{name}")
            assert away["X-Content-Type-Options"] == "nosniff"
            assert "attachment" in away["Content-Disposition"]

            if kind is TableKind.OFFICE_HOURS:
                assert self.hand_in(keeper, name, away.content).status_code == 302

    @pytest.mark.parametrize("kind", queries.DRAFTED)
    def test_what_decides_on_cases_is_drafted_first(self, kind: TableKind, keeper: Client) -> None:
        name = kind.value.lower().replace("_", "-")
        away = keeper.get(f"/catalog/tables/{name}").content

        answer = self.hand_in(keeper, name, away)

        assert answer.status_code == 409
        assert "先起草、核对，再生效" in answer.content.decode()

    def test_every_fault_is_shown_with_row_and_column(self, keeper: Client) -> None:
        before = queries.newest_calendar()
        wrong = table(
            TableKind.CALENDAR_DAYS,
            {"日期": "2026-12-26", "类别": "本市上班", "名称": "便民日", "依据": "示意"},
            {"日期": "某日", "类别": "本市上班", "名称": "便民日", "依据": "示意"},
        )

        answer = self.hand_in(keeper, "calendar-days", wrong)

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "“某日”不是日期" in page
        assert '<td class="num" data-label="行">3</td>' in page
        assert queries.newest_calendar() is before

    def test_no_file_is_told(self, keeper: Client) -> None:
        assert keeper.post("/catalog/tables/calendar-days").status_code == 422

    def test_an_unknown_table_is_not_found(self, keeper: Client) -> None:
        assert keeper.get("/catalog/tables/secrets").status_code == 404


class TestVersions:
    def test_what_is_to_come_stands_in_the_lists_and_says_so(
        self, street: int, operator: Client
    ) -> None:
        assert "还没有生效" not in shown(operator, "responsibilities?class=C01")
        later = {"生效日期": "2099-01-01"}
        take(TableKind.RESPONSIBILITIES, responsibility("供水", matter="C0101", **later))
        take(TableKind.DUTY_LISTS, duty("基本履职", matter="C0101") | later)
        take(TableKind.TRACK_RULES, track_rule("复杂", matter="C0101", **later))

        for path in ("responsibilities?class=C01", "duties", "limits"):
            page = shown(operator, path)
            assert "还没有生效" in page
            assert "2099年1月1日" in page
        assert "复杂" not in shown(operator, "matters/C0101")

    def test_a_row_tells_all_its_versions_and_what_differs(self, operator: Client) -> None:
        take(TableKind.RESPONSIBILITIES, responsibility("供水", matter="C0101", 条款="第三条"))
        new = responsibility("供水", "街道", matter="C0101", 条款="第四条", 生效日期="2099-01-01")
        take(TableKind.RESPONSIBILITIES, new)
        row = Responsibility.objects.get(article="第三条")

        page = shown(operator, f"versions/responsibilities?row={row.pk}")

        for words in ("第一版", "还没有生效", "第三条", "第四条", "2099年1月1日", "街道"):
            assert words in page
        assert f"/catalog/versions/responsibilities?row={row.pk}" in shown(
            operator, "responsibilities?class=C01"
        )

    def test_a_matter_tells_what_differs_between_its_versions(self, operator: Client) -> None:
        take(TableKind.MATTERS, matter(name="给水井盖", 时限="9天", 生效日期="2099-01-01"))

        page = shown(operator, "matters/C0101")

        for words in ("还没有生效", "给水井盖", "9工作日", "第一版"):
            assert words in page

    @pytest.mark.parametrize(
        "path",
        ["responsibilities", "responsibilities?row=0", "responsibilities?row=%00",
         "responsibilities?row=x", f"responsibilities?row={'9' * 30}", "matters?row=C0101",
         "calendar-days?row=1", "secrets?row=1"],
    )  # fmt: skip
    def test_what_is_not_there_is_not_found(self, path: str, operator: Client) -> None:
        assert operator.get(f"/catalog/versions/{path}").status_code == 404
