"""The checker: every outcome, whatever a student hands in, and nothing but a reply."""

import builtins
import linecache
import math
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pint
import practice_cases as cases
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neurocore import practice
from neurocore.practice import OUTCOMES, Axis, Numeric, Tolerance, Vary, check
from neurocore.practice.reading import sandbox
from neurocore.practice.reading.drawn import sorted_curve, unit_factor
from neurocore.practice.reading.objects import brief, kind_of
from neurocore.practice.reading.units import conversion, parse, relatives
from neurocore.practice.record import FileStore
from neurocore.problems import problems


class Unreadable(pint.Quantity):
    @property
    def magnitude(self):
        raise SystemExit


ITSELF = np.empty((), object)
ITSELF[()] = ITSELF
GRID = cases.problem(
    practice.Array,
    **cases.common("grid", "x", unit="mV", tolerance=Tolerance(0.1)),
    answer=[[1, 2], [3, 4]],
    mistakes=tuple(cases.Slip(f"m{i}", np.full((2, 2), i)) for i in (5, 6, 7)),
)


@pytest.fixture(autouse=True)
def own_record(tmp_path):
    for problem in cases.PROBLEMS:
        vars(problem).pop("_variants", None)  # each test computes its own
    practice.progress.begin(FileStore(tmp_path / "progress.json"))


@pytest.mark.parametrize(("problem", "text", "code"), cases.CASES)
def test_case(problem, text, code, capfd):
    reply = problem.judge(cases.answer_of(text))
    assert reply.code == code
    assert reply.correct is (code == "correct")
    assert reply.problem == problem.id
    assert (
        f'role="status"><p><span class="nc-verdict-mark" aria-hidden="true">{repr(reply)[0]}'
        in (reply._repr_html_())
    )
    assert not re.search("[{}]|None", reply.message.removeprefix(f"`{problem.name}` is None:"))
    assert capfd.readouterr() == ("", "")


def test_every_outcome_has_a_case():
    reached = {code if code[:7] != "mistake" else "mistake" for *_, code in cases.CASES}
    assert reached | cases.ELSEWHERE == set(OUTCOMES)
    table = cases.table()
    assert all(f"| `{code}` |" in table for code in reached - {"mistake"} | {"mistake.…"})


@pytest.mark.parametrize("side", [-1, 1])
def test_edge_of_the_tolerance(side):
    margin, reference = 0.05, cases.potassium.variant().answer[""]
    edge = reference + side * margin
    assert cases.potassium.judge(edge).correct
    assert not cases.potassium.judge(math.nextafter(edge, side * math.inf)).correct


@pytest.mark.parametrize("reference", [0.0, 1e-12])
def test_small_references(reference):
    problem = scalar(reference, Tolerance(absolute=1e-14), (1e-10, 2e-10, 3e-10))
    assert problem.judge(reference + 0.9e-14).correct
    assert not problem.judge(reference + 1.1e-14).correct
    assert problem.judge(1e-9).code in ("near.unit", "incorrect")
    assert problem.judge(0).correct is (reference == 0)


def test_pint_quantities(monkeypatch):
    unit = pint.UnitRegistry()
    for answer, code in (
        (-0.08906 * unit.volt, "correct"),
        (-89.06 * unit.millivolt, "correct"),
        (-89.06 * unit.volt, "near.prefix"),
        (-89.06 * unit.second, "invalid.unit"),
        (unit.Quantity("nan mV"), "invalid.nan"),
        (unit.Quantity(-89.06, "dimensionless"), "invalid.unit"),
    ):
        assert cases.potassium.judge(answer).code == code
    values = -0.01 * np.exp(-cases.TIMES / 2)
    assert cases.trace.judge(unit.Quantity(values, "V")).correct
    monkeypatch.setattr(sandbox.sys, "platform", "emscripten")
    for name, code in (("1/s", "near.power"), ("1/ms", "correct"), ("mV", "invalid.unit")):
        answer = lambda v, name=name: unit.Quantity(cases.right(v), name)  # noqa: E731
        assert cases.rate.judge(answer).code == code


@pytest.mark.parametrize(
    ("given_", "wanted", "factor"),
    [
        ("V", "mV", 1e3),
        ("uA/cm**2", "µA/cm²", 1),
        ("A/m^2", "µA/cm²", 100),
        ("nA/µm²", "µA/cm²", 1e5),
        ("cm*Ω", "ohm·cm", 1),
        ("S/F", "1/ms", 1e-3),
        ("mV/nA", "MΩ", 1),
        ("Ω", "1/S", 1),
        ("nC/s", "nA", 1),
        ("A·s", "C", 1),
        ("C/V", "F", 1),
        ("mol/m³", "mM", 1),
        ("L", "m^3", 1e-3),
        ("Hz·s", "", 1),
        ("1/ms", "Hz", 1e3),
        ("mmol/l", "mM", 1),
        ("µM", "mM", 1e-3),
        ("min", "s", 60),
        ("%", "", 0.01),
        ("mS/cm2", "mS/cm²", 1),
        ("ms", "mS", None),
        ("mV", "mA", None),
        ("xyz", "mV", None),
        ("m" * 30, "m", None),
        ("10³ mV", "mV", None),
        ("mV×10³", "mV", None),
        ("mV·10", "mV", None),
        ("×10", "", None),
        ("1", "", None),
        ("V⁰", "", None),
        ("m^100", "m", None),
        ("cm^٢", "cm²", None),
        ("% mV", "mV", None),
        ("‰", "%", 0.1),
        ("A/m*s", "A*s/m", None),
        ("A*s/m", "A*s/m²", None),
        ("A/m/s", "A/s/m", 1),
        ("m·1/s", "m/s", 1),
        ("cm–2", "1/cm²", 1),
        ("mv", "mV", None),
        ("MV", "mV", 1e9),
        ("millivolt", "mV", 1),
        ("Millivolts", "mV", 1),
        ("MICROMETRES", "µm", 1),
        ("kiloohm", "Ω", 1e3),
        ("millisiemens", "mS", 1),
        ("milliseconds", "ms", 1),
        ("minutes", "s", 60),
        ("milliminutes", "s", None),
        ("milli volts", "mV", None),
        ("nanoamperes/centimeter^2", "nA/cm²", 1),
        ("\u017fecond", "s", None),
        ("\u212ailovolt", "kV", None),
        ("/s", "Hz", 1),
        ("m^99", "m", None),
        ("m^10", "m^10", 1),
        ("m^10", "cm^10", None),
        ("m^9", "cm^9", 1e18),
        ("1/m^9", "1/cm^9", 1e-18),
        ("1/m^10", "1/cm^10", None),
        ("m^-10", "cm^-10", None),
        ("m2s", "m^2*s", None),
        ("mS cm⁻²", "mS/cm²", 1),
        (" nA / µm² ", "µA/cm²", 1e5),
        ("fA", "A", 1e-15),
        ("pA", "A", 1e-12),
        ("nA", "A", 1e-9),
        ("uA", "A", 1e-6),
        ("cm", "m", 1e-2),
        ("kHz", "Hz", 1e3),
        ("MHz", "Hz", 1e6),
        ("GΩ", "Ω", 1e9),
        ("\u2126", "\u03a9", 1),
        ("\u03bcm", "\u00b5m", 1),
    ],
)
def test_units(given_, wanted, factor):
    found = conversion(given_, wanted)
    assert found == (None if factor is None else pytest.approx(factor, rel=1e-12, abs=0))


def test_size_and_dimensions_of_a_unit():
    assert parse("mV/ms²") == (pytest.approx(1e3), (1, 0, -2, 0, 0))
    assert parse("") == (1.0, (0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("unit", "known", "count"),
    [
        ("mV", {"V": 1e-3, "µV": 1e3, "nV": 1e6}, 8),  # nobody writes cV
        ("V", {"mV": 1e3, "kV": 1e-3}, 8),
        ("µm", {"m": 1e-6, "cm": 1e-4, "nm": 1e3}, 9),
        ("%", {"plain fractions": 0.01}, 1),
        ("mS/cm²", {}, 0),
        ("min", {}, 0),
    ],
)
def test_units_that_one_slips_into(unit, known, count):
    found = dict(relatives(unit))
    assert len(found) == count
    assert {other: found[other] for other in known} == pytest.approx(known)


@pytest.mark.parametrize(
    ("label", "unit", "factor"),
    [
        ("V (mV)", "mV", 1),
        ("V [V]", "mV", 1e3),
        ("V / V", "mV", 1e3),
        ("V, inside, mV", "mV", 1),
        ("V inside in mV", "mV", 1),
        ("potential\n(mV)", "mV", 1),
        ("potential\nin mV", "mV", 1),
        ("g / mS / cm²", "mS/cm²", 1),
        (r"$g$ / $\mathrm{mS\,cm^{-2}}$", "mS/cm²", 1),
        (r"$R$ ($\mathrm{M\Omega}$)", "MΩ", 1),
        (r"$R_a$ ($\Omega\cdot\text{cm}$)", "Ω·cm", 1),
        (r"[K] ($\mu$M)", "mM", 1e-3),
        ("E (V) again (mV)", "mV", 1),
        ("E (V) at (37 °C)", "mV", 1e3),
        ("open ()", "%", None),
        ("mV", "mV", None),
        ("V (mm V)", "mV", None),
        ("V (10³ mV)", "mV", None),
        ("V (mV × 10³)", "mV", None),
        ("V / 10^3 mV", "mV", None),
        ("V × 10³ (mV)", "mV", None),
        (r"$V \times 10^{-3}$ / V", "mV", None),
        ("V after 10 ms (mV)", "mV", 1),
        ("V, 1e3 mV", "mV", None),
        ("V (millivolts)", "mV", 1),
        ("(mV^" + "9" * 5000 + ")", "mV", None),
        ("(" * 100_000 + "," * 100_000, "mV", None),
    ],
)
def test_unit_on_an_axis(label, unit, factor):
    found = unit_factor(label, unit)
    assert found == (None if factor is None else pytest.approx(factor))


def test_points_at_the_same_place_keep_their_order():
    x, y = sorted_curve(np.tile([1.0, 0.0], 50), np.arange(100.0))
    assert x.tolist() == [0.0] * 50 + [1.0] * 50
    assert y.tolist() == [*range(1, 100, 2), *range(0, 100, 2)]


@pytest.mark.parametrize("module", ["matplotlib.figure", "matplotlib.axes", "matplotlib.lines"])
def test_matplotlib_taken_apart(module, monkeypatch):
    ax = cases.drawn((cases.K_OUT, cases.E_K))
    monkeypatch.delitem(sys.modules, module)
    assert cases.nernst_line.judge(ax).code == "invalid.plot"


def test_hostile_labels():
    class Text(str):
        def __str__(self):
            raise SystemExit

    ax = cases.drawn((cases.K_OUT, cases.E_K))
    ax.xaxis.label = SimpleNamespace(get_text=lambda: Text("K (mM)"))
    assert cases.nernst_line.judge(ax).code == "invalid.plot"


@given(st.text(max_size=40))
def test_any_text_is_a_unit_or_not(text):
    assert parse(text) is None or len(parse(text)[1]) == 5


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.decimals()
    | st.fractions()
    | st.text()
    | st.binary()
    | st.datetimes()
    | st.just(...)
    | st.builds(object)
    | st.integers(300, 5000).map(lambda digits: 10**digits)
    | st.text(min_size=1, max_size=2).map(lambda text: text * 10**4)
    | st.sampled_from([int, cases.Liar, cases.Liar(1), cases.Chameleon(), NotImplemented, math])
    | st.builds(np.array, st.lists(st.floats(width=32), max_size=3)),
    lambda x: (
        st.lists(x, max_size=7)
        | st.tuples(x)
        | st.tuples(x, x)
        | st.dictionaries(st.text(max_size=3), x, max_size=3)
        | st.builds(lambda y: np.array(y, dtype=object), x)
        | st.builds(lambda y: lambda *_: y, x)
    ),
    max_leaves=7,
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(anything)
def test_no_object_breaks_a_check(value):
    assert len(brief(value)) < 100_000
    for problem in (*cases.PROBLEMS, *(problem for problem, _ in problems().values())):
        reply = problem.judge(value)
        assert not reply.correct
        assert reply.outcome in ("correct", "incorrect", "invalid", "unanswered")
        assert "Traceback" not in repr(reply)
        assert "nc-verdict-" + reply.outcome in reply._repr_html_()


@pytest.mark.parametrize("problem", [cases.potassium, cases.pair, cases.trace, cases.rate])
def test_hostile_classes(problem):
    class Meta(type):
        def __eq__(cls, other):
            raise RuntimeError("compared")

        def __hash__(cls):
            raise RuntimeError("hashed")

        @property
        def __name__(cls):
            raise RuntimeError("named")

        def __instancecheck__(cls, other):
            return True

    class Hostile(metaclass=Meta):
        def __getattribute__(self, name):
            raise RuntimeError(name)

        def __len__(self):
            raise RuntimeError("len")

        def __repr__(self):
            raise RuntimeError("repr")

    class Text(str):
        def __eq__(self, other):
            raise RuntimeError("eq")

        __hash__ = str.__hash__

    itself = []
    itself.append(itself)
    for value in (Hostile(), Hostile, [Hostile()] * 2, Text("-89 mV"), {Text("e_k"): 1}, itself):
        assert problem.judge(value).outcome == "invalid"
    assert problem.judge(ITSELF).outcome == "invalid"


def test_verdict_does_not_depend_on_names_that_students_rebind(monkeypatch):
    cases.potassium.variant(), cases.trace.variant()
    with monkeypatch.context() as patch:
        for name in ("isclose", "allclose", "all", "abs", "asarray", "array", "isfinite"):
            patch.setattr(np, name, lambda *_, **__: True)
        for name in ("abs", "float", "all", "any", "max", "min", "round", "sum"):
            patch.setattr(builtins, name, lambda *_, **__: True)
        wrong, right = cases.potassium.judge(-50.0), cases.potassium.judge(-89.06)
        traces = [cases.trace.judge(values) for values in (cases.TIMES, WANTED_TRACE)]
    assert (wrong.code, right.code) == ("incorrect", "correct")
    assert [reply.correct for reply in traces] == [False, True]


WANTED_TRACE = -10 * np.exp(-cases.TIMES / 2)


def test_reading_the_answer_from_the_notebook():
    notebook = {"check": check}
    exec("early = check('ghk-rest')", notebook)
    assert (notebook["early"].code, notebook["early"].problem) == ("unanswered.unset", "ghk-rest")
    assert "v_m" in notebook["early"].message
    exec("v_m = ...\nblank = check('ghk-rest')", notebook)
    assert notebook["blank"].code == "unanswered.placeholder"
    exec("def later():\n  return check('ghk-rest')\nv_m = -5\nout = later()", notebook)
    assert notebook["out"].code == check("ghk-rest", -5).code == "incorrect"
    exec("def later():\n  v_m = None\n  return check('ghk-rest')\nout = later()", notebook)
    assert notebook["out"].code == "unanswered.none"
    exec("v_m = -66.57\nright = check('ghk-rest')\nv_m = 0", notebook)
    assert notebook["right"].correct
    assert practice.progress.summary().lines[0].attempts == 2


ALL = (check, practice.ask, practice.hint, practice.solution)


@pytest.mark.parametrize("function", ALL)
def test_problems_that_do_not_exist(function):
    near = function("ghk-rst")
    assert (near.code, near.problem) == ("invalid.problem", "")
    assert near.message == "There is no problem called `ghk-rst`. Is `ghk-rest` meant?"
    for name, words in (
        ("nothing like it", "`nothing like it`."),
        ("`" * 100, "`" + "'" * 80 + "`."),
        ("?" * 100, "`" + "?" * 80 + "`."),
        (object(), "`an object of type object`."),
        ("{name}", "`{name}`."),
    ):
        assert function(name).message == f"There is no problem called {words}"


@pytest.mark.parametrize("function", ALL)
def test_seeds_that_do_not_exist(function):
    for seed, kind in (
        ([], "a list"),
        (True, "a truth value"),
        (10**5000, "too large"),
        (-(10**81), "too large"),
        ("x" * 81, "too long, or cannot be shown"),
        ("\ud800", "too long, or cannot be shown"),
        ("two\nlines", "too long, or cannot be shown"),
    ):
        reply = function("ghk-rest", seed=seed)
        assert reply.code == "invalid.seed"
        assert reply.message.endswith(f"whole number; this is {kind}.")
    for seed in (10**80, "x" * 80, "Ada", 0, -1, ""):
        assert getattr(function("ghk-rest", seed=seed), "code", "") != "invalid.seed"
    assert practice.ask("ghk-rest", seed=5).markdown != practice.ask("ghk-rest", seed=6).markdown


def test_what_is_shown_and_recorded():
    problem = problems()["ghk-rest"][0]
    for seed in (None, "Ada"):
        assert practice.ask("ghk-rest", seed=seed).markdown == (
            f"### {problem.title}\n\n{problem.prompt(seed)}"
        )
        locked = practice.solution("ghk-rest", seed=seed)
        assert (locked.code, locked.problem, locked.figure) == ("solution", "ghk-rest", None)
        assert locked.message == (
            'It opens after your first attempt. Till then, `hint("ghk-rest")` helps.'
        )
        hints = [f"{i} of 3: {problem.hint(i, seed)}" for i in (1, 2, 3)]
        for shown in (1, 2, 3, 3):
            reply = practice.hint("ghk-rest", seed=seed)
            assert (reply.code, reply.problem, reply.note) == ("hint", "ghk-rest", "")
            assert reply.message == "\n\n".join(hints[:shown])
        wrong = check("ghk-rest", 1.0, seed=seed)
        assert (wrong.code, wrong.note) == ("incorrect", 'Stuck? Try `hint("ghk-rest")`.')
        right = check("ghk-rest", problem.variant(seed).answer[""], seed=seed)
        assert (right.correct, right.note) == (True, "")
        opened = practice.solution("ghk-rest", seed=seed)
        assert opened.message == problem.worked(seed).strip()
        assert (opened.code, opened.problem, opened.note) == ("solution", "ghk-rest", "")
    assert practice.progress.summary().lines[0].solutions == 2
    events = [(e["what"], e["seed"], e["code"], e["answer"]) for e in practice.progress.events()]
    answers = [f"{problem.variant(seed).answer['']:.10g}" for seed in (None, "Ada")]
    assert events == [
        event
        for seed, answer in zip(("", "Ada"), answers, strict=True)
        for event in (
            *[("hint", seed, "", "")] * 4,
            ("check", seed, "incorrect", "1"),
            ("check", seed, "correct", answer),
            ("solution", seed, "", ""),
        )
    ]


def test_solution_comes_with_its_figure(monkeypatch):
    x = Vary(1, 2, 9, 1)
    fields = {"parameters": {"x": x}, "draw": lambda axes, p: axes.plot([1, p.x])}
    problem = scalar(9.0, alt="A line to {x:g}.", **fields)
    monkeypatch.setattr("neurocore.problems.problems", lambda: {problem.id: (problem, "")})
    for seed, words in ((None, "A line to 1."), (3, f"A line to {problem.variant(3).p.x:g}.")):
        check(problem.id, 5.0, seed=seed)
        figure = practice.solution(problem.id, seed=seed).figure
        assert figure == problem.figure(seed)
        assert figure[1] == words


def test_notes_stand_apart(monkeypatch):
    monkeypatch.setattr(practice.progress, "add", lambda *_: "Not saved.")
    stuck = 'Stuck? Try `hint("ghk-rest")`.'
    assert check("ghk-rest", 1.0).note == f"{stuck}\n\nNot saved."
    chatty = next(p for p, _ in problems().values() if isinstance(p, practice.Function))
    said = "While it was tried it printed: `a b 'c'`"
    assert check(chatty.id, lambda *_: print("a\n\nb", "`c`")).note == said  # it returns nothing
    wrong = check(chatty.id, lambda *_: (print("a\n\nb", "`c`"), 12.5)[1])
    assert wrong.code == "incorrect.constant"
    assert wrong.note.startswith(said[:-1])
    assert wrong.note.endswith(f'Stuck? Try `hint("{chatty.id}")`.\n\nNot saved.')


def test_reply_shows_words_and_no_markup_of_the_student():
    reply = cases.chosen.judge("<b>x</b>")
    assert "<b>x" not in reply._repr_html_()
    words = "<script> `v_m` V_m, Cl_in is -5 **now**\n\nmore"
    reply = practice.Reply("incorrect", words, note="note")
    page = reply._repr_html_()
    assert "<script>" not in page
    assert "<code>v_m</code> <i>V</i><sub>m</sub>, <i>Cl</i><sub>in</sub> is −5 <b>now</b>" in page
    assert 'role="status"' in page
    assert "✗" in repr(reply)
    assert "Not yet" in repr(reply)
    assert repr(practice.Reply("invalid", "half \ud800")).isprintable()


def test_fenced_code_is_shown_as_one_block():
    text = "```python\ndef f(v):\n\n    return v < 2 * -1\n```\n\nAs `f(1)` says."
    page = practice.Reply("solution", text)
    code = (
        "</p><pre><code>def f(v):\n\n    return v &lt; 2 * -1</code></pre>"
        "<p>As <code>f(1)</code> says"
    )
    assert code in page._repr_html_()
    assert repr(page).startswith("→ Solution.\n\n```python\ndef f")
    page = practice.Reply("hint", "First `v`.\n\n```python\nw = 1\n```", note="Kept.")._repr_html_()
    assert "First <code>v</code>.</p><pre><code>w = 1</code></pre><p>Kept.</p></div>" in page
    assert page.endswith("</style>")  # a notebook has no style sheet of ours


def test_student_sees_the_own_line_and_not_ours():
    reply = cases.rate.judge(cases.raises)
    assert "KeyError: 'beta'" in reply.message
    assert 'return rate["beta"] * v' in reply.message
    assert "trying.py" not in reply.message


class SlyText(str):
    def replace(self, *_):
        raise SystemExit


class SlyError(Exception):
    def __str__(self):
        return SlyText("sly `text`\n" + "x" * 1000)


def raises_sly(v):
    raise SlyError


class Wordless(Exception):
    def __str__(self):
        raise SystemExit


def raises_without_words(v):
    raise Wordless


class Guarded:
    def __call__(self, v):
        return v

    def __getattr__(self, name):
        raise KeyError(name)


@pytest.mark.parametrize("platform", ["linux", "emscripten"])
def test_errors_that_are_not_what_they_seem(platform, monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", platform)
    sly = cases.rate.judge(raises_sly).message
    assert "`SlyError: sly 'text' xxx" in sly
    assert "`raise SlyError`" in sly
    assert len(sly) < 350
    source = "def long(v): return 1 / 0  # " + "x" * 1000
    monkeypatch.setitem(linecache.cache, "<cell>", (len(source), None, [source], "<cell>"))
    notebook = {}
    exec(compile(source, "<cell>", "exec"), notebook)
    long = cases.rate.judge(notebook["long"]).message
    assert "line 1: `def long(v): return 1 / 0  # xxx" in long
    assert len(long) < 350
    bare = cases.rate.judge(raises_without_words).message
    assert "stopped with `Wordless`, at line" in bare
    source = "def unseen(v): raise ValueError"
    exec(compile(source, "<unseen>", "exec"), notebook)
    unseen = cases.rate.judge(notebook["unseen"]).message
    assert unseen.endswith("your function stopped with `ValueError`, at line 1.")
    looked_at = "When it is looked at, your function stopped with `KeyError: '__wrapped__'`."
    assert cases.rate.judge(Guarded()).message == looked_at


def test_page_is_told_how_long_a_function_may_take(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", "emscripten")
    monkeypatch.setattr(sandbox, "watch", (told := []).append)
    assert replace(cases.current, seconds=0.5).judge(lambda g, v: g * (v + 54.4)).correct
    assert told == [2, 0]


def test_function_that_fails_the_second_time(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", "emscripten")
    seen = []

    def once(v):
        assert len(seen) < len(cases.rate._calls)
        seen.append(v)
        return v

    reply = cases.rate.judge(once)
    assert reply.code == "invalid.raised"
    assert reply.note == ""


def test_ends_of_a_curve_and_curves_that_lack():
    flat = {name: lambda t, y=y: y for name, y in (("a", 0.2), ("b", 0.5), ("c", 0.8))}
    known = [cases.Slip(f"m{i}", {"a": lambda t, i=i: i}) for i in (2, 3, 4)]
    problem = cases.changed(cases.decays, low=1.0, high=5.0, answer=lambda p: flat, mistakes=known)
    for low, high, code in (
        (1.0, 5.0, "correct"),
        (1.035, 4.965, "correct"),  # a hundredth of the range
        (1.045, 5.0, "incorrect.range"),
        (1.0, 4.955, "incorrect.range"),
    ):
        curves = [([low, high], [y, y]) for y in (0.2, 0.5, 0.8)]
        drawing = cases.drawn(*curves, x="time (ms)", scale="linear")
        assert problem.judge(drawing).code == code
    one = cases.drawn(([1, 5], [0.2, 0.2]), x="time (ms)", scale="linear")
    assert problem.judge(one).message == "Some curves are not drawn yet: b, c."


def test_function_is_tried_at_places_enough():
    for problem in (cases.rate, cases.current):
        assert len(set(problem._calls)) >= 8
        for (low, high), column in zip(
            problem.inputs.values(), np.transpose(problem._calls), strict=True
        ):
            assert low <= min(column) < low + (high - low) / 3
            assert high - (high - low) / 3 < max(column) <= high


class Rate:
    def __call__(self, v):
        return cases.right(v)

    def of(self, v):
        return cases.right(v)

    @classmethod
    def of_class(cls, v):
        return cases.right(v)

    @staticmethod
    def static(v):
        return cases.right(v)


def gathered(*v):
    return cases.right(*v)


def by_name(**kw):
    return cases.right(kw["v"])


def keyword_only(*, v):
    return cases.right(v)


def with_default(v=-65.0, scale=1.0):
    return scale * cases.right(v)


def everything(*args, **kw):
    return cases.right(*args, **kw)


def two_names(g, *, v):
    return g * (v + 54.4)


def lacks_one(*v, celsius):
    return cases.right(*v)


def other_name(*, u):
    return cases.right(u)


@pytest.mark.parametrize("platform", ["linux", "emscripten"])
@pytest.mark.parametrize(
    ("problem", "function", "code"),
    [
        (cases.rate, gathered, "correct"),
        (cases.rate, by_name, "correct"),
        (cases.rate, keyword_only, "correct"),
        (cases.rate, with_default, "correct"),
        (cases.rate, everything, "correct"),
        (cases.rate, Rate(), "correct"),
        (cases.rate, Rate().of, "correct"),
        (cases.rate, Rate.of_class, "correct"),
        (cases.rate, Rate.static, "correct"),
        (cases.rate, lambda *v: cases.right(v[0]), "correct"),
        (cases.rate, partial(with_default, scale=1.0), "correct"),
        (cases.rate, partial(lambda scale, v: scale * cases.right(v), 1.0), "correct"),
        (cases.rate, partial(with_default, v=-65.0), "correct"),
        (cases.rate, lru_cache(lambda v: cases.right(v)), "incorrect.scalar-only"),
        (cases.rate, lacks_one, "invalid.signature"),
        (cases.rate, other_name, "invalid.signature"),
        (cases.rate, Rate.of, "invalid.signature"),
        (cases.rate, lambda: 1.0, "invalid.signature"),
        (cases.rate, Rate, "invalid.signature"),
        (cases.rate, np.exp, "incorrect.values"),
        (cases.rate, lambda *v: v, "invalid.comma"),
        (cases.rate, "lambda v: v", "invalid.not-a-function"),
        (cases.current, two_names, "correct"),
        (cases.current, lambda **kw: kw["g"] * (kw["v"] + 54.4), "correct"),
        (cases.current, lambda *a: a[0] * (a[1] + 54.4), "correct"),
        (cases.current, lambda v, g: g * (v + 54.4), "incorrect.values"),
        (cases.current, lambda g, *, u: g, "invalid.signature"),
    ],
)
def test_ways_to_take_the_arguments(problem, function, code, platform, monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", platform)
    assert problem.judge(function).code == code


def test_named_voltage_of_a_removable_singularity():
    assert "`v` = -55" in cases.rate.judge(cases.with_hole).message


def test_printing_is_cut():
    note = cases.rate.judge(cases.chatters).note
    assert "v is now" in note
    assert len(note) < 300


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_thread_for_machines_that_cannot_fork(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", "win32")
    for function, code in (
        (cases.right, "correct"),
        (cases.raises, "invalid.raised"),
        (cases.asks, "invalid.input"),
        (cases.leaves, "invalid.exit"),
        (cases.for_ever, "invalid.time"),
    ):
        assert cases.rate.judge(function).code == code
    with pytest.raises(sandbox.Crashed):
        sandbox.run(lambda: 1 / 0, 1)


IN_PLACE = [
    (problem, text, code)
    for problem, text, code in cases.CASES
    if isinstance(problem, practice.Function)
    # From these the page is safe by itself.
    and text not in ("for_ever", "kills_itself", "eats_memory", "writes_past_python")
]


@pytest.mark.parametrize(("problem", "text", "code"), IN_PLACE)
def test_browser_runs_in_place(problem, text, code, monkeypatch, capfd):
    monkeypatch.setattr(sandbox.sys, "platform", "emscripten")
    assert problem.judge(cases.answer_of(text)).code == code
    assert capfd.readouterr() == ("", "")


def test_browser_keeps_what_is_printed(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", "emscripten")
    monkeypatch.setattr(builtins, "input", asking := lambda: "7")

    def work():
        print("ab", end="c")
        sys.stderr.write("d" * 150)
        print("e" * 150)

    assert sandbox.run(work, 1) == (None, "abc" + "d" * 150 + "e" * 47)
    assert builtins.input is asking


def next_pipe():
    """Return the number of the end that the sandbox's child is going to write in."""
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)
    return writing


@pytest.mark.parametrize("forged", [b"null", b"[1, 2]", b'[[], ""]', b"x" * (2 << 20)])
def test_what_a_function_writes_in_the_pipe_is_no_result(forged):
    writing = next_pipe()

    def work():
        os.write(writing, forged)
        os._exit(0)

    with pytest.raises(sandbox.Crashed):
        sandbox.run(work, 5)
    with pytest.raises(sandbox.Crashed):
        sandbox.run(lambda: os.write(writing, forged), 5)


def test_results_that_cannot_be_told_apart_or_held():
    for work in (lambda: os.fork() * 0, lambda: "x" * (2 << 20)):
        with pytest.raises(sandbox.Crashed):
            sandbox.run(work, 5)


def test_sandbox_stops_in_time_and_closes_its_pipe():
    before = psutil.Process().num_fds()
    with pytest.raises(sandbox.Stopped):
        sandbox.run(lambda: time.sleep(1), 0.2)
    assert sandbox.run(lambda: 3, 5) == (3, "")
    assert psutil.Process().num_fds() == before


def test_process_that_a_function_starts_ends_with_it():
    writing = next_pipe()

    def work():
        started = os.fork()
        if not started:
            os.close(writing)
            time.sleep(60)
            os._exit(0)
        return started

    started, _ = sandbox.run(work, 5)
    end = time.monotonic() + 5
    while psutil.pid_exists(started) and psutil.Process(started).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_no_process_is_left_behind():
    # Others' children may stand about: those of the tests that computed in parallel before.
    before = set(psutil.Process().children(recursive=True))
    cases.rate.judge(cases.for_ever)
    assert set(psutil.Process().children(recursive=True)) <= before


def test_nbgrader_loses_points_only_by_an_error(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert check("ghk-rest", -66.57).correct
    for answer in (66.57, ..., None, float("nan")):
        with pytest.raises(practice.NotSolved) as error:
            check("ghk-rest", answer)
        assert error.value._render_traceback_() == [str(error.value)]
        assert str(error.value) == repr(problems()["ghk-rest"][0].judge(answer))
    assert practice.progress.events() == []


def scalar(answer, tolerance=None, mistakes=(1.0, 2.0, 3.0), **fields):
    fields = {"unit": "mV", "tolerance": tolerance or Tolerance(absolute=0.1)} | fields
    known = tuple(cases.Slip(f"m{i}", value) for i, value in enumerate(mistakes))
    fields = cases.common("test", "x", **{"mistakes": known} | fields)
    return cases.problem(Numeric, **fields, answer=answer)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"answer": 1.05}, r"cannot be told apart within 0\.1 mV$"),
        ({"answer": 9.0, "mistakes": (1.0, 1.15, 5.0)}, "m0 .* and m1 .* cannot be told apart"),
        ({"answer": 0.05, "mistakes": (3.0, 5.0, 7.0)}, "accepts 0"),
        ({"answer": 0.0, "tolerance": Tolerance(relative=0.1)}, "relative tolerance"),
        ({"answer": math.nan}, "not finite"),
        ({"answer": 9.0, "mistakes": (1.0, 2.0, math.inf)}, "not finite"),
    ],
)
def test_author_is_told_of_answers_that_look_alike(fields, words):
    with pytest.raises(ValueError, match=words):
        scalar(**fields).variant()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"mistakes": (cases.Slip("a", 1),) * 2}, "three known mistakes"),
        ({"mistakes": (cases.Slip("a", 1),) * 3}, "same code"),
        ({"hints": ("one",)}, "three hints"),
        ({"level": "hard"}, "level"),
        ({"id": "Not An Id"}, "id like"),
        ({"name": "2x"}, "variable"),
        ({"draw": print}, "needs a figure and alt, or neither"),
        ({"alt": "A line."}, "needs a figure and alt, or neither"),
    ],
)
def test_author_is_told_what_a_problem_lacks(fields, words):
    with pytest.raises(ValueError, match=words):
        cases.problem(
            Numeric,
            **cases.common("t", "x", unit="mV", tolerance=Tolerance(0.1))
            | {"answer": 9.0, "mistakes": tuple(cases.Slip(c, i) for i, c in enumerate("abc"))}
            | fields,
        )


@pytest.mark.parametrize(
    "margins", [(0, 0), (-1, 0), (0, 1), (0, -1), (math.nan, 0), (math.inf, 0)]
)
def test_tolerances_that_mean_nothing(margins):
    with pytest.raises(ValueError, match="tolerance"):
        Tolerance(*margins)


def test_tolerance_is_the_larger_margin():
    assert Tolerance(relative=0.5).margin(-8.0) == 4
    assert Tolerance(1.0, 0.5).margin(np.array([1.0, -8.0])) == 4
    assert Tolerance(1.0, 0.5).margin(1.0) == 1


def test_words_of_one_variant():
    def words(name):
        return f"{name} {{x:g}}"

    def draw(axes, p):
        axes.plot([0, p.x], [0, 1])
        axes.set_title(f"up to {p.x:g}")

    x = Vary(1, 2, 9, 1)
    known = [
        cases.Slip(f"m{i}", lambda p, i=i: p.x + i, words(f"wrong {i}"), words(f"ask {i}"))
        for i in (10, 20, 30)
    ]
    problem = cases.problem(
        Numeric,
        **cases.common("t", "x", unit="mV", tolerance=Tolerance(0.1), parameters={"x": x, "y": 3.0})
        | {"ask": words("ask"), "hints": tuple(words(f"hint {i}") for i in (1, 2, 3))}
        | {"solution": words("so"), "draw": draw, "alt": words("alt")},
        answer=lambda p: p.x,
        mistakes=tuple(known),
    )
    seed = next(seed for seed in range(9) if problem.variant(seed).p.x > 2)
    assert problem.grid() == {"x": [2, 3, 4, 5, 6, 7, 8, 9], "y": [3.0]}
    for n, who in ((1, None), (problem.variant(seed).p.x, seed)):
        assert problem.prompt(who).startswith(f"ask {n:g}\n\n**Answer:**")
        assert [problem.hint(i, who) for i in (1, 2, 3)] == [f"hint {i} {n:g}" for i in (1, 2, 3)]
        assert problem.worked(who) == f"so {n:g}"
        svg, alt = problem.figure(who)
        assert alt == f"alt {n:g}"
        assert svg.lstrip().startswith(("<?xml", "<svg"))
        assert f"up to {n:g}" in svg
        assert problem.judge(n + 10, who).message == f"wrong 10 {n:g} ask 10 {n:g}"
    assert problem.write_out({"x": 5.0, "y": 3.0}) == [
        *("ask 5", "hint 1 5", "hint 2 5", "hint 3 5", "so 5", "alt 5"),
        *("wrong 10 5", "ask 10 5", "wrong 20 5", "ask 20 5", "wrong 30 5", "ask 30 5"),
    ]
    assert cases.potassium.figure() is None


@pytest.mark.parametrize(
    ("problem", "same", "words"),
    [
        (cases.trace, lambda p: -10 * np.exp(-cases.TIMES / 2), "within 1 %"),
        (GRID, [[1, 2], [3, 4]], "within 0.1 mV"),
        (cases.rate, lambda p: cases.alpha_n, "within 0.0001 1/ms"),
        (cases.nernst_line, cases.nernst_line.numbers.values["answer"], "within 0.5 mV"),
        (cases.decays, lambda p: {"slow": lambda t: math.exp(-t / 4)}, "within 0.01"),
        (cases.pair, lambda p: {"e_k": cases.e_k(p)}, "within 1 %"),
    ],
)
def test_every_kind_refuses_look_alikes(problem, same, words):
    known = (*cases.slips(problem)[:2], cases.Slip("same", same))
    with pytest.raises(ValueError, match=r"the answer \((.|\n)*\) and same \(") as error:
        cases.changed(problem, mistakes=known).variant()
    assert str(error.value).endswith(f"told apart {words}")


def test_curves_that_look_alike():
    twice = {"one": math.exp, "two": math.exp}
    with pytest.raises(ValueError, match=r"the answer \((.|\n)*\) and the curve two \("):
        cases.changed(cases.decays, answer=lambda p: twice).variant()


def test_mistakes_of_parts_that_there_are_not():
    known = (*cases.slips(cases.pair)[:2], cases.Slip("other", {"ek": 3.0}))
    with pytest.raises(ValueError, match=r"'pair' has no parts \['ek'\]"):
        cases.changed(cases.pair, mistakes=known).variant()


def test_choices_that_look_alike():
    fields = {"options": ("x", "y"), "reasons": ("1", "2"), "answer": ("a", 1)}
    known = (("a", None), ("b", 1), ("b", 2))
    known = tuple(cases.Slip(f"m{i}", value) for i, value in enumerate(known))
    problem = cases.problem(practice.Choice, **cases.common("c", "c", **fields, mistakes=known))
    with pytest.raises(
        ValueError, match=r"the answer \('a', 1\) and m0 \('a', None\) fit the same"
    ):
        problem.variant()


def test_variants_come_back():
    x = Vary(1, 0, 99, 1)
    one = scalar(lambda p: 1000.0 + p.x, parameters={"x": x})
    drawn = [one.variant(seed).p.x for seed in (*range(9), "Ada")]
    assert drawn == [replace(one).variant(seed).p.x for seed in (*range(9), "Ada")]
    assert drawn != [replace(one, id="other").variant(seed).p.x for seed in (*range(9), "Ada")]
    assert len(set(drawn)) > 5


def test_variants_keep_clear_of_look_alikes():
    x = Vary(1, 0.5, 5, 0.5)
    problem = scalar(lambda p: p.x, mistakes=(0.5, 7.0, 8.0), parameters={"x": x})
    drawn = {problem.variant(seed).p.x for seed in range(100)}
    assert drawn == {1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5}
    assert problem.variant().p.x == 1
    hopeless = scalar(lambda p: p.x, mistakes=(5.0, 7, 8), parameters={"x": Vary(5, 5, 5, 1)})
    with pytest.raises(ValueError, match=r"seed 1.*told apart"):
        hopeless.variant(1)


def test_import_is_light():
    code = (
        "import sys, neurocore.practice as p; p.check('ghk-rest', 1); "
        "heavy = {'scipy', 'matplotlib', 'IPython', 'anywidget', 'pint', 'subprocess'}; "
        "print(heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("set()", "")


def test_mistake_words_may_depend_on_the_parameters():
    known = (*(cases.Slip(c, v) for c, v in zip("ab", (5, 7), strict=True)),)
    told = cases.Slip("told", 8, "You used {t:g} °C.", "Sure?")
    problem = cases.problem(
        Numeric,
        **cases.common("t", "x", unit="mV", tolerance=Tolerance(0.1), parameters={"t": 37.0}),
        answer=1.0,
        mistakes=(*known, told),
    )
    assert problem.judge(8).message == "You used 37 °C. Sure?"
    assert isinstance(problem.variant().p, SimpleNamespace)


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        (cases.pair, (2 * cases.K, 26.73)),
        (cases.trace, -10 * np.exp(cases.TIMES / 2)),
        (cases.rate, lambda v: cases.right(np.asarray(v) + 65)),
        (cases.chosen, "a1"),
        (cases.nernst_line, cases.drawn((cases.K_OUT, np.full(30, cases.K)))),
        (cases.nernst_line, cases.drawn((cases.K_OUT[:20], np.full(20, cases.K)))),
    ],
)
def test_words_of_each_kind_may_depend_on_the_parameters(problem, answer):
    *others, last = cases.slips(problem)
    told = last._replace(code="told", message="{t:g} °C.", question="{t}?")
    problem = cases.changed(problem, mistakes=(*others, told), parameters=cases.CELL | {"t": 37.0})
    reply = problem.judge(answer)
    assert reply.code == "mistake.told"
    assert "37 °C. 37.0?" in reply.message


def test_prompts_state_name_unit_and_rule():
    assert cases.potassium.prompt() == "?\n\n**Answer:** `e_k`, in mV, within 0.05 mV."
    assert cases.pair.prompt().endswith(
        "`both = (e_k, rt_f)`, each in mV, within 1 % (three digits)."
    )
    assert cases.trace.prompt().endswith(
        "`v`, an array of shape (6,), in mV, within 1 % of the largest value."
    )
    assert "a function `ohm" not in cases.current.prompt()
    assert "a function `current(g, v)` that returns its value in µA/cm²" in cases.current.prompt()
    assert "`g` from 0.1 to 2 and `v` from −80 to 20." in cases.current.prompt()
    assert "single numbers and arrays" in cases.rate.prompt()
    assert cases.chosen.prompt().startswith(
        "?\n\n- **a** in\n- **b** out\n- **c** neither\n\nbecause\n\n- **1** force"
    )
    assert cases.nernst_line.prompt().endswith(
        "`ax`, the axes that you draw in: `import matplotlib.pyplot as plt`, then "
        "`figure, ax = plt.subplots()`.\nDraw the curve from 2 to 50 mM, within 0.5 mV.\n"
        "The x axis is K⁺ outside in mM, logarithmic; the y axis is $E_\\mathrm{K}$ in mV.\n"
        "Label both, with their units."
    )
    assert "Draw the curves fast, slow from 0 to 5 ms, within 0.01." in cases.decays.prompt()
    assert "`alpha_n(v)` that returns its value in 1/ms, within 0.0001 1/ms." in cases.rate.prompt()
    assert GRID.prompt().endswith("`x`, an array of shape (2, 2), in mV, within 0.1 mV.")
    assert "\n\n- **1** force\n- **2** gradient\n- **3** pump\n\n**Answer:" in cases.chosen.prompt()
    bare = replace(cases.decays, x=Axis("ratio", ""))
    assert "from 0 to 5, within 0.01." in bare.prompt()
    assert "time in ms; the y axis is open fraction.\n" in cases.decays.prompt()
    assert (
        "*Answer:** a function `alpha_n(v)` that returns its value in 1/ms" in cases.rate.prompt()
    )
    bare = replace(cases.rate, unit="", tolerance=Tolerance(relative=0.1))
    assert "that returns a pure number, within 10 % of the largest value." in bare.prompt()
    assert bare.prompt().endswith("`v` from −100 to 50, single numbers and arrays.")
    halves = replace(cases.pair, unit={"e_k": "V", "rt_f": "mV"})
    assert halves.prompt().endswith(
        "`both = (e_k, rt_f)`, `e_k` in V, `rt_f` in mV; each within 1 % (three digits)."
    )
    rules = {"fraction": Tolerance(0.1, 0.02), "time": Tolerance(0.5)}
    several = {"unit": {"fraction": "", "time": "ms"}, "answer": {"fraction": 1.0, "time": 9.0}}
    mixed = cases.problem(
        Numeric,
        **cases.common("mixed", "x", tolerance=rules, **several),
        mistakes=tuple(cases.Slip(f"m{i}", {"time": 20.0 * i}) for i in (1, 2, 3)),
    )
    assert mixed.prompt().endswith(
        "`x = (fraction, time)`, `fraction` a pure number, within 0.1 or 2 %; "
        "`time` in ms, within 0.5 ms."
    )
    assert mixed.judge((1.09, 9.4)).correct
    assert mixed.judge((1.11, 9.4)).message.startswith("`fraction`: ")
    assert "Right already: `time`" in mixed.judge((1.11, 9.4)).message
    assert "that a pure number can" in mixed.judge("9 mV").message
    three = cases.changed(
        mixed,
        unit={"a": "mV", "b": "mV", "c": "s"},
        tolerance=Tolerance(0.1),
        answer={"a": 5.0, "b": -5.0, "c": 1.0},
        mistakes=tuple(cases.Slip(f"m{i}", {"c": 20.0 * i}) for i in (1, 2, 3)),
    )
    assert three.judge((-5.0, 5.0, 1.0)).code == "near.order"
    assert three.judge((5.0, -5.0, 9.0)).message.endswith("Right already: `a`, `b`.")
    assert "missing: `a`, `b`. The" in three.judge({"c": 1.0}).message


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([1, 2], "a list"),
        ((1, 2), "a tuple"),
        ({1: 2}, "a dictionary"),
        ({1}, "a set"),
        ("", "text"),
        (np.zeros(2), "an array"),
        (True, "a truth value"),
        (np.float32(1), "a number"),
        (1j, "a number"),
        pytest.param(cases.Chameleon(), "an object of type Chameleon", id="chameleon"),
        (type("<b>" * 30, (), {})(), "an object of type " + "?b?" * 13 + "?"),
    ],
)
def test_words_for_what_was_handed_in(value, words):
    assert kind_of(value) == words


def test_record_tells_answers_apart():
    answers = [
        1.0,
        2,
        "b1",
        "-5 mV",
        (1, 2),
        [1, 3],
        {"a": 1},
        np.arange(3),
        np.arange(4),
        object(),
    ]
    answers += [cases.right, cases.strange, lambda v: v + 1, lambda v: v + 2, lambda v: np.cos(v)]
    texts = [brief(answer) for answer in answers]
    assert len(set(texts)) == len(texts)
    assert texts == [brief(answer) for answer in answers]
    assert texts[:6] == ["1", "2", "b1", "-5 mV", "(1, 2)", "(1, 3)"]
    assert all(len(text) < 100 for text in texts)
    assert brief("x" * 1000) == "x" * 80
    assert brief({"a": 1}) == "((a, 1))"
    assert brief(np.complex64(1)) == "a number"
    assert brief([[[[1]]]]) == "(((a list)))"
    assert brief(list(range(10))) == "(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)"
    assert brief(list(range(11))) == "a list"
    assert brief(dict.fromkeys(range(10))).count("NoneType") == 10
    assert brief(dict.fromkeys(range(11))) == "a dictionary"
    assert re.fullmatch(r"array \(3,\) [0-9a-f]{12}", brief(np.arange(3)))
    assert re.fullmatch(r"function [0-9a-f]{12}", brief(lambda: "\ud800"))


def test_record_of_answers_that_hold_themselves():
    itself = {}
    itself["e_k"] = [itself]
    assert brief(itself) == "((e_k, (a dictionary)))"
    itself["e_k"] = itself
    assert brief(itself) == "((e_k, (a tuple)))"
    both = []
    both.append((both,))
    assert brief(both) == "(((a tuple)))"


@pytest.mark.parametrize(
    ("problem", "wrong"),
    [
        (cases.trace, lambda x: x * 37 / 310.15),
        (cases.current, lambda f: lambda g, v: f(g, v) * 37 / 310.15),
    ],
)
def test_kelvin_in_every_kind(problem, wrong):
    warm = replace(problem, parameters={"celsius": 37.0})
    right = problem.numbers(None)["answer"]
    assert warm.judge(right).correct
    assert warm.judge(wrong(right)).code == "near.kelvin"


@pytest.mark.parametrize("power", [1, 2, 3, 4, 5, 6, 9, 12])
@pytest.mark.parametrize("sign", [1, -1])
def test_powers_of_ten(power, sign):
    reply = scalar(7.0, unit="").judge(7 * 10.0 ** (sign * power))
    assert reply.code == "near.power"
    words = f"{10.0 ** (sign * power):g}" if power < 4 else f"10^{sign * power}"
    assert f"by a factor of {words}." in reply.message
    assert scalar(7.0, unit="").judge(7e7).code == "incorrect"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (14.0, "near.log"),
        (11.5, "incorrect"),  # a quarter of log10 for ln would be 10.4 to 17.3
        (0.59, "near.power"),
        (0.7, "incorrect"),
        (0.17, "near.reciprocal"),
        (0.14, "incorrect"),
        (-7.2, "near.sign"),
        (0.0072, "near.unit"),
    ],
)
def test_wide_tolerance_takes_no_stray_number_for_a_near_miss(value, code):
    rate = scalar(6.0, Tolerance(relative=0.25), mistakes=(300.0, 600.0, 2000.0), unit="Hz")
    assert rate.judge(value).code == code


@pytest.mark.parametrize(
    ("reference", "value", "code"),
    [
        (123_456_789.0, 123_000_000.0, "near.digits"),
        (123_456_789.0, 123_500_000, "near.digits"),
        (123_456_789.0, 124_000_000.0, "incorrect"),
        (1.23456e-12, 1.23e-12, "near.digits"),
        (1.23456e-12, 1.2e-12, "incorrect"),  # by more than 2 %
        (9.8, 10, "incorrect"),
        (9.81, 10, "near.digits"),
    ],
)
def test_rounded_too_far(reference, value, code):
    tolerance = Tolerance(relative=1e-4)
    problem = scalar(reference, tolerance, tuple(reference * x for x in (3.5, 4.5, 5.5)), unit="")
    assert problem.judge(value).code == code


def test_degrees_and_radians():
    turned = scalar(60.0, unit="°", mistakes=(10.0, 20.0, 30.0))
    assert turned.judge(math.pi / 3).code == "near.degrees"
    assert scalar(60.0, mistakes=(10.0, 20.0, 30.0)).judge(math.pi / 3).code == "incorrect"
    for unit in ("deg", "rad"):
        half = scalar(math.pi, Tolerance(1e-3), mistakes=(10.0, 20.0, 30.0), unit=unit)
        assert half.judge(180).code == "near.degrees"


def line(kept):
    return cases.drawn((cases.K_OUT[kept], cases.E_K[kept]))


def bent(at):
    return cases.drawn((cases.K_OUT, np.where(np.arange(30) < at, cases.E_K, 0)))


REPLIES = [
    (cases.potassium, -0.089058, "right in V. How many mV"),
    (cases.potassium, -89058, "right in µV."),
    (cases.potassium, -8.906, "a factor of 0.1."),
    (cases.potassium, -8905.8, "a factor of 100."),
    (cases.potassium, -8.9058e-3, "a factor of 10^-4."),
    (cases.potassium, -8.9058e6, "a factor of 10^5."),
    (cases.potassium, "5 ms", "`ms` is not a unit that mV can"),
    (cases.potassium, -10.62, "37 °C in kelvin"),
    (cases.trace, -10 * np.exp(-cases.TIMES / 3), "5 of 6 values are not right yet"),
    (cases.trace, -10 * np.exp(-cases.TIMES / 3), "at index 1."),
    (cases.trace, np.zeros(3), "has the shape (3,); an array of shape (6,) is wanted"),
    (cases.trace, [0, 1, math.nan, 3, 4, 5], "NaN"),
    (cases.trace, np.array([0, 1, math.nan, 3, 4, 5]), "`v[2]` is NaN"),
    (cases.angle, "60 mV", "a unit that rad can"),
    (cases.pair, (1, 2, 3), "holds 3 values; wanted are e_k, rt_f"),
    (cases.pair, (1,), "holds 1 value;"),
    (cases.pair, -89.06, "`both` holds one value; wanted are e_k, rt_f"),
    (cases.pair, {"x": 1}, "`both` holds a dictionary with other names; wanted are e_k, rt_f"),
    (cases.pair, (26.73, -89.06), "asked for: `e_k`, `rt_f`?"),
    (cases.pair, {"e_k": 1.0}, "still missing: `rt_f`. The"),
    (cases.pair, "x", "`both` is text"),
    (cases.pair, "-89.06 ms", "mV can be worked out"),
    (cases.pair, (..., None), "`both` still holds"),
    (cases.pair, (-50.0, 26.73), "`e_k`: This is neither"),
    (cases.pair, (math.nan, 26.73), "`e_k` is NaN"),
    (cases.potassium, math.nan, "`e_k` is NaN"),
    (cases.potassium, -89, "What is it to within 0.05 mV?"),
    (GRID, [[1, 2], [3]], "`x` is a ragged list"),
    (GRID, np.array([[1, math.nan], [3, 4]]), "`x[0, 1]` is NaN"),
    (cases.potassium, np.array([1.0]), "`e_k` has the shape (1,); one number is wanted"),
    (cases.potassium, np.array(None), "`e_k` is None"),
    (cases.potassium, ITSELF, "`e_k` is an array; a number is wanted"),
    (cases.potassium, object(), "`e_k` is an object of type object; a number is wanted"),
    (cases.trace, [], "`v` is empty"),
    (cases.trace, object(), "`v` is an object of type object; an array of shape (6,) is wanted"),
    (cases.trace, 1.0, "`v` has the shape of one number; an array"),
    (cases.trace, Unreadable(-89.06, "mV"), "`v` is a quantity that cannot be read; a number"),
    (cases.potassium, Unreadable(-89.06, "mV"), "`e_k` is a quantity that cannot be read"),
    (cases.rate, cases.raises, "For `v` = -48.2 your function stopped with `KeyError: 'beta'`, at"),
    (cases.rate, cases.asks, "For `v` = -48.2 your function waited"),
    (cases.current, lambda g, v: g * v * v, f" and `v` = {cases.current._calls[0][1]:g} the value"),
    (cases.rate, cases.strange, "For `v` = -48.2 the value is not right"),
    (cases.rate, lambda v: 1 / 0 if v == -55 else v, "For `v` = -55 your function stopped"),
    (cases.rate, cases.leaves, "For `v` = -48.2 your function tried"),
    (GRID, [[1, 2], 3], "`x` is a ragged list"),
    (GRID, [1, 2], "has the shape (2,); an array of shape (2, 2)"),
    (
        GRID,
        ["x", 1],
        '`x` is text. Drop the quotes, or write one number with its unit, as in "12.5 mV"',
    ),
    (GRID, [[1, "x"], [3, 4]], 'as in "12.5 mV"'),
    (GRID, [["0.001 V", 2], [3, 4]], "is right"),
    (GRID, [1, None], "`x` is None"),
    (GRID, [np.ones(2), [3, math.inf]], "`x` is not finite"),
    (
        GRID,
        [[1, 9], [3, 9]],
        "2 of 4 values are not right yet, the first of them at index 0, 1.",
    ),
    (cases.trace, -0.01 * np.exp(-cases.TIMES / 2), "right in V. How many mV"),
    (cases.current, cases.reads_notebook, "Changing `g` changes nothing"),
    (cases.current, lambda g, v: 54.4 * g, "Changing `v` changes nothing"),
    (cases.rate, lambda v: [1, 2], "`alpha_n(…)` is a list"),
    (cases.rate, lambda v: math.inf, "returns inf"),
    (cases.rate, lambda v: math.nan, "returns nan"),
    (cases.rate, 1.0, "`alpha_n` is a number"),
    (cases.rate, cases.not_begun, "`alpha_n(…)` returns nothing"),
    (cases.rate, cases.two_arguments, "`alpha_n(v)`"),
    (cases.current, lambda g: g, "`current(g, v)`"),
    (cases.current, lambda g, v: g * v * v, "For `g` = "),
    (cases.chosen, 3, "`a number` is not among the answers. Give a letter and a number, such"),
    (cases.chosen, ("b", object()), "`a tuple` is not among"),
    (cases.chosen, "<b>z</b>", "`?b?z??b?` is not among"),
    (cases.chosen, "z" * 50, "`" + "z" * 20 + "` is not among"),
    (cases.chosen, "z9", 'such as "a1"'),
    (cases.chosen, "b", 'as in "b1"'),
    (cases.rate, cases.for_ever, "after 1 s"),
    (cases.nernst_line, cases.E_K, "`ax` is an array. Hand"),
    (cases.nernst_line, cases.unreadable(), "`ax` is a drawing that cannot be read. Hand"),
    (cases.nernst_line, cases.several_axes(), "`ax` is a figure with 2 pairs"),
    (cases.nernst_line, cases.drawn(), "drawn in `ax` yet"),
    (cases.nernst_line, cases.drawn((cases.K_OUT, cases.E_K), y=""), "The y axis has no label"),
    (cases.nernst_line, line(slice(20)), "The curve is right as far as it goes."),
    (cases.nernst_line, line(slice(20)), "from 2 mM to 50 mM."),
    (cases.nernst_line, line([0, 9, 29]), "The curve has the right points"),
    (
        cases.nernst_line,
        cases.drawn((cases.K_OUT, cases.E_K + 3)),
        "at 2 mM it is at -110.5 mV",
    ),
    (cases.nernst_line, bent(12), f"at {cases.K_OUT[12]:.4g} mM it is at 0 mV"),
    (cases.nernst_line, bent(29), "at 50 mM it is at 0 mV"),
    (cases.nernst_line, cases.drawn(([60, 70, 80], [1, 2, 3])), "at 60 mM it is at 1 mV"),
    (cases.nernst_line, cases.drawn((cases.K_OUT, cases.E_K), x=""), "The x axis has no label"),
    (cases.nernst_line, cases.drawn((cases.K_OUT, cases.E_K), y="E"), "as in `E_K (mV)`"),
    (
        cases.nernst_line,
        cases.drawn((cases.K_OUT, cases.E_K), scale="linear"),
        "The x axis is linear; log was asked for.",
    ),
    (cases.decays, cases.decay(np.exp(-cases.T)), "not drawn yet: slow."),
    (
        cases.decays,
        cases.decay(np.exp(-cases.T) + 0.1, np.exp(-cases.T / 4)),
        "The curve fast is not right yet: at 0 ms it is at 1.1.",
    ),
    (cases.nernst_line, type(cases.drawn().figure)(), "drawn in `ax` yet"),
    (cases.potassium, pint.Quantity(-89.06, ""), "`a pure number` is not a unit that mV can"),
]


@pytest.mark.parametrize(("problem", "answer", "words"), REPLIES)
def test_reply_names_what_it_is_about(problem, answer, words):
    assert words in problem.judge(answer).message


@pytest.mark.parametrize(
    ("problem", "answer", "words"),
    [
        case
        for case in REPLIES
        if isinstance(case[0], practice.Function) and case[1] is not cases.for_ever
    ],
)
def test_page_says_the_same(problem, answer, words, monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", "emscripten")
    assert words in problem.judge(answer).message


def test_pure_number_with_a_unit():
    assert "that a pure number can" in scalar(9.0, unit="").judge("9 mV").message
    assert scalar(9.0, unit="").judge("900 %").correct
    assert "right in plain fractions" in scalar(9.0, unit="%").judge(0.09).message


def test_the_contributors_guide_shows_every_outcome():
    guide = (Path(__file__).parents[1] / "book" / "contributing.md").read_text(encoding="utf-8")
    assert cases.table() in guide, "write the table anew: python tests/practice_cases.py"
