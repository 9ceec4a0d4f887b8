"""What a simulation returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._arguments import FloatOrArray, number
from .membrane import Membrane
from .spikes import SpikeTimes, crossings
from .stimuli import Stimulus, VoltageClamp
from .synapses import Synapse


class _Lazy(Mapping[str, NDArray[np.float64]]):
    """A mapping whose values are computed when asked for."""

    def __init__(self, names: Iterable[str], compute: Callable[[str], NDArray[np.float64]]) -> None:
        self._names, self._compute = tuple(names), compute

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        if name not in self._names:
            raise KeyError(f"{name!r}; there are {list(self._names)}")
        return self._compute(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True, eq=False)
class Recording:
    """Potentials, gates and currents over time.

    The leading axes are those that were simulated: traces if the stimulus had an axis of
    amplitudes, then compartments if the cell is a cable. A single patch has neither.

    Attributes
    ----------
    t : array, shape (times,)
        Time (ms).
    v : array, shape (..., times)
        Membrane potential (mV). Under a sheath it is that across the axolemma, between axoplasm and
        periaxonal space.
    gates : mapping of str to array, shape (..., times)
        Gating variables (1). NaN in compartments without that gate.
    currents : mapping of str to array, shape (..., times)
        Each channel's current density (µA/cm², outward positive).
    calcium : array, shape (..., times)
        Its concentration under the membrane (mM), if there is a `CalciumShell`.
    compartments : array or None
        Which compartments of a cable were recorded.
    """

    t: NDArray[np.float64]
    v: NDArray[np.float64]
    compartments: NDArray[np.intp] | None
    _states: dict[str, NDArray[np.float64]] | None
    _membranes: tuple[Membrane, ...]
    _spikes: SpikeTimes  # found by the simulator, at its own resolution
    _threshold: float
    _stimuli: tuple[Stimulus, ...] = ()
    _synapses: tuple[Synapse, ...] = ()

    @property
    def gates(self) -> dict[str, NDArray[np.float64]]:
        """Gating variables by name (1), shape (..., times)."""
        return {name: values for name, values in self._need_states().items() if name != "ca"}

    @property
    def calcium(self) -> NDArray[np.float64]:
        """Concentration of calcium under the membrane (mM), shape (..., times)."""
        states = self._need_states()
        if "ca" not in states:
            raise ValueError("no membrane keeps account of calcium here: see CalciumShell")
        return states["ca"]

    @property
    def currents(self) -> Mapping[str, NDArray[np.float64]]:
        """Currents by channel (µA/cm², outward positive), shape (..., times)."""
        self._need_states()
        names = dict.fromkeys(c.name for m in self._membranes for c in m.channels)
        return _Lazy(names, self._current)

    def _need_states(self) -> dict[str, NDArray[np.float64]]:
        if self._states is None:
            raise ValueError(
                "on a cable, gates and currents are kept only for compartments named in `record`"
            )
        return self._states

    def _current(self, name: str) -> NDArray[np.float64]:
        total, states = np.full_like(self.v, np.nan), self._need_states()
        for k, membrane in enumerate(self._membranes):
            where = (..., slice(None)) if self.compartments is None else (..., k, slice(None))
            for channel in membrane.channels:
                if channel.name == name:
                    names = (*channel.states, "ca") if membrane.calcium else channel.states
                    gates = {s: states[s][where] for s in names}
                    total[where] = channel.current(self.v[where], gates, membrane.celsius)
        return total

    @property
    def ionic_current(self) -> NDArray[np.float64]:
        """The sum of all channels' currents (µA/cm², outward positive), shape (..., times)."""
        return np.nansum([self.currents[name] for name in self.currents], axis=0)

    @property
    def capacitive_current(self) -> NDArray[np.float64]:
        """C dV/dt of a patch (µA/cm²), shape (..., times).

        What the stimulus leaves over after the ionic current and that of synapses; under voltage
        clamp, the capacitance times the command's slope. There the amplifier delivers this and the
        ionic current, and at a jump of the command the charge in `capacitive_jumps` besides, in no
        time.
        """
        if self.compartments is not None:
            raise ValueError("the capacitive current is computed for a patch, not for a cable")
        stimulus = sum((s(self.t) for s in self._stimuli), np.zeros(self.t.size))
        for synapse in self._synapses:
            stimulus = stimulus - synapse.current(self.t, self.v)
        if not self._clamped:
            return stimulus - self.ionic_current
        return self._membranes[0].capacitance * self._stimuli[0].slope(self.t)

    @property
    def capacitive_jumps(self) -> dict[float, FloatOrArray]:
        """Charge C ΔV (nC/cm²) that a voltage clamp moves at each jump of its command, by time."""
        if not self._clamped:
            return {}
        command, c = self._stimuli[0], self._membranes[0].capacitance
        jumps = c * (command.first[..., 1:] - command.last[..., :-1])
        return {float(t): jumps[..., k] for k, t in enumerate(command.edges[1:-1])}

    @property
    def _clamped(self):
        return len(self._stimuli) == 1 and isinstance(self._stimuli[0], VoltageClamp)

    def spike_times(self, threshold: float | None = None) -> SpikeTimes:
        """Return when the potential rises through `threshold`.

        Parameters
        ----------
        threshold : float, optional
            In mV; if left out, the one given to `simulate`, 0 mV unless told otherwise, for
            which the simulator's accuracy holds. Others are interpolated between the samples.

        Returns
        -------
        array, or nested lists of arrays along the leading axes
            Times (ms).
        """
        if threshold is None or threshold == self._threshold:
            return self._spikes
        return crossings(self.t, self.v, number("threshold", threshold, least=-150, most=150))
