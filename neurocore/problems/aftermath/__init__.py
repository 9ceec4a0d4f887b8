"""Problems of the chapter "The aftermath"."""

import numpy as np

from neurocore.channels import freeze
from neurocore.experiments import (
    NEVER,
    critical_ramp,
    pulse_threshold,
    rebound_threshold,
    recovery_curve,
    rheobase,
    smallest,
)
from neurocore.plots import COLOUR, label, level
from neurocore.practice.kinds import Vary
from neurocore.problems.computed import computed
from neurocore.problems.squid import (
    AT_REST,
    GATES,
    REST,
    SPIKE,
    SQUID,
    patch_words,
    squid_patch,
)
from neurocore.simulate import simulate
from neurocore.stimuli import pulse, ramp, step


def _h(p, v=None, celsius=None, end=None, falling=False):
    """Return h as a function of the time since it was 0."""
    tau = float(
        GATES["h"].time_constant(
            p.v_hold if v is None else v, p.celsius if celsius is None else celsius
        )
    )
    end = float(GATES["h"].steady_state(p.v_hold)) if end is None else end
    if falling:
        return lambda interval: end * np.exp(-interval / tau)
    return lambda interval: end * (1 - np.exp(-interval / tau))


def inactivation_lifted(p):
    return {
        "answer": _h(p),
        "time-constant-of-the-pulse": _h(p, v=20.0),
        "q10-ignored": _h(p, celsius=6.3),
        "up-to-one": _h(p, end=1.0),
        "decay": _h(p, falling=True),
        "share-inactivated": lambda interval: 1 - _h(p)(interval),
        "end": float(GATES["h"].steady_state(p.v_hold)),
        "tau": float(GATES["h"].time_constant(p.v_hold, p.celsius)),
        "after_5": float(_h(p)(5.0)),
    }


WIDTH = 0.5  # ms, of both pulses
WAIT = 15.0  # ms
AGAIN = (
    "It counts if V rises through 0 mV once more while the ionic current is inward, within "
    f"{WAIT:g} ms after the second pulse."
)


@computed
def _rest_threshold():
    return pulse_threshold(squid_patch(SQUID.celsius), WIDTH, wait=WAIT)


@computed
def _ratio(interval):
    """Return the threshold of a second pulse over that at rest."""
    cell = squid_patch(SQUID.celsius)
    return float(recovery_curve(cell, [interval], duration=WIDTH, wait=WAIT).ratio[0])


REFRACTORY_CURVE = {"celsius": SQUID.celsius}


def refractory_curve(p):
    return {
        "answer": _ratio,
        "over-the-first": lambda interval: _ratio(interval) / 2,
        "not-divided": lambda interval: _ratio(interval) * _rest_threshold(),
        "end-to-start": lambda interval: _ratio(round(interval + WIDTH, 6)),
        "patch": patch_words(p.celsius),
        "width": WIDTH,
        "again": AGAIN,
        "at_7": _ratio(7.0),
        "at_10": _ratio(10.0),
        "at_14": _ratio(14.0),
        "at_18": _ratio(18.0),
        "at_25": _ratio(25.0),
    }


EARLIEST, LATEST, PLACES = 7.0, 25.0, 37  # ms


def draw_refractory_drawing(axes, p):
    places = np.linspace(EARLIEST, LATEST, PLACES)
    ratio = np.array([_ratio(float(x)) for x in places])
    axes.plot(places, ratio, color=COLOUR["V"])
    axes.fill_between(places, ratio, 1.0, where=ratio < 1, color=COLOUR["Na"], alpha=0.25)
    level(axes, 1.0, "threshold at rest")
    axes.set(yscale="log", ylim=(0.62, 10), xlabel="interval (ms)", ylabel="threshold ratio")
    axes.set_yticks([1, 2, 5, 10], ["1", "2", "5", "10"])
    axes.minorticks_off()
    label(axes, 9.2, 5.2, "hard of hearing")
    label(axes, 19.5, 0.69, "wide awake", "Na", ha="center")


REFRACTORY_DRAWING = {"celsius": SQUID.celsius}


def refractory_drawing(p):
    return {
        "answer": _ratio,
        "never-below-one": lambda interval: max(_ratio(interval), 1.0),
        "over-the-first": lambda interval: _ratio(interval) / 2,
        "not-divided": lambda interval: _ratio(interval) * _rest_threshold(),
        "end-to-start": lambda interval: _ratio(interval + WIDTH),
        "patch": patch_words(p.celsius),
        "width": WIDTH,
        "again": AGAIN,
        "earliest": EARLIEST,
        "second": EARLIEST + 0.5,
        "third": EARLIEST + 1,
        "latest": LATEST,
        "at_7": _ratio(7.0),
        "at_10": _ratio(10.0),
        "at_14": _ratio(14.0),
        "at_16": _ratio(16.0),
        "at_18": _ratio(18.0),
    }


@computed
def _landmarks(celsius):
    """Return when a second spike can first be had, when at the usual price, and the lowest."""
    cell, pace = squid_patch(celsius), 3 ** ((celsius - SQUID.celsius) / 10)

    def ratio(interval):
        return float(recovery_curve(cell, [interval], duration=WIDTH, wait=WAIT).ratio[0])

    best = 19.0 / pace
    absolute = smallest(lambda x: ratio(x) < NEVER, 3.0, 9.0, 2e-3)
    back = smallest(lambda x: ratio(x) <= 1, 9.0, best, 2e-3)
    return absolute, back, min(ratio(best + k / 2) for k in range(-3, 4))


@computed
def _falls_back(celsius):
    """Return when the first spike falls through 0 mV, ms."""
    cell = squid_patch(celsius)
    first = pulse(2 * pulse_threshold(cell, WIDTH, wait=WAIT), 0.0, WIDTH)
    r = simulate(cell, first, 10.0)
    return float(r.t[r.v > 0][-1])


# Not colder: there the strengths that work just behind the absolute period are so few that
# `recovery_curve` steps over them, and its period is more than 0.1 ms too long.
REFRACTORY_TIMES = {"celsius": Vary(SQUID.celsius, 6.3, 8.3, 1)}


def refractory_times(p):
    return {
        "answer": dict(zip(("absolute", "back", "lowest"), _landmarks(p.celsius), strict=True)),
        "mammal": {"absolute": 2.0},
        "counted-the-pulse": {"absolute": _falls_back(p.celsius)},
        "one-period": {"back": _landmarks(p.celsius)[0]},
        "never-below-one": {"lowest": 1.0},
        "how-far-below": {"lowest": 1 - _landmarks(p.celsius)[2]},
        "end-to-start": {
            "absolute": _landmarks(p.celsius)[0] - WIDTH,
            "back": _landmarks(p.celsius)[1] - WIDTH,
        },
        "patch": patch_words(p.celsius),
        "width": WIDTH,
        "again": AGAIN,
    }


@computed
def _after_surgery(interval, names):
    """Return the threshold ratio with some variables reset to rest as the second pulse begins."""
    cell, unit = squid_patch(SQUID.celsius), _rest_threshold()
    at_rest = AT_REST | {"v": REST}
    resets = {interval: {name: at_rest[name] for name in names}} if names else None

    def again(strength):
        both = pulse(2 * unit, 0.0, WIDTH) + pulse(strength * unit, interval, WIDTH)
        r = simulate(cell, both, interval + WIDTH + WAIT, resets=resets)
        late = r.spike_times()[r.spike_times() > interval]
        return bool(np.any(np.interp(late, r.t, r.ionic_current) < 0))

    # From below, because a very strong pulse passes 0 mV without its channels.
    high = 0.5
    while not again(high):
        high *= 2
        if high > 64:
            return NEVER
    return smallest(lambda x: x == high or again(x), high / 2 if high > 0.5 else 0.0, high, 1e-3)


def _surgery(p):
    return tuple(_after_surgery(p.interval, x) for x in ((), ("h",), ("n",), ("v", "m")))


def draw_gate_surgery(axes, p):
    names = ("as it is", "h at rest", "V and m at rest", "n at rest")
    roles = ("V", "Na", "muted", "K")
    as_is, h, n, v = _surgery(p)
    for k, (ratio, name, role) in enumerate(zip((as_is, h, v, n), names, roles, strict=True)):
        axes.barh(-k, ratio, height=0.6, color=COLOUR[role])
        label(axes, ratio, -k, f" {name}: {ratio:.2f}", role, va="center")
    level(axes, 1.0, along="y")
    axes.set(xlim=(0, 1.6 * as_is), xlabel="threshold of the second pulse (× that at rest)")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


GATE_SURGERY = {"interval": Vary(7, 7, 11, 1), "celsius": SQUID.celsius}


def gate_surgery(p):
    return {
        "answer": dict(zip(("as_is", "h_reset", "n_reset", "v_reset"), _surgery(p), strict=True)),
        "h-cures": {"h_reset": 1.0},
        "n-idle": {"n_reset": _surgery(p)[0]},
        "h-and-n-exchanged": {"h_reset": _surgery(p)[2], "n_reset": _surgery(p)[1]},
        "over-the-first": dict(
            zip(
                ("as_is", "h_reset", "n_reset", "v_reset"),
                (x / 2 for x in _surgery(p)),
                strict=True,
            )
        ),
        "patch": patch_words(p.celsius),
        "width": WIDTH,
        "again": AGAIN,
        "h_rest": AT_REST["h"],
        "n_rest": AT_REST["n"],
        "m_rest": AT_REST["m"],
    }


RISE = 0.2  # µA/cm²/ms
AMPLITUDE = 6.0  # µA/cm²
HOLD = 50.0  # ms


@computed
def _slow_ramp(celsius):
    """Return the critical slope, and h and n at the end of a ramp that is too slow."""
    cell, end = squid_patch(celsius), AMPLITUDE / RISE
    r = simulate(cell, ramp(AMPLITUDE, 0.0, end, HOLD), end)
    critical = critical_ramp(cell, AMPLITUDE, hold=HOLD, slowest=0.05, fastest=10.0)
    return critical, float(r.gates["h"][-1]), float(r.gates["n"][-1])


@computed
def _rheobase(celsius):
    return rheobase(squid_patch(celsius))


def draw_critical_slope(axes, p):
    cell = squid_patch(p.celsius)
    steeper = 1.15 * _slow_ramp(p.celsius)[0]
    for slope, role, height in ((RISE, "V", -50), (steeper, "Na", 0)):
        r = simulate(cell, ramp(AMPLITUDE, 0.0, AMPLITUDE / slope, HOLD), 45.0)
        axes.plot(r.t, r.v, color=COLOUR[role])
        label(axes, 44, height, f"{slope:.2f} µA/cm² per ms", role, ha="right")
    axes.set(xlabel="time (ms)", ylabel="V (mV)")


CRITICAL_SLOPE = {"celsius": Vary(SQUID.celsius, 4.3, 9.3, 1)}


def critical_slope(p):
    return {
        "answer": dict(zip(("critical", "h_end", "n_end"), _slow_ramp(p.celsius), strict=True)),
        "rheobase": {"critical": _rheobase(p.celsius)},
        "duration": {"critical": AMPLITUDE / _slow_ramp(p.celsius)[0]},
        "gates-at-rest": {"h_end": AT_REST["h"], "n_end": AT_REST["n"]},
        "patch": patch_words(p.celsius),
        "amplitude": AMPLITUDE,
        "hold": HOLD,
        "spike": SPIKE,
        "rise": RISE,
        "rising": AMPLITUDE / RISE,
        "h_rest": AT_REST["h"],
        "n_rest": AT_REST["n"],
    }


TRIED = 3.0  # µA/cm²


@computed
def _rebound(duration, gate=None):
    """Return the smallest hyperpolarising step with a spike after it, µA/cm²."""
    cell = squid_patch(SQUID.celsius)
    if gate:
        cell = cell.modify("Na" if gate == "h" else "K", freeze, gate)
    return rebound_threshold(cell, duration)


@computed
def _release(duration):
    """Return n, h at the release from the step tried, and when the spike comes after it."""
    r = simulate(squid_patch(SQUID.celsius), step(-TRIED, 0.0, duration), duration + 50.0)
    k = int(np.argmin(np.abs(r.t - duration)))
    return float(r.gates["n"][k]), float(r.gates["h"][k]), float(r.spike_times()[0] - duration)


def draw_rebound(axes, p):
    r = simulate(squid_patch(p.celsius), step(-TRIED, 0.0, p.duration), p.duration + 20.0)
    axes.plot(r.t, r.v, color=COLOUR["V"])
    axes.axvspan(0, p.duration, color=COLOUR["muted"], alpha=0.12, linewidth=0)
    axes.set(xlabel="time (ms)", ylabel="V (mV)", ylim=(-90, 50))
    label(axes, 0.5 * p.duration, -88, f"−{TRIED:g} µA/cm²", "muted", ha="center")
    gates = axes.twinx()
    for gate, role in (("n", "K"), ("h", "Na")):
        gates.plot(r.t, r.gates[gate], color=COLOUR[role], linewidth=1.2)
        label(gates, 0.3, r.gates[gate][0] + 0.02, gate, role)
    gates.set(ylabel="gate", ylim=(0, 1))
    gates.spines["right"].set_visible(True)


REBOUND = {"duration": Vary(20, 10, 30, 5), "celsius": SQUID.celsius}


def rebound(p):
    return {
        "answer": dict(
            zip(
                ("smallest", "n", "h", "delay"),
                (_rebound(p.duration), *_release(p.duration)),
                strict=True,
            )
        ),
        "gates-at-rest": {"n": AT_REST["n"], "h": AT_REST["h"]},
        "exchanged": {"n": _release(p.duration)[1], "h": _release(p.duration)[0]},
        "clock-of-the-run": {"delay": _release(p.duration)[2] + p.duration},
        "depolarising": {"smallest": _rheobase(SQUID.celsius)},
        "patch": patch_words(p.celsius),
        "spike": SPIKE,
        "tried": TRIED,
        "n_rest": AT_REST["n"],
        "h_rest": AT_REST["h"],
    }


def _warm(p):
    return 3 ** ((p.celsius - 6.3) / 10)


def warm_recovery(p):
    return {
        "answer": {"tau": p.tau / _warm(p), "time": -p.tau / _warm(p) * np.log(1 - p.share / 100)},
        "slower-in-the-warm": {
            "tau": p.tau * _warm(p),
            "time": -p.tau * _warm(p) * np.log(1 - p.share / 100),
        },
        "linear-q10": {"tau": p.tau / (3 * (p.celsius - 6.3) / 10)},
        "share-of-tau": {"time": p.tau / _warm(p) * p.share / 100},
        "one-tau": {"time": p.tau / _warm(p)},
        "what-is-left": {"time": -p.tau / _warm(p) * np.log(p.share / 100)},
        "warm": _warm(p),
        "left": 1 - p.share / 100,
        "warmer": p.celsius - 6.3,
        "tau_mammal": p.tau / 3 ** ((37 - 6.3) / 10),
    }


PROBLEMS = (
    "warm-recovery",
    "inactivation-lifted",
    "refractory-curve",
    "refractory-drawing",
    "refractory-times",
    "gate-surgery",
    "critical-slope",
    "what-accommodates",
    "large-ramp",
    "rebound",
    "rebound-cause",
)
"""In the order of the chapter."""
