"""What a notice says to whom it is sent: the template, filled in."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import override

from chengshao.notices.models import Notice, Template
from chengshao.notices.rules.composing import compose
from chengshao.notices.rules.reaching import link_path
from chengshao.web.texts import term

THE_LINK = "您的查询链接"  # where there is no address to write out, or not for these eyes


def words_of(
    notice: Notice, template: Template, *, units: Mapping[int, str], with_link: bool = True
) -> str:
    """
    Return what a notice says by a template, in the language of the templates.

    :param units: the name of the notice's unit by its id, where it has one
    :param with_link: whether the citizen's secret link is written out: never for another's eyes
    """
    facts = {"number": notice.case_number}
    if notice.day is not None:
        facts["date"] = f"{notice.day.month}月{notice.day.day}日"
    if notice.reason_told:
        with override(settings.LANGUAGE_CODE):
            facts["reason"] = term("decline_ground", notice.reason_told)
    if notice.unit_id is not None:
        facts["unit"] = units.get(notice.unit_id, "")
    if "{link}" in template.text:
        facts["link"] = _link(notice) if with_link else THE_LINK
    return compose(template.text, facts)


def _link(notice: Notice) -> str:
    if not settings.PUBLIC_URL or notice.report_id is None:
        return THE_LINK
    path = link_path(notice.report_id)
    return f"{settings.PUBLIC_URL}{path}" if path else THE_LINK
