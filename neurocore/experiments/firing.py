"""How fast and how late a cell fires, and what a spike or a slow current leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurocore._arguments import number, numbers, several, span
from neurocore.cable import Cable, Patch
from neurocore.simulate import simulate
from neurocore.stimuli import Stimulus, pulse, ramp, step
from neurocore.synapses import Synapse

from ._asked import ForSimulate, is_cell, one_trace, some, sweep
from .thresholds import NEVER, fires, pulse_threshold, smallest, smallest_from_below, threshold

if TYPE_CHECKING:
    from concurrent.futures import Executor


def f_i_curve(
    cell: Patch | Cable,
    currents: ArrayLike,
    duration: float = 500.0,
    *,
    settle: float = 0.5,
    at: int = 0,
    accuracy: float = 1e-2,
    executor: Executor | None = None,
) -> NDArray[np.float64]:
    """Return the firing rate (Hz) for each of many lasting currents.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated, all currents side by side; of a cable, its last compartment counts.
    currents : array, shape (n,)
        µA/cm² (patch) or nA (cable).
    duration : float
        Of the step (ms).
    settle : float
        What fraction of it is left out, so that the rate is the steady one.
    at : int
        The compartment of a cable that receives the current.
    accuracy : float
        Of the spike times (ms), see `simulate`.
    executor : optional
        Splits the currents into four parts, see `sweep`.

    Returns
    -------
    array, shape (n,)
        One over the mean interval between spikes after settling; 0 with fewer than two.
    """
    is_cell(cell)
    currents = numbers("currents", currents)
    if not currents.size:
        raise ValueError("currents must be at least one number, got none")
    number("duration", duration, above=0)
    number("settle", settle, least=0, most=1)
    parts = np.array_split(currents.ravel(), 4) if executor else [currents.ravel()]
    one = partial(_rates, cell, duration, settle, at, accuracy)
    return np.concatenate(sweep(one, [p for p in parts if p.size], executor)).reshape(
        currents.shape
    )


def _rates(cell, duration, settle, at, accuracy, currents):
    record = [-1] if isinstance(cell, Cable) else None
    stimulus = step(currents, 0.0, duration, at)
    r = simulate(cell, stimulus, duration, accuracy=accuracy, sample=duration, record=record)
    trains = [x[-1] if record else x for x in r.spike_times()]
    late = [times[times >= settle * duration] for times in trains]
    return np.array([1e3 * (len(t) - 1) / (t[-1] - t[0]) if len(t) > 1 else 0.0 for t in late])


def latency(
    cell: Patch | Cable,
    stimulus: Stimulus | Sequence[Stimulus],
    duration: float = 100.0,
    **options: Unpack[ForSimulate],
) -> float:
    """Return the time (ms) from the stimulus' beginning to the first spike; infinity if none.

    On a cable: to the spike in its last compartment.
    """
    is_cell(cell)
    if isinstance(cell, Cable):
        options.setdefault("record", [-1])
    stimuli = list(stimulus) if isinstance(stimulus, Sequence) else [stimulus]
    stimuli = several("stimulus", one_trace(stimuli), Stimulus | Synapse, "made by step, pulse, …")
    if not stimuli:
        raise ValueError("stimulus must be at least one, got none")
    r = simulate(cell, list(stimuli), duration, stop_at_spike=True, **options)
    times = r.spike_times() if isinstance(cell, Patch) else r.spike_times()[-1]
    return float(times[0] - stimuli[0].edges[0]) if len(times) else NEVER


@dataclass(frozen=True)
class Recovery:
    """How excitability returns after a spike; made by `recovery_curve`.

    Attributes
    ----------
    intervals : array, shape (n,)
        From the first pulse to the second (ms).
    ratio : array, shape (n,)
        Threshold of the second pulse over that at rest (1); infinity where none works.
    rest : float
        Threshold at rest (µA/cm² or nA).
    """

    intervals: NDArray[np.float64]
    ratio: NDArray[np.float64]
    rest: float

    @property
    def absolute(self) -> float:
        """The longest interval (ms) after which no second pulse worked; 0 if all did."""
        dead = np.flatnonzero(~np.isfinite(self.ratio))
        return float(self.intervals[dead[-1]]) if dead.size else 0.0

    @property
    def relative(self) -> float:
        """The interval (ms) at which the threshold is first back to that at rest, interpolated."""
        above = self.ratio > 1
        back = np.flatnonzero(above[:-1] & ~above[1:])
        if not back.size:
            return NEVER if above[-1] else 0.0
        k = back[0]
        if not np.isfinite(self.ratio[k]):
            return float(self.intervals[k + 1])
        share = (self.ratio[k] - 1) / (self.ratio[k] - self.ratio[k + 1])
        return float(self.intervals[k] + share * (self.intervals[k + 1] - self.intervals[k]))


def recovery_curve(
    cell: Patch | Cable,
    intervals: ArrayLike,
    *,
    duration: float = 0.5,
    first: float = 2.0,
    highest: float = 50.0,
    wait: float = 15.0,
    at: int = 0,
    executor: Executor | None = None,
    **options: Unpack[ForSimulate],
) -> Recovery:
    """Return the threshold of a second pulse at each interval after a first one.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated; of a cable, the last compartment has to spike twice.
    intervals : array, shape (n,)
        From the start of the first pulse to that of the second (ms), longer than the pulse.
    duration : float
        Of both pulses (ms).
    first : float
        Strength of the first pulse, in units of its threshold.
    highest : float
        Strongest second pulse tried, likewise: what needs more counts as absolutely refractory.
    wait : float
        How long after its end a second spike is waited for (ms).
    at : int
        The compartment of a cable that receives the pulses.
    executor : optional
        See `sweep`.
    **options
        Handed on to `simulate`; ``resets`` only where there is a second pulse.

    Returns
    -------
    Recovery
    """
    number("duration", duration, above=0)
    intervals = some("intervals", intervals, above=duration)
    for name, value in {"first": first, "highest": highest}.items():
        number(name, value, above=0, most=1e4)
    undisturbed = options.copy()
    undisturbed.pop("resets", None)
    rest = pulse_threshold(cell, duration, wait=wait, at=at, **undisturbed)
    one = partial(
        _second_threshold, cell, first * rest, duration, highest * rest, wait, at, options
    )
    return Recovery(intervals, np.array(sweep(one, intervals.tolist(), executor)) / rest, rest)


def _second_threshold(cell, first, duration, highest, wait, at, options, interval):
    """Return the smallest second pulse followed by a spike of its own."""

    def again(amplitude):
        both = pulse(first, 0.0, duration, at) + pulse(amplitude, interval, duration, at)
        span = interval + duration + wait
        if isinstance(cell, Cable):
            r = simulate(cell, both, span, **{"record": [-1]} | options)
            return len(r.spike_times()[-1]) > 1
        r = simulate(cell, both, span, **options)
        late = r.spike_times()[r.spike_times() > interval]
        return np.any(np.interp(late, r.t, r.ionic_current) < 0)  # driven by its channels

    return smallest_from_below(again, 0.0, highest / 64, 1.15, highest, 1e-3)


def critical_ramp(
    cell: Patch | Cable,
    amplitude: float,
    *,
    hold: float = 50.0,
    slowest: float = 1e-3,
    fastest: float = 100.0,
    at: int = 0,
    resolution: float = 1e-3,
    **options: Unpack[ForSimulate],
) -> float:
    """Return the slope (per ms) below which a current rising to `amplitude` never fires.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    amplitude : float
        The current reached and held (µA/cm² or nA).
    hold : float
        How long it is held at the end (ms).
    slowest, fastest : float
        Range of slopes tried (µA/cm²/ms or nA/ms).
    at : int
        The compartment of a cable that receives the current.
    resolution : float
        Relative precision.
    **options
        Handed on to `fires`.

    Returns
    -------
    float
        Infinity if even the fastest ramp does not fire; 0 if the slowest does: no accommodation.
    """
    number("amplitude", amplitude, above=0, most=1e6)
    number("hold", hold, least=0)
    span(slowest, fastest, ("slowest", "fastest"), above=0)
    number("resolution", resolution, above=0)

    def test(slope):
        rise = amplitude / slope
        return fires(cell, ramp(amplitude, 0.0, rise, hold, at), rise + hold, **options)

    return 0.0 if test(slowest) else smallest(test, slowest, fastest, resolution)


def rebound_threshold(
    cell: Patch | Cable,
    duration: float = 20.0,
    *,
    highest: float = 50.0,
    wait: float = 50.0,
    at: int = 0,
    resolution: float = 1e-4,
    **options: Unpack[ForSimulate],
) -> float:
    """Return the smallest hyperpolarising step (a positive number) after which the cell spikes.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    duration, wait : float
        Of the step, and how long after its end a spike is waited for (ms).
    highest : float
        Strongest step tried (µA/cm² or nA).
    at : int
        The compartment of a cable that receives the current.
    resolution : float
        Relative precision.
    **options
        Handed on to `simulate`.
    """
    number("duration", duration, above=0)
    number("wait", wait, least=0)
    return threshold(
        cell,
        lambda a: step(-a, 0.0, duration, at),
        duration + wait,
        highest=highest,
        resolution=resolution,
        **options,
    )
