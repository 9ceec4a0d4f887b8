"""Mammalian axons: double cables with nodes, paranodes, juxtaparanodes and internodes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import instance, number, numbers, whole
from .cable import Cable
from .membrane import Membrane, mammalian_node, passive
from .sheath import Sheath

# McIntyre, Richardson and Grill 2002, Table 1; 2 µm: McIntyre and others 2004, J Neurophysiol
# 91:1457–1469; 1 µm: Pelot, Behrend and Grill 2017, J Neural Eng 14:046022, both as in PyFibers
FIBRES = np.array([
    # fibre, axon, node (µm); node to node, juxtaparanode (µm); lamellae
    (1.0, 0.8, 0.7, 100, 5, 15),
    (2.0, 1.6, 1.4, 200, 10, 30),
    (5.7, 3.4, 1.9, 500, 35, 80),
    (7.3, 4.6, 2.4, 750, 38, 100),
    (8.7, 5.8, 2.8, 1000, 40, 110),
    (10.0, 6.9, 3.3, 1150, 46, 120),
    (11.5, 8.1, 3.7, 1250, 50, 130),
    (12.8, 9.2, 4.2, 1350, 54, 135),
    (14.0, 10.4, 4.7, 1400, 56, 140),
    (15.0, 11.5, 5.0, 1450, 58, 145),
    (16.0, 12.7, 5.5, 1500, 60, 150),
])  # fmt: skip
NODE, PARANODE, PIECES = 1.0, 3.0, 6  # lengths (µm), and compartments between the juxtaparanodes
SEALED, OPEN = 0.002, 0.004  # width of the periaxonal space at the paranodes, and elsewhere (µm)


def mammalian_axon(
    fibre_diameter: float = 10.0,
    nodes: int = 21,
    *,
    node: Membrane | None = None,
    spacing: ArrayLike | None = None,
    celsius: float = 37.0,
) -> Cable:
    """Return a mammalian myelinated axon, a double cable.

    Nodes, and between any two of them a paranode, a juxtaparanode, six compartments of internode,
    and the same back. McIntyre, Richardson and Grill 2002, J Neurophysiol 87:995–1006 (ModelDB
    3810): node 1 µm long; axolemma 2 µF/cm², with a leak of 0.1 mS/cm² to −80 mV, 1 mS/cm² at the
    3 µm of the paranodes; a periaxonal space of 4 nm, 2 nm at the paranodes; each lamella two
    membranes of 0.1 µF/cm² and 1 mS/cm²; 70 Ω·cm inside and in the space. The sizes are those of
    its Table 1. With 2 µm it is the central axon of McIntyre, Grill, Sherman and Thakor 2004
    (J Neurophysiol 91:1457–1469), with 1 µm that of Pelot, Behrend and Grill 2017 (J Neural Eng
    14:046022), both with the numbers that PyFibers gives.

    Parameters
    ----------
    fibre_diameter : float
        Of the fibre with its sheath (µm), 1 to 16. Printed are 1, 2, 5.7, 7.3, 8.7, 10, 11.5, 12.8,
        14, 15 and 16 µm; between them all sizes follow straight lines.
    nodes : int
        How many, at least two.
    node : Membrane, optional
        At the nodes; `mammalian_node` if left out.
    spacing : float or array, shape (nodes − 1,), optional
        From node to node (µm), as published if left out. The juxtaparanodes keep their lengths,
        unless more than half of what lies between the paranodes would go into them.
    celsius : float
        Temperature (°C). The published rates' Q10s are 2.2, 2.9 and 3; leaks have none.

    Returns
    -------
    Cable
        With regions ``"node"``, ``"paranode"``, ``"juxtaparanode"``, ``"internode"`` (all that is
        under the sheath) and ``"internode 0"``, ``"internode 1"``, …, each with its paranodes. The
        potential in its recordings is that across the membrane.

    Raises
    ------
    ValueError
        If the diameter lies outside the table, if there are fewer than two nodes, or if they are
        too close for the paranodes between them.

    Examples
    --------
    >>> axon = nc.mammalian_axon(10.0)
    >>> axon
    <Cable: 221 compartments, 2.3 cm; node 21, internode 200; 37 °C>
    >>> round(nc.conduction_velocity(axon))
    56
    """
    number("fibre_diameter", fibre_diameter)
    if not FIBRES[0, 0] <= fibre_diameter <= FIBRES[-1, 0]:
        raise ValueError(
            f"fibre_diameter must be within {FIBRES[0, 0]:g} and {FIBRES[-1, 0]:g} µm, "
            f"the ends of the published table, got {fibre_diameter:g}"
        )
    nodes = whole("nodes", nodes, 2)
    if node is None:
        node = mammalian_node(celsius)
    instance("node", node, Membrane, "a Membrane")
    axon, narrow, published, wide, lamellae = (
        float(np.interp(fibre_diameter, FIBRES[:, 0], column)) for column in FIBRES.T[1:]
    )
    distances = numbers("spacing", published if spacing is None else spacing)
    if distances.shape not in ((), (nodes - 1,)):
        raise ValueError(
            f"spacing must be one distance or one for each of the {nodes - 1} internodes, "
            f"got {distances.size}"
        )
    between = np.broadcast_to(distances - NODE - 2 * PARANODE, nodes - 1)
    if np.any(between <= 0):
        raise ValueError(
            f"spacing must be more than the {NODE + 2 * PARANODE:g} µm of a node and two "
            f"paranodes, got {np.min(distances):g}"
        )
    axolemma, seal = (passive(g, -80.0, 2.0, celsius) for g in (0.1, 1.0))
    parts, inside = [("node", node, NODE, narrow, np.inf)], []
    for gap in between:
        beside = min(wide, gap / 4)
        paranode = ("paranode", seal, PARANODE, narrow, SEALED)
        juxtaparanode = ("juxtaparanode", axolemma, beside, axon, OPEN)
        piece = ("internode", axolemma, (gap - 2 * beside) / PIECES, axon, OPEN)
        first = len(parts)
        parts += [paranode, juxtaparanode, *[piece] * PIECES, juxtaparanode, paranode]
        inside.append(np.arange(first, len(parts)))
        parts.append(parts[0])
    names, membranes, length, diameter, width = zip(*parts, strict=True)
    regions: dict[str, NDArray[np.integer]] = {
        name: np.flatnonzero([n == name for n in names])
        for name in ("node", "paranode", "juxtaparanode")
    }
    regions["internode"] = np.concatenate(inside)
    regions |= {f"internode {k}": where for k, where in enumerate(inside)}
    sheath = Sheath(
        np.array(width),
        fibre_diameter,
        0.1 / (2 * lamellae),
        1.0 / (2 * lamellae),
        resistivity=70.0,
        mouth=NODE / 2,
    )
    return Cable(membranes, np.array(length), np.array(diameter), 70.0, regions, sheath=sheath)
