"""What a piece of the library rests on: by this, what was computed is kept from build to build.

A function rests on the names that it uses, on what those use in turn, and so on, through every
module of the library. Text that names a module counts as a use of it. Comments and docstrings do
not count, nor does a module whose name is put together while the program runs.
"""

from __future__ import annotations

import ast
import hashlib
import re
from functools import cache
from pathlib import Path

__all__ = ["fingerprint", "pieces", "used"]

PLACES = {"neurocore": Path(__file__).parents[1]}  # of packages and modules, without the suffix
ALL = "*"  # of a module


def fingerprint(*roots: tuple[str, str]) -> str:
    """Return a hash that changes where what is named, or anything that it rests on, changes.

    Parameters
    ----------
    *roots : (str, str)
        Modules of the library and names in them.

    Returns
    -------
    str
        In hexadecimal.
    """
    return hashlib.sha256(repr(sorted(pieces(*roots).items())).encode()).hexdigest()


def pieces(*roots, without=()):
    """Return all that some names rest on: module and name, and the text that gives it a meaning.

    What is rested on only through names of `without` is left out.
    """
    seen, left = dict.fromkeys(without), list(roots)
    while left:
        place = left.pop()
        if place not in seen and _path(place[0]):
            seen[place], needs = _piece(*place)
            left += needs
    return seen


def used(
    tree: ast.AST, module: str = "", bound: dict[str, tuple[str, str]] | None = None
) -> set[tuple[str, str]]:
    """Return what of the library a piece of code uses.

    Parameters
    ----------
    tree : ast.AST
        The code.
    module : str
        The module that it stands in, if it is part of the library.
    bound : dict, optional
        What names of its surroundings mean, as modules of the library and names in them.

    Returns
    -------
    set of (str, str)
        Modules of the library and names in them.
    """
    known = (bound or {}) | _imports(ast.walk(tree), module)
    found, owners = set(), set()
    for node in ast.walk(tree):  # an attribute comes before the name that it is of
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            where = known.get(node.value.id, ("", ""))
            if where[1] == ALL:
                found.add((where[0], node.attr))
                owners.add(node.value)
        elif isinstance(node, ast.Name) and node not in owners:
            found.add(known.get(node.id, (module, node.id)))
        elif isinstance(node, ast.Constant) and _names_module(node.value):
            found.add((node.value, ALL))
    return found


def _names_module(value):
    text = isinstance(value, str) and re.fullmatch(r"\w+(\.\w+)+", value)
    return bool(text and _path(value))


@cache
def _path(module):
    """Return the file of a module, or None if it is none of the library's."""
    first, *rest = module.split(".")
    if first not in PLACES:
        return None
    path = PLACES[first].joinpath(*rest)
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return path if path.exists() else None


def _imports(nodes, module):
    """Return what imports among some nodes bind: modules of the library and names in them."""
    bound = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for name, alias in ((x.name, x.asname) for x in node.names):
                bound[alias or name.partition(".")[0]] = (name, ALL)
        elif isinstance(node, ast.ImportFrom):
            parents = module.split(".")
            if node.level:
                inside = _path(module).name == "__init__.py"
                parents = parents[: len(parents) - node.level + inside]
            base = ".".join([*(parents if node.level else []), *filter(None, [node.module])])
            for name, alias in ((x.name, x.asname) for x in node.names):
                whole = _path(f"{base}.{name}")
                bound[alias or name] = (f"{base}.{name}", ALL) if whole else (base, name)
    return {name: where for name, where in bound.items() if _path(where[0])}


@cache
def _module(module):
    """Return a module's statements, each with what it binds, and what its imports bind."""
    tree = ast.parse(_path(module).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            body[:] = [x for x in body if not _is_text(x)]
    imports = (ast.Import, ast.ImportFrom)
    bound = _imports([x for x in tree.body if isinstance(x, imports)], module)
    return [(x, _binds(x)) for x in tree.body if not isinstance(x, imports)], bound


def _is_text(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _binds(statement):
    """Return the names that a statement of a module gives a meaning."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return {statement.name}
    stored = (ast.Store, ast.Del)
    return {
        node.id if isinstance(node, ast.Name) else ""
        for node in ast.walk(statement)
        if isinstance(getattr(node, "ctx", None), stored)
    }


@cache
def _piece(module, name):
    """Return what gives a name its meaning, as text, and what that uses."""
    statements, bound = _module(module)
    if name in bound:
        return "", [bound[name]]
    if name != ALL and not any(name in names for _, names in statements):
        name = "__getattr__"  # which gives a module names that stand nowhere in it
    # A statement that binds no name of its own, such as `table[key] = …`, counts for every name.
    mine = [x for x, names in statements if name == ALL or name in names or names <= {""}]
    needs = set().union(*(used(x, module, bound) for x in mine))
    needs |= set(bound.values()) if name == ALL else set()
    return "\n".join(ast.dump(x) for x in mine), sorted(needs)
