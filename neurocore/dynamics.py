"""What organises the behaviour of a model: where it rests, what parts fates, when it oscillates.

A model of two variables has a potential ``v`` (mV) and a recovery variable ``w`` (1),
``derivative(v, w)``, and its two nullclines as functions of v; see `neurocore.reduced`. Of a whole
membrane, with all its gates, `growth_rates` and `hopf` tell which rests are stable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import FloatOrArray, instance, number, numbers, span
from ._search import bisect
from .channels import Scheme
from .membrane import Membrane

REACH = 1e-4  # from the saddle to where its manifolds are picked up, in lengths of the window
LONGEST = 10.0  # that a branch is followed, likewise: one that winds towards a cycle has no end


class Flow(Protocol):
    """A model of two variables: how they change."""

    def derivative(self, v: Any, w: Any, /) -> tuple[FloatOrArray, FloatOrArray]:
        """Return dv/dt and dw/dt."""


class Plane(Flow, Protocol):
    """A model of two variables, one of whose nullclines is a function of v."""

    def recovery_nullcline(self, v: Any, /) -> FloatOrArray:
        """Return w at which w stands still."""


@dataclass(frozen=True)
class FixedPoint:
    """A point at which nothing moves.

    Attributes
    ----------
    v, w : float
        Where it is (mV, 1).
    eigenvalues : tuple of complex
        Growth rates (1/ms) of small displacements.
    """

    v: float
    w: float
    eigenvalues: tuple[complex, complex]

    @property
    def kind(self) -> str:
        """Return "saddle", or "stable" or "unstable" with "node" or "focus"."""
        first, second = self.eigenvalues
        if first.imag != 0:
            return f"{'stable' if first.real < 0 else 'unstable'} focus"
        if first.real * second.real < 0:
            return "saddle"
        return f"{'stable' if first.real < 0 else 'unstable'} node"


def _plane(model, *needed):
    for name in needed:
        if not callable(getattr(model, name, None)):
            raise TypeError(f"model must be a model of two variables with `{name}`, got {model!r}")


def jacobian(model: Flow, v: float, w: float) -> NDArray[np.float64]:
    """Return the matrix of partial derivatives of (dv/dt, dw/dt), by central differences.

    Parameters
    ----------
    model : MorrisLecar
        Or another model of two variables.
    v, w : float
        The point (mV, 1).

    Returns
    -------
    array, shape (2, 2)
    """
    _plane(model, "derivative")
    number("v", v)
    number("w", w)
    dv, dw = 1e-4, 1e-6

    def flow(v, w):
        return np.array(model.derivative(v, w))

    by_v = (flow(v + dv, w) - flow(v - dv, w)) / (2 * dv)
    by_w = (flow(v, w + dw) - flow(v, w - dw)) / (2 * dw)
    return np.stack([by_v, by_w], axis=1)


def fixed_points(model: Plane, low: float = -100.0, high: float = 100.0) -> list[FixedPoint]:
    """Return all fixed points between two potentials, from left to right.

    Parameters
    ----------
    model : MorrisLecar
        Or another model of two variables.
    low, high : float
        Where to look (mV).

    Returns
    -------
    list of FixedPoint
        Two of them that lie closer together than 1/2000 of the range may be missed.
    """
    _plane(model, "derivative", "recovery_nullcline")
    span(low, high, least=-1e6, most=1e6)

    def drift(v):  # along the recovery variable's nullcline
        return model.derivative(v, model.recovery_nullcline(v))[0]

    grid = np.linspace(low, high, 2001)
    rising = drift(grid) > 0
    points = []
    for k in np.flatnonzero(rising[:-1] != rising[1:]):

        def turned(v, before=rising[k]):
            return (drift(v) > 0) != before

        v = float(bisect(turned, grid[k], grid[k + 1], 1e-12))
        w = float(model.recovery_nullcline(v))
        values = np.linalg.eigvals(jacobian(model, v, w)).astype(complex)
        points.append(FixedPoint(v, w, tuple(values.tolist())))
    return points


def separatrix(
    model: Plane,
    low: tuple[float, float] = (-100.0, 0.0),
    high: tuple[float, float] = (100.0, 1.0),
    step: float = 2e-3,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the curve that parts two fates: the saddle's stable manifold.

    Every point on it moves into the saddle. It is found by going back in time from the saddle,
    along the direction from which small displacements decay.

    Parameters
    ----------
    model : MorrisLecar
        Or another model of two variables, with one saddle.
    low, high : pair of float
        The window (mV, 1) in which to follow it.
    step : float
        Distance between points, where the window's sides count as 1.

    Returns
    -------
    v, w : arrays, shape (points,)
        The curve (mV, 1), from its lower end through the saddle. A branch ends where it leaves
        the window or comes from another fixed point.

    Raises
    ------
    ValueError
        If the model has no saddle in the window, or more than one.
    """
    low, high = numbers("low", low), numbers("high", high)
    if low.shape != (2,) or high.shape != (2,) or not (high > low).all():
        raise ValueError(f"low and high must span a window of (mV, 1), got {low} and {high}")
    size = high - low
    number("step", step, least=1e-6, most=1)
    points = fixed_points(model, low[0], high[0])
    saddles = [p for p in points if p.kind == "saddle"]
    sources = [(np.array([p.v, p.w]) - low) / size for p in points if p.kind != "saddle"]
    if len(saddles) != 1:
        raise ValueError(f"a separatrix needs one saddle, but the model has {len(saddles)}")
    saddle = np.array([saddles[0].v, saddles[0].w])
    values, vectors = np.linalg.eig(jacobian(model, *saddle))
    stable = vectors[:, np.argmin(values)] / size
    stable /= np.linalg.norm(stable)

    def back(x):  # at speed 1, so that equal steps are equal distances
        flow = -np.array(model.derivative(*(low + x * size))) / size
        return flow / np.linalg.norm(flow)

    branches = []
    for side in (-1, 1):
        x = (saddle - low) / size + side * REACH * stable
        branch = [x]
        while (
            len(branch) * step < LONGEST
            and ((x > 0) & (x < 1)).all()
            and all(np.linalg.norm(x - source) > step for source in sources)
        ):
            a = back(x)
            b = back(x + 0.5 * step * a)
            c = back(x + 0.5 * step * b)
            d = back(x + step * c)
            x = x + step / 6 * (a + 2 * b + 2 * c + d)
            branch.append(x)
        branches.append(np.array(branch))
    branches.sort(key=lambda branch: branch[-1, 1])
    path = np.concatenate([branches[0][::-1], [(saddle - low) / size], branches[1]])
    return tuple((low + path * size).T)


# --- a membrane with all its gates -----------------------------------------------------------


@dataclass(frozen=True)
class Hopf:
    """Where a rest gains or loses its stability to an oscillation.

    Attributes
    ----------
    current : float
        Lasting current (µA/cm²).
    v : float
        The potential at which it holds the membrane (mV).
    frequency : float
        Of the oscillation that neither grows nor decays there (Hz).
    """

    current: float
    v: float
    frequency: float


def growth_rates(membrane: Membrane, v: ArrayLike) -> NDArray[np.complex128]:
    """Return how fast small displacements grow from where a steady current holds a membrane.

    Every potential is a fixed point for one lasting current, ``membrane.steady_current(v)``. It is
    stable if no displacement grows: ``growth_rates(membrane, v).real.max(axis=-1) < 0``.

    Parameters
    ----------
    membrane : Membrane
        With gates only; a Markov scheme is refused. Frozen gates keep their value.
    v : float or array
        The potential (mV).

    Returns
    -------
    array of complex, shape (..., variables)
        Eigenvalues (1/ms) of the Jacobian matrix of the potential and all moving gates. A real
        part is a growth rate; an imaginary part is an angular frequency (rad/ms).
    """
    instance("membrane", membrane, Membrane, "a Membrane")
    v = numbers("v", v)
    if membrane.calcium:
        raise ValueError("membrane must have gates only, but it keeps account of calcium")
    for gate in membrane.gates:
        if isinstance(gate, Scheme):
            raise ValueError(f"membrane must have gates only, but {gate.states} is a scheme")
    gates = [gate for gate in membrane.gates if gate.speed > 0 and not gate.instantaneous]
    steady = membrane.steady_state(v)
    dv, dx = 1e-3, 1e-6

    def change(v, **gates):  # dv/dt without a stimulus
        currents = membrane.currents(v, steady | gates)
        return -sum(currents.values()) / membrane.capacitance

    matrix = np.zeros((*v.shape, len(gates) + 1, len(gates) + 1))
    matrix[..., 0, 0] = (change(v + dv) - change(v - dv)) / (2 * dv)
    for k, gate in enumerate(gates, start=1):
        x, tau = steady[gate.name], gate.time_constant(v, membrane.celsius)
        slope = (gate.steady_state(v + dv) - gate.steady_state(v - dv)) / (2 * dv)
        up, down = change(v, **{gate.name: x + dx}), change(v, **{gate.name: x - dx})
        matrix[..., 0, k] = (up - down) / (2 * dx)
        matrix[..., k, 0] = slope / tau
        matrix[..., k, k] = -1 / tau
    return np.linalg.eigvals(matrix).astype(complex)


def hopf(membrane: Membrane, low: float = -100.0, high: float = 50.0) -> list[Hopf]:
    """Return where a membrane's rest gains or loses its stability to an oscillation.

    Parameters
    ----------
    membrane : Membrane
        With gates only.
    low, high : float
        Between which potentials (mV) to look.

    Returns
    -------
    list of Hopf
        From left to right; two of them within 1/600 of the range may be missed. The squid axon at
        6.3 °C has two (Rinzel and Miller 1980, Math Biosci 49:27–59): with more current than at
        the first it cannot rest, with more than at the second it can again.
    """
    span(low, high, least=-200, most=200)

    def fastest(v):  # growing of all oscillations
        values = growth_rates(membrane, v)
        return np.where(values.imag > 0, values.real, -np.inf).max(axis=-1)

    grid = np.linspace(low, high, 601)
    growth = fastest(grid)
    found = []
    for k in np.flatnonzero(np.isfinite(growth[:-1] + growth[1:])):
        if (growth[k] > 0) == (growth[k + 1] > 0):
            continue

        def turned(v, before=growth[k] > 0):
            return (fastest(v) > 0) != before

        v = float(bisect(turned, grid[k], grid[k + 1], 1e-12))
        values = growth_rates(membrane, v)
        turning = values[np.argmin(np.abs(values.real) + 1e9 * (values.imag <= 0))]
        frequency = 1e3 * float(turning.imag) / (2 * np.pi)
        found.append(Hopf(float(membrane.steady_current(v)), v, frequency))
    return found
