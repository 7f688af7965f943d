"""What the tests of the house look at: its modules, their source, and what names mean in them."""

import ast
import pkgutil
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import chengshao
import config

ROOT = Path(chengshao.__file__).parent.parent


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every module of the rooms, imported, without the migrations."""
    names = (found.name for found in pkgutil.walk_packages(chengshao.__path__, "chengshao."))
    return tuple(import_module(name) for name in names if ".migrations" not in name)


@cache
def modules_above() -> tuple[ModuleType, ...]:
    """Every module that wires and composes the rooms."""
    return tuple(
        import_module(found.name) for found in pkgutil.walk_packages(config.__path__, "config.")
    )


@cache
def tree_of(module: ModuleType) -> ast.Module:
    assert module.__file__
    return ast.parse(Path(module.__file__).read_text())


def room_of(module: str) -> str:
    return module.split(".")[1]


def part_of(module: str) -> str:
    """Return which file or folder of its room a module belongs to: actions, rules, …"""
    return [*module.split("."), ""][2]


@cache
def rooms_from_top() -> list[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers: list[str] = contracts["contracts"][0]["layers"]
    return layers


def meaning(module: ModuleType, name: ast.expr) -> object:
    """Return what a (dotted) name means at the top of a module, or None."""
    match name:
        case ast.Name(id=word):
            return getattr(module, word, None)
        case ast.Attribute(value=owner, attr=word):
            return getattr(meaning(module, owner), word, None)
    return None


def public_functions(module: ModuleType) -> Iterator[ast.FunctionDef]:
    """Yield the functions that others may call, as written."""
    for node in tree_of(module).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def raised_in(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what is raised in it: the expression behind each `raise`."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Raise) and inner.exc is not None:
            yield inner.exc
