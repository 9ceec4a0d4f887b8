"""What is done to a cell: injected currents and voltage commands, all piecewise straight lines.

Amplitudes are current densities in µA/cm² for a patch, and currents in nA for a cable, where they
enter one compartment. Positive current depolarises. An array of amplitudes makes many traces.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import FloatOrArray, instance, number, numbers, same_grid, whole

MOST_SAMPLES = 1e7 + 1  # of one trace of noise


@dataclass(frozen=True, eq=False)
class Stimulus:
    """A current that runs along straight lines between edges, and is zero outside them.

    Parameters
    ----------
    edges : array, shape (n + 1,)
        Rising times (ms).
    first, last : array, shape (..., n)
        The current at the beginning and at the end of each stretch between two edges
        (µA/cm² on a patch, nA on a cable); a leading axis makes many traces.
    at : int
        The compartment of a cable that receives it.
    """

    edges: NDArray[np.float64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    at: int = 0

    if TYPE_CHECKING:  # lists and numbers become arrays

        def __init__(
            self, edges: ArrayLike, first: ArrayLike, last: ArrayLike, at: int = 0
        ) -> None: ...

    def __post_init__(self) -> None:
        for name in ("edges", "first", "last"):
            values = np.array(numbers(name, getattr(self, name)), ndmin=1)
            object.__setattr__(self, name, values)
        whole("at", self.at)
        if self.edges.ndim > 1 or self.edges.size < 2:
            raise ValueError(f"edges must be two rising times or more, got {self.edges} ms")
        if (self.edges[1:] <= self.edges[:-1]).any():
            raise ValueError(f"a stimulus must end after it starts, got the times {self.edges} ms")
        if self.first.ndim > 2 or self.first.shape != self.last.shape:
            raise ValueError(
                f"first and last must have one shape, of one axis or two, "
                f"got {self.first.shape} and {self.last.shape}"
            )
        if self.first.shape[-1] != self.edges.size - 1 or not self.first.size:
            raise ValueError(
                f"first and last must have {self.edges.size - 1} values, one less than edges, "
                f"got shape {self.first.shape}"
            )

    @property
    def traces(self) -> int | None:
        """How many traces it makes: a number, or None for a single trace without an axis."""
        return None if self.first.ndim == 1 else self.first.shape[0]

    def lines(self, a: float, b: float) -> tuple[FloatOrArray, FloatOrArray]:
        """Return the values just after `a` and just before `b`, with no edge between them."""
        k = int(self.edges.searchsorted(0.5 * (a + b))) - 1
        if k < 0 or k >= self.edges.size - 1:
            zero = np.zeros(self.first.shape[:-1])
            return zero, zero
        low, high = self.edges[k], self.edges[k + 1]
        slope = (self.last[..., k] - self.first[..., k]) / (high - low)
        return self.first[..., k] + slope * (a - low), self.first[..., k] + slope * (b - low)

    def _stretch(self, t):
        """Return in which stretch each time lies, right after an edge; and whether in any."""
        k = np.searchsorted(self.edges, t, side="right") - 1
        inside = (k >= 0) & (k < self.edges.size - 1)
        return np.clip(k, 0, self.edges.size - 2), inside

    def __call__(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return the current at the times `t` (ms), shape (..., times); right after an edge."""
        t = numbers("t", t)
        k, inside = self._stretch(t)
        value = self.first[..., k] + self.slope(t) * (t - self.edges[k])
        return np.where(inside, value, 0.0)

    def slope(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return how fast the current rises at the times `t` (ms), per ms, shape (..., times)."""
        k, inside = self._stretch(numbers("t", t))
        rise = self.last[..., k] - self.first[..., k]
        return np.where(inside, rise / (self.edges[k + 1] - self.edges[k]), 0.0)

    def __add__(self, other: Stimulus) -> Stimulus:
        """Return both currents together, in one compartment."""
        if not isinstance(other, Stimulus) or isinstance(other, VoltageClamp):
            return NotImplemented
        if self.at != other.at:
            raise ValueError("stimuli at different compartments are given as a list, not added")
        edges = np.union1d(self.edges, other.edges)
        pairs = [
            [x + y for x, y in zip(self.lines(a, b), other.lines(a, b), strict=True)]
            for a, b in pairwise(edges)
        ]
        first, last = (np.stack([pair[k] for pair in pairs], axis=-1) for k in (0, 1))
        return Stimulus(edges, first, last, self.at)


class VoltageClamp(Stimulus):
    """A voltage command (mV) along straight lines, the last one lasting on; see `voltage_clamp`."""


def _amplitude(name, value):
    value = numbers(name, value)
    if value.ndim > 1 or not value.size:
        raise ValueError(f"{name} must be a number or one axis of them, got shape {value.shape}")
    return value


def _span(start, stop):
    start, stop = number("start", start, least=0), number("stop", stop, least=0)
    if stop <= start:
        raise ValueError(f"stop: a stimulus must end after it starts, {start:g} ms, got {stop:g}")
    return start, stop


def step(amplitude: ArrayLike, start: float = 0.0, stop: float = 1e9, at: int = 0) -> Stimulus:
    """Return a current step.

    Parameters
    ----------
    amplitude : float or array, shape (traces,)
        µA/cm² on a patch, nA on a cable.
    start, stop : float
        When it begins and ends (ms).
    at : int
        The compartment that receives it.
    """
    amplitude = _amplitude("amplitude", amplitude)[..., None]
    start, stop = _span(start, stop)
    return Stimulus([start, stop], amplitude, amplitude, at)


def pulse(amplitude: ArrayLike, start: float = 0.0, duration: float = 0.2, at: int = 0) -> Stimulus:
    """Return a brief step: `amplitude` (µA/cm² or nA) for `duration` from `start` on (ms)."""
    number("start", start, least=0)
    number("duration", duration, above=0)
    return step(amplitude, start, start + duration, at)


def train(
    amplitude: ArrayLike, start: float, duration: float, interval: float, count: int, at: int = 0
) -> Stimulus:
    """Return `count` pulses (µA/cm² or nA) of `duration`, one every `interval` (ms)."""
    number("start", start, least=0)
    number("duration", duration, above=0)
    if not number("interval", interval, above=0, most=1e9) > duration:
        raise ValueError(f"interval must exceed the duration {duration:g} ms, got {interval:g}")
    count = whole("count", count, 1)
    amplitude = _amplitude("amplitude", amplitude)[..., None]
    starts = start + interval * np.arange(count)
    edges = np.sort(np.concatenate([starts, starts + duration]))
    on = np.arange(edges.size - 1) % 2 == 0
    return Stimulus(edges, amplitude * on, amplitude * on, at)


def ramp(
    amplitude: ArrayLike, start: float, stop: float, hold: float = 0.0, at: int = 0
) -> Stimulus:
    """Return a current rising from 0 at `start` to `amplitude` (µA/cm² or nA) at `stop`.

    Parameters
    ----------
    amplitude : float or array, shape (traces,)
        The current reached; µA/cm² on a patch, nA on a cable.
    start, stop : float
        When it begins and ends to rise (ms).
    hold : float
        How long the amplitude is held afterwards (ms).
    at : int
        The compartment that receives it.
    """
    amplitude = _amplitude("amplitude", amplitude)[..., None]
    start, stop = _span(start, stop)
    number("hold", hold, least=0)
    if hold == 0:
        return Stimulus([start, stop], 0 * amplitude, amplitude, at)
    first = np.concatenate([0 * amplitude, amplitude], axis=-1)
    last = np.concatenate([amplitude, amplitude], axis=-1)
    return Stimulus([start, stop, stop + hold], first, last, at)


def samples(values: ArrayLike, interval: float, start: float = 0.0, at: int = 0) -> Stimulus:
    """Return any current, given by samples joined by straight lines.

    Parameters
    ----------
    values : array, shape (samples,) or (traces, samples)
        µA/cm² on a patch, nA on a cable.
    interval : float
        Between samples (ms).
    start : float
        The time of the first sample (ms).
    at : int
        The compartment that receives it.
    """
    values = numbers("values", values)
    if values.ndim not in (1, 2) or values.shape[-1] < 2 or not values.size:
        raise ValueError(f"values need an axis of two samples or more, got shape {values.shape}")
    number("start", start, least=0)
    number("interval", interval, above=0)
    edges = start + interval * np.arange(values.shape[-1])
    return Stimulus(edges, values[..., :-1], values[..., 1:], at)


def noise(
    mean: float,
    deviation: float,
    start: float,
    stop: float,
    correlation: float = 1.0,
    seed: int = 0,
    traces: int | None = None,
    at: int = 0,
) -> Stimulus:
    """Return a fluctuating current, an Ornstein–Uhlenbeck process.

    Parameters
    ----------
    mean, deviation : float
        Mean and standard deviation (µA/cm² on a patch, nA on a cable).
    start, stop : float
        When it begins and ends (ms).
    correlation : float
        Correlation time (ms); the current is drawn ten times in it.
    seed : int
        Of the random numbers; the same seed gives the same current.
    traces : int, optional
        How many independent traces; one without an axis if left out.
    at : int
        The compartment that receives it.
    """
    number("mean", mean)
    number("deviation", deviation, least=0)
    number("start", start, least=0)
    if number("stop", stop) <= start:
        raise ValueError(f"stop must exceed start = {start:g} ms, got {stop:g}")
    number("correlation", correlation, above=0)
    count = max(2.0, np.rint((stop - start) / correlation * 10) + 1)
    if count > MOST_SAMPLES:
        raise ValueError(
            f"correlation must be at least a millionth of the noise's {stop - start:g} ms, "
            f"got {correlation:g}"
        )
    count, seed = int(count), whole("seed", seed, 0)
    shape = (count,) if traces is None else (whole("traces", traces, 1), count)
    values = np.random.default_rng(seed).standard_normal(shape)
    keep = np.exp(-0.1)  # a tenth of the correlation time
    for k in range(1, count):
        values[..., k] = keep * values[..., k - 1] + np.sqrt(1 - keep**2) * values[..., k]
    return samples(mean + deviation * values, (stop - start) / (count - 1), start, at)


def voltage_clamp(
    holding: float,
    *stretches: tuple[float, float, ArrayLike] | tuple[float, float, ArrayLike, ArrayLike],
) -> VoltageClamp:
    """Return a voltage command for `simulate` on a patch.

    Parameters
    ----------
    holding : float
        The potential (mV) before, between and after the stretches.
    *stretches : (start, stop, level) or (start, stop, level, level at the end)
        When (ms) the command leaves the holding potential, and for what (mV). With an array of
        levels, shape (traces,), a whole family of traces is made. A second level makes a ramp.

    Examples
    --------
    A prepulse, then a family of test steps: ``voltage_clamp(-65, (5, 15, -100), (15, 30, tests))``
    """
    holding = number("holding", holding, least=-200, most=200)
    for stretch in stretches:
        instance("stretches", stretch, list | tuple, "(start, stop, level)")
        if len(stretch) not in (3, 4):
            raise ValueError(f"stretches must be (start, stop, level), got {stretch!r}")
        number("start", stretch[0], least=0)
        number("stop", stretch[1], least=0)
        for level in stretch[2:]:
            numbers("level", level, least=-200, most=200)
    edges, first, last = [0.0], [], []
    for start, stop, level, *end in sorted(stretches, key=lambda s: s[0]):
        if start < edges[-1]:
            raise ValueError(f"stretches must not overlap, but one starts at {start:g} ms")
        if start > edges[-1]:
            edges, first, last = [*edges, start], [*first, holding], [*last, holding]
        edges = [*edges, stop]
        first.append(_amplitude("level", level))
        last.append(_amplitude("level", end[0] if end else level))
    edges, first, last = [*edges, 1e9], [*first, holding], [*last, holding]
    levels = {f"level {k}": level for k, level in enumerate([*first, *last])}
    levels = np.stack(same_grid(**levels), axis=-1)
    first, last = np.split(levels, 2, axis=-1)
    return VoltageClamp(edges, first, last)
