"""Items: found by words, pinned, one with its versions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.kernel import finding
from chengshao.kernel.actor import Actor
from chengshao.kernel.bigrams import bigrams
from chengshao.kernel.errors import NotFound
from chengshao.knowledge.models import CURRENT, Version
from chengshao.knowledge.queries.scope import may_keep
from chengshao.knowledge.rules import tables
from chengshao.knowledge.rules.drafts import READ_ALOUD, Draft, validity_of
from chengshao.knowledge.terms import ItemKind, Validity
from chengshao.people import queries as people
from chengshao.people.queries import UnitLine
from chengshao.web.sheets import write_table

MOST_SHOWN = 100
_MOST_RANKED = 500
_WORTH_OFFERING = 0.15  # of the best: what is further away is noise


class ItemNotFound(NotFound):
    code = "knowledge_item_not_found"


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A version of an item as it stands at a moment, with its owner."""

    id: int  # of the version
    code: str
    number: int
    draft: Draft
    unit: UnitLine | None
    validity: Validity
    published_at: datetime
    replaced_at: datetime | None
    published_by_id: int | None

    @property
    def read_aloud(self) -> bool:
        return self.draft.kind in READ_ALOUD

    @property
    def expired(self) -> bool:
        return self.validity is Validity.EXPIRED

    @property
    def is_current(self) -> bool:
        return self.replaced_at is None


@dataclass(frozen=True, slots=True)
class ItemPage:
    """An item: what it says now, or said last, and what it said before."""

    line: ItemLine
    versions: Sequence[tuple[ItemLine, str]]  # all, the newest first, and who published each
    matter_name: str
    may_keep: bool


def find_items(
    words: str, *, kind: str = "", unit_id: int | None = None, at: datetime, limit: int = MOST_SHOWN
) -> list[ItemLine]:
    """
    Return current items, the closest first; without words temporary lines in force, then the
    newest. Words find by characters (two suffice), the code, or pinyin initials. Three statements,
    two where words are looked for that some item holds.
    """
    rows = _chosen(kind, unit_id)
    asked = finding.fold(words[: finding.MAX_WORDS].replace("\x00", " "))
    if asked:
        return _lines(_nearest(rows, asked)[:limit], at)
    first, newest = rows.filter(_pinned(at)), rows.exclude(_pinned(at)).order_by("-pk")
    pinned = list(first.select_related("item").order_by("-pk")[:limit])
    return _lines([*pinned, *newest.select_related("item")[: limit - len(pinned)]], at)


def older_items(
    before: int, *, kind: str = "", unit_id: int | None = None, at: datetime
) -> list[ItemLine]:
    """
    Return the page of current items that follows a version, the newest first; what is pinned
    stood on the first page. Two statements.
    """
    rows = _chosen(kind, unit_id).exclude(_pinned(at)).filter(pk__lt=before)
    return _lines(rows.select_related("item").order_by("-pk")[:MOST_SHOWN], at)


def _chosen(kind: str, unit_id: int | None) -> QuerySet[Version]:
    rows = Version.objects.filter(CURRENT)
    if kind:
        rows = rows.filter(kind=kind)
    return rows if unit_id is None else rows.filter(unit=unit_id)


def _pinned(at: datetime) -> Q:
    return Q(kind=ItemKind.TEMPORARY, valid_until__gt=at)


def fitting_items(
    words: str, *, at: datetime, limit: int = 5
) -> tuple[list[ItemLine], list[ItemLine]]:
    """
    Return answers in force that fit what a caller says, the closest first, and at most two that
    would fit had they not expired: who takes the call knows that there was one. Three statements.
    """
    asked = finding.fold(words[: finding.MAX_WORDS].replace("\x00", " "))
    if len(asked) < 2:
        return [], []
    begun = Version.objects.filter(CURRENT, kind=ItemKind.ANSWER, valid_from__lte=at)
    lines = _lines(_nearest(begun, asked)[: 2 * limit], at)
    fitting = [line for line in lines if not line.expired]
    return fitting[:limit], [line for line in lines if line.expired][:2]


def pinned_lines(at: datetime) -> list[ItemLine]:
    """Return the temporary lines in force, what ends first first. Two statements."""
    rows = _in_force(Version.objects.filter(CURRENT, kind=ItemKind.TEMPORARY), at)
    return _lines(rows.select_related("item").order_by("valid_until")[:10], at)


def version_of(version_id: int, at: datetime) -> ItemLine:
    """
    Return one version, whether current or not.

    :raises ItemNotFound: if there is none
    """
    found = _lines(Version.objects.select_related("item").filter(pk=version_id), at)
    if not found:
        raise ItemNotFound
    return found[0]


def item_page(code: str, *, actor: Actor, at: datetime) -> ItemPage:
    """
    Return an item with all its versions. Four statements.

    :raises ItemNotFound: if there is none of this code
    """
    rows = Version.objects.select_related("item").filter(item__code=code)
    lines = _lines(rows.order_by("-number"), at)
    if not lines:
        raise ItemNotFound
    names = people.user_names({line.published_by_id or 0 for line in lines})
    matter, owner = lines[0].draft.matter, lines[0].unit
    called = catalog.matter_names([matter], localdate(at)) if matter else {}
    keeps = owner is not None and may_keep(actor, owner)
    versions = [(line, names.get(line.published_by_id or 0, "")) for line in lines]
    return ItemPage(lines[0], versions, called.get(matter, ""), keeps)


def export_items(*, units: Iterable[int] | None) -> bytes:
    """Return the table of current items that the import reads; None: of all units."""
    rows = Version.objects.filter(CURRENT).select_related("item", "unit").order_by("item__code")
    if units is not None:
        rows = rows.filter(unit__in=set(units))
    return write_table(
        tables.HEADINGS,
        (tables.cells_of(row.item.code, row.unit.code, draft_of(row)) for row in rows.iterator()),
    )


def draft_of(row: Version) -> Draft:
    """Return what a version says."""
    return Draft(
        kind=ItemKind(row.kind),
        title=row.title,
        answer=row.answer,
        unit_id=row.unit_id,
        source=row.source,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        callers_words=tuple(row.callers_words),
        conditions=row.conditions,
        papers=row.papers,
        place=row.place,
        source_ref=row.source_ref,
        matter=row.matter,
    )


def _in_force(rows: QuerySet[Version], at: datetime) -> QuerySet[Version]:
    return rows.filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)


def _nearest(rows: QuerySet[Version], asked: str) -> list[Version]:
    """Return what holds all the words, ranked; where nothing does, what a sentence mentions."""
    rows = rows.select_related("item")
    holding = list(_holding(rows, asked)[:_MOST_RANKED])
    if holding:
        return sorted(
            holding,
            key=lambda row: (
                -finding.rank(asked, row.item.code, row.title, row.callers_words, row.initials),
                row.item.code,
            ),
        )
    some = list(rows.filter(bigrams__overlap=bigrams(asked))[:_MOST_RANKED])
    called = [finding.said_of(row.title, row.callers_words) for row in some]
    weights = finding.pair_weights(asked, called)
    near = [
        (finding.mention(asked, names, weights), row)
        for names, row in zip(called, some, strict=True)
    ]
    best = sorted((each for each in near if each[0]), key=lambda each: (-each[0], each[1].pk))
    return [row for score, row in best if score >= best[0][0] * _WORTH_OFFERING]


def _holding(rows: QuerySet[Version], asked: str) -> QuerySet[Version]:
    for part in asked.split():
        pairs = [pair for pair in bigrams(part) if len(pair) == 2]
        text = Q(words__contains=part)
        text = text & Q(bigrams__contains=pairs) if pairs else text
        if part.isascii():
            text |= Q(initials__contains=part) | Q(item__code__iexact=part)
        rows = rows.filter(text)
    return rows


def _lines(rows: Iterable[Version], at: datetime) -> list[ItemLine]:
    found = list(rows)
    units = people.unit_lines({row.unit_id for row in found}, localdate(at)) if found else {}
    return [
        ItemLine(
            id=row.pk,
            code=row.item.code,
            number=row.number,
            draft=draft_of(row),
            unit=units.get(row.unit_id),
            validity=validity_of(row.valid_from, row.valid_until, at),
            published_at=row.published_at,
            replaced_at=row.replaced_at,
            published_by_id=row.published_by_id,
        )
        for row in found
    ]
