"""What the pages with forms share: a refusal is told at the form, with what was filled in kept."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest
from django.utils.functional import Promise

from chengshao.kernel.errors import DomainError, NotAllowed, NotFound
from chengshao.web.texts import text


def done(
    request: HttpRequest, form: Form, deed: Callable[[], object], said: "str | Promise"
) -> bool:
    """
    Do the deed if the form is valid and say so; else leave the reason at the form.

    :raises NotAllowed: if the power does not reach it: no other word in the form would help
    """
    if not form.is_valid():
        return False
    try:
        deed()
    except NotAllowed:
        raise
    except DomainError as error:
        form.add_error(_field_of(form, error), text(error.code, error.params))
        return False
    messages.success(request, str(said))
    return True


def done_at_once(
    request: HttpRequest, deed: Callable[[], object], said: "str | Promise" = ""
) -> None:
    """
    Do what a lone button asks for and say so, or say why not: there is no form to tell it at.

    :raises NotAllowed: if the power does not reach it
    :raises NotFound: if what the button stood beside is gone
    """
    try:
        deed()
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        messages.error(request, text(error.code, error.params))
    else:
        if said:
            messages.success(request, str(said))


_FIELDS = {  # beside which field a refusal stands: the first that the form has
    "appointment_of_wrong_kind": ("role",),
    "appointment_period_invalid": ("valid_until",),
    "appointment_sides_mixed": ("role",),
    "appointment_twice": ("role",),
    "appointment_unit_missing": ("unit",),
    "division_code_invalid": ("territory",),
    "duty_date_missing": ("on_date",),
    "duty_deputies_differ": ("deputy_phones",),
    "duty_shifts_meet": ("starts",),
    "password_too_weak": ("new",),
    "password_wrong": ("old",),
    "unit_code_taken": ("code",),
    "unit_date_too_early": ("on",),
    "unit_into_itself": ("into", "successor"),
    "unit_line_of_no_enterprise": ("service_line",),
    "unit_owes_work": ("successor", "open_work_to"),
    "unit_ring": ("parent", "into"),
    "unit_role_later": ("role",),
    "unit_takes_over_nothing": ("open_work_to",),
    "unit_territory_taken": ("territory",),
    "unit_tier_unknown": ("tier",),
    "username_invalid": ("username",),
    "username_taken": ("username",),
}


def _field_of(form: Form, error: DomainError) -> str | None:
    told = (str(error.params.get("people_field", "")),)
    names = told if told[0] else _FIELDS.get(error.code, ())
    return next((name for name in names if name in form.fields), None)


def status_of_form(form: Form) -> int:
    return 422 if form.is_bound and form.errors else 200
