"""What is wrong with a mapping, in the reader's words: where in it, and what."""

import re
from typing import Any

from django.utils.translation import gettext as _
from pydantic_core import ErrorDetails, PydanticCustomError

from chengshao.kernel.yaml_texts import YamlUnreadable
from chengshao.web.texts import text

_SHOWN = 200
_CODES = {  # Pydantic's kinds of fault
    "missing": "mapping_item_missing",
    "extra_forbidden": "mapping_item_unknown",
    "invalid_key": "mapping_item_unknown",
    "string_type": "mapping_item_no_text",
    "too_short": "mapping_item_empty",
    "too_long": "mapping_item_too_long",
    "string_too_long": "mapping_item_too_long",
    "tuple_type": "mapping_item_no_list",
    "dict_type": "mapping_item_no_words",
    "model_type": "mapping_item_no_part",
    "enum": "mapping_item_not_one_of",
}
_OURS = "mapping_"


def fault(code: str, **params: Any) -> PydanticCustomError:
    """Return a fault of ours for a validator to raise; its code has a text."""
    return PydanticCustomError(code, code, params)


def in_words(error: ErrorDetails) -> str:
    """Return where a fault stands and what it is, on one line."""
    where = ".".join(str(part) for part in error["loc"])
    if not where:
        return text("mapping_no_mapping")
    kind, params = error["type"], error.get("ctx", {})
    code = kind if kind.startswith(_OURS) else _CODES.get(kind, "mapping_item_wrong")
    if code == "mapping_item_too_long":
        params = {"most": params["max_length"]}
    elif code == "mapping_item_not_one_of":
        params = {"allowed": _("、").join(re.findall(r"'([^']*)'", params["expected"]))}
    return f"{where}: {text(code, params)}"[:_SHOWN]


def unreadable_in_words(error: YamlUnreadable) -> str:
    """Return why a text is no YAML that is taken: in which line, where that is known."""
    if error.line:
        return text("mapping_line_wrong", {"line": error.line})
    return text("mapping_no_yaml")
