"""One patch, one trace: Dormand and Prince's adaptive 5(4) pair in plain floats.

An array operation costs about a microsecond however few its elements, a Python float a fortieth of
that. So the right-hand side of a single patch is written out around the integrator's loop; the text
is compiled once for each kind of membrane and kept.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurocore._formula import MOST_CALCIUM
from neurocore._search import bisect
from neurocore.membrane import Membrane

from . import calcium_left_range, left_range
from .right_hand_side import FUNCTIONS, kind_of, numbers_of, right_hand_side

# Dormand and Prince 1980, J Comput Appl Math 6:19–26: when each stage is, and from what
STAGES = {
    2: (1 / 5, {1: 1 / 5}),
    3: (3 / 10, {1: 3 / 40, 2: 9 / 40}),
    4: (4 / 5, {1: 44 / 45, 2: -56 / 15, 3: 32 / 9}),
    5: (8 / 9, {1: 19372 / 6561, 2: -25360 / 2187, 3: 64448 / 6561, 4: -212 / 729}),
    6: (1.0, {1: 9017 / 3168, 2: -355 / 33, 3: 46732 / 5247, 4: 49 / 176, 5: -5103 / 18656}),
    7: (1.0, {1: 35 / 384, 3: 500 / 1113, 4: 125 / 192, 5: -2187 / 6784, 6: 11 / 84}),
}
ERROR = {
    1: 71 / 57600,
    3: -71 / 16695,
    4: 71 / 1920,
    5: -17253 / 339200,
    6: 22 / 525,
    7: -1 / 40,
}
# Hairer, Nørsett and Wanner 1993, Solving Ordinary Differential Equations I, II.6: between steps
DENSE = {
    1: -12715105075 / 11282082432,
    3: 87487479700 / 32700410799,
    4: -10690763975 / 1880347072,
    5: 701980252875 / 199316789632,
    6: -1453857185 / 822651844,
    7: 69997945 / 29380423,
}

SYNAPSE = ("a", "c", "b", "decay", "rise", "e")  # the numbers of each, in the text
RESTING_CALCIUM = 1e-4  # mM: what is small beside it does not count
LOWEST, HIGHEST = -400.0, 400.0  # mV: beyond them no membrane holds and no rate is known


def _source(kind, clamped, moving, synapses):
    """Return the integrator's text for one kind of membrane and a number of synapses.

    `moving` if the current rises.
    """
    lines, numbers, count = right_hand_side(kind, clamped)
    opened = [f"{letter}_syn{k}" for k in range(synapses) for letter in SYNAPSE]
    y, u = ([f"{letter}{j}" for j in range(count)] for letter in "yu")
    k = {s: [f"k{s}_{j}" for j in range(count)] for s in range(1, 8)}

    def tuple_of(names):
        return ", ".join(names) + ","

    def combine(weights, j):
        return " + ".join(f"{w!r} * {k[s][j]}" for s, w in weights.items())

    body = []

    def stage(s, when):
        if moving:
            body.append(f"i = i0 + slope * {when}")
        if synapses:
            body.extend([f"s = {when}", *([] if moving else ["i = i0"])])
        for k in range(synapses):
            a, c, b, decay, rise, e = opened[k * len(SYNAPSE) : (k + 1) * len(SYNAPSE)]
            g = f"({a} + {c} * s) * exp(-s * {decay}) - {b} * exp(-s * {rise})"
            body.append(f"i -= ({g}) * (u0 - {e})")
        body.extend(line.replace("@", f"k{s}_") for line in lines)

    body += [f"{tuple_of(u)} = {tuple_of(y)}"]
    stage(1, "0.0")
    first, body = body, []
    for s, (when, weights) in STAGES.items():
        body += [f"{u[j]} = {y[j]} + h * ({combine(weights, j)})" for j in range(count)]
        stage(s, f"(t - start + {when!r} * h)" if s < 7 else "(t - start + h)")
    body.append(f"x = 0.01 * ({combine(ERROR, 0)})")  # 100 mV weigh as much as a whole gate
    body.append("e = x * x")
    calcium = count - 1 if kind[0] else None
    for j in range(1, count):
        body += [f"x = {combine(ERROR, j)}", "e += x * x"]
        if j == calcium:  # its own concentration weighs as much as a whole gate
            body[-2] = f"x = ({combine(ERROR, j)}) / ({RESTING_CALCIUM!r} + abs({y[j]}))"
    check = ""
    if calcium:
        check = f"""
            if not 0 < {u[calcium]} < {MOST_CALCIUM!r}:
                raise calcium_left_range({u[calcium]}, t + h)"""
    unpacked = f"{tuple_of(opened)} = synapses" if synapses else "pass"
    stored = [name for s in k if s != 2 for name in k[s]]
    return f"""
def advance(start, stop, h, state, i0, slope, rate, threshold, tolerance, numbers, steps, synapses):
    {tuple_of(y)} = state
    {tuple_of(numbers)} = numbers
    {unpacked}
    limit = ({math.sqrt(count)!r} * tolerance) ** 2
    t, i, before, spiked = start, i0, 1.0, False
    {_indent(first, 4)}
    while t < stop:
        if t + h * 1.000001 >= stop:
            h = stop - t
        try:
            {_indent(body, 12)}
            e = e * h * h / limit
        except ArithmeticError:  # a trial step ran away
            e = 1e6
        if e <= 1.0:
            if not LOWEST < u0 < HIGHEST:
                raise left_range(t + h, u0, LOWEST, HIGHEST){check}
            steps.extend((t, h, {tuple_of(y + stored)}))
            t = t + h if t + h < stop else stop
            spiked = y0 < threshold <= u0
            {tuple_of(y)} = {tuple_of(u)}
            {tuple_of(k[1])} = {tuple_of(k[7])}
            if spiked:
                break
            # a step's error and its predecessor's: fewer refusals than with the one alone
            h *= min(3.5, 0.9 * e**-0.07 * before**0.04) if e > 1e-9 else 3.5
            before = max(e, 1e-6)
        else:
            h *= max(0.2, 0.9 * e**-0.1) if e < inf else 0.1
            if h < 1e-9:
                raise left_range(t, y0, LOWEST, HIGHEST)
    # whether the run ended with a rise that the channels drove, rather than the current i
    return t, h, [{tuple_of(y)}], spiked, spiked and k1_0 > per_c * i
"""


def _indent(lines, width):
    return ("\n" + " " * width).join(lines)


@lru_cache(maxsize=128)
def _compiled(kind, clamped, moving, synapses):
    names = FUNCTIONS | {"inf": math.inf, "left_range": left_range}
    names["calcium_left_range"] = calcium_left_range
    names |= {"LOWEST": LOWEST, "HIGHEST": HIGHEST}
    exec(compile(_source(kind, clamped, moving, synapses), "<one patch>", "exec"), names)
    return names["advance"]


def run(
    membrane: Membrane,
    state: Sequence[float],
    stretches: Sequence[tuple[float, float, float, float, dict[int, float], list[Any]]],
    command: bool,
    tolerance: float,
    threshold: float | None,
) -> Steps:
    """Step one patch through the stretches.

    Parameters
    ----------
    membrane : Membrane
        The patch's.
    state : list of float
        V (mV), then the gating variables, and calcium (mM) if there is any.
    stretches : list of (start, stop, first, last, changes, synapses)
        Times (ms); current density (µA/cm²) or, with `command`, potential (mV) at both ends; what
        is set at the start, from place in the state to value; and for each synapse a, c, b of its
        `terms`, one over its decay and its rise (1/ms), and its reversal (mV).
    command : bool
        Whether V is commanded.
    tolerance : float
        Error allowed in a step, in gates and in V / 100 mV.
    threshold : float or None
        The run ends at the first rise through it (mV), if it is given.

    Returns
    -------
    Steps
        The solution, to be evaluated at any time.
    """
    kind = kind_of(membrane)
    numbers = numbers_of(membrane)
    threshold = math.inf if threshold is None else threshold
    h, steps, state = 0.02, [], list(state)
    for start, stop, first, last, changes, synapses in stretches:
        for place, value in changes.items():
            state[place] = value
        if command:
            state[0] = first
        slope = (last - first) / (stop - start)
        advance = _compiled(kind, command, slope != 0 and not command, len(synapses))
        t, h, state, spiked, driven = advance(
            start, stop, min(h, 0.1), state, first, slope, slope, threshold, tolerance,
            numbers, steps, [x for s in synapses for x in s],
        )  # fmt: skip
        if spiked:
            break
    # t, h, the state and six stages of each step in one flat list: no objects to keep track of
    return Steps(np.array(steps).reshape(-1, 2 + 7 * len(state)), len(state), t, driven)


class Steps:
    """The solution between the steps: Dormand and Prince's own polynomial of fourth order."""

    def __init__(self, steps: NDArray[np.float64], count: int, end: float, driven: bool) -> None:
        self.t, self.h = steps[:, 0], steps[:, 1]
        self.y = steps[:, 2 : 2 + count].T  # (states, steps)
        self.stages = steps[:, 2 + count :].T
        self.end, self.driven = end, driven

    @cached_property
    def coefficients(self) -> tuple[NDArray[np.float64], ...]:
        """Of y(x) = y + x (rise + (1 − x) (bend + x (sway + (1 − x) rest))), x from 0 to 1."""
        h = self.h
        k = dict(zip((1, 3, 4, 5, 6, 7), np.split(self.stages, 6), strict=True))
        rise = h * sum(w * k[s] for s, w in STAGES[7][1].items())
        bend = h * k[1] - rise
        sway = rise - h * k[7] - bend
        return rise, bend, sway, h * sum(w * k[s] for s, w in DENSE.items())

    def __call__(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the state at the times `t` (ms), shape (states, times)."""
        at = np.clip(np.searchsorted(self.t, t, side="right") - 1, 0, None)
        x = (t - self.t[at]) / self.h[at]
        return _polynomial(x, self.y[:, at], *(c[:, at] for c in self.coefficients))

    def upstrokes(self, threshold: float) -> NDArray[np.float64]:
        """Return when V rises through the threshold (mV), in ms."""
        before = self.y[0]
        after = before + self.coefficients[0][0]
        at = np.flatnonzero((before < threshold) & (after >= threshold))
        share = np.empty(at.size)
        for k, step in enumerate(at):
            parts = [float(c[0, step]) for c in (self.y, *self.coefficients)]

            def risen(x, parts=parts):
                return _polynomial(x, *parts) >= threshold

            share[k] = bisect(risen, 0.0, 1.0, 1e-12)
        return self.t[at] + share * self.h[at]


def _polynomial(x, y, rise, bend, sway, rest):
    return y + x * (rise + (1 - x) * (bend + x * (sway + (1 - x) * rest)))
