from typing import TypeAlias

from django.utils.functional import Promise

Vocabulary: TypeAlias = dict[str, str | Promise]
Texts: TypeAlias = dict[str, str | Promise]
Terms: TypeAlias = dict[str, Vocabulary]
