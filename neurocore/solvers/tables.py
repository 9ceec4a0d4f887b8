"""What depends on the potential alone, in tables over V, read off as lines between the entries."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from neurocore.channels import Channel, Gate, Scheme

from .relaxation import propagator, relaxation

# An error of 1e-6 where rates change e-fold in 10 mV
LOW, HIGH, PER_MV = -300.0, 200.0, 20.0


@lru_cache(maxsize=16)
def gate_table(gates: tuple[Gate, ...], celsius: float, dt: float) -> NDArray[np.float64]:
    """Return rows (offsets, factors, their slopes) of x ← offset + factor x, over the grid in V."""
    v = np.arange(LOW, HIGH + 1.5 / PER_MV, 1 / PER_MV)
    pairs = [relaxation(gate, v, celsius, dt) for gate in gates]
    rows = [x * (1 - factor) for x, factor in pairs] + [factor for _, factor in pairs]
    return _with_slopes(_moved_out(np.array(rows).reshape(2 * len(gates), v.size)))


@lru_cache(maxsize=16)
def scheme_table(scheme: Scheme, celsius: float, dt: float) -> NDArray[np.float64]:
    """Return the entries of P in x ← P x for a Markov scheme, and their slopes."""
    v = np.arange(LOW, HIGH + 1.5 / PER_MV, 1 / PER_MV)
    size = len(scheme.states)
    entries = _moved_out(propagator(scheme, v, celsius, dt).reshape(v.size, -1).T)
    entries = np.maximum(entries, 0).reshape(size, size, -1)
    entries /= entries.sum(axis=0)  # lines between such matrices keep occupancies a whole, too
    return _with_slopes(entries.reshape(size * size, -1))


@lru_cache(maxsize=16)
def drive_table(channel: Channel, celsius: float) -> NDArray[np.float64]:
    """Return slope G and offset B of a current that is a curve in V, I ≈ G V − B, over the grid.

    A constant field bends it, and so does a gate that follows V at once.
    """
    v = np.arange(LOW, HIGH + 1.5 / PER_MV, 1 / PER_MV)
    drive = current_curve(channel, v, celsius)
    above, below = (current_curve(channel, v + dv, celsius) for dv in (1e-3, -1e-3))
    slope = (above - below) / 2e-3
    return _with_slopes(_moved_out(np.array([slope, slope * v - drive])))


def current_curve(
    channel: Channel, v: NDArray[np.float64], celsius: float, ca: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return a channel's current for each unit of conductance and of gates that take time."""
    drive = np.asarray(channel.drive(v, celsius))
    for gate in channel.gates:
        if isinstance(gate, Gate) and gate.instantaneous:
            drive = drive * gate.steady_state(v, ca) ** gate.power
    return drive


def _moved_out(rows):
    """Return what chords should run between, to stand for the curves that the rows sample.

    Chords lie inside a curve, on average by a twelfth of its second difference; moved out by
    that, they err to both sides alike, which a potential on the move averages out.
    """
    rows = rows.copy()
    rows[:, 1:-1] -= np.diff(rows, 2) / 12
    return rows


def _with_slopes(rows):
    """Return the values at the grid's points and the rises to the next."""
    return np.concatenate([rows[:, :-1], np.diff(rows)])


class Lookup:
    """Where compartments stand in tables over V, and the straight line between two entries."""

    def __init__(self, size: int, kinds: NDArray[np.intp]) -> None:
        self.x, self.i = np.empty(size), np.empty(size, np.intp)
        self.offset = None if np.all(kinds == 0) else kinds * round((HIGH - LOW) * PER_MV + 1)

    def place(self, v: NDArray[np.float64]) -> None:
        """Find the entries below the potentials, and the way from there to the next."""
        x, i = self.x, self.i
        np.subtract(v, LOW, out=x)
        x *= PER_MV
        i[:] = x
        x -= i
        if self.offset is not None:
            i += self.offset

    def read(self, table: NDArray[np.float64], out: NDArray[np.float64]) -> NDArray[np.float64]:
        """Fill `out` (2 rows a quantity); the values are its first half."""
        table.take(self.i, axis=1, out=out, mode="clip")
        half = len(out) // 2
        values, slopes = out[:half], out[half:]
        slopes *= self.x
        values += slopes
        return values
