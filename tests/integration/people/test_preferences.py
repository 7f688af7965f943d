"""What somebody chooses of how the pages work, and that each choice does something."""

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people import actions as people
from chengshao.people.actions.accounts import PreferenceUnknown
from chengshao.people.models import User
from chengshao.people.terms import Role
from tests.clerks import SignIn
from tests.district import AT, LOADER, District

PAGE = "/preferences"
QUEUE = "/desk/queue/register/"
NOTHING = {"language": "", "theme": "", "density": ""}


@pytest.fixture
def registrar(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.REGISTRAR, district.centre)


def user_of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def choose(client: Client, **chosen: str) -> int:
    return client.post(PAGE, NOTHING | chosen).status_code


def test_letters_are_larger_on_every_page(registrar: Client) -> None:
    assert 'data-type="large"' not in registrar.get("/desk/").content.decode()

    assert choose(registrar, letters="large") == 302

    assert 'data-type="large"' in registrar.get("/desk/").content.decode()


def test_emergencies_make_no_sound(registrar: Client) -> None:
    choose(registrar, alarm="off")

    assert 'data-alarm data-muted="1"' in registrar.get(QUEUE).content.decode()


def test_what_was_chosen_is_shown_and_can_be_taken_back(registrar: Client) -> None:
    choose(registrar, letters="large", alarm="off", first_page=QUEUE)
    shown = registrar.get(PAGE).content.decode()
    assert all(f'value="{value}" selected' in shown for value in ("large", "off", QUEUE))

    choose(registrar)

    assert user_of(registrar).choices == {}


class TestTheFirstPage:
    @pytest.fixture
    def chosen(self, registrar: Client) -> User:
        choose(registrar, first_page=QUEUE)
        user = user_of(registrar)
        user.set_password("a-long-enough-password-1")
        user.password_is_initial = False
        user.save()
        return user

    def entered(self, user: User, onward: str) -> str:
        said = {"username": user.username, "password": "a-long-enough-password-1", "next": onward}
        return str(Client().post("/sign-in", said)["Location"])

    def test_is_where_signing_in_leads(self, chosen: User) -> None:
        assert self.entered(chosen, "/desk/") == QUEUE

    def test_gives_way_to_what_was_asked_for(self, chosen: User) -> None:
        assert self.entered(chosen, "/desk/cases/?step=CLOSED") == "/desk/cases/?step=CLOSED"

    def test_is_let_go_when_it_is_no_longer_ones_own(self, chosen: User) -> None:
        appointment = chosen.appointments.get()
        people.end_appointment(appointment_id=appointment.pk, on=AT.date(), actor=LOADER, at=AT)

        assert self.entered(chosen, "/desk/") == "/desk/"


@pytest.mark.parametrize(
    "chosen",
    [
        {"first_page": "https://example.org/"},
        {"first_page": "/staff/"},  # no page of a registrar's
        {"letters": "huge"},
        {"alarm": "louder"},
    ],
)
def test_what_is_not_offered_is_refused_and_nothing_changes(
    registrar: Client, chosen: dict[str, str]
) -> None:
    assert choose(registrar, **chosen) == 422
    actor = Actor(ActorKind.PERSON, user_of(registrar).pk)
    with pytest.raises(PreferenceUnknown):
        people.set_preferences(**NOTHING, **chosen, actor=actor)

    assert user_of(registrar).choices == {}
