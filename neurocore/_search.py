"""Where something changes, and where something is smallest, along one number."""

from __future__ import annotations

import math
from collections.abc import Callable


def bisect(
    test: Callable[[float], object],
    low: float,
    high: float,
    resolution: float = 0.0,
    relative: float = 0.0,
) -> float:
    """Return where `test` begins to hold, which it does at `high` and not at `low`.

    Parameters
    ----------
    test : callable
        From a number to a truth value.
    low, high : float
        Between which to look.
    resolution, relative : float
        How close to come, in numbers and in units of the upper end; as floats allow if left out.
    """
    while high - low > max(resolution, relative * abs(high)):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        low, high = (low, middle) if test(middle) else (middle, high)
    return 0.5 * (low + high)


GOLDEN = (math.sqrt(5) - 1) / 2


def lowest(function: Callable[[float], float], low: float, high: float, resolution: float) -> float:
    """Return where a function that falls and then rises is smallest, by golden sections."""
    while high - low > resolution:
        a, b = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if not low < a < b < high:
            break
        low, high = (low, b) if function(a) < function(b) else (a, high)
    return 0.5 * (low + high)
