"""What every notebook of the book and of the exercises has in common; nbval runs them."""

import json
import re
from pathlib import Path

import pytest
from conftest import Scheduling

ROOT = Path(__file__).parents[1]
FOLDERS = [ROOT / "book", ROOT / "exercises"]
NOTEBOOKS, PAGES = (
    sorted(
        path
        for folder in FOLDERS
        for path in folder.rglob(pattern)
        if ".ipynb_checkpoints" not in path.parts
    )
    for pattern in ("*.ipynb", "*.md")
)
SHORTEST_ALT = 40
VERBATIM = {"math", "code", "code-cell", "bibliography"}
HIDDEN = {"remove-cell", "remove-output", "remove_cell", "remove_output"}

each_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=lambda path: str(path.relative_to(ROOT))
)


def cells(path, kind):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [c for c in notebook["cells"] if c["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


def draws(cell):
    """Whether a reader sees a figure from this cell: it plots, and its output is not removed."""
    shown = not HIDDEN & set(cell["metadata"].get("tags", ()))
    return shown and re.search(r"\b(plots|plt)\.\w+\(", source(cell)) is not None


def alt(cell):
    return cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")


def crowded(markdown):
    """Return the lines of prose on which a second sentence begins."""
    text = re.sub(r"\$\$.*?\$\$", "", markdown, flags=re.DOTALL)
    text = re.sub(r"\$[^$\n]*\$|(?<!`)`[^`\n]+`(?!`)", "x", text)
    lines, fences = [], []
    for line in text.splitlines():
        fence = re.match(r"\s*(`{3,}|~{3,}|:{3,})(.*)", line)
        if fence and fences and not fence[2].strip() and len(fence[1]) >= len(fences[-1][0]):
            fences.pop()
        elif fence:
            directive = re.match(r"\{([\w:-]+)\}", fence[2])
            fences.append((fence[1], directive is None or directive[1] in VERBATIM))
        elif not line.lstrip().startswith("|") and not any(verbatim for _, verbatim in fences):
            # Not sentences: a number in a list, an initial, a few abbreviations.
            spoken = re.sub(
                r"^\s*\d+\.|\b(?:[A-Z]|al|cf|vs|e\.g|i\.e|Fig|Eq|vol|pp?|St|ed)\.", "", line
            )
            if re.search(r"[.!?][\"'”’)*_]*\s+[\"'“‘(*_]*[A-ZÅÄÖ]", spoken):
                lines.append(line)
    return lines


def test_the_notebooks_are_found():
    assert ROOT / "book" / "principles" / "resting-potential.ipynb" in NOTEBOOKS


@each_notebook
def test_no_output_is_kept(path):
    code = cells(path, "code")
    assert code
    assert [c["id"] for c in code if c["outputs"] or c["execution_count"] is not None] == []


@each_notebook
def test_the_language_is_named(path):
    """Without it JupyterLite asks for a kernel before it opens the notebook."""
    metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    assert metadata["language_info"]["name"] == "python"


@each_notebook
def test_cells_have_their_own_ids(path):
    ids = [c["id"] for c in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert len(set(ids)) == len(ids)


@each_notebook
def test_every_figure_is_described(path):
    bare = [c["id"] for c in cells(path, "code") if draws(c) and len(alt(c)) < SHORTEST_ALT]
    assert bare == []


@each_notebook
def test_every_line_of_a_notebook_holds_one_sentence(path):
    assert [line for c in cells(path, "markdown") for line in crowded(source(c))] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_line_of_a_page_holds_one_sentence(path):
    assert crowded(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One idea. Then another.", True),
        ("Is it so? It is.", True),
        ("**It leaks.** Na⁺ enters.", True),
        ("```{dropdown} Reply\nIt leaks. Then it stops.\n```", True),
        ("One idea.\nThen another.", False),
        ("A. L. Hodgkin, see Delpire et al. Figures follow.", False),
        ("With $V. A$ and `x. Y` it holds.", False),
        ("1. First?\n2. Second?", False),
        ("| K⁺. Out | Na⁺. In |", False),
        ("````{dropdown} A\n```{math}\na. B\n```\nIt leaks. Then it stops.\n````", True),
        ("```{dropdown} A\nIt leaks.\n```\nIt stops.\n\n```{dropdown} B\nNo.\n```", False),
        ("```python\nx = 1.  # A comment. Another.\n```", False),
    ],
)
def test_a_second_sentence_on_a_line_is_seen(text, found):
    assert bool(crowded(text)) is found


@pytest.mark.parametrize(
    ("code", "tags", "drawn"),
    [
        ("figure, axes = plots.figure()", [], True),
        ("plt.plot([1, 2])", ["hide-input"], True),
        ("figure, axes = plots.figure()", ["remove-cell"], False),
        ("from neurocore import plots", [], False),
        ("nc.nernst(outside=4, inside=140, valence=1)", [], False),
    ],
)
def test_what_counts_as_a_figure(code, tags, drawn):
    assert draws({"source": [code], "metadata": {"tags": tags}}) is drawn


def test_cells_of_a_notebook_go_to_one_worker():
    scope = Scheduling.__new__(Scheduling)._split_scope
    cells = {scope(f"exercises/spike.ipynb::Cell {k}") for k in range(3)}
    assert cells == {"exercises/spike.ipynb"}
    assert len({scope(f"tests/test_live.py::test_{k}") for k in range(3)}) == 3
