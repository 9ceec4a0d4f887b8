"""Where membranes sit: a patch, or compartments in a row or a tree, with their geometry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import (
    FloatOrArray,
    a_function,
    instance,
    number,
    numbers,
    plain,
    same_grid,
    several,
    whole,
)
from .channels import Channel
from .membrane import Membrane, modify
from .sheath import Sheath, Space

Chosen: TypeAlias = int | Sequence[int] | NDArray[np.integer]
Part: TypeAlias = tuple[str, Membrane, float, float | Sequence[float], int]
Branch: TypeAlias = tuple[
    str, Membrane, float, float | Sequence[float], int, str | tuple[str, float]
]


@dataclass(frozen=True)
class Patch:
    """One isopotential piece of membrane; currents are densities (µA/cm²)."""

    membrane: Membrane

    def __post_init__(self) -> None:
        instance("membrane", self.membrane, Membrane, "a Membrane")

    def modify(
        self,
        channel: str,
        change: Callable[..., Channel],
        *args: object,
        where: None = None,
        **kwargs: object,
    ) -> Patch:
        """Return the patch with a channel changed; see `neurocore.modify`."""
        if where is not None:
            raise ValueError("a patch has no compartments to choose from: leave `where` out")
        return replace(
            self, membrane=modify(self.membrane, channel, change, *args, where=None, **kwargs)
        )

    def at_temperature(self, celsius: float) -> Patch:
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
        The compartment that each grows from, which stands before it; −1 for the first and for all
        that begin where it begins. If left out, each grows from the one before.
    joints : array, shape (n,), optional
        Where on its parent each begins: 1 at the far end, which it is if left out, or 0.5 in the
        middle.
    sheath : Sheath, optional
        Myelin with a conducting space beneath it: a double cable. The potential is always that
        across the membrane, between axoplasm and this space.

    Examples
    --------
    >>> nc.myelinated_axon()
    <Cable: 221 compartments, 2.01 cm; node 21, internode 200; 20 °C>
    """

    membranes: tuple[Membrane, ...]
    length: NDArray[np.float64]
    diameter: NDArray[np.float64]
    axial_resistivity: float
    regions: dict[str, NDArray[np.integer]] = field(default_factory=dict)
    parents: NDArray[np.integer] = None  # type: ignore[assignment]  # set below
    joints: NDArray[np.float64] = None  # type: ignore[assignment]  # set below
    sheath: Sheath | None = None

    if TYPE_CHECKING:  # lists and numbers become arrays

        def __init__(
            self,
            membranes: Sequence[Membrane],
            length: ArrayLike,
            diameter: ArrayLike,
            axial_resistivity: float,
            regions: dict[str, NDArray[np.integer]] = {},  # noqa: B006
            parents: ArrayLike | None = None,
            joints: ArrayLike | None = None,
            sheath: Sheath | None = None,
        ) -> None: ...

    def __post_init__(self) -> None:
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
        if self.sheath is not None:
            instance("sheath", self.sheath, Sheath, "a Sheath").check(self)

    def _set_up_tree(self, n: int) -> None:
        parents: NDArray[Any] = np.arange(-1, n - 1) if self.parents is None else even(self.parents)
        if parents.shape != (n,) or parents.dtype.kind not in "iu":
            raise ValueError(
                f"parents must be one compartment for each of the {n}, got {self.parents!r}"
            )
        wrong = np.flatnonzero((parents < -1) | (parents >= np.arange(n)))
        if wrong.size:
            raise ValueError(
                "parents must stand before the compartments that grow from them, so that there is "
                f"no loop, but compartment {wrong[0]} grows from {parents[wrong[0]]}"
            )
        joints = np.ones(n) if self.joints is None else numbers("joints", self.joints)
        if joints.shape != (n,) or np.any((joints != 1) & ((joints != 0.5) | (parents < 0))):
            raise ValueError(
                f"joints must be 1 (far end) for each of the {n} compartments, or 0.5 (middle) for "
                f"those with a parent, got {self.joints!r}"
            )
        object.__setattr__(self, "parents", parents)
        object.__setattr__(self, "joints", joints)

    def __len__(self) -> int:
        return len(self.membranes)

    def __repr__(self) -> str:
        n, total = len(self), self.length.sum()
        size, unit = (1e4, "cm") if total >= 1e4 else (1e3, "mm") if total >= 1e3 else (1, "µm")
        first = f"{n} compartment{'s' * (n > 1)}, {total / size:.3g} {unit}"
        if self.branches:
            tips = n - np.unique(self.parents[self.parents >= 0]).size
            first += f", {tips} tip{'s' * (tips > 1)}"
        places = {name: set(np.ravel(where) % n) for name, where in self.regions.items()}
        largest = [  # an internode says nothing beside all internodes
            f"{name} {len(here)}"
            for name, here in places.items()
            if not any(here < other for other in places.values())
        ]
        celsius = sorted({f"{m.celsius:g}": m.celsius for m in self.membranes}.values())
        span = "–".join(f"{c:g}" for c in dict.fromkeys((celsius[0], celsius[-1])))
        parts = [first, *([", ".join(largest)] if largest else []), f"{span} °C"]
        return f"<Cable: {'; '.join(parts)}>"

    @property
    def area(self) -> NDArray[np.float64]:
        """Each compartment's membrane (cm²), shape (n,)."""
        return np.pi * self.diameter * self.length * 1e-8

    @property
    def branches(self) -> bool:
        """Whether the cell is more than compartments end to end."""
        in_a_row = np.array_equal(self.parents, np.arange(-1, len(self) - 1))
        return not in_a_row or bool(np.any(self.joints != 1))

    @property
    def position(self) -> NDArray[np.float64]:
        """The compartments' centres, along the cell from its first end (µm), shape (n,)."""
        if not self.branches:
            return np.cumsum(self.length) - self.length / 2
        length = np.append(self.length, 0.0)  # where compartment −1 would end, all begins
        end = np.zeros(length.size)
        for k, (parent, joint) in enumerate(zip(self.parents, self.joints, strict=True)):
            end[k] = end[parent] - (1 - joint) * length[parent] + length[k]
        return end[:-1] - self.length / 2

    @property
    def links(self) -> NDArray[np.integer]:
        """Which compartments exchange current, shape (links, 2); n − 1 of them in a row."""
        return self._network[0]

    @property
    def axial_conductance(self) -> NDArray[np.float64]:
        """Between the centres of each link's compartments (mS), shape (links,)."""
        return self._network[1]

    @cached_property
    def _network(self) -> tuple[NDArray[np.integer], NDArray[np.float64]]:
        """Links and their conductances.

        Where ends meet, the point between them holds no charge. It is eliminated by the star–mesh
        transform: each two of its arms are linked by the product of their conductances over the
        sum of all (Rosen 1924, J Inst Electr Eng 62:916–918). Two arms are resistances in series.
        """
        half = self.axial_resistivity * (self.length / 2) / (np.pi * self.diameter**2 / 4) * 1e4
        stars = {}  # who begins at a compartment's far end, or at its middle
        for k, star in enumerate(zip(self.parents.tolist(), self.joints.tolist(), strict=True)):
            stars.setdefault(star, []).append(k)
        links, conductance = [], []
        for (parent, joint), arms in stars.items():
            if joint == 0.5:
                links += [(parent, k) for k in arms]
                conductance += [1e3 / half[k] for k in arms]
                continue
            arms = arms if parent < 0 else [parent, *arms]
            pairs = list(combinations(arms, 2))
            links += pairs
            if len(arms) == 2:
                conductance.append(1e3 / (half[arms[0]] + half[arms[1]]))
            else:
                total = np.sum(1 / half[arms])
                conductance += [1e3 / (half[a] * half[b] * total) for a, b in pairs]
        return np.array(links).reshape(-1, 2), np.array(conductance)

    @cached_property
    def space(self) -> Space | None:
        """The potentials in the space under the sheath, a `Space`; None if there is no sheath."""
        if self.sheath is None or not self.sheath.covered.any():
            return None
        return Space(self)

    def rest(self) -> NDArray[np.float64]:
        """Return the resting potential of each compartment (mV), shape (n,).

        Where membranes differ, the whole cell settles between their own resting potentials.

        Raises
        ------
        ValueError
            If the search, upwards from the most negative of the membranes' own rests, finds none;
            the cell then fires by itself.
        """
        from scipy.sparse import csc_array, diags_array
        from scipy.sparse.linalg import spsolve

        n, own = len(self), {}
        for k, membrane in enumerate(self.membranes):
            own.setdefault(membrane, []).append(k)
        if self.space is None:
            (i, j), g = self.links.T, self.axial_conductance
            rows, columns = np.concatenate([(i, i), (j, j), (i, j), (j, i)], axis=1)
            sparse = csc_array((np.concatenate([g, g, -g, -g]), (rows, columns)), (n, n))
        else:
            sparse = self.space.matrix.tocsc()

        def outward(v):  # through the membrane, µA
            current = np.zeros(v.size)
            for membrane, where in own.items():
                current[where] = membrane.steady_current(v[where]) * self.area[where]
            return current

        v = np.zeros(sparse.shape[0])  # and under a sheath, behind them, what stands in its space
        v[:n] = min(membrane.rest() for membrane in own)
        for _ in range(50):  # Newton's method, in steps of 1 mV at most
            slope = (outward(v + 1e-4) - outward(v - 1e-4)) / 2e-4
            change = -spsolve(sparse + diags_array(slope, format="csc"), outward(v) + sparse @ v)
            v = v + np.clip(change, -1, 1)
            if np.abs(change).max() < 1e-9:
                return v[:n]
        raise ValueError("this cell has no resting potential near those of its membranes")

    def modify(
        self,
        channel: str,
        change: Callable[..., Channel],
        *args: object,
        where: Chosen | None = None,
        **kwargs: object,
    ) -> Cable:
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
                changed[membrane] = modify(membrane, channel, change, *args, where=None, **kwargs)
            membranes[k] = changed[membrane]
        if not changed:
            raise ValueError(f"no compartment has a channel called {channel!r}")
        return replace(self, membranes=tuple(membranes))

    def at_temperature(self, celsius: float) -> Cable:
        """Return the same cable at another temperature (°C)."""
        warm = {m: replace(m, celsius=celsius) for m in set(self.membranes)}
        return replace(self, membranes=tuple(warm[m] for m in self.membranes))

    def reversed(self) -> Cable:
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
            sheath=None if self.sheath is None else self.sheath.reversed(),
        )


def patch(membrane: Membrane) -> Patch:
    """Return an isopotential patch of the membrane."""
    return Patch(membrane)


def chain(*parts: Part, axial_resistivity: float) -> Cable:
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
    >>> dendrite = ("dendrite", nc.passive(), 500, 2, 20)
    >>> nc.chain(dendrite, ("soma", nc.hodgkin_huxley(), 20, 20, 1), axial_resistivity=150)
    <Cable: 21 compartments, 520 µm; dendrite 20, soma 1; 6.3 °C>
    """
    return _put_together(parts, axial_resistivity, branching=False)


def tree(*parts: Part | Branch, axial_resistivity: float) -> Cable:
    """Return a cell that branches, put together from parts.

    Where daughters of diameters d leave a parent of diameter D with Σ d^(3/2) = D^(3/2), they load
    it as its own continuation would (Rall 1959, Exp Neurol 1:491–527); where Σ d^(3/2) / D^(3/2)
    is much larger, spikes fail (Goldstein and Rall 1974, Biophys J 14:731–757).

    Parameters
    ----------
    *parts : (name, membrane, length, diameter, compartments, origin)
        As of a `chain`; but each part names the one before it that it grows from, at its far end.
        A pair such as ``("axon", 0.3)`` says where along that part instead, from 0 to 1; between
        the ends it is the middle of the compartment there. The first part has no origin.
    axial_resistivity : float
        Of the cytoplasm (Ω·cm).

    Returns
    -------
    Cable

    Raises
    ------
    ValueError, TypeError
        If there are no parts, one grows from itself, a later or an unknown one, or from one of
        several with the same name.

    Examples
    --------
    >>> squid = nc.hodgkin_huxley()
    >>> nc.tree(
    ...     ("axon", squid, 5000, 10, 50),
    ...     ("left", squid, 3000, 6.3, 30, "axon"),
    ...     ("right", squid, 3000, 6.3, 30, "axon"),
    ...     axial_resistivity=35.4,
    ... )
    <Cable: 110 compartments, 1.1 cm, 2 tips; axon 50, left 30, right 30; 6.3 °C>
    """
    return _put_together(parts, axial_resistivity, branching=True)


def _put_together(parts, axial_resistivity, branching):
    """Return the cable of parts; where it branches, all but the first say what they grow from."""
    if not parts:
        raise ValueError("parts must be at least one, got none")
    membranes, lengths, diameters, parents, joints, spans = [], [], [], [], [], {}
    for part in parts:
        named = branching and bool(spans)
        form = f"(name, membrane, length, diameter, compartments{', origin' if named else ''})"
        instance("parts", part, list | tuple, form)
        if len(part) != 5 + named:
            raise ValueError(f"parts must be {form}, got {part!r}")
        name, membrane, length, diameter, compartments, *origin = part
        instance("the name of a part", name, str, "text")
        instance(f"membrane of {name!r}", membrane, Membrane, "a Membrane")
        compartments = whole(f"compartments of {name!r}", compartments, 1)
        number(f"length of {name!r}", length, above=0)
        ends = numbers(f"diameter of {name!r}", diameter, above=0)
        if ends.shape not in ((), (2,)):
            raise ValueError(f"diameter of {name!r} must be one or a pair, got {diameter!r}")
        ends = ends * np.ones(2)
        first = len(membranes)
        parent, joint = first - 1, 1.0
        if named:
            parent, joint = _origin(name, origin[0], spans, parents, joints)
        spans.setdefault(name, []).append(range(first, first + compartments))
        parents += [parent, *range(first, first + compartments - 1)]
        joints += [joint] + [1.0] * (compartments - 1)
        membranes += [membrane] * compartments
        lengths += [length / compartments] * compartments
        middle = (np.arange(compartments) + 0.5) / compartments
        diameters += list(ends[0] + middle * (ends[1] - ends[0]))
    return Cable(
        tuple(membranes),
        lengths,
        diameters,
        axial_resistivity,
        {name: np.concatenate([np.array(x) for x in where]) for name, where in spans.items()},
        parents,
        joints,
    )


def _origin(name, origin, spans, parents, joints):
    """Return the compartment that a part grows from, and where on it."""
    pair = isinstance(origin, list | tuple) and len(origin) == 2
    where, fraction = origin if pair else (origin, 1.0)
    instance(f"origin of {name!r}", where, str, "a part's name, or a pair such as ('axon', 0.3)")
    if where not in spans:
        raise ValueError(
            f"origin of {name!r} must be a part that stands before it, so that there is no loop: "
            f"{', '.join(spans)}; got {where!r}"
        )
    if len(spans[where]) > 1:
        raise ValueError(f"origin of {name!r} must be one part, but several are called {where!r}")
    fraction = number(f"origin of {name!r}, its place on {where!r},", fraction, least=0, most=1)
    (here,) = spans[where]
    if fraction == 1:
        return here[-1], 1.0
    if fraction == 0:  # where that part itself begins
        return parents[here[0]], joints[here[0]]
    return here[int(fraction * len(here))], 0.5


@overload
def length_constant(
    diameter: float, membrane_resistance: float, axial_resistivity: float
) -> float: ...
@overload
def length_constant(
    diameter: ArrayLike, membrane_resistance: ArrayLike, axial_resistivity: ArrayLike
) -> FloatOrArray: ...
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


def compartments_of(cable: Cable, chosen: Chosen, name: str = "where") -> NDArray[np.intp]:
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


def even(chosen: object) -> NDArray[np.generic]:
    """Return what was chosen as an array, of objects if it is ragged."""
    try:
        return np.asarray(chosen)
    except ValueError:
        return np.array(None)
