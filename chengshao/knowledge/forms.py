"""What people fill in on this room's pages. Forms bound and read; the actions decide."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chengshao.catalog import queries as catalog
from chengshao.knowledge.actions.corrections import LONGEST_WORDS
from chengshao.knowledge.queries import ItemLine
from chengshao.knowledge.rules.drafts import LONGEST, MOST_CALLERS_WORDS, Draft
from chengshao.knowledge.rules.tables import phrases
from chengshao.knowledge.terms import ItemField, ItemKind
from chengshao.people import queries as people
from chengshao.people.queries import UnitLine
from chengshao.web.texts import TERMS

_LABEL: Mapping[str, Any] = TERMS["item_field"]


def _text(field: ItemField, rows: int = 0, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else None
    limit = more.pop("max_length", LONGEST[field])
    return forms.CharField(label=_LABEL[field], max_length=limit, widget=widget, **more)


def _moment(field: ItemField, **more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=_LABEL[field], widget=widget, **more)


class ItemForm(forms.Form):
    """One version of an item. The units are those whose items its writer keeps."""

    seen_number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)
    kind = forms.ChoiceField(label=_LABEL[ItemField.KIND])
    unit = forms.ChoiceField(label=_LABEL[ItemField.UNIT])
    title = _text(ItemField.TITLE, help_text=_("来电人会怎么问，就怎么写"))
    callers_words = _text(
        ItemField.CALLERS_WORDS,
        rows=3,
        required=False,
        max_length=MOST_CALLERS_WORDS * (LONGEST[ItemField.CALLERS_WORDS] + 1),
        help_text=_("一行一种说法，接电话时照着找"),
    )
    answer = _text(
        ItemField.ANSWER,
        rows=4,
        help_text=_("答复口径和临时通知要念给来电人听，最多3句；指引和案例写正文"),
    )
    conditions = _text(ItemField.CONDITIONS, rows=2, required=False)
    papers = _text(ItemField.PAPERS, rows=2, required=False)
    place = _text(ItemField.PLACE, required=False)
    matter = _text(
        ItemField.MATTER,
        required=False,
        max_length=40,
        help_text=_("事项的名称或编码；写了，接电话时才能直接答复"),
    )
    source = _text(ItemField.SOURCE, help_text=_("依据哪个文件；案例写从哪里来"))
    source_ref = _text(ItemField.SOURCE_REF, required=False)
    valid_from = _moment(ItemField.VALID_FROM)
    valid_until = _moment(
        ItemField.VALID_UNTIL, required=False, help_text=_("不写就一直有效；临时通知一定要写")
    )

    def __init__(self, units: Sequence[UnitLine], data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self._choose("kind", [(kind.value, TERMS["item_kind"][kind]) for kind in ItemKind])
        self._choose("unit", [(str(unit.id), unit.name) for unit in units])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_matter(self) -> str:
        """Return the code of a matter, which may be named instead."""
        said = str(self.cleaned_data["matter"])
        if not said:
            return ""
        found = catalog.find_matters(said, on=timezone.localdate(), limit=5)
        for matter in found:
            if said in (matter.code, matter.name):
                return matter.code
        raise forms.ValidationError(_("没有事项“%(said)s”"), params={"said": said})

    def draft(self) -> Draft:
        """Return what was written as the action takes it."""
        said = self.cleaned_data
        return Draft(
            kind=ItemKind(said["kind"]),
            title=said["title"],
            answer=said["answer"],
            unit_id=int(said["unit"]),
            source=said["source"],
            valid_from=said["valid_from"],
            valid_until=said["valid_until"],
            callers_words=phrases(said["callers_words"]),
            conditions=said["conditions"],
            papers=said["papers"],
            place=said["place"],
            source_ref=said["source_ref"],
            matter=said["matter"],
        )


def initial_of(line: ItemLine) -> dict[str, Any]:
    """Return what stands in the form when an item is changed."""
    draft = line.draft
    return {
        "seen_number": line.number,
        "kind": draft.kind.value,
        "unit": str(draft.unit_id),
        "title": draft.title,
        "callers_words": "\n".join(draft.callers_words),
        "answer": draft.answer,
        "conditions": draft.conditions,
        "papers": draft.papers,
        "place": draft.place,
        "matter": draft.matter,
        "source": draft.source,
        "source_ref": draft.source_ref,
        "valid_from": draft.valid_from,
        "valid_until": draft.valid_until,
    }


class WordsForm(forms.Form):
    """One field: what is wrong, what is missing, what is answered to that."""

    words = forms.CharField(max_length=LONGEST_WORDS)


class AssignForm(forms.Form):
    """Which unit writes what is missing, by its code or its exact name."""

    unit = forms.CharField(max_length=80)

    def clean_unit(self) -> int:
        said = str(self.cleaned_data["unit"])
        found = people.find_units(said, on=timezone.localdate(), limit=5)
        for line in found:
            if said in (line.code, line.name, line.short_name):
                return line.id
        raise forms.ValidationError(_("没有单位“%(said)s”"), params={"said": said})
