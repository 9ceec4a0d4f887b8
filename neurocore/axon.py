"""The book's cells: bare and myelinated axons, lost myelin, a cell with its initial segment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import instance, number, whole
from .cable import Cable, Chosen, Patch, chain, even, length_constant, patch
from .channels import shift
from .membrane import Membrane, brill_node, hodgkin_huxley, modify, passive

__all__ = [
    "Cable",
    "Patch",
    "bare_axon",
    "cell_with_initial_segment",
    "chain",
    "demyelinate",
    "length_constant",
    "membranes_in_myelin",
    "myelinated_axon",
    "open_paranodes",
    "patch",
    "series",
]


def bare_axon(
    membrane: Membrane,
    diameter: ArrayLike,
    length: float,
    axial_resistivity: float,
    compartments: int,
) -> Cable:
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
    instance("membrane", membrane, Membrane, "a Membrane")
    compartments = whole("compartments", compartments, 2)
    number("length", length, above=0)
    piece = np.full(compartments, length / compartments)
    return Cable((membrane,) * compartments, piece, diameter, axial_resistivity)


def series(membrane: Membrane, count: float) -> Membrane:
    """Return a leak membrane as seen through `count` of its kind in series, as in myelin.

    Capacitance and conductance fall alike, so that their time constant stays.
    """
    channel = _only_leak("membrane", membrane)
    number("count", count, least=1)
    thin = replace(channel, conductance=channel.conductance / count)
    return replace(membrane, channels=(thin,), capacitance=membrane.capacitance / count)


def membranes_in_myelin(diameter: float, g_ratio: float, spacing: float = 0.0184) -> float:
    """Return how many membranes in series a sheath amounts to, the axon's own included.

    A cylinder's outer turns are longer, so that the sheath counts for ln(1/g) times the radius
    rather than for its thickness.

    Parameters
    ----------
    diameter : float
        Of the axon inside (µm).
    g_ratio : float
        Axon's over fibre's diameter (1).
    spacing : float
        Of a turn, two membranes (µm). 18.4 nm in human nerves, 16.0 to 16.6 in the brain ("An X-ray
        diffraction comparison of myelins from the human nervous system").
    """
    number("diameter", diameter, above=0)
    number("g_ratio", g_ratio, least=0.05, most=1)
    number("spacing", spacing, above=0)
    return 1.0 + (diameter / 2) * np.log(1 / g_ratio) / (spacing / 2)


def myelinated_axon(
    node: Membrane | None = None,
    internodes: int = 20,
    *,
    diameter: float = 10.0,
    node_length: float = 3.183,
    internode_length: float = 1000.0,
    membranes: float = 168,
    axolemma: Membrane | None = None,
    axial_resistivity: float = 98.96,
    segments: int = 10,
) -> Cable:
    """Return a myelinated axon: a node, then internode and node in turn.

    The defaults are those of Brill, Waxman, Moore and Joyner 1977, J Neurol Neurosurg Psychiatry
    40:769–774, as implemented by Hines (ModelDB 9848).

    Parameters
    ----------
    node : Membrane, optional
        At the nodes; `brill_node` at 20 °C if left out.
    internodes : int
        How many.
    diameter : float
        Of the axon within the sheath, and of the nodes (µm).
    node_length, internode_length : float
        µm.
    membranes : float
        How many membranes in series the sheath amounts to; see `membranes_in_myelin`.
    axolemma : Membrane, optional
        One such membrane, nothing but a leak; 0.3 mS/cm², 1 µF/cm² and the node's resting
        potential if left out.
    axial_resistivity : float
        Ω·cm.
    segments : int
        Compartments in each internode.

    Returns
    -------
    Cable
        With regions ``"node"``, ``"internode"`` and ``"internode 0"``, ``"internode 1"``, ….
    """
    node = brill_node() if node is None else instance("node", node, Membrane, "a Membrane")
    internodes, segments = whole("internodes", internodes, 1), whole("segments", segments, 1)
    for name, value in {
        "diameter": diameter, "node_length": node_length, "internode_length": internode_length
    }.items():  # fmt: skip
        number(name, value, above=0)
    number("membranes", membranes, least=1)
    if axolemma is None:
        axolemma = passive(0.29946, round(node.rest(), 2), 1.0, node.celsius)
    _only_leak("axolemma", axolemma)
    sheath = series(axolemma, membranes)
    parts = [("node", node, node_length, diameter, 1)]
    for k in range(internodes):
        parts.append((f"internode {k}", sheath, internode_length, diameter, segments))
        parts.append(("node", node, node_length, diameter, 1))
    cable = chain(*parts, axial_resistivity=axial_resistivity)
    wrapped = np.setdiff1d(np.arange(len(cable)), cable.regions["node"])
    return replace(cable, regions=cable.regions | {"internode": wrapped})


def demyelinate(
    axon: Cable, internodes: Chosen, remaining: float = 0.0, axolemma: Membrane | None = None
) -> Cable:
    """Return the axon with the sheath of some internodes thinned or gone.

    Parameters
    ----------
    axon : Cable
        Made by `myelinated_axon`, or a double cable such as that of `mammalian_axon`.
    internodes : sequence of int
        Which, counted from 0.
    remaining : float
        What fraction of the sheath's membranes is left beside the axolemma, which always stays,
        0 to 1.
    axolemma : Membrane, optional
        The bare membrane; if left out, a leak of 1 µF/cm² with the sheath's time constant. That of
        a double cable stays what it is, or may become any membrane, with channels of its own.

    Examples
    --------
    >>> axon = nc.mammalian_axon(nodes=31)
    >>> nc.conducts(axon), nc.conducts(nc.demyelinate(axon, range(14, 17)))
    (True, False)
    """
    number("remaining", remaining, least=0, most=1)
    chosen = _under_internodes(axon, internodes)
    membranes = list(axon.membranes)
    if axon.sheath is not None:
        if axolemma is not None:
            instance("axolemma", axolemma, Membrane, "a Membrane")
            for place in chosen:
                membranes[place] = axolemma
        return replace(
            axon, membranes=tuple(membranes), sheath=axon.sheath.thinned(chosen, remaining)
        )
    if axolemma is not None:
        _only_leak("axolemma", axolemma)
    for place in chosen:
        sheath = membranes[place]
        bare = _one_of(sheath) if axolemma is None else axolemma
        count = 1 + remaining * (bare.capacitance / sheath.capacitance - 1)
        membranes[place] = series(bare, count)
    return replace(axon, membranes=tuple(membranes))


def open_paranodes(axon: Cable, width: float, internodes: Chosen | None = None) -> Cable:
    """Return a double cable whose sheath lies less close to the axolemma at the paranodes.

    There the periaxonal space is narrowest, and seals what lies under the sheath from the node.

    Parameters
    ----------
    axon : Cable
        Such as that of `mammalian_axon`.
    width : float
        Of the space at the paranodes (µm); 0.002 in a sound `mammalian_axon`.
    internodes : sequence of int, optional
        At both ends of which of them, counted from 0; of all, if left out.

    Examples
    --------
    >>> axon = nc.mammalian_axon()
    >>> loose = nc.open_paranodes(axon, 0.02)
    >>> nc.conduction_velocity(loose) < nc.conduction_velocity(axon)
    True
    """
    instance("axon", axon, Cable, "a Cable")
    if axon.sheath is None or "paranode" not in axon.regions:
        raise ValueError("axon must be a double cable with paranodes, such as a mammalian_axon")
    chosen = np.asarray(axon.regions["paranode"])
    if internodes is not None:
        chosen = np.intersect1d(chosen, _under_internodes(axon, internodes))
    room = (axon.sheath.diameter - axon.diameter)[chosen] / 2
    number("width", width, above=0, most=float(room.min(initial=np.inf)))
    return replace(axon, sheath=axon.sheath.widened(chosen, width))


def _under_internodes(axon: Cable, internodes: Chosen) -> NDArray[np.integer]:
    """Return the compartments of the internodes of these numbers."""
    instance("axon", axon, Cable, "a Cable")
    chosen = np.atleast_1d(even(internodes))
    if chosen.ndim > 1 or (chosen.size and chosen.dtype.kind not in "iu"):
        raise TypeError(f"internodes must be whole numbers, got {internodes!r}")
    places = []
    for k in chosen:
        region = f"internode {k}"
        if region not in axon.regions:
            raise ValueError(f"internodes must be some of the axon's, which has no internode {k}")
        places.extend(axon.regions[region])
    return np.array(places, np.intp)


def cell_with_initial_segment(
    density: float = 5.0, shifted: float = -7.0, celsius: float = 6.3
) -> Cable:
    """Return a toy cell whose axon begins with an initial segment.

    Dendrite (600 × 4 µm, passive), soma (20 × 20), initial segment (20 × 1) and axon (400 × 1), a
    chain with squid channels: made to show what density and left shift do (Hu and others 2009,
    Kole and others 2008), not to match any cell.

    Parameters
    ----------
    density : float
        Of sodium channels in the initial segment, in units of the soma's.
    shifted : float
        By how much their activation is shifted (mV; negative: to the left).
    celsius : float
        Temperature (°C).

    Returns
    -------
    Cable
        With the regions ``"dendrite"``, ``"soma"``, ``"initial segment"`` and ``"axon"``.
    """
    number("density", density, least=0)
    number("shifted", shifted, least=-200, most=200)
    squid = hodgkin_huxley(celsius)
    dense = replace(squid["Na"], conductance=density * squid["Na"].conductance)
    segment = modify(squid, "Na", lambda _: shift(dense, shifted, "m"))
    return chain(
        ("dendrite", passive(0.3, -65.0, celsius=celsius), 600, 4, 10),
        ("soma", squid, 20, 20, 1),
        ("initial segment", segment, 20, 1, 4),
        ("axon", squid, 400, 1, 10),
        axial_resistivity=150.0,
    )


def _only_leak(name, membrane):
    """Return the one channel of a membrane that is nothing but a leak."""
    instance(name, membrane, Membrane, "a Membrane")
    if len(membrane.channels) != 1 or membrane.gates:
        names = [channel.name for channel in membrane.channels]
        raise ValueError(f"{name} must have nothing but a leak, got the channels {names}")
    return membrane.channels[0]


def _one_of(sheath):
    """Return the one membrane (1 µF/cm²) of which a sheath is a series."""
    channel = _only_leak("axolemma", sheath)
    alone = replace(channel, conductance=channel.conductance / sheath.capacitance)
    return replace(sheath, channels=(alone,), capacitance=1.0)
