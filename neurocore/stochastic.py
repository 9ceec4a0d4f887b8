"""Channels that open by chance: a patch whose gates are counted, not averaged.

Each channel is made of the same independent gates whose averages the equations follow: a potassium
channel with n⁴ has 0 to 4 open gates, five states, a sodium channel with m³h eight. What is kept is
how many channels are in each state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import instance, number, numbers, part_of_run, whole
from .channels import Scheme
from .membrane import Membrane
from .solvers.relaxation import relaxation
from .spikes import SpikeTimes, by_column, nested
from .stimuli import Stimulus, VoltageClamp

# Channels per µm² of squid axon, as chosen by Chow and White 1996, Biophys J 71:3013–3021
SQUID_DENSITY = {"Na": 60.0, "K": 18.0}

MOST_CHANNELS = 1e15  # of a kind in a patch: whole numbers that a float holds
LOW, HIGH, MESH = -150.0, 100.0, 0.05  # of the tables of transition probabilities (mV)


@dataclass(frozen=True, eq=False)
class ChannelNoise:
    """What patches with counted channels did.

    Attributes
    ----------
    t : array, shape (times,)
        Time (ms).
    v : array, shape (..., times)
        Membrane potential (mV); the leading axis is that of the areas, if they had one.
    open : dict of str to array of int, shape (..., times)
        How many channels of each kind were open, half a step before.
    number : dict of str to array of int, shape (...)
        How many there are.
    spikes : array, or list of arrays
        When v rose through 0 mV (ms).
    """

    t: NDArray[np.float64]
    v: NDArray[np.float64]
    open: dict[str, NDArray[np.int_]]
    number: dict[str, NDArray[np.int_]]
    spikes: SpikeTimes


def channel_noise(
    membrane: Membrane,
    area: ArrayLike,
    duration: float,
    *,
    seed: int,
    stimulus: Stimulus | None = None,
    density: Mapping[str, float] | None = None,
    hold: float | None = None,
    step: float = 0.025,
    sample: float = 0.1,
) -> ChannelNoise:
    """Let patches of membrane run whose channels open and close by chance.

    In each step every channel's gates flip with the probabilities that the rates at the present
    potential give, exactly (binomially) however long the step; potential and gates are staggered by
    half a step. The channels start as at rest for long, each patch with its own chance.

    Parameters
    ----------
    membrane : Membrane
        Channels without gates are always open, and not counted; Markov schemes are refused.
    area : float or array, shape (patches,)
        Of the membrane (µm²); an axis of areas makes as many independent patches.
    duration : float
        How long (ms).
    seed : int
        Where the chance starts: the same seed gives the same run.
    stimulus : Stimulus, optional
        Current density (µA/cm²).
    density : dict of str to float, optional
        Channels per µm², for each channel with gates; the squid axon's 60 sodium and 18 potassium
        channels per µm² (Chow and White 1996, Biophys J 71:3013–3021) if left out. A single
        channel's conductance is the channel's, over this.
    hold : float, optional
        A potential (mV) at which the patches are clamped.
    step : float
        Time step (ms).
    sample : float
        Time between samples (ms), rounded to whole steps.

    Returns
    -------
    ChannelNoise
        With ``t``, ``v``, ``open``, ``number`` and ``spikes``.

    Examples
    --------
    Twenty patches of 10 µm²: ``channel_noise(hodgkin_huxley(), [10.0] * 20, 500.0, seed=1)``
    """
    if instance("membrane", membrane, Membrane, "a Membrane").calcium:
        raise ValueError("membrane must have channels only, but it keeps account of calcium")
    area = numbers("area", area, above=0)
    if area.ndim > 1 or not area.size:
        raise ValueError(f"area must be one number or one axis of them, got shape {area.shape}")
    shape, areas = area.shape, area.reshape(-1)
    for name, value in {"step": step, "sample": sample}.items():
        part_of_run(name, value, duration)
    whole("seed", seed, 0)
    if stimulus is not None and (
        not isinstance(stimulus, Stimulus) or isinstance(stimulus, VoltageClamp)
    ):
        raise TypeError(f"stimulus must be a current made by step, pulse, …, got {stimulus!r}")
    chance = np.random.default_rng(seed)
    start = membrane.rest() if hold is None else number("hold", hold, least=LOW, most=HIGH)
    v = np.full(areas.size, start)
    counted = _count(membrane, density, areas, v, step, chance)

    steps = int(np.ceil(duration / step - 1e-9))
    every = max(1, round(sample / step))
    times = step * np.arange(0, steps + 1, every, dtype=float)
    path = np.empty((times.size, v.size))
    opened = {c.channel.name: np.empty((times.size, v.size), int) for c in counted}
    spikes, who = [], []
    push = None
    if stimulus is not None:
        push = np.atleast_2d(stimulus(step * (np.arange(steps) + 0.5))).T
        if push.shape[1] not in (1, v.size):
            raise ValueError(
                f"stimulus must have one trace or one for each of the {v.size} patches, "
                f"got {push.shape[1]}"
            )
    always = [c for c in membrane.channels if not c.gates]
    for k in range(steps + 1):
        if k % every == 0:
            path[k // every] = v
            for c in counted:
                opened[c.channel.name][k // every] = c.open()
        if k == steps:
            break
        for c in counted:
            c.advance(v, chance)
        if hold is not None:
            continue
        inward, slope = 0.0 if push is None else push[k], 0.0
        for channel, fraction in [
            *((c, 1.0) for c in always),
            *((c.channel, c.open() / c.total) for c in counted),
        ]:
            drive = channel._drive(v, membrane.celsius)
            steeper = channel._drive(v + 1e-3, membrane.celsius)
            inward = inward - channel.conductance * fraction * drive
            slope = slope + channel.conductance * fraction * (steeper - drive) * 1e3
        # the trapezoidal rule, with the conductances of the step's middle
        new = v + inward / (membrane.capacitance / step + 0.5 * slope)
        up = np.flatnonzero((v < 0) & (new >= 0))
        if up.size:
            who.append(up)
            spikes.append(step * (k - v[up] / (new[up] - v[up])))
        v = new
    who = np.concatenate([np.empty(0, int), *who])
    trains = by_column(who, np.concatenate([np.empty(0), *spikes]), v.size)
    return ChannelNoise(
        times,
        path.T.reshape(*shape, -1),
        {name: rows.T.reshape(*shape, -1) for name, rows in opened.items()},
        {c.channel.name: c.total.reshape(shape) for c in counted},
        nested(trains, shape),
    )


def _count(membrane, density, areas, v, step, chance):
    """Return the populations of all channels with gates, at rest at `v`."""
    density = SQUID_DENSITY if density is None else density
    instance("density", density, Mapping, "a dict from channel to channels per µm²")
    gated = [c for c in membrane.channels if c.gates]
    if {c.name for c in gated} != set(density):
        raise ValueError(
            f"density must name the channels with gates, {[c.name for c in gated]}, "
            f"got {list(density)}"
        )
    populations = []
    for channel in gated:
        for gate in channel.gates:
            if isinstance(gate, Scheme):
                raise ValueError(f"channel {channel.name!r} must have gates only, not a scheme")
            if gate.instantaneous:
                raise ValueError(
                    f"gate {gate.name!r} of {channel.name!r} has no time constant: "
                    "a gate flips by chance in its own time"
                )
        per_area = number(f"density of {channel.name!r}", density[channel.name], above=0)
        total = np.maximum(1, np.round(per_area * areas))
        if total.max() > MOST_CHANNELS:
            raise ValueError(
                f"area and density must make at most {MOST_CHANNELS:g} channels of a kind, "
                f"got {total.max():g} of {channel.name!r}"
            )
        total = total.astype(int)
        populations.append(_Population(channel, membrane.celsius, total, v, step, chance))
    return populations


class _Population:
    """How many of a patch's channels are in each state, for many patches.

    A state is how many of each gate's subunits are open; the channel is open in the last one. The
    table holds the probabilities of where a channel is one step later, where it stays put first:
    most channels do, and numpy then needs few draws.
    """

    def __init__(self, channel, celsius, total, v, step, chance):
        self.channel, self.total = channel, total
        grid = np.arange(LOW, HIGH + MESH / 2, MESH)
        table = np.ones((grid.size, 1, 1))
        for gate in channel.gates:
            table = _kronecker(table, _flips(gate, grid, celsius, step))
        size = table.shape[-1]
        turned = (np.arange(size)[:, None] + np.arange(size)) % size  # [from, rank] → to
        self.table = np.take_along_axis(table, turned[None], axis=2)
        self.gather = np.zeros((size * size, size))
        self.gather[np.arange(size * size), turned.ravel()] = 1
        self.counts = chance.multinomial(total, _stationary(channel, v))

    def open(self):
        """Return the number of open channels."""
        return self.counts[:, -1]

    def advance(self, v, chance):
        """Let one step pass at the potential `v`."""
        nearest = np.clip(np.rint((v - LOW) / MESH).astype(int), 0, len(self.table) - 1)
        moves = chance.multinomial(self.counts, self.table[nearest])
        self.counts = (moves.reshape(len(v), -1) @ self.gather).astype(int)


def _flips(gate, v, celsius, step):
    """Return how probably, from so many open subunits, so many are a step later, (v, from, to)."""
    steady, stays = relaxation(gate, v, celsius, step)
    opening, closing = steady * (1 - stays), (1 - steady) * (1 - stays)
    p = gate.power
    table = np.zeros((v.size, p + 1, p + 1))
    for was, stay in product(range(p + 1), repeat=2):  # of the open ones, `stay` remain so
        for join in range(p - was + 1):
            if stay <= was:
                table[:, was, stay + join] += _binomial(stay, was, 1 - closing) * _binomial(
                    join, p - was, opening
                )
    return table


def _binomial(k, n, p):
    return comb(n, k) * p**k * (1 - p) ** (n - k)


def _kronecker(a, b):
    """Return the product of two independent tables, the second's states running faster."""
    n = a.shape[-1] * b.shape[-1]
    return np.einsum("vij,vkl->vikjl", a, b).reshape(-1, n, n)


def _stationary(channel, v):
    """Return the probability (1) of each state at rest at `v`, shape (v, states)."""
    result = np.ones((v.size, 1))
    for gate in channel.gates:
        x = gate.steady_state(v)
        row = np.stack([_binomial(k, gate.power, x) for k in range(gate.power + 1)], axis=-1)
        result = (result[:, :, None] * row[:, None, :]).reshape(v.size, -1)
    return result
