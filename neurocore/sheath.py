"""The double cable: myelin around an axon, and a conducting space between the two."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import number, numbers

if TYPE_CHECKING:
    from .cable import Cable


@dataclass(frozen=True, eq=False)
class Sheath:
    """Myelin around a cable, with a periaxonal space between it and the axolemma.

    The axolemma then stands between the axoplasm and this space, the sheath between the space and
    the outside. Along the space current flows as along the axoplasm, and at a bare compartment,
    such as a node, it flows out (Blight 1985, Neuroscience 15:13–31; McIntyre, Richardson and Grill
    2002, J Neurophysiol 87:995–1006).

    Parameters
    ----------
    width : array, shape (n,)
        Of the space, between axolemma and sheath (µm); infinite where there is no sheath.
    diameter : array, shape (n,)
        Of the whole fibre, the sheath included (µm).
    capacitance, conductance : array, shape (n,)
        Of the whole sheath, by its outer surface (µF/cm², mS/cm²).
    resistivity : float
        Of the fluid in the space (Ω·cm).
    mouth : float
        How far the space runs on beside a bare neighbour before it meets the outside (µm).

    Raises
    ------
    ValueError, TypeError
        For numbers that no sheath can have, named.
    """

    width: NDArray[np.float64]
    diameter: NDArray[np.float64]
    capacitance: NDArray[np.float64]
    conductance: NDArray[np.float64]
    resistivity: float
    mouth: float = 0.0

    if TYPE_CHECKING:  # numbers become arrays

        def __init__(
            self,
            width: ArrayLike,
            diameter: ArrayLike,
            capacitance: ArrayLike,
            conductance: ArrayLike,
            resistivity: float,
            mouth: float = 0.0,
        ) -> None: ...

    def __post_init__(self) -> None:
        number("resistivity", self.resistivity, above=0)
        number("mouth", self.mouth, least=0)
        try:
            width = np.asarray(self.width)
        except ValueError:  # ragged
            width = np.array(None)
        if width.dtype.kind not in "iuf" or width.ndim != 1 or not np.all(width > 0):
            raise ValueError(
                "width must be one for each compartment, greater than 0 µm, and infinite where "
                f"there is no sheath, got {self.width!r}"
            )
        object.__setattr__(self, "width", width.astype(float))
        for name in ("diameter", "capacitance", "conductance"):
            values = numbers(f"{name} of the sheath", getattr(self, name), above=0)
            if values.shape not in ((), width.shape):
                raise ValueError(
                    f"{name} of the sheath must have one value for each of the {width.size} "
                    f"compartments, got {values.size}"
                )
            object.__setattr__(self, name, np.broadcast_to(values, width.shape))

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Whether each compartment lies under the sheath, shape (n,)."""
        return np.isfinite(self.width)

    def check(self, cable: Cable) -> None:
        """Refuse a cable that does not fit inside."""
        if self.width.size != len(cable):
            raise ValueError(
                f"sheath must have one width for each of the cable's {len(cable)} compartments, "
                f"got {self.width.size}"
            )
        if cable.branches:
            raise ValueError("sheath must lie around compartments in a row; this cell branches")
        room = self.diameter - (cable.diameter + 2 * self.width)
        if np.any(room[self.covered] < 0):
            k = int(np.argmax(self.covered & (room < 0)))
            raise ValueError(
                "diameter of the sheath must leave room for the axon and the space around it, but "
                f"compartment {k} has a sheath of {self.diameter[k]:g} µm "
                f"around an axon of {cable.diameter[k]:g} µm"
            )

    def thinned(self, chosen: NDArray[np.integer], remaining: float) -> Sheath:
        """Return the sheath with a fraction of its membranes left over some compartments."""
        if remaining == 0:
            return self.widened(chosen, np.inf)
        capacitance, conductance = self.capacitance.copy(), self.conductance.copy()
        for values in (capacitance, conductance):  # membranes in series
            values[chosen] /= remaining
        return replace(self, capacitance=capacitance, conductance=conductance)

    def widened(self, chosen: NDArray[np.integer], width: float) -> Sheath:
        """Return the sheath with a space of another width (µm) in some compartments under it."""
        widths = self.width.copy()
        chosen = np.asarray(chosen, int)
        widths[chosen[self.covered[chosen]]] = width
        return replace(self, width=widths)

    def reversed(self) -> Sheath:
        """Return the sheath with its ends exchanged."""
        values: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        return Sheath(**{k: x[::-1] if np.ndim(x) else x for k, x in values.items()})


class Space:
    """The unknown potentials of a cable under a sheath, and the resistors between them.

    Of each compartment the potential V across its membrane is unknown, and of each under the sheath
    the potential E in the space, too. Inside it is V + E, so a resistor of the axoplasm joins up
    to four unknowns. With V and E the membranes' conductances stay on the matrix' diagonal.

    Parameters
    ----------
    cable : Cable
        With a sheath.

    Attributes
    ----------
    covered : array of int, shape (m,)
        Which compartments lie under the sheath.
    capacity : array, shape (m,)
        Between the space and the outside (µF).
    matrix : sparse array, shape (n + m, n + m)
        What current (µA) leaves each unknown through resistors for a potential (mV) at each: V of
        all n compartments first, then E of the m under the sheath.
    """

    matrix: Any

    def __init__(self, cable: Cable) -> None:
        from scipy.sparse import coo_array, diags_array

        assert cable.sheath is not None
        sheath, n = cable.sheath, len(cable)
        self.covered = np.flatnonzero(sheath.covered)
        area = (np.pi * sheath.diameter * cable.length * 1e-8)[self.covered]
        self.capacity = sheath.capacitance[self.covered] * area
        place = np.full(n, -1)
        place[self.covered] = n + np.arange(self.covered.size)
        resistors = []  # a conductance (mS), and with which sign it feels which unknowns
        for (a, b), g in zip(cable.links.tolist(), cable.axial_conductance, strict=True):
            ends = [(a, 1), (place[a], 1), (b, -1), (place[b], -1)]
            resistors.append((g, [end for end in ends if end[0] >= 0]))
        ring = np.pi * sheath.width * (cable.diameter + sheath.width)  # µm²
        along = sheath.resistivity * 1e4 / ring  # Ω/µm, 0 where there is no sheath
        for k in range(n - 1):
            if place[k] < 0 and place[k + 1] < 0:
                continue
            length = np.where(sheath.covered[k : k + 2], cable.length[k : k + 2] / 2, 0.0)
            resistance = along[k : k + 2] @ (length + sheath.mouth * (length[::-1] == 0))
            ends = [(place[k], 1), (place[k + 1], -1)]
            resistors.append((1e3 / resistance, [end for end in ends if end[0] >= 0]))
        outward = sheath.conductance[self.covered] * area
        resistors += [(g, [(place[k], 1)]) for k, g in zip(self.covered, outward, strict=True)]
        rows, columns, signs = zip(
            *((r, at, sign) for r, (_, ends) in enumerate(resistors) for at, sign in ends),
            strict=True,
        )
        shape = (len(resistors), n + self.covered.size)
        feels = coo_array((np.array(signs, float), (rows, columns)), shape).tocsr()
        self.matrix = (feels.T @ diags_array([g for g, _ in resistors]) @ feels).tocsr()

    def network(
        self,
    ) -> tuple[NDArray[np.integer], NDArray[np.float64], NDArray[np.float64]]:
        """Return links, shape (links, 2), their conductances, and each unknown's to the outside.

        Any symmetric matrix is that of such links, of which some may be negative.
        """
        from scipy.sparse import triu

        above = triu(self.matrix, 1).tocoo()
        return np.stack(above.coords, axis=1), -above.data, self.matrix.sum(axis=1)

    def settled(self, v: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return E (mV), shape (..., m), once the charge on the sheath has followed V, (..., n).

        It does within a microsecond, long before a membrane changes.
        """
        from scipy.sparse.linalg import spsolve

        n = v.shape[-1]
        below = self.matrix[n:]
        pushed = below[:, :n] @ v.reshape(-1, n).T
        e = -spsolve(below[:, n:].tocsc(), pushed)
        return e.reshape(-1, v[..., 0].size).T.reshape(*v.shape[:-1], -1)
