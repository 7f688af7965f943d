"""Reads: matters, their conditions and limits, and the limits of tasks."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from chengshao.catalog.models import (
    CodeMap,
    Matter,
    MatterClass,
    MatterCondition,
)
from chengshao.catalog.queries._common import KEPT, in_force
from chengshao.catalog.rules.codes import MatterCodeInvalid, matter_line, split_code
from chengshao.catalog.rules.limits import LimitsOfMatter, limits_under
from chengshao.catalog.terms import (
    CheckMode,
    EvidenceKind,
    MatterKind,
    Sensitivity,
    Track,
    Urgency,
)
from chengshao.kernel import finding
from chengshao.kernel.bigrams import bigrams
from chengshao.kernel.clock import ClockUnit, Limit
from chengshao.kernel.errors import Invalid, NotFound
from chengshao.web.kept import kept, kept_each

_URGENCIES = list(Urgency)
_WORTH_OFFERING = 0.15  # of the best: what is further away is noise


class MatterNotFound(NotFound):
    code = "matter_not_found"


class WordsTooLong(Invalid):
    code = "words_too_long"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a matter with its limits; the limit at urgency "" holds at any."""

    serial: int
    code: str  # with the matter: C0101-2
    register_condition: str
    close_condition: str
    default_urgency: Urgency
    limits: tuple[tuple[str, Limit], ...]


@dataclass(frozen=True, slots=True)
class MatterVersion:
    """
    A matter as it is in force, seen through the condition that its code names.

    Where the code names none of several, the register and closing conditions are all of them and
    the default urgency is the calmest: a person raises it who knows more.
    """

    id: int  # of the version
    code: str  # as asked: C0101 or C0101-2
    matter_code: str
    name: str
    kind: MatterKind
    class_code: str
    class_names: tuple[str, ...]  # from the highest class down
    aliases: tuple[str, ...]
    register_condition: str
    close_condition: str
    conditions: tuple[Condition, ...]  # all, whichever the code names
    default_urgency: Urgency
    evidence_asked: tuple[EvidenceKind, ...]
    verify: bool
    check_mode: CheckMode
    sign_off_waived: bool
    flexible: bool
    sensitivity: Sensitivity
    track: Track
    source: str
    valid_from: date
    valid_until: date | None

    @property
    def also(self) -> str:
        """What people type for it besides its name: everyday words and pinyin initials."""
        return " ".join([*self.aliases, finding.initials(self.name, *self.aliases)])

    @property
    def pk(self) -> int:
        return self.id

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    def has(self, serial: int | None) -> bool:
        """Tell whether it has this condition; None: whichever."""
        return serial is None or any(each.serial == serial for each in self.conditions)

    @property
    def is_narrowed(self) -> bool:
        """Tell whether it stands under one condition, so that its limit is the right one."""
        return len(self.conditions) == 1 or self.code != self.matter_code


def matter_in_force(code: str, on: date) -> MatterVersion:
    """
    Return the version of a matter in force that day; the code may name one condition (C0101-2).

    :raises MatterNotFound: if none is, or it has no such condition
    """
    matter_code, serial = split(code)
    row = _with_conditions(Matter.objects.filter(in_force(on), code=matter_code)).first()
    if row is None:
        raise MatterNotFound(matter=code)
    found = _versions([row], on)[0]
    return found if serial is None else _narrowed(found, code, serial)


def matter_versions(code: str) -> list[MatterVersion]:
    """
    Return all versions of a matter, the newest first; class names are those of its first day.

    :raises MatterNotFound: if there was never one
    """
    matter_code, _ = split(code)
    found = kept(KEPT, ("versions", matter_code), lambda: _all_versions(matter_code))
    if not found:
        raise MatterNotFound(matter=code)
    return list(found)


def _all_versions(matter_code: str) -> list[MatterVersion]:
    rows = _with_conditions(Matter.objects.filter(code=matter_code)).order_by("-valid_from")
    return [_versions([row], row.valid_from)[0] for row in rows]


def versions_by_code(codes: Iterable[str], *, on: date) -> dict[str, list[MatterVersion]]:
    """
    Return all versions of each of these matters (also C0101-2), the newest first; what is no
    matter is left out. Class names are those of the day. Four statements for any number.
    """
    asked: dict[str, tuple[str, int | None]] = {}
    for code in codes:
        with suppress(MatterNotFound):
            asked[code] = split(code)
    rows = Matter.objects.filter(code__in={matter for matter, _serial in asked.values()})
    found = _versions(list(_with_conditions(rows).order_by("-valid_from")), on)
    return {
        code: [
            version if serial is None else _narrowed(version, code, serial)
            for version in found
            if version.matter_code == matter and version.has(serial)
        ]
        for code, (matter, serial) in asked.items()
    }


def find_matters(words: str, *, on: date, limit: int = 10) -> list[MatterVersion]:
    """
    Return matters for the words of a caller or a registrar, the closest first.

    A name, alias, class, condition, code or pinyin initials that hold all the words come first;
    where none does, the matters whose name or aliases a longer sentence mentions.

    :raises WordsTooLong: beyond 400 characters
    """
    if len(words) > finding.MAX_WORDS:
        raise WordsTooLong(limit=finding.MAX_WORDS)
    asked = finding.fold(words.replace("\x00", " "))
    if not asked:
        return []
    known = kept(KEPT, ("known", on), lambda: _known(on))
    holding = [each for each in known if each.holds(asked)]
    ranked: list[tuple[float, MatterVersion]]
    if holding:
        ranked = [
            (finding.rank(asked, of.code, of.name, of.aliases, each.initials), of)
            for each in holding
            for of in (each.version,)
        ]
    else:
        called = [each.called for each in known if each.shares_a_pair(asked)]
        weights = finding.pair_weights(asked, called)
        ranked = [(finding.mention(asked, each.called, weights), each.version) for each in known]
    best = sorted((r for r in ranked if r[0]), key=lambda r: (-r[0], r[1].code))
    return [of for near, of in best[:limit] if near >= best[0][0] * _WORTH_OFFERING]


@dataclass(frozen=True, slots=True)
class _Known:
    """A matter in force, with all that it is found by."""

    version: MatterVersion
    words: str
    initials: str
    pairs: frozenset[str]
    called: list[str]

    def holds(self, asked: str) -> bool:
        """Tell whether it holds every one of these words."""
        return all(part in self.words or self._is_short_for(part) for part in asked.split())

    def _is_short_for(self, part: str) -> bool:
        typed = part.isascii()
        return typed and (part in self.initials or part == self.version.code.casefold())

    def shares_a_pair(self, asked: str) -> bool:
        return not self.pairs.isdisjoint(bigrams(asked))


def _known(on: date) -> list[_Known]:
    rows = list(_with_conditions(Matter.objects.filter(in_force(on)).order_by("code")))
    return [
        _Known(
            version=version,
            words=row.words,
            initials=row.initials,
            pairs=frozenset(row.bigrams),
            called=finding.said_of(row.name, row.aliases),
        )
        for row, version in zip(rows, _versions(rows, on), strict=True)
    ]


def matters_of_class(code: str, *, on: date) -> list[MatterVersion]:
    """
    Return the matters in force under a class (`C01`) or kind (`C`), by code.

    :raises MatterCodeInvalid: if it is no code
    """
    matter_line(code)
    rows = Matter.objects.filter(in_force(on), code__startswith=code).order_by("code")
    return _versions(list(_with_conditions(rows)), on)


def matters_where(named: Q, *, on: date, limit: int) -> list[MatterVersion]:
    """Return the first matters in force of which a condition holds, by code."""
    rows = Matter.objects.filter(in_force(on), named).order_by("code")
    return _versions(list(_with_conditions(rows)[:limit]), on)


def classes(on: date) -> dict[str, str]:
    """Return the names of all classes in force that day, by code, in order."""
    rows = MatterClass.objects.filter(in_force(on)).order_by("code")
    return dict(rows.values_list("code", "name"))


def code_called(words: str, on: date) -> tuple[str, str] | None:
    """
    Return code and name of the class or matter that somebody means, or None: a class called so,
    else the matter that stands closest.
    """
    asked = finding.fold(words)
    named = kept(KEPT, ("all classes", on), lambda: classes(on))
    for code, name in named.items():
        if asked in (finding.fold(name), code.casefold()):
            return code, name
    found = find_matters(words[: finding.MAX_WORDS], on=on, limit=1)
    return (found[0].code, found[0].name) if found else None


def names_by_code(on: date) -> dict[str, list[str]]:
    """Return the name and the aliases of each matter in force that day, by their codes."""
    rows = Matter.objects.filter(in_force(on)).order_by("code")
    return {
        code: [name, *aliases]
        for code, name, aliases in rows.values_list("code", "name", "aliases")
    }


def matter_names(codes: Iterable[str], on: date) -> dict[str, str]:
    """
    Return the names of matters by their codes (also C0101-2), for lists. One statement.

    A matter no longer in force keeps its last name; an unknown code is left out.
    """
    plain = {code: code.partition("-")[0] for code in codes}
    names = kept_each(KEPT, ("names", on), plain.values(), lambda codes: _names(codes, on))
    return {code: names[matter] for code, matter in plain.items() if matter in names}


def _names(codes: set[str], on: date) -> dict[str, str]:
    rows = Matter.objects.filter(code__in=codes, valid_from__lte=on)
    return dict(rows.order_by("valid_from").values_list("code", "name"))


def limit_of_matter(code: str, urgency: str, on: date) -> Limit | None:
    """
    Return how long handling the matter may take, or None if the catalogue sets nothing.

    :raises MatterNotFound: if no such matter or condition is in force
    """
    return limits_of_matter(code, urgency, on).shortest


def limits_of_matter(code: str, urgency: str, on: date) -> LimitsOfMatter:
    """
    Return how long handling the matter may take: see `rules.limits`.

    :raises MatterNotFound: if no such matter or condition is in force
    """
    matter_code, serial = split(code)
    conditions = MatterCondition.objects.filter(
        in_force(on, "matter__"), matter__code=matter_code
    ).prefetch_related("limits")
    found = limits_under([_condition(matter_code, row) for row in conditions], serial, urgency)
    if found is None:
        raise MatterNotFound(matter=code)
    return found


def matter_of_foreign_code(system: str, foreign_code: str, on: date) -> str | None:
    """Return the matter's code here for the one that another system uses, or None."""
    rows = CodeMap.objects.filter(in_force(on), system=system, foreign_code=foreign_code)
    return rows.values_list("matter_code", flat=True).first()


def split(code: str) -> tuple[str, int | None]:
    """
    Return what `split_code` does, for a code that somebody asks for.

    :raises MatterNotFound: if it isn't written as a code
    """
    try:
        return split_code(code)
    except MatterCodeInvalid as error:
        raise MatterNotFound(matter=code[:40]) from error


def _with_conditions(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    return rows.prefetch_related(_conditions())


def _conditions() -> "Prefetch[str, Any, Any]":
    rows = MatterCondition.objects.order_by("serial").prefetch_related("limits")
    return Prefetch("conditions", rows)


def _versions(rows: Sequence[Matter], on: date) -> list[MatterVersion]:
    above = {code for row in rows for code in matter_line(row.code)[1:]}
    names = kept_each(KEPT, ("classes", on), above, lambda codes: _class_names(codes, on))
    return [_version(row, names) for row in rows]


def _class_names(codes: set[str], on: date) -> dict[str, str]:
    rows = MatterClass.objects.filter(in_force(on), code__in=codes)
    return dict(rows.values_list("code", "name"))


def _version(row: Matter, class_names: dict[str, str]) -> MatterVersion:
    conditions = tuple(_condition(row.code, c) for c in row.conditions.all())
    urgencies = [condition.default_urgency for condition in conditions]
    return MatterVersion(
        id=row.pk,
        code=row.code,
        matter_code=row.code,
        name=row.name,
        kind=MatterKind(row.kind),
        class_code=row.class_code,
        class_names=tuple(
            class_names[code] for code in reversed(matter_line(row.code)[1:]) if code in class_names
        ),
        aliases=tuple(row.aliases),
        register_condition=_joined(c.register_condition for c in conditions),
        close_condition=_joined(c.close_condition for c in conditions),
        conditions=conditions,
        default_urgency=min(urgencies, key=_URGENCIES.index, default=Urgency.ORDINARY),
        evidence_asked=tuple(EvidenceKind(kind) for kind in row.evidence_asked),
        verify=row.verify,
        check_mode=CheckMode(row.check_mode),
        sign_off_waived=row.sign_off_waived,
        flexible=row.flexible,
        sensitivity=Sensitivity(row.sensitivity),
        track=Track(row.track),
        source=row.source,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _condition(matter_code: str, row: MatterCondition) -> Condition:
    limits = [
        (limit.urgency, Limit(limit.amount, ClockUnit(limit.unit), limit.note))
        for limit in row.limits.all()
    ]
    return Condition(
        serial=row.serial,
        code=f"{matter_code}-{row.serial}",
        register_condition=row.register_condition,
        close_condition=row.close_condition,
        default_urgency=Urgency(row.default_urgency),
        limits=tuple(sorted(limits)),
    )


def _narrowed(matter: MatterVersion, code: str, serial: int) -> MatterVersion:
    one = next((c for c in matter.conditions if c.serial == serial), None)
    if one is None:
        raise MatterNotFound(matter=code)
    return replace(
        matter,
        code=code,
        register_condition=one.register_condition,
        close_condition=one.close_condition,
        default_urgency=one.default_urgency,
    )


def _joined(texts: Iterable[str]) -> str:
    return "；".join(dict.fromkeys(text for text in texts if text))
