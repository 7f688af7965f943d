"""Old cases of another system come in: hand in a table, settle its names, start, look how far."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengshao.intake import actions, queries
from chengshao.intake.forms import ImportForm, NamesForm
from chengshao.intake.models import CaseImport, ImportRefusal
from chengshao.intake.rules.case_table import Said, read_row
from chengshao.intake.rules.names import Names
from chengshao.intake.schemas.case_table import MappingUnreadable, read_mapping
from chengshao.intake.terms import ImportState, NameKind
from chengshao.kernel.errors import DomainError
from chengshao.kernel.tables import Faults
from chengshao.web.downloads import handed_out
from chengshao.web.http import error_body, status_of
from chengshao.web.pages import actor_of, needs
from chengshao.web.sheets import stream_table
from chengshao.web.texts import text
from chengshao.workorders.terms import Power

_ROWS_SHOWN = 8
_NAMES_SHOWN = 60  # of each kind: a form has no more than a thousand fields
_FAULTS_SHOWN = 200
_CONFIRMED_SHOWN = 200
_FAULTS_FORESEEN = 10
_NOBODY = ("无", "none", "-")


@dataclass(frozen=True, slots=True)
class NameLine:
    """A name in the table that somebody is to look at, and what it is thought to mean."""

    field: str
    told: str
    count: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class NamesShown:
    """The names of one kind: what is certain is only counted."""

    kind: NameKind
    all: int
    certain: int
    lines: list[NameLine]
    more: int
    ours: list[tuple[str, str]]  # to choose from


@dataclass(frozen=True, slots=True)
class ConfirmedName:
    kind: NameKind
    told: str
    count: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ConfirmedShown:
    """The names of an import that somebody confirmed, for it or for a table before it."""

    all: int
    lines: list[ConfirmedName]

    @property
    def more(self) -> int:
        return self.all - len(self.lines)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a row tells by a code or a name, in its own words, and which of ours that means."""

    told: str
    code: str = ""
    name: str = ""
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class RowShown:
    number: int
    said: Said | None
    meant: dict[str, Meant]  # by kind of name
    faults: list[str]


@require_http_methods(["GET", "POST"])
@needs(Power.IMPORT_CASES)
def imports(request: HttpRequest) -> HttpResponse:
    """The latest imports, and where a table is handed in."""
    form = ImportForm(request.POST or None, request.FILES or None)
    error: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            of = _prepared(request, form)
        except MappingUnreadable as refusal:
            form.add_error("mapping", refusal.faults)
        except actions.MappedColumnsMissing as refusal:
            form.add_error("mapping", text(refusal.code, refusal.params))
        except DomainError as refusal:
            error = error_body(refusal) | {"status": status_of(refusal)}
        else:
            return redirect("intake:import", of.pk)
    status = 422 if request.method == "POST" else 200
    context = {
        "imports": queries.imports(actor=actor_of(request)),
        "form": form if request.method == "POST" else ImportForm(),
        "error": error,
    }
    return render(
        request, "intake/imports.html", context, status=error["status"] if error else status
    )


def _prepared(request: HttpRequest, form: ImportForm) -> CaseImport:
    file, mapping = form.cleaned_data["file"], form.cleaned_data["mapping"]
    table = read_mapping(mapping)
    path = actions.keep_table(chunks=file.chunks())
    try:
        return actions.prepare_import(
            path=path,
            name=file.name or "",
            table=table,
            mapping=mapping,
            actor=actor_of(request),
            at=timezone.now(),
        )
    except DomainError:
        actions.forget_table(digest=path.name)
        raise


@require_GET
@needs(Power.IMPORT_CASES)
def mapping_example(request: HttpRequest) -> HttpResponse:
    """A mapping to begin with, to be taken away and changed."""
    return handed_out(render_to_string("intake/mapping.yaml", request=request), "mapping.yaml")


@require_GET
@needs(Power.IMPORT_CASES)
def one_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import: how its table is understood, how far it is, what came of it."""
    return _shown(request, import_id)


@require_GET
@needs(Power.IMPORT_CASES)
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    """How far it is; once it is over, the page is loaded anew."""
    of = queries.import_of(import_id, actor=actor_of(request))
    if of.state == ImportState.DONE:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "intake/progress.html", {"of": of})


@require_http_methods(["GET", "POST"])
@needs(Power.IMPORT_CASES)
def names(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take the names away as a table (GET); say what they mean (POST), on the page or in Excel."""
    of = queries.import_of(import_id, actor=actor_of(request))
    if request.method == "GET":
        return handed_out(queries.names_table(of), f"names-{of.pk}.xlsx")
    try:
        actions.settle_names(
            import_id=import_id,
            chosen=_chosen(request, of),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except DomainError as refusal:
        return _shown(request, import_id, refusal)
    messages.success(request, _("名称已确认"))
    return redirect("intake:import", import_id)


@require_POST
@needs(Power.IMPORT_CASES)
def start(request: HttpRequest, import_id: int) -> HttpResponse:
    """Let it be taken in: by jobs, so that the page may be left."""
    try:
        actions.start_in_background(import_id=import_id, actor=actor_of(request))
    except DomainError as refusal:
        return _shown(request, import_id, refusal)
    return redirect("intake:import", import_id)


@require_POST
@needs(Power.IMPORT_CASES)
def drop(request: HttpRequest, import_id: int) -> HttpResponse:
    """Forget a table that was only looked through."""
    actions.drop_import(import_id=import_id, actor=actor_of(request))
    messages.success(request, _("已取消，表格已删除"))
    return redirect("intake:imports")


@require_GET
@needs(Power.IMPORT_CASES)
def refused(request: HttpRequest, import_id: int) -> HttpResponse:
    """All rows that were not taken in, or would not be, with column and reason, as a table."""
    of = queries.import_of(import_id, actor=actor_of(request))
    return handed_out(queries.refusals_table(of), f"refused-{of.pk}.xlsx")


def _shown(
    request: HttpRequest, import_id: int, refusal: DomainError | None = None
) -> HttpResponse:
    of = queries.import_of(import_id, actor=actor_of(request))
    faults = queries.refusals(of, limit=_FAULTS_SHOWN)
    prepared = of.state == ImportState.PREPARED
    refused_rows = queries.rows_refused(of)
    context: dict[str, Any] = {
        "of": of,
        "refused": refused_rows,
        "faults": [
            {"row": one.row, "column": one.column, "message": text(one.code, one.params)}
            for one in (faults[:_FAULTS_FORESEEN] if prepared else faults)
        ],
        "steps": _steps(of),
        "error": error_body(refusal) if refusal else None,
        "lies_here": queries.path_of_table(of.file_digest).exists(),
        "confirmed": _confirmed_shown(of),
    }
    if prepared:
        asked = request.POST if refusal else {}
        context |= {
            "kinds": [_names_shown(of, kind, asked) for kind in NameKind],
            "unsettled": actions.unsettled(of),
            "rows": list(_rows_shown(of, faults)) if context["lies_here"] else [],
            "names_form": NamesForm(),
            "fine": of.rows - refused_rows,
            "more_faults": len(faults) > _FAULTS_FORESEEN,
        }
    status = status_of(refusal) if refusal else 200
    return render(request, "intake/import.html", context, status=status)


def _steps(of: CaseImport) -> list[dict[str, str]]:
    """Return how far an import is, as the line of steps shows it."""
    words = (_("交表"), _("确认名称"), _("导入"), _("完成"))
    if of.state == ImportState.PREPARED:
        current = 1 if actions.unsettled(of) else 2
    else:
        current = 2 if of.state == ImportState.RUNNING else 3
    states = ["done" if at < current else "current" if at == current else "" for at in range(4)]
    return [{"words": word, "state": state} for word, state in zip(words, states, strict=True)]


def _names_shown(of: CaseImport, kind: NameKind, asked: Any) -> NamesShown:
    told = of.names.get(kind, {})
    open_names = [(name, known) for name, known in told.items() if not known["certain"]]
    lines = [
        NameLine(
            field=f"{kind}-{number}",
            told=name,
            count=int(known["count"]),
            code=str(asked.get(f"{kind}-{number}", known["code"])),
            name=str(known["name"]),
        )
        for number, (name, known) in enumerate(open_names[:_NAMES_SHOWN])
    ]
    return NamesShown(
        kind=kind,
        all=len(told),
        certain=len(told) - len(open_names),
        lines=lines,
        more=len(open_names) - len(lines),
        ours=_to_choose_from(kind) if lines else [],
    )


def _confirmed_shown(of: CaseImport) -> ConfirmedShown:
    confirmed = [
        (kind, told, known)
        for kind, names in of.names.items()
        for told, known in names.items()
        if known.get("said")
    ]
    lines = [
        ConfirmedName(
            NameKind(kind), told, int(known["count"]), str(known["code"]), str(known["name"])
        )
        for kind, told, known in confirmed[:_CONFIRMED_SHOWN]
    ]
    return ConfirmedShown(len(confirmed), lines)


def _to_choose_from(kind: NameKind) -> list[tuple[str, str]]:
    ours = queries.names_by_code(kind, timezone.localdate())
    return [(code, names[0]) for code, names in ours.items()]


def _rows_shown(of: CaseImport, refusals: Iterable[ImportRefusal]) -> Iterator[RowShown]:
    table = read_mapping(of.mapping)
    faults: dict[int, list[str]] = defaultdict(list)
    for one in refusals:
        faults[one.row].append(f"{one.column}：{text(one.code, one.params)}")
    for row in islice(stream_table(queries.path_of_table(of.file_digest)), _ROWS_SHOWN):
        said = read_row(row.number, row, table, Faults())
        meant = {kind.value: _meant(of, kind, told) for kind, told in actions.names_in(row, table)}
        yield RowShown(row.number, said, meant, faults[row.number])


def _meant(of: CaseImport, kind: NameKind, told: str) -> Meant:
    known = of.names.get(kind, {}).get(told)
    if known is None or not known["code"]:
        return Meant(told)
    return Meant(told, str(known["code"]), str(known["name"]), not known["certain"])


def _chosen(request: HttpRequest, of: CaseImport) -> dict[NameKind, dict[str, str | None]]:
    """Return what was settled: in the table that was handed in, else on the page."""
    if "file" in request.FILES:
        form = NamesForm(request.POST, request.FILES)
        form.is_valid()
        content = form.cleaned_data["file"].read() if form.is_valid() else b""
        return {kind: dict(said) for kind, said in queries.read_names(content).items()}
    chosen: dict[NameKind, dict[str, str | None]] = {}
    for kind in NameKind:
        ours = queries.our_names(kind, timezone.localdate())
        for number in range(_NAMES_SHOWN):
            told = request.POST.get(f"told-{kind}-{number}")
            if told is not None:
                said = request.POST.get(f"{kind}-{number}", "").strip()
                chosen.setdefault(kind, {})[told] = _code_of(said, ours)
    return chosen


def _code_of(said: str, ours: Names) -> str | None:
    """Return the code that somebody named, "" for nobody here, None where nothing was said."""
    if not said:
        return None
    if said.casefold() in _NOBODY:
        return ""
    match = ours.match(said, on=(timezone.localdate(),), guess=False)
    return match.code if match.certain else said
