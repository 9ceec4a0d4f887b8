"""Every outcome code with an answer that leads to it: what the tests run, and the guide's table.

`python tests/practice_cases.py` prints the table in Markdown.
"""

import dataclasses
import math
import os
import time
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from neurocore import nernst, thermal_voltage
from neurocore.practice import Array, Axis, Choice, Function, Mistake, Numeric, Plot, Tolerance

CELL = {"k_out": 5.0, "k_in": 140.0, "celsius": 37.0}
HINTS = ("Look.", "Look closer.", "Here.")


def e_k(p, celsius=None, valence=1):
    return nernst(p.k_out, p.k_in, valence, p.celsius if celsius is None else celsius)


class Slip(NamedTuple):
    """A mistake, and what is handed in by who makes it, or a function of the parameters."""

    code: str
    value: object
    message: str = "A step went wrong."
    question: str = "Which?"


def problem(kind, *, answer, mistakes, **fields):
    """Return a problem whose answer and slips stand beside each other."""
    values = {"answer": answer} | {slip.code: slip.value for slip in mistakes}

    def numbers(p):
        return {name: value(p) if callable(value) else value for name, value in values.items()}

    numbers.values = values
    known = tuple(Mistake(slip.code, slip.message, slip.question) for slip in mistakes)
    return kind(numbers=numbers, mistakes=known, **fields)


def slips(problem):
    """Return the slips that a problem of this file was made with."""
    values = problem.numbers.values
    return tuple(Slip(m.code, values[m.code], m.message, m.question) for m in problem.mistakes)


def changed(old, **fields):
    """Return a problem with another answer, other slips or other fields."""
    own = {f.name: getattr(old, f.name) for f in dataclasses.fields(old)}
    del own["numbers"]
    own |= {"answer": old.numbers.values["answer"], "mistakes": slips(old)}
    return problem(type(old), **own | fields)


def common(id, name, **fields):
    given = {"title": id, "level": "basic", "ask": "?", "hints": HINTS, "solution": "So."}
    return {"id": id, "name": name} | given | fields


potassium = problem(
    Numeric,
    **common("e-k", "e_k", parameters=CELL, unit="mV", tolerance=Tolerance(absolute=0.05)),
    answer=e_k,
    mistakes=(
        Slip("room-temperature", lambda p: e_k(p, 20.0)),
        Slip("two-charges", lambda p: e_k(p, valence=2)),
        Slip("doubled", lambda p: 2 * e_k(p)),
    ),
)
pair = problem(
    Numeric,
    **common("pair", "both", parameters=CELL, tolerance=Tolerance(relative=0.01)),
    unit={"e_k": "mV", "rt_f": "mV"},
    answer=lambda p: {"e_k": e_k(p), "rt_f": thermal_voltage(p.celsius)},
    mistakes=(
        Slip("room-temperature", lambda p: {"rt_f": thermal_voltage(20)}),
        Slip("two-charges", lambda p: {"e_k": e_k(p, valence=2)}),
        Slip("doubled", lambda p: {"e_k": 2 * e_k(p)}),
    ),
)
TIMES = np.linspace(0, 5, 6)
trace = problem(
    Array,
    **common("decay", "v", unit="mV", tolerance=Tolerance(relative=0.01)),
    answer=lambda p: -10 * np.exp(-TIMES / 2),
    mistakes=(
        Slip("linear", lambda p: -10 + 2 * TIMES),
        Slip("flat", lambda p: np.full(6, -10.0)),
        Slip("growing", lambda p: -10 * np.exp(TIMES / 2)),
    ),
)


def alpha_n(v, scale=10.0):
    """The rate of Hodgkin and Huxley, 0/0 at -55 mV."""
    x = -(v + 55) / scale
    return 0.1 if x == 0 else 0.1 * x / math.expm1(x)


rate = problem(
    Function,
    **common("alpha-n", "alpha_n", unit="1/ms", tolerance=Tolerance(absolute=1e-4)),
    inputs={"v": (-100, 50)},
    special=((-55.0,),),
    seconds=1.0,
    answer=lambda p: alpha_n,
    mistakes=(
        Slip("steeper", lambda p: lambda v: alpha_n(v, 5.0)),
        Slip("mirrored", lambda p: lambda v: alpha_n(-110 - v)),
        Slip("shifted", lambda p: lambda v: alpha_n(v + 65)),
    ),
)
current = problem(
    Function,
    **common("ohm", "current", unit="µA/cm²", tolerance=Tolerance(absolute=1e-6)),
    inputs={"g": (0.1, 2), "v": (-80, 20)},
    vectorised=False,
    seconds=1.0,
    answer=lambda p: lambda g, v: g * (v + 54.4),
    mistakes=(
        Slip("no-reversal", lambda p: lambda g, v: g * v),
        Slip("divided", lambda p: lambda g, v: (v + 54.4) / g),
        Slip("minus", lambda p: lambda g, v: g * (v - 54.4)),
    ),
)
angle = problem(
    Numeric,
    **common("angle", "angle", unit="rad", tolerance=Tolerance(relative=0.01)),
    answer=math.pi / 3,
    mistakes=(Slip("a", 2.0), Slip("b", 3.0), Slip("c", 4.0)),
)
chosen = problem(
    Choice,
    **common(
        "flux", "flux", options=("in", "out", "neither"), reasons=("force", "gradient", "pump")
    ),
    answer=("b", 1),
    mistakes=(
        Slip("gradient-only", ("a", 2)),
        Slip("pump", (None, 3)),
        Slip("inward", ("a", 1)),
    ),
)
nernst_line = problem(
    Plot,
    **common("nernst-line", "ax", parameters=CELL, tolerance=Tolerance(absolute=0.5)),
    x=Axis("K⁺ outside", "mM", "log"),
    y=Axis("E_K", "mV"),
    low=2.0,
    high=50.0,
    answer=lambda p: lambda k_out: nernst(k_out, p.k_in, 1, p.celsius),
    mistakes=(
        Slip("room-temperature", lambda p: lambda k_out: nernst(k_out, p.k_in, 1, 20.0)),
        Slip("two-charges", lambda p: lambda k_out: nernst(k_out, p.k_in, 2, p.celsius)),
        Slip("flat", lambda p: lambda k_out: e_k(p)),
    ),
)
decays = problem(
    Plot,
    **common("decays", "ax", tolerance=Tolerance(absolute=0.01)),
    x=Axis("time", "ms"),
    y=Axis("open fraction", ""),
    low=0.0,
    high=5.0,
    answer=lambda p: {"fast": lambda t: math.exp(-t), "slow": lambda t: math.exp(-t / 4)},
    mistakes=(
        Slip("rising", lambda p: {"fast": lambda t: 1 - math.exp(-t)}),
        Slip("base-ten", lambda p: {"fast": lambda t: 10**-t}),
        Slip("straight", lambda p: {"slow": lambda t: 1 - t / 5}),
    ),
)
PROBLEMS = (potassium, pair, trace, rate, current, angle, chosen, nernst_line, decays)


# What a student might draw for `nernst_line`, and for `decays`.
K_OUT = np.geomspace(2, 50, 30)
E_K = nernst(K_OUT, 140.0, 1, 37.0)
T = np.linspace(0, 5, 100)


def drawn(
    *curves, x="K⁺ outside (mM)", y="E_K (mV)", scale="log", points=False, figure=False, level=None
):
    from matplotlib.figure import Figure

    whole = Figure()
    ax = whole.subplots()
    for curve in curves:
        (ax.scatter if points else ax.plot)(*curve)
    if level is not None:
        ax.axhline(level)
    ax.set(xlabel=x, ylabel=y, xscale=scale)
    return whole if figure else ax


def several_axes():
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots(2)
    return figure


def hidden(points=False):
    ax = drawn((K_OUT, E_K), points=points)
    (ax.collections if points else ax.get_lines())[0].set_visible(False)
    return ax


def unreadable():
    ax = drawn((K_OUT, E_K))
    ax.get_lines()[0].set_ydata([1, 2])
    return ax


# A point that is masked is not drawn.
MASKED = np.append(K_OUT, 10), np.ma.masked_equal(np.append(E_K, 0), 0)


def decay(*curves, x="time (ms)", y="open fraction"):
    return drawn(*((T, curve) for curve in curves), x=x, y=y, scale="linear")


def called(ax, *names):
    for line, name in zip(ax.get_lines(), names, strict=True):
        line.set_label(name)
    return ax


# Functions that a student might hand in for `rate`, and for `current`.
def right(v):
    x = -(np.asarray(v) + 55) / 10
    return np.where(x == 0, 0.1, 0.1 * x / np.where(x == 0, 1, np.expm1(x)))


def not_begun(v): ...


def scalar_only(v):
    return alpha_n(v)


def loop_scalar(v):
    return 0.1 if v == -55 else float(right(v))


def with_hole(v):
    x = -(v + 55) / 10
    return 0.1 * x / np.expm1(x)


def example_only(v):
    return 0.058


def changes_input(v):
    result = right(v)
    v *= 0.0 if isinstance(v, np.ndarray) else 1.0
    return result


def raises(v):
    rate = {"alpha": 0.1}
    return rate["beta"] * v


def two_arguments(v, celsius):
    return right(v)


def for_ever(v):
    while True:
        try:  # noqa: SIM105
            time.sleep(0.01)
        except:  # noqa: E722
            pass


def leaves(v):
    raise SystemExit


def asks(v):
    return float(input("v?"))


def chatters(v):
    print("v is now " * 200_000)
    return 2 * right(v)


def eats_memory(v):
    return np.empty(3 << 27).size  # 3 GB


def needs_memory(v):
    return right(v) if np.empty(1 << 27).size else 0  # 1 GB


def writes_past_python(v):
    os.write(1, b"out")
    os.write(2, b"err")
    return right(v)


def kills_itself(v):
    os._exit(3)


_state = []


def drifts(v):
    _state.append(v)
    return right(v) + len(_state)


NOTEBOOK_G = 0.3


def reads_notebook(g, v):
    return NOTEBOOK_G * (v + 54.4)


def strange(v):
    return np.sin(v)


class Liar(float):
    """A number that claims to be whatever it is compared with."""

    def __eq__(self, other):
        return True

    def __le__(self, other):
        return True

    __ge__ = __lt__ = __gt__ = __le__
    __hash__ = float.__hash__

    def __float__(self):
        return -89.06


class Chameleon:
    """An object that is equal to everything and says that it is a float."""

    __class__ = float

    def __eq__(self, other):
        return True

    def __float__(self):
        return -89.06

    __hash__ = None


K = -89.058

# (problem, answer as a student would write it, code); the first of a code stands in the table.
CASES = [
    (potassium, "-89.06", "correct"),
    (potassium, "89.06", "near.sign"),
    (potassium, "-0.08906", "near.unit"),
    (potassium, "-89058", "near.unit"),
    (potassium, "-8.906", "near.power"),
    (potassium, "-38.68", "near.log"),
    (potassium, "-10.62", "near.kelvin"),
    (potassium, "-84.18", "mistake.room-temperature"),
    (potassium, "-178.1", "mistake.doubled"),
    (potassium, "-44.53", "mistake.two-charges"),
    (potassium, "-89", "near.digits"),
    (potassium, "-89.1", "correct"),
    (potassium, "-90", "near.digits"),
    (potassium, "-205.06", "near.log"),
    (potassium, "1 / -89.058", "near.reciprocal"),
    (potassium, "-50", "incorrect"),
    (potassium, "-88.5", "incorrect"),
    (potassium, "0", "incorrect"),
    (potassium, "float('nan')", "invalid.nan"),
    (potassium, "Decimal('sNaN')", "invalid.nan"),
    (potassium, "float('inf')", "invalid.infinite"),
    (potassium, "-math.inf", "invalid.infinite"),
    (potassium, "10 ** 400", "invalid.infinite"),
    (potassium, "-89.06 + 0j", "invalid.complex"),
    (potassium, "np.complex128(-89.06)", "invalid.complex"),
    (potassium, "True", "invalid.truth-value"),
    (potassium, "np.bool_(True)", "invalid.truth-value"),
    (potassium, "None", "unanswered.none"),
    (potassium, "...", "unanswered.placeholder"),
    (potassium, "''", "unanswered.empty"),
    (potassium, "[]", "unanswered.empty"),
    (potassium, "np.array([])", "unanswered.empty"),
    (potassium, "'____'", "unanswered.blank"),
    (potassium, "'   '", "unanswered.empty"),
    (potassium, "'TODO'", "unanswered.blank"),
    (potassium, "'-89.06'", "invalid.text"),
    (potassium, "'-89.06×100 mV'", "invalid.text"),
    (potassium, "'RT/F*log(5/140)'", "invalid.formula"),
    (potassium, "'-8.906 × 10⁻² V'", "correct"),
    (potassium, "np.str_('-89.06 mV')", "correct"),
    (potassium, "'-89.06×10³ mV'", "near.prefix"),
    (potassium, "'about -89 mV'", "invalid.text"),
    (potassium, "'−89,06 mV'", "invalid.decimal"),
    (potassium, "'-89,06'", "invalid.decimal"),
    (potassium, "10**6 * '9'", "invalid.text"),
    (potassium, "'-89.06' + 10**6 * ' ' + 'mV'", "invalid.text"),
    (potassium, "'-89.06 mV'", "correct"),
    (potassium, "'-0.08906 V'", "correct"),
    (potassium, "'-.08906 V'", "correct"),
    (potassium, "'-8.906e1 mV'", "correct"),
    (potassium, "'-8906e−2 mV'", "correct"),
    (potassium, "'−89.06mV'", "correct"),
    (potassium, "'-89060 µV'", "correct"),
    (potassium, "'-89.06 V'", "near.prefix"),
    (potassium, "'-89.06 ms'", "invalid.unit"),
    (potassium, "'-89.06 bananas'", "invalid.unit"),
    (potassium, "np.float64(-89.06)", "correct"),
    (potassium, "np.float32(-89.06)", "correct"),
    (potassium, "np.array(-89.06)", "correct"),
    (potassium, "Decimal('-89.06')", "correct"),
    (potassium, "Fraction(-8906, 100)", "correct"),
    (potassium, "np.array([-89.06])", "invalid.shape"),
    (potassium, "(-89.06,)", "invalid.comma"),
    (potassium, "[-89.06]", "invalid.sequence"),
    (potassium, "lambda: -89.06", "invalid.function"),
    (potassium, "{-89.06: 1}", "invalid.sequence"),
    (potassium, "object()", "invalid.type"),
    (potassium, "Liar(-89.06)", "invalid.type"),
    (potassium, "Chameleon()", "invalid.type"),
    (potassium, "np.ma.masked_array(-89.06)", "invalid.type"),
    (potassium, "np.datetime64('2026-01-01')", "invalid.type"),
    (pair, "(-89.06, 26.73)", "correct"),
    (pair, "{'rt_f': 26.73, 'e_k': -89.06}", "correct"),
    (pair, "['-0.08906 V', 26.73]", "correct"),
    (pair, "np.array([-89.06, 26.73])", "correct"),
    (pair, "(-89.06, 25.26)", "mistake.room-temperature"),
    (pair, "(-89.06, -26.73)", "near.sign"),
    (pair, "(26.73, -89.06)", "near.order"),
    (pair, "(-89.06, 26.73, 0)", "invalid.parts"),
    (pair, "-89.06", "invalid.parts"),
    (pair, "{'ek': 1, 'rt': 2}", "invalid.parts"),
    (pair, "{1: 2, Chameleon: 3}", "invalid.parts"),
    (pair, "(-89.06, ...)", "invalid.missing"),
    (pair, "{'e_k': -89.06}", "invalid.missing"),
    (pair, "(..., ...)", "unanswered.placeholder"),
    (pair, "(-89.06, True)", "invalid.truth-value"),
    (trace, "-10 * np.exp(-TIMES / 2)", "correct"),
    (trace, "list(-10 * np.exp(-TIMES / 2))", "correct"),
    (trace, "10 * np.exp(-TIMES / 2)", "near.sign"),
    (trace, "-10 + 2 * TIMES", "mistake.linear"),
    (trace, "-10 * np.exp(-TIMES / 3)", "incorrect.elements"),
    (trace, "-10.0", "invalid.shape"),
    (trace, "-10 * np.exp(-TIMES / 2)[:, None]", "invalid.shape"),
    (trace, "-10 * np.exp(-TIMES / 2)[1:]", "invalid.shape"),
    (trace, "[[1, 2], [3]]", "invalid.sequence"),
    (trace, "TIMES > 2", "invalid.truth-value"),
    (trace, "TIMES + 0j", "invalid.complex"),
    (trace, "np.array(['a'] * 6)", "invalid.text"),
    (trace, "np.log(TIMES - 2)", "invalid.nan"),
    (trace, "np.array([1, 2, np.inf, 3, 4, 5])", "invalid.infinite"),
    (trace, "np.exp", "invalid.function"),
    (rate, "right", "correct"),
    (rate, "not_begun", "unanswered.function"),
    (rate, "right(-60.0)", "invalid.not-a-function"),
    (rate, "two_arguments", "invalid.signature"),
    (rate, "raises", "invalid.raised"),
    (rate, "for_ever", "invalid.time"),
    (rate, "leaves", "invalid.exit"),
    (rate, "asks", "invalid.input"),
    (rate, "kills_itself", "invalid.crashed"),
    (rate, "eats_memory", "invalid.raised"),
    (rate, "needs_memory", "correct"),
    (rate, "writes_past_python", "correct"),
    (rate, "chatters", "incorrect.values"),
    (rate, "strange", "incorrect.values"),
    (rate, "lambda v: np.where(np.asarray(v) < -40, 0.1, 1.0)", "incorrect.values"),
    (rate, "changes_input", "incorrect.changes-input"),
    (rate, "drifts", "incorrect.random"),
    (rate, "example_only", "incorrect.constant"),
    (rate, "scalar_only", "incorrect.scalar-only"),
    (rate, "loop_scalar", "incorrect.scalar-only"),
    (rate, "with_hole", "incorrect.not-finite"),
    (rate, "lambda v: -right(v)", "near.sign"),
    (rate, "lambda v: 1000 * right(v)", "near.power"),
    (rate, "np.vectorize(lambda v: alpha_n(v, 5.0))", "mistake.steeper"),
    (rate, "lambda v: 'fast'", "invalid.text"),
    (rate, "lambda v: [v]", "invalid.sequence"),
    (current, "reads_notebook", "incorrect.ignores"),
    (current, "lambda g, v: g * (v + 54.4)", "correct"),
    (current, "lambda g, v: f'{g * (v + 54.4) / 1000} mA/cm²'", "correct"),
    (current, "lambda g, v: '3 mV'", "invalid.unit"),
    (current, "lambda g, v: ...", "unanswered.function"),
    (current, "lambda g, v: 10**400", "incorrect.not-finite"),
    (current, "lambda g, v: g * v", "mistake.no-reversal"),
    (angle, "60", "near.degrees"),
    (chosen, "'b1'", "correct"),
    (chosen, "('B', 1)", "correct"),
    (chosen, "'b2'", "incorrect.reason"),
    (chosen, "'a2'", "mistake.gradient-only"),
    (chosen, "'b3'", "mistake.pump"),
    (chosen, "'b'", "invalid.reason"),
    (chosen, "'z9'", "invalid.option"),
    (chosen, "' B: 1 '", "correct"),
    (chosen, "['b', 1]", "correct"),
    (chosen, "'a3'", "mistake.pump"),
    (chosen, "'c1'", "incorrect.choice"),
    (chosen, "'c2'", "incorrect"),
    (chosen, "('b', -1)", "invalid.option"),
    (chosen, "'b0'", "invalid.option"),
    (chosen, "'b4'", "invalid.option"),
    (chosen, "('b', 11)", "invalid.option"),
    (chosen, "('b', 10**9 + 1)", "invalid.option"),
    (chosen, "('b', 1 - 10**9)", "invalid.option"),
    (chosen, "'b1' + 80 * ' ' + 'z'", "invalid.option"),
    (chosen, "'b' + 10**6 * ' ' + 'z'", "invalid.option"),
    (chosen, "('b1' + 9 * ' ' + 'z', 1)", "invalid.option"),
    (nernst_line, "drawn((K_OUT, E_K))", "correct"),
    (nernst_line, "drawn((K_OUT[::-1], E_K[::-1]), figure=True)", "correct"),
    (nernst_line, "(drawn((K_OUT, E_K)).figure, drawn((K_OUT, E_K)))", "correct"),
    (nernst_line, "drawn((K_OUT, E_K), points=True)", "correct"),
    (nernst_line, "drawn((K_OUT, E_K), (K_OUT, -E_K), level=0)", "correct"),
    (nernst_line, "drawn((K_OUT, E_K / 1000), y='$E_K$ / V')", "correct"),
    (nernst_line, r"drawn((K_OUT * 1e3, E_K), x=r'[K] in $\mathrm{\mu M}$')", "correct"),
    (nernst_line, "drawn((K_OUT, E_K), x='K, mmol/L')", "correct"),
    (nernst_line, "drawn((np.append(K_OUT, np.nan), np.append(E_K, 0)))", "correct"),
    (nernst_line, "drawn(MASKED)", "correct"),
    (nernst_line, "drawn(MASKED, points=True)", "correct"),
    (nernst_line, "drawn()", "unanswered.drawing"),
    (nernst_line, "hidden()", "unanswered.drawing"),
    (nernst_line, "hidden(points=True)", "unanswered.drawing"),
    (nernst_line, "drawn(level=-89)", "unanswered.drawing"),
    (nernst_line, "drawn((5, -89.06))", "unanswered.drawing"),
    (nernst_line, "type(drawn().figure)()", "unanswered.drawing"),
    (nernst_line, "E_K", "invalid.plot"),
    (nernst_line, "drawn", "invalid.plot"),
    (nernst_line, "unreadable()", "invalid.plot"),
    (nernst_line, "several_axes()", "invalid.axes"),
    (nernst_line, "drawn((K_OUT, -E_K))", "near.sign"),
    (nernst_line, "drawn((K_OUT, E_K / 1000))", "near.unit"),
    (nernst_line, "drawn((K_OUT, E_K), y='E_K (V)')", "near.unit"),
    (nernst_line, "drawn((K_OUT, nernst(K_OUT, 140.0, 2, 37.0)))", "mistake.two-charges"),
    (nernst_line, "drawn((E_K, K_OUT), scale='linear')", "near.axes"),
    (nernst_line, "drawn((K_OUT, E_K + 3))", "incorrect.curve"),
    (nernst_line, "drawn((['2', '5'], E_K[:2]), scale='linear')", "incorrect.curve"),
    (nernst_line, "drawn((K_OUT[:20], E_K[:20]))", "incorrect.range"),
    (
        nernst_line,
        "drawn((K_OUT, np.ma.masked_where(K_OUT > 20, E_K)), points=True)",
        "incorrect.range",
    ),
    (nernst_line, "drawn((K_OUT[:2], E_K[:2]))", "incorrect.coarse"),
    (nernst_line, "drawn((K_OUT[[0, 9, 29]], E_K[[0, 9, 29]]))", "incorrect.coarse"),
    (nernst_line, "drawn((K_OUT, E_K), scale='linear')", "incorrect.scale"),
    (nernst_line, "drawn((K_OUT, E_K * 37 / 310.15))", "near.kelvin"),
    (
        nernst_line,
        "drawn(([2, 10, 50, 60], [*nernst(np.array([2, 10, 50]), 140.0, 1, 37.0), 0]))",
        "incorrect.coarse",
    ),
    (nernst_line, "drawn(([1, 10, 60], [0, nernst(10.0, 140.0, 1, 37.0), 0]))", "incorrect.curve"),
    (nernst_line, "drawn((K_OUT, E_K), y='')", "incorrect.label"),
    (nernst_line, "drawn((K_OUT, E_K), x='K⁺ outside')", "incorrect.axis-unit"),
    (nernst_line, "drawn((K_OUT, E_K), y='E_K (ms)')", "incorrect.axis-unit"),
    (decays, "decay(np.exp(-T / 4), np.exp(-T))", "correct"),
    (decays, "called(decay(np.exp(-T / 4), np.exp(-T)), 'slow', 'fast')", "correct"),
    (decays, "called(decay(np.exp(-T / 4), np.exp(-T)), 'tau = 4', 'tau = 1')", "correct"),
    (decays, "called(decay(np.exp(-T / 4), np.exp(-T)), 'fast', 'slow')", "incorrect.legend"),
    (decays, "decay(np.exp(-T))", "incorrect.missing"),
    (decays, "decay(np.exp(-T / 4), 1 - np.exp(-T))", "mistake.rising"),
    (decays, "decay(1 - T / 5, np.exp(-T))", "mistake.straight"),
    (decays, "decay(T, 1 - np.exp(-T))", "mistake.rising"),
    (decays, "decay(T, np.exp(-T / 4) * 100)", "near.power"),
    (
        decays,
        "drawn((T, T), (T[:50], np.exp(-T[:50])), x='ms', y='', scale='linear')",
        "incorrect.range",
    ),
    (
        decays,
        "drawn((T[::33], np.exp(-T[::33])), (T[:50], np.exp(-T[:50] / 4)), x='ms')",
        "incorrect.range",
    ),
    (decays, "drawn((T, T), (T[::33], np.exp(-T[::33])), x='ms')", "incorrect.coarse"),
    (decays, "decay(np.exp(-T / 4), np.exp(-T) + 0.1)", "incorrect.curve"),
    (decays, "decay(np.exp(-T / 4), np.exp(-T), y='  ')", "incorrect.label"),
    (chosen, "3", "invalid.option"),
    (chosen, "('b', object())", "invalid.option"),
]
# Said by `check` itself, and where a class is graded.
ELSEWHERE = {"unanswered.unset", "invalid.problem", "invalid.seed"}
ELSEWHERE |= {f"invalid.{x}" for x in ["submission", "notebook", "cell", "broken", "stopped"]}
ELSEWHERE |= {f"invalid.{x}" for x in ["data", "many", "seedless", "shared"]}
NAMES = dict(globals(), Decimal=Decimal, Fraction=Fraction)


def answer_of(text):
    """Return the object that a student's expression stands for."""
    with np.errstate(all="ignore"):
        return eval(text, NAMES)


def table():
    """Return the table of outcome codes as Markdown."""
    lines = ["| code | for example | reply |", "|---|---|---|"]
    shown = set()
    for problem, text, code in CASES:
        code = "mistake.…" if code.startswith("mistake") else code
        if code not in shown:
            shown.add(code)
            message = " ".join(problem.judge(answer_of(text)).message.split())
            message = message.replace("|", "\\|")
            lines.append(f"| `{code}` | `{problem.name} = {text}` | {message} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
