"""Problems of the chapter "Propagation"."""

from math import sqrt

import numpy as np

from neurocore.axon import bare_axon
from neurocore.axon import length_constant as reach
from neurocore.experiments import conduction_velocity
from neurocore.membrane import hodgkin_huxley
from neurocore.plots import COLOUR, label
from neurocore.practice.kinds import Vary
from neurocore.problems.computed import computed


def _layers(p):
    return 2 * p.wraps + 1


def wraps(p):
    return {
        "answer": {
            "r_m": _layers(p),
            "c_m": 1 / _layers(p),
            "length": sqrt(_layers(p)),
            "tau": 1.0,
        },
        "tau-falls": {"tau": 1 / _layers(p)},
        "no-root": {"length": float(_layers(p))},
        "in-parallel": {"r_m": 1 / _layers(p), "c_m": float(_layers(p))},
        "wraps-alone": {"r_m": 2 * p.wraps},
        "tau-rises": {"tau": float(_layers(p))},
        "one-per-turn": {"r_m": p.wraps + 1, "c_m": 1 / (p.wraps + 1), "length": sqrt(p.wraps + 1)},
    }


def _lambda(p, scale=1.0):
    """Return the length constant (µm), or a multiple, as a function of the diameter (µm)."""
    return lambda diameter: scale * reach(diameter, 1e3 * p.r_m, p.r_i)


def length_constant(p):
    return {
        "answer": _lambda(p),
        "radius": _lambda(p, sqrt(0.5)),
        "half": _lambda(p, sqrt(2)),
        "proportional": lambda diameter: _lambda(p)(1.0) * diameter,
        "at_1": float(_lambda(p)(1.0)),
        "r_m_ohm": 1e3 * p.r_m,
        "at_4": float(_lambda(p)(4.0)),
        "at_16": float(_lambda(p)(16.0)),
    }


def _sealed(p, shape=np.cosh, turned=False):
    """Return V (mV) as a function of the distance from the clamped end (µm)."""

    def v(x):
        way = x if turned else p.length - x
        return p.v0 * shape(way / p.length_constant) / shape(p.length / p.length_constant)

    return v


def draw_sealed_end(axes, p):
    x = np.linspace(0, p.length, 100)
    far = np.linspace(0, 1.5 * p.length, 100)
    axes.plot(far, p.v0 * np.exp(-far / p.length_constant), "--", color=COLOUR["muted"])
    axes.plot(x, _sealed(p)(x), color=COLOUR["V"])
    axes.plot(p.length, _sealed(p)(p.length), "|", color=COLOUR["V"], markersize=16)
    axes.set(ylim=(0, 1.05 * p.v0), xlabel="distance (µm)", ylabel="V above rest (mV)")
    label(axes, 1.02 * p.length, 1.05 * _sealed(p)(p.length), "sealed end")
    endless = p.v0 * np.exp(-0.6 * p.length / p.length_constant)
    label(axes, 0.55 * p.length, 0.85 * endless, "endless cable", "muted", ha="right", va="top")


def sealed_end(p):
    return {
        "answer": _sealed(p),
        "endless": lambda x: p.v0 * np.exp(-x / p.length_constant),
        "open-end": _sealed(p, np.sinh),
        "turned-round": _sealed(p, turned=True),
        "straight": lambda x: p.v0 * (1 - x / p.length),
        "at_end": float(_sealed(p)(p.length)),
        "endless_there": p.v0 * np.exp(-p.length / p.length_constant),
    }


SQUID_D, SQUID_R_I = 476.0, 35.4  # µm, Ω·cm: the axon of Hodgkin and Huxley's calculation


@computed
def _squid_speed(celsius):
    axon = bare_axon(hodgkin_huxley(celsius), SQUID_D, 50_000.0, SQUID_R_I, 500)
    return conduction_velocity(axon)


def _speed(p, celsius=None):
    """Return the speed of the axon, m/s.

    Diameter and axial resistivity enter the cable equation only through the unit of length, so
    that their square root is exact.
    """
    v = _squid_speed(p.celsius if celsius is None else celsius)
    return v * sqrt(p.diameter / SQUID_D * SQUID_R_I / p.r_i)


SQUID_SPEED = {
    "diameter": Vary(SQUID_D, 300, 700, 20),
    "r_i": Vary(SQUID_R_I, 30, 60, 5),
    "celsius": Vary(18.5, 10.5, 22.5, 2),
    "distance": Vary(50, 20, 80, 10),
}


def squid_speed(p):
    return {
        "answer": {"speed": _speed(p), "time": p.distance / _speed(p)},
        "measured": {"speed": 21.2},
        "radius": {"speed": _speed(p) / sqrt(2), "time": p.distance / _speed(p) * sqrt(2)},
        "cold": {"speed": _speed(p, 6.3), "time": p.distance / _speed(p, 6.3)},
    }


def draw_thick_axons(axes, p):
    times = np.array([1.0, 10.0])
    for speed, power, role, words in (
        (p.bare, 0.5, "V", "bare"),
        (p.myelinated, 1.0, "Na", "myelinated"),
    ):
        axes.loglog(times, speed * times**power, color=COLOUR[role])
        axes.plot([1, p.times], [speed, speed * p.times**power], "o", color=COLOUR[role])
        words = f"{words}: d to the power {power:g}"
        label(axes, 3.0, 0.8 * speed * 3.0**power, words, role, va="top")
    axes.set(xlabel="diameter (× the first)", ylabel="speed (m/s)", ylim=(0.4 * p.bare, 120))
    axes.set_xticks([1, 2, 5, 10], ["1", "2", "5", "10"])
    axes.set_yticks([1, 10, 100], ["1", "10", "100"])
    axes.minorticks_off()


def thick_axons(p):
    return {
        "answer": {"bare": p.bare * sqrt(p.times), "myelinated": p.myelinated * p.times},
        "bare-in-proportion": {"bare": p.bare * p.times},
        "fibre-by-root": {"myelinated": p.myelinated * sqrt(p.times)},
        "with-the-area": {"bare": p.bare * p.times**2, "myelinated": p.myelinated * p.times**2},
    }


def nodes_at_once(p):
    return {
        "answer": {
            "stretch": p.speed * p.width,
            "nodes": 1e3 * p.speed * p.width / p.internode,
            "delay": p.internode / p.speed,
        },
        "one-node-at-a-time": {
            "stretch": 1e-3 * p.internode,
            "nodes": 1.0,
            "delay": 1e3 * p.width,
        },
        "spacing-forgotten": {"nodes": p.speed * p.width},
        "speed-over-width": {"stretch": p.speed / p.width},
    }


BEST_G = float(np.exp(-0.5))


def _rushton(g):
    return g * np.sqrt(-np.log(g)) / (BEST_G * sqrt(0.5))


def draw_g_ratio(axes, p):
    g = np.linspace(0.1, 0.985, 200)
    axes.plot(g, _rushton(g), color=COLOUR["V"])
    for place, role, words, side in (
        (BEST_G, "Na", f"best: {BEST_G:.2f} ", "right"),
        (0.77, "K", " in the brain: 0.77", "left"),
    ):
        axes.plot(place, _rushton(place), "o", color=COLOUR[role])
        label(axes, place, _rushton(place) + 0.025, words, role, ha=side)
    axes.set(xlim=(0, 1.2), ylim=(0, 1.15), xlabel="g: axon over fibre", ylabel="relative speed")


def g_ratio(p):
    return {
        "answer": _rushton,
        "not-normalised": lambda g: g * np.sqrt(-np.log(g)),
        "no-root": lambda g: -g * np.log(g) * np.e,
        "sheath-alone": lambda g: np.sqrt(-np.log(g)) / np.sqrt(-np.log(0.15)),
        "axon-alone": lambda g: g,
        "best_g": BEST_G,
        "in_brain": float(_rushton(0.77)),
    }


PROBLEMS = (
    "length-constant",
    "sealed-end",
    "squid-speed",
    "wraps",
    "myelin-why",
    "nodes-at-once",
    "literal-jump",
    "thick-axons",
    "g-ratio",
)
"""In the order of the chapter."""
