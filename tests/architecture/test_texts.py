"""Every error code, and every term, has words: neither errors nor enums carry any."""

import ast
import inspect
import re
from collections.abc import Iterator
from enum import StrEnum
from string import Formatter
from types import ModuleType

from chengshao.kernel.errors import (
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    TooMany,
)
from chengshao.web.texts import TERMS, TEXTS
from tests.architecture.house import meaning, modules, modules_above, raised_in, tree_of

KINDS = (Invalid, NotAllowed, NotFound, Refused, TooMany, NotSignedIn)


def errors(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """Yield the errors of the house that have a code."""
    own = {module.__name__ for module in (*modules(), *modules_above())}
    for error in kind.__subclasses__():
        if "code" in vars(error) and error.__module__ in own:
            yield error
        yield from errors(error)


def vocabulary_of(kind: type[StrEnum]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def placeholders(code: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(str(TEXTS[code])) if name is not None}


def test_every_error_code_has_a_text() -> None:
    assert sorted({error.code for error in errors()} - set(TEXTS)) == []


def test_every_error_is_one_of_the_ways_to_say_no() -> None:
    assert [error.__name__ for error in errors() if not issubclass(error, KINDS)] == []


def test_every_term_has_a_word() -> None:
    wordless = {
        f"{vocabulary_of(kind)}.{value}"
        for module in modules()
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
        if kind.__module__.endswith(".terms") or kind.__module__.startswith("chengshao.kernel.")
        for value in kind
        if value not in TERMS.get(vocabulary_of(kind), {})
    }

    assert sorted(wordless) == []


def test_every_text_is_that_of_a_code_which_somebody_uses() -> None:
    said = {
        node.value
        for module in (*modules(), *modules_above())
        if not module.__name__.startswith("chengshao.web.texts")
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert sorted(set(TEXTS) - said) == []


def test_every_text_gets_what_it_has_a_place_for() -> None:
    lacking = [
        f"{where}: {code} lacks {', '.join(sorted(missing))}"
        for module in (*modules(), *modules_above())
        for where, code, given in (*_raised(module), *_faults(module))
        if code in TEXTS and (missing := placeholders(code) - given)
    ]

    assert lacking == []


def _raised(module: ModuleType) -> Iterator[tuple[str, str, set[str]]]:
    """Yield (where, code, parameters given) of each error raised by its name."""
    for raised in raised_in(tree_of(module)):
        call = raised if isinstance(raised, ast.Call) else ast.Call(raised, [], [])
        error = meaning(module, call.func)
        if call.args or any(keyword.arg is None for keyword in call.keywords):
            continue  # what is given shows only when it runs
        if isinstance(error, type) and issubclass(error, DomainError) and hasattr(error, "code"):
            yield f"{module.__name__}:{raised.lineno}", error.code, _given(call) | _always(error)


def _faults(module: ModuleType) -> Iterator[tuple[str, str, set[str]]]:
    """Yield the same of each fault that is added to a table's."""
    for node in ast.walk(tree_of(module)):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="add"), args=[_, _, ast.Constant(value=str(code))]
            ):
                yield f"{module.__name__}:{node.lineno}", code, _given(node)


def _given(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg is not None}


def _always(error: type[DomainError]) -> set[str]:
    """Return the parameters that the error sets by itself."""
    parameters = inspect.signature(error.__init__).parameters.values()
    return {each.name for each in parameters if each.kind is each.KEYWORD_ONLY}
