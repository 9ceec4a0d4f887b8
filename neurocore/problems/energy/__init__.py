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
from neurocore.problems.computed import computed
from neurocore.problems.squid import REST, C, E, patch_words, squid_patch
from neurocore.simulate import simulate
from neurocore.stimuli import pulse

PER_ATP = 3  # sodium ions that the pump takes out for one ATP
IONS = 1e-17 / FARADAY * AVOGADRO  # ions/µm² in 1 nC/cm²


def _least(p, swing=None):
    """Return charge (nC/cm²), ions (1/µm²) and ATP (1/µm²) for a swing of the potential (mV)."""
    charge = C * (p.peak - p.rest if swing is None else swing)
    return charge, charge * IONS, charge * IONS / PER_ATP


def capacitive_minimum(p):
    return {
        "answer": dict(zip(("charge", "ions", "atp"), _least(p), strict=True)),
        "from-zero": dict(zip(("charge", "ions", "atp"), _least(p, p.peak), strict=True)),
        "there-and-back": dict(
            zip(("charge", "ions", "atp"), _least(p, 2 * (p.peak - p.rest)), strict=True)
        ),
        "two-for-one": {"atp": _least(p)[1] / 2},
        "one-for-one": {"atp": _least(p)[1]},
        "times-three": {"atp": 3 * _least(p)[1]},
        "c": C,
        "height": p.peak - p.rest,
    }


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


def spike_price(p):
    return {
        "answer": dict(zip(("charge", "excess", "atp"), _price(p), strict=True)),
        "no-overlap": {
            "charge": _cost(p.celsius)[1],
            "excess": 1.0,
            "atp": _cost(p.celsius)[1] * IONS / PER_ATP,
        },
        "with-the-rest": {
            "charge": _with_leak_at_rest(p),
            "excess": _with_leak_at_rest(p) / _cost(p.celsius)[1],
            "atp": _with_leak_at_rest(p) * IONS / PER_ATP,
        },
        "height-over-zero": {"excess": _price(p)[0] / (C * (_cost(p.celsius)[1] / C + REST))},
        "two-for-one": {"atp": _price(p)[0] * IONS / 2},
        "ions": {"atp": _price(p)[0] * IONS},
        "patch": patch_words(p.celsius),
        "pulse": PULSE,
        "wait": WAIT,
        "cold": np.divide(*_cost(6.3)),
        "warm": np.divide(*_cost(18.5)),
        "hot": np.divide(*_cost(25.0)),
    }


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
    r = simulate(squid_patch(celsius), pulse(strength, 0.0, PULSE), LASTS, sample=1e-3)
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


def draw_crossed_flows(axes, p):
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


CROSSED_FLOWS = {"strength": 80.0, "celsius": WARM}
CROSSED_FLOWS_POINTS = TIMES.size


def crossed_flows(p):
    return {
        "answer": _as_curves(_curves(p)),
        "cold": _as_curves(_curves(p, 6.3)),
        "conductances": _as_curves(_conductances(p)),
        "net-current": {"sodium": _along(_curves(p)["sodium"] - _curves(p)["potassium"])},
        "patch_words_warm": patch_words(WARM),
        "pulse": PULSE,
        "late_share": 100 * _peak_and_late_share(p.strength, WARM)[1],
    }


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


def spike_budget(p):
    return {
        "answer": dict(zip(("ions", "atp", "share"), _budget(p), strict=True)),
        "cross-section": {"ions": _budget(p, axon=pi / 4 * AXON_D**2)[0]},
        "full-swing-everywhere": {
            "ions": _budget(p, dendrites=FULL)[0],
            "atp": _budget(p, dendrites=FULL)[1],
        },
        "one-for-one": {"atp": _budget(p)[0] * SQUIDS},
        "no-excess": {"atp": _budget(p)[0] / PER_ATP},
        "old-total": {"share": SHARE * p.excess / SQUIDS},
        "axon_d": AXON_D,
        "soma_d": SOMA_D,
        "dendrites": DENDRITES,
        "dendrite_d": DENDRITE_D,
        "c": C,
        "full": FULL,
        "half": HALF,
        "squids": SQUIDS,
        "share": SHARE,
        "rest_share": 100 - SHARE,
        "ions_8": _budget(p)[0] / 100000000.0,
        "atp_8": _budget(p)[1] / 100000000.0,
        "axon_share": 100 * (1 - _budget(p, axon=0.0)[0] / _budget(p)[0]),
    }


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


def draw_strength_duration_fit(axes, p):
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


def strength_duration_fit(p):
    thresholds = _thresholds(p.celsius)
    weiss_rheobase, weiss_chronaxie, lapicque_rheobase, lapicque_chronaxie = _fitted(p.celsius)
    own_chronaxie, own_rheobase = _true(p.celsius)
    charge_rheobase, charge_chronaxie = _charge_line(p)
    current_rheobase, current_chronaxie = _absolute(p)
    return {
        "answer": {
            "weiss_rheobase": weiss_rheobase,
            "weiss_chronaxie": weiss_chronaxie,
            "lapicque_rheobase": lapicque_rheobase,
            "lapicque_chronaxie": lapicque_chronaxie,
            "chronaxie": own_chronaxie,
        },
        "line-of-charge": {"weiss_rheobase": charge_rheobase, "weiss_chronaxie": charge_chronaxie},
        "not-relative": {"weiss_rheobase": current_rheobase, "weiss_chronaxie": current_chronaxie},
        "time-constant": {"lapicque_chronaxie": lapicque_chronaxie / log(2)},
        "law-for-axon": {"chronaxie": weiss_chronaxie},
        "patch": patch_words(p.celsius),
        "listed_durations": _listed(DURATIONS),
        "thresholds": _listed(thresholds),
        "true_rheobase": own_rheobase,
        "short_charge": DURATIONS[0] * thresholds[0],
        "charge_chronaxie": charge_chronaxie,
    }


def _pulse(p):
    """Return current (mA), charge (nC), energy (µJ) and the duration of least energy (ms)."""
    current = p.rheobase * (1 + p.chronaxie / p.duration)
    return (
        current,
        1e3 * current * p.duration,
        current**2 * p.resistance * p.duration,
        p.chronaxie,
    )


def short_pulses(p):
    return {
        "answer": dict(zip(("current", "charge", "energy", "thriftiest"), _pulse(p), strict=True)),
        "rheobase-for-threshold": {
            "current": p.rheobase,
            "charge": 1e3 * p.rheobase * p.duration,
            "energy": p.rheobase**2 * p.resistance * p.duration,
        },
        "ratio-upside-down": {"current": p.rheobase * (1 + p.duration / p.chronaxie)},
        "not-squared": {"energy": _pulse(p)[0] * p.resistance * p.duration},
        "shortest-is-best": {"thriftiest": 0.0},
        "least_charge": 1e3 * p.rheobase * p.chronaxie,
    }


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


def draw_activating_function(axes, p):
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


def activating_function(p):
    return {
        "answer": _second_difference(p),
        "anode": _second_difference(p, -p.current),
        "first-difference": lambda x: (
            _potential(p, x + p.spacing / 2) - _potential(p, x - p.spacing / 2)
        ),
        "potential-itself": lambda x: _potential(p, x),
        "per-length": lambda x: _second_difference(p)(x) / p.spacing**2,
        "half-space": _second_difference(p, 2 * p.current),
        "r_e": R_E,
        "r_e_metre": R_E / 100,
        "centre": float(_second_difference(p)(0.0)),
        "vanishes": p.z / 2**0.5,
    }


PROBLEMS = (
    "capacitive-minimum",
    "spike-price",
    "crossed-flows",
    "spike-budget",
    "short-pulses",
    "strength-duration-fit",
    "activating-function",
    "cathode-or-anode",
)
"""In the order of the chapter."""
