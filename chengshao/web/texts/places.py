from django.utils.translation import gettext_lazy as _  # noqa: F401

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {}

TERMS: Terms = {}
