"""Gates and channels: the equations of the textbook, written as the textbook writes them.

A rate is a formula in ``V`` (mV), kept as text, so that it can be read, printed beside a figure,
evaluated on an array, and put into the simulator's inner loop without being written a second time.
It is made of numbers, ``+ - * / **``, ``exp``, ``log``, ``tanh``, ``cosh``, ``linoid`` and
conditions such as ``1 if V < -80 else 2``. Where it is 0/0 it has its limit. It must be finite and
at least 0 from −200 to 200 mV.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from neurocore._check import instance, number, numbers, several, temperature, whole
from neurocore._formula import GRID, check, compiled
from neurocore.ions import ghk_current


@lru_cache(maxsize=1024)
def _still(alpha, beta):
    """Return a potential (mV) at which neither rate moves anything, or None."""
    zero = GRID[compiled(alpha)(GRID) + compiled(beta)(GRID) <= 0]
    return float(zero[0]) if zero.size else None


def _check_speeds(gate):
    number("q10", gate.q10, above=0)
    temperature(number("celsius", gate.celsius))
    number("shift", gate.shift, least=-400, most=400)
    number("speed", gate.speed, least=0)


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
        steady state (0 to 1) and time constant (ms, greater than 0).
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

    def __post_init__(self):
        instance("name", self.name, str, "text")
        given = {f: getattr(self, f) for f in ("alpha", "beta", "steady", "tau")}
        given = {name: text for name, text in given.items() if text is not None}
        if tuple(given) not in (("alpha", "beta"), ("steady", "tau")):
            raise ValueError(f"gate {self.name!r} needs alpha and beta, or steady and tau")
        limits = {"steady": {"most": 1}, "tau": {"above": 0}}
        for name, text in given.items():
            check(f"{name} of {self.name!r}", text, **limits.get(name, {}))
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
    def states(self):
        """The names of the variables: here one."""
        return (self.name,)

    def factor(self, celsius):
        """Return by what factor the rates exceed the formulas' at `celsius` (°C)."""
        celsius = number("celsius", celsius, least=-273.15, most=1000)
        return self.speed * self.q10 ** ((celsius - self.celsius) / 10)

    def steady_state(self, v):
        """Return x∞ (1) at the potential `v` (mV, float or array)."""
        v = numbers("v", v) - self.shift
        if self.steady:
            return compiled(self.steady)(v)
        alpha, beta = compiled(self.alpha)(v), compiled(self.beta)(v)
        return alpha / (alpha + beta)

    def time_constant(self, v, celsius):
        """Return τ (ms) at the potential `v` (mV, float or array) and temperature (°C)."""
        v = numbers("v", v) - self.shift
        if self.tau:
            tau = compiled(self.tau)(v)
        else:
            tau = 1 / (compiled(self.alpha)(v) + compiled(self.beta)(v))
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
    common = reach.all(axis=1).any(axis=1)
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
    open : str
        The state whose occupancy multiplies the conductance.
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
    open: str
    q10: float = 3.0
    celsius: float = 6.3
    shift: float = 0.0
    speed: float = 1.0

    power = 1

    def __post_init__(self):
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
        if self.open not in self.states:
            raise ValueError(f"open must be one of {self.states}, got {self.open!r}")
        _check_speeds(self)
        parted = _parted(self.states, self.transitions)
        if parted:
            v, one, other = parted
            raise ValueError(
                f"transitions must bring all states together, but at {v:g} mV "
                f"channels in {one} never meet those in {other}"
            )

    @property
    def name(self):
        """The name of the open state."""
        return self.open

    factor = Gate.factor

    def rates(self, v, celsius):
        """Return the matrix A (1/ms) of dx/dt = A x, shape ``(*v.shape, states, states)``."""
        v = numbers("v", v) - self.shift
        matrix = np.zeros((*v.shape, len(self.states), len(self.states)))
        for source, target, rate in self.transitions:
            i, j = self.states.index(source), self.states.index(target)
            flow = self.factor(celsius) * compiled(rate)(v)
            matrix[..., j, i] += flow
            matrix[..., i, i] -= flow
        return matrix

    def time_constant(self, v, celsius):
        """Return the shortest τ (ms) in the scheme's relaxation at `v` (mV) and temperature (°C).

        A scheme relaxes as a sum of exponentials, whose rates are the eigenvalues of A.
        """
        fastest = np.abs(np.linalg.eigvals(self.rates(v, celsius))).max(axis=-1)
        with np.errstate(divide="ignore"):
            return 1 / fastest

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
        if whole("valence", self.valence) == 0:
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
        instance("name", self.name, str, "text")
        number(f"conductance of {self.name!r}", self.conductance, least=0)
        if not isinstance(self.reversal, ConstantField):
            number(f"reversal of {self.name!r}", self.reversal, least=-300, most=300)
        gates = several(f"gates of {self.name!r}", self.gates, Gate | Scheme, "Gate or Scheme")
        object.__setattr__(self, "gates", gates)

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
            if not isinstance(gates, Mapping) or gate.name not in gates:
                raise ValueError(f"gates must be a dict that holds {gate.name!r}, got {gates!r}")
            fraction = fraction * gates[gate.name] ** gate.power
        return fraction

    def drive(self, v, celsius):
        """Return what the open conductance is multiplied by at `v` (mV).

        V − E (mV) for a conductance; for a permeability the constant-field current per cm/s,
        in µA/cm² (Hodgkin and Katz 1949, J Physiol 108:37–77).
        """
        return self._drive(numbers("v", v), celsius)

    def _drive(self, v, celsius):  # unchecked: in a loop over steps checking takes a third
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
    _is_channel(channel)
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
    _is_channel(channel)
    number("millivolts", millivolts, least=-200, most=200)
    return _on_gates(channel, gate, lambda g: replace(g, shift=g.shift + millivolts))


def slow(channel, factor, gate=None):
    """Return the channel with its gating slowed by `factor` (2: half as fast), or only `gate`."""
    _is_channel(channel)
    number("factor", factor, above=0)
    return _on_gates(channel, gate, lambda g: replace(g, speed=g.speed / factor))


def freeze(channel, gate):
    """Return the channel with `gate` frozen: it keeps the value it starts a run with."""
    _is_channel(channel).gate(gate)
    return _on_gates(channel, gate, lambda g: replace(g, speed=0.0))


def persistent(channel, fraction, gate="h"):
    """Return the share of a channel's population that never inactivates, as a channel of its own.

    In a membrane it stands beside ``block(channel, fraction)``, the rest of the population. A
    steady open probability of 0.01 to 0.02 makes rat muscle fire on after a stimulus, as in
    myotonia (Cannon and Corey 1993, J Physiol 466:501–520).

    Parameters
    ----------
    channel : Channel
        The whole population.
    fraction : float
        Of it that lacks the inactivation gate, 0 to 1.
    gate : str
        The gate that is missing.

    Returns
    -------
    Channel
        With ``"P"`` added to the channel's name, and ``"p"`` to its gates'.
    """
    _is_channel(channel)
    number("fraction", fraction, least=0, most=1)
    missing = channel.gate(gate)
    gates = tuple(replace(g, name=g.name + "p") for g in channel.gates if g is not missing)
    return Channel(channel.name + "P", fraction * channel.conductance, channel.reversal, gates)


def _is_channel(channel):
    return instance("channel", channel, Channel, "a Channel")


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


def frankenhaeuser_huxley_channels():
    """Return the channels of a frog's node of Ranvier, permeabilities rather than conductances.

    Frankenhaeuser and Huxley 1964, J Physiol 171:302–315, Xenopus laevis at 20 °C with rest at
    −70 mV, as in the NEURON mechanism ``fh`` (ModelDB 3507): sodium m²h, an unspecific current p²
    carried by sodium, potassium n², and a leak. All Q10 are 3, as there.
    """
    sodium, potassium = ConstantField(13.74, 114.5), ConstantField(120.0, 2.5)

    def gate(name, power, alpha, beta):
        return Gate(name, power, alpha, beta, celsius=20.0)

    m = gate("m", 2, "1.08 * linoid((V + 48) / 3)", "8 * linoid(-(V + 57) / 20)")
    h = gate("h", 1, "0.6 * linoid(-(V + 80) / 6)", "4.5 / (1 + exp(-(V + 25) / 10))")
    n = gate("n", 2, "0.2 * linoid((V + 35) / 10)", "0.5 * linoid(-(V + 60) / 10)")
    p = gate("p", 2, "0.06 * linoid((V + 30) / 10)", "1.8 * linoid(-(V + 95) / 20)")
    return (
        Channel("Na", 8e-3, sodium, (m, h)),
        Channel("p", 0.54e-3, sodium, (p,)),
        Channel("K", 1.2e-3, potassium, (n,)),
        leak(30.3, -69.74),
    )


def mammalian_node_channels():
    """Return the channels of a mammalian node of Ranvier.

    McIntyre, Richardson and Grill 2002, J Neurophysiol 87:995–1006 (ModelDB 3810): fast sodium
    m³h, persistent sodium p³, slow potassium s, and a leak; ḡ = 3000, 10, 80 and 7 mS/cm². Rates of
    m and p have a Q10 of 2.2 and h of 2.9, given for 20 °C; s one of 3, given for 36 °C. Below
    −88 mV the published s opens again, its closing rate vanishing first.
    """
    m = Gate(
        "m",
        3,
        alpha="19.158 * linoid((V + 21.4) / 10.3)",
        beta="0.78776 * linoid(-(V + 25.7) / 9.16)",
        q10=2.2,
        celsius=20.0,
    )
    h = Gate(
        "h",
        1,
        alpha="0.682 * linoid(-(V + 114) / 11)",
        beta="2.3 / (1 + exp(-(V + 31.8) / 13.4))",
        q10=2.9,
        celsius=20.0,
    )
    p = Gate(
        "p",
        3,
        alpha="0.102 * linoid((V + 27) / 10.2)",
        beta="0.0025 * linoid(-(V + 34) / 10)",
        q10=2.2,
        celsius=20.0,
    )
    s = Gate(
        "s",
        1,
        alpha="0.3 / (1 + exp(-(V + 53) / 5))",
        beta="0.03 / (1 + exp(-(V + 90)))",
        q10=3.0,
        celsius=36.0,
    )
    return (
        Channel("Na", 3000.0, 50.0, (m, h)),
        Channel("NaP", 10.0, 50.0, (p,)),
        Channel("Ks", 80.0, -90.0, (s,)),
        leak(7.0, -90.0),
    )


def somatic_sodium(conductance, reversal=60.0):
    """Return the sodium channel of a pyramidal cell's soma (Nav1.2), ḡ m³h (mS/cm², mV).

    Hu, Tian, Li, Yang, Hou and Shu 2009, Nat Neurosci 12:996–1002, as implemented by M. Zbili
    (2020): at 23 °C, Q10 2.3; m opens 11 mV more positive than in `axonal_sodium`.
    """
    return _pyramidal_sodium(
        conductance, reversal, -37.0, 7.0, 0.0, "1 / (1 + exp((V + 67) / 7.1))"
    )


def axonal_sodium(conductance, reversal=60.0):
    """Return the sodium channel of an axon initial segment (Nav1.6), ḡ m³h (mS/cm², mV).

    Hu, Tian, Li, Yang, Hou and Shu 2009, Nat Neurosci 12:996–1002, as implemented by M. Zbili
    (2020): at 23 °C, Q10 2.3.
    """
    return _pyramidal_sodium(
        conductance, reversal, -48.0, 6.0, -14.0, "1 / (1 + exp((V + 80) / 5.4))"
    )


def _pyramidal_sodium(conductance, reversal, half, slope, h_shift, h_steady):
    m = Gate(
        "m",
        3,
        alpha=f"{0.182 * slope:g} * linoid((V + {-half:g}) / {slope:g})",
        beta=f"{0.124 * slope:g} * linoid(-(V + {-half:g}) / {slope:g})",
        q10=2.3,
        celsius=23.0,
    )
    opening = f"0.12 * linoid((V + {50 - h_shift:g}) / 5)"
    closing = f"0.0455 * linoid(-(V + {75 - h_shift:g}) / 5)"
    tau = f"1 / ({opening} + {closing})"
    h = Gate("h", 1, steady=h_steady, tau=tau, q10=2.3, celsius=23.0)
    return Channel("Na", conductance, reversal, (m, h))


def cortical_potassium(conductance, reversal=-90.0):
    """Return a cortical delayed rectifier, ḡ n (mS/cm², mV).

    Mainen, Joerges, Huguenard and Sejnowski 1995, Neuron 15:1427–1439 (``kv.mod``): at 23 °C,
    Q10 2.3.
    """
    n = Gate(
        "n",
        1,
        alpha="0.18 * linoid((V - 25) / 9)",
        beta="0.018 * linoid(-(V - 25) / 9)",
        q10=2.3,
        celsius=23.0,
    )
    return Channel("K", conductance, reversal, (n,))


def t_type_calcium(conductance=2.0, reversal=120.0):
    """Return the thalamic low-threshold calcium channel, ḡ r²s (V − E_Ca) (mS/cm², mV).

    Huguenard and McCormick 1992, J Neurophysiol 68:1373–1383, in the form of Destexhe, Bal,
    McCormick and Sejnowski 1996, J Neurophysiol 76:2049–2070 (ModelDB 3343), shifted 2 mV for
    2 mM calcium; at 24 °C, Q10 3.55 for activation r and 3 for inactivation s.
    """
    r = Gate(
        "r",
        2,
        steady="1 / (1 + exp(-(V + 59) / 6.2))",
        tau="0.612 + 1 / (exp(-(V + 131.6) / 16.7) + exp((V + 16.8) / 18.2))",
        q10=3.55,
        celsius=24.0,
    )
    s = Gate(
        "s",
        1,
        steady="1 / (1 + exp((V + 83) / 4))",
        tau="30.8 + (211.4 + exp((V + 115.2) / 5)) / (1 + exp((V + 86) / 3.2))",
        celsius=24.0,
    )
    return Channel("CaT", conductance, reversal, (r, s))


def lidocaine(
    channel, concentration, available=440.0, inactivated=10.0, unbinding=1500.0, gate="h"
):
    """Return a sodium channel in lidocaine: the modulated receptor of Hille (1977).

    The inactivation gate becomes a Markov scheme of four states: ``A`` available, ``I``
    inactivated, and each with the drug bound, ``AB`` and ``IB``. Only ``A`` conducts. The drug
    leaves either state equally slowly, so that its affinity lies in how fast it binds; and since
    no cycle can turn by itself, bound channels inactivate more readily, by the ratio of the two
    affinities.

    Half-blocking concentrations and the time bound channels need to recover are those of Bean,
    Cohen and Tsien 1983, J Gen Physiol 81:613–642.

    Parameters
    ----------
    channel : Channel
        With an inactivation gate given by `alpha` and `beta`.
    concentration : float
        Of lidocaine (µM).
    available, inactivated : float
        Dissociation constants (µM) of channels in the two states.
    unbinding : float
        Mean time a channel stays bound (ms), at the temperature for which the gate is given; it
        shares the gate's Q10.
    gate : str
        The inactivation gate's name.
    """
    _is_channel(channel)
    number("concentration", concentration, least=0)
    for name, value in {
        "available": available, "inactivated": inactivated, "unbinding": unbinding
    }.items():  # fmt: skip
        number(name, value, above=0)
    h = channel.gate(gate)
    if not isinstance(h, Gate) or h.alpha is None:
        raise ValueError(f"gate {gate!r} must be given by alpha and beta")
    bias = (available / inactivated) ** 0.5
    leave = 1 / unbinding
    scheme = Scheme(
        ("A", "I", "AB", "IB"),
        (
            ("A", "I", h.beta),
            ("I", "A", h.alpha),
            ("AB", "IB", f"{bias!r} * ({h.beta})"),
            ("IB", "AB", f"({h.alpha}) / {bias!r}"),
            ("A", "AB", repr(leave * concentration / available)),
            ("AB", "A", repr(leave)),
            ("I", "IB", repr(leave * concentration / inactivated)),
            ("IB", "I", repr(leave)),
        ),
        "A",
        q10=h.q10,
        celsius=h.celsius,
        shift=h.shift,
        speed=h.speed,
    )
    return replace(channel, gates=tuple(scheme if g is h else g for g in channel.gates))
