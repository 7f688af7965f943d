"""The import of old cases on the pages: hand in, look, settle, start; jobs take it in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from chengshao.intake import actions, queries, tasks
from chengshao.intake.models import CaseImport
from chengshao.intake.schemas.case_table import read_mapping
from chengshao.intake.terms import ImportState, NameKind
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people.terms import Role
from chengshao.web.sheets import read_table, write_table
from chengshao.workorders.models import Entry, OldCase, WorkOrder
from chengshao.workorders.terms import Power
from tests.clerks import SignIn
from tests.district import AT, MANHOLE, QINGBOMEN, District
from tests.integration.intake.tables import MAPPING, csv_of, line
from tests.statements import count_statements

_IMPORTER = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.IMPORT_CASES, None)}))


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "imports"


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


def hand_in(client: Client, *lines: dict[str, str], mapping: str = MAPPING) -> str:
    """Hand a table in; return where the answer leads, or its page where it is refused."""
    table = SimpleUploadedFile("旧案.csv", csv_of(*lines).encode())
    said = SimpleUploadedFile("map.yaml", mapping.encode())
    answer = client.post("/imports/", {"file": table, "mapping": said})
    return answer.headers.get("Location") or answer.content.decode()


def page(client: Client, path: str) -> str:
    return str(client.get(path).content.decode())


def run_jobs() -> int:
    """Run what jobs wait, one after the other; return how many."""
    done = 0
    while job := ProcrastinateJob.objects.filter(status="todo").order_by("id").first():
        jobs_are("doing")
        tasks.take_in_old_cases(**job.args)
        jobs_are("succeeded", of="doing")
        done += 1
    return done


def jobs_are(status: str, *, of: str = "todo") -> None:
    """Say what became of the jobs, as a worker does."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE status = %s", [status, of])


def the_import() -> CaseImport:
    return CaseImport.objects.get()


class TestHandingIn:
    def test_shows_how_rows_and_names_are_understood_and_takes_nothing_in(
        self, leader: Client
    ) -> None:
        at = hand_in(leader, line(1), line(2, 受理时间="昨天"), line(3, 单位="供水公司"))
        shown = page(leader, at)

        assert "共3行。" in shown
        assert "第1件" in shown
        assert "受理时间：“昨天”读不成时间" in shown
        assert 'value="water"' in shown
        assert "还有1种名称只是推测" in shown
        assert not WorkOrder.objects.exists()

    def test_tells_before_the_start_what_would_be_refused(self, leader: Client) -> None:
        at = hand_in(leader, line(1), line(2), line(3, 受理时间="昨天"), line(4, 单位="外星人"))
        shown = page(leader, at)

        assert "2行可以导入，2行不能导入" in shown
        assert "不能导入</span> 单位：没有单位“外星人”" in shown
        assert [dict(row) for row in read_table(leader.get(f"{at}refused").content)] == [
            {"行号": "4", "列": "受理时间", "原因": "“昨天”读不成时间"},
            {"行号": "5", "列": "单位", "原因": "没有单位“外星人”"},
        ]
        assert "都可以导入" in page(leader, hand_in(leader, line(1)))

    def test_shows_beside_the_words_of_a_row_what_they_are_taken_to_mean(
        self, leader: Client
    ) -> None:
        codes = {"事项": MANHOLE, "单位": "roads", "街道": "", "社区": QINGBOMEN}
        of_codes = page(leader, hand_in(leader, line(1, **codes)))
        of_names = page(leader, hand_in(leader, line(2, 单位="供水公司")))

        assert f'{MANHOLE}<br><small class="muted">即上水井盖</small>' in of_codes
        assert 'roads<br><small class="muted">即区城市管理局</small>' in of_codes
        assert f'{QINGBOMEN}<br><small class="muted">即' in of_codes
        assert '供水公司<br><small class="muted">推测是区供水公司</small>' in of_names
        assert "即上水井盖" not in of_names

    def test_keeps_the_table_only_as_long_as_it_is_needed(
        self, leader: Client, folder: Path, django_capture_on_commit_callbacks: Callable[..., Any]
    ) -> None:
        at = hand_in(leader, line(1))
        assert [path.name for path in folder.iterdir()] == [the_import().file_digest]

        with django_capture_on_commit_callbacks(execute=True):
            leader.post(f"{at}drop")

        assert list(folder.iterdir()) == []
        assert not CaseImport.objects.exists()

    def test_tells_what_is_wrong_with_the_mapping_at_its_field(
        self, leader: Client, folder: Path
    ) -> None:
        told = hand_in(leader, line(1), mapping="source: 旧系统\n")

        assert "opened_at: 缺少这一项" in told
        assert 'id="id_mapping_error"' in told
        assert not folder.exists()

    def test_names_the_columns_that_the_table_lacks_and_keeps_nothing(
        self, leader: Client, folder: Path
    ) -> None:
        told = hand_in(leader, line(1), mapping=MAPPING + "kind: 没有这列\n")

        assert "映射里的“没有这列”列不在表中" in told
        assert 'id="id_mapping_error"' in told
        assert list(folder.iterdir()) == []

    def test_a_table_that_is_too_large_leaves_nothing(
        self, leader: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chengshao.intake.actions.tables.MOST_BYTES", 10)

        hand_in(leader, line(1))

        assert list(folder.iterdir()) == []
        assert not CaseImport.objects.exists()

    def test_begins_with_a_mapping_that_can_be_taken_away(self, leader: Client) -> None:
        assert 'href="/imports/mapping.yaml"' in page(leader, "/imports/")

        answer = leader.get("/imports/mapping.yaml")

        assert answer.headers["Content-Disposition"] == 'attachment; filename="mapping.yaml"'
        table = read_mapping(answer.content.decode())
        assert {table.key, "承办单位", "联系电话"} <= set(table.columns())

    @pytest.mark.parametrize(("unit", "step"), [("供水公司", "确认名称"), ("区城市管理局", "导入")])
    def test_says_what_is_next(self, leader: Client, unit: str, step: str) -> None:
        at = hand_in(leader, line(1, 单位=unit))

        assert f'<li aria-current="step">{step}</li>' in page(leader, at)

    def test_is_for_who_may_import_and_for_nobody_else(
        self, sign_in: SignIn, district: District
    ) -> None:
        registrar = sign_in(Role.REGISTRAR, district.centre)

        assert registrar.get("/imports/").status_code == 403
        assert "旧案导入" not in page(registrar, "/desk/")


class TestNames:
    def test_are_settled_on_the_page(self, leader: Client) -> None:
        at = hand_in(leader, line(1, 单位="供水公司"), line(2, 单位="外星人"), line(3, 单位="飞碟"))
        form = {
            f"{kind}-UNIT-{n}" if kind else f"UNIT-{n}": said
            for n, (told, meant) in enumerate(
                [("供水公司", "区园林中心"), ("外星人", "无"), ("飞碟", "")]
            )
            for kind, said in (("told", told), ("", meant))
        }

        answer = leader.post(f"{at}names", form)

        assert answer.status_code == 302
        names = the_import().names[NameKind.UNIT]
        assert (names["供水公司"]["code"], names["供水公司"]["certain"]) == ("parks", True)
        assert (names["外星人"]["code"], names["外星人"]["certain"]) == ("", True)
        assert (names["飞碟"]["code"], names["飞碟"]["certain"]) == ("", False)

    def test_that_were_settled_can_be_seen_and_are_not_asked_again(self, leader: Client) -> None:
        first = hand_in(leader, line(1, 单位="供水公司"))
        leader.post(f"{first}names", {"told-UNIT-0": "供水公司", "UNIT-0": "区园林中心"})

        again = hand_in(leader, line(2, 单位="供水公司"))

        shown = page(leader, again)
        assert "已确认的名称（1种）" in shown
        assert "区园林中心" in shown
        assert "种名称只是推测" not in shown

    def test_that_mean_nothing_here_are_told_and_kept_as_typed(self, leader: Client) -> None:
        at = hand_in(leader, line(1, 单位="供水公司"))

        answer = leader.post(f"{at}names", {"told-UNIT-0": "供水公司", "UNIT-0": "水务所"})

        assert answer.status_code == 422
        assert "没有代码“水务所”" in answer.content.decode()
        assert 'value="水务所"' in answer.content.decode()
        assert actions.unsettled(the_import()) == 1

    def test_are_settled_in_excel(self, leader: Client) -> None:
        at = hand_in(leader, line(1, 单位="供水公司"))
        rows = read_table(leader.get(f"{at}names").content)
        told = [dict(row) | {"是否确认": "是"} for row in rows]
        table = write_table(tuple(told[0]), [tuple(row.values()) for row in told])

        answer = leader.post(f"{at}names", {"file": SimpleUploadedFile("names.xlsx", table)})

        assert answer.status_code == 302
        assert actions.unsettled(the_import()) == 0

    @pytest.mark.parametrize("content", [b"", b"\x00", "类别,表中写法\n单位,甲\n".encode()])
    def test_in_a_table_that_is_none_are_refused(self, leader: Client, content: bytes) -> None:
        at = hand_in(leader, line(1, 单位="供水公司"))

        answer = leader.post(f"{at}names", {"file": SimpleUploadedFile("names.xlsx", content)})

        assert answer.status_code == 422
        assert actions.unsettled(the_import()) == 1


class TestTakingIn:
    def test_is_done_by_jobs_in_the_name_of_who_started_it(
        self, leader: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chengshao.intake.actions.taking_in.AT_ONCE", 2)
        monkeypatch.setattr(tasks, "PARTS", 1)
        at = hand_in(leader, *(line(n) for n in range(5)), line(9, 受理时间="昨天"))

        leader.post(f"{at}start")
        running = page(leader, at)
        jobs = run_jobs()

        assert "等待导入" in running
        assert jobs == 3
        of = the_import()
        assert (of.state, of.taken, of.refused) == (ImportState.DONE, 5, 1)
        user_id = leader.session["_auth_user_id"]
        assert all(f'"user_id":{user_id}' in entry.body for entry in Entry.objects.all())
        assert list(folder.iterdir()) == []
        done = page(leader, at)
        assert "“昨天”读不成时间" in done
        assert "已经导入的不会重复" in done
        assert f'href="/desk/cases/?import={of.pk}"' in done
        listed = page(leader, f"/desk/cases/?import={of.pk}")
        assert "只列这次导入的：旧热线，旧案.csv" in listed
        assert dict(read_table(leader.get(f"{at}refused").content)[0])["列"] == "受理时间"

    def test_counts_what_was_taken_in_as_parts_go_in(
        self, leader: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chengshao.intake.actions.taking_in.AT_ONCE", 2)
        monkeypatch.setattr(tasks, "PARTS", 1)
        at = hand_in(leader, line(1), line(2, 受理时间="昨天"), line(3))
        leader.post(f"{at}start")

        tasks.take_in_old_cases(the_import().pk)
        told = page(leader, f"{at}progress")

        assert "已处理2行，共3行" in told
        assert "<dt>已导入</dt><dd>1件</dd>" in told
        assert "<dt>未导入</dt><dd>1行" in told

    def test_tells_how_many_contacts_are_too_old_to_be_kept(self, leader: Client) -> None:
        old = {"受理时间": "2021-06-03", "办结时间": "2021-06-05"}
        at = hand_in(leader, line(1, 电话="13800138000", **old), line(2, 电话="13800138000"))

        leader.post(f"{at}start")
        run_jobs()

        assert the_import().without_contact == 1
        assert "1件受理至今已满三年，按规定不再保存联系方式" in page(leader, at)

    def test_pressed_twice_is_one_job(self, leader: Client) -> None:
        at = hand_in(leader, line(1))

        leader.post(f"{at}start")
        leader.post(f"{at}start")

        assert ProcrastinateJob.objects.count() == 1

    def test_waits_for_names_that_were_only_guessed(self, leader: Client) -> None:
        at = hand_in(leader, line(1, 单位="供水公司"))

        answer = leader.post(f"{at}start")

        assert answer.status_code == 409
        assert not ProcrastinateJob.objects.exists()

    def test_goes_on_after_a_job_that_failed(self, leader: Client) -> None:
        at = hand_in(leader, line(1))
        leader.post(f"{at}start")
        jobs_are("doing")
        jobs_are("failed", of="doing")

        tasks.go_on_with_imports(timestamp=0)

        assert run_jobs() == 1
        assert the_import().state == ImportState.DONE

    def test_without_its_table_does_nothing(self, leader: Client, folder: Path) -> None:
        at = hand_in(leader, line(1))
        leader.post(f"{at}start")
        for path in folder.iterdir():
            path.unlink()

        run_jobs()

        assert the_import().state == ImportState.RUNNING
        assert "表格不在这里" in page(leader, at)

    def test_shows_how_far_it_is_and_then_the_result(self, leader: Client) -> None:
        at = hand_in(leader, line(1))
        leader.post(f"{at}start")

        assert "已处理0行，共1行" in page(leader, f"{at}progress")
        run_jobs()
        assert leader.get(f"{at}progress").headers["HX-Refresh"] == "true"


def test_pages_ask_the_same_whatever_the_table_holds(leader: Client) -> None:
    def asked(path: str) -> int:
        with count_statements() as counted:
            leader.get(path)
        return counted.number

    small = hand_in(leader, line(1, 单位="供水公司"))
    first = (asked("/imports/"), asked(small))
    large = hand_in(leader, *(line(n, 单位=f"单位{n}") for n in range(80)))

    assert (asked("/imports/"), asked(large)) == first


def test_tables_that_nobody_started_are_forgotten(leader: Client, folder: Path) -> None:
    hand_in(leader, line(1), line(2, 受理时间="昨天"))
    CaseImport.objects.update(prepared_at=AT)
    now = the_import().prepared_at.replace(year=AT.year + 1)

    removed = actions.forget_tables(at=now)

    assert removed == 1
    assert not CaseImport.objects.exists()
    assert queries.imports_under_way() == []


class TestTheCaseOfARow:
    def test_shows_how_the_table_wrote_its_unit(self, leader: Client) -> None:
        imported(leader, line(1, 单位="供水公司"), line(2))
        first, second = (old.work_order.number for old in OldCase.objects.order_by("key"))

        assert "原表写的单位：供水公司" in page(leader, f"/desk/cases/{first}/")
        assert "原表写的单位" not in page(leader, f"/desk/cases/{second}/")

    def test_shows_its_own_where_the_table_wrote_it_in_several_ways(self, leader: Client) -> None:
        imported(leader, line(1, 单位="供水公司"), line(2, 单位="区供水公司（本部）"))
        numbers = [old.work_order.number for old in OldCase.objects.order_by("key")]

        for number, written in zip(numbers, ["供水公司", "区供水公司（本部）"], strict=True):
            assert f"原表写的单位：{written}<" in page(leader, f"/desk/cases/{number}/")


def imported(leader: Client, *lines: dict[str, str]) -> None:
    at = hand_in(leader, *lines)
    actions.accept_guesses(import_id=the_import().pk, actor=_IMPORTER, at=AT)
    leader.post(f"{at}start")
    run_jobs()
