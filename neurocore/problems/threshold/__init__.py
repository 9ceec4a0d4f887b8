"""Problems of the chapter "Threshold and initiation"."""

from functools import lru_cache
from math import expm1, log

import numpy as np

from neurocore.axon import cell_with_initial_segment
from neurocore.experiments import latency, rheobase, smallest
from neurocore.plots import COLOUR, label, level
from neurocore.practice.kinds import Vary
from neurocore.problems.computed import computed
from neurocore.problems.squid import (
    AT_REST,
    GATES,
    REST,
    SPIKE,
    SQUID,
    TABLE,
    C,
    E,
    G,
    patch_words,
    squid_patch,
)
from neurocore.simulate import simulate, spikes_by_itself
from neurocore.stimuli import step

FIRST = 0.1  # ms, what "the first moment" is here


@computed
def _charged(amplitude):
    """Return by how much the squid's patch is depolarised after the first moment, mV."""
    v = simulate(squid_patch(SQUID.celsius), step(amplitude), FIRST).v
    return float(v[-1] - v[0])


def _leaky(amplitude):
    return amplitude / G["leak"] * -expm1(-FIRST * G["leak"] / C)


INITIAL_SLOPE = {"amplitude": Vary(10, 5, 20, 1), "celsius": SQUID.celsius}


def initial_slope(p):
    return {
        "answer": {
            "slope": p.amplitude / C,
            "straight": p.amplitude / C * FIRST,
            "simulated": _charged(p.amplitude),
        },
        "channels-first": {"slope": 0.0, "straight": 0.0},
        "end-for-beginning": {"slope": p.amplitude / G["leak"]},
        "straight-line": {"simulated": p.amplitude / C * FIRST},
        "leak-alone": {"simulated": _leaky(p.amplitude)},
        "patch": patch_words(p.celsius),
        "first": FIRST,
    }


def _instant(p, m=None, h=None, n=None, m_power=3, n_power=4):
    """Return the current at once after V has changed, as a function of V."""

    def current(v):
        m_now = GATES["m"].steady_state(v) if m is None else m
        h_now = AT_REST["h"] if h is None else h(v)
        n_now = AT_REST["n"] if n is None else n(v)
        return (
            p.g_na * m_now**m_power * h_now * (v - E["Na"])
            + p.g_k * n_now**n_power * (v - E["K"])
            + G["leak"] * (v - E["leak"])
        )

    return current


def draw_instant_current(axes, p):
    v = np.linspace(-72.0, -52.0, 200)
    now = _instant(p)(v)
    axes.plot(v, now, color=COLOUR["V"])
    axes.plot(v, _instant(p, m=AT_REST["m"])(v), "--", color=COLOUR["muted"])
    level(axes, 0.0)
    axes.plot(REST, 0.0, "o", color=COLOUR["V"], markersize=6)
    axes.set_xticks(range(-70, -50, 5))
    axes.set(ylim=(-12, 12), xlabel="V (mV)", ylabel="total ionic current (µA/cm²)")
    label(axes, REST + 0.2, -1.4, "rest", va="top")
    label(axes, -58.3, -8, "m follows ", ha="right")
    label(axes, -58, 7.4, "m stays ", "muted", ha="right")


INSTANT_CURRENT = {"g_na": Vary(G["Na"], 100, 140, 5), "g_k": Vary(G["K"], 30, 42, 2)}


def instant_current(p):
    return {
        "answer": _instant(p),
        "all-gates-follow": _instant(p, h=GATES["h"].steady_state, n=GATES["n"].steady_state),
        "no-gate-follows": _instant(p, m=AT_REST["m"]),
        "not-cubed": _instant(p, m_power=1),
        "n-not-to-the-fourth": _instant(p, n_power=1),
        "h-and-n-exchanged": _instant(p, h=lambda v: AT_REST["n"], n=lambda v: AT_REST["h"]),
        "h_rest": AT_REST["h"],
        "n_rest": AT_REST["n"],
        "g_leak": G["leak"],
        "e_na": E["Na"],
        "e_k": E["K"],
        "e_leak": E["leak"],
        "minus_e_k": -E["K"],
        "minus_e_leak": -E["leak"],
        "balance": _balance(),
    }


@lru_cache
def _balance(leak=1.0):
    """Return where the current with m at steady state and h, n at rest turns inward, mV."""

    def inward(v):
        m = float(GATES["m"].steady_state(v))
        return (
            G["Na"] * m**3 * AT_REST["h"] * (v - E["Na"])
            + G["K"] * AT_REST["n"] ** 4 * (v - E["K"])
            + leak * G["leak"] * (v - E["leak"])
        ) < 0

    # The current is inward below rest as well: the search begins where it is outward.
    return smallest(inward, REST + 0.5, -50.0, 1e-6)


@computed
def _shock(celsius):
    """Return the smallest jump of V from rest that is followed by a spike, mV."""

    def enough(jump):
        resets = {0.0: {"v": REST + jump}}
        return spikes_by_itself(squid_patch(celsius), None, 30.0, resets=resets)

    return smallest(enough, 2.0, 20.0, 1e-4)


def draw_balance_and_shock(axes, p):
    for beyond, role, words in ((-0.1, "V", "too small"), (0.1, "Na", "enough")):
        v = REST + _shock(p.celsius) + beyond
        r = simulate(squid_patch(p.celsius), None, 6.0, resets={0.0: {"v": v}}, v0=REST)
        last = int(np.argmax(r.v > -40)) or None  # the spike itself is not the point
        axes.plot(r.t[1:last], r.v[1:last], color=COLOUR[role])
        place = {"x": 4.2, "y": -59.0} if beyond < 0 else {"x": 0.35, "y": -47.5}
        label(axes, place["x"], place["y"], words, role)
    level(axes, _balance())
    label(axes, 0.0, _balance() - 0.4, "balance, m at steady state", "muted", va="top")
    axes.set(ylim=(-68, -44), xlabel="time after the shock (ms)", ylabel="V (mV)")


BALANCE_AND_SHOCK = {"celsius": Vary(SQUID.celsius, 5, 15, 1)}


def balance_and_shock(p):
    return {
        "answer": {
            "balance": _balance(),
            "shock": _shock(p.celsius),
            "reached": REST + _shock(p.celsius),
        },
        "textbook-threshold": {"balance": -55.0, "reached": -55.0},
        "balance-is-threshold": {"shock": _balance() - REST, "reached": _balance()},
        "leak-forgotten": {"balance": _balance(0.0)},
        "way-for-place": {"balance": _balance() - REST, "reached": _shock(p.celsius)},
        "place-for-way": {"shock": REST + _shock(p.celsius)},
        "patch": patch_words(p.celsius),
        "table": TABLE,
        "spike": SPIKE,
        "above_rest": _balance() - REST,
    }


STEP_AT = 2.0  # ms


@computed
def _latency(celsius, current, level=0.0):
    """Return the time from the step to the rise through a level, ms."""
    return latency(squid_patch(celsius), step(current, STEP_AT), 30.0, threshold=level)


@computed
def _peak_time(celsius, current):
    r = simulate(squid_patch(celsius), step(current, STEP_AT), 20.0, sample=0.005)
    first = r.t < STEP_AT + _latency(celsius, current) + 3.0
    return float(r.t[first][np.argmax(r.v[first])] - STEP_AT)


SPIKE_LATENCY = {"celsius": Vary(SQUID.celsius, 6.3, 15.3, 3)}


def spike_latency(p):
    return {
        "answer": lambda current: _latency(p.celsius, current),
        "clock-of-the-run": lambda current: _latency(p.celsius, current) + STEP_AT,
        "peak": lambda current: _peak_time(p.celsius, current),
        "foot": lambda current: _latency(p.celsius, current, -55.0),
        "straight-line": lambda current: -REST * C / current,
        "patch": patch_words(p.celsius),
        "step_at": STEP_AT,
        "spike": SPIKE,
        "at_12": _latency(p.celsius, 12.0),
        "at_20": _latency(p.celsius, 20.0),
        "at_60": _latency(p.celsius, 60.0),
    }


SETTLED = 0.05  # ms after a shock from which on the peak is read
WATCHED = 10.0  # ms
FINE = 0.005  # ms: in the warm a peak is brief


def _highest(celsius, shock, follow=False, sodium=True):
    """Return the highest V after a shock of so many mV, read from SETTLED on."""
    cell = squid_patch(celsius)
    if not sodium:
        cell = cell.modify("Na", _no_sodium)
    v = REST + shock
    start = {"v0": v} if follow else {"resets": {0.0: {"v": v}}, "v0": REST}
    r = simulate(cell, None, WATCHED, sample=FINE, **start)
    return float(r.v[r.t >= SETTLED - 1e-9].max())


_peak = computed(_highest)


def _no_sodium(channel):
    return type(channel)(channel.name, 0.0, channel.reversal, channel.gates)


def shock_peak(p):
    return {
        "answer": lambda shock: _peak(p.celsius, shock),
        "gates-moved-too": lambda shock: _peak(p.celsius, shock, True),
        "height": lambda shock: _peak(p.celsius, shock) - REST,
        "cold-squid": lambda shock: _peak(SQUID.celsius, shock),
        "no-sodium": lambda shock: _peak(p.celsius, shock, False, False),
        "patch": patch_words(p.celsius),
        "settled": SETTLED,
        "watched": WATCHED,
        **{f"at_{s}": _peak(p.celsius, float(s)) for s in (5, 10, 20, 40)},
        **{f"cold_{s}": _peak(SQUID.celsius, float(s)) for s in (5, 10, 20, 40)},
    }


@computed
def _jump(celsius):
    """Return after which shock the peak jumps most per 0.1 mV, and the peaks before and after."""
    shocks = [k / 10 for k in range(30, 151)]
    peaks = [_highest(celsius, shock) for shock in shocks]
    k = int(np.argmax(np.diff(peaks)))
    return shocks[k], peaks[k], peaks[k + 1]


FROM, TO = 3.0, 40.0  # mV
PLACES = np.linspace(FROM, TO, 75)


@computed
def _peaks(celsius, follow=False, sodium=True):
    """Return the highest V after each of the shocks that are compared."""
    return tuple(_highest(celsius, float(shock), follow, sodium) for shock in PLACES)


def _over_shocks(values, lift=0.0):
    return lambda shock: float(np.interp(shock, PLACES, values)) + lift


def draw_shock_drawing(axes, p):
    for celsius, role in ((SQUID.celsius, "K"), (p.celsius, "Na")):
        axes.plot(PLACES, _peaks(celsius), color=COLOUR[role])
    axes.plot(PLACES, REST + PLACES, "--", color=COLOUR["muted"], linewidth=1)
    axes.set(xlabel="shock (mV)", ylabel="highest V (mV)")
    label(axes, 9, 30, f"{SQUID.celsius:g} °C", "K", ha="left", va="top")
    label(axes, 21, -24, f"{p.celsius:g} °C", "Na")
    label(axes, 30, -36, "the shock itself", "muted", va="top")


SHOCK_DRAWING_POINTS = len(PLACES)


def shock_drawing(p):
    return {
        "answer": _over_shocks(_peaks(p.celsius)),
        "cold-squid": _over_shocks(_peaks(SQUID.celsius)),
        "gates-moved-too": _over_shocks(_peaks(p.celsius, True)),
        "height": _over_shocks(_peaks(p.celsius), -REST),
        "no-sodium": _over_shocks(_peaks(p.celsius, False, False)),
        "patch": patch_words(p.celsius),
        "settled": SETTLED,
        "watched": WATCHED,
        "from": FROM,
        "second": FROM + 0.5,
        "third": FROM + 1,
        "to": TO,
        "lowest": _peaks(p.celsius)[0],
        "highest": _peaks(p.celsius)[-1],
        "jump": max(np.diff(_peaks(p.celsius))),
        "jump_cold": max(np.diff(_peaks(SQUID.celsius))),
    }


BIGGEST_JUMP = {"celsius": Vary(SQUID.celsius, 10, 30, 5)}


def biggest_jump(p):
    return {
        "answer": dict(zip(("shock", "below", "above"), _jump(p.celsius), strict=True)),
        "potential-not-shock": {"shock": REST + _jump(p.celsius)[0]},
        "height": {"below": _jump(p.celsius)[1] - REST, "above": _jump(p.celsius)[2] - REST},
        "sodium-potential": {"above": E["Na"]},
        "patch": patch_words(p.celsius),
        "settled": SETTLED,
        "watched": WATCHED,
        "next_shock": _jump(p.celsius)[0] + 0.1,
        "jump_cold": _jump(6.3)[2] - _jump(6.3)[1],
        "jump_hot": _jump(30.0)[2] - _jump(30.0)[1],
    }


def _force(p):
    """Return what the shift changes in V_T through the drive on sodium, mV."""
    return -p.k_a * log((p.e_na - p.v_axon) / (p.e_na - p.v_soma))


def _by_shift(p):
    return p.v_axon - p.v_soma + _force(p)


def _by_density(p):
    return -p.k_a * log(p.density)


def why_segment(p):
    return {
        "answer": {
            "both": _by_shift(p) + _by_density(p),
            "shift": _by_shift(p),
            "density": _by_density(p),
        },
        "density-ignored": {"both": _by_shift(p), "density": 0.0},
        "drive-ignored": {
            "both": p.v_axon - p.v_soma + _by_density(p),
            "shift": p.v_axon - p.v_soma,
        },
        "linear-in-density": {
            "both": _by_shift(p) - p.k_a * p.density,
            "density": -p.k_a * p.density,
        },
        "shift-is-all": {"both": p.v_axon - p.v_soma},
        "shift-times-density": {"both": (p.v_axon - p.v_soma) * p.density},
        "log10": {
            "both": p.v_axon - p.v_soma + (_force(p) + _by_density(p)) / log(10),
            "density": _by_density(p) / log(10),
        },
        "log_density": log(p.density),
        "apart": p.v_axon - p.v_soma,
        "force_axon": p.e_na - p.v_axon,
        "force_soma": p.e_na - p.v_soma,
    }


WITHIN = 60.0  # ms


@computed
def _cell_rheobase(density, shifted):
    """Return the rheobase of the toy cell, nA."""
    cell = cell_with_initial_segment(density, shifted)
    soma = int(cell.regions["soma"][0])
    return rheobase(cell, WITHIN, at=soma, v0=cell.rest(), highest=0.4, resolution=1e-3)


def _four(p):
    return tuple(_cell_rheobase(d, s) for d, s in ((1, 0), (5, 0), (1, p.shifted), (5, p.shifted)))


def draw_four_cells(axes, p):
    names = ("as the soma", "five times the channels", f"shifted by −{-p.shifted:g} mV", "both")
    for k, (value, name) in enumerate(zip(_four(p), names, strict=True)):
        role = "Na" if k == 3 else "V"
        axes.barh(-k, value, height=0.6, color=COLOUR[role])
        label(axes, value, -k, f" {name}: {value:.3f} nA", role, va="center")
    axes.set(xlim=(0, 0.36), xlabel="rheobase (nA)")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


FOUR_CELLS = {"shifted": Vary(-7, -7, -5, 1), "celsius": SQUID.celsius}


def four_cells(p):
    return {
        "answer": dict(zip(("uniform", "dense", "shifted", "both"), _four(p), strict=True)),
        "density-is-enough": {"dense": _four(p)[0] / 5},
        "density-does-nothing": {"dense": _four(p)[0]},
        "factors-multiply": {"both": _four(p)[1] * _four(p)[2] / _four(p)[0]},
        "shift-is-all": {"both": _four(p)[2]},
        "within": WITHIN,
        "by_density": 100 * (1 - _four(p)[1] / _four(p)[0]),
        "by_shift": 100 * (1 - _four(p)[2] / _four(p)[0]),
        "by_both": 100 * (1 - _four(p)[3] / _four(p)[0]),
    }


BORN_AT = -20.0  # mV, whose crossing tells the order


@computed
def _birth(amplitude):
    """Return when soma, far end of the initial segment and end of the axon spike, ms."""
    cell = cell_with_initial_segment()
    soma, *_ = cell.regions["soma"]
    places = [soma, cell.regions["initial segment"][-1], cell.regions["axon"][-1]]
    stimulus = step(amplitude, at=int(soma))
    # Each compartment's own rest, the default, differs from the cell's by up to tens of mV.
    r = simulate(cell, stimulus, 40.0, v0=cell.rest(), record=places, threshold=BORN_AT)
    return tuple(float(times[0]) for times in r.spike_times())


def draw_birthplace(axes, p):
    cell = cell_with_initial_segment()
    soma, *_ = cell.regions["soma"]
    places = [soma, cell.regions["initial segment"][-1], cell.regions["axon"][-1]]
    first = min(_birth(p.amplitude))
    r = simulate(cell, step(p.amplitude, at=int(soma)), first + 6, v0=cell.rest(), record=places)
    for v, role in zip(r.v, ("V", "Na", "K"), strict=True):
        axes.plot(r.t, v, color=COLOUR[role])
    level(axes, BORN_AT, along="x")
    axes.set(xlim=(first - 2, first + 5), xlabel="time (ms)", ylabel="V (mV)")
    for words, role, height in (("segment", "Na", 32), ("soma", "V", 20), ("axon's end", "K", 8)):
        label(axes, first - 1.8, height, words, role)


BIRTHPLACE = {"amplitude": Vary(0.05, 0.03, 0.1, 0.01), "celsius": SQUID.celsius}


def birthplace(p):
    return {
        "answer": {
            "segment": _birth(p.amplitude)[1],
            "to_soma": _birth(p.amplitude)[0] - _birth(p.amplitude)[1],
            "to_end": _birth(p.amplitude)[2] - _birth(p.amplitude)[1],
        },
        "soma-first": {
            "segment": _birth(p.amplitude)[0],
            "to_soma": _birth(p.amplitude)[1] - _birth(p.amplitude)[0],
        },
        "from-the-soma": {"to_end": _birth(p.amplitude)[2] - _birth(p.amplitude)[0]},
        "clock-of-the-run": {"to_soma": _birth(p.amplitude)[0], "to_end": _birth(p.amplitude)[2]},
        "born_at": BORN_AT,
    }


PROBLEMS = (
    "initial-slope",
    "instant-current",
    "balance-and-shock",
    "just-above",
    "spike-latency",
    "shock-drawing",
    "shock-peak",
    "biggest-jump",
    "true-threshold",
    "why-segment",
    "where-born",
    "four-cells",
    "birthplace",
)
"""In the order of the chapter."""
