"""The table of the house in the guide: it names every room, and arrows run one way."""

import ast
import re
from pathlib import Path

import pytest

import neurocore

LIBRARY = Path(neurocore.__file__).parent
GUIDE = (Path(__file__).parents[1] / "book" / "contributing.md").read_text(encoding="utf-8")
TABLE = GUIDE.partition("| in `neurocore/` |")[2].partition("\n\n")[0]
ROWS = [re.findall(r"`(\w+)/?`", row.split("|")[1]) for row in TABLE.splitlines()[2:]]
LEVEL = {room: k for k, row in enumerate(ROWS) for room in row}


def arrows(path):
    """Return the rooms that a file of the library imports from."""
    here = (LIBRARY.name, *path.relative_to(LIBRARY).with_suffix("").parts)
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = [*here[: -node.level]] if node.level else []
            base += node.module.split(".") if node.module else []
            names = [[*base, alias.name] for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        else:
            continue
        found |= {parts[1] for parts in names if parts[0] == LIBRARY.name and len(parts) > 1}
    return found & set(LEVEL)


def test_the_guide_names_every_room():
    there = {path.stem for path in LIBRARY.glob("*.py")} - {"__init__"}
    there |= {path.parent.name for path in LIBRARY.glob("*/__init__.py")}
    assert set(LEVEL) == there


@pytest.mark.parametrize("room", LEVEL)
def test_arrows_run_one_way(room):
    files = [LIBRARY / f"{room}.py"] if (LIBRARY / f"{room}.py").exists() else []
    files += (LIBRARY / room).rglob("*.py")
    assert files
    below = {other for path in files for other in arrows(path) if LEVEL[other] > LEVEL[room]}
    assert not below
