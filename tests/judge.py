"""The obvious, slow way to solve the same equations: the judge of the quick one."""

import math
from itertools import pairwise

import numpy as np
from scipy.integrate import solve_ivp

from neurocore import Gate, Patch

FUNCTIONS = {name: getattr(math, name) for name in ("exp", "log", "tanh", "cosh")}
FUNCTIONS["linoid"] = lambda x: -x / math.expm1(-x) if x else 1.0


def derivative(membrane, v, gates, inward):
    """Return dV/dt and dx/dt for one compartment, straight from the definitions."""
    currents = membrane.currents(v, gates)
    changes = []
    for gate in membrane.gates:
        if isinstance(gate, Gate):
            tau = gate.time_constant(v, membrane.celsius)
            changes.append((gate.steady_state(v) - gates[gate.name]) / tau)
        else:
            change = dict.fromkeys(gate.states, 0.0)
            for source, target, rate in gate.transitions:
                flow = gates[source] * eval(rate, FUNCTIONS | {"V": v - gate.shift})
                change[source] -= flow
                change[target] += flow
            changes.extend(gate.factor(membrane.celsius) * x for x in change.values())
    return (inward - sum(currents.values())) / membrane.capacitance, changes


def solve(cell, stimulus, edges, times, *, v0, at=0, rtol=1e-9):
    """Return the potentials (compartments, times), solved anew from each edge to the next."""
    one = isinstance(cell, Patch)
    membranes = [cell.membrane] if one else cell.membranes
    area = np.ones(1) if one else cell.area
    link = np.zeros(0) if one else cell.axial_conductance
    counts = np.cumsum([0] + [1 + len(m.states) for m in membranes])

    def right_hand_side(t, y):
        v = y[counts[:-1]]
        inward = np.zeros(len(membranes))  # µA, or µA/cm² on a patch
        inward[:-1] += link * np.diff(v)
        inward[1:] -= link * np.diff(v)
        inward[at] += stimulus(t) * (1.0 if one else 1e-3)
        change = np.empty_like(y)
        for k, m in enumerate(membranes):
            a, b = counts[k], counts[k + 1]
            gates = dict(zip(m.states, y[a + 1 : b], strict=True))
            change[a], change[a + 1 : b] = derivative(m, v[k], gates, inward[k] / area[k])
        return change

    y = np.concatenate([[v0, *(float(m.steady_state(v0)[s]) for s in m.states)] for m in membranes])
    v = np.empty((len(membranes), len(times)))
    for a, b in pairwise(edges):
        wanted = (times >= a) & (times < b)
        # up to just before b, where the stimulus is still the old one
        s = solve_ivp(
            right_hand_side, [a, np.nextafter(b, a)], y, "LSODA", rtol=rtol, atol=1e-10,
            t_eval=np.append(times[wanted], np.nextafter(b, a)),
        )  # fmt: skip
        v[:, wanted] = s.y[counts[:-1], :-1]
        y = s.y[:, -1]
    return v
