"""Problems of the chapter "The all-or-none spike"."""

from functools import lru_cache
from math import exp, log
from types import SimpleNamespace

import numpy as np

from neurocore._formula import linoid
from neurocore.dynamics import fixed_points, jacobian, separatrix
from neurocore.experiments import smallest
from neurocore.plots import COLOUR, label, level
from neurocore.practice import data
from neurocore.practice.bank.computed import computed
from neurocore.practice.bank.squid import (
    AT_REST,
    GATES,
    SPIKE,
    SQUID,
    TABLE,
    C,
    E,
    G,
    squid_patch,
)
from neurocore.practice.kinds import (
    Axis,
    Choice,
    Function,
    Mistake,
    Numeric,
    Plot,
    Tolerance,
    Vary,
)
from neurocore.reduced import MorrisLecar, trajectory
from neurocore.simulate import simulate
from neurocore.stimuli import step


def _currents(v, m, h, n, m_power=3, n_power=4, e_k=E["K"]):
    """Return the sodium, potassium and leak current, µA/cm²."""
    return (
        G["Na"] * m**m_power * h * (v - E["Na"]),
        G["K"] * n**n_power * (v - e_k),
        G["leak"] * (v - E["leak"]),
    )


def _balance(p, **changed):
    currents = _currents(p.v, p.m, p.h, p.n, **changed)
    return (*currents, -sum(currents) / C)


def _some(names, values):
    """Return some of the parts of `current_balance`, by name."""
    parts = dict(zip(("i_na", "i_k", "i_leak", "slope"), values, strict=True))
    return {name: parts[name] for name in names}


current_balance = Numeric(
    id="current-balance",
    title="The ledger in mid-flight",
    level="basic",
    name="ledger",
    parameters={
        "v": Vary(-20, -30, 0, 5),
        "m": Vary(0.6, 0.5, 0.8, 0.05),
        "h": Vary(0.3, 0.2, 0.45, 0.05),
        "n": Vary(0.5, 0.4, 0.6, 0.05),
    },
    ask=lambda p: (
        "The membrane of a squid axon (Hodgkin and Huxley, 1 µF/cm²) has\n\n"
        f"{TABLE}\n\n"
        f"During a spike it passes V = {p.v:g} mV with m = {p.m:g}, h = {p.h:g} and n = {p.n:g}, "
        "and no current is injected.\nHow large are I_Na, I_K and the leak current, outward "
        "positive?\nAnd how fast does V change at that moment?"
    ),
    unit={"i_na": "µA/cm²", "i_k": "µA/cm²", "i_leak": "µA/cm²", "slope": "mV/ms"},
    tolerance=Tolerance(relative=0.005),
    answer=_balance,
    mistakes=(
        Mistake(
            "sign-of-slope",
            lambda p: _some(["slope"], [-x for x in _balance(p)]),
            "Your slope has the sign of the ionic current.",
            "Positive charge that flows in is a negative current: which way does it move V?",
        ),
        Mistake(
            "m-not-cubed",
            lambda p: _some(["i_na", "slope"], _balance(p, m_power=1)),
            "m enters with the power one.",
            "How many m gates must be open at the same time?",
        ),
        Mistake(
            "n-not-to-the-fourth",
            lambda p: _some(["i_k", "slope"], _balance(p, n_power=1)),
            "n enters with the power one.",
            "How many n gates must be open at the same time?",
        ),
        Mistake(
            "sign-of-e-k",
            lambda p: _some(["i_k", "slope"], _balance(p, e_k=-E["K"])),
            "The minus of E_K is lost.",
            "What is V − (−77 mV), and is K⁺ pulled in or out there?",
        ),
    ),
    hints=(
        "First the conductances that are open now, then the driving forces, then their products.",
        lambda p: (
            f"m³h = {p.m**3 * p.h:.4f} and n⁴ = {p.n**4:.4f}. The driving forces are "
            f"{p.v - E['Na']:g}, {p.v - E['K']:g} and {p.v - E['leak']:.3f} mV."
        ),
        "C dV/dt = −(I_Na + I_K + I_leak): add them up and change the sign.",
    ),
    solution=lambda p: (
        f"I_Na = {G['Na']:g} × {p.m**3 * p.h:.4f} × ({p.v - E['Na']:g}) = {_balance(p)[0]:.1f}, "
        f"I_K = {G['K']:g} × {p.n**4:.4f} × {p.v - E['K']:g} = {_balance(p)[1]:.2f} and I_leak = "
        f"{G['leak']:g} × {p.v - E['leak']:.3f} = {_balance(p)[2]:.2f} µA/cm².\n\n"
        f"Their sum is {sum(_balance(p)[:3]):.1f} µA/cm², so dV/dt = {_balance(p)[3]:+.1f} mV/ms."
    ),
)


def _half(p, gates):
    return -p.tau * log(1 - 0.5 ** (1 / gates))


gates_delay = Numeric(
    id="gates-delay",
    title="Several gates make a delay",
    level="basic",
    name="half",
    parameters={"tau": Vary(2, 1, 5, 0.5), "gates": Vary(4, 3, 6, 1)},
    ask=lambda p: (
        "A voltage step opens channels whose gates are all closed before it.\nEach gate opens "
        f"independently, 1 − e^(−t/τ), with τ = {p.tau:g} ms; at the end all of them are open.\n\n"
        "When does a channel population with one gate per channel reach half its final "
        f"conductance?\nAnd when does one with {p.gates:g} gates, which must all be open?"
    ),
    unit={"one": "ms", "many": "ms"},
    tolerance=Tolerance(relative=0.005),
    answer=lambda p: (_half(p, 1), _half(p, p.gates)),
    mistakes=(
        Mistake(
            "divided",
            lambda p: {"many": _half(p, 1) / p.gates},
            "You divided the time by the number of gates.",
            "Must one of the gates be open, or all of them?",
        ),
        Mistake(
            "one-after-the-other",
            lambda p: {"many": p.gates * _half(p, 1)},
            "You let the gates open one after the other.",
            "Does a gate wait for its neighbour before it begins to move?",
        ),
        Mistake(
            "half-of-each",
            lambda p: {"many": _half(p, 1)},
            "You asked when each gate is open with probability one half.",
            "How probable is it that all of them are open then?",
        ),
        Mistake(
            "time-constant",
            lambda p: {"one": p.tau},
            "You gave the time constant.",
            "Which fraction has opened after one τ: a half, or more?",
        ),
    ),
    hints=(
        "With independent gates the probabilities multiply.",
        lambda p: f"Solve x^{p.gates:g} = 1/2 for x first: each gate must be open that probably.",
        lambda p: f"x = {0.5 ** (1 / p.gates):.3f}, and then t = −τ ln(1 − x).",
    ),
    solution=lambda p: (
        f"One gate: 1 − e^(−t/τ) = 1/2, so t = τ ln 2 = {_half(p, 1):.3f} ms.\n\n"
        f"{p.gates:g} gates: each must be open with probability {0.5 ** (1 / p.gates):.3f}, so t = "
        f"−τ ln(1 − {0.5 ** (1 / p.gates):.3f}) = {_half(p, p.gates):.3f} ms, "
        f"{_half(p, p.gates) / _half(p, 1):.2f} times as long."
    ),
)


def _factor(celsius):
    return 3 ** ((celsius - 6.3) / 10)


def _alpha_m(p, rise=1.0, middle=-40.0, factor=None):
    factor = _factor(p.celsius) if factor is None else factor
    return lambda v: factor * rise * linoid((v - middle) / 10)


alpha_m = Function(
    id="alpha-m",
    title="A rate, and a hole in it",
    level="basic",
    name="alpha_m",
    parameters={"celsius": Vary(16.3, 6.3, 26.3, 5)},
    ask=lambda p: (
        "In the squid axon m opens at the rate\n\n"
        "$$\\alpha_m(V) = \\frac{0.1\\,(V + 40)}{1 - e^{-(V + 40)/10}}\\ \\text{per ms}$$\n\n"
        "with V in mV, at 6.3 °C.\nAll rates have a Q10 of 3.\n\n"
        f"Write a function that takes V and returns this rate at {p.celsius:g} °C.\n"
        "At −40 mV, too."
    ),
    inputs={"v": (-90, 50)},
    special=((-40.0,),),
    unit="1/ms",
    tolerance=Tolerance(relative=0.001),
    answer=_alpha_m,
    mistakes=(
        Mistake(
            "q10-ignored",
            lambda p: _alpha_m(p, factor=1.0),
            "Your rate belongs to 6.3 °C.",
            "By which factor do rates with a Q10 of 3 grow over 10 °C, and over yours?",
        ),
        Mistake(
            "q10-from-zero",
            lambda p: _alpha_m(p, factor=3 ** (p.celsius / 10)),
            "You counted the Q10 from 0 °C.",
            "For which temperature do the formulas hold as they stand?",
        ),
        Mistake(
            "potential-from-rest",
            lambda p: _alpha_m(p, middle=25.0),
            "Your formula counts V from rest, as Hodgkin and Huxley did in 1952.",
            "At which V does the exponent of this formula vanish?",
        ),
        Mistake(
            "alpha-of-n",
            lambda p: _alpha_m(p, 0.1, -55.0),
            "This is the rate of n.",
            "Which of the two gates opens faster, and by how much?",
        ),
    ),
    hints=(
        "Write x = (V + 40)/10. The rate is x/(1 − e^(−x)), times the factor of temperature.",
        lambda p: f"The factor is 3^(({p.celsius:g} − 6.3)/10) = {_factor(p.celsius):.4f}.",
        "At x = 0 the quotient tends to 1. `nc.linoid(x)` knows that; so does `np.where`.",
    ),
    solution=lambda p: (
        "`def alpha_m(v):`\n"
        f"`    return 3 ** (({p.celsius:g} - 6.3) / 10) * nc.linoid((v + 40) / 10)`\n\n"
        f"At −40 mV the rate is the factor itself, {_factor(p.celsius):.3f} per ms. A program that "
        "computes 0/0 there loses the whole trace once V happens to land on −40 mV."
    ),
)


def _rhs(p, into=1.0, sign=-1.0, **changed):
    return lambda v, m, h, n: (
        (into * p.amplitude + sign * sum(_currents(v, m, h, n, **changed))) / C
    )


hh_rhs = Function(
    id="hh-rhs",
    title="The equation of the spike",
    level="intermediate",
    name="dvdt",
    parameters={"amplitude": Vary(10, 6, 20, 1)},
    ask=lambda p: (
        "Take the membrane of the squid axon (Hodgkin and Huxley, 1 µF/cm²) again:\n\n"
        f"{TABLE}\n\n"
        f"A current of {p.amplitude:g} µA/cm² is injected.\nWrite a function that takes V in mV "
        "and the gates m, h and n, and returns dV/dt."
    ),
    inputs={"v": (-80, 40), "m": (0, 1), "h": (0, 1), "n": (0, 1)},
    unit="mV/ms",
    tolerance=Tolerance(absolute=0.05),
    answer=_rhs,
    mistakes=(
        Mistake(
            "current-forgotten",
            lambda p: _rhs(p, into=0.0),
            "The injected current is missing.",
            "Which four currents charge the membrane?",
        ),
        Mistake(
            "ionic-sign",
            lambda p: _rhs(p, sign=1.0),
            "The ionic currents enter with the wrong sign.",
            "Outward current is positive: does it raise or lower V?",
        ),
        Mistake(
            "m-not-cubed",
            lambda p: _rhs(p, m_power=1),
            "m enters with the power one.",
            "How many m gates must be open at the same time?",
        ),
        Mistake(
            "n-not-to-the-fourth",
            lambda p: _rhs(p, n_power=1),
            "n enters with the power one.",
            "How many n gates must be open at the same time?",
        ),
    ),
    hints=(
        "You computed one such slope by hand in the first problem. Now let a function do it.",
        "C dV/dt = I − g_Na m³h (V − E_Na) − g_K n⁴ (V − E_K) − g_L (V − E_L).",
        "Powers are `m**3` and `n**4`; V − E_K is `v + 77`.",
    ),
    solution=lambda p: (
        "`def dvdt(v, m, h, n):`\n"
        f"`    sodium = {G['Na']:g} * m**3 * h * (v - {E['Na']:g})`\n"
        f"`    potassium = {G['K']:g} * n**4 * (v + {-E['K']:g})`\n"
        f"`    return {p.amplitude:g} - sodium - potassium - {G['leak']:g} * (v + "
        f"{-E['leak']:g})`\n\n"
        "With the rates of the three gates beside it this is the whole model."
    ),
)


def _taus(p, celsius=None):
    celsius = p.celsius if celsius is None else celsius
    return tuple(float(GATES[x].time_constant(p.v, celsius)) for x in "mhn")


def _opening(p):
    """Return 1/α instead of 1/(α + β): τ/x∞."""
    return tuple(
        tau / float(GATES[x].steady_state(p.v)) for x, tau in zip("mhn", _taus(p), strict=True)
    )


time_constants = Numeric(
    id="time-constants",
    title="Fast, slow, slower",
    level="basic",
    name="taus",
    parameters={"v": Vary(-65, -70, -20, 5), "celsius": Vary(16.3, 8.3, 20.3, 4)},
    ask=lambda p: (
        "The gates of the squid axon open at α and close at β, per ms at 6.3 °C with V in mV:\n\n"
        "| gate | α | β |\n|---|---|---|\n"
        "| m | 0.1 (V + 40)/(1 − e^(−(V + 40)/10)) | 4 e^(−(V + 65)/18) |\n"
        "| h | 0.07 e^(−(V + 65)/20) | 1/(1 + e^(−(V + 35)/10)) |\n"
        "| n | 0.01 (V + 55)/(1 − e^(−(V + 55)/10)) | 0.125 e^(−(V + 65)/80) |\n\n"
        f"All rates have a Q10 of 3.\nWhat are the time constants at {p.v:g} mV and "
        f"{p.celsius:g} °C?"
    ),
    unit={"tau_m": "ms", "tau_h": "ms", "tau_n": "ms"},
    tolerance=Tolerance(relative=0.01),
    answer=_taus,
    mistakes=(
        Mistake(
            "opening-alone",
            lambda p: dict(zip(("tau_m", "tau_h", "tau_n"), _opening(p), strict=True)),
            "You took one over the opening rate.",
            "A gate settles because it opens and closes: which rates count?",
        ),
        Mistake(
            "q10-ignored",
            lambda p: dict(zip(("tau_m", "tau_h", "tau_n"), _taus(p, 6.3), strict=True)),
            "Your time constant belongs to 6.3 °C.",
            "Do gates move faster or slower in the warm, and by which factor here?",
        ),
        Mistake(
            "q10-upside-down",
            lambda p: dict(
                zip(("tau_m", "tau_h", "tau_n"), _taus(p, 2 * 6.3 - p.celsius), strict=True)
            ),
            "You multiplied a time by what rates are multiplied by.",
            "If the rates grow threefold, what do the time constants do?",
        ),
    ),
    hints=(
        "τ = 1/(α + β). Temperature multiplies both rates by the same factor.",
        lambda p: f"The factor is 3^(({p.celsius:g} − 6.3)/10) = {_factor(p.celsius):.3f}.",
        lambda p: (
            "At 6.3 °C the three are "
            + ", ".join(f"{x:.3f}" for x in _taus(p, 6.3))
            + " ms. Warmth divides them."
        ),
    ),
    solution=lambda p: (
        f"τ_m = {_taus(p)[0]:.3f}, τ_h = {_taus(p)[1]:.2f} and τ_n = {_taus(p)[2]:.2f} ms.\n\n"
        "m is by far the fastest. Which of the other two is the slowest depends on V: h at rest, n "
        f"above {_tie():.0f} mV."
    ),
)


@lru_cache
def _tie():
    """Return above which V n is slower than h, mV."""
    return smallest(
        lambda v: GATES["n"].time_constant(v, 6.3) > GATES["h"].time_constant(v, 6.3), -65.0, -20.0
    )


BEGINS = 5.0  # ms


@lru_cache
def _run(amplitude):
    return simulate(squid_patch(SQUID.celsius), step(amplitude, BEGINS), 305.0)


@computed
def _firing(amplitude):
    """Return the latency, the steady rate, and what three mistakes make of them."""
    run = _run(amplitude)
    times = run.spike_times() - BEGINS
    first = run.t < BEGINS + times[0] + 3.0
    return {
        "latency": float(times[0]),
        "rate": float(1e3 / np.diff(times)[-5:].mean()),
        "peak": float(run.t[first][np.argmax(run.v[first])] - BEGINS),
        "beginning": float(1e3 / np.diff(times)[0]),
        "count": 10.0 * int(np.sum(times < 100)),
    }


COARSE = 0.05  # ms; twice that, and Euler's method blows up in the first spike


@computed
def _slipped(amplitude):
    """Return the latency by Euler steps of 0.05 ms, and latency and rate by Q10 from 0 °C."""
    v, gates, k = -65.0, dict(AT_REST), 0
    while v < 0:
        opening = {x: GATES[x].steady_state(v) for x in "mhn"}
        pace = {x: COARSE / GATES[x].time_constant(v, SQUID.celsius) for x in "mhn"}
        before = v
        v += COARSE * (amplitude - sum(_currents(v, *(gates[x] for x in "mhn")))) / C
        gates = {x: gates[x] + pace[x] * (opening[x] - gates[x]) for x in "mhn"}
        k += 1
    first = COARSE * (k - v / (v - before))
    warm = simulate(squid_patch(2 * SQUID.celsius), step(amplitude), 300.0).spike_times()
    return float(first), float(warm[0]), float(1e3 / np.diff(warm)[-5:].mean())


own_simulation = Numeric(
    id="own-simulation",
    title="Your own axon",
    level="advanced",
    name="firing",
    parameters={"amplitude": Vary(10, 7, 20, 1), "celsius": SQUID.celsius},
    ask=lambda p: (
        "Write the whole model: dV/dt from the problem above, dx/dt = α (1 − x) − β x for the "
        "three gates, and a method that steps them on in time.\nStart at −65 mV with all gates at "
        f"their steady state, at {p.celsius:g} °C.\nFrom {BEGINS:g} ms on, inject "
        f"{p.amplitude:g} µA/cm² for 300 ms.\n\nWhen does the first spike come, counted from the "
        f"beginning of the current?\nAt which steady rate does it fire in the end?\n{SPIKE}\n"
        "Halve your time step until nothing changes."
    ),
    unit={"first": "ms", "rate": "Hz"},
    tolerance={"first": Tolerance(absolute=0.02), "rate": Tolerance(absolute=0.3)},
    answer=lambda p: (_firing(p.amplitude)["latency"], _firing(p.amplitude)["rate"]),
    mistakes=(
        Mistake(
            "clock-of-the-run",
            lambda p: {"first": _firing(p.amplitude)["latency"] + BEGINS},
            "Your time counts from the beginning of the run.",
            "When does the current begin?",
        ),
        Mistake(
            "peak",
            lambda p: {"first": _firing(p.amplitude)["peak"]},
            "You gave the time of the peak.",
            "Which event does the problem count as the spike?",
        ),
        Mistake(
            "first-interval",
            lambda p: {"rate": _firing(p.amplitude)["beginning"]},
            "You took the rate from the first two spikes.",
            "Has the axon settled by then?",
        ),
        Mistake(
            "counted",
            lambda p: {"rate": _firing(p.amplitude)["count"]},
            "You counted the spikes of the first 100 ms and multiplied by ten.",
            "By how much can such a count be out, and what would an interval tell you instead?",
        ),
        Mistake(
            "interval",
            lambda p: {"rate": 1e3 / _firing(p.amplitude)["rate"]},
            "You gave the interval between two spikes, in ms.",
            "How many such intervals fit into a second?",
        ),
        Mistake(
            "coarse-euler",
            lambda p: {"first": _slipped(p.amplitude)[0]},
            "Your time is that of plain Euler steps of 0.05 ms.",
            "How far does it move when you halve the step, and then halve it again?",
        ),
        Mistake(
            "q10-from-zero",
            lambda p: dict(zip(("first", "rate"), _slipped(p.amplitude)[1:], strict=True)),
            "Your rates are twice too fast, as if their Q10 were counted from 0 °C.",
            "For which temperature do the formulas of the rates hold as they stand?",
        ),
    ),
    hints=(
        "Without current the model must stay at −65 mV. Test that first, and α at −40 and −55 mV.",
        "With V held for one step, a gate moves exactly: x → x∞ + (x − x∞) e^(−dt/τ). This stays "
        "stable where the plain Euler step does not.",
        lambda p: (
            "Compare with the library: `nc.simulate(nc.patch(nc.hodgkin_huxley(6.3)), "
            f"nc.step({p.amplitude:g}, {BEGINS:g}), 305)`. The rate is one over the last intervals."
        ),
    ),
    solution=lambda p: (
        f"The first spike comes after {_firing(p.amplitude)['latency']:.3f} ms. The intervals "
        f"settle at {1e3 / _firing(p.amplitude)['rate']:.2f} ms, a rate of "
        f"{_firing(p.amplitude)['rate']:.1f} Hz; the first one would give "
        f"{_firing(p.amplitude)['beginning']:.1f} Hz.\n\nIf yours came out a little different, "
        "halve the step. If it blew up, look at 0/0 in the rates."
    ),
)

EARLY, LATER = 0.002, 0.010  # ms


def _onset(p, power=3, start=None, late=1.0):
    """Return the log–log slope of the onset of m³ after a step from a holding potential."""
    gate = GATES["m"]
    end, tau = float(gate.steady_state(p.v)), float(gate.time_constant(p.v, p.celsius))

    def slope(v_start):
        m0 = gate.steady_state(v_start) if start is None else start + 0.0 * v_start
        early, later = (end - (end - m0) * exp(-late * t / tau) for t in (EARLY, LATER))
        return power * np.log(later / early) / log(LATER / EARLY)

    return slope


onset_exponent = Function(
    id="onset-exponent",
    title="Three gates from the onset?",
    level="intermediate",
    name="onset",
    parameters={"v": Vary(0, -20, 40, 10), "celsius": SQUID.celsius},
    ask=lambda p: (
        "If m starts from 0, m³ begins as t³: a slope of 3 on a plot of ln m³ against ln t.\n"
        f"A squid axon at {p.celsius:g} °C is held at some potential until m has settled, and then "
        f"stepped to {p.v:g} mV.\n\n"
        "Write a function that takes the holding potential in mV and returns the slope of m³ on "
        f"that plot between {1e3 * EARLY:g} and {1e3 * LATER:g} µs after the step: the difference "
        "of ln m³ over the difference of ln t.\nThe rates of m stand in a problem above.\n\n"
        "How negative must the axon be held for a slope near 3?"
    ),
    inputs={"v_hold": (-110, -55)},
    special=((-65.0,),),
    unit="",
    tolerance=Tolerance(absolute=0.01),
    answer=_onset,
    mistakes=(
        Mistake(
            "closed-start",
            lambda p: _onset(p, start=0.0),
            "You let m start from 0 whatever the holding potential.",
            "Which m does the axon have after a long time at −65 mV?",
        ),
        Mistake(
            "not-cubed",
            lambda p: _onset(p, power=1),
            "You gave the slope of m.",
            "What does a logarithm make of a cube?",
        ),
        Mistake(
            "too-late",
            lambda p: _onset(p, late=10.0),
            "Your slope is that between 20 and 100 µs, ten times too late.",
            "How many ms are 10 µs, and what does the slope do as t comes near τ?",
        ),
        Mistake(
            "always-three",
            lambda p: lambda v_hold: 3.0 + 0.0 * v_hold,
            "You took the power of the model for the slope of the data.",
            "When does 1 − e^(−t/τ) alone describe m, without a part that was open before?",
        ),
    ),
    hints=(
        "After the step m goes from m0 = m∞(holding) to m∞ along one exponential.",
        lambda p: (
            f"At {p.v:g} mV m∞ = {float(GATES['m'].steady_state(p.v)):.4f} and τ_m = "
            f"{float(GATES['m'].time_constant(p.v, p.celsius)):.4f} ms."
        ),
        "The slope is 3 ln(m(10 µs)/m(2 µs))/ln 5.",
    ),
    solution=lambda p: (
        "`def onset(v_hold):`\n"
        "`    alpha, beta = nc.linoid((v_hold + 40) / 10), 4 * np.exp(-(v_hold + 65) / 18)`\n"
        "`    m0 = alpha / (alpha + beta)`\n"
        f"`    end, tau = {float(GATES['m'].steady_state(p.v)):.8f}, "
        f"{float(GATES['m'].time_constant(p.v, p.celsius)):.8f}`\n"
        "`    m = [end - (end - m0) * np.exp(-t / tau) for t in (0.002, 0.010)]`\n"
        "`    return 3 * np.log(m[1] / m[0]) / np.log(5)`\n\n"
        "Held at −110, −85 and −65 mV it gives "
        + ", ".join(f"{float(_onset(p)(v)):.2f}" for v in (-110.0, -85.0, -65.0))
        + ". From rest a twentieth of the m gates is open beforehand, and that hides the exponent."
    ),
)

T_DATA = np.array([0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 10])
SCATTER = 0.05
WITHIN = 1 + 4 / (len(T_DATA) - 3)


@lru_cache
def _data(seed):
    """Return synthetic potassium conductances, mS/cm², with their scatter."""
    tau = float(GATES["n"].time_constant(0.0, 6.3))
    g = G["K"] * float(GATES["n"].steady_state(0.0)) ** 4 * (1 - np.exp(-T_DATA / tau)) ** 4
    noise = np.random.default_rng(int(seed)).standard_normal(len(T_DATA))
    return np.array([float(f"{x:.4g}") for x in g * (1 + SCATTER * noise)])


def _onset_share():
    """Return which share of its way g has made at the first of the times."""
    tau = float(GATES["n"].time_constant(0.0, 6.3))
    return (1 - float(np.exp(-T_DATA[0] / tau))) ** 4


def _lowest(function, low, high):
    """Return where a function of one variable is lowest: a grid, then golden sections."""
    grid = np.linspace(low, high, 30)
    k = int(np.argmin([function(x) for x in grid]))
    a, b = grid[max(k - 1, 0)], grid[min(k + 1, 29)]
    golden = (5**0.5 - 1) / 2
    while b - a > 1e-7:
        c, d = b - golden * (b - a), a + golden * (b - a)
        a, b = (a, d) if function(c) < function(d) else (c, b)
    return (a + b) / 2


def _line(t, y, tau, power=None):
    """Return the squares left of ln g = a + N ln(1 − e^(−t/τ)), and N; or with N given."""
    x = np.log1p(-np.exp(-t / tau))
    if power is None:
        power = ((x - x.mean()) @ (y - y.mean())) / ((x - x.mean()) @ (x - x.mean()))
    left = y - power * x
    return float(((left - left.mean()) ** 2).sum()), float(power)


def _best(seed, first=0, power=None):
    """Return N, τ and the squares left of the best fit to ln g; or with N given."""
    t, y = T_DATA[first:], np.log(_data(seed)[first:])
    tau = _lowest(lambda tau: _line(t, y, tau, power)[0], 0.4, 5.0)
    squares, power = _line(t, y, tau, power)
    return power, float(tau), squares


@computed
def _fit(seed, first=0):
    return _best(seed, first)


@computed
def _range(seed):
    """Return the smallest and the largest N that fit nearly as well as the best."""
    best, _, squares = _best(seed)

    def worse(power):
        return _best(seed, power=power)[2] > WITHIN * squares

    low = -smallest(lambda x: worse(-x), -best, -1.0, 1e-4)
    return low, smallest(worse, best, 15.0, 1e-4)


@computed
def _unweighted(seed):
    """Return N of the best fit to g itself, in which the large values count most."""
    g = _data(seed)

    def left(tau, power):
        shape = (1 - np.exp(-T_DATA / tau)) ** power
        return float(((g - (shape @ g) / (shape @ shape) * shape) ** 2).sum())

    def best_tau(power):
        return _lowest(lambda tau: left(tau, power), 0.4, 5.0)

    return float(_lowest(lambda power: left(best_tau(power), power), 1.5, 10.0))


def _listed(values):
    return ", ".join(f"{x:g}" for x in values)


def _draw_valley(axes, p):
    best, _, squares = _best(p.seed)
    powers = np.linspace(best - 0.7, best + 0.7, 41)
    fits = [_best(p.seed, power=x) for x in powers]
    axes.plot(powers, [left / squares for _, _, left in fits], color=COLOUR["K"])
    low, high = _range(p.seed)
    axes.plot([low, high], [WITHIN, WITHIN], color=COLOUR["V"])
    level(axes, WITHIN, f"{WITHIN:.2f} times the least")
    for power, place in ((low, "right"), (high, "left")):
        tau = _best(p.seed, power=power)[1]
        words = f" N = {power:.2f}, τ = {tau:.2f} ms "
        label(axes, power, WITHIN - 0.06, words, ha=place, va="top")
    axes.set(xlim=(powers[0] - 0.35, powers[-1] + 0.35), ylim=(0.95, 2.2))
    axes.set(xlabel="N held at", ylabel="sum of squares over its least")


onset_fit = Numeric(
    id="onset-fit",
    title="How many gates do the data hold?",
    level="advanced",
    name="gates",
    parameters={"seed": Vary(5, 1, 20, 1)},
    ask=lambda p: (
        "These potassium conductances of a squid axon after a step to 0 mV (6.3 °C) are synthetic: "
        f"the model's, with a scatter of {100 * SCATTER:g} % added to each.\n\n"
        "```python\n"
        f"t = np.array([{_listed(T_DATA)}])  # ms\n"
        f"g = np.array([{_listed(_data(p.seed))}])  # mS/cm²\n"
        "```\n\n"
        "Fit $g = g_\\infty (1 - e^{-t/\\tau})^N$, where N may be any real number, so that the sum "
        "of squares of the differences of ln g is least.\nWhich N and τ come out?\n\nThen hold N "
        "at other values and fit the rest anew.\nBetween which N does the sum of squares stay "
        f"below {WITHIN:.3f} times its least value?\nThat is about the 95 % confidence interval.\n"
        "Give two decimals."
    ),
    unit={"n": "", "tau": "ms", "low": "", "high": ""},
    tolerance=Tolerance(absolute=0.02),
    answer=lambda p: (*_fit(p.seed)[:2], *_range(p.seed)),
    mistakes=(
        Mistake(
            "assumed-four",
            {"n": 4.0},
            "You gave the power of the model.",
            "Which N do these data prefer, scatter and all?",
        ),
        Mistake(
            "one-gate",
            {"n": 1.0},
            "You gave the power of a single exponential, which needs a delay before it.",
            "How do the first few points lie about such a curve?",
        ),
        Mistake(
            "unweighted",
            lambda p: {"n": _unweighted(p.seed)},
            "You fitted g and not ln g, so that the large values outweigh the onset.",
            "Where in time does N leave its mark?",
        ),
        Mistake(
            "onset-left-out",
            lambda p: {"n": _fit(p.seed, 5)[0]},
            "You fitted only what comes after the onset.",
            "Where in time does N leave its mark?",
        ),
    ),
    hints=(
        "For a given τ the rest is a straight line: ln g against ln(1 − e^(−t/τ)) has the slope N.",
        "So try many τ, fit a line for each (`np.polyfit`), and keep the one that leaves least.",
        "For the range hold N, search τ again, and take the mean difference as ln g∞. Go away from "
        "the best N until the squares have grown by the factor.",
    ),
    solution=lambda p: (
        f"The best fit has N = {_fit(p.seed)[0]:.2f} and τ = {_fit(p.seed)[1]:.2f} ms. N from "
        f"{_range(p.seed)[0]:.2f} to {_range(p.seed)[1]:.2f} fits nearly as well: a larger N goes "
        "with a shorter τ.\n\nThe data were made with N = 4 and τ = "
        f"{float(GATES['n'].time_constant(0.0, 6.3)):.2f} ms. A good fit shows that N = 4 will do, "
        "not that a channel has four gates.\n\n"
        f"Here five are ruled out, thanks to the scatter: at {T_DATA[0]:g} ms g has made "
        f"{100 * _onset_share():.1f} % of its way and still counts in full, since its scatter "
        "shrinks with it. The noise of an amplifier does not, and n⁴ and n⁵ are never more than "
        "3 % of the largest g apart."
    ),
    draw=_draw_valley,
    alt=lambda p: (
        "The sum of squares against the power that is held: a valley. It stays "
        f"below the limit from N = {_range(p.seed)[0]:.2f} to {_range(p.seed)[1]:.2f}."
    ),
)

four_gates = Choice(
    id="four-gates",
    title="What a good fit shows",
    level="intermediate",
    name="proof",
    ask="In the squid axon at 6.3 °C the K⁺ conductance after a voltage step follows n⁴ closely, "
    "where n moves along one exponential.\nWhat does that say about the K⁺ channel, and why?",
    options=(
        "It has four gates that open independently.",
        "It opens in several steps; how many, and of which kind, stays open.",
        "It has one gate that opens after a fixed delay.",
    ),
    reasons=(
        "The power of the best fit is the number of the parts.",
        "Other schemes with other rates give nearly the same curve, so that the fit cannot tell "
        "them apart.",
        "A single exponential with a lag begins as smoothly.",
        "Four is what is known of the protein, and the fit measures it.",
    ),
    answer=("b", 2),
    mistakes=(
        Mistake(
            "fit-is-mechanism",
            (None, 1),
            "You read the mechanism off the formula.",
            "If n⁵ with a shorter τ stays within 3 % of the same curve, how many gates are there "
            "then?",
        ),
        Mistake(
            "lag",
            (None, 3),
            "A lag leaves a corner at the onset, which the data do not have.",
            "What would the residuals of such a fit look like in the first half millisecond?",
        ),
        Mistake(
            "known-from-elsewhere",
            (None, 4),
            "The four subunits are known from the protein, long after the fit.",
            "Would the same fit have told you so, before anybody had seen a channel?",
        ),
    ),
    hints=(
        "What would you have to see in the data to rule out five gates with a shorter τ?",
        "Fit the same curve with another power and let τ go free: how much worse does it get?",
        "A channel with linked gates, or with a last common step, has a sigmoid onset as well.",
    ),
    solution="The delay shows that more than one step lies before the opening. The fit does not "
    "show which: n³ with a longer τ or n⁵ with a shorter one stays within about 3 %: **b2**.\n\n"
    "For Hodgkin and Huxley n⁴ was a description. That the channel is made of four subunits came "
    "from other evidence; and a sodium channel, for all its m³, has four voltage sensors.",
)


def _clamped(p):
    """Return what is asked of the channel behind the data, and the largest m³h over m∞³."""
    return _behind(int(p.seed), float(p.v))


@lru_cache
def _behind(seed, v):
    channel = data.sodium_channel(seed)
    m, h = channel.gate("m"), channel.gate("h")
    end, shut = float(m.steady_state(v)), float(h.steady_state(v))
    rise, fall = (float(gate.time_constant(v, data.CELSIUS)) for gate in (m, h))
    t = np.linspace(0.0, 20.0, 2001)
    open_now = (1 - np.exp(-t / rise)) ** 3 * (shut + (1 - shut) * np.exp(-t / fall))
    return SimpleNamespace(m=end, h=shut, tau_m=rise, tau_h=fall, peak=float(open_now.max()))


def _drive(p):
    return p.v - E["Na"]


def _draw_family(axes, p):
    t, v, current = data.sodium_currents(int(p.seed))
    shown = t <= 10
    for row, at in zip(current, v, strict=True):
        if at in (-60.0, -50.0, -30.0, -20.0, 0.0, 20.0):
            axes.plot(t[shown], row[shown] / 1e3, color=COLOUR["muted"], linewidth=0.6, alpha=0.6)
    c = _clamped(p)
    fit = (c.m * (1 - np.exp(-t / c.tau_m))) ** 3 * (c.h + (1 - c.h) * np.exp(-t / c.tau_h))
    row = current[v == p.v][0]
    axes.plot(t[shown], row[shown] / 1e3, ".", color=COLOUR["Na"], markersize=4)
    scale = G["Na"] * _drive(p) / 1e3
    axes.plot(t[shown], scale * fit[shown], color=COLOUR["V"], linewidth=0.8)
    steady = scale * (c.m * (1 - np.exp(-t / c.tau_m))) ** 3
    axes.plot(t[shown], steady[shown], "--", color=COLOUR["V"], linewidth=1.2)
    axes.set(xlabel="time after the step (ms)", ylabel="sodium current (mA/cm²)")
    axes.set_ylim(1.55 * steady[-1], 0.02 * abs(steady[-1]))
    label(axes, 10, 0.97 * steady[-1], "without inactivation", ha="right")
    label(axes, 4, 0.62 * steady[-1], f"data and fit at {p.v:g} mV".replace("-", "−"), "Na")


clamp_family = Numeric(
    id="clamp-family",
    title="Read the gates from the currents",
    level="advanced",
    name="read_off",
    parameters={"seed": Vary(5, 1, 20, 1), "v": Vary(-40, -50, -40, 10), "celsius": data.CELSIUS},
    ask=lambda p: (
        f"Sodium currents of a voltage-clamped squid axon at {p.celsius:g} °C, synthetic: the "
        "model's, with a scatter.\nThe gates of this axon are not quite those of the textbook, so "
        "they have to be read from the data.\n\n"
        "```python\n"
        "from neurocore.practice import data\n\n"
        f"t, v, current = data.sodium_currents({p.seed:g})\n"
        "```\n\n"
        "`t` is the time after the step in ms, `v` the potentials in mV, and `current` has a row "
        "for each of them, in µA/cm², outward positive, without leak and capacitive current.\n"
        f"Before the step the axon is held at {data.HOLDING:g} mV, where m = 0 and h = 1 to a good "
        f"approximation.\nWith all its sodium channels open it would have {G['Na']:g} mS/cm², and "
        f"E_Na = {E['Na']:+g} mV.\n\n"
        "With I = g m³h (V − E_Na), where m and h move along one exponential each: what are m∞ and "
        f"h∞ at {p.v:g} mV, and the time constants of m and h?"
    ),
    unit={"m_inf": "", "h_inf": "", "tau_m": "ms", "tau_h": "ms"},
    tolerance={
        "m_inf": Tolerance(relative=0.03),
        "h_inf": Tolerance(absolute=0.01),
        "tau_m": Tolerance(relative=0.05),
        "tau_h": Tolerance(relative=0.05),
    },
    answer=lambda p: tuple(getattr(_clamped(p), x) for x in ("m", "h", "tau_m", "tau_h")),
    mistakes=(
        Mistake(
            "cube-root-forgotten",
            lambda p: {"m_inf": _clamped(p).m ** 3},
            "You gave m∞³, the share of channels whose m gates are all open.",
            "How probable must one gate be open, for three at once to have that probability?",
        ),
        Mistake(
            "drive-forgotten",
            lambda p: {"m_inf": _clamped(p).m * abs(_drive(p)) ** (1 / 3)},
            "You divided the current by the maximal conductance alone.",
            "Which factor turns a conductance into a current, and how large is it here?",
        ),
        Mistake(
            "time-constant-of-the-cube",
            lambda p: {"tau_m": -_clamped(p).tau_m * log(1 - (1 - exp(-1)) ** (1 / 3))},
            "You gave the time in which m³ makes 63 % of its way.",
            "Does a product of three exponential rises start as steeply as one of them?",
        ),
        Mistake(
            "peak-for-steady-state",
            lambda p: {"m_inf": _clamped(p).m * _clamped(p).peak ** (1 / 3)},
            "You took the peak for the end of activation.",
            "By the time of the peak, how far has h fallen, and has m arrived?",
        ),
        Mistake(
            "over-the-peak",
            lambda p: {"h_inf": _clamped(p).h / _clamped(p).peak},
            "You divided the late current by the peak.",
            "Would the peak be as small if no channel had inactivated by then?",
        ),
        Mistake(
            "share-inactivated",
            lambda p: {"h_inf": 1 - _clamped(p).h},
            "You gave the share of the channels that are inactivated.",
            "Is h the share that is inactivated, or the share that is not?",
        ),
        Mistake(
            "all-inactivate",
            {"h_inf": 0.0},
            "You let all channels inactivate.",
            "Where does the current settle in the end: at zero, or a little below?",
        ),
        Mistake(
            "half-time",
            lambda p: {"tau_h": _clamped(p).tau_h * log(2)},
            "You gave a half-time.",
            "After one time constant, which fraction of an exponential decay is left?",
        ),
    ),
    hints=(
        lambda p: (
            f"First draw the row: `current[list(v).index({p.v:g})]` is the one that is meant. "
            "Which part of it speaks of m, and which of h?"
        ),
        lambda p: (
            f"Divide by {G['Na']:g} × (−{-_drive(p):g}) to get m³h. Late, m³ has arrived: what is "
            "left is m∞³ (h∞ + (1 − h∞) e^(−t/τ_h)). Continue that back to t = 0: there it is m∞³."
        ),
        "Fit all four at once: `scipy.optimize.curve_fit(f, t, row, (0.5, 0.1, 0.5, 3))` with `f` "
        "the current as a function of `t` and of m∞, h∞, τ_m, τ_h.",
    ),
    solution=lambda p: (
        "`from scipy.optimize import curve_fit`\n"
        "`def f(t, m, h, tau_m, tau_h):`\n"
        "`    gate_m = m * (1 - np.exp(-t / tau_m))`\n"
        "`    gate_h = h + (1 - h) * np.exp(-t / tau_h)`\n"
        f"`    return {G['Na']:g} * gate_m**3 * gate_h * ({p.v:g} - {E['Na']:g})`\n"
        f"`row = current[list(v).index({p.v:g})]`\n"
        "`read_off, _ = curve_fit(f, t, row, (0.5, 0.1, 0.5, 3))`\n\n"
        f"The data were made with m∞ = {_clamped(p).m:.3f}, h∞ = {_clamped(p).h:.3f}, τ_m = "
        f"{_clamped(p).tau_m:.3f} ms and τ_h = {_clamped(p).tau_h:.2f} ms. The fit comes close, "
        "the scatter keeps it from them.\n\n"
        f"At its peak the current is only {100 * _clamped(p).peak:.0f} % of what it would be "
        "without inactivation. That is why a peak tells neither m∞ nor h∞ by itself."
    ),
    draw=_draw_family,
    alt="A family of inward sodium currents after voltage steps. One of them is fitted: it peaks "
    "well before the dashed curve, which shows the current without inactivation, has settled.",
)

SHOCKS = 5


@lru_cache
def _plane(current):
    """Return the fixed points, and the separatrix as the potential at each w."""
    model = MorrisLecar(current=current)
    points = fixed_points(model)
    v, w = separatrix(model)
    return model, points, v, w


def _crossing(current):
    """Return the potential at which the separatrix stands at the resting w, mV."""
    _, (rest, *_), v, w = _plane(current)
    k = int(np.flatnonzero(w > rest.w)[0])  # it rises all the way from its lower end
    return float(v[k - 1] + (rest.w - w[k - 1]) / (w[k] - w[k - 1]) * (v[k] - v[k - 1]))


def _nullcline_crossing(current):
    """Return the potential above rest at which dv/dt turns positive at the resting w, mV."""
    model, (rest, saddle, _), _, _ = _plane(current)
    return smallest(lambda v: model.derivative(v, rest.w)[0] > 0, rest.v + 1.0, saddle.v)


@computed
def _border(current):
    """Return rest, saddle and focus, and what separatrix and nullcline make of a shock."""
    rest, saddle, focus = _plane(current)[1]
    points = (rest.v, rest.w, saddle.v, saddle.w, focus.v, focus.w)
    return *points, _crossing(current), _nullcline_crossing(current)


def _shocks(p):
    """Return five shocks (mV), one of which passes the nullcline and not the separatrix."""
    first = round(_border(p.current)[6] - _border(p.current)[0]) - (5 if p.current % 4 else 3)
    return [first + 2 * k for k in range(SHOCKS)]


def _firing_shocks(p, border):
    return sum(_border(p.current)[0] + shock > border for shock in _shocks(p))


def _model_words(p):
    return (
        "The model of Morris and Lecar with the class-I parameters of Rinzel and Ermentrout has a "
        "potential v (mV) and a recovery variable w.\nNo temperature enters it.\n"
        f"`model = nc.MorrisLecar(current={p.current:g})` is it, with a lasting current of "
        f"{p.current:g} µA/cm².\n"
    )


def _draw_plane(axes, p):
    model, (rest, saddle, focus), v, w = _plane(p.current)
    grid = np.linspace(-60.0, 20.0, 200)
    axes.plot(grid, model.voltage_nullcline(grid), color=COLOUR["muted"], linewidth=1.2)
    axes.plot(grid, model.recovery_nullcline(grid), color=COLOUR["K"], linewidth=1.2)
    axes.plot(v, w, color=COLOUR["Na"])
    for point, fill in ((rest, COLOUR["V"]), (saddle, "white"), (focus, "white")):
        axes.plot(point.v, point.w, "o", color=COLOUR["V"], markerfacecolor=fill, markersize=6)
    # Shocks on either side of the border, and where they lead.
    for beyond in (-1.0, 1.0):
        _, x, y = trajectory(model, _crossing(p.current) + beyond, rest.w, 60.0, 0.5)
        axes.plot(x, y, color=COLOUR["V"], linewidth=1.0)
    axes.set(xlim=(-60, 33), ylim=(-0.04, 0.43), xlabel="v (mV)", ylabel="w")
    label(axes, rest.v, -0.01, "rest", ha="center", va="top")
    label(axes, saddle.v - 1, saddle.w + 0.02, "saddle", ha="right")
    label(axes, -3, 0.225, "separatrix ", "Na", ha="right")
    label(axes, 8, 0.325, "dv/dt = 0", "muted")
    label(axes, 10, 0.415, "dw/dt = 0", "K", va="center")
    label(axes, 17, 0.05, "fires")


saddle_border = Numeric(
    id="saddle-border",
    title="A real separatrix",
    level="advanced",
    name="border",
    parameters={"current": Vary(30, 20, 38, 2)},
    ask=lambda p: (
        f"{_model_words(p)}\n"
        "It has three fixed points.\nWhere is the saddle?\n"
        "A brief shock moves v up from the resting point and leaves w as it is.\nWhich is the "
        "smallest shock that leads to a spike (v rises above 0 mV)?\n"
        f"And how many of the shocks {', '.join(map(str, _shocks(p)[:-1]))} and {_shocks(p)[-1]} "
        "mV do so?\n\n"
        "`nc.fixed_points(model)` and `nc.separatrix(model)` help; `nc.trajectory(model, v, w, "
        "200)` lets it run."
    ),
    unit={"v_saddle": "mV", "w_saddle": "", "shock": "mV", "fire": ""},
    tolerance={
        "v_saddle": Tolerance(absolute=0.05),
        "w_saddle": Tolerance(absolute=0.001),
        "shock": Tolerance(absolute=0.1),
        "fire": Tolerance(absolute=0.1),
    },
    answer=lambda p: (
        *_border(p.current)[2:4],
        _border(p.current)[6] - _border(p.current)[0],
        _firing_shocks(p, _border(p.current)[6]),
    ),
    mistakes=(
        Mistake(
            "nullcline",
            lambda p: {
                "shock": _border(p.current)[7] - _border(p.current)[0],
                "fire": _firing_shocks(p, _border(p.current)[7]),
            },
            "You took the place where dv/dt turns positive for the border.",
            "A trajectory that starts between the two: does v go on rising while w grows?",
        ),
        Mistake(
            "as-far-as-the-saddle",
            lambda p: {
                "shock": _border(p.current)[2] - _border(p.current)[0],
                "fire": _firing_shocks(p, _border(p.current)[2]),
            },
            "You let the shock reach the saddle's potential.",
            "The saddle lies at another w than rest: where does the curve that runs into it pass "
            "the resting w?",
        ),
        Mistake(
            "focus",
            lambda p: dict(zip(("v_saddle", "w_saddle"), _border(p.current)[4:6], strict=True)),
            "This fixed point is an unstable focus.",
            "Which of the three has one eigenvalue of each sign?",
        ),
        Mistake(
            "resting-point",
            lambda p: dict(zip(("v_saddle", "w_saddle"), _border(p.current)[:2], strict=True)),
            "This fixed point is the stable one, rest.",
            "Which of the three has one eigenvalue of each sign?",
        ),
        Mistake(
            "potential-not-shock",
            lambda p: {"shock": _border(p.current)[6]},
            "You gave the potential that the shock reaches.",
            "By how much does the shock move v?",
        ),
    ),
    hints=(
        "`[(x.v, x.w, x.kind) for x in nc.fixed_points(model)]` names all three.",
        "The border is the curve along which points move into the saddle: its stable manifold. "
        "`v, w = nc.separatrix(model)` follows it back in time.",
        "Find the v of that curve at the resting w, for example by `np.interp(rest.w, w, v)` on "
        "its lower part, and subtract the resting v. Let single shocks run to be sure.",
    ),
    solution=lambda p: (
        "Rest lies at v = {:.2f} mV, w = {:.4f}; the saddle at {:.2f} mV, {:.4f}. ".format(
            *_border(p.current)[:4]
        )
        + f"At the resting w the separatrix passes {_border(p.current)[6]:.2f} mV, so that a shock "
        f"must exceed {_border(p.current)[6] - _border(p.current)[0]:.2f} mV: "
        f"{_firing_shocks(p, _border(p.current)[6])} of the five do.\n\n"
        f"From {_border(p.current)[7]:.2f} mV on v would rise at first, but between there and the "
        "separatrix w catches up and the response dies. Nullclines are crossed, a separatrix never."
        "\n\nUnlike the patch of Hodgkin and Huxley this model has a border in the strict sense: "
        "two starts on either side part for good, however close they are."
    ),
    draw=_draw_plane,
    alt="The plane of potential and recovery variable. The separatrix runs through the saddle "
    "beside the rising part of the v nullcline. A start just left of it returns to rest, one just "
    "right of it makes a loop to high potentials.",
)

LEFT, RIGHT = -20.0, -2.0  # mV, between which the border is drawn
PLACES = 37


@computed
def _curves(current, straight=False, forward=False):
    """Return the w of the separatrix at the places compared, or of what is taken for it."""
    model, (_, saddle, _), v, w = _plane(current)
    places = np.linspace(LEFT, RIGHT, PLACES)
    if straight or forward:
        values, vectors = np.linalg.eig(jacobian(model, saddle.v, saddle.w))
        along = vectors[:, np.argmax(values) if forward else np.argmin(values)]
        w_at = saddle.w + along[1] / along[0] * (places - saddle.v)
    else:
        rising = slice(0, int(np.argmax(v)))
        w_at = np.interp(places, v[rising], w[rising])
    return tuple(w_at.tolist())


def _at_places(values):
    places = np.linspace(LEFT, RIGHT, PLACES)
    return lambda v: float(np.interp(v, places, values))


def _branch(p, name):
    return getattr(MorrisLecar(current=p.current), name)


def _draw_border(axes, p):
    v = np.linspace(LEFT, RIGHT, PLACES)
    saddle = _border(p.current)[2:4]
    nullcline = _branch(p, "voltage_nullcline")(v)
    border = np.array(_curves(p.current))
    axes.fill_between(v, nullcline, border, color=COLOUR["Na"], alpha=0.12, linewidth=0)
    axes.plot(v, border, color=COLOUR["Na"])
    axes.plot(v, nullcline, color=COLOUR["muted"])
    axes.plot(*saddle, "o", color=COLOUR["V"], markerfacecolor="white", markersize=7)
    axes.set(xlabel="v (mV)", ylabel="w")
    label(axes, saddle[0] + 0.4, saddle[1] - 0.012, "saddle")
    label(axes, -9, border[24] - 0.002, "separatrix", "Na", ha="right")
    label(axes, -7, nullcline[26] - 0.02, "dv/dt = 0", "muted")


separatrix_drawing = Plot(
    id="separatrix-drawing",
    title="Beside the nullcline",
    level="advanced",
    name="ax",
    parameters={"current": Vary(28, 24, 30, 2)},
    ask=lambda p: (
        f"{_model_words(p)}\n"
        "Draw w against v for two curves near its saddle: the one on which dv/dt = 0, and the "
        "separatrix.\nBefore you draw: must the two coincide?\n\n"
        "`model.voltage_nullcline(v)` gives the first and `nc.separatrix(model)` the points of the "
        "second."
    ),
    x=Axis("v", "mV"),
    y=Axis("w", ""),
    low=LEFT,
    high=RIGHT,
    points=PLACES,
    tolerance=Tolerance(absolute=0.002),
    answer=lambda p: {
        "separatrix": _at_places(_curves(p.current)),
        "nullcline": _branch(p, "voltage_nullcline"),
    },
    mistakes=(
        Mistake(
            "other-nullcline",
            lambda p: {"nullcline": _branch(p, "recovery_nullcline")},
            "One of your curves is the nullcline of w.",
            "On which curve does v stand still, and which variable may still move there?",
        ),
        Mistake(
            "tangent",
            lambda p: {"separatrix": _at_places(_curves(p.current, True))},
            "You went on straight along the saddle's eigenvector.",
            "How far from the saddle does the linear picture hold?",
        ),
        Mistake(
            "unstable-direction",
            lambda p: {"separatrix": _at_places(_curves(p.current, False, True))},
            "You followed the direction in which points leave the saddle.",
            "Does a start on the border run into the saddle or away from it?",
        ),
    ),
    hints=(
        "A nullcline is where one variable stands still for a moment. A separatrix is a trajectory "
        "that ends in the saddle.",
        "`v, w = nc.separatrix(model)` is ready to be drawn; for the other take "
        f"`x = np.linspace({LEFT:g}, {RIGHT:g}, 100)`.",
        'The curve may reach beyond the range that is asked for. `ax.set(xlabel="v (mV)", '
        'ylabel="w")` labels the axes.',
    ),
    solution=lambda p: (
        "Both pass the saddle, but only there do they meet. To its right the separatrix lies "
        f"higher: at −5 mV at w = {_at_places(_curves(p.current))(-5.0):.3f} against "
        f"{_branch(p, 'voltage_nullcline')(-5.0):.3f} of the nullcline.\n\n"
        "Between the two v falls at first, for the start lies above the nullcline, and yet the "
        "model fires in the end. To the left of the saddle it is the other way round: v rises and "
        "the model does not fire."
    ),
    draw=_draw_border,
    alt="Two rising curves that cross in the saddle: the separatrix is steeper than the nullcline "
    "of v. Between them lies a shaded strip in which v starts in the wrong direction.",
)

what_repolarises = Choice(
    id="what-repolarises",
    title="What brings V down again?",
    level="basic",
    name="downstroke",
    ask="In a squid axon (Hodgkin and Huxley) the potential peaks near +40 mV and is back below "
    "−65 mV some two milliseconds later, at 6.3 °C.\nThe Na⁺/K⁺ pump is then poisoned.\nWhat "
    "becomes of the downstroke of the next spike, and why?",
    options=("It is missing.", "It is as before.", "It is much slower."),
    reasons=(
        "The pump takes out the Na⁺ that came in.",
        "Na⁺ channels inactivate and K⁺ leaves through channels that have opened, down a gradient "
        "that one spike hardly changes.",
        "K⁺ channels use ATP to carry K⁺ out.",
        "The channels close because V has reached E_Na.",
    ),
    answer=("b", 2),
    mistakes=(
        Mistake(
            "pump",
            (None, 1),
            "You let the pump end the spike.",
            "How much charge can it move in a millisecond, against what a spike moves?",
        ),
        Mistake(
            "channel-with-atp",
            (None, 3),
            "You let the channels work like pumps.",
            "What drives an ion through an open channel?",
        ),
        Mistake(
            "stops-at-e-na",
            (None, 4),
            "You let V stop the channels by reaching E_Na.",
            "The peak stays below E_Na: what is different about h and n by then?",
        ),
    ),
    hints=(
        "Two gates are slower than m. What has each of them done by the time of the peak?",
        "In the model no pump appears at all. Does its spike have a downstroke?",
        "What the pump does, it does over seconds to hours: which quantity would run down?",
    ),
    solution="The model has no pump, and its spike comes down all the same: **b2**. At the peak h "
    "has fallen and n has risen, so the outward current of K⁺ wins.\n\nThe pump pays later, "
    "restoring gradients that thousands of spikes would wear down.",
)

undershoot = Choice(
    id="undershoot",
    title="Lower than before",
    level="basic",
    name="below_rest",
    ask="After its spike a squid axon (Hodgkin and Huxley, 6.3 °C) is more negative than at rest "
    "for several milliseconds.\nA leak that keeps the patch at −65 mV is there all along.\nWhat "
    "does V approach meanwhile, and why?",
    options=("E_K", "E_Na", "the reversal potential of the leak"),
    reasons=(
        "The pump expels more charge than it takes in.",
        "n falls slowly, so the K⁺ conductance stays above its resting value while Na⁺ channels "
        "are shut.",
        "h is still low, so that V cannot come back.",
        "K⁺ has run out inside.",
    ),
    answer=("a", 2),
    mistakes=(
        Mistake(
            "pump",
            (None, 1),
            "You let the pump make the undershoot.",
            "Does the Hodgkin–Huxley patch contain one?",
        ),
        Mistake(
            "inactivation",
            (None, 3),
            "Low h keeps Na⁺ channels shut, which alone would leave V at its rest without Na⁺.",
            "Which conductance is larger than at rest, and whose potential is it drawn to?",
        ),
        Mistake(
            "run-out",
            (None, 4),
            "One spike moves far less than a thousandth of the K⁺ in a squid axon.",
            "Which quantity changes a hundredfold during a spike: concentration or conductance?",
        ),
    ),
    hints=(
        "V is drawn to the reversal potential of whichever conductance is largest.",
        "Which gate is still away from its resting value when V has come back to −65 mV, and in "
        "which direction?",
        "τ_n is about 5 ms there. Which conductance does that keep high?",
    ),
    solution="When V is back, n is still high: the conductance for K⁺ is several times that at "
    "rest, and m has closed. V is drawn towards E_K = −77 mV until n has fallen: **a2**.",
)

PROBLEMS = (
    current_balance,
    gates_delay,
    time_constants,
    alpha_m,
    hh_rhs,
    own_simulation,
    onset_exponent,
    four_gates,
    onset_fit,
    clamp_family,
    what_repolarises,
    undershoot,
    saddle_border,
    separatrix_drawing,
)
"""In the order of the chapter."""
