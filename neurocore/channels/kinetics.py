"""Gates and Markov schemes: how a channel opens and closes.

A rate is a formula in ``V`` (mV), kept as text, so that it can be read, printed beside a figure,
evaluated on an array, and put into the simulator's inner loop without being written a second time.
It is made of numbers, ``+ - * / **``, ``exp``, ``log``, ``tanh``, ``cosh``, ``linoid`` and
conditions such as ``1 if V < -80 else 2``. Where it is 0/0 it has its limit. It must be finite and
at least 0 from −200 to 200 mV. The formulas of a gate may hold ``ca``, too: the concentration of
calcium under the membrane (mM), from 1e-6 to 10.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurocore._arguments import (
    FloatOrArray,
    instance,
    number,
    numbers,
    several,
    temperature,
    whole,
)
from neurocore._formula import GRID, SOME_CALCIUM, check, compiled


@lru_cache(maxsize=1024)
def _still(alpha, beta):
    """Return a potential (mV) at which neither rate moves anything, or None."""
    v, ca = GRID, None
    if compiled(alpha).calcium or compiled(beta).calcium:
        v, ca = (x.ravel() for x in np.meshgrid(GRID[::8], SOME_CALCIUM))
    zero = v[compiled(alpha)(v, ca) + compiled(beta)(v, ca) <= 0]
    return float(zero[0]) if zero.size else None


def _check_speeds(gate):
    number("q10", gate.q10, above=0)
    temperature(number("celsius", gate.celsius))
    number("shift", gate.shift, least=-400, most=400)
    number("speed", gate.speed, least=0)


@dataclass(frozen=True)
class Gate:
    """A gating variable x: dx/dt = α (1 − x) − β x, or dx/dt = (x∞ − x) / τ, or x = x∞ at once.

    Parameters
    ----------
    name : str
        What the variable is called, such as ``"m"``.
    power : int
        The exponent with which it enters the conductance.
    alpha, beta : str
        Opening and closing rate (1/ms), formulas in ``V`` (mV); or, instead of them,
    steady, tau : str
        steady state (0 to 1) and time constant (ms, greater than 0). Without a time constant the
        gate is instantaneous: it follows the potential at once.
    q10 : float
        By what factor the rates rise for 10 °C.
    celsius : float
        The temperature (°C) for which the formulas are given.
    shift : float
        By how much (mV) the formulas are shifted to the right.
    speed : float
        A further factor on the rates; 0 freezes the gate.

    Raises
    ------
    ValueError, TypeError
        If a formula is none, or not finite and at least 0 from −200 to 200 mV; if α and β vanish
        together; or if a number is not allowed.

    Examples
    --------
    Activation that is too fast to matter: ``Gate("m", 3, steady="1 / (1 + exp(-(V + 30) / 9))")``;
    a channel opened by calcium: ``Gate("q", 1, steady="ca / (ca + 0.03)")``.
    """

    name: str
    power: int
    alpha: str | None = None
    beta: str | None = None
    steady: str | None = None
    tau: str | None = None
    q10: float = 3.0
    celsius: float = 6.3
    shift: float = 0.0
    speed: float = 1.0

    def __post_init__(self) -> None:
        instance("name", self.name, str, "text")
        given = {f: getattr(self, f) for f in ("alpha", "beta", "steady", "tau")}
        given = {name: text for name, text in given.items() if text is not None}
        if tuple(given) not in (("alpha", "beta"), ("steady", "tau"), ("steady",)):
            raise ValueError(
                f"gate {self.name!r} needs alpha and beta, or steady and tau, or steady alone"
            )
        limits = {"steady": {"most": 1}, "tau": {"above": 0}}
        for name, text in given.items():
            check(f"{name} of {self.name!r}", text, calcium=True, **limits.get(name, {}))
        if self.alpha is not None:
            v = _still(self.alpha, self.beta)
            if v is not None:
                raise ValueError(
                    f"alpha and beta of {self.name!r} must not both be 0, "
                    f"but {self.alpha!r} and {self.beta!r} are at {v:g} mV"
                )
        whole("power", self.power, 1)
        _check_speeds(self)

    @property
    def instantaneous(self) -> bool:
        """Whether the gate has no time constant and follows the potential at once."""
        return self.alpha is None and self.tau is None

    @property
    def needs_calcium(self) -> bool:
        """Whether its formulas depend on the concentration of calcium."""
        formulas = (self.alpha, self.beta, self.steady, self.tau)
        return any(text is not None and compiled(text).calcium for text in formulas)

    def _calcium(self, ca):
        if not self.needs_calcium:
            return None
        if ca is None:
            raise ValueError(f"ca must be given (mM): gate {self.name!r} depends on calcium")
        return numbers("ca", ca, least=0)

    @property
    def states(self) -> tuple[str, ...]:
        """The names of the variables that take time: one, or none if it is instantaneous."""
        return () if self.instantaneous else (self.name,)

    @property
    def opening(self) -> tuple[str, ...]:
        """The names of the variables whose sum, to the power, is the open fraction: here one."""
        return (self.name,)

    def factor(self: Gate | Scheme, celsius: float) -> float:
        """Return by what factor the rates exceed the formulas' at `celsius` (°C)."""
        celsius = number("celsius", celsius, least=-273.15, most=1000)
        return self.speed * self.q10 ** ((celsius - self.celsius) / 10)

    def steady_state(self, v: ArrayLike, ca: ArrayLike | None = None) -> FloatOrArray:
        """Return x∞ (1) at the potential `v` (mV, float or array) and, if need be, `ca` (mM)."""
        v, ca = numbers("v", v) - self.shift, self._calcium(ca)
        if self.steady:
            return compiled(self.steady)(v, ca)
        alpha, beta = compiled(self.alpha)(v, ca), compiled(self.beta)(v, ca)
        return alpha / (alpha + beta)

    def time_constant(
        self, v: ArrayLike, celsius: float, ca: ArrayLike | None = None
    ) -> FloatOrArray:
        """Return τ (ms) at the potential `v` (mV, float or array) and temperature (°C).

        And at the concentration of calcium `ca` (mM), if the gate depends on it.
        """
        v, ca = numbers("v", v) - self.shift, self._calcium(ca)
        if self.instantaneous:
            tau = 0.0 * v
        elif self.tau:
            tau = compiled(self.tau)(v, ca)
        else:
            tau = 1 / (compiled(self.alpha)(v, ca) + compiled(self.beta)(v, ca))
        with np.errstate(divide="ignore"):
            return tau / self.factor(celsius)


@lru_cache(maxsize=128)
def _parted(states, transitions):
    """Return a potential (mV) and two sets of states that a channel never leaves, or None.

    With one such set there is one steady state, with two it would depend on the start.
    """
    v = GRID[::8]
    reach = np.zeros((v.size, len(states), len(states)), bool) | np.eye(len(states), dtype=bool)
    for source, target, rate in transitions:
        reach[:, states.index(source), states.index(target)] = compiled(rate)(v) > 0
    for _ in range(len(states).bit_length()):  # each time over ways twice as long
        reach = reach @ reach
    common = np.any(np.all(reach, axis=1), axis=1)
    if common.all():
        return None
    k = int(np.argmin(common))
    final = {
        tuple(row) for row, back in zip(reach[k], reach[k].T, strict=True) if row[~back].sum() == 0
    }
    sets = [[s for s, inside in zip(states, row, strict=True) if inside] for row in sorted(final)]
    return v[k], sets[-1], sets[0]


@dataclass(frozen=True)
class Scheme:
    """A Markov scheme: a channel is in one of several states and hops between them.

    Parameters
    ----------
    states : tuple of str
        The states' names.
    transitions : tuple of (str, str, str)
        From which state, to which, at which rate (1/ms, a formula in ``V``).
    open : str or tuple of str
        The state whose occupancy multiplies the conductance, or several that conduct alike.
    q10, celsius, shift, speed : float
        As in `Gate`.

    Raises
    ------
    ValueError, TypeError
        As for `Gate`; and if the steady state would depend on the start, because some states
        never lead to the others.
    """

    states: tuple[str, ...]
    transitions: tuple[tuple[str, str, str], ...]
    open: str | tuple[str, ...]
    q10: float = 3.0
    celsius: float = 6.3
    shift: float = 0.0
    speed: float = 1.0

    power = 1
    instantaneous = needs_calcium = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "states", several("states", self.states, str, "text"))
        twice = sorted({name for name in self.states if self.states.count(name) > 1})
        if twice or not self.states:
            raise ValueError(f"states must be different names, at least one, got {self.states}")
        hops = several("transitions", self.transitions, list | tuple, "(from, to, rate)")
        object.__setattr__(self, "transitions", tuple(map(tuple, hops)))
        for hop in self.transitions:
            if len(hop) != 3:
                raise ValueError(f"a transition must be (from, to, rate), got {hop!r}")
            source, target, rate = hop
            for state in (source, target):
                if state not in self.states:
                    raise ValueError(f"transition names the state {state!r}, not in {self.states}")
            if source == target:
                raise ValueError(f"a transition must lead elsewhere, got {hop!r}")
            check(f"rate of {source!r} to {target!r}", rate)
        if isinstance(self.open, list):
            object.__setattr__(self, "open", tuple(self.open))
        instance("open", self.open, str | tuple, "the name of a state, or a tuple of such names")
        if not self.opening or any(name not in self.states for name in self.opening):
            raise ValueError(f"open must be among {self.states}, got {self.open!r}")
        if len(set(self.opening)) < len(self.opening):
            raise ValueError(f"open must name different states, got {self.open!r}")
        _check_speeds(self)
        parted = _parted(self.states, self.transitions)
        if parted:
            v, one, other = parted
            raise ValueError(
                f"transitions must bring all states together, but at {v:g} mV "
                f"channels in {one} never meet those in {other}"
            )

    @property
    def name(self) -> str:
        """The name of the open state, or of the first of several."""
        return self.opening[0]

    @property
    def opening(self) -> tuple[str, ...]:
        """The names of the open states."""
        return (self.open,) if isinstance(self.open, str) else self.open

    factor = Gate.factor

    def rates(self, v: ArrayLike, celsius: float) -> NDArray[np.float64]:
        """Return the matrix A (1/ms) of dx/dt = A x, shape ``(*v.shape, states, states)``."""
        v = numbers("v", v) - self.shift
        matrix = np.zeros((*v.shape, len(self.states), len(self.states)))
        for source, target, rate in self.transitions:
            i, j = self.states.index(source), self.states.index(target)
            flow = self.factor(celsius) * compiled(rate)(v)
            matrix[..., j, i] += flow
            matrix[..., i, i] -= flow
        return matrix

    def time_constant(self, v: ArrayLike, celsius: float) -> FloatOrArray:
        """Return the shortest τ (ms) in the scheme's relaxation at `v` (mV) and temperature (°C).

        A scheme relaxes as a sum of exponentials, whose rates are the eigenvalues of A.
        """
        fastest = np.abs(np.linalg.eigvals(self.rates(v, celsius))).max(axis=-1)
        with np.errstate(divide="ignore"):
            return 1 / fastest

    def steady_state(self, v: ArrayLike) -> NDArray[np.float64]:
        """Return the occupancies (1) at rest at `v` (mV), shape ``(states, *v.shape)``."""
        matrix = replace(self, speed=1.0).rates(v, self.celsius)
        matrix[..., -1, :] = 1.0  # one balance follows from the others: the sum takes its place
        ones = np.zeros(matrix.shape[:-1])
        ones[..., -1] = 1.0
        solution = np.linalg.solve(matrix, ones[..., None])[..., 0]
        return np.asarray(np.moveaxis(solution, -1, 0), float)
