"""How every Django form is drawn, {{ form }} or field by field, and what forms of rooms share."""

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _


class Renderer(DjangoTemplates):
    form_template_name = "web/components/form.html"
    field_template_name = "web/components/field.html"


class TableForm(forms.Form):
    """A table that is taken in as a whole or not at all."""

    file = forms.FileField(
        label=_("Excel或CSV文件"),
        help_text=_("有一处要改，就一条也不导入"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
