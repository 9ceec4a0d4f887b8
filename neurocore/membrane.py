"""A membrane: a capacitance, a temperature, and channels side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import FloatOrArray, a_function, instance, number, numbers, several, temperature
from ._formula import LEAST_CALCIUM, MOST_CALCIUM
from ._search import bisect
from .channels import (
    CalciumShell,
    Channel,
    Gate,
    Scheme,
    frankenhaeuser_huxley_channels,
    leak,
    mammalian_node_channels,
    squid_potassium,
    squid_sodium,
)


class _Modifiable(Protocol):
    """A patch or a cable: what holds membranes."""

    def modify(
        self,
        channel: str,
        change: Callable[..., Channel],
        *args: object,
        where: Any,
        **kwargs: object,
    ) -> Self: ...


@dataclass(frozen=True)
class Membrane:
    """A patch of membrane: C dV/dt = I_stimulus − Σ I_channel.

    Parameters
    ----------
    channels : tuple of Channel
        The channels, each with its own name and its own gates' names.
    celsius : float
        Temperature (°C); each gate's rates follow it by their Q10.
    capacitance : float
        Specific capacitance (µF/cm²).
    calcium : CalciumShell, optional
        Where the calcium goes that channels let in. Its concentration (mM) is the variable ``ca``,
        on which gates may depend.
    """

    channels: tuple[Channel, ...]
    celsius: float = 6.3
    capacitance: float = 1.0
    calcium: CalciumShell | None = None

    def __post_init__(self) -> None:
        number("capacitance", self.capacitance, above=0)
        temperature(number("celsius", self.celsius))
        object.__setattr__(self, "channels", several("channels", self.channels, Channel, "Channel"))
        gates = [name for gate in self.gates for name in gate.states or (gate.name,)]
        if self.calcium is not None:
            instance("calcium", self.calcium, CalciumShell, "a CalciumShell")
            gates.append("ca")
            for name in self.calcium.channels:
                if name not in [channel.name for channel in self.channels]:
                    raise ValueError(
                        f"calcium enters through {name!r}, but the membrane has the channels "
                        f"{[channel.name for channel in self.channels]}"
                    )
        for channel in self.channels:
            for gate in channel.gates:
                if gate.needs_calcium and self.calcium is None:
                    raise ValueError(
                        f"gate {gate.name!r} of {channel.name!r} depends on calcium, and the "
                        "membrane has none: give it calcium=CalciumShell(…)"
                    )
        for names in ([c.name for c in self.channels], gates):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"a membrane's names must differ; {twice} stand there twice")

    @property
    def states(self) -> tuple[str, ...]:
        """The names of all gating variables that take time, and ``ca`` if there is calcium."""
        gates = (state for channel in self.channels for state in channel.states)
        return (*gates, "ca") if self.calcium else tuple(gates)

    @property
    def gates(self) -> tuple[Gate | Scheme, ...]:
        """All gates, in the channels' order."""
        return tuple(gate for channel in self.channels for gate in channel.gates)

    def __getitem__(self, name: str) -> Channel:
        """Return the channel called `name`."""
        for channel in self.channels:
            if channel.name == name:
                return channel
        names = [channel.name for channel in self.channels]
        raise ValueError(f"the membrane has the channels {names}, not {name!r}")

    def steady_state(self, v: ArrayLike) -> dict[str, FloatOrArray]:
        """Return the gating variables at rest at `v` (mV, float or array), by name.

        And ``ca``, the concentration of calcium (mM), if the membrane keeps account of it.
        """
        if self.calcium is None:
            return _at_rest(self.gates, v, None)
        ca = self._steady_calcium(v)
        return _at_rest(self.gates, v, ca) | {"ca": ca}

    def _steady_calcium(self, v: ArrayLike) -> FloatOrArray:
        """Return the concentration (mM) at which as much is pumped out at `v` as comes in."""
        v, shell = np.asarray(numbers("v", v)), self.calcium
        assert shell
        carriers = [self[name] for name in shell.channels]

        def led_to(ca):  # by the current that flows at `ca`
            current = 0.0
            for c in carriers:
                gates = _at_rest(c.gates, v, ca) | {"ca": ca}
                current = current + c.current(v, gates, self.celsius)
            return shell.steady(current) + 0.0 * v

        low, high = np.full(v.shape, LEAST_CALCIUM), np.full(v.shape, MOST_CALCIUM)
        if not any(gate.needs_calcium for c in carriers for gate in c.gates):
            return np.clip(led_to(None), low, high)
        for _ in range(60):  # by bisection: what enters stops more from entering
            middle = np.sqrt(low * high)
            above = led_to(middle) > middle
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return np.sqrt(low * high)

    def currents(
        self, v: ArrayLike, gates: Mapping[str, FloatOrArray] | None = None
    ) -> dict[str, FloatOrArray]:
        """Return each channel's current (µA/cm², outward positive), by name.

        Parameters
        ----------
        v : float or array
            Potential (mV).
        gates : dict, optional
            Gating variables by name; their steady state at `v` if left out. Instantaneous ones
            follow `v` in any case.
        """
        gates = self.steady_state(v) if gates is None else gates
        return {c.name: c.current(v, gates, self.celsius) for c in self.channels}

    def steady_current(self, v: ArrayLike) -> FloatOrArray:
        """Return the total current (µA/cm²) with all gates at rest at `v` (mV)."""
        v = numbers("v", v)
        return sum(self.currents(v).values()) + 0.0 * v

    @lru_cache(maxsize=256)  # noqa: B019  membranes are small, and compare by value
    def rest(self) -> float:
        """Return the resting potential (mV): the lowest zero of the steady current that rises."""
        grid = np.arange(-150.0, 100.25, 0.25)
        total = np.asarray(self.steady_current(grid))
        crossings = np.flatnonzero((total[:-1] < 0) & (total[1:] >= 0))
        if crossings.size == 0:
            raise ValueError("this membrane has no resting potential between −150 and 100 mV")
        low, high = grid[crossings[0]], grid[crossings[0] + 1]
        return float(bisect(lambda v: self.steady_current(v) >= 0, low, high, 1e-12))


def _at_rest(gates, v, ca):
    """Return gating variables at rest at `v` (mV) and `ca` (mM, or None), by name."""
    values = {}
    for gate in gates:
        steady = gate.steady_state(v, ca) if gate.needs_calcium else gate.steady_state(v)
        rows = [steady] if isinstance(gate, Gate) else steady
        values.update(zip(gate.states or (gate.name,), rows, strict=True))
    return values


Model = TypeVar("Model", bound=Membrane | _Modifiable)


def modify(
    model: Model,
    channel: str,
    change: Callable[..., Channel],
    *args: object,
    where: int | Sequence[int] | NDArray[np.integer] | None = None,
    **kwargs: object,
) -> Model:
    """Return the model with `change` done to the channel of that name.

    ``modify(axon, "Na", block, 0.5)`` is half a dose of tetrodotoxin everywhere.

    Parameters
    ----------
    model : Membrane, Patch or Cable
        What is changed; the original stays as it is.
    channel : str
        The channel's name.
    change : callable
        From channel to channel: `block`, `shift`, `slow`, `freeze`, or your own.
    *args, **kwargs
        Handed on to `change` after the channel.
    where : sequence of int, optional
        Only in these compartments of a cable; everywhere the channel occurs if left out.

    Returns
    -------
    Same type as `model`
        With that one channel changed.
    """
    a_function("change", change)
    if not isinstance(model, Membrane):
        if not hasattr(model, "modify"):
            raise TypeError(f"model must be a membrane, a patch or a cable, got {model!r}")
        return model.modify(channel, change, *args, where=where, **kwargs)
    if where is not None:
        raise ValueError("a membrane has no compartments to choose from: leave `where` out")
    changed = change(model[channel], *args, **kwargs)
    instance("what `change` returns", changed, Channel, "a Channel")
    return replace(
        model, channels=tuple(changed if c.name == channel else c for c in model.channels)
    )


def distinct(membranes: Iterable[Membrane]) -> tuple[list[Membrane], NDArray[np.intp]]:
    """Return the different ones among many membranes, and which of them each is."""
    seen, number = {}, {}
    for m in membranes:
        if id(m) not in seen:  # comparing by value takes longer, and most are the same object
            seen[id(m)] = number.setdefault(m, len(number))
    return list(number), np.array([seen[id(m)] for m in membranes])


def hodgkin_huxley(celsius: float = 6.3) -> Membrane:
    """Return the squid giant axon's membrane.

    Hodgkin and Huxley 1952, J Physiol 117:500–544: C = 1 µF/cm², ḡ = 120, 36, 0.3 mS/cm²,
    E = 50, −77, −54.387 mV, rates at 6.3 °C with a Q10 of 3, rest at −65 mV.

    Parameters
    ----------
    celsius : float
        Temperature (°C).
    """
    return Membrane((squid_sodium(), squid_potassium(), leak()), celsius)


def passive(
    conductance: float = 0.3,
    reversal: float = -65.0,
    capacitance: float = 1.0,
    celsius: float = 6.3,
) -> Membrane:
    """Return a membrane with nothing but a leak (mS/cm², mV, µF/cm², °C)."""
    return Membrane((leak(conductance, reversal),), celsius, capacitance)


def frankenhaeuser_huxley_node(celsius: float = 20.0) -> Membrane:
    """Return the membrane of a frog's node of Ranvier at a temperature (°C), 2 µF/cm².

    Frankenhaeuser and Huxley 1964, J Physiol 171:302–315.
    """
    return Membrane(frankenhaeuser_huxley_channels(), celsius, 2.0)


def mammalian_node(celsius: float = 37.0) -> Membrane:
    """Return the membrane of a mammalian node of Ranvier at a temperature (°C), 2 µF/cm².

    McIntyre, Richardson and Grill 2002, J Neurophysiol 87:995–1006. It is one half of a pair: in
    their axon what leaks under the sheath holds it at −80 mV. As a bare patch it rests at −88 mV,
    and one pulse makes it fire for ever. Let it fire in a `mammalian_axon`.
    """
    return Membrane(mammalian_node_channels(), celsius, 2.0)


def brill_node(celsius: float = 20.0) -> Membrane:
    """Return the node of Brill, Waxman, Moore and Joyner 1977: squid channels, in a node's numbers.

    J Neurol Neurosurg Psychiatry 40:769–774, as implemented by Hines (ModelDB 9848): ḡ = 1200, 90
    and 20 mS/cm², E = 50, −77 and −65.05 mV.

    Parameters
    ----------
    celsius : float
        Temperature (°C).
    """
    return Membrane((squid_sodium(1200.0), squid_potassium(90.0), leak(20.0, -65.05)), celsius, 1.0)
