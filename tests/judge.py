"""The obvious, slow way to solve the same equations: the judge of the quick one.

The right-hand side is written down anew here from the formulas' text, so that it shares nothing
with the library but the numbers of a model. LSODA (Petzold 1983) solves it, stiff or not.
"""

import math
from itertools import pairwise

import numpy as np
from scipy.integrate import odeint
from scipy.linalg import null_space

from neurocore import ConstantField, Gate, Patch

FARADAY, GAS_CONSTANT = 96485.33212, 8.314462618  # C/mol, J/(mol K): CODATA 2018
NEAR = 0.002  # ms between two looks at the potential


def linoid(x):
    x = x + 1e-300  # the limit at 0
    return x / -np.expm1(-x)


FUNCTIONS = {name: getattr(np, name) for name in ("exp", "log", "tanh", "cosh")}
FUNCTIONS["linoid"] = linoid
SCALAR = {name: getattr(math, name) for name in ("exp", "log", "tanh", "cosh")}
SCALAR["linoid"] = lambda x: x / -math.expm1(-x) if x else 1.0


def flow(membrane, functions):
    """Return a function of [V, x, …] (floats or arrays) that gives [−I, dx/dt, …]."""
    lines, currents, changes, names = [], [], [], {}
    calcium, entering = membrane.calcium, []
    if calcium:
        lines.append("ca = concentration")
    for channel in membrane.channels:
        factors = [repr(channel.conductance)]
        for gate in channel.gates:
            factor = gate.speed * gate.q10 ** ((membrane.celsius - gate.celsius) / 10)
            lines.append(f"V = v - {gate.shift!r}")
            for state in gate.states:
                names[state] = f"x{len(names)}"
            if not gate.states:  # it follows V at once
                lines.append(f"at{len(lines)} = {gate.steady}")
                factors.append(f"at{len(lines) - 1} ** {gate.power}")
                continue
            if not isinstance(gate, Gate):
                change = {state: [] for state in gate.states}
                for source, target, rate in gate.transitions:
                    hop = f"hop{len(lines)}"
                    lines.append(f"{hop} = {factor!r} * ({rate}) * {names[source]}")
                    change[source].append(f"- {hop}")
                    change[target].append(f"+ {hop}")
                changes += [" ".join(c) or "0.0 * v" for c in change.values()]
                opened = [gate.open] if isinstance(gate.open, str) else gate.open
                factors.append(f"({' + '.join(names[state] for state in opened)})")
                continue
            x = names[gate.name]
            if gate.alpha:
                change = f"({gate.alpha}) * (1 - {x}) - ({gate.beta}) * {x}"
            else:
                change = f"(({gate.steady}) - {x}) / ({gate.tau})"
            lines.append(f"d{x} = {factor!r} * ({change})")
            changes.append(f"d{x}")
            factors.append(f"{x} ** {gate.power}")
        if isinstance(channel.reversal, ConstantField):
            field, volt = channel.reversal, GAS_CONSTANT * (273.15 + membrane.celsius) / FARADAY
            u = f"(v * {field.valence / volt / 1e3!r})"
            drive = f"({field.inside!r} * linoid({u}) - {field.outside!r} * linoid(-{u}))"
            factors += [repr(field.valence * FARADAY), drive]
        else:
            factors.append(f"(v - {channel.reversal!r})")
        currents.append(" * ".join(factors))
        if calcium and channel.name in calcium.channels:
            entering.append(currents[-1])
    if calcium:
        names["ca"] = "concentration"
        rise = 1e-6 * calcium.free / (2 * FARADAY * calcium.depth * 1e-4) * 1e3  # mol/cm³ to mM
        pumped = f"(ca - {calcium.rest!r}) / {calcium.tau!r}"
        changes.append(f"-{rise!r} * ({' + '.join(entering)}) - {pumped}")
    body = "\n    ".join([f"{', '.join(['v', *names.values()])}, = y", *lines])
    text = f"def f(y):\n    {body}\n    return [-({' + '.join(currents)}), {', '.join(changes)}]"
    space = dict(functions)
    exec(text, space)
    return space["f"]


def resting(membrane, v):
    """Return [V, x, …] with all gates at rest at `v`."""
    y, ca = [v], None
    if membrane.calcium:
        ca = float(membrane.steady_state(v)["ca"])
    for gate in membrane.gates:
        space = FUNCTIONS | {"V": v - gate.shift, "ca": ca}
        if not isinstance(gate, Gate):
            at = {state: k for k, state in enumerate(gate.states)}
            matrix = np.zeros((len(at), len(at)))
            for source, target, rate in gate.transitions:
                rate = eval(rate, dict(space))
                matrix[at[target], at[source]] += rate
                matrix[at[source], at[source]] -= rate
            x = null_space(matrix, rcond=1e-13)[:, 0]
            y.extend(x / x.sum())
        elif not gate.states:
            continue
        elif gate.alpha:
            alpha, beta = (eval(text, dict(space)) for text in (gate.alpha, gate.beta))
            y.append(alpha / (alpha + beta))
        else:
            y.append(eval(gate.steady, dict(space)))
    return y if ca is None else [*y, ca]


class _Equations:
    """Of a cell: one row of [V, x, …] for each compartment, filled up with what stays still."""

    def __init__(self, cell):
        one = isinstance(cell, Patch)
        self.membranes = [cell.membrane] if one else list(cell.membranes)
        self.kinds = list(dict.fromkeys(self.membranes))
        self.count = len(self.membranes)
        self.width = 1 + max(len(m.states) for m in self.kinds)
        self.groups = []
        for kind in self.kinds:
            where = np.array([k for k, m in enumerate(self.membranes) if m == kind])
            steps = np.diff(where)
            if np.all(steps == steps[:1]):  # slices cost less
                where = slice(where[0], where[-1] + 1, steps[0] if steps.size else 1)
            size = 1 + len(kind.states)
            self.groups.append((where, slice(0, size), flow(kind, FUNCTIONS)))
        self.scalar = flow(self.kinds[0], SCALAR) if one else None
        self.capacitance = np.array([m.capacitance for m in self.membranes])
        if not one:
            self.link, self.area = cell.axial_conductance, cell.area

    def start(self, v0):
        y = np.zeros((self.count, self.width))
        for row, membrane in zip(y, self.membranes, strict=True):
            row[: 1 + len(membrane.states)] = resting(membrane, v0)
        return y.ravel()

    def right_hand_side(self, injected):
        """Return dy/dt for a current `injected`, a function of time (µA/cm² in compartments)."""
        if self.scalar:
            f, c = self.scalar, float(self.capacitance[0])

            def one(t, y):
                change = f(y.tolist())
                change[0] = (change[0] + injected(t)) / c
                return change

            return one
        out = np.zeros((self.count, self.width))

        def many(t, y):
            y = y.reshape(self.count, self.width)
            for where, states, f in self.groups:
                out[where, states] = np.transpose(f(y[where, states].T))
            along = self.link * np.diff(y[:, 0])  # µA
            dv = out[:, 0] + injected(t)
            dv[:-1] += along / self.area[:-1]
            dv[1:] -= along / self.area[1:]
            out[:, 0] = dv / self.capacitance
            return out.ravel().copy()

        return many


def solve(cell, stimulus, times, *, v0, threshold=0.0, rtol=1e-10):
    """Solve anew from each edge of the stimulus to the next.

    Parameters
    ----------
    cell : Patch or Cable
        What runs, from `v0` (mV).
    stimulus : Stimulus
        Without an axis.
    times : array
        When the potential is wanted, the last of them the end (ms).
    threshold : float
        Of spikes (mV).
    rtol : float
        Relative error of a step; the absolute one is as many millivolts, or occupancies.

    Returns
    -------
    v : array, shape (compartments, times)
        Potentials (mV).
    slope : array, shape (compartments, times)
        Their rise (mV/ms).
    upstrokes : list of array
        When each compartment rises through the threshold (ms).
    """
    equations = _Equations(cell)
    end = times[-1]
    edges = sorted({0.0, end, *(float(t) for t in stimulus.edges if 0 < t < end)})
    y = equations.start(v0)
    v, slope = np.empty((2, equations.count, len(times)))
    upstrokes = [[] for _ in range(equations.count)]
    band = None if equations.scalar else equations.width
    for a, b in pairwise(edges):
        first, last = (float(x) for x in stimulus.lines(a, b))
        rise = (last - first) / (b - a)
        if equations.scalar:
            f = equations.right_hand_side(lambda t, a=a, i=first, rise=rise: i + rise * (t - a))
        else:
            share = np.zeros(equations.count)
            share[stimulus.at] = 1e-3 / equations.area[stimulus.at]
            f = equations.right_hand_side(
                lambda t, a=a, i=first, rise=rise, share=share: share * (i + rise * (t - a))
            )
        wanted = (times >= a) & ((times < b) | (b == end))
        grid = np.union1d(np.linspace(a, b, 2 + int((b - a) / NEAR)), times[wanted])

        def integrate(y, t, f=f):
            ys, report = odeint(
                f, y, t, tfirst=True, rtol=rtol, atol=rtol, mxstep=10**6, h0=1e-6,
                ml=band, mu=band, full_output=True,
            )  # fmt: skip
            assert report["message"] == "Integration successful.", report["message"]
            return ys

        ys = integrate(y, grid)
        potential = ys[:, :: equations.width]
        at = np.searchsorted(grid, times[wanted])
        v[:, wanted] = potential[at].T
        if wanted.any():
            rises = [np.asarray(f(grid[k], ys[k]))[:: equations.width] for k in at]
            slope[:, wanted] = np.transpose(rises)
        step, place = np.nonzero((potential[:-1] < threshold) & (potential[1:] >= threshold))
        for k, j in zip(step, place, strict=True):
            t = np.linspace(grid[k], grid[k + 1], 17)
            close = integrate(ys[k], t)
            values = close[:, j * equations.width] - threshold
            i = np.append(np.flatnonzero(values[1:] >= 0), 15)[0]
            ends = [
                np.asarray(f(*z))[j * equations.width]
                for z in zip(t[i:], close[i : i + 2], strict=False)
            ]
            upstrokes[j].append(_rise(t[i], t[i + 1], values[i : i + 2], ends))
        y = ys[-1]
    return v, slope, [np.array(u) for u in upstrokes]


def _rise(a, b, values, slopes):
    """Return where Hermite's cubic between two times is 0."""
    h = b - a
    low, high = 0.0, 1.0
    for _ in range(50):
        x = 0.5 * (low + high)
        cubic = (1 - x) ** 2 * ((1 + 2 * x) * values[0] + x * h * slopes[0])
        cubic += x**2 * ((3 - 2 * x) * values[1] - (1 - x) * h * slopes[1])
        low, high = (low, x) if cubic >= 0 else (x, high)
    return a + 0.5 * (low + high) * h


def settle(cell, stimulus, times, *, v0, within, threshold=0.0, coarsest=1e-7):
    """Return what `solve` gives, refined until two solutions agree, and how far they are apart.

    Parameters
    ----------
    within : float
        By how much (ms) the upstrokes of the two may differ.

    Returns
    -------
    solution : tuple
        As from `solve`, of the finer one.
    apart : float
        The largest difference of an upstroke (ms); infinite if they never had as many.
    """
    before, apart = None, math.inf
    rtol = coarsest
    while True:
        now = solve(cell, stimulus, times, v0=v0, threshold=threshold, rtol=rtol)
        if before is not None:
            apart = difference(before[2], now[2])
            if apart <= within:
                return now, apart
        if rtol < 1e-12:
            return now, apart
        before, rtol = now, rtol / 30


def difference(some, others):
    """Return how far upstrokes lie apart at most (ms); infinite if their numbers differ."""
    if [len(x) for x in some] != [len(x) for x in others]:
        return math.inf
    return max(
        (float(np.abs(x - y).max()) for x, y in zip(some, others, strict=True) if len(x)),
        default=0.0,
    )
