"""Problems of the chapter "Drugs on channels"."""

from functools import lru_cache
from math import log, sqrt

import numpy as np

from neurocore.axon import bare_axon
from neurocore.channels import block, squid_sodium
from neurocore.experiments import conduction_velocity, kick, safety_factor
from neurocore.membrane import hodgkin_huxley
from neurocore.plots import COLOUR, label, level
from neurocore.practice.kinds import Vary
from neurocore.problems.computed import computed
from neurocore.problems.squid import REST, SQUID, patch_words, squid_patch
from neurocore.recording import crossings
from neurocore.simulate import simulate
from neurocore.stimuli import pulse


def _occupancy(p):
    share = p.target / 100
    return p.c / (p.c + p.k_d), p.k_d * share / (1 - share), (share / (1 - share)) ** 2


def occupancy(p):
    return {
        "answer": dict(zip(("blocked", "needed", "factor"), _occupancy(p), strict=True)),
        "in-proportion": {
            "blocked": p.c / (2 * p.k_d),
            "needed": 2 * p.k_d * p.target / 100,
            "factor": p.target / (100 - p.target),
        },
        "what-is-left": {
            "blocked": p.k_d / (p.c + p.k_d),
            "needed": p.k_d * (100 - p.target) / p.target,
        },
        "sum-of-both": {"needed": p.k_d / (1 - p.target / 100)},
        "share-of-k-d": {"needed": p.k_d * p.target / 100},
        "start": 100 - p.target,
        "x": p.target / 100,
        "in_k_d": _occupancy(p)[1] / p.k_d,
        "other_x": 1 - p.target / 100,
    }


LONG = 100_000.0  # µm
TTX = 10.0  # nM
AXON = (
    "Take the squid axon of Hodgkin and Huxley: 476 µm thick, R_i = 35.4 Ω·cm, at 18.5 °C, "
    "10 cm long, in 1000 compartments, at its own rest.\n"
    "`axon = nc.bare_axon(nc.hodgkin_huxley(18.5), 476, 100000, 35.4, 1000)` is one.\n"
)


@lru_cache
def _axon():
    return bare_axon(hodgkin_huxley(18.5), 476.0, LONG, 35.4, 1000)


@computed
def _speed(blocked):
    """Return the speed of the squid axon with a fraction of its sodium channels blocked, m/s."""
    return conduction_velocity(_axon().modify("Na", block, blocked))


@computed
def _amplitude(blocked):
    """Return how far the spike rises above rest half-way along that axon, mV."""
    axon = _axon().modify("Na", block, blocked)
    v = np.ravel(kick(axon, [500], 15.0, stop_at_spike=False).v)
    return float(v.max() - v[0])


@computed
def _least():
    """Return the smallest fraction of the sodium channels with which a spike gets through."""
    return 1 / safety_factor(_axon())


def _failing(left, k_d):
    """Return the concentration (nM) that leaves a fraction of the channels."""
    return k_d * (1 / left - 1)


def draw_ttx_axon(axes, p):
    left = np.array([100, 80, 70, 60, 50, 40]) / 100
    axes.plot(left, [_speed(round(1 - x, 4)) for x in left], "o-", color=COLOUR["Na"])
    axes.plot(left, _speed(0.0) * left, ":", color=COLOUR["muted"])
    axes.axvspan(0, _least(), color=COLOUR["muted"], alpha=0.15, linewidth=0)
    label(axes, 0.19, 9.0, "no spike\narrives", "muted", ha="center")
    label(axes, 0.75, 18.6, "simulated", "Na", ha="right")
    label(axes, 0.74, 12.6, "in proportion", "muted")
    axes.set(xlabel="sodium channels left (fraction)", ylabel="speed (m/s)")
    axes.set(xlim=(0, 1.03), ylim=(0, 20))


def ttx_axon(p):
    return {
        "answer": {
            "speed": _speed(p.blocked / 100),
            "amplitude": _amplitude(p.blocked / 100),
            "left": _least(),
            "concentration": _failing(_least(), p.k_d),
        },
        "in-proportion": {"speed": _speed(0.0) * (1 - p.blocked / 100)},
        "by-the-root": {"speed": _speed(0.0) * sqrt(1 - p.blocked / 100)},
        "all-or-none": {"amplitude": _amplitude(0.0)},
        "half-is-enough": {"left": 0.5, "concentration": p.k_d},
        "blocked-for-left": {"left": 1 - _least(), "concentration": _failing(1 - _least(), p.k_d)},
        "linear-dose": {"concentration": 2 * p.k_d * (1 - _least())},
        "axon": AXON,
        "speed_free": _speed(0.0),
        "speed_left": 100 * _speed(p.blocked / 100) / _speed(0.0),
        "amplitude_free": _amplitude(0.0),
        "safety_factor": 1 / _least(),
    }


LEFT, SPEED = "channels left", "relative speed"


def _left(c):
    return TTX / (c + TTX)


def _relative_speed(c):
    return _speed(round(1 - _left(c), 4)) / _speed(0.0)


def draw_dose_response(axes, p):
    c = np.geomspace(0.5, 12, 25)
    axes.plot(c, _left(c), color=COLOUR["muted"])
    axes.plot(c, [_relative_speed(float(x)) for x in c], color=COLOUR["Na"])
    label(axes, 3.0, 0.62, LEFT, "muted", ha="right")
    label(axes, 6.0, 0.9, SPEED, "Na")
    axes.set(xscale="log", xlabel="tetrodotoxin (nM)", ylabel="fraction of control", ylim=(0, 1.05))
    axes.set_xticks([0.5, 1, 2, 5, 10], ["0.5", "1", "2", "5", "10"])
    axes.minorticks_off()


def dose_response(p):
    return {
        "answer": {LEFT: _left, SPEED: _relative_speed},
        "channels-blocked": {LEFT: lambda c: c / (c + TTX)},
        "linear-dose": {LEFT: lambda c: 1 - c / (2 * TTX)},
        "by-the-root": {SPEED: lambda c: sqrt(_left(c))},
        "slope-of-the-start": {SPEED: lambda c: 1 - 0.35 * (1 - _left(c))},
        "axon": AXON,
        "ttx": TTX,
        "speed_at_k_d": 100 * _relative_speed(TTX),
    }


START, STRENGTH = 1.0, 40.0  # ms, µA/cm²
WIDE_AT = -20.0  # mV


def _first_width(cell, at):
    """Return how long the first spike stays above a level, ms."""
    r = simulate(cell, pulse(STRENGTH, START, 0.5), 12.0, sample=0.01)
    up = crossings(r.t, r.v, at)[0]
    down = crossings(r.t, -r.v, -at)
    return float(down[down > up][0] - up)


@computed
def _width(channel, blocked, at=WIDE_AT):
    return _first_width(squid_patch(SQUID.celsius).modify(channel, block, blocked), at)


@lru_cache
def _new_rest(channel, blocked):
    return squid_patch(SQUID.celsius).modify(channel, block, blocked).membrane.rest()


def draw_wide_spike(axes, p):
    control = squid_patch(SQUID.celsius)
    drug = control.modify("K", block, p.blocked / 100)
    for cell, role, words, at in (
        (control, "V", "control", (0.3, -8)),
        (drug, "K", f"{p.blocked:g} % of K⁺ channels blocked", (1.6, 2)),
    ):
        r = simulate(cell, pulse(STRENGTH, START, 0.5), 8.0, sample=0.01)
        axes.plot(r.t - crossings(r.t, r.v, WIDE_AT)[0], r.v, color=COLOUR[role])
        label(axes, *at, words, role)
    level(axes, WIDE_AT, f"−{-WIDE_AT:g} mV")
    axes.set(xlabel="time since the rise through −20 mV (ms)", ylabel="V (mV)", xlim=(-1, 5))


WIDE_SPIKE = {"blocked": Vary(30, 15, 40, 5), "celsius": SQUID.celsius}


def wide_spike(p):
    return {
        "answer": {
            "control": _width("K", 0.0),
            "drug": _width("K", p.blocked / 100),
            "rest": _new_rest("K", p.blocked / 100),
        },
        "in-proportion": {"drug": _width("K", 0.0) / (1 - p.blocked / 100)},
        "other-channel": {
            "drug": _width("Na", p.blocked / 100),
            "rest": _new_rest("Na", p.blocked / 100),
        },
        "another-level": {
            "control": _width("K", 0.0, 0.0),
            "drug": _width("K", p.blocked / 100, 0.0),
        },
        "old-rest": {"rest": REST},
        "patch": patch_words(p.celsius),
        "wide_at": WIDE_AT,
        "widened": 100 * (_width("K", p.blocked / 100) / _width("K", 0.0) - 1),
        "rest_shift": _new_rest("K", p.blocked / 100) - REST,
    }


K_A, K_I = 440.0, 10.0  # µM: available and inactivated, after Bean, Cohen and Tsien 1983


def _bound(d, h, weigh=True):
    """Return the share of channels with drug, for a share h of the free ones available."""
    x = d * (h / K_A + (1 - h) / K_I) if weigh else d / (h * K_A + (1 - h) * K_I)
    return x / (1 + x)


def _lidocaine(p):
    shift = p.slope * log((1 + p.d / K_A) / (1 + p.d / K_I))
    return _bound(p.d, 0.98), _bound(p.d, p.h), shift


def lidocaine_states(p):
    return {
        "answer": dict(zip(("rested", "depolarised", "shift"), _lidocaine(p), strict=True)),
        "all-inactivated": {
            "rested": p.d / (p.d + K_I),
            "depolarised": p.d / (p.d + K_I),
            "shift": p.slope * log(1 / (1 + p.d / K_I)),
        },
        "all-available": {"rested": p.d / (p.d + K_A), "depolarised": p.d / (p.d + K_A)},
        "mean-of-constants": {"depolarised": _bound(p.d, p.h, weigh=False)},
        "to-the-right": {"shift": -_lidocaine(p)[2]},
        "endless-dose": {"shift": p.slope * log(K_I / K_A)},
        "half-of-all": {"shift": p.slope * log((1 - p.d / K_A) / (1 + p.d / K_I))},
        "k_a": K_A,
        "k_i": K_I,
        "k_rested": 1 / (0.98 / K_A + 0.02 / K_I),
        "k_depolarised": 1 / (p.h / K_A + (1 - p.h) / K_I),
        "d_over_k_a": p.d / K_A,
        "d_over_k_i": p.d / K_I,
    }


def _h(v):
    return squid_sodium().gate("h").steady_state(v)


def _available(p, binds=_bound):
    return lambda v: _h(v) * (1 - binds(p.d, _h(v)))


def draw_availability(axes, p):
    v = np.linspace(-110, -35, 151)
    axes.plot(v, _h(v), color=COLOUR["muted"])
    axes.plot(v, _available(p)(v), color=COLOUR["Na"])
    label(axes, -58, 0.55, "without drug", "muted")
    label(axes, -78, 0.18, f"{p.d:g} µM", "Na", ha="right")
    axes.set(xlabel="V of the prepulse (mV)", ylabel="available fraction", ylim=(0, 1.03))


AVAILABILITY = {"d": Vary(100, 50, 200, 25), "celsius": SQUID.celsius}


def availability(p):
    return {
        "answer": _available(p),
        "block-at-rest": _available(p, lambda d, h: d / (d + K_A)),
        "all-inactivated": _available(p, lambda d, h: d / (d + K_I)),
        "mean-of-constants": _available(p, lambda d, h: _bound(d, h, weigh=False)),
        "not-bound-only": lambda v: 1 - _bound(p.d, _h(v)),
        "k_a": K_A,
        "k_i": K_I,
        "free_65": float(_h(-65.0)),
        "drugged_65": float(_available(p)(-65.0)),
        "free_100": float(_h(-100.0)),
        "drugged_100": float(_available(p)(-100.0)),
    }


TRAIN = (20.0, 1500.0)  # ms


def _after(p, start=0, most=1.0, keep=None, end=None, add=False):
    """Return the bound share after the last pulse of a train, as a function of the interval."""
    keep = keep or (lambda interval: np.exp(-interval / p.tau))

    def bound(interval):
        b = 0.0 * interval
        for _ in range(int(p.pulses) - start):
            b = keep(interval) * b
            b = b + p.caught / 100 * (most if add else most - b)
        return b * end(interval) if end else b

    return bound


def draw_use_dependence(axes, p):
    n = np.arange(1, int(p.pulses) + 1)
    for interval, role in ((50.0, "Na"), (500.0, "K"), (1500.0, "muted")):
        values = [_after(type(p)(**{**vars(p), "pulses": k}))(interval) for k in n]
        axes.plot(n, values, "o-", color=COLOUR[role])
        label(axes, n[-1] + 0.15, values[-1], f"{interval:g} ms", role, va="center")
    axes.set(xlabel="number of the pulse", ylabel="channels bound after it", ylim=(0, 1))
    axes.set(xlim=(0.7, p.pulses + 1.1), xticks=n)


USE_DEPENDENCE_INPUTS = {"interval": TRAIN}


def use_dependence(p):
    return {
        "answer": _after(p),
        "no-recovery": _after(p, keep=lambda interval: 1.0),
        "before-the-next": _after(p, end=lambda interval: np.exp(-interval / p.tau)),
        "of-all-channels": _after(p, add=True),
        "free-for-bound": _after(p, keep=lambda interval: 1 - np.exp(-interval / p.tau)),
        "all-let-go": lambda interval: p.caught / 100 + 0.0 * interval,
        "one-pulse-short": _after(p, start=1),
        "caught_share": p.caught / 100,
        "at_50": float(_after(p)(50.0)),
        "at_500": float(_after(p)(500.0)),
        "at_1500": float(_after(p)(1500.0)),
    }


PROBLEMS = (
    "occupancy",
    "ttx-axon",
    "dose-response",
    "wide-spike",
    "lidocaine-states",
    "availability",
    "use-dependence",
    "busy-nerve",
)
"""In the order of the chapter."""
