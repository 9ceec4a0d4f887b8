"""Where membranes sit: a patch, or a chain of compartments (axon, or cell with its axon)."""

from dataclasses import dataclass, field, replace

import numpy as np

from ._check import number
from .membrane import Membrane, modify


@dataclass(frozen=True)
class Patch:
    """One isopotential piece of membrane; currents are densities (µA/cm²)."""

    membrane: Membrane

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
        n = len(self.membranes)
        for name in ("length", "diameter"):
            values = np.asarray(getattr(self, name), float)
            if values.ndim == 0:
                values = np.full(n, values)
            if values.shape != (n,):
                raise ValueError(f"{name} must have one value for each of the {n} compartments")
            if not np.all((values > 0) & np.isfinite(values)):
                raise ValueError(f"{name} must be positive everywhere (µm), got {values}")
            object.__setattr__(self, name, values)
        number("axial_resistivity", self.axial_resistivity, above=0)

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

    def modify(self, channel, change, *args, where=None, **kwargs):
        """Return the cable with a channel changed; see `neurocore.modify`."""
        chosen = range(len(self)) if where is None else _compartments(self, where)
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


def _compartments(cable, chosen):
    """Return compartment numbers as an array, counted from the end if negative."""
    index = np.atleast_1d(np.asarray(chosen))
    n = len(cable)
    if index.dtype.kind not in "iu" or index.ndim != 1 or index.size == 0:
        raise TypeError(f"compartments are whole numbers, got {chosen!r}")
    if np.any((index < -n) | (index >= n)):
        raise ValueError(f"the cable has the compartments 0 to {n - 1}, not {chosen!r}")
    return index % n


def patch(membrane):
    """Return an isopotential patch of the membrane."""
    if not isinstance(membrane, Membrane):
        raise TypeError(f"a patch is made of a Membrane, got {membrane!r}")
    return Patch(membrane)


def bare_axon(membrane, diameter, length, axial_resistivity, compartments):
    """Return an unmyelinated axon, the same membrane all along.

    Parameters
    ----------
    membrane : Membrane
        Such as ``hodgkin_huxley(18.5)``.
    diameter : float or array, shape (compartments,)
        Of the axon (µm); an array makes it tapered or stepped.
    length : float
        Of the whole axon (µm).
    axial_resistivity : float
        Of the axoplasm (Ω·cm).
    compartments : int
        Into how many equal pieces the axon is cut; the error falls with their square.
    """
    if not isinstance(compartments, int | np.integer) or compartments < 2:
        raise ValueError(f"compartments must be a whole number from 2 on, got {compartments!r}")
    number("length", length, above=0)
    piece = np.full(compartments, length / compartments)
    return Cable((membrane,) * compartments, piece, diameter, axial_resistivity)
