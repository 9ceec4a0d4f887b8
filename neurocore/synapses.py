"""Conductances that synapses open, at given times: what excites and inhibits real neurons."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import number, numbers, whole

ALPHA = 1e-6  # rise and decay that differ by less than this share make an alpha function


@dataclass(frozen=True, eq=False)
class Synapse:
    """A conductance that opens at given times, closes again, and draws V to its reversal.

    Made by `synapse`, which says what its fields are.
    """

    times: NDArray[np.float64]
    peak: NDArray[np.float64]
    rise: float
    decay: float
    reversal: float
    at: int = 0

    def __post_init__(self) -> None:
        times = np.atleast_1d(numbers("times", self.times, least=0))
        if times.ndim > 1 or not times.size:
            raise ValueError(f"times must be one axis of them, got shape {times.shape}")
        if np.any(np.diff(times) <= 0):
            raise ValueError(f"times must ascend, each later than the one before, got {times} ms")
        peak = numbers("peak", self.peak, least=0)
        if peak.ndim > 1 or not peak.size:
            raise ValueError(f"peak must be a number or one axis of them, got shape {peak.shape}")
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "peak", peak)
        number("decay", self.decay, above=0)
        if number("rise", self.rise, least=0) > self.decay:
            raise ValueError(
                f"rise must not exceed the decay, {self.decay:g} ms, got {self.rise:g}"
            )
        number("reversal", self.reversal, least=-300, most=300)
        whole("at", self.at)

    @property
    def edges(self) -> NDArray[np.float64]:
        """When it opens (ms): what it does between is smooth."""
        return self.times

    @property
    def traces(self) -> int | None:
        """How many traces it makes: a number, or None for a single trace without an axis."""
        return self.peak.size if self.peak.ndim else None

    def terms(
        self, start: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return a, c, b of g = (a + c s) exp(−s / decay) − b exp(−s / rise), s ms after `start`.

        It holds until the next opening; each has the shape of `peak`.
        """
        since = start - self.times[self.times <= start + 1e-9]
        slow = np.exp(-since / self.decay)
        zero = 0.0 * self.peak
        if self.rise == 0:
            return self.peak * slow.sum(), zero, zero
        if self.decay - self.rise < ALPHA * self.decay:
            scale = self.peak * math.e / self.decay
            return scale * (since * slow).sum(), scale * slow.sum(), zero
        top = self.rise * self.decay / (self.decay - self.rise) * math.log(self.decay / self.rise)
        scale = self.peak / (math.exp(-top / self.decay) - math.exp(-top / self.rise))
        return scale * slow.sum(), zero, scale * np.exp(-since / self.rise).sum()

    def __call__(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return the conductance at the times `t` (ms), shape (..., times)."""
        t = numbers("t", t)
        g = np.empty((*self.peak.shape, *t.shape))
        for place in np.ndindex(t.shape):
            a, _, b = self.terms(float(t[place]))
            g[(..., *place)] = a - b
        return g

    def current(self, t: ArrayLike, v: ArrayLike) -> NDArray[np.float64]:
        """Return its current, outward positive, at the times `t` (ms) and potentials `v` (mV).

        Parameters
        ----------
        t : array, shape (times,)
        v : array, shape (..., times)
            Such as those of a recording.

        Returns
        -------
        array, shape (..., times)
            µA/cm² on a patch, nA on a cable.
        """
        return self(t) * (numbers("v", v) - self.reversal)


def synapse(
    times: ArrayLike,
    peak: ArrayLike,
    rise: float,
    decay: float,
    reversal: float,
    at: int = 0,
) -> Synapse:
    """Return the conductance of a synapse, a stimulus for `simulate` beside others or alone.

    Each time adds a difference of two exponentials, exp(−t / decay) − exp(−t / rise), scaled to
    `peak`; where rise and decay are equal, the alpha function t exp(−t / decay), likewise.

    Parameters
    ----------
    times : float or sequence of float
        When it opens (ms), ascending.
    peak : float or array, shape (traces,)
        The height of one opening: mS/cm² on a patch, µS on a cable.
    rise, decay : float
        Time constants (ms). A rise of 0 lets it jump; it must not exceed the decay.
    reversal : float
        Where its current reverses (mV): about 0 for glutamate's, −70 for GABA's.
    at : int
        The compartment of a cable that receives it.

    Returns
    -------
    Synapse
        Called with times (ms), it gives the conductance; ``current(r.t, r.v)`` its current in a
        recording.

    Raises
    ------
    ValueError, TypeError
        For numbers that make no sense, named.

    Examples
    --------
    Two openings, a millisecond apart, that fire a squid axon::

        simulate(patch(hodgkin_huxley()), synapse([5.0, 6.0], 0.1, 0.5, 3.0, 0.0), 20.0)
    """
    return Synapse(times, peak, rise, decay, reversal, at)  # type: ignore[arg-type]
