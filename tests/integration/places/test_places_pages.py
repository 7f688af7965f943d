"""The register of places in the browser: who sees it, what it shows, files in and out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengshao.people.models import User
from chengshao.people.terms import Role
from chengshao.places import queries
from chengshao.places.models import Division, Grid
from chengshao.places.terms import ImportKind
from tests.integration.places.conftest import DIVISIONS, take_objects
from tests.statements import count_statements
from tests.unit.places.maps import (
    DISTRICT,
    SUBDISTRICT,
    at,
    box,
    code_of,
    community,
    geojson,
    grid,
    grids,
)

SignIn = Callable[[Role], Client]


@pytest.fixture
def browser(staff: Callable[[Role], int]) -> SignIn:
    def sign_in(role: Role) -> Client:
        client = Client()
        client.force_login(User.objects.get(pk=staff(role)))
        return client

    return sign_in


def hand_in(client: Client, name: str, content: bytes, **more: str) -> Any:
    told = {"file": SimpleUploadedFile("x", content), "valid_from": "2025-01-01", **more}
    return client.post(f"/places/files/{name}", told)


class TestRegister:
    def test_shows_what_lies_below_and_the_map(self, district: None, browser: SignIn) -> None:
        page = browser(Role.OPERATOR).get("/places/").content.decode()

        assert "清波街道" in page
        assert f'href="/places/{SUBDISTRICT}/"' in page
        assert '<path class="m-area" d="M' in page

    def test_shows_a_community_s_grids_and_objects(self, district: None, browser: SignIn) -> None:
        lng, lat = at(0.5, 0.5)
        take_objects(f"编码,名称,类型,经度,纬度\nS-1,<b>面馆,商铺,{lng},{lat}\n")

        page = browser(Role.OPERATOR).get(f"/places/{community(0)}/").content.decode()

        assert all(code_of(0, row) in page for row in range(3))
        assert "&lt;b&gt;面馆" in page
        assert "商铺" in page

    def test_finds_places_and_objects(self, district: None, browser: SignIn) -> None:
        take_objects("编码,名称,类型\nS-1,清波面馆,商铺\n")

        page = browser(Role.OPERATOR).get("/places/?words=清波").content.decode()

        assert "清波门社区居委会" in page
        assert "清波面馆" in page

    def test_says_what_to_do_while_there_is_nothing(self, browser: SignIn) -> None:
        page = browser(Role.OPERATOR).get("/places/")

        assert (page.status_code, "还没有行政区划" in page.content.decode()) == (200, True)

    @pytest.mark.parametrize("code", ["330105000000", "000000000000", "330102001009"])
    def test_of_an_unknown_division_is_not_found(
        self, code: str, district: None, browser: SignIn
    ) -> None:
        assert browser(Role.OPERATOR).get(f"/places/{code}/").status_code == 404

    def test_takes_no_more_statements_for_more_grids(self, district: None, browser: SignIn) -> None:
        client = browser(Role.OPERATOR)
        client.get(f"/places/{community(0)}/")
        with count_statements() as counted:
            client.get(f"/places/{community(0)}/")

        assert counted.number <= 16, counted.statements

    def test_is_for_signed_in_staff(self, district: None, client: Client) -> None:
        for path in ("/places/", f"/places/{DISTRICT}/", "/places/files/", "/places/files/grids"):
            answer = client.get(path)
            assert (answer.status_code, "sign-in" in answer["Location"]) == (302, True)


class TestFiles:
    def test_are_for_keepers(self, district: None, browser: SignIn) -> None:
        operator = browser(Role.OPERATOR)

        assert operator.get("/places/files/").status_code == 403
        assert operator.get("/places/files/grids").status_code == 403
        assert hand_in(operator, "divisions", DIVISIONS.encode()).status_code == 403

    def test_a_file_is_taken_in_and_that_is_said(self, browser: SignIn) -> None:
        keeper = browser(Role.CATALOGUE_KEEPER)

        answer = hand_in(keeper, "divisions", DIVISIONS.encode())

        assert (answer.status_code, answer["Location"]) == (302, "/places/files/")
        page = keeper.get("/places/files/").content.decode()
        assert "新增6条" in page
        assert Division.objects.count() == 6

    def test_a_refused_one_tells_every_fault_and_takes_nothing(
        self, divisions: None, browser: SignIn
    ) -> None:
        features = [grid(0, 0), grid(1, 0, box(0.5, 0, 2, 1)), grid(0, 0, box(0, 0, 1, 1)[:-1])]

        answer = hand_in(browser(Role.CATALOGUE_KEEPER), "grids", geojson(features), crs="WGS84")

        page = answer.content.decode()
        assert answer.status_code == 422
        assert f"网格{code_of(1, 0)}与{code_of(0, 0)}重叠" in page
        assert "边界没有闭合" in page
        assert not Grid.objects.exists()

    @pytest.mark.parametrize(
        ("name", "content"),
        [("divisions", b"\x00\x01"), ("grids", b"no geojson"), ("zones", b"[" * 100_000)],
    )
    def test_what_can_t_be_read_is_refused_in_words(
        self, name: str, content: bytes, divisions: None, browser: SignIn
    ) -> None:
        answer = hand_in(browser(Role.CATALOGUE_KEEPER), name, content, crs="WGS84")

        assert (answer.status_code, "无法读取文件" in answer.content.decode()) == (422, True)

    def test_a_form_with_a_wrong_field_says_so(self, divisions: None, browser: SignIn) -> None:
        answer = hand_in(
            browser(Role.CATALOGUE_KEEPER), "grids", geojson(grids()), crs="WGS84", within="上城"
        )

        assert (answer.status_code, "应为12位数字" in answer.content.decode()) == (422, True)

    @pytest.mark.parametrize("kind", ImportKind)
    def test_every_kind_can_be_taken_away(
        self, kind: ImportKind, district: None, browser: SignIn
    ) -> None:
        name = kind.lower().replace("_", "-")

        answer = browser(Role.CATALOGUE_KEEPER).get(f"/places/files/{name}")

        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith(f'attachment; filename="{name}-')
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer.content == queries.export_table(kind) or answer.content[:2] == b"PK"

    def test_another_name_is_not_found(self, browser: SignIn) -> None:
        assert browser(Role.CATALOGUE_KEEPER).get("/places/files/secrets").status_code == 404
