"""The operator's commands: what they say, what they refuse, who may sign in afterwards."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from pytest_django import Settings

from chengshao.people import queries as people
from chengshao.people.terms import Power
from chengshao.places import queries as places

Folder = Callable[..., Path]
PASSWORD = "bridge-lantern-47"
pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what puts words on the standard input."""
    return lambda words: monkeypatch.setattr("sys.stdin", io.StringIO(words))


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("new_district", *arguments, stdout=out)
    return out.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    return str(refused.value)


class TestNewDistrict:
    def test_it_shows_progress_and_names_the_next_step(self, folder: Folder) -> None:
        said = run("--from", str(folder()))

        assert "单位  5条  units.csv" in said
        assert "--first-administrator" in said.splitlines()[-1]

    def test_it_warns_of_a_desk_and_a_unit_above_it_where_nobody_could_act(
        self, folder: Folder
    ) -> None:
        said = run("--check", "--from", str(folder()))

        assert "演示区联动指挥中心没有人能派单、核查、指定" in said
        assert "投诉派单台的案卷要由它办" in said

    def test_it_warns_of_nobody_where_all_are_there(self, folder: Folder) -> None:
        leaders = "".join(
            f"leader-{unit},周值守（演示）,值班长,{unit},2024-01-01\n" for unit in ("centre", "gov")
        )

        assert "注意" not in run("--from", str(folder(staff=lambda rows: rows + leaders)))

    def test_the_first_administrator_may_sign_in_and_appoint(
        self, folder: Folder, typed: Callable[[str], None]
    ) -> None:
        typed(f"{PASSWORD}\n")

        run("--from", str(folder()), "--first-administrator", "first")

        user = get_user_model().objects.get(username="first")
        assert user.check_password(PASSWORD)
        assert people.actor_of_user(user.pk).may(Power.APPOINT)

    def test_it_may_be_one_whom_the_staff_table_names(
        self, folder: Folder, typed: Callable[[str], None]
    ) -> None:
        typed(f"{PASSWORD}\n")

        run("--from", str(folder()), "--first-administrator", "security")

        assert get_user_model().objects.get(username="security").check_password(PASSWORD)
        assert get_user_model().objects.filter(is_machine=False).count() == 2

    def test_somebody_else_of_the_staff_table_does_not_become_one(
        self, folder: Folder, typed: Callable[[str], None]
    ) -> None:
        typed(f"{PASSWORD}\n")

        assert "registrar" in refusal("--from", str(folder()), "--first-administrator", "registrar")

        assert not people.unit_ids_by_code(["centre"])

    def test_a_weak_password_leaves_nothing_behind(
        self, folder: Folder, typed: Callable[[str], None]
    ) -> None:
        typed("12345\n")

        said = io.StringIO()
        with pytest.raises(CommandError):
            call_command(
                "new_district", "--from", str(folder()), "--first-administrator", "a", stdout=said
            )

        assert not said.getvalue()  # it was judged before anything was taken in
        assert not people.unit_ids_by_code(["centre"])
        assert not get_user_model().objects.exists()

    def test_it_can_come_later_but_only_once(
        self, folder: Folder, typed: Callable[[str], None]
    ) -> None:
        run("--from", str(folder()))
        typed(f"{PASSWORD}\n")
        run("--first-administrator", "first")

        typed("another-lantern-48\n")
        refusal("--first-administrator", "second")

        assert not get_user_model().objects.filter(username="second").exists()

    def test_a_check_looks_at_everything_and_takes_nothing_in(self, folder: Folder) -> None:
        said = run("--from", str(folder()), "--check")

        assert "units.csv" in said
        assert "没有导入" in said.splitlines()[-1]
        assert not people.unit_ids_by_code(["centre"])

    def test_every_fault_stands_in_a_line_with_its_place(self, folder: Folder) -> None:
        place = folder(
            units=lambda words: words.replace("urban,演示区城市管理局", "urban,"),
            unit_roles=lambda words: words.replace(",urban,", ",nobody,"),
        )

        lines = refusal("--from", str(place)).splitlines()

        assert lines[0].startswith("2个文件共有2处要改")
        assert lines[1] == "  units.csv · 第4行 · 单位名称：不能为空"
        assert lines[2] == "  unit_roles.csv · 第2行 · 单位代码：没有“nobody”"

    def test_in_shapes_features_are_counted(self, folder: Folder) -> None:
        place = folder(grids=lambda words: words.replace("330199002001002", "33019900200100"))

        assert "  grids.geojson · 第4个要素 · 网格编码：" in refusal("--from", str(place))

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        assert "nowhere" in refusal("--from", str(tmp_path / "nowhere"))

    def test_nothing_asked_for_is_refused(self) -> None:
        assert "--from" in refusal()

    def test_a_second_district_is_refused_in_words(self, folder: Folder) -> None:
        place = str(folder())
        run("--from", place)

        assert "330199000000" in refusal("--from", place)


class TestDemo:
    def test_outside_of_a_demonstration_there_is_none(self) -> None:
        for command in ("demo_district", "demo_sign_ins"):
            with pytest.raises(CommandError, match="演示模式"):
                call_command(command, stdout=io.StringIO())

        with pytest.raises(places.DistrictNotFound):
            places.district_code()

    def test_beside_a_real_district_it_changes_nothing(
        self, folder: Folder, settings: Settings
    ) -> None:
        settings.DEMO = True
        run("--from", str(folder()))
        out = io.StringIO()

        call_command("demo_district", stdout=out)

        assert "没有改动" in out.getvalue()
        assert places.district_code() == "330199000000"
        assert not get_user_model().objects.filter(username="operator").exists()
