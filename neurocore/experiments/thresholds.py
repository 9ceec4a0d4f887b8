"""Does it fire, and from which stimulus on: threshold, rheobase, chronaxie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Unpack, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurocore._arguments import FloatOrArray, a_function, number, numbers, plain, same_grid, span
from neurocore._search import bisect, lowest
from neurocore.cable import Cable, Patch
from neurocore.simulate import simulate, spikes_by_itself
from neurocore.stimuli import Stimulus, pulse, step

from ._asked import ForFires, ForPulse, ForSimulate, ForThreshold, is_cell, one_trace, some, sweep

if TYPE_CHECKING:
    from concurrent.futures import Executor

NEVER = np.inf


def fires(
    cell: Patch | Cable,
    stimulus: Stimulus | Sequence[Stimulus],
    duration: float,
    *,
    threshold: float = 0.0,
    **options: Unpack[ForFires],
) -> bool:
    """Return whether the cell (of a cable: its last compartment) spikes within `duration` (ms).

    A patch that a strong current merely pushes through the threshold does not count: its channels
    must drive the rise.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    stimulus : Stimulus or list of Stimulus
        As for `simulate`.
    duration : float
        How long to wait (ms).
    threshold : float
        What counts as a spike (mV).
    **options
        Handed on to `simulate`.
    """
    one_trace(stimulus)
    is_cell(cell)
    if isinstance(cell, Patch):  # it refuses what only a cable takes
        return spikes_by_itself(  # type: ignore[misc]
            cell, stimulus, duration, threshold=threshold, **options
        )
    options.setdefault("record", [-1])
    r = simulate(cell, stimulus, duration, threshold=threshold, stop_at_spike=True, **options)
    return len(r.spike_times()[-1]) > 0


def smallest(
    test: Callable[[float], object], low: float, high: float, resolution: float = 1e-4
) -> float:
    """Return the smallest value between `low` and `high` for which `test(value)` holds.

    By bisection, so `test` should hold from some value on.

    Parameters
    ----------
    test : callable
        From a number to a truth value.
    low, high : float
        The range; if `test` fails at `high`, infinity is returned.
    resolution : float
        Relative precision.
    """
    a_function("test", test)
    span(low, high)
    number("resolution", resolution, above=0)
    if not test(high):
        return NEVER
    return bisect(test, low, high, relative=resolution)


def smallest_from_below(
    test: Callable[[float], object],
    low: float,
    high: float,
    factor: float,
    highest: float,
    resolution: float = 1e-4,
) -> float:
    """Return the smallest value for which `test` holds, looked for upwards from `low`.

    For what a larger value may undo: a pulse some 1.4 times as strong as the weakest that works may
    carry a membrane past the peak of a late, small spike, so that nothing rises by itself any more.

    Parameters
    ----------
    test : callable
        From a number to a truth value.
    low, high : float
        A value too small, and the first that is tried.
    factor : float
        From one that is tried to the next.
    highest : float
        The last; if `test` fails there, infinity is returned.
    resolution : float
        Relative precision.
    """
    while not test(high):
        if high >= highest:
            return NEVER
        low, high = high, min(factor * high, highest)
    return bisect(test, low, high, relative=resolution)


def threshold(
    cell: Patch | Cable,
    shape: Callable[[float], Stimulus | Sequence[Stimulus]],
    duration: float,
    *,
    highest: float = 1e4,
    resolution: float = 1e-4,
    **options: Unpack[ForSimulate],
) -> float:
    """Return the smallest amplitude that makes the cell spike.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    shape : callable
        From an amplitude to the stimulus, such as ``lambda a: step(a, 0, 50)``.
    duration : float
        How long to wait for a spike (ms).
    highest : float
        Above which to give up.
    resolution : float
        Relative precision.
    **options
        Handed on to `fires` and `simulate`.

    Returns
    -------
    float
        µA/cm² (patch) or nA (cable); infinity if nothing up to `highest` works, and 0 if the
        cell fires unprovoked.
    """
    is_cell(cell)
    a_function("shape", shape)
    number("duration", duration, above=0)
    number("highest", highest, above=0, most=1e6)
    number("resolution", resolution, above=0)
    if fires(cell, shape(0.0), duration, **options):
        return 0.0
    return smallest_from_below(
        lambda a: fires(cell, shape(a), duration, **options),
        0.0, min(1.0, highest), 2.0, highest, resolution,
    )  # fmt: skip


def pulse_threshold(
    cell: Patch | Cable,
    duration: float = 0.2,
    *,
    start: float = 0.0,
    wait: float = 20.0,
    at: int = 0,
    **options: Unpack[ForThreshold],
) -> float:
    """Return the smallest pulse (µA/cm² or nA) of `duration` (ms) that makes the cell spike.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    duration, start, wait : float
        How long the pulse is, when it begins, and how long after its end to wait (ms).
    at : int
        The compartment of a cable that receives it.
    **options
        Handed on to `threshold`.
    """
    number("duration", duration, above=0)
    number("start", start, least=0)
    number("wait", wait, least=0)
    return threshold(
        cell, lambda a: pulse(a, start, duration, at), start + duration + wait, **options
    )


def rheobase(
    cell: Patch | Cable, duration: float = 200.0, *, at: int = 0, **options: Unpack[ForThreshold]
) -> float:
    """Return the smallest lasting current (µA/cm² or nA) that makes the cell spike once.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    duration : float
        Of the step, as a stand-in for forever (ms). Close to spontaneous firing it matters: the
        longer, the less current is needed.
    at : int
        The compartment of a cable that receives it.
    **options
        Handed on to `threshold`.
    """
    return threshold(cell, lambda a: step(a, 0.0, duration, at), duration, **options)


def strength_duration(
    cell: Patch | Cable,
    durations: ArrayLike,
    *,
    executor: Executor | None = None,
    **options: Unpack[ForPulse],
) -> NDArray[np.float64]:
    """Return the threshold (µA/cm² or nA) for pulses of each of the `durations` (ms)."""
    durations = some("durations", durations, above=0)
    return np.array(sweep(partial(_threshold_of, cell, options), durations.tolist(), executor))


def _threshold_of(cell, options, duration):
    return pulse_threshold(cell, duration, **options)


def chronaxie(
    cell: Patch | Cable,
    *,
    rheobase_duration: float = 200.0,
    resolution: float = 1e-3,
    wait: float = 20.0,
    at: int = 0,
    **options: Unpack[ForSimulate],
) -> tuple[float, float]:
    """Return the pulse duration (ms) whose threshold is twice the rheobase, and the rheobase.

    Parameters
    ----------
    cell : Patch or Cable
        What is stimulated.
    rheobase_duration : float
        Of the step that stands in for a lasting one (ms).
    resolution : float
        Relative precision.
    wait : float
        How long after a pulse's end to wait (ms).
    at : int
        The compartment of a cable that receives the current.
    **options
        Handed on to `simulate`.

    Returns
    -------
    tuple of float
        Chronaxie (ms) and rheobase (µA/cm² or nA).
    """
    number("rheobase_duration", rheobase_duration, above=0)
    number("resolution", resolution, above=0)
    number("wait", wait, least=0)
    base = rheobase(cell, rheobase_duration, at=at, **options)
    if not np.isfinite(base):
        raise ValueError("the cell has no rheobase, so it has no chronaxie")

    def enough(duration):
        return fires(cell, pulse(2 * base, 0.0, duration, at), duration + wait, **options)

    return smallest(enough, 0.0, rheobase_duration, resolution), base


@overload
def lapicque(duration: float, rheobase: float, chronaxie: float) -> float: ...
@overload
def lapicque(duration: ArrayLike, rheobase: ArrayLike, chronaxie: ArrayLike) -> FloatOrArray: ...
def lapicque(duration, rheobase, chronaxie):
    """Return Lapicque's threshold for a pulse: I_rh / (1 − 2^(−d / chronaxie)) (1907).

    A leaky capacitor charged to a fixed potential; arrays broadcast (ms, any unit of current).
    """
    duration, rheobase, chronaxie = _strength(duration, rheobase, chronaxie)
    return plain(rheobase / -np.expm1(-np.log(2) * duration / chronaxie))


@overload
def weiss(duration: float, rheobase: float, chronaxie: float) -> float: ...
@overload
def weiss(duration: ArrayLike, rheobase: ArrayLike, chronaxie: ArrayLike) -> FloatOrArray: ...
def weiss(duration, rheobase, chronaxie):
    """Return Weiss's threshold for a pulse: I_rh (1 + chronaxie / d) (1901).

    Charge is a straight line in duration; arrays broadcast (ms, any unit of current).
    """
    duration, rheobase, chronaxie = _strength(duration, rheobase, chronaxie)
    return plain(rheobase * (1 + chronaxie / duration))


def _strength(
    duration: ArrayLike, rheobase: ArrayLike, chronaxie: ArrayLike
) -> tuple[NDArray[np.float64], ...]:
    return same_grid(
        duration=numbers("duration", duration, above=0),
        rheobase=numbers("rheobase", rheobase, above=0),
        chronaxie=numbers("chronaxie", chronaxie, above=0),
    )


def fit_strength_duration(
    durations: ArrayLike,
    thresholds: ArrayLike,
    law: Callable[[NDArray[np.float64], float, float], FloatOrArray] = weiss,
) -> tuple[float, float]:
    """Return the rheobase and chronaxie (ms) that fit measured thresholds best.

    Parameters
    ----------
    durations : array, shape (n,)
        Of the pulses (ms).
    thresholds : array, shape (n,)
        Currents, finite.
    law : callable
        `weiss` or `lapicque`, or another law of duration, rheobase and chronaxie that is
        proportional to the rheobase.

    Returns
    -------
    tuple of float
        Rheobase (unit of `thresholds`) and chronaxie (ms), with least relative error.
    """
    durations = some("durations", durations, above=0)
    thresholds = some("thresholds", thresholds, above=0)
    a_function("law", law)
    if durations.shape != thresholds.shape or durations.size < 2:
        raise ValueError("durations and thresholds must be as many, and at least two")

    def fit(chronaxie):  # best rheobase for it, and what is left over
        shape = np.asarray(law(durations, 1.0, chronaxie)) / thresholds
        base = shape.sum() / (shape @ shape)
        return np.sum((base * shape - 1) ** 2), base

    low, high = np.log(durations.min() / 100), np.log(durations.max() * 100)
    grid = np.linspace(low, high, 400)
    best = int(np.argmin([fit(np.exp(x))[0] for x in grid]))
    a, b = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    chronaxie = float(np.exp(lowest(lambda x: fit(np.exp(x))[0], a, b, 1e-10)))
    return float(fit(chronaxie)[1]), chronaxie
