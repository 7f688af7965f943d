"""What every page's shell shows: the rail by job, who works here. Composed above all rooms."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from chengshao.catalog.terms import Power as CatalogPower
from chengshao.desk import queries as desk
from chengshao.desk.queries import Queue
from chengshao.desk.rules.ways import Way
from chengshao.duty.terms import Power as DutyPower
from chengshao.kernel.actor import Actor
from chengshao.notices import queries as notices
from chengshao.notices.terms import Power as NoticePower
from chengshao.people import queries as people
from chengshao.people.rules.first_pages import FirstPage
from chengshao.people.terms import Choice
from chengshao.people.terms import Power as PeoplePower
from chengshao.web.look import CHOICES, look_of
from chengshao.workorders.terms import Power
from config.help import HELP


@dataclass(frozen=True, slots=True)
class Page:
    """An entry of the rail. It is shown to whom holds one of the powers; () is for all staff."""

    words: str | Promise
    name: str  # of the URL
    powers: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    queue: str = ""  # whose count stands beside it
    also: tuple[str, ...] = ()  # what people call it too
    unless: str = ""  # who holds this power finds it elsewhere


@dataclass(frozen=True, slots=True)
class Job:
    words: str | Promise
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    words: str
    href: str
    count: int
    current: bool
    help: str | Promise


@dataclass(frozen=True, slots=True)
class Group:
    words: str
    entries: tuple[Entry, ...]


def _queue_page(queue: Queue) -> Page:
    return Page(
        words=queue.words,
        name="desk:queue",
        powers=(queue.power,),
        args=(queue.name,),
        queue=queue.name,
        also=queue.also,
    )


NOTICES = "notices"  # what is counted beside what waits
RAIL: tuple[Job, ...] = (
    Job(
        _("处理"),
        (
            Page(_("工作台"), "desk:home", also=("首页", "home"), unless=Power.DECIDE),
            Page(
                _("登记诉求"),
                "desk:intake",
                (Power.REPORT,),
                also=("接电话", "来电", "窗口", "call intake"),
            ),
            Page(_("消息"), "notices:mine", queue=NOTICES, also=("通知", "提醒", "notices")),
            Page(_("即查即改"), "desk:fixed", (Power.HANDLE,), also=("巡办一体", "on the spot")),
            Page(
                _("签字件归卷"),
                "desk:sheets",
                (Power.HANDLE,),
                also=("承办单", "扫码", "signed sheets"),
            ),
            Page(
                _("外勤"),
                "field:home",
                (Power.CHECK, Power.VERIFY, Power.HANDLE),
                also=("手机", "现场核查", "巡查", "离线", "outdoors", "phone"),
            ),
            *(_queue_page(queue) for queue in desk.QUEUES),
            Page(
                desk.SENT.words,
                "desk:queue",
                (Power.DIRECT_DISPATCH,),
                (desk.SENT.name,),
                also=("撤回派单", "just sent"),
                unless=Power.DISPATCH,
            ),
            Page(
                _("全部案卷"),
                "desk:cases",
                (Power.SEE,),
                also=("案件", "案卷", "工单", "case list", "work orders"),
            ),
        ),
    ),
    Job(
        _("掌握"),
        (
            Page(
                _("今日要事"),
                "desk:leader",
                (Power.DECIDE,),
                also=("领导", "决断", "leader", "decisions"),
            ),
            Page(_("案卷地图"), "desk:map", (Power.SEE,), also=("地图", "热力图", "map")),
            Page(
                _("总值班"),
                "duty:office",
                (DutyPower.KEEP_DUTY_LOG,),
                also=("值班日志", "交班", "接班", "交接班", "duty office"),
            ),
            Page(
                _("任务量和超期"),
                "desk:load",
                (Power.SIGN_OFF,),
                also=("任务量", "超期", "load"),
            ),
            Page(_("承诺事项"), "desk:promises", (Power.SEE,), also=("承诺", "promises")),
            Page(_("疑难挂账"), "desk:ledger", (Power.SEE,), also=("挂账", "台账", "ledger")),
        ),
    ),
    Job(
        _("底数"),
        (
            Page(pgettext_lazy("several", "单位"), "people:units", also=("部门", "街道", "值班")),
            Page(_("空间底数"), "places:register", also=("网格", "区划", "地图", "grids")),
            Page(
                _("事项与权责"),
                "catalog:matters",
                also=("权责清单", "职责", "事项目录", "工作日历", "catalogue"),
            ),
            Page(
                _("知识库"),
                "knowledge:items",
                also=("口径", "答复口径", "指引", "好差案例", "knowledge"),
            ),
        ),
    ),
    Job(
        _("管理"),
        (
            Page(_("人员与任职"), "people:staff", (PeoplePower.APPOINT,)),
            Page(_("系统接口与密钥"), "people:machines", (PeoplePower.ISSUE_TOKENS,)),
            Page(
                _("单位与人员表格"),
                "people:tables",
                (PeoplePower.KEEP_UNITS, PeoplePower.APPOINT),
            ),
            Page(
                _("目录改动"),
                "administration:drafts",
                (CatalogPower.KEEP_CATALOG,),
                also=("改事项", "改权责", "草案", "核对", "catalogue changes"),
            ),
            Page(
                _("旧案导入"),
                "intake:imports",
                (Power.IMPORT_CASES,),
                also=("历史案卷", "导入旧案", "迁移", "import old cases"),
            ),
            Page(
                _("删除个人信息"),
                "desk:find_to_erase",
                (Power.ERASE,),
                also=("删除权", "个人信息保护", "erase"),
            ),
            Page(
                _("对外消息"),
                "notices:log",
                (NoticePower.KEEP_MESSAGES, PeoplePower.READ_LOGS),
                also=("短信", "消息模板", "发送记录", "messages out"),
            ),
            Page(_("日志"), "people:contact_log", (PeoplePower.READ_LOGS,)),
        ),
    ),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for the base templates; asks the database only where the rail is drawn."""
    actor = getattr(request, "actor", None)
    common = {"demo": settings.DEMO, "training": settings.TRAINING}
    if not isinstance(actor, Actor):
        return {**common, "look": look_of(request), "base": "web/base_resident.html"}
    return {
        **common,
        "look": _look(request),
        "base": "web/base_desk.html",
        "rail": SimpleLazyObject(lambda: _rail(request, actor)),
        "person": SimpleLazyObject(lambda: _person(request, actor)),
        "help": help_on(_stands_at(request)),
    }


def help_on(path: str) -> str | Promise:
    """Return what helps on this page, or on the page of the rail below which it stands; or ""."""
    found = {reverse(page.name, args=page.args): page for job in RAIL for page in job.pages}
    near = max((href for href in found if _holds(href, path)), key=len, default="")
    if not near:
        return ""
    page = found[near]
    return HELP[" ".join((page.name, *page.args))]


def _stands_at(request: HttpRequest) -> str:
    # A form that was refused stands on its own page, not at the address it was sent to.
    return str(getattr(request, "stands_at", request.path)).partition("?")[0]


def _rail(request: HttpRequest, actor: Actor) -> tuple[Group, ...]:
    beside = getattr(request.user, "beside", {})
    counts = {**desk.waiting(actor), NOTICES: len(beside.get(notices.UNREAD) or ())}
    return rail_of(actor, _stands_at(request), counts=counts)


def rail_of(
    actor: Actor,
    path: str,
    rail: tuple[Job, ...] = RAIL,
    *,
    counts: Mapping[str, int] = MappingProxyType({}),
) -> tuple[Group, ...]:
    """Return what this actor finds on the rail; the page that holds the path is the current one."""
    jobs = [(job, [page for page in job.pages if _shown(page, actor)]) for job in rail]
    hrefs = {page: reverse(page.name, args=page.args) for _job, pages in jobs for page in pages}
    current = max((h for h in hrefs.values() if _holds(h, path)), key=len, default="")
    return tuple(
        Group(
            str(job.words),
            tuple(
                Entry(
                    words=str(page.words),
                    href=hrefs[page],
                    count=counts.get(page.queue, 0),
                    current=hrefs[page] == current,
                    help=HELP.get(" ".join((page.name, *page.args)), ""),
                )
                for page in pages
            ),
        )
        for job, pages in jobs
        if pages
    )


def ways(actor: Actor) -> list[Way]:
    """Return every page of the rail that is for this actor, known by its name in each language."""
    shown = [page for job in RAIL for page in job.pages if _shown(page, actor)]
    return [
        Way(str(page.words), reverse(page.name, args=page.args), (*_names(page), *page.also))
        for page in shown
    ]


def first_pages(actor: Actor) -> list[FirstPage]:
    """Return every page of the rail that is for this actor: signing in may lead there."""
    shown = [page for job in RAIL for page in job.pages if _shown(page, actor)]
    return [FirstPage(str(page.words), reverse(page.name, args=page.args)) for page in shown]


def _names(page: Page) -> tuple[str, ...]:
    names = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            names.append(str(page.words))
    return tuple(names)


def _shown(page: Page, actor: Actor) -> bool:
    if page.unless and actor.holds(page.unless):
        return False
    return not page.powers or any(actor.holds(power) for power in page.powers)


def _holds(href: str, path: str) -> bool:
    """Tell whether the path is this page or one below it."""
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))


def _look(request: HttpRequest) -> dict[str, str]:
    """Return the choices kept with the account, else those of this browser."""
    account = {name: getattr(request.user, name, "").lower() for name in ("theme", "density")}
    account["type"] = getattr(request.user, "choices", {}).get(Choice.LETTERS, "")
    return look_of(request) | {n: value for n, value in account.items() if value in CHOICES[n]}


def _person(request: HttpRequest, actor: Actor) -> dict[str, str]:
    named = min((g.unit_id for g in actor.grants if g.unit_id is not None), default=None)
    units = people.unit_lines([named]) if named is not None else {}
    return {
        "name": str(getattr(request.user, "shown_name", "")),
        "unit": units[named].name if named in units else "",
    }
