"""What is kept from build to build is computed again where, and only where, it has to be."""

import ast
from pathlib import Path

import pytest
import stale

from neurocore.labs import LABS, sources

FILES = {
    "__init__": "from lib.cable import speed\n",
    "cable": '''
"""About cables."""
from lib import units
from .gates import rate as how_fast
SCALE = 2.0
TABLE = {}
TABLE["x"] = 1
class Axon:
    def speed(self):
        """Say it."""
        return SCALE * how_fast(units.MS)
def speed():
    return Axon().speed()
def other():
    from lib.late import x
    return x
def asked():
    from lib.lazy import Thing
    return Thing
''',
    "units": "MS = 1.0\nMV = 2.0\n",
    "gates": "def rate(t):\n    return t  # per ms\ndef unused():\n    return 1\n",
    "late": "x = 1\n",
    "lazy": "def __getattr__(name):\n    return getattr(import_module('lib.hidden'), name)\n",
    "hidden": "from lib import deep\ndef __getattr__(name):\n    return getattr(deep, name)\n",
    "deep": "Thing = 1\n",
}


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A library of a few files; call it to change one, and get the fingerprints of three names."""
    folder = tmp_path / "lib"
    folder.mkdir()
    monkeypatch.setitem(sources.PLACES, "lib", folder)

    def change(name="units", old="", new=""):
        for file, text in FILES.items():
            assert file != name or old in text
            changed = text.replace(old, new) if file == name else text
            (folder / f"{file}.py").write_text(changed)
        forget()
        names = (("lib", "speed"), ("lib.cable", "other"), ("lib.cable", "asked"))
        return [sources.fingerprint(name) for name in names]

    yield change
    forget()


def forget():
    for function in (sources._path, sources._module, sources._piece):
        function.cache_clear()


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        (("gates", "  # per ms", ""), ""),
        (("cable", "Say it", "Tell"), ""),
        (("cable", "About cables", "On axons"), ""),
        (("gates", "return 1", "return 2"), ""),
        (("units", "MV = 2.0", "MV = 3.0"), ""),
        (("units", "MS = 1.0", "MS = 3.0"), "speed"),
        (("gates", "return t", "return 2 * t"), "speed"),
        (("cable", "SCALE = 2.0", "SCALE = 3.0"), "speed"),
        (("cable", "return SCALE", "return 3 * SCALE"), "speed"),
        (("late", "x = 1", "x = 2"), "other"),
        (("cable", 'TABLE["x"] = 1', 'TABLE["x"] = 2'), "speed other asked"),
        (("lazy", "getattr(", "vars("), "asked"),  # what makes a name when it is asked for
        (("hidden", "getattr(", "vars("), "asked"),  # a module that a text names
        (("deep", "Thing = 1", "Thing = 2"), "asked"),  # one that is handed on as a whole
    ],
)
def test_fingerprint_changes_with_what_a_name_rests_on(library, change, touched):
    before = library()
    assert library() == before
    after = library(*change)
    changed = [a != b for a, b in zip(before, after, strict=True)]
    assert changed == [name in touched.split() for name in ("speed", "other", "asked")]


def test_every_lab_has_a_fingerprint_of_its_own():
    found = {sources.fingerprint((f.__module__, f.__qualname__)) for f in functions()}
    assert len(found) == len(LABS)


def functions():
    return [description["function"] for description in LABS.values()]


def test_the_solver_is_part_of_a_lab_that_simulates():
    function = LABS["the-axon"]["function"]
    places = sources.pieces((function.__module__, function.__qualname__))
    assert ("neurocore.simulate", "simulate") in places
    assert ("neurocore.solvers.staggered", "Compartments") in places
    assert ("neurocore.solvers.elimination", "Coupling") in places
    assert ("neurocore.channels.library", "squid_sodium") in places
    assert not any(module.startswith("neurocore.practice") for module, _ in places)


def test_a_notebook_rests_on_what_it_names(tmp_path, monkeypatch):
    import nbformat

    def key(*cells):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        nbformat.write(book, tmp_path / "a.ipynb")
        return stale.rests_on(tmp_path / "a.ipynb")

    plain = key("x = 1")
    assert key("y = 2") == plain  # its own text is not the library's
    nernst = key("import neurocore as nc", "%matplotlib inline\nnc.nernst(5, 140, 1, 37)")
    assert nernst not in (plain, key("import neurocore as nc\nnc.hodgkin_huxley()"))
    # What one cell imports, another uses.
    assert key("from neurocore import nernst", "nernst(5, 140, 1, 37)") == nernst
    shown = key('from neurocore.labs import lab\nlab("rebound")')
    assert shown not in (plain, key('from neurocore.labs import lab\nlab("cable")'))
    monkeypatch.setitem(LABS, "cable", LABS["cable"] | {"title": "Another"})
    assert key('from neurocore.labs import lab\nlab("rebound")') == shown
    monkeypatch.setitem(LABS, "rebound", LABS["rebound"] | {"title": "Another"})
    assert key('from neurocore.labs import lab\nlab("rebound")') != shown


def test_a_page_of_problems_rests_on_the_checker():
    page = Path(sources.__file__).parents[2] / "exercises" / "spike.ipynb"
    places = sources.pieces(*stale.roots(page)[0])
    assert ("neurocore.practice.outcomes", "Reply") in places
    assert ("neurocore.practice.kinds.numeric", "Numeric") in places
    assert not any(module.startswith("neurocore.labs") for module, _ in places)


def test_used_names_are_found():
    tree = ast.parse("import neurocore as nc\nfrom neurocore import ions\nnc.patch(ions.nernst)")
    assert sources.used(tree) == {("neurocore", "patch"), ("neurocore.ions", "nernst")}
