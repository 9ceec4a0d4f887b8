"""Problems of the chapter "Simpler models, noise, networks"."""

from functools import lru_cache
from math import log, log10, sqrt

import numpy as np

from neurocore.dynamics import fixed_points, growth_rates, hopf
from neurocore.experiments import rheobase, smallest
from neurocore.networks import RandomNetwork, siegert_rate
from neurocore.plots import COLOUR, label
from neurocore.practice.kinds import Vary
from neurocore.problems.computed import computed
from neurocore.problems.squid import GATES, SQUID, patch_words, squid_patch
from neurocore.recording import crossings
from neurocore.reduced import AdEx, IntegrateAndFire, MorrisLecar, spiking, trajectory
from neurocore.simulate import simulate
from neurocore.stimuli import step
from neurocore.stochastic import SQUID_DENSITY

# --- integrate and fire ------------------------------------------------------------------------

E_L, V_TH = -65.0, -50.0  # mV


def _leaky(p):
    return IntegrateAndFire(p.tau, p.resistance, E_L, V_TH, E_L, p.refractory)


def _both(p, rate):
    return {"weak": rate(p.weak), "strong": rate(p.strong)}


def _period(p, current, logarithm=log):
    """Return the interval (ms) of the leaky neuron in a current (pA)."""
    goal = current * p.resistance / 1e3
    return p.refractory + p.tau * logarithm(goal / (goal - (V_TH - E_L)))


def rate_by_hand(p):
    return {
        "answer": {
            "rheobase": _leaky(p).rheobase,
            "weak": _leaky(p).rate(p.weak),
            "strong": _leaky(p).rate(p.strong),
        },
        "refractory-forgotten": _both(p, lambda i: 1e3 / (_period(p, i) - p.refractory)),
        "straight-line": {
            "strong": _leaky(p).rate(p.weak)
            * (p.strong - _leaky(p).rheobase)
            / (p.weak - _leaky(p).rheobase)
        },
        "log10": _both(p, lambda i: 1e3 / _period(p, i, log10)),
        "from-zero": {"rheobase": -V_TH / p.resistance * 1e3},
        "e_l": E_L,
        "v_th": V_TH,
        "drive": p.weak * p.resistance / 1e3,
        "height": V_TH - E_L,
        "excess": p.weak * p.resistance / 1e3 - V_TH + E_L,
        "period_weak": _period(p, p.weak),
        "period_strong": _period(p, p.strong),
    }


def draw_rate_by_hand(axes, p):
    current = np.linspace(100, 600, 501)
    axes.plot(current, _leaky(p).rate(current), label="with the refractory time")
    without = IntegrateAndFire(p.tau, p.resistance, E_L, V_TH, E_L, 0.0)
    axes.plot(current, without.rate(current), "--", label="without")
    axes.set(xlabel="Current (pA)", ylabel="Firing rate (Hz)")
    axes.legend(frameon=False)


WATCHED = 600.0  # ms
ADEX = AdEx()


@computed
def _adapting(current, a, b):
    """Return first latency and interval, last interval (ms) and number of spikes of an AdEx."""
    *_, spikes = spiking(AdEx(a=a, b=b), current, WATCHED)
    intervals = np.diff(spikes)
    return float(spikes[0]), float(intervals[0]), float(intervals[-1]), len(spikes)


def _adapts(p, a=ADEX.a, b=ADEX.b):
    return _adapting(p.current, a, b)


def adapting(p):
    return {
        "answer": {
            "first": 1e3 / _adapts(p)[1],
            "last": 1e3 / _adapts(p)[2],
            "unbraked": 1e3 / _adapts(p, b=0.0)[2],
        },
        "intervals": {
            "first": _adapts(p)[1],
            "last": _adapts(p)[2],
            "unbraked": _adapts(p, b=0.0)[2],
        },
        "latency": {"first": 1e3 / _adapts(p)[0]},
        "mean-rate": {"last": _adapts(p)[3] / WATCHED * 1e3},
        "no-adaptation-at-all": {"unbraked": 1e3 / _adapts(p, a=0.0, b=0.0)[2]},
        "wrong-one-removed": {"unbraked": 1e3 / _adapts(p, a=0.0)[2]},
        "watched": WATCHED,
        "percent": 100 * _adapts(p)[1] / _adapts(p)[2],
    }


def draw_adapting(axes, p):
    for b, words in ((ADEX.b, "with b"), (0.0, "without b")):
        *_, spikes = spiking(AdEx(b=b), p.current, WATCHED)
        axes.plot(spikes[1:], 1e3 / np.diff(spikes), "o-", label=words)
    axes.set(xlabel="Time (ms)", ylabel="Rate of each interval (Hz)", ylim=(0, None))
    axes.legend(frameon=False)


# --- how firing begins --------------------------------------------------------------------------

FAR = 42.0  # µA/cm²
NEAR = Vary(40.5, 40.1, 40.9, 0.2)
ONSET = {"near": NEAR}


@lru_cache
def _meeting():
    """Return the current at which rest and saddle of the Morris–Lecar model meet, µA/cm²."""
    return smallest(lambda i: len(fixed_points(MorrisLecar(i))) == 1, 39.0, 41.0, 1e-6)


@computed
def _slow_rate(current):
    """Return the steady rate of the Morris–Lecar model, Hz."""
    t, v, _ = trajectory(MorrisLecar(current), -20.0, 0.0, 3000.0, 0.25)
    return float(1e3 / np.diff(crossings(t, v))[-1])


def _exponent(p, origin):
    return log(_slow_rate(FAR) / _slow_rate(p.near)) / log((FAR - origin) / (p.near - origin))


def slow_onset(p):
    return {
        "answer": {
            "critical": _meeting(),
            "near": _slow_rate(p.near),
            "far": _slow_rate(FAR),
            "power": _exponent(p, _meeting()),
        },
        "straight-line": {"power": 1.0},
        "distance-from-zero": {"power": _exponent(p, 0.0)},
        "square-root-taken": {"power": 0.5},
        "intervals": {"near": 1e3 / _slow_rate(p.near), "far": 1e3 / _slow_rate(FAR)},
        "rounded-critical": {"critical": 40.0},
        "far": FAR,
    }


def draw_slow_onset(axes, p):
    critical, slope = _meeting(), _slow_rate(p.near) / (p.near - _meeting())
    above = np.linspace(0.0, 1.8, 50) ** 2
    axes.plot(critical + above, _slow_rate(p.near) * np.sqrt(above / (p.near - critical)))
    straight = above[above * slope < 11]
    axes.plot(critical + straight, slope * straight, "--", color=COLOUR["muted"])
    simulated = [*NEAR.grid(), FAR]
    axes.plot(simulated, [_slow_rate(x) for x in simulated], "o", color=COLOUR["Na"], zorder=3)
    axes.set(xlabel="current (µA/cm²)", ylabel="rate (Hz)", ylim=(0, 12))
    label(axes, 42.4, 8.9, "square root", ha="right")
    label(axes, critical + straight[-1] + 0.08, 10.4, "straight line", "muted")
    label(axes, 42.1, 5.8, "simulated", "Na")


LASTING, END = 1e3, 800.0  # ms: of the step, and from when on a spike counts


@computed
def _onset(celsius):
    """Return the smallest step that keeps the squid's patch firing, µA/cm², and the rate then."""
    cell = squid_patch(celsius)

    def spikes(current):
        return simulate(cell, step(current), LASTING, sample=LASTING).spike_times()

    current = smallest(lambda i: (spikes(i) > END).any(), 3.0, 20.0, 5e-3)
    return current, float(1e3 / np.diff(spikes(current))[-1])


@computed
def _loss(celsius):
    """Return at which currents rest loses and regains stability, and the first frequency."""
    first, second = hopf(squid_patch(celsius).membrane)
    return first.current, second.current, first.frequency


@computed
def _single(celsius):
    return rheobase(squid_patch(celsius))


def two_onsets(p):
    return {
        "answer": dict(
            zip(("firing", "rate", "rest"), (*_onset(p.celsius), _loss(p.celsius)[0]), strict=True)
        ),
        "one-and-the-same": {"firing": _loss(p.celsius)[0], "rest": _onset(p.celsius)[0]},
        "single-spike": {"firing": _single(p.celsius)},
        "slow-turn": {"rate": _loss(p.celsius)[2]},
        "interval": {"rate": 1e3 / _onset(p.celsius)[1]},
        "upper-end": {"rest": _loss(p.celsius)[1]},
        "patch": patch_words(p.celsius),
        "lasting": LASTING,
        "end": END,
        "below": _loss(p.celsius)[0] - _onset(p.celsius)[0],
        "single": _single(p.celsius),
    }


def draw_two_onsets(axes, p):
    membrane = squid_patch(p.celsius).membrane
    v = np.linspace(-66, -55, 400)
    current, stable = (
        membrane.steady_current(v),
        growth_rates(membrane, v).real.max(axis=-1) < 0,
    )
    axes.plot(current, np.where(stable, v, np.nan), label="stable rest")
    axes.plot(current, np.where(stable, np.nan, v), "--", label="unstable rest")
    axes.axvspan(_onset(p.celsius)[0], _loss(p.celsius)[0], alpha=0.2, label="rest or firing")
    axes.set(xlabel="Current (µA/cm²)", ylabel="V (mV)", xlim=(0, 20))
    axes.legend(frameon=False)


HELD = 8.0  # µA/cm²


def silenced(p):
    return {"held": HELD, "hopf": _loss(6.3)[0]}


# --- noise ---------------------------------------------------------------------------------------


def _fraction(v, power=4):
    return GATES["n"].steady_state(v) ** power


def open_by_chance(p):
    return {
        "answer": lambda area, v: np.sqrt((1 - _fraction(v)) / (p.density * area * _fraction(v))),
        "variance-not-deviation": lambda area, v: (
            (1 - _fraction(v)) / (p.density * area * _fraction(v))
        ),
        "one-gate": lambda area, v: np.sqrt(
            (1 - _fraction(v, 1)) / (p.density * area * _fraction(v, 1))
        ),
        "same-at-every-potential": lambda area, v: 1 / np.sqrt(p.density * area) + 0.0 * v,
        "rare-events": lambda area, v: 1 / np.sqrt(p.density * area * _fraction(v)),
        "at_rest": sqrt(_noise(p, -65.0)),
        "at_0": sqrt(_noise(p, 0.0)),
    }


def _noise(p, v):
    return float((1 - _fraction(v)) / (p.density * 10.0 * _fraction(v)))


SPONTANEOUS = {10.0: 39.3, 20.0: 32.1, 50.0: 21.2, 100.0: 9.8}
"""Spontaneous rate (Hz) of patches of so many µm², measured over 40 to 100 s of patches' time.

With standard errors of 0.4, 0.4, 0.5 and 0.3 Hz. It cannot be kept in the table of computed
answers: where two versions of numpy round differently, the same seed gives other spikes.
"""
PATCHES, TIME = 30, 500.0  # of each area, and ms

AREAS = {
    "small": Vary(10, 10, 20, 10),
    "large": Vary(100, 50, 100, 50),
    "celsius": SQUID.celsius,
}


def spontaneous(p):
    return {
        "answer": {"small": SPONTANEOUS[p.small], "large": SPONTANEOUS[p.large]},
        "silent": {"small": 0.0, "large": 0.0},
        "not-per-second": {
            "small": SPONTANEOUS[p.small] * TIME / 1e3,
            "large": SPONTANEOUS[p.large] * TIME / 1e3,
        },
        "all-patches-together": {
            "small": SPONTANEOUS[p.small] * PATCHES,
            "large": SPONTANEOUS[p.large] * PATCHES,
        },
        "larger-is-faster": {"small": SPONTANEOUS[p.large], "large": SPONTANEOUS[p.small]},
        "time": TIME,
        "sodium": SQUID_DENSITY["Na"],
        "potassium": SQUID_DENSITY["K"],
        "patches": PATCHES,
    }


CALM = 1.0  # mV
BRUNEL = RandomNetwork()


def _noisy(deviation, refractory=BRUNEL.refractory):
    """Return the rate (Hz) as a function of the mean input (mV)."""
    return lambda mean: siegert_rate(
        mean, deviation, BRUNEL.tau, BRUNEL.threshold, BRUNEL.reset, refractory
    )


def _named(p, calm=None, rough=None):
    """Return curves by the names that the drawing gives them."""
    curves = {f"σ = {CALM:g} mV": calm, f"σ = {p.sigma:g} mV": rough}
    return {name: curve for name, curve in curves.items() if curve}


def _sharp(mean):
    """Return the rate (Hz) without any noise."""
    cell = IntegrateAndFire(BRUNEL.tau, 1e3, 0.0, BRUNEL.threshold, BRUNEL.reset, BRUNEL.refractory)
    return cell.rate(mean)  # 1 GΩ: as many pA as mV


def noisy_threshold(p):
    return {
        "answer": _named(p, _noisy(CALM), _noisy(p.sigma)),
        "no-noise": _named(p, calm=_sharp, rough=_sharp),
        "deviation-of-v": _named(p, rough=_noisy(p.sigma * sqrt(2))),
        "variance": _named(p, rough=_noisy(p.sigma**2)),
        "never-refractory": _named(p, _noisy(CALM, 0.0), _noisy(p.sigma, 0.0)),
        "tau": BRUNEL.tau,
        "threshold": BRUNEL.threshold,
        "reset": BRUNEL.reset,
        "refractory": BRUNEL.refractory,
        "calm": CALM,
        "noisy_at_15": _noisy(p.sigma)(15.0),
        "calm_at_30": _noisy(CALM)(30.0),
        "noisy_at_30": _noisy(p.sigma)(30.0),
    }


def draw_noisy_threshold(axes, p):
    mean = np.linspace(10, 30, 81)
    for name, curve in _named(p, _noisy(CALM), _noisy(p.sigma)).items():
        axes.plot(mean, [curve(m) for m in mean], label=name)
    axes.set(xlabel="Mean input (mV)", ylabel="Firing rate (Hz)")
    axes.legend(frameon=False)


# --- networks ----------------------------------------------------------------------------------


@computed
def _mean_field(g):
    return RandomNetwork(g=g).mean_field_rate()


def _lift(rate, inputs):
    """Return by how much (mV) inputs of weight J, each at a rate (Hz), lift V on average."""
    return BRUNEL.weight * BRUNEL.tau * inputs * rate / 1e3


def _excitation(p):
    return _lift(_mean_field(p.g) + BRUNEL.outside_rate, BRUNEL.inputs[0])


def _inhibition(p, g=None, inputs=BRUNEL.inputs[1]):
    return -(p.g if g is None else g) * _lift(_mean_field(p.g), inputs)


def balance(p):
    return {
        "answer": {
            "rate": _mean_field(p.g),
            "excitation": _excitation(p),
            "inhibition": _inhibition(p),
            "mean": _excitation(p) + _inhibition(p),
        },
        "outside-forgotten": {
            "excitation": _lift(_mean_field(p.g), BRUNEL.inputs[0]),
            "mean": _lift(_mean_field(p.g), BRUNEL.inputs[0]) + _inhibition(p),
        },
        "as-many-inhibitory": {"inhibition": _inhibition(p, inputs=BRUNEL.inputs[0])},
        "equal-weights": {"inhibition": _inhibition(p, g=1.0)},
        "mean-at-threshold": {"mean": BRUNEL.threshold},
        "excitatory": BRUNEL.excitatory,
        "inhibitory": BRUNEL.inhibitory,
        "tau": BRUNEL.tau,
        "threshold": BRUNEL.threshold,
        "heard_excitatory": BRUNEL.inputs[0],
        "heard_inhibitory": BRUNEL.inputs[1],
        "outside_rate": BRUNEL.outside_rate,
        "weight": BRUNEL.weight,
        "tau_s": BRUNEL.tau / 1e3,
        "lowered": -_inhibition(p),
    }


PROBLEMS = (
    "rate-by-hand",
    "adapting",
    "slow-onset",
    "two-onsets",
    "silenced",
    "open-by-chance",
    "spontaneous",
    "noisy-threshold",
    "balance",
)
"""In the order of the chapter."""
