"""What an electrophysiologist does to a cell, a function each, on any model."""

import numpy as np

from ._check import number
from .simulate import simulate


def conduction_velocity(axon, start=0.3, stop=0.7, duration=None, threshold=-30.0, accuracy=1e-3):
    """Return how fast a spike travels along a cable, kicked off at its first end.

    Parameters
    ----------
    axon : Cable
        At least several length constants long.
    start, stop : float
        Between which fractions of the length it is timed.
    duration : float, optional
        After which time (ms) to give up; if left out, what a speed of 0.1 m/s would need.
    threshold : float
        The potential (mV) whose crossing counts as arrival: low, for half-poisoned spikes.
    accuracy : float
        Of the arrival times (ms), see `simulate`.

    Returns
    -------
    float
        m/s; 0 if no spike arrives.
    """
    number("start", start, least=0, most=1)
    number("stop", stop, least=start, most=1)
    position = axon.position
    first, last = np.searchsorted(position, np.array([start, stop]) * axon.length.sum())
    r = kick(axon, [first, last], duration or position[last] * 1e-3 / 0.1, threshold, accuracy)
    arrival = r.spike_times()
    if any(len(times) == 0 for times in arrival):
        return 0.0
    return float((position[last] - position[first]) * 1e-3 / (arrival[1][0] - arrival[0][0]))


def kick(axon, record, duration, threshold, accuracy):
    """Return a recording of a spike started at the first end, cut short once it has arrived."""
    end = np.full(len(axon), np.nan)
    end[: np.searchsorted(axon.position, 0.05 * axon.length.sum()) + 1] = 0.0
    return simulate(
        axon, None, duration, resets={0.0: {"v": end}}, record=record, threshold=threshold,
        accuracy=accuracy, stop_at_spike=True,
    )  # fmt: skip
