"""What `make check` runs: the tests that a change can break, and not all of them."""

import shutil
from types import SimpleNamespace

import pytest
import selection

PYTHON = ("neurocore", "tests", "book/_ext")
SQUID, IONS = "neurocore/channels/library.py", "neurocore/ions.py"
NUMERIC, TYPIST = "neurocore/practice/kinds/numeric.py", "tests/typist.py"


@pytest.fixture
def changed(tmp_path, monkeypatch):
    """Say what differs from a checkout in which one file had other text."""

    def forget():
        for function in (selection.rests_on, selection.is_new, selection.own_text):
            function.cache_clear()

    def change(path, text, other):
        for folder in PYTHON:
            shutil.copytree(selection.ROOT / folder, tmp_path / folder)
        then = tmp_path / path
        assert text in then.read_text()
        then.write_text(then.read_text().replace(text, other))
        forget()
        both = [selection.sources_of(folder) for folder in (selection.ROOT, tmp_path)]
        monkeypatch.setattr(selection, "checkouts", lambda: both)
        monkeypatch.setattr(selection, "CHANGED", {path})
        return lambda module, name: selection.differs(frozenset({(module, name)}), False)

    yield change
    forget()


@pytest.mark.parametrize(
    ("change", "broken", "whole"),
    [
        ((SQUID, "120.0", "119.0"), "test_simulate", "test_ions"),
        ((IONS, "FARADAY = 1.6", "FARADAY = 1.7"), "test_ions", "test_reduced"),
        ((NUMERIC, "return ", "return not "), "test_practice", "test_simulate"),
        ((TYPIST, "delay=0):", "delay=1):"), "test_keys", "test_practice"),
        ((SQUID, '"""Return', '"""Give'), None, "test_simulate"),
    ],
)
def test_a_test_is_chosen_by_the_code_that_it_rests_on(changed, change, broken, whole):
    differs = changed(*change)

    def chosen(file):
        names = selection.checkouts()[0]._module(file)[0]
        return [differs(file, x.name) for x, _ in names if getattr(x, "name", "")[:5] == "test_"]

    assert broken is None or any(chosen(broken))
    assert not any(chosen(whole))


def item(name, path="tests/test_any.py", marked=False, fixtures=(), **params):
    return SimpleNamespace(
        path=selection.ROOT / path,
        fixturenames=fixtures,
        get_closest_marker=lambda _: marked or None,
        callspec=SimpleNamespace(params=params),
    )


@pytest.mark.parametrize(
    ("path", "marked", "chosen"),
    [
        ("book/principles/spike.ipynb", True, True),
        ("book/_web/live.ts", True, True),
        ("neurocore/labs/front_end/lab.ts", True, True),
        ("book/principles/spike.ipynb", False, False),
        ("neurocore/ions.py", True, False),
    ],
)
def test_the_site_is_tried_by_a_few_where_it_is_made_of_what_changed(
    path, marked, chosen, monkeypatch
):
    monkeypatch.setattr(selection, "CHANGED", {path})
    one = item("test_page", marked=marked, fixtures=("site_folder", "page"))
    assert selection.can_break(one) is chosen


def test_problems_are_those_that_a_test_names():
    every = set(selection.CHAPTER_OF)
    assert selection.of_the_bank("id='problems'", {"ghk-rest"}) == {"ghk-rest"}
    assert selection.of_the_bank("id='problems', value='alpha-m'", set()) == {"alpha-m"}
    assert selection.of_the_bank("id='problems'", {"drugs"}) < every
    assert selection.of_the_bank("id='problems'", set()) == every
    assert selection.of_the_bank("id='nernst'", set()) == set()


@pytest.mark.parametrize(
    ("path", "words", "about"),
    [
        ("neurocore/problems/spike/alpha-m.md", {"alpha-m"}, True),
        ("exercises/resting-potential.ipynb", {"resting_potential"}, True),
        ("book/_web/live.ts", {"book/_web"}, True),
        ("book/_web/live.ts", {"book/_ext", "liv", ""}, False),
        ("book/glossary.md", {"book/glossary.md"}, True),
    ],
)
def test_a_file_belongs_to_what_a_test_is_about(path, words, about):
    assert selection.is_about(path, words) is about


def test_subjects_are_read_from_parameters():
    one = item("test_x", problem=SimpleNamespace(id="alpha-m"), path_=selection.ROOT / "README.md")
    one.callspec.params |= {"command": ["check"], "number": 3, "name": "cable"}
    assert selection.subjects(one) == {"alpha-m", "README.md", "cable"}


def test_words_of_a_notebook_are_not_its_code():
    text = (selection.ROOT / "book" / "principles" / "spike.ipynb").read_text()
    assert len(selection.code(text)) > 5
    assert not any("sigmoid onset" in "".join(source) for source in selection.code(text))
    assert selection.code(b"") == []
