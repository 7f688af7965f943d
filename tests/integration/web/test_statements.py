import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from tests.statements import count_statements

pytestmark = pytest.mark.django_db


def test_what_is_asked_counts_and_what_brackets_it_does_not() -> None:
    with count_statements() as counted:
        with transaction.atomic(), transaction.atomic():
            Group.objects.create(name="a")
        list(Group.objects.all())

    assert [sql.split()[0] for sql in counted.statements] == ["INSERT", "SELECT"]
    assert counted.number == 2


def test_what_was_asked_before_and_after_does_not_count() -> None:
    list(Group.objects.all())
    with count_statements() as counted:
        pass
    list(Group.objects.all())

    assert counted.number == 0
