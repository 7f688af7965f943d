"""Which notices I want, by which channel, and where they are to go."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.notices import actions, queries
from chengshao.notices.forms import WishesForm, wish_of
from chengshao.notices.queries import Wishes
from chengshao.notices.rules.kinds import FOR_STAFF, OUTWARD
from chengshao.notices.terms import NoticeChannel, NoticeKind
from chengshao.web.pages import actor_of, signed_in
from chengshao.web.texts import text


@dataclass(frozen=True, slots=True)
class Box:
    channel: NoticeChannel
    value: str
    checked: bool


@require_http_methods(["GET", "POST"])
@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """My preferences; nothing outward is on that I did not ask for."""
    actor = actor_of(request)
    wishes = queries.wishes_of({actor.user_id} if actor.user_id else set())
    kept = queries.addresses_of(actor.user_id or 0)
    checked = [box.value for _kind, boxes in _rows(wishes, actor) for box in boxes if box.checked]
    sent = request.POST if request.method == "POST" else None  # nothing ticked is a word, too
    form = WishesForm(sent, initial={**kept, "wanted": checked})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_wishes(wanted=form.wishes(), addresses=form.addresses(), actor=actor)
        except DomainError as error:
            channel = str(error.params.get("notice_channel", ""))
            form.add_error(channel or None, text(error.code, error.params))
        else:
            messages.success(request, _("已保存"))
            return redirect("notices:preferences")
    context = {
        "form": form,
        "rows": _rows(wishes, actor, form),
        "channels": list(NoticeChannel),
        "addresses": [form[channel] for channel in OUTWARD],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "notices/preferences.html", context, status=status)


def _rows(
    wishes: Wishes, actor: Actor, form: WishesForm | None = None
) -> list[tuple[NoticeKind, list[Box]]]:
    """Return a row for each kind; a form that was refused shows what was ticked in it."""
    typed = set(form["wanted"].value() or ()) if form and form.is_bound else None
    return [
        (
            kind,
            [
                Box(
                    channel,
                    wish_of(kind, channel),
                    wish_of(kind, channel) in typed
                    if typed is not None
                    else wishes.wants(actor.user_id or 0, kind, channel),
                )
                for channel in NoticeChannel
            ],
        )
        for kind in FOR_STAFF
    ]
