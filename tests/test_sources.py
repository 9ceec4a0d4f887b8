"""What is kept from build to build is computed again where, and only where, it has to be."""

import ast

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
''',
    "units": "MS = 1.0\nMV = 2.0\n",
    "gates": "def rate(t):\n    return t  # per ms\ndef unused():\n    return 1\n",
    "late": "x = 1\n",
}


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A library of five files; call it to change one, and get the fingerprints of two names."""
    folder = tmp_path / "lib"
    folder.mkdir()
    monkeypatch.setattr(sources, "LIBRARY", folder)

    def change(name="units", old="", new=""):
        for file, text in FILES.items():
            assert file != name or old in text
            changed = text.replace(old, new) if file == name else text
            (folder / f"{file}.py").write_text(changed)
        sources._module.cache_clear()
        sources._piece.cache_clear()
        return [sources.fingerprint((m, n)) for m, n in (("lib", "speed"), ("lib.cable", "other"))]

    yield change
    sources._module.cache_clear()
    sources._piece.cache_clear()


@pytest.mark.parametrize(
    ("change", "speed", "other"),
    [
        (("gates", "  # per ms", ""), False, False),
        (("cable", "Say it", "Tell"), False, False),
        (("cable", "About cables", "On axons"), False, False),
        (("gates", "return 1", "return 2"), False, False),
        (("units", "MV = 2.0", "MV = 3.0"), False, False),
        (("units", "MS = 1.0", "MS = 3.0"), True, False),
        (("gates", "return t", "return 2 * t"), True, False),
        (("cable", "SCALE = 2.0", "SCALE = 3.0"), True, False),
        (("cable", "return SCALE", "return 3 * SCALE"), True, False),
        (("late", "x = 1", "x = 2"), False, True),
        (("cable", 'TABLE["x"] = 1', 'TABLE["x"] = 2'), True, True),
    ],
)
def test_fingerprint_changes_with_what_a_name_rests_on(library, change, speed, other):
    before = library()
    assert library() == before
    after = library(*change)
    assert [a != b for a, b in zip(before, after, strict=True)] == [speed, other]


def test_every_lab_has_a_fingerprint_of_its_own():
    found = {sources.fingerprint((f.__module__, f.__qualname__)) for f in functions()}
    assert len(found) == len(LABS)


def functions():
    return [description["function"] for description in LABS.values()]


def test_the_solver_is_part_of_a_lab_that_simulates():
    function = LABS["the-axon"]["function"]
    places, left = set(), [(function.__module__, function.__qualname__)]
    while left:
        place = left.pop()
        if place not in places and sources._path(place[0]):
            places.add(place)
            left += sources._piece(*place)[1]
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
    shown = key('from neurocore.labs import lab\nlab("rebound")')
    assert shown not in (plain, key('from neurocore.labs import lab\nlab("cable")'))
    monkeypatch.setitem(LABS, "cable", LABS["cable"] | {"title": "Another"})
    assert key('from neurocore.labs import lab\nlab("rebound")') == shown
    monkeypatch.setitem(LABS, "rebound", LABS["rebound"] | {"title": "Another"})
    assert key('from neurocore.labs import lab\nlab("rebound")') != shown


def test_used_names_are_found():
    tree = ast.parse("import neurocore as nc\nfrom neurocore import ions\nnc.patch(ions.nernst)")
    assert sources.used(tree) == {("neurocore", "patch"), ("neurocore.ions", "nernst")}
