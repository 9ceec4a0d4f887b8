"""Let a cell run: what is to be done, checked, and handed to the solver that fits.

One trace of a patch goes to `solvers.dormand_prince`; cables and many traces to
`solvers.staggered`, twice (`solvers.richardson`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from ._arguments import number, numbers, part_of_run
from ._formula import LEAST_CALCIUM, MOST_CALCIUM
from .cable import Cable, Chosen, Patch, compartments_of
from .channels import Gate
from .membrane import distinct
from .recording import Recording
from .solvers import dormand_prince, richardson
from .solvers.staggered import Compartments
from .solvers.tables import current_curve
from .spikes import nested
from .stimuli import Stimulus, VoltageClamp
from .synapses import Synapse

Resets: TypeAlias = Mapping[float, Mapping[str, ArrayLike]]

# How fine the default is: chosen so that spike times are within `accuracy`, see tests/test_simulate
TOLERANCE = 2.5e-5  # of the adaptive steps of one patch, at an accuracy of 0.001 ms
SLOW = 100.0  # ms: what is slower carries errors from spike to spike; then both are made finer
CAREFUL, SHORTER = 0.03, 0.7  # by these factors
STEP = 0.8  # of the fixed steps of arrays, in units of the fastest gate's time constant, likewise
SWIFT = 40.0  # a step's limit in units of C over all conductances: an upstroke opens some of them
STEEP = 1.5  # and in units of C over the steepest slope of a current whose gates follow V at once


def simulate(
    cell: Patch | Cable,
    stimulus: Stimulus | Sequence[Stimulus] | None = None,
    duration: float = 100.0,
    *,
    v0: ArrayLike | None = None,
    resets: Resets | None = None,
    record: Chosen | None = None,
    sample: float | None = None,
    accuracy: float = 1e-3,
    step: float | None = None,
    threshold: float = 0.0,
    stop_at_spike: bool = False,
) -> Recording:
    """Let a cell run.

    Parameters
    ----------
    cell : Patch or Cable
        What runs; made by `patch`, `bare_axon`, `myelinated_axon` and others.
    stimulus : Stimulus, VoltageClamp, Synapse or list of Stimulus and Synapse, optional
        Current density (µA/cm²) for a patch; current (nA) into the compartment `at` for a cable,
        where a list reaches several compartments. A `synapse` opens a conductance. Amplitudes with
        an axis make as many traces. A `voltage_clamp` commands the potential of a patch (mV).
    duration : float
        How long (ms).
    v0 : float or array, shape (compartments,), optional
        Where the potential starts (mV), with all gates at rest there. If left out, at the
        membrane's resting potential to a hundredth of a millivolt, −65 mV for the squid axon
        as in the literature. A cable of several membranes starts at its own ``rest()``; one that
        has none, since it fires by itself, with each membrane at the membrane's own.
    resets : dict, optional
        What is set by force in mid-run: ``{5.0: {"h": 0.6, "v": -50.0}}`` sets a gate and the
        potential (mV) at 5 ms, and ``"ca"`` the concentration of calcium (mM), in every
        compartment that has them; an array, shape (compartments,), sets each by itself, NaN leaving
        it alone.
    record : sequence of int, optional
        The compartments of a cable to be recorded, with their gates and currents. If left out,
        the potential of all of them.
    sample : float, optional
        Time between samples (ms): 0.025 for a single patch. For arrays it is rounded to whole
        steps, and every step is kept if it is left out.
    accuracy : float
        How far (ms) spike and arrival times may be from those of infinitely fine steps. The
        default holds for 0.1 s of firing of the models in this book; it costs about 5 ms of
        computing for 100 ms of one patch, 0.1 s for 10 ms of a 1000-compartment axon. A hundred
        times better costs two to three times as much. It does not hold within 0.1 % of a
        threshold, where errors reach hundreds of times that and a spike may be missed, nor along
        cables below 1e-4 ms, where they reach five times that; see tests/benchmarks/accuracy.py.
    step : float, optional
        The time step (ms) for arrays, in place of one chosen from `accuracy`.
    threshold : float
        A spike is a rise of the potential through this (mV).
    stop_at_spike : bool
        End the run soon after every trace (of a cable: its last recorded compartment) has
        spiked, or an array of compartments has come to rest.

    Returns
    -------
    Recording
        With ``t``, ``v``, ``gates``, ``currents`` and ``spike_times()``.

    Raises
    ------
    ValueError, TypeError
        For arguments that make no sense, named.
    FloatingPointError
        If the potential leaves the range in which membranes exist.
    """
    number("duration", duration, above=0)
    for name, value in {"step": step, "sample": sample}.items():
        if value is not None:
            part_of_run(name, value, duration)
    plan = _plan(cell, stimulus, duration, resets, accuracy, threshold)
    if isinstance(cell, Patch) and record is not None:
        raise ValueError("a patch has no compartments to choose from: leave `record` out")
    if isinstance(cell, Patch) and (plan.traces is None or isinstance(stimulus, VoltageClamp)):
        return _one(cell, plan, v0, sample or 0.025, stop_at_spike)
    return _many(cell, plan, v0, record, sample, step, stop_at_spike)


def spikes_by_itself(
    patch: Patch,
    stimulus: Stimulus | Sequence[Stimulus] | None,
    duration: float,
    *,
    v0: ArrayLike | None = None,
    resets: Resets | None = None,
    accuracy: float = 1e-3,
    threshold: float = 0.0,
) -> bool:
    """Return whether a patch spikes, the rise through `threshold` driven by its own channels.

    The arguments are those of `simulate`; quicker than looking for spikes in its recording.
    """
    plan = _plan(patch, stimulus, duration, resets, accuracy, threshold)
    if plan.traces is not None:
        raise ValueError(f"stimulus must be one trace, got {plan.traces} of them")
    return _solve(patch.membrane, plan, v0, None, True).driven


@dataclass(frozen=True)
class Plan:
    """What is to be done, checked."""

    duration: float
    times: list[float]  # between which nothing jumps
    stimuli: list[Stimulus]
    synapses: list[Synapse]
    resets: Resets
    traces: int | None
    accuracy: float
    threshold: float

    def changes(self, time: float) -> dict[str, ArrayLike]:
        """Return what is set by force at this time, by name."""
        return {k: v for t, c in self.resets.items() if abs(t - time) < 1e-9 for k, v in c.items()}


def _plan(cell, stimulus, duration, resets, accuracy, threshold):
    if not isinstance(cell, Patch | Cable):
        raise TypeError(f"cell must be a patch or a cable, got {cell!r}")
    duration = number("duration", duration, above=0)
    accuracy = number("accuracy", accuracy, least=1e-9, most=1)
    threshold = number("threshold", threshold, least=-150, most=100)
    stimuli = _stimuli(cell, stimulus, duration)
    resets = _resets(cell, resets, duration)
    synapses = [s for s in stimuli if isinstance(s, Synapse)]
    traces = {s.traces for s in stimuli} - {None}
    if len(traces) > 1:
        raise ValueError(f"all stimuli need the same number of traces, got {sorted(traces)}")
    traces = traces.pop() if traces else None
    times = _edges(stimuli, resets, duration)
    currents = [s for s in stimuli if s not in synapses]
    return Plan(duration, times, currents, synapses, resets, traces, accuracy, threshold)


def _stimuli(cell, stimulus, duration):
    stimuli = [] if stimulus is None else stimulus
    stimuli = list(stimuli) if isinstance(stimuli, list | tuple) else [stimuli]
    for s in stimuli:
        if not isinstance(s, Stimulus | Synapse):
            raise TypeError(
                "stimulus must be a stimulus such as step(10), pulse(…), voltage_clamp(…), "
                f"synapse(…), or a list of them, got {s!r}"
            )
        if isinstance(s, VoltageClamp):
            if len(stimuli) > 1 or not isinstance(cell, Patch):
                raise ValueError("a voltage clamp works alone, and on a patch")
        elif s.edges[0] < 0 or s.edges[0] >= duration:
            raise ValueError(
                f"a stimulus must start within the run, 0 to {duration:g} ms, "
                f"but this one starts at {s.edges[0]:g} ms"
            )
        if isinstance(cell, Cable):
            compartments_of(cell, s.at, "at")
        elif s.at != 0:
            raise ValueError(f"at must be 0, the only compartment of a patch, got {s.at}")
    return stimuli


def _resets(cell, resets, duration):
    resets = {} if resets is None else resets
    if not isinstance(resets, Mapping):
        raise TypeError(f"resets must be a dict such as {{5.0: {{'v': -50.0}}}}, got {resets!r}")
    membranes = [cell.membrane] if isinstance(cell, Patch) else distinct(cell.membranes)[0]
    known = {"v", *(name for m in membranes for name in m.states)}
    for time, changes in resets.items():
        if not 0 <= number("a time in resets", time) < duration:
            raise ValueError(f"resets must lie within the run, 0 to {duration:g} ms, got {time:g}")
        if not isinstance(changes, Mapping):
            raise TypeError(f"resets at {time:g} ms must be a dict of values, got {changes!r}")
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"resets can set {sorted(known)}, not {name!r}")
            value = np.asarray(value)
            if value.dtype.kind not in "iuf":
                raise TypeError(f"{name!r} in resets must be a number, got {changes[name]!r}")
            if value.shape not in ((), (1 if isinstance(cell, Patch) else len(cell),)):
                raise ValueError(f"{name!r} in resets must be one value or one per compartment")
            low, high = {"v": (-200, 150), "ca": (LEAST_CALCIUM, MOST_CALCIUM)}.get(name, (0, 1))
            given = value[~np.isnan(value)]
            if given.size == 0 or np.any((given < low) | (given > high)):
                raise ValueError(f"{name!r} in resets must be within {low} and {high}, got {value}")
    return resets


def _edges(stimuli, resets, duration):
    """Return the times between which nothing jumps."""
    edges = {0.0, duration, *resets}.union(*(s.edges.tolist() for s in stimuli))
    edges = sorted(t for t in edges if 0 <= t <= duration)
    # the same moment, rounded in two ways, counts once
    return [a for a, b in pairwise(edges) if b - a > 1e-9] + [duration]


# --- one patch -------------------------------------------------------------------------------


def _one(cell, plan, v0, sample, stop):
    membrane, traces = cell.membrane, plan.traces
    which = [None] if traces is None else range(traces)
    results = [_solve(membrane, plan, v0, trace, stop) for trace in which]
    end = max(r.end for r in results)
    t = np.arange(0.0, end + 1e-9, sample)
    if end - t[-1] > 1e-9:
        t = np.append(t, end)
    values = np.stack([r(t) for r in results], axis=1)
    spikes = [r.upstrokes(plan.threshold) for r in results]
    if traces is None:
        values, spikes = values[:, 0], spikes[0]
    states = dict(zip(membrane.states, values[1:], strict=True))
    _keep_possible(states, (membrane,))
    _add_instantaneous(states, values[0], (membrane,), None)
    stimuli = tuple(plan.stimuli), tuple(plan.synapses)
    return Recording(t, values[0], None, states, (membrane,), spikes, plan.threshold, *stimuli)


def _solve(membrane, plan, v0, trace, stop):
    """Return the solution for one trace of a patch."""
    command = bool(plan.stimuli) and isinstance(plan.stimuli[0], VoltageClamp)
    places = {"v": 0} | {name: k + 1 for k, name in enumerate(membrane.states)}
    pick = () if trace is None else trace
    stretches = []
    for a, b in pairwise(plan.times):
        ends = [s.lines(a, b) for s in plan.stimuli]
        first, last = (sum(float(np.asarray(e[k])[pick]) for e in ends) for k in (0, 1))
        changes = {
            places[name]: np.asarray(value, float).item() for name, value in plan.changes(a).items()
        }
        synapses = [
            (*(float(x[pick if s.traces else ()]) for x in s.terms(a)), *_rates(s), s.reversal)
            for s in plan.synapses
        ]
        stretches.append((a, b, first, last, changes, synapses))
    v = stretches[0][2] if command else _start(membrane, v0)
    tolerance = TOLERANCE * (plan.accuracy / 1e-3) ** 0.9
    if _remembers(membrane) or any(gate.instantaneous for gate in membrane.gates):
        tolerance *= CAREFUL
    threshold = plan.threshold if stop else None
    return dormand_prince.run(
        membrane, [v, *_steady(membrane, v)], stretches, command, tolerance, threshold
    )


@lru_cache(maxsize=256)
def _remembers(membrane):
    """Return whether slow gates, or calcium, hand an error on from spike to spike.

    Between those, V creeps: there a small error in mV is a large one in ms.
    """
    v = np.arange(-80.0, 41.0, 5.0)
    gates = [g for g in membrane.gates if isinstance(g, Gate) and g.speed and not g.needs_calcium]
    slowest = max((np.max(g.time_constant(v, membrane.celsius)) for g in gates), default=0.0)
    return bool(membrane.calcium or slowest > SLOW)


def _rates(synapse):
    """Return how fast it closes and opens (1/ms)."""
    return 1 / synapse.decay, 1 / synapse.rise if synapse.rise else 0.0


@lru_cache(maxsize=1024)
def _steady(membrane, v):
    values = membrane.steady_state(v)
    return tuple(float(values[name]) for name in membrane.states)


def _keep_possible(states, membranes):
    """Take out, in place, how far interpolation and extrapolation overshoot 0 or 1.

    What the states of a scheme add up to stays: 1, unless a reset has set one of them.
    """
    for names in {gate.states for m in membranes for gate in m.gates}:
        values = [states[name] for name in names]
        total = sum(values) if len(values) > 1 else None
        for x in values:
            np.clip(x, 0, 1, out=x)
        if total is not None:
            share = total / np.maximum(sum(values), 1e-300)
            for x in values:
                x *= share


def _add_instantaneous(states, v, membranes, axial):
    """Add, in place, the gates that follow V at once; NaN in compartments without them."""
    for k, membrane in enumerate(membranes):
        where = ... if axial is None else (..., k, slice(None))
        for gate in membrane.gates:
            if gate.instantaneous:
                values = states.setdefault(gate.name, np.full(v.shape, np.nan))
                ca = np.maximum(states["ca"][where], 0) if gate.needs_calcium else None
                values[where] = gate.steady_state(v[where], ca)


def _start(membrane, v0):
    return round(membrane.rest(), 2) if v0 is None else number("v0", v0, least=-200, most=150)


# --- arrays ----------------------------------------------------------------------------------


def _many(cell, plan, v0, record, sample, step, stop):
    if isinstance(cell, Patch):
        membranes, area, micro = (cell.membrane,), np.ones(1), 1.0
        links = axial = space = None
    else:
        membranes, area, micro = cell.membranes, cell.area, 1e-3
        links, axial, space = cell.links, cell.axial_conductance, cell.space
    chosen = (
        np.arange(len(membranes)) if record is None else compartments_of(cell, record, "record")
    )
    fastest = min([_fastest(membranes), *(s.rise or s.decay for s in plan.synapses)])
    if any(_remembers(m) for m in distinct(membranes)[0]):
        fastest *= SHORTER
    step = step or min(fastest * STEP * (plan.accuracy / 1e-3) ** 0.25, plan.duration)
    traces = plan.traces or 1
    chain = Compartments(membranes, area, links, axial, traces, space)
    start = np.empty((traces, len(membranes)))
    start[:] = _starts(cell, v0)
    t, v, states, spikes = richardson.run(
        chain,
        chain.unknowns(start),
        plan,
        step,
        (np.arange(traces)[:, None] * chain.shape[1] + chosen).ravel(),
        every=1 if sample is None else max(1, round(sample / step)),
        gates=record is not None or isinstance(cell, Patch),
        micro=micro,
        last={len(chosen) * (k + 1) - 1 for k in range(traces)} if stop else None,
    )
    shape = (
        *(() if plan.traces is None else (traces,)),
        *(() if axial is None else (len(chosen),)),
    )
    if states is not None:
        states = {name: x.reshape(*shape, t.size) for name, x in states.items()}
        _keep_possible(states, membranes)
    v, recorded = v.reshape(*shape, t.size), tuple(membranes[k] for k in chosen)
    if states is not None:
        _add_instantaneous(states, v, recorded, axial)
    return Recording(
        t,
        v,
        None if axial is None else chosen,
        states,
        recorded,
        nested(spikes, shape),
        plan.threshold,
        tuple(plan.stimuli),
        tuple(plan.synapses),
    )


def _fastest(membranes):
    """Return the shortest time constant (ms) of any gating between −80 and 40 mV, 0.1 at most.

    Where it is cold, gates are slower than an upstroke: then the membrane's own time counts. So
    does, beside gates that follow V at once, the time in which their current runs away.
    """
    v = np.arange(-80.0, 41.0, 5.0)[None]
    ca = np.geomspace(1e-5, 1e-2, 4)[:, None]
    shortest = 0.1
    for m in distinct(membranes)[0]:
        slopes = [c.drive(0.5, m.celsius) - c.drive(-0.5, m.celsius) for c in m.channels]
        all_open = sum(c.conductance * s for c, s in zip(m.channels, slopes, strict=True))
        shortest = min(shortest, SWIFT * m.capacitance / max(all_open, 1e-9))
        for c in m.channels:
            if any(gate.instantaneous for gate in c.gates):
                current = c.conductance * current_curve(c, v, m.celsius, ca)
                steepest = np.abs(np.gradient(current, v[0], axis=1)).max()
                shortest = min(shortest, STEEP * m.capacitance / max(steepest, 1e-9))
        for gate in m.gates:
            if isinstance(gate, Gate) and gate.needs_calcium and not gate.instantaneous:
                shortest = min(shortest, np.min(gate.time_constant(v, m.celsius, ca)))
            elif not gate.instantaneous:
                shortest = min(shortest, np.min(gate.time_constant(v, m.celsius)))
    return shortest


def _starts(cell, v0):
    if v0 is None:
        return _start(cell.membrane, None) if isinstance(cell, Patch) else _resting(cell)
    v0, count = numbers("v0", v0), 1 if isinstance(cell, Patch) else len(cell)
    if v0.shape not in ((), (count,)) or not np.all((v0 >= -200) & (v0 <= 150)):
        raise ValueError(f"v0 must be one potential or one per compartment (mV), got {v0}")
    return v0


@lru_cache(maxsize=64)
def _resting(cable):
    """Return where each compartment of a cell left alone stays (mV)."""
    kinds, kind = distinct(cable.membranes)
    if len(kinds) > 1:
        with suppress(ValueError):  # it has no rest
            return cable.rest()
    return np.array([_start(m, None) for m in kinds])[kind]
