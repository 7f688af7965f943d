"""What people fill in on this room's pages. Forms bound and read; the actions decide."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from chengshao.people import queries
from chengshao.people.actions import TOKEN_DAYS, NewUnit, UnitDetails
from chengshao.people.rules.first_pages import FirstPage
from chengshao.people.rules.periods import Period
from chengshao.people.rules.roster import Shift, deputies_of, parts_of
from chengshao.people.terms import (
    AlarmSound,
    DayKind,
    Density,
    LetterSize,
    ParentRelation,
    Role,
    ServiceLine,
    Theme,
    UnitKind,
    UnitLevel,
)
from chengshao.web.texts import TERMS, term, text

Choices = list[tuple[str, Any]]


def choices_of(vocabulary: str, *, empty: Any = None) -> Choices:
    """Return the words of a vocabulary to choose from, with an empty choice if it has words."""
    first: Choices = [("", empty)] if empty is not None else []
    return [*first, *TERMS[vocabulary].items()]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class UnitField(forms.CharField):
    """A unit by its code; the cleaned value is its id, or None."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=40, **more)

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if not code:
            return None
        found = queries.unit_ids_by_code([code])
        if code not in found:
            raise forms.ValidationError(_("没有单位代码“%(code)s”"), params={"code": code})
        return found[code]


class UnitOfRoleField(UnitField):
    """A unit that most roles need: the field says itself which don't."""

    depends = True


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("用户名"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    old = forms.CharField(
        label=_("现在的密码"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("新密码"),
        help_text=_("至少10位，不能是常见密码或纯数字"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一次新密码"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("new") != said.get("again"):
            self.add_error("again", _("两次输入不一样"))
        return said


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(
        label=_("语言"),
        required=False,
        choices=[("", _("跟随浏览器")), ("zh-hans", "中文"), ("en", "English")],
    )
    theme = forms.ChoiceField(label=_("明暗"), required=False)
    density = forms.ChoiceField(label=_("疏密"), required=False)
    letters = forms.ChoiceField(label=_("字号"), required=False)
    first_page = forms.ChoiceField(
        label=_("登录后先打开"),
        required=False,
        help_text=_("从别人发来的链接进来，照样打开那一页。"),
    )
    alarm = forms.ChoiceField(
        label=_("特急提示音"),
        required=False,
        help_text=_("只管声音，横幅照样出现。在某台电脑上单独开关过的，以那台电脑为准。"),
    )

    def __init__(self, *args: Any, pages: Iterable[FirstPage], **more: Any) -> None:
        super().__init__(*args, **more)
        for name, vocabulary, kind, empty in (
            ("theme", "theme", Theme, _("跟随系统")),
            ("density", "density", Density, _("默认")),
            ("letters", "letter_size", LetterSize, _("默认")),
            ("alarm", "alarm_sound", AlarmSound, _("开")),
        ):
            words = TERMS[vocabulary]
            self._offer(name, empty, [(str(value), words[value]) for value in kind])
        self._offer("first_page", _("默认"), [(page.href, page.words) for page in pages])

    def _offer(self, name: str, empty: Promise, choices: Iterable[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", empty), *choices]


class DatedForm(forms.Form):
    """What begins to hold on a day, on a document."""

    on = forms.DateField(label=_("自哪天起"), widget=DayInput(), initial=localdate)
    document = forms.CharField(label=_("文号"), max_length=200, required=False)


class RenameForm(DatedForm):
    name = forms.CharField(label=_("新名称"), max_length=80)
    short_name = forms.CharField(label=_("简称"), max_length=40, required=False)
    face = forms.CharField(
        label=_("标识字"), max_length=2, required=False, help_text=_("经过里代表单位的一两个字")
    )
    field_order = ("name", "short_name", "face", "on", "document")


class MoveForm(DatedForm):
    relation = forms.ChoiceField(label=_("关系"))
    parent = UnitField(
        label=_("上级单位代码"), required=False, help_text=_("留空表示不再有这一关系的上级")
    )
    field_order = ("relation", "parent", "on", "document")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _offer(self, "relation", "parent_relation")


class CloseForm(DatedForm):
    successor = UnitField(
        label=_("承接单位代码"),
        required=False,
        help_text=_("还有未办结的任务时须填，由它的人员继续办理"),
    )
    field_order = ("successor", "on", "document")


class MergeForm(DatedForm):
    into = UnitField(
        label=_("并入单位代码"),
        help_text=_("下属单位、单位角色和未办结的任务由它承接，人员须另行任职"),
    )
    field_order = ("into", "on", "document")


class UnitsField(forms.CharField):
    """Several units by their codes, with 、 between; the cleaned value is their ids."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=400, **more)

    def clean(self, value: Any) -> Any:
        codes = [code for code in parts_of(super().clean(value)) if code]
        found = queries.unit_ids_by_code(codes)
        for code in codes:
            if code not in found:
                raise forms.ValidationError(_("没有单位代码“%(code)s”"), params={"code": code})
        return frozenset(found.values())


class SplitForm(DatedForm):
    into = UnitsField(
        label=_("拆分成的单位代码"), help_text=_("先设立好，用“、”隔开；单位角色须另行安排")
    )
    open_work_to = UnitField(
        label=_("承接单位代码"),
        required=False,
        help_text=_("还有未办结的任务时须填，是拆分成的单位之一"),
    )
    field_order = ("into", "open_work_to", "on", "document")


class ShiftForm(forms.Form):
    """A shift of a unit's roster."""

    day_kind = forms.ChoiceField(label=_("日期类型"))
    on_date = forms.DateField(
        label=_("日期"), required=False, widget=DayInput(), help_text=_("“指定日期”才填")
    )
    starts = forms.TimeField(label=_("开始时间"), widget=TimeInput())
    ends = forms.TimeField(
        label=_("结束时间"), widget=TimeInput(), help_text=_("不晚于开始时间的，算到次日")
    )
    leader = forms.CharField(label=_("带班领导"), max_length=40)
    phone = forms.CharField(label=_("值班电话"), max_length=40)
    deputies = forms.CharField(
        label=_("副班"), max_length=2000, required=False, help_text=_("几个人用“、”隔开")
    )
    deputy_phones = forms.CharField(
        label=_("副班电话"),
        max_length=2000,
        required=False,
        help_text=_("次序与副班相同，没有的留空，例如“、0571-…”"),
    )
    on = forms.DateField(label=_("自哪天起"), widget=DayInput(), initial=localdate)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _offer(self, "day_kind", "day_kind")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        names, phones = said.get("deputies", ""), said.get("deputy_phones", "")
        said["deputies"] = deputies_of(names, phones)
        if said["deputies"] is None:
            count = {"names": len(parts_of(names)), "phones": len(parts_of(phones))}
            self.add_error("deputy_phones", text("duty_deputies_differ", count))
        return said

    def shift(self) -> Shift:
        """Return what was filled in; only after is_valid()."""
        said = self.cleaned_data
        return Shift(
            day_kind=DayKind(said["day_kind"]),
            on_date=said["on_date"],
            starts=said["starts"],
            ends=said["ends"],
            leader=said["leader"],
            phone=said["phone"],
            deputies=said["deputies"],
            period=Period(said["on"]),
        )


class UnitRoleForm(DatedForm):
    role = forms.CharField(label=_("单位角色"), max_length=40)
    territory = forms.CharField(
        label=_("行政区划代码"), max_length=12, required=False, help_text=_("留空表示全区")
    )
    field_order = ("role", "territory", "on", "document")


class NewUnitForm(DatedForm):
    code = forms.CharField(label=_("单位代码"), max_length=40)
    name = forms.CharField(label=_("单位名称"), max_length=80)
    short_name = forms.CharField(label=_("简称"), max_length=40, required=False)
    face = forms.CharField(
        label=_("标识字"), max_length=2, required=False, help_text=_("经过里代表单位的一两个字")
    )
    kind = forms.ChoiceField(label=_("类型"))
    service_line = forms.ChoiceField(
        label=_("服务类别"), required=False, help_text=_("公共服务企业才填")
    )
    level = forms.ChoiceField(label=_("层级"), initial=UnitLevel.DISTRICT)
    tier = forms.IntegerField(
        label=_("联动层级"), required=False, min_value=1, max_value=3, help_text=_("1至3")
    )
    territory = forms.CharField(
        label=_("行政区划代码"), max_length=12, required=False, help_text=_("12位数字")
    )
    parent = UnitField(label=_("上级单位代码"), required=False)
    guide = UnitField(label=_("业务指导单位代码"), required=False)
    source = forms.CharField(label=_("名称出处"), max_length=200, required=False)
    illustrative = forms.BooleanField(label=_("示意"), required=False)
    field_order = (
        "code",
        "name",
        "short_name",
        "face",
        "kind",
        "service_line",
        "level",
        "tier",
        "territory",
        "parent",
        "guide",
        "source",
        "on",
        "document",
        "illustrative",
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _offer(self, "kind", "unit_kind")
        _offer(self, "level", "unit_level")
        _offer(self, "service_line", "service_line", empty=_("无"))

    def unit(self) -> NewUnit:
        """Return what was filled in; only after is_valid()."""
        said = self.cleaned_data
        above = {
            ParentRelation.ADMINISTRATIVE: said["parent"],
            ParentRelation.PROFESSIONAL: said["guide"],
        }
        return NewUnit(
            code=said["code"],
            name=said["name"],
            short_name=said["short_name"],
            face=said["face"],
            details=UnitDetails(
                kind=UnitKind(said["kind"]),
                level=UnitLevel(said["level"]),
                service_line=ServiceLine(said["service_line"]) if said["service_line"] else None,
                tier=said["tier"],
                territory=said["territory"],
                source=said["source"],
                illustrative=said["illustrative"],
            ),
            valid_from=said["on"],
            parents={how: who for how, who in above.items() if who is not None},
        )


class AccountForm(forms.Form):
    username = forms.CharField(label=_("用户名"), max_length=40)
    display_name = forms.CharField(label=_("姓名"), max_length=40)
    office_phone = forms.CharField(label=_("办公电话"), max_length=40, required=False)


class MachineForm(forms.Form):
    username = forms.CharField(label=_("用户名"), max_length=40)
    display_name = forms.CharField(label=_("接口名称"), max_length=40)


def _in_a_year() -> date:
    return localdate() + timedelta(days=TOKEN_DAYS)


class TokenForm(forms.Form):
    label = forms.CharField(label=_("密钥用途"), max_length=80)
    powers = forms.MultipleChoiceField(
        label=_("密钥权限"),
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("只选对方系统用得到的"),
    )
    expires_on = forms.DateField(label=_("有效至"), widget=DayInput(), initial=_in_a_year)

    def __init__(self, *args: Any, offered: Collection[str], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["powers"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(power, term("power", power)) for power in sorted(offered)]


class AppointForm(forms.Form):
    role = forms.ChoiceField(label=_("岗位"))
    unit = UnitOfRoleField(
        label=_("单位代码"),
        required=False,
        help_text=_("安全管理员、系统管理员、审计员、事项管理员不填，其他岗位必填"),
    )
    territory = forms.CharField(
        label=_("行政区划代码"), max_length=12, required=False, help_text=_("留空表示不限地域")
    )
    valid_from = forms.DateField(label=_("任职日期"), widget=DayInput(), initial=localdate)
    valid_until = forms.DateField(label=_("离任日期"), required=False, widget=DayInput())
    document = forms.CharField(label=_("任命文号"), max_length=200, required=False)

    def __init__(self, *args: Any, is_machine: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        _offer(self, "role", "role")
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (value, words)
            for value, words in TERMS["role"].items()
            if (value == Role.MACHINE) == is_machine
        ]
        if is_machine:
            self.fields["unit"] = UnitField(label=_("单位代码"), required=False)


class EndForm(forms.Form):
    on = forms.DateField(widget=DayInput(), required=False)

    def day(self) -> date:
        """Return the day from which it ends: today unless another is named."""
        return self.cleaned_data.get("on") or localdate()


def _offer(form: forms.Form, name: str, vocabulary: str, *, empty: Any = None) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices_of(vocabulary, empty=empty)
