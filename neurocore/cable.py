"""Where membranes sit: a patch, or compartments in a row or a tree, with their geometry."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from ._arguments import a_function, instance, number, numbers, plain, same_grid, several, whole
from .membrane import Membrane, modify


@dataclass(frozen=True)
class Patch:
    """One isopotential piece of membrane; currents are densities (µA/cm²)."""

    membrane: Membrane

    def __post_init__(self):
        instance("membrane", self.membrane, Membrane, "a Membrane")

    def modify(self, channel, change, *args, where=None, **kwargs):
        """Return the patch with a channel changed; see `neurocore.modify`."""
        if where is not None:
            raise ValueError("a patch has no compartments to choose from: leave `where` out")
        return replace(self, membrane=modify(self.membrane, channel, change, *args, **kwargs))

    def at_temperature(self, celsius):
        """Return the same patch at another temperature (°C)."""
        return replace(self, membrane=replace(self.membrane, celsius=celsius))


@dataclass(frozen=True, eq=False)
class Cable:
    """Compartments one after another, or branching like a tree, with sealed ends.

    Parameters
    ----------
    membranes : tuple of Membrane, length n
        One for each compartment.
    length, diameter : array, shape (n,)
        Of the compartments, cylinders (µm).
    axial_resistivity : float
        Of the axoplasm (Ω·cm).
    regions : dict of str to array of int
        Names for compartments, such as ``"node"``.
    parents : array of int, shape (n,), optional
        The compartment that each grows from, which stands before it; −1 for the first. If left out,
        each grows from the one before, and nothing branches.
    joints : array, shape (n,), optional
        Where on its parent each begins: 1 at the far end, which it is if left out, or 0.5 in the
        middle.
    """

    membranes: tuple[Membrane, ...]
    length: np.ndarray
    diameter: np.ndarray
    axial_resistivity: float
    regions: dict = field(default_factory=dict)
    parents: np.ndarray | None = None
    joints: np.ndarray | None = None

    def __post_init__(self):
        membranes = several("membranes", self.membranes, Membrane, "Membrane")
        object.__setattr__(self, "membranes", membranes)
        n = len(membranes)
        if n == 0:
            raise ValueError("membranes must hold one for each compartment, got none")
        for name in ("length", "diameter"):
            values = numbers(name, getattr(self, name))
            if values.ndim == 0:
                values = np.full(n, values)
            if values.shape != (n,):
                raise ValueError(f"{name} must have one value for each of the {n} compartments")
            object.__setattr__(self, name, numbers(name, values, above=0))
        number("axial_resistivity", self.axial_resistivity, above=0)
        instance("regions", self.regions, dict, "a dict of compartments")
        for name, places in self.regions.items():
            if np.size(places):
                compartments_of(self, places, f"regions[{name!r}]")
        self._set_up_tree(n)

    def _set_up_tree(self, n):
        parents = np.arange(-1, n - 1) if self.parents is None else even(self.parents)
        if parents.shape != (n,) or parents.dtype.kind not in "iu":
            raise ValueError(
                f"parents must be one compartment for each of the {n}, got {self.parents!r}"
            )
        if parents[0] != -1:
            raise ValueError(f"parents must begin with −1, for the first, got {parents[0]}")
        wrong = 1 + np.flatnonzero((parents[1:] < 0) | (parents[1:] >= np.arange(1, n)))
        if wrong.size:
            raise ValueError(
                "parents must stand before the compartments that grow from them, which makes one "
                f"root and no loop, but compartment {wrong[0]} grows from {parents[wrong[0]]}"
            )
        joints = np.ones(n) if self.joints is None else numbers("joints", self.joints)
        if joints.shape != (n,) or not np.all((joints == 1) | (joints == 0.5)):
            raise ValueError(
                f"joints must be 1 (far end) or 0.5 (middle) for each of the {n} compartments, "
                f"got {self.joints}"
            )
        object.__setattr__(self, "parents", parents)
        object.__setattr__(self, "joints", joints)

    def __len__(self):
        return len(self.membranes)

    @property
    def area(self):
        """Each compartment's membrane (cm²), shape (n,)."""
        return np.pi * self.diameter * self.length * 1e-8

    @property
    def branches(self):
        """Whether the cell is more than compartments end to end."""
        in_a_row = np.array_equal(self.parents, np.arange(-1, len(self) - 1))
        return not in_a_row or bool(np.any(self.joints != 1))

    @property
    def position(self):
        """The compartments' centres, along the cell from its first end (µm), shape (n,)."""
        if not self.branches:
            return np.cumsum(self.length) - self.length / 2
        end = np.zeros(len(self) + 1)  # the last belongs to the root's parent, −1
        for k, (parent, joint) in enumerate(zip(self.parents, self.joints, strict=True)):
            end[k] = end[parent] + self.length[k]
            if parent >= 0:
                end[k] -= (1 - joint) * self.length[parent]
        return end[:-1] - self.length / 2

    @property
    def links(self):
        """Which compartments exchange current, shape (links, 2); n − 1 of them in a row."""
        return self._network[0]

    @property
    def axial_conductance(self):
        """Between the centres of each link's compartments (mS), shape (links,)."""
        return self._network[1]

    @cached_property
    def _network(self):
        """Links and their conductances.

        Where several ends meet, the point between them holds no charge. It is eliminated by the
        star–mesh transform: each two of its arms are linked by the product of their conductances
        over the sum of all (Rosen 1924, J Inst Electr Eng 62:916–918).
        """
        half = self.axial_resistivity * (self.length / 2) / (np.pi * self.diameter**2 / 4) * 1e4
        stars = {}  # who begins at a compartment's far end, or at its middle
        for k in range(1, len(self)):
            stars.setdefault((int(self.parents[k]), float(self.joints[k])), []).append(k)
        links, conductance = [], []
        for (parent, joint), children in stars.items():
            if joint == 1 and len(children) > 1:
                arms = [parent, *children]
                g = 1e3 / half[arms]
                for a, b in combinations(range(len(arms)), 2):
                    links.append((arms[a], arms[b]))
                    conductance.append(g[a] * g[b] / g.sum())
                continue
            for child in children:
                links.append((parent, child))
                conductance.append(1e3 / (half[child] + (half[parent] if joint == 1 else 0.0)))
        return np.array(links).reshape(-1, 2), np.array(conductance)

    def rest(self):
        """Return the resting potential of each compartment (mV), shape (n,).

        Where membranes differ, the whole cell settles between their own resting potentials. Start
        such a cell there: ``simulate(cell, v0=cell.rest())``.

        Raises
        ------
        ValueError
            If the search, upwards from the most negative of the membranes' own rests, finds none;
            the cell then fires by itself.
        """
        n, own = len(self), {}
        for k, membrane in enumerate(self.membranes):
            own.setdefault(membrane, []).append(k)
        coupling = np.zeros((n, n))
        for (a, b), g in zip(self.links, self.axial_conductance, strict=True):
            coupling[[a, b, a, b], [a, b, b, a]] += [g, g, -g, -g]

        def outward(v):  # through the membrane, µA
            current = np.empty(n)
            for membrane, where in own.items():
                current[where] = membrane.steady_current(v[where])
            return current * self.area

        v = np.full(n, min(membrane.rest() for membrane in own))
        for _ in range(50):  # Newton's method, in steps of 1 mV at most
            slope = (outward(v + 1e-4) - outward(v - 1e-4)) / 2e-4
            change = -np.linalg.solve(coupling + np.diag(slope), outward(v) + coupling @ v)
            v = v + np.clip(change, -1, 1)
            if np.abs(change).max() < 1e-9:
                return v
        raise ValueError("this cell has no resting potential near those of its membranes")

    def modify(self, channel, change, *args, where=None, **kwargs):
        """Return the cable with a channel changed; see `neurocore.modify`."""
        a_function("change", change)
        chosen = range(len(self)) if where is None else compartments_of(self, where)
        changed = {}  # many compartments share one membrane
        membranes = list(self.membranes)
        for k in chosen:
            membrane = membranes[k]
            if where is None and channel not in [c.name for c in membrane.channels]:
                continue
            if membrane not in changed:
                changed[membrane] = modify(membrane, channel, change, *args, **kwargs)
            membranes[k] = changed[membrane]
        if not changed:
            raise ValueError(f"no compartment has a channel called {channel!r}")
        return replace(self, membranes=tuple(membranes))

    def at_temperature(self, celsius):
        """Return the same cable at another temperature (°C)."""
        warm = {m: replace(m, celsius=celsius) for m in set(self.membranes)}
        return replace(self, membranes=tuple(warm[m] for m in self.membranes))

    def reversed(self):
        """Return the cable with its ends exchanged; one that branches has more than two."""
        if self.branches:
            raise ValueError("a cell that branches cannot be reversed: it has more than two ends")
        n = len(self)
        return Cable(
            self.membranes[::-1],
            self.length[::-1],
            self.diameter[::-1],
            self.axial_resistivity,
            {name: np.sort(n - 1 - np.asarray(k)) for name, k in self.regions.items()},
        )


def patch(membrane):
    """Return an isopotential patch of the membrane."""
    return Patch(membrane)


def chain(*parts, axial_resistivity):
    """Return any unbranched cell, put together from parts.

    Parameters
    ----------
    *parts : (name, membrane, length, diameter, compartments)
        In order. Length and diameter in µm; a pair of diameters makes the part a taper. The name
        becomes a region of the cable; several parts may share one.
    axial_resistivity : float
        Of the cytoplasm (Ω·cm).

    Returns
    -------
    Cable

    Examples
    --------
    ``chain(("dendrite", passive(), 500, 2, 20), ("soma", hh, 20, 20, 1), axial_resistivity=150)``
    """
    membranes, lengths, diameters, regions = [], [], [], {}
    for part in parts:
        instance("parts", part, list | tuple, "(name, membrane, length, diameter, compartments)")
        if len(part) != 5:
            raise ValueError(
                f"parts must be (name, membrane, length, diameter, compartments), got {part!r}"
            )
        name, membrane, length, diameter, compartments = part
        instance("the name of a part", name, str, "text")
        instance(f"membrane of {name!r}", membrane, Membrane, "a Membrane")
        compartments = whole(f"compartments of {name!r}", compartments, 1)
        number(f"length of {name!r}", length, above=0)
        ends = numbers(f"diameter of {name!r}", diameter, above=0)
        if ends.shape not in ((), (2,)):
            raise ValueError(f"diameter of {name!r} must be one or a pair, got {diameter!r}")
        ends = ends * np.ones(2)
        first = len(membranes)
        regions.setdefault(name, []).extend(range(first, first + compartments))
        membranes += [membrane] * compartments
        lengths += [length / compartments] * compartments
        middle = (np.arange(compartments) + 0.5) / compartments
        diameters += list(ends[0] + middle * (ends[1] - ends[0]))
    return Cable(
        tuple(membranes),
        lengths,
        diameters,
        axial_resistivity,
        {name: np.array(where) for name, where in regions.items()},
    )


def length_constant(diameter, membrane_resistance, axial_resistivity):
    """Return how far a steady voltage spreads along a passive cable before it falls to 1/e.

    λ = √(d·R_m / 4R_i); Hodgkin and Rushton 1946, Proc R Soc Lond B 133:444–479.

    Parameters
    ----------
    diameter : float or array
        Of the cable (µm).
    membrane_resistance : float or array
        Of a unit of membrane area (Ω·cm²), one over its conductance.
    axial_resistivity : float or array
        Of the axoplasm (Ω·cm).

    Returns
    -------
    float or array
        λ (µm).

    Raises
    ------
    ValueError
        If one of them is not positive.
    """
    diameter = numbers("diameter", diameter, above=0)
    membrane_resistance = numbers("membrane_resistance", membrane_resistance, above=0)
    axial_resistivity = numbers("axial_resistivity", axial_resistivity, above=0)
    same_grid(
        diameter=diameter,
        membrane_resistance=membrane_resistance,
        axial_resistivity=axial_resistivity,
    )
    # 1 µm is 1e-4 cm
    return plain(np.sqrt(diameter * membrane_resistance / (4 * axial_resistivity) * 1e4))


def compartments_of(cable, chosen, name="where"):
    """Return compartment numbers as an array, counted from the end if negative."""
    index = np.atleast_1d(even(chosen))
    n = len(cable)
    if index.dtype.kind not in "iu" or index.ndim != 1 or index.size == 0:
        raise TypeError(f"{name} must be whole numbers, of compartments, got {chosen!r}")
    if np.any((index < -n) | (index >= n)):
        raise ValueError(
            f"{name} must be among the cable's compartments 0 to {n - 1}, got {chosen!r}"
        )
    return index % n


def even(chosen):
    """Return what was chosen as an array, of objects if it is ragged."""
    try:
        return np.asarray(chosen)
    except ValueError:
        return np.array(None)
