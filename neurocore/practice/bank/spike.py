"""Problems of the chapter "The all-or-none spike"."""

from functools import lru_cache
from math import exp, log

import numpy as np

from neurocore.channels import linoid
from neurocore.experiments import smallest
from neurocore.practice.bank.computed import computed
from neurocore.practice.bank.squid import GATES, SPIKE, SQUID, TABLE, C, E, G, squid_patch
from neurocore.practice.kinds import Choice, Function, Mistake, Numeric, Tolerance, Vary
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


def _onset(p, power=3, start=None):
    """Return the log–log slope of the onset of m³ after a step from a holding potential."""
    gate = GATES["m"]
    end, tau = float(gate.steady_state(p.v)), float(gate.time_constant(p.v, p.celsius))

    def slope(v_start):
        m0 = gate.steady_state(v_start) if start is None else start + 0.0 * v_start
        early, later = (end - (end - m0) * exp(-t / tau) for t in (EARLY, LATER))
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
        "not that a channel has four gates."
    ),
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
    onset_fit,
    what_repolarises,
    undershoot,
)
"""In the order of the chapter."""
