"""A channel: a conductance or a permeability, what drives its current, and its gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from numpy.typing import ArrayLike

from neurocore._arguments import FloatOrArray, instance, number, numbers, several, whole
from neurocore.ions import ghk_current

from .kinetics import Gate, Scheme


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

    def __post_init__(self) -> None:
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

    def __post_init__(self) -> None:
        instance("name", self.name, str, "text")
        number(f"conductance of {self.name!r}", self.conductance, least=0)
        if not isinstance(self.reversal, ConstantField):
            number(f"reversal of {self.name!r}", self.reversal, least=-300, most=300)
        gates = several(f"gates of {self.name!r}", self.gates, Gate | Scheme, "Gate or Scheme")
        object.__setattr__(self, "gates", gates)

    @property
    def states(self) -> tuple[str, ...]:
        """The names of all gating variables that take time."""
        return tuple(state for gate in self.gates for state in gate.states)

    def gate(self, name: str) -> Gate | Scheme:
        """Return the gate called `name`; ValueError if there is none."""
        known = [name for gate in self.gates for name in gate.states or (gate.name,)]
        if name not in known:
            raise ValueError(f"channel {self.name!r} has the gates {known}, not {name!r}")
        return next(gate for gate in self.gates if name in (gate.name, *gate.states))

    def open_fraction(self, gates: Mapping[str, FloatOrArray]) -> FloatOrArray:
        """Return the open fraction (1) for gating variables given by name."""
        fraction = 1.0
        for gate in self.gates:
            for name in gate.opening:
                if not isinstance(gates, Mapping) or name not in gates:
                    raise ValueError(f"gates must be a dict that holds {name!r}, got {gates!r}")
            first, *others = (gates[name] for name in gate.opening)
            fraction = fraction * sum(others, start=first) ** gate.power
        return fraction

    def drive(self, v: ArrayLike, celsius: float) -> FloatOrArray:
        """Return what the open conductance is multiplied by at `v` (mV).

        V − E (mV) for a conductance; for a permeability the constant-field current per cm/s,
        in µA/cm² (Hodgkin and Katz 1949, J Physiol 108:37–77).
        """
        return self._drive(numbers("v", v), celsius)

    def _drive(
        self, v: FloatOrArray, celsius: float
    ) -> FloatOrArray:  # unchecked: in a loop over steps checking takes a third
        if not isinstance(self.reversal, ConstantField):
            return v - self.reversal
        field = self.reversal
        return ghk_current(v, 1.0, field.outside, field.inside, field.valence, celsius)

    def current(
        self, v: ArrayLike, gates: Mapping[str, FloatOrArray], celsius: float
    ) -> FloatOrArray:
        """Return the current (µA/cm², outward positive) at `v` (mV) with the given gates.

        Instantaneous gates are where `v` has them, and the concentration ``ca`` (mM) among the
        `gates` if they depend on it, whatever is given.
        """
        if isinstance(gates, Mapping):
            ca, instantaneous = (
                gates.get("ca"),
                [g for g in self.gates if isinstance(g, Gate) and g.instantaneous],
            )
            gates = {**gates, **{g.name: g.steady_state(v, ca) for g in instantaneous}}
        return self.conductance * self.open_fraction(gates) * self.drive(v, celsius)
