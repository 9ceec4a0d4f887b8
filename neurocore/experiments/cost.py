"""What a spike costs: the sodium that enters, and the ATP that takes it out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from neurocore._arguments import number, several
from neurocore.cable import Cable, Patch
from neurocore.ions import AVOGADRO, FARADAY
from neurocore.simulate import simulate
from neurocore.stimuli import pulse

from ._asked import is_axon, is_cell
from .propagation import kick
from .thresholds import pulse_threshold


@dataclass(frozen=True)
class SpikeCost:
    """Sodium that enters during one spike; made by `sodium_entry`.

    Attributes
    ----------
    entry : float
        Charge carried in by sodium beyond that at rest (nC/cm²).
    minimum : float
        The least that would do: capacitance times the height of the spike (nC/cm²). A node pays
        for its share of the internodes, too.
    """

    entry: float
    minimum: float

    @property
    def excess(self) -> float:
        """Entry over minimum (1)."""
        return self.entry / self.minimum

    @property
    def ions(self) -> float:
        """Sodium ions that enter (1/µm²)."""
        return self.entry * 1e-9 / FARADAY * AVOGADRO * 1e-8

    @property
    def atp(self) -> float:
        """ATP that the pump spends on taking them out again, one for three (1/µm²)."""
        return self.ions / 3


def sodium_entry(
    cell: Patch | Cable,
    *,
    channels: Sequence[str] = ("Na",),
    strength: float = 2.0,
    duration: float = 0.2,
    wait: float = 40.0,
    accuracy: float = 1e-4,
) -> SpikeCost:
    """Return how much sodium one spike lets in, and how much it had to.

    Parameters
    ----------
    cell : Patch or Cable
        What fires; of a cable, which must not branch, the spike is started at the first end and
        measured in the middle (of a myelinated one, at the node there).
    channels : sequence of str
        The names of the channels that carry sodium.
    strength : float
        Of the pulse that starts the spike of a patch, in units of its threshold.
    duration : float
        Of that pulse (ms).
    wait : float
        Until the membrane is back at rest (ms).
    accuracy : float
        See `simulate`.

    Returns
    -------
    SpikeCost
        With the excess that Hodgkin (1975, Phil Trans R Soc Lond B 270:297–300) took to be four. In
        a myelinated axon all is given for the area of the node, through which the sodium enters. It
        charges the node and half of the internode on either side, and the minimum counts them all:
        the node's membrane alone would make it three times too small in a `myelinated_axon`.
    """
    channels = several("channels", channels, str, "text")
    number("strength", strength, above=0, most=1e4)
    number("duration", duration, above=0)
    number("wait", wait, above=0)
    is_cell(cell)
    if isinstance(cell, Cable):
        is_axon(cell, "cell")
        places = cell.regions.get("node", np.arange(len(cell)))
        middle = int(places[len(places) // 2])
        r = kick(cell, [middle], wait, accuracy=accuracy, stop_at_spike=False)
        capacitance = _capacitance(cell, middle)
    else:
        amplitude = strength * pulse_threshold(cell, duration)
        if not np.isfinite(amplitude):
            raise ValueError("the patch does not fire")
        stimulus = pulse(amplitude, 0.0, duration)
        r = simulate(cell, stimulus, wait, sample=0.005, accuracy=accuracy)
        capacitance = cell.membrane.capacitance
    missing = [name for name in channels if name not in r.currents]
    if missing or not channels:
        raise ValueError(f"channels must be some of {list(r.currents)}, got {channels}")
    v = np.ravel(r.v)
    inward = -np.sum([np.ravel(r.currents[name]) for name in channels], axis=0)
    entry = np.trapezoid(inward - inward[0], r.t)
    return SpikeCost(float(entry), float(capacitance * (v.max() - v[0])))


def _capacitance(axon: Cable, node: int) -> float:
    """Return what a spike at a node has to charge, for its area (µF/cm²)."""
    capacity = axon.area * [m.capacitance for m in axon.membranes]
    if axon.space is not None:  # axolemma and sheath in series
        under = axon.space.covered
        capacity[under] *= axon.space.capacity / (axon.space.capacity + capacity[under])
    nodes = np.sort(axon.regions.get("node", np.arange(len(axon))))
    k = int(np.searchsorted(nodes, node))
    first, last = nodes[max(k - 1, 0)], nodes[min(k + 1, len(nodes) - 1)]
    between = np.setdiff1d(np.arange(first, last + 1), nodes)
    return (capacity[node] + 0.5 * capacity[between].sum()) / axon.area[node]
