"""Gates and channels: the equations of the textbook, written as the textbook writes them.

A rate is a formula in ``V`` (mV), kept as text, so that it can be read, printed beside a figure,
evaluated on an array, and put into the simulator's inner loop without being written a second time.
"""

import ast
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ._check import number, temperature
from .ions import bernoulli, ghk_current


def linoid(x):
    """Return x / (1 − exp(−x)), whose value at 0 is 1.

    The form of α_m and α_n in Hodgkin and Huxley (1952) and of the constant-field current.

    Parameters
    ----------
    x : float or array
        A pure number.

    Returns
    -------
    float or array
        Of the shape of `x`.
    """
    return bernoulli(-np.asarray(x))


_ARRAY_FUNCTIONS = {"linoid": linoid} | {n: getattr(np, n) for n in ("exp", "log", "tanh", "cosh")}


@lru_cache(maxsize=1024)
def _formula(text):
    """Compile a formula in V to a function of an array."""
    if not isinstance(text, str):
        raise TypeError(f"a rate is a formula in V written as text, got {text!r}")
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"the rate {text!r} is not a formula: {error.msg}") from None
    unknown = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    unknown -= {"V", *_ARRAY_FUNCTIONS}
    if unknown:
        raise ValueError(
            f"the rate {text!r} uses {sorted(unknown)}; "
            f"allowed are V and {sorted(_ARRAY_FUNCTIONS)}"
        )
    code = compile(tree, text, "eval")

    def evaluate(v):
        return eval(code, _ARRAY_FUNCTIONS, {"V": v}) + 0.0 * v

    with np.errstate(all="ignore"):
        values = evaluate(np.arange(-150.0, 100.0))
    if not np.all(values >= 0):
        v = np.arange(-150.0, 100.0)[~(values >= 0)][0]
        raise ValueError(f"the rate {text!r} must be at least 0 everywhere, but not so at {v} mV")
    return evaluate


@dataclass(frozen=True)
class Gate:
    """A gating variable x: dx/dt = α (1 − x) − β x, or dx/dt = (x∞ − x) / τ.

    Parameters
    ----------
    name : str
        What the variable is called, such as ``"m"``.
    power : int
        The exponent with which it enters the conductance.
    alpha, beta : str
        Opening and closing rate (1/ms), formulas in ``V`` (mV); or, instead of them,
    steady, tau : str
        steady state (1) and time constant (ms).
    q10 : float
        By what factor the rates rise for 10 °C.
    celsius : float
        The temperature (°C) for which the formulas are given.
    moved : float
        By how much (mV) the formulas are shifted to the right.
    speed : float
        A further factor on the rates; 0 freezes the gate.
    """

    name: str
    power: int
    alpha: str | None = None
    beta: str | None = None
    steady: str | None = None
    tau: str | None = None
    q10: float = 3.0
    celsius: float = 6.3
    moved: float = 0.0
    speed: float = 1.0

    def __post_init__(self):
        given = tuple(f is not None for f in (self.alpha, self.beta, self.steady, self.tau))
        if given not in ((True, True, False, False), (False, False, True, True)):
            raise ValueError(f"gate {self.name!r} needs alpha and beta, or steady and tau")
        for formula in (self.alpha, self.beta, self.steady, self.tau):
            if formula is not None:
                _formula(formula)
        if not isinstance(self.power, int) or self.power < 1:
            raise ValueError(f"power must be a whole number from 1 on, got {self.power!r}")
        number("q10", self.q10, above=0)
        temperature(self.celsius)
        number("moved", self.moved)
        number("speed", self.speed, least=0)

    @property
    def states(self):
        """The names of the variables: here one."""
        return (self.name,)

    def factor(self, celsius):
        """Return by what factor the rates exceed the formulas' at `celsius` (°C)."""
        return self.speed * self.q10 ** ((celsius - self.celsius) / 10)

    def steady_state(self, v):
        """Return x∞ (1) at the potential `v` (mV, float or array)."""
        v = np.asarray(v, float) - self.moved
        if self.steady:
            return _formula(self.steady)(v)
        alpha, beta = _formula(self.alpha)(v), _formula(self.beta)(v)
        return alpha / (alpha + beta)

    def time_constant(self, v, celsius):
        """Return τ (ms) at the potential `v` (mV, float or array) and temperature (°C)."""
        v = np.asarray(v, float) - self.moved
        if self.tau:
            tau = _formula(self.tau)(v)
        else:
            tau = 1 / (_formula(self.alpha)(v) + _formula(self.beta)(v))
        with np.errstate(divide="ignore"):
            return tau / self.factor(celsius)


@dataclass(frozen=True)
class Scheme:
    """A Markov scheme: a channel is in one of several states and hops between them.

    Parameters
    ----------
    states : tuple of str
        The states' names.
    transitions : tuple of (str, str, str)
        From which state, to which, at which rate (1/ms, a formula in ``V``).
    open : str
        The state whose occupancy multiplies the conductance.
    q10, celsius, moved, speed : float
        As in `Gate`.
    """

    states: tuple[str, ...]
    transitions: tuple[tuple[str, str, str], ...]
    open: str
    q10: float = 3.0
    celsius: float = 6.3
    moved: float = 0.0
    speed: float = 1.0

    power = 1

    def __post_init__(self):
        for source, target, rate in self.transitions:
            for state in (source, target):
                if state not in self.states:
                    raise ValueError(f"transition names the state {state!r}, not in {self.states}")
            _formula(rate)
        if self.open not in self.states:
            raise ValueError(f"open must be one of {self.states}, got {self.open!r}")

    @property
    def name(self):
        """The name of the open state."""
        return self.open

    factor = Gate.factor

    def rates(self, v, celsius):
        """Return the matrix A (1/ms) of dx/dt = A x, shape ``(*v.shape, states, states)``."""
        v = np.asarray(v, float) - self.moved
        matrix = np.zeros((*v.shape, len(self.states), len(self.states)))
        for source, target, rate in self.transitions:
            i, j = self.states.index(source), self.states.index(target)
            flow = self.factor(celsius) * _formula(rate)(v)
            matrix[..., j, i] += flow
            matrix[..., i, i] -= flow
        return matrix

    def steady_state(self, v):
        """Return the occupancies (1) at rest at `v` (mV), shape ``(states, *v.shape)``."""
        matrix = replace(self, speed=1.0).rates(v, self.celsius)
        matrix[..., -1, :] = 1.0  # one balance follows from the others: the sum takes its place
        ones = np.zeros(matrix.shape[:-1])
        ones[..., -1] = 1.0
        return np.moveaxis(np.linalg.solve(matrix, ones[..., None])[..., 0], -1, 0)


@dataclass(frozen=True)
class ConstantField:
    """The Goldman–Hodgkin–Katz drive, for a channel given by a permeability.

    Parameters
    ----------
    inside, outside : float
        Concentrations (mM).
    valence : int
        Charge number.
    """

    inside: float
    outside: float
    valence: int = 1

    def __post_init__(self):
        number("inside", self.inside, above=0)
        number("outside", self.outside, above=0)
        if self.valence == 0 or self.valence != int(self.valence):
            raise ValueError(f"valence must be a whole number other than 0, got {self.valence}")


@dataclass(frozen=True)
class Channel:
    """A population of channels: I = ḡ · (open fraction) · (V − E).

    Parameters
    ----------
    name : str
        Such as ``"Na"``.
    conductance : float
        ḡ (mS/cm²), or, with a `ConstantField`, the permeability (cm/s).
    reversal : float or ConstantField
        E (mV), or the concentrations for a Goldman–Hodgkin–Katz current.
    gates : tuple of Gate or Scheme
        Their product of powers is the open fraction; none means always open.
    """

    name: str
    conductance: float
    reversal: float | ConstantField
    gates: tuple[Gate | Scheme, ...] = ()

    def __post_init__(self):
        number(f"conductance of {self.name!r}", self.conductance, least=0)
        if not isinstance(self.reversal, ConstantField):
            number(f"reversal of {self.name!r}", self.reversal, least=-300, most=300)

    @property
    def states(self):
        """The names of all gating variables."""
        return tuple(state for gate in self.gates for state in gate.states)

    def gate(self, name):
        """Return the gate called `name`; ValueError if there is none."""
        for gate in self.gates:
            if name in gate.states:
                return gate
        raise ValueError(f"channel {self.name!r} has the gates {self.states}, not {name!r}")

    def open_fraction(self, gates):
        """Return the open fraction (1) for gating variables given by name."""
        fraction = 1.0
        for gate in self.gates:
            fraction = fraction * gates[gate.name] ** gate.power
        return fraction

    def drive(self, v, celsius):
        """Return what the open conductance is multiplied by at `v` (mV).

        V − E (mV) for a conductance; for a permeability the constant-field current per cm/s,
        in µA/cm² (Hodgkin and Katz 1949, J Physiol 108:37–77).
        """
        v = np.asarray(v, float)
        if not isinstance(self.reversal, ConstantField):
            return v - self.reversal
        field = self.reversal
        return ghk_current(v, 1.0, field.outside, field.inside, field.valence, celsius)

    def current(self, v, gates, celsius):
        """Return the current (µA/cm², outward positive) at `v` (mV) with the given gates."""
        return self.conductance * self.open_fraction(gates) * self.drive(v, celsius)


# --- what drugs, mutations and experimenters do: from channel to channel ---------------------


def block(channel, fraction):
    """Return the channel with a `fraction` (0 to 1) of its conductance blocked.

    Tetrodotoxin on sodium channels, tetraethylammonium on potassium channels.
    """
    number("fraction", fraction, least=0, most=1)
    return replace(channel, conductance=channel.conductance * (1 - fraction))


def shift(channel, millivolts, gate=None):
    """Return the channel with its gating moved along the voltage axis.

    Parameters
    ----------
    channel : Channel
        The channel.
    millivolts : float
        Negative: to the left, so that it opens (and inactivates) at more negative potentials.
    gate : str, optional
        Only this gate; all of them if left out.
    """
    number("millivolts", millivolts, least=-200, most=200)
    return _on_gates(channel, gate, lambda g: replace(g, moved=g.moved + millivolts))


def slow(channel, factor, gate=None):
    """Return the channel with its gating slowed by `factor` (2: half as fast), or only `gate`."""
    number("factor", factor, above=0)
    return _on_gates(channel, gate, lambda g: replace(g, speed=g.speed / factor))


def freeze(channel, gate):
    """Return the channel with `gate` frozen: it keeps the value it starts a run with."""
    channel.gate(gate)
    return _on_gates(channel, gate, lambda g: replace(g, speed=0.0))


def _on_gates(channel, name, change):
    chosen = channel.gates if name is None else (channel.gate(name),)
    return replace(channel, gates=tuple(change(g) if g in chosen else g for g in channel.gates))


# --- the library ------------------------------------------------------------------------------


def squid_sodium(conductance=120.0, reversal=50.0):
    """Return the squid axon's sodium channel, ḡ m³h (V − E_Na).

    Hodgkin and Huxley 1952, J Physiol 117:500–544, in the modern sign, rest −65 mV.
    """
    m = Gate("m", 3, alpha="linoid((V + 40) / 10)", beta="4 * exp(-(V + 65) / 18)")
    h = Gate("h", 1, alpha="0.07 * exp(-(V + 65) / 20)", beta="1 / (1 + exp(-(V + 35) / 10))")
    return Channel("Na", conductance, reversal, (m, h))


def squid_potassium(conductance=36.0, reversal=-77.0):
    """Return the squid axon's delayed rectifier, ḡ n⁴ (V − E_K).

    Hodgkin and Huxley 1952, J Physiol 117:500–544, in the modern sign, rest −65 mV.
    """
    n = Gate("n", 4, alpha="0.1 * linoid((V + 55) / 10)", beta="0.125 * exp(-(V + 65) / 80)")
    return Channel("K", conductance, reversal, (n,))


def leak(conductance=0.3, reversal=-54.387):
    """Return a leak, ḡ (V − E_L); the squid axon's values (Hodgkin and Huxley 1952) by default."""
    return Channel("leak", conductance, reversal)
