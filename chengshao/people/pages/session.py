"""Signing in and out, one's own password and preferences."""

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.people import actions, queries
from chengshao.people.forms import PasswordForm, PreferencesForm, SignInForm
from chengshao.people.models import User
from chengshao.people.pages._forms import done, status_of_form
from chengshao.people.rules import first_pages
from chengshao.people.terms import Choice
from chengshao.web.http import caller_address, status_of
from chengshao.web.pages import actor_of, signed_in
from chengshao.web.texts import text


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with name and password; open to anyone."""
    onward = _onward(request)
    if isinstance(request.user, User) and not request.user.is_machine:
        return _go_on(request.user, onward)
    form = SignInForm(request.POST or None)
    status = status_of_form(form)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.sign_in(
                **form.cleaned_data, address=caller_address(request), at=timezone.now()
            )
        except DomainError as error:
            form.add_error(None, text(error.code, error.params))
            status = status_of(error)
        else:
            login(request, user)
            return _go_on(user, onward)
    people = queries.demo_people(timezone.localdate()) if settings.DEMO else []
    context = {"form": form, "onward": onward, "people": people}
    return render(request, "people/sign_in.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out and forget the session; open to anyone."""
    logout(request)
    answer = redirect("people:sign_in")
    answer["Clear-Site-Data"] = '"cache", "storage"'  # what phones kept for working outdoors
    return answer


@require_POST
def sign_in_demo(request: HttpRequest) -> HttpResponse:
    """Become one of the demo people with one click; there is no such page outside the demo."""
    if not settings.DEMO:
        raise Http404
    people = queries.demo_people(timezone.localdate())
    known = {str(user.pk): user for _role, held in people for user, _unit in held}
    user = known.get(request.POST.get("user", ""))
    if user is None:
        raise Http404
    logout(request)
    login(request, user)
    actions.note_sign_in(user=user, address=caller_address(request), at=timezone.now())
    return _go_on(user, _onward(request))


@sensitive_post_parameters("old", "new", "again")
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; whoever has an initial one gets nowhere else."""
    user = request.user
    if not isinstance(user, User):
        return redirect_to_login(request.get_full_path())
    form = PasswordForm(request.POST or None)

    def change() -> None:
        actions.change_own_password(
            old=form.cleaned_data["old"],
            new=form.cleaned_data["new"],
            actor=Actor(ActorKind.PERSON, user.pk),
            at=timezone.now(),
        )
        user.refresh_from_db()
        update_session_auth_hash(request, user)

    if request.method == "POST" and done(request, form, change, _("密码已修改")):
        return HttpResponseRedirect(_onward(request))
    context = {"form": form, "onward": _onward(request), "initial": user.password_is_initial}
    return render(request, "people/password.html", context, status=status_of_form(form))


@require_http_methods(["GET", "POST"])
@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """How I like the pages: language, look, which one comes first, whether emergencies sound."""
    user = request.user
    assert isinstance(user, User)
    kept = {"language": user.language, "theme": user.theme, "density": user.density}
    actor = actor_of(request)
    pages = first_pages.offered(actor)
    form = PreferencesForm(request.POST or None, initial=kept | user.choices, pages=pages)

    def keep() -> None:
        actions.set_preferences(**form.cleaned_data, actor=actor)
        if chosen := form.cleaned_data["language"]:
            translation.activate(chosen)

    if request.method == "POST" and done(request, form, keep, _("已保存")):
        return redirect("people:preferences")
    held = user.appointments.filter(queries.in_force(timezone.localdate()))
    units = queries.unit_lines(row.unit_id for row in held if row.unit_id)
    context = {
        "form": form,
        "held": [(row, units.get(row.unit_id or 0)) for row in held.order_by("role")],
    }
    return render(request, "people/preferences.html", context, status=status_of_form(form))


def _onward(request: HttpRequest) -> str:
    """Return where to go afterwards: within this site only."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if safe else resolve_url(settings.LOGIN_REDIRECT_URL)


def _first_page(user: User) -> str:
    """Return the page that this person begins with, if it is still theirs."""
    chosen = str(user.choices.get(Choice.FIRST_PAGE, ""))
    if chosen and not user.is_machine:
        actor = queries.actor_of_user(user.pk)
        if chosen in {page.href for page in first_pages.offered(actor)}:
            return chosen
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _go_on(user: User, onward: str) -> HttpResponse:
    onward = _first_page(user) if onward == resolve_url(settings.LOGIN_REDIRECT_URL) else onward
    if user.password_is_initial:
        return HttpResponseRedirect(f"{reverse('people:password')}?{urlencode({'next': onward})}")
    return HttpResponseRedirect(onward)
