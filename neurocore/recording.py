"""What a simulation returns."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ._arguments import number
from .spikes import crossings
from .stimuli import VoltageClamp


class _Lazy(Mapping):
    """A mapping whose values are computed when asked for."""

    def __init__(self, names, compute):
        self._names, self._compute = tuple(names), compute

    def __getitem__(self, name):
        if name not in self._names:
            raise KeyError(f"{name!r}; there are {list(self._names)}")
        return self._compute(name)

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
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
        Membrane potential (mV).
    gates : mapping of str to array, shape (..., times)
        Gating variables (1). NaN in compartments without that gate.
    currents : mapping of str to array, shape (..., times)
        Each channel's current density (µA/cm², outward positive).
    calcium : array, shape (..., times)
        Its concentration under the membrane (mM), if there is a `CalciumShell`.
    compartments : array or None
        Which compartments of a cable were recorded.
    """

    t: np.ndarray
    v: np.ndarray
    compartments: np.ndarray | None
    _states: dict
    _membranes: tuple
    _spikes: object  # found by the simulator, at its own resolution
    _threshold: float
    _stimuli: tuple = ()
    _synapses: tuple = ()

    @property
    def gates(self):
        """Gating variables by name (1), shape (..., times)."""
        self._need_states()
        return {name: values for name, values in self._states.items() if name != "ca"}

    @property
    def calcium(self):
        """Concentration of calcium under the membrane (mM), shape (..., times)."""
        self._need_states()
        if "ca" not in self._states:
            raise ValueError("no membrane keeps account of calcium here: see CalciumShell")
        return self._states["ca"]

    @property
    def currents(self):
        """Currents by channel (µA/cm², outward positive), shape (..., times)."""
        self._need_states()
        names = dict.fromkeys(c.name for m in self._membranes for c in m.channels)
        return _Lazy(names, self._current)

    def _need_states(self):
        if self._states is None:
            raise ValueError(
                "on a cable, gates and currents are kept only for compartments named in `record`"
            )

    def _current(self, name):
        total = np.full_like(self.v, np.nan)
        for k, membrane in enumerate(self._membranes):
            where = (..., slice(None)) if self.compartments is None else (..., k, slice(None))
            for channel in membrane.channels:
                if channel.name == name:
                    names = (*channel.states, "ca") if membrane.calcium else channel.states
                    gates = {s: self._states[s][where] for s in names}
                    total[where] = channel.current(self.v[where], gates, membrane.celsius)
        return total

    @property
    def ionic_current(self):
        """The sum of all channels' currents (µA/cm², outward positive), shape (..., times)."""
        return np.nansum([self.currents[name] for name in self.currents], axis=0)

    @property
    def capacitive_current(self):
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
    def capacitive_jumps(self):
        """Charge C ΔV (nC/cm²) that a voltage clamp moves at each jump of its command, by time."""
        if not self._clamped:
            return {}
        command, c = self._stimuli[0], self._membranes[0].capacitance
        jumps = c * (command.first[..., 1:] - command.last[..., :-1])
        return {float(t): jumps[..., k] for k, t in enumerate(command.edges[1:-1])}

    @property
    def _clamped(self):
        return len(self._stimuli) == 1 and isinstance(self._stimuli[0], VoltageClamp)

    def spike_times(self, threshold=None):
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
