"""How fast a spike travels along a cable, and what stops it."""

from __future__ import annotations

from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from neurocore._arguments import number, span, temperature
from neurocore.cable import Cable, Chosen, length_constant
from neurocore.channels import block
from neurocore.membrane import distinct, modify
from neurocore.recording import Recording
from neurocore.sheath import Space
from neurocore.simulate import simulate
from neurocore.stimuli import pulse

from ._asked import is_axon
from .thresholds import smallest

SHORTEST = 1.0  # length constants along which a spike can be said to travel
SHORT = 2.0  # length constants: on less, a twentieth of the length would not start a spike
LIMINAL = 0.2  # length constants that do
PULSE = 0.2  # ms, and
LIFT = 100.0  # mV by which it would lift a node without gates: they open in the cold, too


class ForVelocity(TypedDict, total=False):
    """What is handed on to `conduction_velocity`."""

    duration: float | None
    threshold: float
    accuracy: float


def conduction_velocity(
    axon: Cable,
    start: float = 0.3,
    stop: float = 0.7,
    duration: float | None = None,
    threshold: float = -30.0,
    accuracy: float = 1e-3,
) -> float:
    """Return how fast a spike travels along a cable, kicked off at its first end.

    Parameters
    ----------
    axon : Cable
        One that does not branch, at least one length constant long, at rest. In less than two the
        ends speed the spike up, in a squid axon by up to 6 %; from two on by 2 % at most.
    start, stop : float
        Between which fractions of the length it is timed. In a myelinated axon, from the node
        nearest to each.
    duration : float, optional
        After which time (ms) to give up; if left out, what a speed of 0.1 m/s would need.
    threshold : float
        The potential (mV) whose crossing counts as arrival: low, for half-poisoned spikes.
    accuracy : float
        Of the arrival times (ms), see `simulate`.

    Returns
    -------
    float
        m/s; 0 if no spike arrives.

    Raises
    ------
    ValueError
        If the axon is shorter than a length constant: all of it fires at once, and nothing travels.
    """
    constants = _length_constants(axon)[-1]
    if constants < SHORTEST:
        raise ValueError(
            f"axon must be at least {SHORTEST:g} length constant long for a spike to travel along "
            f"it, but its {axon.length.sum() * 1e-3:.3g} mm are {constants:.2g} of one: all of it "
            "fires at once"
        )
    number("start", start, least=0, most=1)
    number("stop", stop, least=start, most=1)
    position = axon.position
    places = axon.regions.get("node", np.arange(len(axon)))
    wanted = np.array([start, stop]) * axon.length.sum()
    first, last = places[np.argmin(np.abs(position[places] - wanted[:, None]), axis=1)]
    if first == last:
        raise ValueError("start and stop fall into the same compartment")
    if duration is None:
        duration = position[last] * 1e-3 / 0.1
    r = kick(axon, [first, last], duration, threshold, accuracy)
    arrival = r.spike_times()
    if any(len(times) == 0 for times in arrival):
        return 0.0
    return float((position[last] - position[first]) * 1e-3 / (arrival[1][0] - arrival[0][0]))


def kick(
    axon: Cable,
    record: Chosen,
    duration: float,
    threshold: float = -30.0,
    accuracy: float = 1e-3,
    stop_at_spike: bool = True,
) -> Recording:
    """Return a recording of a spike started at the first end, cut short once it has arrived.

    The arguments are those of `simulate`. The first twentieth of the length is set to 0 mV at the
    start, so no stimulus need be chosen; of an axon shorter than two length constants, a fifth of
    one. Under a sheath that would leave too much charge behind: there a pulse of current excites
    the first node.
    """
    constants = _length_constants(axon)
    resets = stimulus = None
    if axon.space is None:
        count = np.searchsorted(axon.position, 0.05 * axon.length.sum())
        if constants[-1] < SHORT:
            count = np.searchsorted(constants, LIMINAL)
        end = np.full(len(axon), np.nan)
        end[: count + 1] = 0.0
        resets = {0.0: {"v": end}}
    else:
        stimulus = pulse(LIFT / _impedance(axon, axon.space, PULSE), 0.0, min(PULSE, duration))
    return simulate(
        axon,
        stimulus,
        duration,
        resets=resets,
        record=record,
        threshold=threshold,
        accuracy=accuracy,
        stop_at_spike=stop_at_spike,
    )


def _impedance(axon: Cable, space: Space, duration: float) -> float:
    """Return how far 1 nA for so long (ms) lifts the first compartment (mV), all gates held."""
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import spsolve

    n = len(axon)
    capacity = axon.area * [m.capacitance for m in axon.membranes]
    load = np.append(capacity, space.capacity) / duration
    load[:n] += axon.area * _at_rest(axon)
    current = np.zeros(load.size)
    current[[0, *(n + np.flatnonzero(space.covered == 0))]] = 1e-3
    return spsolve((space.matrix + diags_array(load)).tocsc(), current)[0]


def _length_constants(axon: Cable) -> NDArray[np.float64]:
    """Return how many length constants, at rest, lie before the end of each compartment."""
    resistance = 1e3 / _at_rest(is_axon(axon))
    constant = length_constant(axon.diameter, resistance, axon.axial_resistivity)
    return np.cumsum(axon.length / constant)


def _at_rest(axon: Cable) -> NDArray[np.float64]:
    """Return each membrane's conductance at rest (mS/cm²), of what has no time to open or close."""
    kinds, kind = distinct(axon.membranes)
    conductance = []
    for m in kinds:
        rest = m.rest()
        gates = m.steady_state(rest)
        low, high = (sum(m.currents(rest + dv, gates).values()) for dv in (-0.01, 0.01))
        conductance.append(max((high - low) / 0.02, 1e-9))
    return np.array(conductance)[kind]


def conducts(axon: Cable, **options: Unpack[ForVelocity]) -> bool:
    """Return whether a spike started at the first end of the cable passes 0.9 of its length."""
    return conduction_velocity(axon, 0.1, 0.9, **options) > 0


def safety_factor(
    axon: Cable, channel: str = "Na", resolution: float = 1e-3, **options: Unpack[ForVelocity]
) -> float:
    """Return by how much the density of a channel exceeds what conduction needs (1).

    One over the smallest fraction of the channel with which a spike still passes.
    """
    is_axon(axon)
    number("resolution", resolution, above=0)
    return 1 / smallest(
        lambda share: conducts(modify(axon, channel, block, 1 - share), **options),
        0.0, 1.0, resolution,
    )  # fmt: skip


def blocking_temperature(
    axon: Cable,
    low: float = 6.3,
    high: float = 45.0,
    resolution: float = 0.02,
    **options: Unpack[ForVelocity],
) -> float:
    """Return the temperature (°C) above which the cable no longer conducts.

    Parameters
    ----------
    axon : Cable
        A demyelinated one, say.
    low, high : float
        Range searched (°C). Infinity is returned if it conducts at `high`, and `low` if it is
        blocked there already.
    resolution : float
        °C.
    **options
        Handed on to `conduction_velocity`.
    """
    is_axon(axon)
    temperature(number("low", low), "low")
    temperature(number("high", high), "high")
    span(low, high)
    number("resolution", resolution, above=0)
    if not conducts(axon.at_temperature(low), **options):
        return low
    return smallest(
        lambda celsius: not conducts(axon.at_temperature(celsius), **options),
        low, high, resolution / high,
    )  # fmt: skip
