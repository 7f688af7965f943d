"""Imports go on by themselves, job after job, so that nobody has to wait before a page."""

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from chengshao.intake.actions.preparing import start_import
from chengshao.intake.models import CaseImport
from chengshao.intake.terms import ImportState
from chengshao.kernel.actor import Actor

TAKE_IN = "intake.take_in_old_cases"  # the job's name: jobs stand above actions


@transaction.atomic
def start_in_background(*, import_id: int, actor: Actor) -> CaseImport:
    """
    Let the table be taken in by jobs. Again, it goes on where it stopped.

    :raises DomainError: see start_import
    """
    of = start_import(import_id=import_id, actor=actor)
    if of.state == ImportState.RUNNING:
        go_on_later(import_id=import_id)
    return of


def go_on_later(*, import_id: int) -> None:
    """Have an import gone on with, one job after the other; one that waits already is enough."""
    name = f"intake.import.{import_id}"
    job = app.configure_task(TAKE_IN, lock=name, queueing_lock=name)
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(import_id=import_id)
