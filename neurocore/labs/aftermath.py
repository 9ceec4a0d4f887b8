"""The labs of the chapter on what a spike leaves behind."""

from functools import lru_cache, partial

import numpy as np

from neurocore.axon import patch
from neurocore.channels import freeze
from neurocore.experiments import fires, pulse_threshold, smallest_from_below
from neurocore.labs.description import Channels, Level, Line, Point, Slider, Switch, Traces
from neurocore.membrane import hodgkin_huxley
from neurocore.simulate import simulate
from neurocore.stimuli import pulse, ramp, step

__all__ = ["AFTERMATH", "rebound", "slow_ramp", "two_pulses"]

SQUID = patch(hodgkin_huxley(6.3))
REST = {name: float(x) for name, x in SQUID.membrane.steady_state(-65.0).items()}
GATES = {"h": "Na", "n": "K"}

PULSE = 0.5  # ms
FIRST = 2.0  # strength of the first pulse over its threshold
NONE = 30.0  # strongest second pulse looked at, likewise; stands for "none works"
INTERVALS = (5, 5.5, 6, 6.5, 7, 8, 10, 12, 14, 16, 19, 22, 26)


@lru_cache
def _resting_threshold():
    return pulse_threshold(SQUID, PULSE)


@lru_cache
def _after_one_spike():
    return simulate(SQUID, pulse(FIRST * _resting_threshold(), 0.0, PULSE), INTERVALS[-1] + 1)


def _second_threshold(interval, reset, near):
    """Return the smallest second pulse that works, in units of the threshold at rest.

    Starts from the state that the first spike has left, and looks upwards from `near`.
    """
    r = _after_one_spike()
    state = {"v": np.interp(interval, r.t, r.v)}
    state |= {name: REST[name] if name in reset else np.interp(interval, r.t, x)
              for name, x in r.gates.items()}  # fmt: skip

    def again(size):
        stimulus = pulse(size * _resting_threshold(), 0.0, PULSE)
        return fires(SQUID, stimulus, 15.0, resets={0.0: state})

    return min(NONE, smallest_from_below(again, 0.8 * near, near, 1.15, NONE, 2e-3))


@lru_cache
def _recovery(reset):
    """Return the second pulse's threshold at each of `INTERVALS`, some gates reset."""
    found, near = [], 0.8
    for interval in INTERVALS[::-1]:
        found.append(_second_threshold(interval, reset, near))
        near = 0.8 * min(found[-1], 0.5 * NONE)
    return np.array(found[::-1])


def _on_screen(r, t, name="v"):
    """Sample like an oscilloscope that keeps the peaks, so that spikes look equally high."""
    v = np.interp(t, r.t, r.v)
    peaks = np.flatnonzero((r.v[1:-1] > r.v[:-2]) & (r.v[1:-1] >= r.v[2:]) & (r.v[1:-1] > 0)) + 1
    v[np.abs(t[:, None] - r.t[peaks]).argmin(axis=0)] = r.v[peaks]
    return v


def two_pulses(interval, size, reset_h, reset_n):
    """Give a squid axon's patch a second pulse some time after the first has made it spike.

    Parameters
    ----------
    interval : float
        From the first pulse to the second (ms), 5 to 26.
    size : float
        The second pulse in units of the threshold at rest; the first has twice that. Both
        last 0.5 ms.
    reset_h, reset_n : bool
        Whether the gate is set to its resting value as the second pulse begins.

    Returns
    -------
    dict
        Over the time ``t`` (ms): ``v`` (mV), the gates ``m``, ``h`` and ``n``, and
        ``v_alone`` without the second pulse; the gates' values at rest ``h_rest`` and
        ``n_rest``; the second pulse's threshold over that at rest along ``intervals`` (ms):
        ``usual``, and ``threshold`` with the chosen gates reset (30 where nothing works);
        of the present interval, ``needed``; the highest V after it, ``peak`` (mV).
    """
    reset = tuple(gate for gate, on in (("h", reset_h), ("n", reset_n)) if on)
    unit = _resting_threshold()
    both = pulse(FIRST * unit, 0.0, PULSE)
    if size > 0:
        both = both + pulse(size * unit, interval, PULSE)
    resets = {interval: {gate: REST[gate] for gate in reset}} if reset else None
    t = np.linspace(0, 36, 145)
    r = simulate(SQUID, both, t[-1], resets=resets)
    alone = simulate(SQUID, pulse(FIRST * unit, 0.0, PULSE), t[-1])
    usual, threshold = _recovery(()), _recovery(reset)
    place = int(np.searchsorted(INTERVALS, interval))
    needed = threshold[place]
    if interval != INTERVALS[place]:
        needed = _second_threshold(interval, reset, 0.8 * min(needed, 0.5 * NONE))
    outcome = 2 if needed >= NONE else int(size >= needed)
    return {
        "t": t,
        "v": _on_screen(r, t),
        "v_alone": _on_screen(alone, t),
        **{name: np.interp(t, r.t, x) for name, x in r.gates.items()},
        "h_rest": REST["h"],
        "n_rest": REST["n"],
        "intervals": np.array(INTERVALS, float),
        "usual": usual,
        "threshold": threshold,
        "interval": interval,
        "size": size,
        "shown": max(size, 0.5),
        "needed": needed,
        "peak": r.v[r.t >= interval].max(),
        "outcome": 3 * (2 * bool(reset_n) + bool(reset_h)) + outcome,
    }


@lru_cache
def _frozen(freeze_h, freeze_n):
    model = SQUID
    for gate, on in (("h", freeze_h), ("n", freeze_n)):
        if on:
            model = model.modify(GATES[gate], freeze, gate)
    return model


START = 5.0  # ms


def _show(freeze_h, freeze_n, stimulus, t, after):
    r = simulate(_frozen(bool(freeze_h), bool(freeze_n)), stimulus, t[-1])
    spikes = r.spike_times()
    return {
        "t": t,
        "v": _on_screen(r, t),
        "h": np.interp(t, r.t, r.gates["h"]),
        "n": np.interp(t, r.t, r.gates["n"]),
        "h_rest": REST["h"],
        "n_rest": REST["n"],
        "current": stimulus(t),
        "spikes": spikes.size,
        "first": spikes[0] - after if spikes.size else 0.0,
        "outcome": min(spikes.size, 2),
    }


def slow_ramp(slope, plateau, freeze_h, freeze_n):
    """Raise a current into a squid axon's patch along a ramp, and hold it.

    Parameters
    ----------
    slope : float
        How fast the current rises (µA/cm²/ms).
    plateau : float
        Where it stops (µA/cm²).
    freeze_h, freeze_n : bool
        Whether the gate keeps its resting value.

    Returns
    -------
    dict
        Over the time ``t`` (ms): ``v`` (mV), the gates ``h`` and ``n``, and ``current``
        (µA/cm²); the gates' values at rest ``h_rest`` and ``n_rest``; the number of
        ``spikes`` in 120 ms, and when the ``first`` comes after the ramp's start (ms).
    """
    t = np.linspace(0, 120, 241)
    rise = plateau / slope
    stimulus = ramp(plateau, START, START + rise, t[-1])
    return _show(freeze_h, freeze_n, stimulus, t, START)


def rebound(strength, duration, freeze_h, freeze_n):
    """Hyperpolarise a squid axon's patch by a current step, and let go.

    Parameters
    ----------
    strength : float
        The hyperpolarising current (µA/cm²), as a positive number.
    duration : float
        Of the step (ms).
    freeze_h, freeze_n : bool
        Whether the gate keeps its resting value.

    Returns
    -------
    dict
        As of `slow_ramp`, over 80 ms; ``first`` counts from the end of the step, and
        ``lowest`` is the potential reached (mV).
    """
    t = np.linspace(0, 80, 201)
    stop = START + duration
    shown = _show(freeze_h, freeze_n, step(-strength, START, stop), t, stop)
    return {**shown, "lowest": shown["v"].min()}


KEPT = ("", " With h reset:", " With n reset:", " With h and n reset:")
OUTCOMES = (
    " The second pulse, {interval:.1f} ms after the first and {size:.2f} times the threshold at "
    "rest, fails. {needed:.2f} times would do.",
    " The second pulse, {interval:.1f} ms after the first and {size:.2f} times the threshold at "
    "rest, fires a second spike, up to {peak:.0f} mV. {needed:.2f} times is the least that does.",
    " {interval:.1f} ms after the first pulse, no second one that was tried, up to 30 times the "
    "threshold at rest, fires a spike.",
)
GATES_OVER_TIME = partial(
    Traces,
    x="t",
    x_label="time (ms)",
    y_label="gate",
    lines=(Line("h", "h", "na"), Line("n", "n", "k")),
    y_range=(0, 1),
    levels=(Level("h_rest", "h at rest", "na"), Level("n_rest", "n at rest", "k")),
)

AFTERMATH = {
    "two-pulses": {
        "function": two_pulses,
        "title": "Two pulses",
        "time": "t",
        "start": 3.0,
        "sliders": (
            Slider("interval", "Interval", "ms", INTERVALS, 7),
            Slider(
                "size",
                "Second pulse",
                "× rest",
                (0, 0.75, 0.85, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7, 10, 18),
                2,
            ),
            Switch("reset_h", "Reset h to rest as the second pulse begins", value=False),
            Switch("reset_n", "Reset n to rest as the second pulse begins", value=False),
        ),
        "panels": (
            Traces(
                "Membrane potential",
                "t",
                "time (ms)",
                "mV",
                (Line("v", "V_m", "v"), Line("v_alone", "first pulse alone", "v", dash=True)),
                (0, 36),
                (-90, 70),
                keep=True,
            ),
            Traces(
                "What the second pulse needs",
                "intervals",
                "interval (ms)",
                "threshold (× at rest)",
                (
                    Line("threshold", "with your resets", "cl"),
                    Line("usual", "without", "v", dash=True),
                ),
                (5, 26),
                (0.5, 30),
                x_log=True,
                y_log=True,
                points=(Point("interval", "shown", "your pulse", "v"),),
            ),
            GATES_OVER_TIME("What is left of the first spike", x_range=(0, 36)),
            Channels("The channels at the time cursor", "m", "h", "n"),
        ),
        "summary": tuple((kept + said).strip() for kept in KEPT for said in OUTCOMES),
        "attempt": "Find the weakest pulse that works at 16, 10, 8 and 6 ms. Then go to 5 ms, "
        "where nothing works, and reset h; take that back and reset n; reset both.",
        "notice": "Either reset brings the second spike back, but with n it takes 4 times the "
        "threshold at rest, with h 17 times. With both it is still 2.6 times, because V_m itself "
        "is 11 mV too low. Near 19 ms the second spike comes cheaper than the first.",
    },
    "slow-ramp": {
        "function": slow_ramp,
        "title": "A slow ramp",
        "time": "t",
        "sliders": (
            Slider(
                "slope",
                "Slope",
                "µA/cm²/ms",
                (0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.7, 1, 2),
                0.3,
            ),
            Slider("plateau", "Plateau", "µA/cm²", (2, 3, 4, 6, 8, 12), 6),
            Switch("freeze_h", "Freeze h at rest", value=False),
            Switch("freeze_n", "Freeze n at rest", value=False),
        ),
        "panels": (
            Traces(
                "Membrane potential",
                "t",
                "time (ms)",
                "mV",
                (Line("v", "V_m", "v"),),
                (0, 120),
                (-80, 50),
                keep=True,
            ),
            Traces(
                "Current",
                "t",
                "time (ms)",
                "µA/cm²",
                (Line("current", "stimulus", "v"),),
                (0, 120),
                (0, 13),
            ),
            GATES_OVER_TIME("Slow gates", x_range=(0, 120)),
        ),
        "summary": (
            "No spike within 120 ms. At {t:.0f} ms V_m is {v:.1f} mV.",
            "One spike, {first:.1f} ms after the ramp begins.",
            "{spikes:.0f} spikes within 120 ms, the first {first:.1f} ms after the ramp begins.",
        ),
        "attempt": "Ramp to 6 µA/cm² at slopes of 0.5, 0.4 and 0.35. Stay at 0.35 and freeze h, "
        "then n instead. Then let both go and raise the plateau to 8.",
        "notice": "The current that fails on a slow ramp fires on a quick one. With either gate "
        "frozen the slow ramp fires too. At 8 µA/cm² the slope decides between silence and a "
        "lasting train, although the current ends up the same.",
    },
    "rebound": {
        "function": rebound,
        "title": "Rebound",
        "time": "t",
        "sliders": (
            Slider(
                "strength",
                "Hyperpolarising step",
                "µA/cm²",
                (1, 2, 2.5, 2.7, 2.8, 2.9, 3, 3.1, 4, 5, 7, 10, 20),
                2.5,
            ),
            Slider("duration", "Its duration", "ms", (1, 2, 5, 10, 20, 40), 20),
            Switch("freeze_h", "Freeze h at rest", value=False),
            Switch("freeze_n", "Freeze n at rest", value=False),
        ),
        "panels": (
            Traces(
                "Membrane potential",
                "t",
                "time (ms)",
                "mV",
                (Line("v", "V_m", "v"),),
                (0, 80),
                (-130, 50),
                keep=True,
            ),
            Traces(
                "Current",
                "t",
                "time (ms)",
                "µA/cm²",
                (Line("current", "stimulus", "v"),),
                (0, 80),
                (-21, 2),
            ),
            GATES_OVER_TIME("Slow gates", x_range=(0, 80)),
        ),
        "summary": (
            "No rebound. The step takes V_m down to {lowest:.1f} mV.",
            "A rebound spike, {first:.1f} ms after the step ends. The step takes V_m down to "
            "{lowest:.1f} mV.",
            "{spikes:.0f} rebound spikes, the first {first:.1f} ms after the step ends. The step "
            "takes V_m down to {lowest:.1f} mV.",
        ),
        "attempt": "With 20 ms, find the weakest step that rebounds. Freeze h and find it again. "
        "Then freeze n instead. Last, let both go and try 2 ms.",
        "notice": "The step opens nothing. It closes K⁺ channels and frees Na⁺ channels, and both "
        "are late to return. Without the first there is no rebound at any strength; without the "
        "second it takes hardly more current.",
    },
}
