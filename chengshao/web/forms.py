"""How every Django form is drawn: {{ form }}, or field by field {{ form.words.as_field_group }}."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    form_template_name = "web/components/form.html"
    field_template_name = "web/components/field.html"
