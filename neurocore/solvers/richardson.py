"""Two runs, the second in half steps: together they cancel the leading term of the error.

A scheme that is symmetric in time errs by a series in dt². So a third of the difference between the
runs, added to the finer one, leaves an error in dt⁴: of samples as of spike times (Richardson).
"""

import math
from itertools import pairwise

import numpy as np

from .observer import Observer
from .staggered import Opened


def run(chain, start, plan, step, columns, *, every, gates, micro, last):
    """Step a chain through a plan, twice.

    Parameters
    ----------
    chain : Compartments
        What runs, traces side by side.
    start : array, shape (size,)
        Where the potential starts (mV).
    plan : neurocore.simulate.Plan
        What is done to it, and when.
    step : float
        Of the coarser run (ms), shortened so that whole steps fill what lies between two edges.
    columns : array of int
        The compartments watched.
    every : int
        How many steps of the coarser run lie between two samples.
    gates : bool
        Whether gates are sampled, too.
    micro : float
        A stimulus' unit, in that of the chain's currents.
    last : set of int or None
        The run is over when these of the columns have spiked.

    Returns
    -------
    t : array, shape (times,)
        Time (ms).
    v : array, shape (columns, times)
        Potentials (mV).
    states : dict of str to array, shape (columns, times), or None
        Gating variables.
    spikes : list of array
        Of each column (ms).
    """
    observers, end = [], plan.duration
    for fine in (1, 2):
        v = start.copy()
        chain.start(v)
        until = last if fine == 1 else None  # the fine run ends where the coarse one did
        observer = Observer(chain.size, columns, every * fine, gates, plan.threshold, until)
        for a, b in pairwise(plan.times):
            chain.change(v, plan.changes(a))
            current, slope = _injected(plan.stimuli, a, b, chain, micro)
            count = max(1, math.ceil((b - a) / step - 1e-9))
            dt, count = (b - a) / count / fine, count * fine
            if b > end:
                count = min(count, round((end - a) / dt))
            if count < 1:
                break
            observer.t = a
            observer.alone = b == plan.duration and current is None and not plan.synapses
            opened = [Opened(s, a, chain, micro) for s in plan.synapses]
            chain.stretch(v, count, dt, current, slope, observer, opened)
            if observer.over:
                end = observer.t
                break
        observer.finish(v, chain.groups)
        observers.append(observer)
    coarse, fine = observers
    n = min(len(coarse.times), len(fine.times))
    v = _extrapolated(coarse.samples(), fine.samples(), n)
    states = None
    if gates:
        rows = _extrapolated(np.array(coarse.states), np.array(fine.states), n)
        states = dict(zip(fine.names, rows, strict=True))
    spikes = [_pair(a, b) for a, b in zip(coarse.spikes(), fine.spikes(), strict=True)]
    return np.array(fine.times[:n]), v, states, spikes


def _injected(stimuli, a, b, chain, micro):
    current, slope = np.zeros(chain.shape), np.zeros(chain.shape)
    for s in stimuli:
        first, last = s.lines(a, b)
        for at in chain.inside(s.at):
            current[:, at] += micro * first
            slope[:, at] += micro * (last - first) / (b - a)
    return (
        current.ravel() if current.any() else None,
        slope.ravel() if slope.any() else None,
    )


def _extrapolated(coarse, fine, n):
    """Return the first n samples as rows, one for each column, the error's dt² term taken out."""
    result = coarse[:n] - fine[:n]
    result /= -3
    result += fine[:n]
    return np.moveaxis(result, 0, -1)


def _pair(coarse, fine):
    """Return spike times with the error's dt² term taken out.

    A last spike that only the finer run holds gets the correction its forerunners lead to expect.
    """
    n = min(len(coarse), len(fine))
    correction = (fine[:n] - coarse[:n]) / 3
    if len(fine) > n:
        slope = correction[-1] - correction[-2] if n > 1 else 0.0
        ahead = np.arange(1, len(fine) - n + 1)
        correction = np.append(correction, (correction[-1] if n else 0.0) + slope * ahead)
    return fine + correction if len(correction) == len(fine) else fine[:n] + correction
