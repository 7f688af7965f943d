"""Writes: unit grids redrawn on the map (网格变更, C8)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid, Refused
from chengshao.kernel.tables import Faults
from chengshao.places.actions._ground import begin, renew, write
from chengshao.places.models import Grid, GridChange
from chengshao.places.queries.redrawing import Standing, grids_ever, ground_of, standing_grids
from chengshao.places.rules.grids import replace_set
from chengshao.places.rules.plots import Finding, Redrawn, record_of
from chengshao.places.rules.redrawing import Redrawing, redraw
from chengshao.places.terms import RedrawKind

DRAWN = "坐标"


class DayPassed(Invalid):
    code = "grids_day_passed"


class ChangesLater(Refused):
    code = "grids_later_set"


class GridsChangedMeanwhile(Refused):
    code = "grids_changed_meanwhile"


class NothingPlanned(Refused):
    code = "grids_nothing_planned"


@transaction.atomic
def redraw_grids(*, asked: Redrawing, mark: str, actor: Actor, at: datetime) -> GridChange:
    """
    Redraw unit grids of one community from a day on. What was there before that day stays as it
    was, so do the cases that lie in it; what is found by the day's grids follows them.

    :param mark: `Standing.mark` of the grids that the actor has seen
    :raises MayNotKeepPlaces: if the actor may not keep places there
    :raises CommunityNotFound: if there is no such community that day
    :raises DayPassed: if the day is over already
    :raises ChangesLater: if a change of a later day is planned already
    :raises GridsChangedMeanwhile: if somebody has changed these grids since
    :raises TableRefused: with all that is wrong with what was drawn
    """
    begin(actor, asked.community)
    standing = standing_grids(asked.community, on=asked.valid_from)
    check_day(standing, asked.valid_from, today=localdate(at))
    if standing.mark != mark:
        raise GridsChangedMeanwhile
    done = redraw(asked, ground_of(standing, asked))
    _refuse(done.findings)
    _store(done, standing, asked)
    renew(at, moves=True)
    return GridChange.objects.create(
        community=asked.community,
        kind=asked.kind.value,
        valid_from=asked.valid_from,
        basis=asked.basis,
        before=[plot.code for plot in done.before],
        after=[plot.code for plot in done.after],
        at=at,
        user_id=actor.user_id,
    )


@transaction.atomic
def take_back_planned(
    *, community: str, basis: str, mark: str, actor: Actor, at: datetime
) -> GridChange:
    """
    Take back all that was planned for the last day on which grids of a community are to change.

    :param mark: `Standing.mark` of the grids that the actor has seen
    :raises MayNotKeepPlaces: if the actor may not keep places there
    :raises NothingPlanned: if no change is to come
    :raises GridsChangedMeanwhile: if somebody has changed these grids since
    """
    begin(actor, community)
    standing = grids_ever(community)
    day = standing.planned(localdate(at))
    if day is None:
        raise NothingPlanned
    if standing.mark != mark:
        raise GridsChangedMeanwhile
    never = [record for record in standing.records if record.valid_from == day]
    again = [record for record in standing.records if record.valid_until == day]
    Grid.objects.filter(pk__in=[record.id for record in never]).delete()
    Grid.objects.filter(pk__in=[record.id for record in again]).update(valid_until=None)
    renew(at, moves=False)
    return GridChange.objects.create(
        community=community,
        kind=RedrawKind.TAKE_BACK.value,
        valid_from=day,
        basis=basis,
        before=[record.code for record in never],
        after=[record.code for record in again],
        at=at,
        user_id=actor.user_id,
    )


def check_day(standing: Standing, day: date, *, today: date) -> None:
    """
    Pass if a change may count from this day.

    :raises DayPassed: if it is over
    :raises ChangesLater: if a change of a later day is planned already
    """
    if day < today:
        raise DayPassed(day=day.isoformat())
    planned = standing.changes_until(day)
    if planned > day:
        raise ChangesLater(day=planned.isoformat())


def _refuse(findings: tuple[Finding, ...]) -> None:
    faults = Faults()
    for finding in findings:
        faults.add(0, DRAWN, finding.code, **finding.params)
    faults.refuse_if_any()


def _store(done: Redrawn, standing: Standing, asked: Redrawing) -> None:
    gone = {plot.code for plot in done.before}
    stay = [record for record in standing.last if record.code not in gone]
    new = [record_of(plot, source=asked.basis, valid_from=asked.valid_from) for plot in done.after]
    plan, out = replace_set(standing.last, [*stay, *new], asked.valid_from)
    write(Grid, plan, lambda record: Grid(**record.facts), gone=out)
