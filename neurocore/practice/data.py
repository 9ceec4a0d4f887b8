"""Synthetic measurements, for problems in which data are fitted.

    from neurocore.practice import data

    t, v, current = data.sodium_currents(5)

They come from the book's models with a scatter added. The same seed gives the same data.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurocore.channels import Channel, shift, slow, squid_sodium

CELSIUS = 6.3
HOLDING = -100.0
"""Where the axon is held before each step (mV): no gate m is open there and hardly one h shut."""

SCATTER = 2.0
"""Standard deviation of each sample (µA/cm²)."""


def sodium_channel(seed: int) -> Channel:
    """Return the channel behind `sodium_currents`: the squid's, a little changed.

    Its gates are moved by up to 4 mV and made faster or slower by up to a fifth, each by itself.

    Parameters
    ----------
    seed : int
        Not negative; which axon.

    Returns
    -------
    Channel
    """
    channel, rng = squid_sodium(), _random(seed)
    for gate in ("m", "h"):
        channel = shift(channel, rng.uniform(-4.0, 4.0), gate)
        channel = slow(channel, rng.uniform(0.8, 1.2), gate)
    return channel


def sodium_currents(
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return sodium currents of a voltage-clamped squid axon at 6.3 °C, synthetic.

    The axon is held at −100 mV and stepped at time 0. Leak and the current that charges the
    membrane are taken off.

    Parameters
    ----------
    seed : int
        Not negative; which axon, and which scatter.

    Returns
    -------
    t : array, shape (800,)
        Time (ms).
    v : array, shape (11,)
        Potentials stepped to (mV).
    current : array, shape (11, 800)
        Current density (µA/cm², outward positive), a row for each potential.
    """
    t, v = 0.025 * np.arange(1, 801, dtype=float), np.arange(-60.0, 41.0, 10.0)
    channel = sodium_channel(seed)
    gates = {gate.name: _after_step(gate, v[:, None], t) for gate in channel.gates}
    current = np.asarray(channel.current(v[:, None], gates, CELSIUS))
    return t, v, current + SCATTER * _random([seed, 1]).standard_normal(current.shape)


def _after_step(gate, v, t):
    end, start = gate.steady_state(v), gate.steady_state(HOLDING)
    return end + (start - end) * np.exp(-t / gate.time_constant(v, CELSIUS))


def _random(seed):
    first = seed[0] if isinstance(seed, list) else seed
    if isinstance(first, bool) or not isinstance(first, (int, np.integer)):
        raise TypeError(f"seed must be a whole number, got {first!r}")
    if first < 0:
        raise ValueError(f"seed must not be negative, got {first}")
    return np.random.default_rng(seed)
