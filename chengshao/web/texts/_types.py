from typing import TypeAlias

from django.utils.functional import Promise

Texts: TypeAlias = "dict[str, str | Promise]"
Terms: TypeAlias = "dict[str, dict[str, str | Promise]]"
