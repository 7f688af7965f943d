"""People and what they hold, for the security administrator; machines' keys, for the system's."""

from collections.abc import Callable, Iterable
from datetime import datetime, time

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengshao.kernel.actor import Actor
from chengshao.people import actions, queries
from chengshao.people.actions import NewAccount
from chengshao.people.forms import AccountForm, AppointForm, EndForm, MachineForm, TokenForm
from chengshao.people.models import Appointment, User
from chengshao.people.pages._forms import done, done_at_once, status_of_form
from chengshao.people.queries import UnitLine
from chengshao.people.terms import Power, Role
from chengshao.web.pages import actor_of, needs

_BY_PAGE = 50


@require_GET
@needs(Power.APPOINT)
def staff(request: HttpRequest) -> HttpResponse:
    """All people with what they hold today."""
    words = request.GET.get("words", "")
    page = Paginator(queries.staff_list(words), _BY_PAGE).get_page(request.GET.get("page"))
    held = {user.pk: _in_force(user.appointments.all()) for user in page.object_list}
    units = _units_of(row for rows in held.values() for row in rows)
    people = [
        (user, [(row, units.get(row.unit_id or 0)) for row in held[user.pk]])
        for user in page.object_list
    ]
    return render(request, "people/staff.html", {"people": people, "page": page, "words": words})


@require_http_methods(["GET", "POST"])
@needs(Power.APPOINT)
def new_account(request: HttpRequest) -> HttpResponse:
    """Open an account for a person."""
    form = AccountForm(request.POST or None)
    opened: list[int] = []

    def open_it() -> None:
        account = NewAccount(**form.cleaned_data)
        opened.append(
            actions.open_account(account=account, actor=actor_of(request), at=timezone.now())
        )

    if request.method == "POST" and done(request, form, open_it, gettext_lazy("账号已开")):
        return redirect("people:account", opened[0])
    return render(request, "people/new_account.html", {"form": form}, status=status_of_form(form))


@require_http_methods(["GET", "POST"])
@never_cache
@needs(Power.APPOINT)
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person or machine: what it holds, held and will hold; a POST gives it a role."""
    user = queries.account_of(user_id)
    form = AppointForm(request.POST or None, is_machine=user.is_machine)

    def appoint() -> None:
        said = form.cleaned_data
        actions.appoint(
            user_id=user_id,
            role=Role(said["role"]),
            unit_id=said["unit"],
            territory=said["territory"],
            valid_from=said["valid_from"],
            valid_until=said["valid_until"],
            document=said["document"],
            actor=actor_of(request),
            at=timezone.now(),
        )

    if request.method == "POST" and done(request, form, appoint, gettext_lazy("已任命")):
        return redirect("people:account", user_id)
    return _show_account(request, user, form)


@require_POST
@needs(Power.APPOINT)
def end_appointment(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """End an appointment from today, or from the day named."""
    row = Appointment.objects.filter(pk=appointment_id).first()
    form = EndForm(request.POST)
    if row is None or not form.is_valid():
        raise Http404
    on = max(form.day(), row.valid_from)

    def end() -> None:
        actions.end_appointment(
            appointment_id=appointment_id, on=on, actor=actor_of(request), at=timezone.now()
        )

    done_at_once(request, end, _("已离任"))
    return redirect("people:account", row.user_id)


@require_POST
@never_cache
@needs(Power.APPOINT)
def issue_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a first password and show it, this once."""
    issued: list[str] = []

    def issue() -> None:
        issued.append(
            actions.issue_password(user_id=user_id, actor=actor_of(request), at=timezone.now())
        )

    done_at_once(request, issue)
    if not issued:
        return redirect("people:account", user_id)
    user = queries.account_of(user_id)
    form = AppointForm(is_machine=user.is_machine)
    return _show_account(request, user, form, password=issued[0])


@require_POST
@needs(Power.APPOINT)
def close_account(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close an account at once."""
    return _switch(request, user_id, actions.close_account, _("账号已停用"))


@require_POST
@needs(Power.APPOINT)
def reopen_account(request: HttpRequest, user_id: int) -> HttpResponse:
    """Open a closed account again."""
    return _switch(request, user_id, actions.reopen_account, _("账号已恢复，请重新任命并发放密码"))


@require_http_methods(["GET", "POST"])
@needs(Power.ISSUE_TOKENS)
def machines(request: HttpRequest) -> HttpResponse:
    """Machines that may call the interface, with their keys; a POST opens a machine's account."""
    form = MachineForm(request.POST or None)

    def open_it() -> None:
        account = NewAccount(**form.cleaned_data, is_machine=True)
        actions.open_account(account=account, actor=actor_of(request), at=timezone.now())

    said = gettext_lazy("接口账号已开，请安全管理员任命后再发密钥")
    if request.method == "POST" and done(request, form, open_it, said):
        return redirect("people:machines")
    return _show_machines(request, form)


@require_POST
@never_cache
@needs(Power.ISSUE_TOKENS)
def issue_token(request: HttpRequest, user_id: int) -> HttpResponse:
    """Make a key for a machine and show it, this once."""
    offered = queries.powers_of_machines(timezone.localdate())
    form = TokenForm(request.POST, auto_id=f"token{user_id}_%s", offered=offered)
    secret: list[str] = []

    def issue() -> None:
        last = form.cleaned_data["expires_on"]
        zone = timezone.get_default_timezone()
        secret.append(
            actions.issue_token(
                user_id=user_id,
                label=form.cleaned_data["label"],
                powers=form.cleaned_data["powers"],
                expires_at=datetime.combine(last, time.max, zone),
                actor=actor_of(request),
                at=timezone.now(),
            )
        )

    done(request, form, issue, gettext_lazy("密钥已发放"))
    return _show_machines(
        request, MachineForm(), token_form=form, token_of=user_id, secret="".join(secret)
    )


@require_POST
@needs(Power.ISSUE_TOKENS)
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Make a key void at once."""
    actions.revoke_token(token_id=token_id, actor=actor_of(request), at=timezone.now())
    messages.success(request, _("密钥已作废"))
    return redirect("people:machines")


def _switch(
    request: HttpRequest, user_id: int, deed: Callable[..., None], said: str
) -> HttpResponse:
    def do() -> None:
        deed(user_id=user_id, actor=actor_of(request), at=timezone.now())

    done_at_once(request, do, said)
    return redirect("people:account", user_id)


def _show_account(
    request: HttpRequest, user: User, form: AppointForm, *, password: str = ""
) -> HttpResponse:
    actor: Actor = actor_of(request)
    rows = list(user.appointments.order_by("-valid_from", "-pk"))
    units = _units_of(rows)
    today = timezone.localdate()
    context = {
        "account": user,
        "form": form,
        "password": password,
        "is_own": actor.user_id == user.pk,
        "held": [
            (row, units.get(row.unit_id or 0), row.valid_until is None or row.valid_until > today)
            for row in rows
        ],
    }
    return render(request, "people/account.html", context, status=status_of_form(form))


def _show_machines(
    request: HttpRequest,
    form: MachineForm,
    *,
    token_form: TokenForm | None = None,
    token_of: int = 0,
    secret: str = "",
) -> HttpResponse:
    refused = token_form is not None and bool(token_form.errors)
    offered = queries.powers_of_machines(timezone.localdate())
    context = {
        "form": form,
        "machines": [
            (
                user,
                token_form
                if refused and user.pk == token_of
                else TokenForm(auto_id=f"token{user.pk}_%s", offered=offered),
                refused and user.pk == token_of,
            )
            for user in queries.staff_list("", machines=True)
        ],
        "secret": secret,
        "now": timezone.now(),
    }
    status = 422 if refused else status_of_form(form)
    return render(request, "people/machines.html", context, status=status)


def _in_force(rows: Iterable[Appointment]) -> list[Appointment]:
    today = timezone.localdate()
    return [
        row
        for row in rows
        if row.valid_from <= today and (row.valid_until is None or row.valid_until > today)
    ]


def _units_of(rows: Iterable[Appointment]) -> dict[int, UnitLine]:
    return queries.unit_lines(row.unit_id for row in rows if row.unit_id is not None)
