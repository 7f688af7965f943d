"""What citizens entrust: sealed, opened for a purpose that is written down, erased in time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction

from chengshao.kernel.errors import DomainError
from chengshao.people import actions, queries
from chengshao.people.models import Contact, ContactAccess, User
from chengshao.people.queries import MaskedContact
from chengshao.people.rules.phones import PhoneInvalid
from chengshao.people.rules.sealing import SealBroken
from chengshao.people.terms import ContactDeed, Power
from tests.integration.people.conftest import AT, KEYS, LOADER, NOBODY, account, holder, key

pytestmark = pytest.mark.django_db

PHONE = "13800138000"


def keep(name: str = "王女士", phone: str = PHONE, *, confidential: bool = False) -> int:
    pk = actions.keep_contact(name=name, phone=phone, confidential=confidential, at=AT)
    assert pk is not None
    return pk


def reveal(contact_id: int, *, purpose: str = "电话回访", actor: Any = LOADER) -> Any:
    return actions.reveal_contact(
        contact_id=contact_id, purpose=purpose, about="20260302-0001", actor=actor, at=AT
    )


def erase(contact_id: int) -> None:
    actions.erase_contact(contact_id=contact_id, purpose="本人要求", about="", actor=LOADER, at=AT)


def refused(code: str, deed: Callable[[], object]) -> None:
    """Assert that the deed is refused with this code and nothing was written down."""
    before = ContactAccess.objects.count()
    with pytest.raises(DomainError) as caught:
        deed()
    assert (caught.value.code, ContactAccess.objects.count()) == (code, before)


class TestMadeConfidential:
    def test_shows_to_nobody_any_more_and_is_found_by_no_number(self) -> None:
        contact_id = keep()
        before = bytes(Contact.objects.get().phone or b"")

        for _again in range(2):
            actions.make_confidential(contact_id=contact_id)

        assert queries.masked_contacts([contact_id]) == {contact_id: MaskedContact("", "", True)}
        assert queries.contact_ids_of_phone(PHONE) == []
        assert bytes(Contact.objects.get().phone or b"") != before
        told = reveal(contact_id)
        assert (told.name, told.phone) == ("王女士", PHONE)

    def test_of_what_was_erased_nothing_comes_back(self) -> None:
        contact_id = keep()
        erase(contact_id)

        actions.make_confidential(contact_id=contact_id)

        assert Contact.objects.get().name is None

    def test_one_that_is_not_there_is_refused(self) -> None:
        refused("contact_not_found", lambda: actions.make_confidential(contact_id=10**9))


class TestKeeping:
    def test_nothing_readable_lies_in_the_database(self) -> None:
        keep("王小明", PHONE)

        with connection.cursor() as cursor:
            cursor.execute("SELECT c::text FROM people_contact c")
            (row,) = cursor.fetchone()
        for secret in ("王小明", PHONE, "王小明".encode().hex(), PHONE.encode().hex()):
            assert secret not in row

    @pytest.mark.parametrize(("name", "phone"), [("", ""), ("  ", " ")])
    def test_of_the_anonymous_nothing_is_kept(self, name: str, phone: str) -> None:
        assert actions.keep_contact(name=name, phone=phone, confidential=False, at=AT) is None
        assert not Contact.objects.exists()

    def test_it_is_kept_for_three_years(self) -> None:
        keep()

        assert Contact.objects.get().keep_until == date(2029, 3, 2)

    @pytest.mark.parametrize(
        ("name", "phone", "code"),
        [
            ("王", "没有电话", "contact_phone_invalid"),
            ("长" * 41, PHONE, "people_text_invalid"),
            ("a\x00b", PHONE, "people_text_invalid"),
            ("a\ud800b", PHONE, "people_text_invalid"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, name: str, phone: str, code: str) -> None:
        refused(code, lambda: keep(name, phone))
        assert not Contact.objects.exists()


class TestShowing:
    def test_only_masked_without_a_purpose(self) -> None:
        pk = keep("王小明", "138 0013 8000")

        assert queries.masked_contacts([pk]) == {pk: MaskedContact("王**", "138****8000")}

    def test_of_a_confidential_one_nothing(self) -> None:
        pk = keep(confidential=True)

        assert queries.masked_contacts([pk]) == {pk: MaskedContact("", "", confidential=True)}

    def test_a_seal_moved_to_another_row_does_not_open(self) -> None:
        one, other = keep("甲", PHONE), keep("乙", "13900139000")
        moved = Contact.objects.get(pk=one)
        Contact.objects.filter(pk=other).update(phone=moved.phone)

        with pytest.raises(SealBroken):
            queries.masked_contacts([other])


class TestFinding:
    def test_exactly_and_however_it_is_written_the_newest_first(self) -> None:
        first, second, _other = keep(), keep(), keep(phone="13900139000")

        assert queries.contact_ids_of_phone("+86 138-0013-8000") == [second, first]
        assert queries.contact_ids_of_phone("1380013800") == []
        assert queries.contact_ids_of_phone("") == []

    def test_never_a_confidential_or_erased_one(self) -> None:
        keep(confidential=True)
        erase(keep())

        assert queries.contact_ids_of_phone(PHONE) == []

    def test_an_extension_does_not_matter(self) -> None:
        pk = keep(phone="0571-87654321-802")

        assert queries.contact_ids_of_phone("0571 87654321") == [pk]

    def test_what_is_no_number_is_told(self) -> None:
        with pytest.raises(PhoneInvalid):
            queries.contact_ids_of_phone("abc")

    def test_the_database_gives_no_confidential_one_a_look_up(self) -> None:
        pk = keep(confidential=True)

        with pytest.raises(IntegrityError, match="confidential"), transaction.atomic():
            Contact.objects.filter(pk=pk).update(phone_lookup="k1:00")


class TestRevealing:
    @pytest.mark.parametrize("confidential", [False, True])
    def test_shows_it_and_writes_down_who_and_what_for(self, confidential: bool) -> None:
        user = account("operator")
        pk = keep(confidential=confidential)

        shown = reveal(pk, actor=holder(Power.REVEAL_CONTACT, user_id=user.pk))

        entry = ContactAccess.objects.get()
        assert (shown.name, shown.phone) == ("王女士", PHONE)
        assert (entry.user, entry.at, entry.contact_id) == (user, AT, pk)
        assert (entry.purpose, entry.about) == ("电话回访", "20260302-0001")

    def test_takes_the_power(self) -> None:
        pk = keep()

        refused("people_power_missing", lambda: reveal(pk, actor=NOBODY))

    @pytest.mark.parametrize("purpose", ["", "   "])
    def test_takes_a_purpose(self, purpose: str) -> None:
        pk = keep()

        refused("contact_purpose_missing", lambda: reveal(pk, purpose=purpose))

    def test_of_what_is_not_there_is_refused(self) -> None:
        refused("contact_not_found", lambda: reveal(10**9))

    @pytest.mark.django_db(transaction=True)
    def test_is_committed_before_it_is_shown(self) -> None:
        pk = keep()

        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            reveal(pk)
        assert reveal(pk).phone == PHONE

        def entries() -> int:
            try:
                return ContactAccess.objects.count()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(entries).result() == 1

    def test_the_log_takes_no_change(self) -> None:
        reveal(keep())
        entry = ContactAccess.objects.get()

        for deed in (entry.delete, entry.save):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                deed()


class TestErasing:
    def test_nothing_is_left_but_that_it_was(self) -> None:
        pk = keep()

        erase(pk)

        row = Contact.objects.get()
        assert (row.name, row.phone, row.phone_lookup, row.erased_at) == (None, None, "", AT)
        assert queries.masked_contacts([pk]) == {pk: MaskedContact("", "", erased=True)}
        assert ContactAccess.objects.get().deed == ContactDeed.ERASED
        refused("contact_erased", lambda: reveal(pk))
        refused("contact_erased", lambda: erase(pk))

    def test_by_itself_when_the_time_is_over(self) -> None:
        due, kept = keep(), keep()
        Contact.objects.filter(pk=due).update(keep_until=date(2026, 3, 2))
        Contact.objects.filter(pk=kept).update(keep_until=date(2026, 3, 3))

        done = [actions.erase_expired_contacts(actor=LOADER, at=AT) for _ in range(2)]

        assert done == [1, 0]
        assert Contact.objects.get(erased_at=None).pk == kept


class TestNewKeys:
    NEW = {
        name: ring | {"current": "k2", "k2": key(letter)}
        for (name, ring), letter in zip(KEYS.items(), "xyz", strict=True)
    }
    ONLY_NEW = {
        name: {"current": "k2", "k2": key(letter)} for name, letter in zip(KEYS, "xyz", strict=True)
    }

    def test_old_ones_stay_readable_and_findable(self, settings: Any) -> None:
        pk = keep()

        settings.KEYS = self.NEW

        assert reveal(pk).phone == PHONE
        assert queries.contact_ids_of_phone(PHONE) == [pk]

    def test_after_resealing_the_old_keys_can_go(self, settings: Any) -> None:
        pk, secret, gone = keep(), keep(confidential=True), keep()
        erase(gone)
        settings.KEYS = self.NEW

        assert [actions.reseal_contacts(limit=1) for _ in range(3)] == [1, 1, 0]

        settings.KEYS = self.ONLY_NEW
        assert [reveal(one).phone for one in (pk, secret)] == [PHONE, PHONE]
        assert queries.contact_ids_of_phone(PHONE) == [pk]

    def test_the_engineer_does_it_at_the_terminal(self, settings: Any, capsys: Any) -> None:
        keep()
        settings.KEYS = self.NEW

        call_command("reseal_contacts")

        assert Contact.objects.get().key_id == "k2"
        assert "1" in capsys.readouterr().out

    def test_a_lost_key_is_told(self, settings: Any) -> None:
        pk = keep()
        settings.KEYS = self.ONLY_NEW

        refused("contact_seal_broken", lambda: reveal(pk))


def test_a_user_who_read_a_contact_can_not_be_deleted() -> None:
    user = account("operator")
    reveal(keep(), actor=holder(Power.REVEAL_CONTACT, user_id=user.pk))

    with pytest.raises(IntegrityError):
        User.objects.get(pk=user.pk).delete()
