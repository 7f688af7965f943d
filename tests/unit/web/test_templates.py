"""The frames and components: what they say to a browser, a reader and a screen reader."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory, override_settings
from django.utils import translation

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.web.due import finished, running
from chengshao.web.icons import drawings
from chengshao.web.styleguide import sample

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted((ROOT / "chengshao").glob("*/templates/**/*.html"))
WHOLE = ["404.html", "403.html", "400.html", "500.html", "web/error.html"]
ERROR = {"error": {"code": "not_found", "message": "没有找到"}, "status": 404}


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def component(name: str, /, **context: Any) -> str:
    return render_to_string(f"web/components/{name}.html", context)


def staff_page(name: str, **context: Any) -> str:
    request = RequestFactory().get("/styleguide")
    request.actor = Actor(ActorKind.PERSON, 1)  # type: ignore[attr-defined]
    request.user = SimpleNamespace(  # type: ignore[assignment]
        pk=1, is_authenticated=True, shown_name="林知远", theme="", density=""
    )
    return render_to_string(name, context, request=request)


def public_page(name: str, **context: Any) -> str:
    return render_to_string(name, context, request=RequestFactory().get("/nowhere"))


class Outline(HTMLParser):
    """Collects what a test asks of a page: elements with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_code_or_style(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", source)
    assert not re.search(r"hx-on|hx-trigger=[\"'][^\"']*\[|hx-vals=[\"']js:", source)


class TestAWholePage:
    @pytest.mark.parametrize("name", WHOLE)
    def test_has_a_language_a_title_one_heading_and_one_main(self, name: str) -> None:
        # Errors may come before any middleware has run: no request, no context processors.
        html = render_to_string(name, ERROR)
        outline = Outline(html)
        assert outline.all("html")[0]["lang"] == "zh-CN"
        assert re.search(r"<title>[^<\s]+ · 城哨</title>", html)
        assert len(outline.all("h1")) == 1
        assert len(outline.all("main")) == 1

    def test_speaks_english_where_one_reads_english(self) -> None:
        with translation.override("en"):
            assert Outline(public_page("404.html")).all("html")[0]["lang"] == "en"

    def test_starts_with_a_way_to_its_main_part(self) -> None:
        outline = Outline(staff_page("404.html"))
        assert outline.all("a")[0]["href"] == "#main"
        assert outline.all("main")[0]["id"] == "main"

    def test_every_request_of_htmx_carries_the_token(self) -> None:
        headers = Outline(staff_page("404.html")).all("body")[0]["hx-headers:inherited"]
        assert re.fullmatch(r'\{"X-CSRFToken": "\w{64}"\}', headers or "")

    def test_takes_the_look_that_was_chosen(self) -> None:
        request = RequestFactory().get("/")
        request.COOKIES.update({"type": "large", "theme": "dark"})
        (html,) = Outline(render_to_string("404.html", {}, request=request)).all("html")
        assert (html["data-type"], html["data-theme"]) == ("large", "dark")

    def test_says_that_its_data_are_invented(self) -> None:
        with override_settings(DEMO=True):
            assert "演示数据" in staff_page("404.html")
            assert "演示数据" in public_page("404.html")
        with override_settings(DEMO=False):
            assert "演示数据" not in staff_page("404.html")


class TestThePublicFrame:
    def test_shows_a_number_to_call_on_every_page(self) -> None:
        assert '<a href="tel:12345">12345</a>' in public_page("404.html")
        assert '<a href="tel:12345">12345</a>' in render_to_string("500.html")

    def test_shows_nothing_of_the_desk(self) -> None:
        html = public_page("404.html")
        assert 'class="rail"' not in html
        assert "data-palette" not in html


class TestTheStyleguide:
    def test_ids_are_unique_and_labels_lead_to_fields(self) -> None:
        outline = Outline(staff_page("web/styleguide.html", **sample()))
        ids = [attrs["id"] for _tag, attrs in outline.elements if attrs.get("id")]
        # The two sample forms have the same fields; browsers never see both on a real page.
        once = {name for name in ids if not (name or "").startswith("id_")}
        assert len([name for name in ids if name in once]) == len(once)
        for label in outline.all("label"):
            assert "for" not in label or label["for"] in ids


class SomeForm(forms.Form):
    words = forms.CharField(label="原话", help_text="说一句就够", widget=forms.Textarea)
    phone = forms.CharField(label="电话", required=False)
    urgency = forms.ChoiceField(label="紧急", choices=[("A", "一般")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="已念给来电人", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


class TestAForm:
    def test_a_field_names_its_label_hint_and_error_to_a_screen_reader(self) -> None:
        outline = Outline(str(SomeForm({"words": ""})))
        (area,) = outline.all("textarea")
        ids = [attrs.get("id") for _tag, attrs in outline.elements]
        assert area["class"] == "input"
        assert area["aria-invalid"] == "true"
        described = (area["aria-describedby"] or "").split()
        assert described == ["id_words_helptext", "id_words_error"]
        assert set(described) <= set(ids)
        assert {"for": "id_words"} in outline.all("label")

    def test_a_field_that_may_stay_empty_says_so(self) -> None:
        html = str(SomeForm())
        assert html.count("可以不填") == 1
        assert re.search(r"电话<span class=\"hint\">可以不填", html)

    def test_choices_stand_together_under_one_name(self) -> None:
        html = str(SomeForm())
        assert re.search(r"<fieldset[^>]*>\s*<legend>紧急</legend>", html)

    def test_hidden_fields_come_along(self) -> None:
        hidden = [i["name"] for i in Outline(str(SomeForm())).all("input") if i["type"] == "hidden"]
        assert hidden == ["token"]

    def test_words_of_a_citizen_stay_words(self) -> None:
        assert "<b>" not in str(SomeForm({"words": "<b>急</b>"}))
        assert "<b>急" not in component("input", name="w", label="原话", value="<b>急</b>")


class TestTheDueChip:
    NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

    def test_what_runs_can_be_counted_on(self) -> None:
        chip = running(left=720, amount=7200, due_at=self.NOW, now=self.NOW, label="派单")
        (span,) = Outline(component("due", due=chip)).all("span")
        assert span["class"] == "due due-soon"
        assert (span["data-left"], span["data-amount"], span["data-label"]) == (
            "720",
            "7200",
            "派单",
        )
        assert "data-runs-until" not in span

    def test_enough_time_has_no_colour(self) -> None:
        chip = running(left=7200, amount=7200, due_at=self.NOW, now=self.NOW)
        assert Outline(component("due", due=chip)).all("span")[0]["class"] == "due"

    def test_what_stands_is_not_counted(self) -> None:
        (span,) = Outline(component("due", due=finished())).all("span")
        assert "data-left" not in span

    def test_without_a_limit_there_is_none(self) -> None:
        assert component("due", due=None).strip() == ""


def test_the_current_step_is_told_without_colour() -> None:
    steps = [{"words": "收集", "state": "done"}, {"words": "立案", "state": "current"}]
    items = Outline(component("steps", steps=steps)).all("li")
    assert items == [{"class": "done"}, {"aria-current": "step"}]


def test_a_unit_in_the_timeline_is_called_by_its_name() -> None:
    html = component(
        "entry",
        at=datetime(2020, 1, 1, tzinfo=UTC),
        unit={"face": "执法", "name": "区综合行政执法局"},
        words="上门",
    )
    assert 'aria-label="区综合行政执法局"' in html
    assert 'title="2020年1月1日 08:00"' in html


def test_faults_name_row_and_column() -> None:
    html = component("faults", faults=[{"row": 3, "column": "事项", "message": "没有“甲”"}])
    assert ">3<" in html
    assert "没有“甲”" in html


def test_a_key_stands_on_its_button() -> None:
    html = component("button", words="派出", kind="main", key="Enter", shown="回车")
    (button,) = Outline(html).all("button")
    assert (button["class"], button["data-key"]) == ("btn btn-main", "Enter")
    assert "<kbd>回车</kbd>" in html


def test_the_pager_keeps_the_filters() -> None:
    request = RequestFactory().get("/cases?street=3&page=2")
    page = Paginator(range(2500), 50).page(2)
    html = render_to_string("web/components/pager.html", {"page": page}, request=request)
    assert "共2,500条" in html
    assert [a["href"] for a in Outline(html).all("a")] == ["?street=3&page=1", "?street=3&page=3"]


def test_icons_are_drawn_and_silent_beside_words() -> None:
    said = Template('{% load web %}{% icon "phone" %}').render(Context())
    assert 'aria-hidden="true"' in said
    assert "<path" in said
    alone = Template('{% load web %}{% icon "phone" label="电话" %}').render(Context())
    assert 'role="img" aria-label="电话"' in alone


def test_every_icon_that_a_template_asks_for_is_there() -> None:
    asked = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% icon "(\w+)"', path.read_text("utf-8"))
    }
    assert asked
    assert asked <= drawings().keys()


def test_a_term_without_value_is_nothing() -> None:
    template = Template('{% load web %}{{ kind|term:"actor_kind" }}/{{ none|term:"actor_kind" }}')
    assert template.render(Context({"kind": ActorKind.PERSON, "none": None})) == "工作人员/"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_template_compiles(path: Path) -> None:
    name = path.as_posix().split("/templates/", 1)[1]
    assert get_template(name)
