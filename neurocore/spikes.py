"""When samples of a potential rise through a threshold, and the one shape that times come in."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import number, numbers

SpikeTimes: TypeAlias = NDArray[np.float64] | Any
"""Times (ms) of one trace; nested lists of them along axes that are known only at run time."""


def crossings(t: ArrayLike, v: ArrayLike, threshold: float = 0.0) -> SpikeTimes:
    """Return when each row of samples rises through a threshold, by cubic interpolation.

    Parameters
    ----------
    t : array, shape (times,)
        Rising (ms).
    v : array, shape (..., times)
        Samples (mV).
    threshold : float
        In mV.

    Returns
    -------
    array, or nested lists of arrays along the leading axes
        Times (ms).
    """
    t, v = numbers("t", t), numbers("v", v)
    if t.ndim != 1 or t.size < 2 or not np.all(np.diff(t) > 0):
        raise ValueError(f"t must be two rising times or more, got {t}")
    if v.ndim == 0 or v.shape[-1] != t.size or not v.size:
        raise ValueError(
            f"v must have a sample for each of the {t.size} times, got shape {v.shape}"
        )
    number("threshold", threshold)
    column, times = rises(t, v.reshape(-1, v.shape[-1]).T, threshold)
    return nested(by_column(column, times, v[..., 0].size), v.shape[:-1])


def rises(
    t: NDArray[np.float64],
    v: NDArray[np.float64],
    threshold: float = 0.0,
    first: int = 0,
    last: int | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the columns that rise through the threshold (mV), and when (ms).

    Looks at the samples `first` to `last` of `v`, shape (times, columns).
    """
    last = len(t) - 2 if last is None else last
    span = slice(first, last + 1), slice(first + 1, last + 2)
    k, column = np.nonzero((v[span[0]] < threshold) & (v[span[1]] >= threshold))
    if k.size == 0:
        return column, np.empty(0)
    k += first
    points = min(4, len(t))
    near = np.clip(k - 1, 0, len(t) - points)[:, None] + np.arange(points)
    return column, _rise(t[near], v[near, column[:, None]] - threshold, t[k], t[k + 1])


def by_column(
    column: NDArray[np.intp], times: NDArray[np.float64], count: int
) -> list[NDArray[np.float64]]:
    """Return one sorted array of times for each of `count` columns."""
    order = np.lexsort((times, column))
    return np.split(times[order], np.searchsorted(column[order], np.arange(1, count)))


def nested(found: SpikeTimes, shape: tuple[int, ...]) -> SpikeTimes:
    """Return a flat list of arrays as nested lists along axes of the given shape."""
    for size in shape[:0:-1]:
        found = [found[k : k + size] for k in range(0, len(found), size)]
    return found if shape else found[0]


def _rise(t, v, low, high):
    """Return the zero, between low and high, of the polynomials through a few points (rows)."""
    points = v.shape[1]
    table = v.copy()  # Newton's divided differences
    for order in range(1, points):
        rise = table[:, order:] - table[:, order - 1 : -1]
        table[:, order:] = rise / (t[:, order:] - t[:, : points - order])
    low, high = low.copy(), high.copy()
    for _ in range(32):  # bisection: steady even where the polynomial is nearly flat
        x = 0.5 * (low + high)
        value = table[:, -1]
        for order in range(points - 2, -1, -1):
            value = table[:, order] + (x - t[:, order]) * value
        low, high = np.where(value < 0, x, low), np.where(value < 0, high, x)
    return 0.5 * (low + high)
