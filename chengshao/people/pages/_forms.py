"""What the pages with forms share: a refusal is told at the form, with what was filled in kept."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest
from django.utils.functional import Promise

from chengshao.kernel.errors import DomainError, NotAllowed
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
        form.add_error(None, text(error.code, error.params))
        return False
    messages.success(request, str(said))
    return True


def status_of_form(form: Form) -> int:
    return 422 if form.is_bound and form.errors else 200
