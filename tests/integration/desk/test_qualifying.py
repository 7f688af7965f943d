"""On the registrar's page: that a report is a complaint about a unit, or an informant's."""

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people.terms import Role
from chengshao.workorders.models import Report, WorkOrder
from tests.clerks import SignIn
from tests.district import District, reported, said

CITIZEN = Actor(ActorKind.CITIZEN)


@pytest.fixture
def report(district: District) -> Report:
    return reported(CITIZEN, said(words="园林中心不管"))


@pytest.fixture
def registrar(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.REGISTRAR, district.centre)


def page_of(client: Client, report: Report) -> str:
    return client.get(f"/desk/cases/{report.work_order.number}/").content.decode()


def qualify(
    client: Client, report: Report, deed: str = "qualify", **said: object
) -> tuple[int, str]:
    """Send the form and return the answer's status and the page that it leads to."""
    number = report.work_order.number
    form = {
        "form": f"{deed}-{report.pk}",
        "find_about": "1",
        "back": f"/desk/cases/{number}/",
        "seen_revision": WorkOrder.objects.get(number=number).revision,
    }
    path = f"/desk/cases/{number}/reports/{report.pk}/{deed}"
    answer = client.post(path, form | said)
    if answer.status_code == 302:
        return 302, client.get(answer["Location"]).content.decode()
    return answer.status_code, answer.content.decode()


class TestTheRegistrarsPage:
    def test_finds_the_unit_and_says_whom_it_is_about(
        self, registrar: Client, report: Report, district: District
    ) -> None:
        assert f"/reports/{report.pk}/qualify" in page_of(registrar, report)
        found = registrar.get("/desk/find/units", {"find_words": "园林", "field": "about_unit"})
        assert f'type="radio" name="about_unit" value="{district.parks}"' in found.content.decode()

        _status, page = qualify(
            registrar, report, kind="COMPLAINT", about_unit=district.parks, about="前台"
        )

        report.refresh_from_db()
        assert (report.kind, report.complained_about_unit_id, report.complained_about) == (
            "COMPLAINT", district.parks, "前台",
        )  # fmt: skip
        assert "被投诉的</" not in page
        assert "区园林中心" in page
        assert "补记投诉、举报：投诉，投诉区园林中心" in page

    def test_an_informant_s_goes_on_without_the_registrar(
        self, registrar: Client, report: Report
    ) -> None:
        _status, page = qualify(registrar, report, kind="INFORMANT")

        assert "您看不到了" in page
        number = report.work_order.number
        assert registrar.get(f"/desk/cases/{number}/").status_code == 404
        assert WorkOrder.objects.get().named_only

    def test_a_refusal_stands_beside_the_field(
        self, registrar: Client, report: Report, district: District
    ) -> None:
        status, empty = qualify(registrar, report)
        assert (status, 'data-error="report_nothing_to_note"' in empty) == (422, True)
        assert f"about_unit-qualify-{report.pk}_error" in empty

        _status, unknown = qualify(registrar, report, about_unit=10**9)
        assert 'data-error="unit_not_found"' in unknown
        assert Report.objects.get().complained_about_unit_id is None

    def test_without_scripts_it_looks_for_units(
        self, registrar: Client, report: Report, district: District
    ) -> None:
        status, page = qualify(registrar, report, find="about_unit", find_words="园林")

        assert (status, f'name="about_unit" value="{district.parks}"' in page) == (200, True)

    def test_is_not_for_who_only_dispatches(
        self, sign_in: SignIn, report: Report, district: District
    ) -> None:
        dispatcher = sign_in(Role.DISPATCHER, district.centre)

        assert "/qualify" not in page_of(dispatcher, report)
        assert qualify(dispatcher, report, kind="THANKS")[0] == 403


class TestTheDutyLeadersPage:
    def test_takes_off_a_wrong_unit_with_a_reason(
        self, registrar: Client, sign_in: SignIn, report: Report, district: District
    ) -> None:
        qualify(registrar, report, about_unit=district.parks)
        leader = sign_in(Role.DUTY_LEADER, district.centre)
        assert "/take-off" not in page_of(registrar, report)
        assert "不是投诉区园林中心，撤下" in page_of(leader, report)

        assert qualify(leader, report, "take-off", reason="")[0] == 422
        _status, page = qualify(leader, report, "take-off", reason="听错了")

        report.refresh_from_db()
        assert report.complained_about_unit_id is None
        assert "撤下被投诉单位：投诉区园林中心" in page
