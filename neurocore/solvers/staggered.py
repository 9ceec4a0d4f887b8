"""Many compartments at once, as arrays: cables, and many traces of a patch or a cable.

Gates and potential leap over each other. With V held at its value at step n, each gate relaxes
exactly from half a step before to half a step after; with these gates held, V takes one
Crank–Nicolson step from n to n + 1 (Hines 1984, Int J Biomed Comput 15:69–76). The scheme is
symmetric in time, so its error is a series in dt², and runs with dt and dt/2 together cancel the
leading term (Richardson): fourth order for three times the work.

Calcium goes with the gates. While V is held, it relaxes towards where the calcium current of that V
leads, with gates halfway between before and after; and gates that depend on it are held against its
own mean of before and after.

All compartments of all traces stand side by side, with no coupling between the traces, so that a
patch with many currents, a cable or a tree, and many of either are one and the same loop.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurocore._formula import MOST_CALCIUM
from neurocore.channels import ConstantField, Gate
from neurocore.membrane import Membrane, distinct
from neurocore.sheath import Space

from . import calcium_left_range, left_range
from .elimination import Coupling
from .observer import Observer
from .relaxation import propagator, relaxation
from .tables import HIGH, LOW, Lookup, current_curve, drive_table, gate_table, scheme_table

CHUNK = 128  # steps between two looks at what happened
DAMPED = 2  # steps after each edge of a stimulus that smooth out its jump along a cable


class _Group:
    """The compartments whose membranes have gates of the same names and powers.

    Their formulas may differ, by a shift or a temperature, and so may conductances and reversals.
    """

    def __init__(self, index, membranes, area):
        self.index = _as_slice(index)
        self.kinds, self.kind = distinct(membranes)
        self.size = len(membranes)
        self.lookup = Lookup(self.size, self.kind)
        self._set_up_gates()
        self._set_up_channels(area)

    def _set_up_gates(self):
        n, gates = self.size, self.kinds[0].gates
        names = tuple(g.name for g in _relaxing(self.kinds[0]))
        self.gates = np.empty((len(names), n))
        self.rows = np.empty((4 * len(names), n))  # what is read from the table
        self.offsets, self.factors = self.rows[: len(names)], self.rows[len(names) : 2 * len(names)]
        self.states = dict(zip(names, self.gates, strict=True))
        self.blocks = [(names, self.gates)]  # all variables, in the arrays that hold them
        self.schemes = []  # which gate, its states, what is read from its table
        self.opened = {}  # by gate's name: the open fraction, and the several states it sums
        for k, gate in enumerate(gates):
            if not isinstance(gate, Gate):
                count = len(gate.states)
                x = np.empty((count, n))
                self.schemes.append((k, x, np.empty((2 * count * count, n))))
                self.states |= dict(zip(gate.states, x, strict=True))
                self.blocks.append((gate.states, x))
                if len(gate.opening) > 1:
                    rows = [gate.states.index(name) for name in gate.opening]
                    self.opened[gate.name] = np.empty(n), [x[row] for row in rows]
        self.calcium: NDArray[np.float64] | None = None
        if self.kinds[0].calcium:
            self._set_up_calcium()

    def _set_up_calcium(self):
        first = self.kinds[0]
        assert first.calcium
        self.calcium = self.states["ca"] = np.empty(self.size)
        self.blocks.append((("ca",), self.calcium[None]))
        self.by_calcium = [
            k for k, g in enumerate(first.gates) if g.needs_calcium and not g.instantaneous
        ]
        for k in self.by_calcium:
            name = first.gates[k].name
            self.states[name] = np.empty(self.size)
            self.blocks.append(((name,), self.states[name][None]))
        carriers = [first[name] for name in first.calcium.channels]
        # where calcium moves the gates that let it in, where they come to is found in two rounds
        self.rounds = 1 + any(gate.needs_calcium for c in carriers for gate in c.gates)

    def _set_up_channels(self, area):
        n, channels = self.size, self.kinds[0].channels
        gated = [k for k, c in enumerate(channels) if c.gates or _is_curved(c)]
        self.open = np.empty((len(gated), n))
        self.conductance, self.reversal = np.empty((2, len(gated), n))
        self.products = []  # where the open fraction goes, and its factors
        self.fields = []  # rows of curved channels, which they are, what is read for them
        self.constant = np.zeros((2, n))  # Σ G and Σ G·E of the channels that are always open
        for k, channel in enumerate(channels):
            same = [m.channels[k] for m in self.kinds]
            field = _is_curved(channel)
            g = np.array([c.conductance for c in same])[self.kind] * area
            e = np.zeros(n) if field else np.array([c.reversal for c in same])[self.kind]
            if not channel.gates and not field:
                self.constant += np.array([g, g * e])
                continue
            row = gated.index(k)
            moving = [gate for gate in channel.gates if not gate.instantaneous]
            factors = [self._opens(gate) for gate in moving for _ in range(gate.power)]
            self.products.append((self.open[row], factors))
            self.conductance[row], self.reversal[row] = g, e
            if field:
                by_calcium = any(g.needs_calcium for g in channel.gates if g.instantaneous)
                self.fields.append((row, k, None if by_calcium else np.empty((4, n))))
        # one conductance and reversal for all: both sums over the channels are one small product
        g, e = self.conductance, self.reversal
        self.uniform = not self.fields and np.all(g == g[:, :1]) and np.all(e == e[:, :1])
        self.weights = np.array([g[:, 0], g[:, 0] * e[:, 0]])
        self.sums = np.empty((2, n))
        self.predicted, self.before = Lookup(n, self.kind), None

    def _opens(self, gate):
        """Return the array that holds how open the gate is."""
        return self.opened[gate.name][0] if gate.name in self.opened else self.states[gate.name]

    def start(self, v):
        """Set all gates to rest at `v`."""
        for where, membrane in self._each():
            steady = membrane.steady_state(v[self.index][where])
            for name in membrane.states:
                self.states[name][where] = steady[name]

    def _each(self):
        for k, membrane in enumerate(self.kinds):
            yield (slice(None) if len(self.kinds) == 1 else self.kind == k), membrane

    def relax_exactly(self, v, dt):
        """Advance the gates by any `dt`, with the potential held at v, without a table."""
        v = v[self.index]
        before = self._calcium_current(v)
        for where, membrane in self._each():
            here = v[where]
            for gate in membrane.gates:
                if gate.instantaneous or gate.needs_calcium:
                    continue
                if isinstance(gate, Gate):
                    steady, keep = relaxation(gate, here, membrane.celsius, dt)
                    x = self.states[gate.name]
                    x[where] = steady * (1 - keep) + x[where] * keep
                else:
                    x = np.array([self.states[name][where] for name in gate.states])
                    x = np.einsum("nij,jn->in", propagator(gate, here, membrane.celsius, dt), x)
                    for name, values in zip(gate.states, x, strict=True):
                        self.states[name][where] = values
        self._relax_calcium(v, dt, before)

    def _calcium_current(self, v):
        """Return what lets calcium in at the potentials v, with the gates as they are (µA/cm²)."""
        if self.calcium is None:
            return None
        total = np.zeros(self.size)
        for where, membrane in self._each():
            gates = {name: self.states[name][where] for name in membrane.states}
            for name in membrane.calcium.channels:
                total[where] += membrane[name].current(v[where], gates, membrane.celsius)
        return total

    def _relax_calcium(self, v, dt, before):
        """Advance calcium and the gates that depend on it, once all others have moved.

        `before` is the calcium current from before that.
        """
        if self.calcium is None:
            return
        was = {name: x.copy() for name, x in self.states.items()}
        for _ in range(self.rounds):
            current = 0.5 * (before + self._calcium_current(v))
            for where, membrane in self._each():
                shell, start = membrane.calcium, was["ca"][where]
                steady = shell.steady(current[where])
                ca = steady + (start - steady) * np.exp(-dt / shell.tau)
                if not (ca.min() > 0 and ca.max() < MOST_CALCIUM):
                    raise calcium_left_range(ca.min() if ca.min() <= 0 else ca.max())
                self.calcium[where] = ca
                for k in self.by_calcium:
                    gate = membrane.gates[k]
                    mean = 0.5 * (start + ca)
                    steady, keep = relaxation(gate, v[where], membrane.celsius, dt, mean)
                    x = was[gate.name][where]
                    self.states[gate.name][where] = steady + (x - steady) * keep

    def tabulate(self, dt):
        """Fetch the tables for steps of `dt`, of the different membranes one after another."""
        self.dt = dt
        pairs = [(m, _relaxing(m)) for m in self.kinds]
        self.table = np.concatenate([gate_table(g, m.celsius, dt) for m, g in pairs], axis=1)
        self.scheme_tables = [
            np.concatenate([scheme_table(m.gates[k], m.celsius, dt) for m in self.kinds], axis=1)
            for k, _, _ in self.schemes
        ]
        self.field_tables = [
            None
            if rows is None
            else np.concatenate([drive_table(m.channels[k], m.celsius) for m in self.kinds], axis=1)
            for _, k, rows in self.fields
        ]

    def relax(self, v):
        """Advance the gates by the tables' step, with the potential held at v."""
        before = self._calcium_current(v)
        self.lookup.place(v)
        if len(self.gates):
            self.lookup.read(self.table, self.rows)
            self.gates *= self.factors
            self.gates += self.offsets
        for (_, x, rows), table in zip(self.schemes, self.scheme_tables, strict=True):
            p = self.lookup.read(table, rows).reshape(len(x), len(x), -1)
            x[:] = np.einsum("ijn,jn->in", p, x)
        self._relax_calcium(v, self.dt, before)

    def conductances(self, v):
        """Return ΣG and ΣG·E of the gated channels, shape (2, n)."""
        for fraction, states in self.opened.values():
            np.sum(states, axis=0, out=fraction)
        for out, factors in self.products:
            if len(factors) < 2:
                out[:] = factors[0] if factors else 1.0
            else:
                np.multiply(factors[0], factors[1], out=out)
            for factor in factors[2:]:
                out *= factor
        if self.uniform:
            return np.dot(self.weights, self.open, out=self.sums)
        self.open *= self.conductance
        if self.fields:
            return self._with_fields(v)
        np.sum(self.open, axis=0, out=self.sums[0])
        np.einsum("cn,cn->n", self.open, self.reversal, out=self.sums[1])
        return self.sums

    def _with_fields(self, v):
        # the current is a curve in V: take its tangent at where V will be in half a step
        middle = v if self.before is None else 1.5 * v - 0.5 * self.before
        self.before = v.copy()
        return self.tangents(middle)

    def tangents(self, middle):
        """Return the sums of `conductances`, tangents of curved currents taken at `middle`."""
        if not self.fields:
            return self.sums
        self.predicted.place(middle)
        slopes, offsets = np.ones_like(self.open), self.reversal.copy()
        for (row, k, rows), table in zip(self.fields, self.field_tables, strict=True):
            if rows is None or table is None:
                slopes[row], offsets[row] = self._tangent(k, middle)
            else:
                slopes[row], offsets[row] = self.predicted.read(table, rows)
        np.einsum("cn,cn->n", self.open, slopes, out=self.sums[0])
        np.einsum("cn,cn->n", self.open, offsets, out=self.sums[1])
        return self.sums

    def _tangent(self, k, v):
        """Return slope and offset of a current whose gates follow calcium at once."""
        slope, offset = np.empty((2, self.size))
        assert self.calcium is not None
        for where, membrane in self._each():
            u, ca = v[where], self.calcium[where]
            at, above, below = (
                current_curve(membrane.channels[k], x, membrane.celsius, ca)
                for x in (u, u + 1e-3, u - 1e-3)
            )
            slope[where] = (above - below) / 2e-3
            offset[where] = slope[where] * u - at
        return slope, offset


def _as_slice(index):
    """Return an index array as a slice where it is one: views cost nothing."""
    if index.size == 1:
        return slice(index[0], index[0] + 1)
    steps = np.diff(index)
    if np.all(steps == steps[0]):
        return slice(index[0], index[-1] + 1, steps[0])
    return index


class Opened:
    """A synapse between two of its openings: where it is, and what it does to the currents there.

    Parameters
    ----------
    synapse : neurocore.synapses.Synapse
        What has been opened.
    start : float
        Since when (ms).
    cell : Compartments
        Where it is.
    micro : float
        The synapse's unit, in that of the chain's conductances.
    """

    def __init__(self, synapse, start, cell, micro):
        traces, n = cell.shape
        self.columns = np.arange(traces) * n + synapse.at % cell.membranes
        self.terms = [micro * np.broadcast_to(x, traces) for x in synapse.terms(start)]
        self.decay, self.rise = synapse.decay, synapse.rise or 1.0
        self.reversal = synapse.reversal

    def add_to(self, both, since):
        """Add G and G·E, `since` ms after the start."""
        a, c, b = self.terms
        g = (a + c * since) * math.exp(-since / self.decay) - b * math.exp(-since / self.rise)
        both[0, self.columns] += g
        both[1, self.columns] += g * self.reversal


class Compartments:
    """Compartments and their links: what does not change while time passes.

    Parameters
    ----------
    membranes : sequence of Membrane, length n
        Of the compartments of one cell.
    area : array, shape (n,)
        Membrane of each (cm²), or 1 for a patch, whose currents are densities.
    links : array of int, shape (links, 2)
        Which of them axoplasm joins.
    axial : array, shape (links,)
        The conductance of each link (mS).
    traces : int
        How many copies stand side by side.
    space : Space, optional
        What stands under a sheath. The potentials there are further unknowns, of each trace behind
        those across the membranes; links and axial then are the space's.
    """

    def __init__(
        self,
        membranes: Sequence[Membrane],
        area: NDArray[np.float64],
        links: NDArray[np.integer] | None,
        axial: NDArray[np.float64] | None,
        traces: int,
        space: Space | None = None,
    ) -> None:
        self.membranes, self.space = len(membranes), space
        capacity, outward = area * [m.capacitance for m in membranes], None
        if space is not None:
            links, axial, outward = space.network()
            capacity = np.append(capacity, space.capacity)
        n = capacity.size
        self.shape = (traces, n)
        self.size = traces * n
        self.capacity = np.tile(capacity, traces)
        self.coupling = None
        if links is not None and axial is not None and n > 1:
            self.coupling = Coupling(n, links, axial, traces)
        self.constant = np.zeros((2, self.size))
        if outward is not None:
            self.constant[0] = np.tile(outward, traces)
        self.groups = []
        places = np.arange(self.size).reshape(self.shape)[:, : self.membranes].ravel()
        area = np.tile(area, traces)
        everyone = [m for _ in range(traces) for m in membranes]
        kinds, kind = distinct(everyone)
        # so steep is the current through gates that follow V at once that its tangent is taken
        # anew at where V turns out to be in half a step
        self.steep = any(gate.instantaneous for m in kinds for gate in m.gates)
        signatures = [_signature(m) for m in kinds]
        members = {}
        for k, which in enumerate(kind):
            members.setdefault(signatures[which], []).append(k)
        for where in members.values():
            group = _Group(places[where], [everyone[k] for k in where], area[where])
            self.constant[:, group.index] += group.constant
            if group.products or group.calcium is not None:
                self.groups.append(group)

    def unknowns(self, v: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return all unknowns, shape (size,), where the membranes stand at `v`, (traces, n)."""
        return v.ravel() if self.space is None else np.hstack([v, self.space.settled(v)]).ravel()

    def inside(self, compartment: int) -> list[int]:
        """Return which unknowns of a trace make up the potential inside a compartment."""
        at = int(compartment) % self.membranes
        under = [] if self.space is None else np.flatnonzero(self.space.covered == at)
        return [at, *(self.membranes + int(k) for k in under)]

    def start(self, v: NDArray[np.float64]) -> None:
        """Set all gates to rest at the potentials `v`."""
        for group in self.groups:
            group.start(v)
            group.before = None

    def change(self, v: NDArray[np.float64], changes: Mapping[str, ArrayLike]) -> None:
        """Set the potential or gates in all compartments that have them."""
        for name, given in changes.items():
            value = np.full(self.shape, np.nan)
            value[:, : self.membranes] = given
            value = value.ravel()
            if name == "v":
                np.copyto(v, value, where=~np.isnan(value))
            for group in self.groups:
                if name in group.states:
                    own = value[group.index]
                    np.copyto(group.states[name], own, where=~np.isnan(own))

    def stretch(
        self,
        v: NDArray[np.float64],
        steps: int,
        dt: float,
        current: NDArray[np.float64] | None,
        slope: NDArray[np.float64] | None,
        observer: Observer,
        synapses: Sequence[Opened] = (),
    ) -> None:
        """Advance by `steps` of `dt`.

        Parameters
        ----------
        v : array, shape (size,)
            Unknown potentials (mV), changed in place.
        current, slope : array, shape (size,), or None for none
            Injected at the start (µA, or µA/cm² on a patch), and its rate of change (per ms).
        observer : Observer
            Told after each chunk of steps what happened, and asked whether to go on.
        synapses : sequence of Opened
            The conductances that change while it lasts.
        """
        twice = 2 * self.capacity / dt
        base = self.constant + np.array([twice, 0 * twice])
        if self.coupling:
            base[0] += self.coupling.load
        if current is not None:
            base[1] += current
        if slope is not None:
            slope = dt * slope
            base[1] += 0.5 * slope
        observer.begin(self.groups)
        for group in self.groups:
            group.relax_exactly(v, 0.5 * dt)
            group.tabulate(dt)
        index = self.groups[0].index if len(self.groups) == 1 else None
        whole = isinstance(index, slice) and index == slice(0, self.size, 1)
        both, middle = np.empty((2, self.size)), np.empty(self.size)
        history = np.empty((min(CHUNK, steps), self.size))
        for done in range(0, steps, CHUNK):
            count = min(CHUNK, steps - done)
            for k in range(count):
                if k or done:
                    for group in self.groups:
                        group.relax(v[group.index])
                history[k] = v
                if observer.gates:
                    observer.gate(done + k, self.groups)
                if whole:
                    np.add(base, self.groups[0].conductances(v), out=both)
                else:
                    both[:] = base
                    for group in self.groups:
                        both[:, group.index] += group.conductances(v[group.index])
                if slope is not None:
                    both[1] += (done + k) * slope
                for synapse in synapses:
                    synapse.add_to(both, (done + k + 0.5) * dt)
                if self.coupling and done + k < DAMPED:
                    v[:] = self._damped(v, both, twice)
                    continue
                middle = self._in_half_a_step(v, both, twice, middle)
                if self.steep:
                    both[:] = base
                    for group in self.groups:
                        both[:, group.index] += group.tangents(middle[group.index])
                    if slope is not None:
                        both[1] += (done + k) * slope
                    for synapse in synapses:
                        synapse.add_to(both, (done + k + 0.5) * dt)
                    middle = self._in_half_a_step(v, both, twice, middle)
                middle += middle
                np.subtract(middle, v, out=v)
            low, high = min(history[:count].min(), v.min()), max(history[:count].max(), v.max())
            if not (low > LOW and high < HIGH):
                raise left_range(observer.t + count * dt, high if high > -low else low, LOW, HIGH)
            if not observer(history[:count], dt):
                break
        for group in self.groups:
            group.relax_exactly(v, 0.5 * dt)

    def _in_half_a_step(self, v, both, twice, out):
        """Return the potential there: implicit Euler, half of Crank and Nicolson's step."""
        np.multiply(twice, v, out=out)
        out += both[1]
        if self.coupling:
            return self.coupling.solve(both[0], out)
        out /= both[0]
        return out

    def _damped(self, v, both, twice):
        """Return the potential a step later, without the ringing a jump of current would cause.

        Two implicit Euler steps of half the size, and one of the whole to extrapolate with: of
        second order like Crank and Nicolson's step, but the fastest differences between
        neighbours die in it rather than change their sign.
        """
        solve = self.coupling.solve  # type: ignore[union-attr]  # only cables are damped
        half = v
        for _ in range(2):
            half = solve(both[0].copy(), twice * half + both[1])
        whole = solve(both[0] - 0.5 * twice, 0.5 * twice * v + both[1])
        return 2 * half - whole


def _relaxing(membrane):
    """Return the gates that take time, and depend on the potential alone."""
    return tuple(
        gate
        for gate in membrane.gates
        if isinstance(gate, Gate) and not (gate.instantaneous or gate.needs_calcium)
    )


def _is_curved(channel):
    """Return whether the current is a curve in V, even while all that takes time stands still."""
    field = isinstance(channel.reversal, ConstantField)
    return field or any(gate.instantaneous for gate in channel.gates)


def _signature(membrane):
    """Return what compartments must share to be stepped together."""
    shell = membrane.calcium
    return shell and shell.channels, tuple(
        (
            _is_curved(c),
            c.name if shell else None,
            tuple(
                (type(g), g.states, g.name, g.opening, g.power, g.needs_calcium) for g in c.gates
            ),
        )
        for c in membrane.channels
    )
