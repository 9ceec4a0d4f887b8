"""Problems of the chapter "The price of a spike, and stimulation"."""

from math import log, pi

import numpy as np

from neurocore.experiments import (
    chronaxie,
    fit_strength_duration,
    lapicque,
    sodium_entry,
    strength_duration,
    weiss,
)
from neurocore.ions import AVOGADRO, FARADAY
from neurocore.plots import COLOUR, label, level
from neurocore.practice.bank.computed import computed
from neurocore.practice.bank.squid import REST, C, E, patch_words, squid_patch
from neurocore.practice.kinds import Axis, Choice, Function, Mistake, Numeric, Plot, Tolerance, Vary
from neurocore.simulate import simulate
from neurocore.stimuli import pulse

PER_ATP = 3  # sodium ions that the pump takes out for one ATP
IONS = 1e-17 / FARADAY * AVOGADRO  # ions/µm² in 1 nC/cm²


def _least(p, swing=None):
    """Return charge (nC/cm²), ions (1/µm²) and ATP (1/µm²) for a swing of the potential (mV)."""
    charge = C * (p.peak - p.rest if swing is None else swing)
    return charge, charge * IONS, charge * IONS / PER_ATP


capacitive_minimum = Numeric(
    id="capacitive-minimum",
    title="The least that a spike can cost",
    level="basic",
    name="least",
    parameters={"peak": Vary(45, 20, 50, 5), "rest": Vary(-65, -80, -60, 5)},
    ask=lambda p: (
        f"A membrane of {C:g} µF/cm² rests at {p.rest:g} mV.\nA spike takes it to {p.peak:g} mV.\n"
        "Suppose that only Na⁺ flows on the way up, only K⁺ on the way down.\n\n"
        "How much charge must Na⁺ carry in?\nHow many ions are that for each µm²?\n"
        "How much ATP does the pump spend on taking them out again?\nThree digits are enough."
    ),
    unit={"charge": "nC/cm²", "ions": "1/µm²", "atp": "1/µm²"},
    tolerance=Tolerance(relative=0.005),
    answer=_least,
    mistakes=(
        Mistake(
            "from-zero",
            lambda p: dict(zip(("charge", "ions", "atp"), _least(p, p.peak), strict=True)),
            "You charged the membrane from 0 mV on.",
            "Where is V before the spike?",
        ),
        Mistake(
            "there-and-back",
            lambda p: dict(
                zip(("charge", "ions", "atp"), _least(p, 2 * (p.peak - p.rest)), strict=True)
            ),
            "You counted the way down as well.",
            "Which ion carries the charge on the way down?",
        ),
        Mistake(
            "two-for-one",
            lambda p: {"atp": _least(p)[1] / 2},
            "You let the pump take out two sodium ions for one ATP.",
            "Two is the number for one of its ions: how many Na⁺ leave while two K⁺ come in?",
        ),
        Mistake(
            "one-for-one",
            lambda p: {"atp": _least(p)[1]},
            "You let the pump spend one ATP for each ion.",
            "How many Na⁺ leave in one cycle of the pump?",
        ),
        Mistake(
            "times-three",
            lambda p: {"atp": 3 * _least(p)[1]},
            "You let the pump spend three ATP for each ion.",
            "Which of the two does one cycle of the pump use more of, Na⁺ or ATP?",
        ),
    ),
    hints=(
        "Q = C ΔV, with the whole swing of the spike. µF/cm² times mV is nC/cm².",
        "One ion carries 1.602 × 10⁻¹⁹ C, and 1 cm² is 10⁸ µm².",
        "Three Na⁺ leave for one ATP.",
    ),
    solution=lambda p: (
        f"{C:g} µF/cm² × {p.peak - p.rest:g} mV = {_least(p)[0]:g} nC/cm². That is "
        f"{_least(p)[1]:.0f} ions for each µm², and a third of it ATP: {_least(p)[2]:.0f}.\n\n"
        "This is a lower bound for Na⁺ that carries the upstroke alone. A real spike costs more as "
        "far as Na⁺ and K⁺ flow at the same time."
    ),
)

PULSE = 0.2  # ms
WAIT = 40.0  # ms


@computed
def _cost(celsius):
    """Return the sodium charge of one spike and its minimum, nC/cm²."""
    cost = sodium_entry(squid_patch(celsius), duration=PULSE, wait=WAIT)
    return cost.entry, cost.minimum


def _price(p):
    entry, minimum = _cost(p.celsius)
    return entry, entry / minimum, entry * IONS / PER_ATP


def _with_leak_at_rest(p):
    """Return the integral of the sodium current with what flows at rest, nC/cm²."""
    at_rest = -float(squid_patch(p.celsius).membrane.currents(REST)["Na"])
    return _cost(p.celsius)[0] + WAIT * at_rest


spike_price = Numeric(
    id="spike-price",
    title="What a squid pays",
    level="intermediate",
    name="price",
    parameters={"celsius": Vary(18.5, 6.5, 26.5, 2)},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nA pulse of {PULSE:g} ms and twice its threshold makes one "
        f"spike.\nFollow the sodium current for {WAIT:g} ms from the start of the pulse, and take "
        "away what flows at rest.\n\nHow much charge does Na⁺ carry in?\nThe least that would do "
        "is capacitance times the height of the spike above rest: how many times as much is it?\n"
        "How much ATP does the pump spend on it, three Na⁺ for one ATP?"
    ),
    unit={"charge": "nC/cm²", "excess": "", "atp": "1/µm²"},
    tolerance=Tolerance(relative=0.01),
    answer=_price,
    mistakes=(
        Mistake(
            "no-overlap",
            lambda p: {
                "charge": _cost(p.celsius)[1],
                "excess": 1.0,
                "atp": _cost(p.celsius)[1] * IONS / PER_ATP,
            },
            "You gave the least that would do.",
            "Are the sodium channels shut while V is on its way down?",
        ),
        Mistake(
            "with-the-rest",
            lambda p: {
                "charge": _with_leak_at_rest(p),
                "excess": _with_leak_at_rest(p) / _cost(p.celsius)[1],
                "atp": _with_leak_at_rest(p) * IONS / PER_ATP,
            },
            "Your integral contains the sodium that leaks in at rest.",
            f"How much would have come in during {WAIT:g} ms without a spike?",
        ),
        Mistake(
            "height-over-zero",
            lambda p: {"excess": _price(p)[0] / (C * (_cost(p.celsius)[1] / C + REST))},
            "Your least charge counts the spike's height from 0 mV.",
            "Where does V start from?",
        ),
        Mistake(
            "two-for-one",
            lambda p: {"atp": _price(p)[0] * IONS / 2},
            "You let the pump take out two sodium ions for one ATP.",
            "How many Na⁺ leave while two K⁺ come in?",
        ),
        Mistake(
            "ions",
            lambda p: {"atp": _price(p)[0] * IONS},
            "You gave the number of ions.",
            "How many of them leave for one ATP?",
        ),
    ),
    hints=(
        'A run gives `run.t` and `run.currents["Na"]`, negative where Na⁺ comes in. µA/cm² times '
        "ms is nC/cm².",
        "`np.trapezoid(inward - inward[0], run.t)` integrates what exceeds the current at rest.",
        "`nc.sodium_entry(patch)` does all of this: `.entry`, `.excess` and `.atp`.",
    ),
    solution=lambda p: (
        f"Na⁺ carries in {_price(p)[0]:.0f} nC/cm², {_price(p)[1]:.2f} times the least, for "
        f"{_price(p)[2]:.0f} ATP per µm².\n\nAt 6.3, 18.5 and 25 °C the excess is "
        + ", ".join(f"{np.divide(*_cost(x)):.1f}" for x in (6.3, 18.5, 25.0))
        + ": in the cold the same currents last longer, while the capacitance to be charged stays "
        "as it is, so that more of both only cancels. The famous factor of four is that of a squid "
        "near 18 °C. Mammals do with less: 1.3 times the least in mossy fibres (Alle and others "
        "2009), about 2 in fast-spiking neurons (Carter and Bean 2009)."
    ),
)

LASTS = 3.0  # ms, that the currents are drawn for
TIMES = np.linspace(0, LASTS, 101)
WARM = 18.5  # °C


@computed
def _flows(strength, celsius):
    """Return inward sodium and outward potassium current at TIMES (µA/cm²), one after the other."""
    r = simulate(squid_patch(celsius), pulse(strength, 0.0, PULSE), LASTS, sample=0.005)
    flows = -r.currents["Na"], r.currents["K"]
    return tuple(float(x) for flow in flows for x in np.interp(TIMES, r.t, flow))


@computed
def _v(strength, celsius):
    """Return V at TIMES, mV."""
    r = simulate(squid_patch(celsius), pulse(strength, 0.0, PULSE), LASTS, sample=0.005)
    return tuple(float(x) for x in np.interp(TIMES, r.t, r.v))


@computed
def _peak_and_late_share(strength, celsius):
    """Return when V is highest (ms), and the share of the sodium charge that flows later."""
    r = simulate(squid_patch(celsius), pulse(strength, 0.0, PULSE), LASTS, sample=0.001)
    peak, sodium = int(np.argmax(r.v)), r.currents["Na"]
    late = np.trapezoid(sodium[peak:], r.t[peak:]) / np.trapezoid(sodium, r.t)
    return float(r.t[peak]), float(late)


def _curves(p, celsius=WARM):
    both = np.array(_flows(p.strength, celsius))
    return {"sodium": both[: TIMES.size], "potassium": both[TIMES.size :]}


def _along(values):
    return lambda t: np.interp(t, TIMES, values)


def _as_curves(values):
    return {name: _along(flow) for name, flow in values.items()}


def _conductances(p):
    v = np.array(_v(p.strength, WARM))
    sodium, potassium = _curves(p).values()
    return {"sodium": sodium / (E["Na"] - v), "potassium": potassium / (v - E["K"])}


def _draw_flows(axes, p):
    sodium, potassium = _curves(p).values()
    axes.fill_between(TIMES, np.minimum(sodium, potassium), color=COLOUR["muted"], alpha=0.25, lw=0)
    axes.plot(TIMES, sodium, color=COLOUR["Na"])
    axes.plot(TIMES, potassium, color=COLOUR["K"])
    top = int(np.argmax(sodium))
    label(axes, TIMES[top] - 0.05, sodium[top], "Na⁺ in", "Na", ha="right", va="top")
    end = int(np.argmax(potassium)) + 12
    label(axes, TIMES[end] + 0.05, potassium[end], "K⁺ out", "K")
    level(axes, _peak_and_late_share(p.strength, WARM)[0], "peak of V", along="y")
    axes.set(xlabel="time (ms)", ylabel="current (µA/cm²)", xlim=(0, LASTS), ylim=(0, None))


crossed_flows = Plot(
    id="crossed-flows",
    title="Two flows that cancel",
    level="intermediate",
    name="ax",
    parameters={"strength": 80.0, "celsius": WARM},
    ask=lambda p: (
        f"{patch_words(WARM)}\nA pulse of {p.strength:g} µA/cm² begins at time 0 and lasts "
        f"{PULSE:g} ms.\n\nDraw the sodium current, inward positive, and the potassium current, "
        "outward positive, into the same axes.\n"
        "Before you draw: does most of the sodium come in before or after the peak of V?"
    ),
    x=Axis("time", "ms"),
    y=Axis("current", "µA/cm²"),
    low=0.0,
    high=LASTS,
    points=TIMES.size,
    tolerance=Tolerance(relative=0.03),
    answer=lambda p: _as_curves(_curves(p)),
    mistakes=(
        Mistake(
            "cold",
            lambda p: _as_curves(_curves(p, 6.3)),
            "You drew the currents at 6.3 °C.",
            "What does `nc.hodgkin_huxley()` take for its temperature if you give none?",
        ),
        Mistake(
            "conductances",
            lambda p: _as_curves(_conductances(p)),
            "You drew conductances.",
            "What has each of them to be multiplied by to become a current?",
        ),
        Mistake(
            "net-current",
            lambda p: {"sodium": _along(_curves(p)["sodium"] - _curves(p)["potassium"])},
            "One of your curves is what Na⁺ and K⁺ leave over together.",
            "Which of the two does the pump have to pay for, their difference or each of them?",
        ),
    ),
    hints=(
        "`run = nc.simulate(patch, nc.pulse(…), 3)` has `run.t` and the currents by name, outward "
        "positive.",
        'Turn the sign of `run.currents["Na"]` round, and leave that of `run.currents["K"]`.',
        '`ax.plot(run.t, …)` twice, then `ax.set(xlabel="time (ms)", ylabel="current (µA/cm²)")`.',
    ),
    solution=lambda p: (
        f"{100 * _peak_and_late_share(p.strength, WARM)[1]:.0f} % of the sodium comes in after "
        "the peak of V, while potassium goes out. Most of either flow is cancelled by the other, "
        "and the pump has to undo both. That overlap, grey in the figure, is why a spike at this "
        "temperature costs about four times the least.\n\nThe steep first peak of Na⁺ is what "
        "charges the membrane."
    ),
    draw=_draw_flows,
    alt="Inward sodium and outward potassium current during a spike. Sodium has a first sharp "
    "peak, then a second broad one, along which potassium runs a little higher. Their overlap, "
    "most of the area, lies after the peak of the potential.",
)

AXON_D, SOMA_D, DENDRITE_D = 0.3, 25.0, 0.9  # µm
DENDRITES = 4.5  # mm
FULL, HALF = 100.0, 50.0  # mV
SQUIDS, SHARE = 4.0, 47.0  # excess and share of the budget (%) in the estimate of 2001


def _budget(p, axon=None, dendrites=HALF):
    """Return ions that must come in with one spike, ATP spent on it, share of the new budget."""
    area = {
        "axon": pi * AXON_D * 1e3 * p.axon if axon is None else axon,
        "soma": pi * SOMA_D**2,
        "dendrites": pi * DENDRITE_D * 1e3 * DENDRITES,
    }
    swing = {"axon": FULL, "soma": FULL, "dendrites": dendrites}
    ions = sum(area[part] * C * swing[part] * IONS for part in area)
    spikes = SHARE * p.excess / SQUIDS
    return ions, ions * SQUIDS / PER_ATP, 100 * spikes / (spikes + 100 - SHARE)


spike_budget = Numeric(
    id="spike-budget",
    title="A neuron's bill",
    level="intermediate",
    name="bill",
    parameters={"axon": Vary(40, 20, 60, 10), "excess": Vary(1.3, 1.2, 2.0, 0.1)},
    ask=lambda p: (
        "In the manner of Attwell and Laughlin (2001), a neuron of the cortex has an axon of "
        f"{p.axon:g} mm with all its branches, {AXON_D:g} µm thick, a spherical soma {SOMA_D:g} µm "
        f"across and dendrites of {DENDRITES:g} mm, {DENDRITE_D:g} µm thick.\nAll its "
        f"membrane has {C:g} µF/cm².\nA spike takes axon and soma up by {FULL:g} mV and the "
        f"dendrites by {HALF:g} mV.\n\nHow many Na⁺ must come in at the very least?\n"
        f"How much ATP does one spike cost if the excess is {SQUIDS:g} everywhere, as in the "
        "squid, and three Na⁺ leave for one ATP?\nIn such a budget spikes had "
        f"{SHARE:g} % of the energy for signalling.\nWhich share remains if the excess is only "
        f"{p.excess:g} and all else stays as it is?"
    ),
    unit={"ions": "", "atp": "", "share": "%"},
    tolerance=Tolerance(relative=0.01),
    answer=_budget,
    mistakes=(
        Mistake(
            "cross-section",
            lambda p: {"ions": _budget(p, axon=pi / 4 * AXON_D**2)[0]},
            "You took the axon's cross-section for its membrane.",
            "Which part of a cylinder is covered with membrane?",
        ),
        Mistake(
            "full-swing-everywhere",
            lambda p: {"ions": _budget(p, dendrites=FULL)[0], "atp": _budget(p, dendrites=FULL)[1]},
            "You let the dendrites swing as far as the axon.",
            "By how much does the spike take them up?",
        ),
        Mistake(
            "one-for-one",
            lambda p: {"atp": _budget(p)[0] * SQUIDS},
            "You paid one ATP for each ion.",
            "How many Na⁺ leave for one ATP?",
        ),
        Mistake(
            "no-excess",
            lambda p: {"atp": _budget(p)[0] / PER_ATP},
            "You paid for the least number of ions.",
            "How many times as many come in?",
        ),
        Mistake(
            "old-total",
            lambda p: {"share": SHARE * p.excess / SQUIDS},
            "You compared the new cost of spikes with the old sum.",
            "What is the sum of all costs once spikes have become cheaper?",
        ),
    ),
    hints=(
        "Membrane first: π d L for a cylinder, π d² for a sphere.",
        "1 µF/cm² and 100 mV are 100 nC/cm², or 6240 ions for each µm².",
        lambda p: (
            f"Spikes cost {SHARE:g} × {p.excess:g}/{SQUIDS:g} of what was 100, the rest still "
            f"{100 - SHARE:g}: divide by their sum."
        ),
    ),
    solution=lambda p: (
        f"At least {_budget(p)[0] / 1e8:.2f} × 10⁸ Na⁺ come in. With an excess of {SQUIDS:g} that "
        f"costs {_budget(p)[1] / 1e8:.2f} × 10⁸ ATP for each spike. With {p.excess:g} spikes have "
        f"{_budget(p)[2]:.1f} % of what is then spent on signalling.\n\nWhether "
        "spikes are half of the bill or a fifth hangs on that one number from the squid: with "
        "measurements from mammals Howarth and others (2012) came to 21 %. The axon pays for "
        f"{100 * (1 - _budget(p, axon=0.0)[0] / _budget(p)[0]):.0f} % of this neuron's spike."
    ),
)

DURATIONS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # ms


@computed
def _thresholds(celsius):
    """Return the thresholds, µA/cm², as they are printed: with four digits."""
    found = strength_duration(squid_patch(celsius), DURATIONS)
    return tuple(float(f"{x:.4g}") for x in found)


@computed
def _true(celsius):
    """Return chronaxie (ms) and rheobase (µA/cm²) of the patch itself."""
    return chronaxie(squid_patch(celsius))


@computed
def _fitted(celsius):
    """Return rheobase (µA/cm²) and chronaxie (ms) by Weiss's law, then by Lapicque's."""
    data = _thresholds(celsius)
    return sum((fit_strength_duration(DURATIONS, data, law) for law in (weiss, lapicque)), ())


def _charge_line(p):
    """Return rheobase and chronaxie of the straight line through the charges, unweighted."""
    slope, start = np.polyfit(DURATIONS, np.multiply(DURATIONS, _thresholds(p.celsius)), 1)
    return slope, start / slope


def _absolute(p):
    """Return rheobase and chronaxie by Weiss's law with the least squares of currents."""
    slope, start = np.polyfit(1 / np.array(DURATIONS), _thresholds(p.celsius), 1)
    return start, slope / start


def _missed(p, law, rheobase, chronaxie):
    """Return by how much a law misses the data, %."""
    return 100 * (law(np.array(DURATIONS), rheobase, chronaxie) / _thresholds(p.celsius) - 1)


def _draw_misses(axes, p):
    fitted = _fitted(p.celsius)
    for law, values, role, words in (
        (weiss, fitted[:2], "K", "Weiss"),
        (lapicque, fitted[2:], "Na", "Lapicque"),
    ):
        missed = _missed(p, law, *values)
        axes.semilogx(DURATIONS, missed, "o-", color=COLOUR[role])
        label(axes, 11.5, missed[-1], words, role, va="center")
    level(axes, 0.0)
    axes.set(xlabel="pulse duration (ms)", ylabel="law over data (%)", xlim=(0.04, 40))
    axes.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])


def _listed(values):
    return "[" + ", ".join(f"{x:g}" for x in values) + "]"


strength_duration_fit = Numeric(
    id="strength-duration-fit",
    title="Two old laws and one axon",
    level="advanced",
    name="laws",
    parameters={"celsius": Vary(6.3, 6.3, 18.3, 4)},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nIts thresholds for single pulses were found by simulation, not "
        "measured: the smallest current that is followed by an upstroke of its own through 0 mV, "
        f"within 20 ms of the end of the pulse.\n\n```python\nd = np.array({_listed(DURATIONS)})  "
        f"# ms\ni = np.array({_listed(_thresholds(p.celsius))})  # µA/cm²\n```\n\n"
        "Fit Weiss's law, I = I_rh (1 + c/d), and Lapicque's, I = I_rh/(1 − 2^(−d/c)).\nFor each, "
        "find the rheobase I_rh and the chronaxie c for which the sum of the squared relative "
        "residuals, (law − data)/data, over all eight points is least.\n\nThen find the true "
        "chronaxie by simulation: the duration whose threshold is twice the rheobase, the smallest "
        "step of 200 ms that makes a spike.\nGive three digits."
    ),
    unit={
        "weiss_rheobase": "µA/cm²",
        "weiss_chronaxie": "ms",
        "lapicque_rheobase": "µA/cm²",
        "lapicque_chronaxie": "ms",
        "chronaxie": "ms",
    },
    tolerance=Tolerance(relative=0.01),
    answer=lambda p: (*_fitted(p.celsius), _true(p.celsius)[0]),
    mistakes=(
        Mistake(
            "line-of-charge",
            lambda p: {
                "weiss_rheobase": _charge_line(p)[0],
                "weiss_chronaxie": _charge_line(p)[1],
            },
            "You fitted a straight line to the charges, each with the same weight.",
            "By how many per cent does that line miss the shortest pulse, and by how many the "
            "longest?",
        ),
        Mistake(
            "not-relative",
            lambda p: {"weiss_rheobase": _absolute(p)[0], "weiss_chronaxie": _absolute(p)[1]},
            "You squared residuals in µA/cm², so that the shortest pulse decides almost alone.",
            "By what is each residual to be divided?",
        ),
        Mistake(
            "time-constant",
            lambda p: {"lapicque_chronaxie": _fitted(p.celsius)[3] / log(2)},
            "You gave the time constant of e^(−d/τ).",
            "For which d is 1 − e^(−d/τ) one half?",
        ),
        Mistake(
            "law-for-axon",
            lambda p: {"chronaxie": _fitted(p.celsius)[1]},
            "You took the chronaxie of Weiss's law for that of the axon.",
            "What is the threshold of the simulated patch at that duration?",
        ),
    ),
    hints=(
        "Weiss's law is a straight line in two unknowns, I_rh and I_rh c. Divided by the data it "
        "stays one: `np.linalg.lstsq` with the columns 1/i and 1/(d i), and ones on the right.",
        "Lapicque's law is linear in I_rh alone. For a given c the best I_rh is Σ s/Σ s², with s = "
        "1/((1 − 2^(−d/c)) i). Try many c, or minimise.",
        "`nc.fit_strength_duration(d, i, nc.lapicque)` checks your fit. `nc.rheobase(patch)`, then "
        "halve the range of the pulse's duration, or `nc.chronaxie(patch)`.",
    ),
    solution=lambda p: (
        "Weiss: {:.3f} µA/cm² and {:.3f} ms. Lapicque: {:.3f} µA/cm² and {:.3f} ms. ".format(
            *_fitted(p.celsius)
        )
        + "The axon: {1:.3f} µA/cm² and {0:.3f} ms.\n\n".format(*_true(p.celsius))
        + "Neither law is the axon's. For short pulses the charge is nearly constant, "
        f"{DURATIONS[0] * _thresholds(p.celsius)[0]:.2f} nC/cm², as both laws have it. For long "
        "ones the axon accommodates, and a pulse stops helping sooner than a passive "
        "membrane would have it. How the residuals are weighed moves Weiss's chronaxie from "
        f"{_fitted(p.celsius)[1]:.2f} to {_charge_line(p)[1]:.2f} ms on the same data: a "
        "chronaxie without its method says little."
    ),
    draw=_draw_misses,
    alt="By how many per cent each fitted law misses the data, against pulse duration. Both lie "
    "too low at the shortest and longest pulses and too high near 2 ms, Weiss's law further off "
    "than Lapicque's.",
)


def _pulse(p):
    """Return current (mA), charge (nC), energy (µJ) and the duration of least energy (ms)."""
    current = p.rheobase * (1 + p.chronaxie / p.duration)
    return (
        current,
        1e3 * current * p.duration,
        current**2 * p.resistance * p.duration,
        p.chronaxie,
    )


short_pulses = Numeric(
    id="short-pulses",
    title="What to save: charge or battery?",
    level="basic",
    name="stimulus",
    parameters={
        "rheobase": Vary(0.5, 0.3, 1.0, 0.1),
        "chronaxie": Vary(0.2, 0.15, 0.4, 0.05),
        "duration": Vary(0.06, 0.04, 0.1, 0.01),
        "resistance": Vary(1.0, 0.8, 1.2, 0.1),
    },
    ask=lambda p: (
        f"A stimulator drives nerve fibres through an electrode of {p.resistance:g} kΩ.\nTheir "
        f"thresholds follow Weiss's law, with a rheobase of {p.rheobase:g} mA and a chronaxie of "
        f"{p.chronaxie:g} ms.\nIts pulses last {p.duration:g} ms.\n\nWhich current do they need at "
        "threshold?\nWhich charge, and which energy in the resistance, does one pulse take?\n"
        "For which duration would a threshold pulse take the least energy?"
    ),
    unit={"current": "mA", "charge": "nC", "energy": "µJ", "thriftiest": "ms"},
    tolerance=Tolerance(relative=0.005),
    answer=_pulse,
    mistakes=(
        Mistake(
            "rheobase-for-threshold",
            lambda p: {
                "current": p.rheobase,
                "charge": 1e3 * p.rheobase * p.duration,
                "energy": p.rheobase**2 * p.resistance * p.duration,
            },
            "You used the rheobase for a short pulse.",
            "What does Weiss's law add to it as the pulse gets shorter?",
        ),
        Mistake(
            "ratio-upside-down",
            lambda p: {"current": p.rheobase * (1 + p.duration / p.chronaxie)},
            "In your law longer pulses need more current.",
            "Which of duration and chronaxie belongs below the line?",
        ),
        Mistake(
            "not-squared",
            lambda p: {"energy": _pulse(p)[0] * p.resistance * p.duration},
            "You multiplied current, resistance and time.",
            "Power is voltage times current: where does the voltage come from?",
        ),
        Mistake(
            "shortest-is-best",
            {"thriftiest": 0.0},
            "You looked for the least charge, which the shortest pulses have.",
            "What does the square of the current do as the pulse gets shorter?",
        ),
    ),
    hints=(
        "I = I_rh (1 + c/d). Charge is I d, energy is I² R d.",
        "mA times ms is µC, and 1 µC is 1000 nC. mA² times kΩ times ms is µJ.",
        "Energy goes as (1 + c/d)² d = d + 2c + c²/d. Where is that least?",
    ),
    solution=lambda p: (
        f"The current is {p.rheobase:g} × (1 + {p.chronaxie:g}/{p.duration:g}) = "
        f"{_pulse(p)[0]:.3f} mA, the charge {_pulse(p)[1]:.1f} nC, the energy {_pulse(p)[2]:.4f} "
        f"µJ.\n\nThe charge, I_rh (d + c), falls as pulses get shorter, to I_rh c = "
        f"{1e3 * p.rheobase * p.chronaxie:g} nC and no further. The energy goes as d + 2c + c²/d "
        f"and is least at d = c = {p.chronaxie:g} ms. Tissue and electrode are spared by little "
        "charge, so by short pulses; the battery lasts longest with pulses near the chronaxie."
    ),
)

R_E = 300.0  # Ω·cm, of the tissue


def _potential(p, x, current=None):
    """Return the potential (mV) of a point electrode at a place along the fibre (mm)."""
    current = p.current if current is None else current
    return 10 * R_E * current / (4 * pi * np.sqrt(x**2 + p.z**2))


def _second_difference(p, current=None):
    def second(x):
        sides = _potential(p, x - p.spacing, current) + _potential(p, x + p.spacing, current)
        return sides - 2 * _potential(p, x, current)

    return second


def _draw_activating(axes, p):
    x = np.linspace(-4 * p.z, 4 * p.z, 400)
    for current, role, words in ((p.current, "V", "cathode"), (-p.current, "muted", "anode")):
        y = _second_difference(p, current)(x)
        axes.plot(x, y, "-" if role == "V" else "--", color=COLOUR[role])
        k = int(np.argmax(np.abs(y)))
        label(axes, 0.35 * p.z, 0.85 * y[k], words, role, va="center")
    level(axes, 0.0)
    nodes = np.arange(-int(4 * p.z / p.spacing), int(4 * p.z / p.spacing) + 1) * p.spacing
    axes.plot(nodes, _second_difference(p)(nodes), "o", color=COLOUR["V"])
    axes.set(xlabel="node's distance along the fibre (mm)", ylabel="second difference (mV)")


activating_function = Function(
    id="activating-function",
    title="Where the fibre feels it",
    level="advanced",
    name="second_difference",
    parameters={
        "current": Vary(-1.0, -2.0, -0.5, 0.5),
        "z": Vary(1.0, 0.8, 1.4, 0.2),
        "spacing": Vary(0.5, 0.3, 0.6, 0.1),
    },
    ask=lambda p: (
        f"A point electrode lies {p.z:g} mm beside a straight myelinated fibre and passes "
        f"{p.current:g} mA: it is a cathode.\nThe tissue is uniform, without end, and has a "
        f"resistivity ρ of {R_E:g} Ω·cm, so that the potential at a distance r is ρI/(4πr).\nThe "
        f"nodes are {p.spacing:g} mm apart.\nWhat pushes a node at rest is the second difference "
        "of the potential outside: that of the node before, minus twice its own, plus that of the "
        "node after.\n\nWrite a function that takes a node's distance x in mm, along the fibre "
        "from the point nearest to the electrode, and returns the second difference.\nThen draw "
        "it: where does it change its sign, and how large are its side lobes?"
    ),
    inputs={"x": (-4, 4)},
    special=((0.0,),),
    unit="mV",
    tolerance=Tolerance(relative=0.005),
    answer=_second_difference,
    mistakes=(
        Mistake(
            "anode",
            lambda p: _second_difference(p, -p.current),
            "Your fibre is pushed down below the cathode: the sign is turned round.",
            "What sign has the potential near a cathode, and where is it lowest?",
        ),
        Mistake(
            "first-difference",
            lambda p: lambda x: _potential(p, x + p.spacing / 2) - _potential(p, x - p.spacing / 2),
            "You took the first difference, the field along the fibre.",
            "If as much current flows in from the one side as flows off to the other, what charges "
            "the node?",
        ),
        Mistake(
            "potential-itself",
            lambda p: lambda x: _potential(p, x),
            "You returned the potential outside.",
            "If it were the same along the whole fibre, would any current flow inside?",
        ),
        Mistake(
            "per-length",
            lambda p: lambda x: _second_difference(p)(x) / p.spacing**2,
            "You divided by the square of the spacing, which makes it a derivative.",
            "Which unit has a difference of potentials?",
        ),
        Mistake(
            "half-space",
            lambda p: _second_difference(p, 2 * p.current),
            "Your potential is twice too large, as if the current could flow to one side only.",
            "Over which area does it spread at a distance r in tissue without end?",
        ),
    ),
    hints=(
        "Write a function for the potential at x first. r is √(x² + z²).",
        f"{R_E:g} Ω·cm are {R_E / 100:g} Ω·m. mA over mm is A/m, so ρI/(4πr) comes out in V.",
        lambda p: (
            f"Call it at x − {p.spacing:g}, x and x + {p.spacing:g}. At x = 0 the second "
            f"difference is {float(_second_difference(p)(0.0)):.1f} mV."
        ),
    ),
    solution=lambda p: (
        "`def potential(x):`\n"
        f"`    return 10 * {R_E:g} * {p.current:g} / (4 * np.pi * np.sqrt(x**2 + {p.z:g} ** 2))`\n"
        "`def second_difference(x):`\n"
        f"`    sides = potential(x - {p.spacing:g}) + potential(x + {p.spacing:g})`\n"
        "`    return sides - 2 * potential(x)`\n\n"
        "Below a cathode the fibre is pushed up, on both sides beyond it down. For nodes that are "
        "close together the second difference becomes the second derivative, which is "
        "proportional to (2x² − z²)/(x² + z²)^(5/2) times the current. It vanishes at x = z/√2 = "
        f"{p.z / 2**0.5:.2f} mm, and its side lobes, at 1.22 z, have 0.20 of the height of the "
        "centre."
    ),
    draw=_draw_activating,
    alt="Second difference of the potential against the node's place. Below the cathode a high "
    "positive peak with a shallow negative lobe on either side; for an anode all of it mirrored "
    "at zero.",
)

cathode_or_anode = Choice(
    id="cathode-or-anode",
    title="Cathode or anode?",
    level="intermediate",
    name="pole",
    ask="A point electrode outside a long straight fibre stimulates it with short pulses.\nAs a "
    "cathode it needs a certain current.\nHow does the current compare that it needs as an anode, "
    "and why?",
    options=(
        "An anode needs less: it pushes positive charge into the fibre.",
        "An anode needs about five times as much.",
        "An anode cannot excite it with any current, as long as it flows.",
    ),
    reasons=(
        "Positive charge from the electrode goes through the nearest membrane and depolarises it.",
        "Current that enters the fibre near an anode leaves it again further off, and depolarises "
        "it there, more weakly.",
        "An anode hyperpolarises all of the fibre.",
        "Tissue conducts better towards a cathode.",
    ),
    answer=("b", 2),
    mistakes=(
        Mistake(
            "into-the-nearest",
            (None, 1),
            "Current that enters through a membrane makes its outside the more positive one.",
            "Which way must current cross a membrane to depolarise it?",
        ),
        Mistake(
            "everywhere-down",
            (None, 3),
            "All current that enters the fibre must leave it somewhere.",
            "What happens to the membrane where it leaves?",
        ),
        Mistake(
            "one-way-tissue",
            (None, 4),
            "Tissue conducts alike both ways.",
            "What is turned round if the same electrode becomes an anode?",
        ),
    ),
    hints=(
        "Draw the lines of current from an anode: into the fibre below it, along it, out again.",
        "Outward current through a membrane at rest depolarises it. Where is there outward current "
        "with a cathode, and where with an anode?",
        "The second derivative of the potential along the fibre has a centre and two side lobes of "
        "the other sign. These are 0.20 as high.",
    ),
    solution="Below a cathode current leaves the fibre and depolarises it. Below an anode current "
    "enters, and what has entered leaves further off on both sides, spread out, with a fifth of "
    "the strength at most: so an anode needs about five times the current, **b2**.\n\nThe fifth "
    "is the side lobe of the activating function. It leaves out how V then spreads along the "
    "fibre, so take it for an estimate. A long anodal pulse can also excite as it ends.",
)

PROBLEMS = (
    capacitive_minimum,
    spike_price,
    crossed_flows,
    spike_budget,
    short_pulses,
    strength_duration_fit,
    activating_function,
    cathode_or_anode,
)
"""In the order of the chapter."""
