"""What a caller must know of a function stands in its docstring."""

import ast
from collections.abc import Iterator
from types import ModuleType

from chengshao.kernel.errors import (
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    TooMany,
)
from tests.architecture.house import meaning, modules, part_of, public_functions, raised_in

# Pages, APIs and commands are left out: who calls them reads the texts.
WHO_MUST_SAY = {"rules", "queries", "actions"}
KINDS = {Invalid, NotAllowed, NotFound, Refused, TooMany}


def test_every_action_says_what_it_does() -> None:
    silent = [
        f"{module.__name__}.{function.name}"
        for module in modules()
        if part_of(module.__name__) == "actions"
        for function in public_functions(module)
        if not ast.get_docstring(function)
    ]

    assert silent == []


def test_a_function_names_the_errors_that_it_raises() -> None:
    unnamed = [
        f"{module.__name__}.{function.name}: {error.__name__}"
        for module in modules()
        if part_of(module.__name__) in WHO_MUST_SAY or ".kernel." in module.__name__
        for function in public_functions(module)
        for error in _raises(module, function)
        if not _is_named(error, ast.get_docstring(function) or "")
    ]

    assert sorted(set(unnamed)) == []


def _raises(module: ModuleType, function: ast.FunctionDef) -> Iterator[type[DomainError]]:
    for raised in raised_in(function):
        error = meaning(module, raised.func if isinstance(raised, ast.Call) else raised)
        if isinstance(error, type) and issubclass(error, DomainError):
            yield error


def _is_named(error: type[DomainError], docstring: str) -> bool:
    """Tell whether the error, or a family that it belongs to, is named."""
    family = (kind for kind in error.__mro__ if issubclass(kind, DomainError))
    return any(kind.__name__ in docstring for kind in family if kind not in KINDS)
