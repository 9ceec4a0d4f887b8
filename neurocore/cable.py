"""Where membranes sit: a patch, or a chain of compartments with its geometry."""

from dataclasses import dataclass, field, replace

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
    """An unbranched chain of compartments with sealed ends.

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
    """

    membranes: tuple[Membrane, ...]
    length: np.ndarray
    diameter: np.ndarray
    axial_resistivity: float
    regions: dict = field(default_factory=dict)

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

    def __len__(self):
        return len(self.membranes)

    @property
    def area(self):
        """Each compartment's membrane (cm²), shape (n,)."""
        return np.pi * self.diameter * self.length * 1e-8

    @property
    def position(self):
        """The compartments' centres, from the first end (µm), shape (n,)."""
        return np.cumsum(self.length) - self.length / 2

    @property
    def axial_conductance(self):
        """Between neighbours' centres (mS), shape (n − 1,)."""
        half = self.axial_resistivity * (self.length / 2) / (np.pi * self.diameter**2 / 4) * 1e4
        return 1e3 / (half[:-1] + half[1:])

    def rest(self):
        """Return the resting potential of each compartment (mV), shape (n,).

        Where membranes differ, the whole cell settles between their own resting potentials.

        Raises
        ------
        ValueError
            If the search, upwards from the most negative of the membranes' own rests, finds none;
            the cell then fires by itself.
        """
        n, own = len(self), {}
        for k, membrane in enumerate(self.membranes):
            own.setdefault(membrane, []).append(k)
        g = self.axial_conductance
        coupling = np.diag(np.append(g, 0) + np.append(0, g)) - np.diag(g, 1) - np.diag(g, -1)

        def outward(v):  # through the membrane, µA
            current = np.empty(n)
            for membrane, where in own.items():
                current[where] = membrane.steady_current(v[where])
            return current * self.area

        from scipy.sparse import csc_array, diags_array
        from scipy.sparse.linalg import spsolve

        sparse = csc_array(coupling)
        v = np.full(n, min(membrane.rest() for membrane in own))
        for _ in range(50):  # Newton's method, in steps of 1 mV at most
            slope = (outward(v + 1e-4) - outward(v - 1e-4)) / 2e-4
            change = -spsolve(sparse + diags_array(slope, format="csc"), outward(v) + sparse @ v)
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
        """Return the cable with its ends exchanged."""
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
