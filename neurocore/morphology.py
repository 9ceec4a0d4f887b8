"""Cells as they were traced: a file in the SWC format becomes a tree of compartments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TextIO

import numpy as np

from ._arguments import instance, number
from .cable import Cable
from .membrane import Membrane

TYPES = {1: "soma", 2: "axon", 3: "basal", 4: "apical"}
FREQUENCY = 100.0  # Hz: so fast a membrane is a capacitance, whatever its channels do
FRACTION = 0.1  # of a length constant at this frequency


@dataclass(frozen=True, eq=False)
class _Point:
    """A line of the file: a ball, and the one that it hangs on."""

    line: int
    number: int
    region: str
    place: np.ndarray  # µm
    radius: float  # µm
    parent: int


def read_swc(
    source: str | PathLike[str] | TextIO,
    membranes: Membrane | Mapping[str, Membrane],
    *,
    axial_resistivity: float,
    longest: float | None = None,
) -> Cable:
    r"""Return the cell that a file in the SWC format describes.

    Two points, one hanging on the other, are the ends of a cone. What lies between two forks, or
    changes of type, is cut into equal pieces, each a cylinder with the membrane of its cones. A
    soma of one point is a sphere; so is one of three, the second and third a radius away from the
    first (neuromorpho.org). A cylinder as long as wide stands for it, to whose middle all that
    grows from it is joined. What grows from within a soma begins at its own first point.

    Parameters
    ----------
    source : str, path or open text file
        The file, as of Cannon and others 1998, J Neurosci Methods 84:49–54.
    membranes : Membrane or dict of str to Membrane
        Of all the cell, or of each type in the file: ``"soma"``, ``"axon"``, ``"basal"`` and
        ``"apical"`` are its types 1 to 4; any other is called as in ``"type 7"``.
    axial_resistivity : float
        Of the cytoplasm (Ω·cm).
    longest : float, optional
        What no compartment but a spherical soma exceeds (µm). If left out, a tenth of the length
        constant at 100 Hz, √(d / 4π f R_i C); Hines and Carnevale 2001, Neuroscientist 7:123–135.

    Returns
    -------
    Cable
        With a region for each type.

    Raises
    ------
    ValueError, TypeError
        For a line that is no point, points that are no tree (both named by their lines), and a type
        without a membrane.

    Examples
    --------
    >>> from io import StringIO
    >>> file = StringIO("1 1 0 0 0 10 -1\n2 3 10 0 0 1 1\n3 3 210 0 0 1 2\n")
    >>> nc.read_swc(file, nc.passive(), axial_resistivity=150, longest=20)
    <Cable: 11 compartments, 220 µm, 1 tip; soma 1, basal 10; 6.3 °C>
    """
    number("axial_resistivity", axial_resistivity, above=0)
    if longest is not None:
        number("longest", longest, above=0)
    points = _points(source)
    children = _children(points)
    membrane_of = _membranes(membranes, points)
    (root,) = children[-1]
    sphere = _sphere(root, children)
    ends = {root: (-1, 1.0)}  # where each point stands: a compartment, and where on it
    regions, sizes, parents, joints = [], [], [], []
    if sphere:
        regions, sizes, parents, joints = ["soma"], [[2 * root.radius] * 2], [-1], [1.0]
        ends[root] = 0, 0.5
    for stretch in _stretches([p for p in children[root] if p not in sphere], children):
        start, last = points[stretch[0].parent], stretch[-1]
        parent, joint = ends[start]
        path = [start, *stretch]
        if start.region == "soma" != last.region:
            inside = start in sphere or _neighbours(start, points, children) > 1
            path[0] = replace(start, radius=stretch[0].radius)
            if inside and (len(stretch) > 1 or children[last]):
                path = stretch  # the way through the soma has no membrane
        capacitance = membrane_of[last.region].capacitance
        for size in _pieces(path, longest, capacitance * axial_resistivity):
            parents.append(parent)
            joints.append(joint)
            parent, joint = len(regions), 1.0
            regions.append(last.region)
            sizes.append(size)
        ends[last] = parent, joint
    if not regions:
        raise ValueError("source must hold a soma, or two points apart from each other")
    length, diameter = np.transpose(sizes)
    return Cable(
        tuple(membrane_of[region] for region in regions),
        length,
        diameter,
        axial_resistivity,
        {name: np.flatnonzero(np.array(regions) == name) for name in dict.fromkeys(regions)},
        parents,
        joints,
    )


def _points(source):
    """Return the points of a file by their numbers."""
    if isinstance(source, str | PathLike):
        if not Path(source).is_file():
            raise ValueError(f"source must be a file, and there is none called {str(source)!r}")
        lines = Path(source).read_text(encoding="utf-8-sig", errors="replace").splitlines()
    elif hasattr(source, "read"):
        lines = source.read().splitlines()
    else:
        raise TypeError(f"source must be a path or an open text file, got {source!r}")
    points = {}
    for k, line in enumerate(lines, 1):
        text = line.partition("#")[0]
        if text.strip():
            point = _point(k, text)
            if point.number in points:
                raise ValueError(
                    f"source has the point {point.number} twice, "
                    f"in lines {points[point.number].line} and {k}"
                )
            points[point.number] = point
    if not points:
        raise ValueError("source must hold points, got none")
    for point in points.values():
        if point.parent not in points and point.parent != -1:
            raise ValueError(
                f"source has no point {point.parent}, on which that of line {point.line} hangs"
            )
    return points


def _point(line, text):
    form = "number, type, x, y, z, radius and parent"
    try:
        values = [float(word) for word in text.split()]
        if len(values) != 7 or not np.isfinite(values).all():
            raise ValueError
        count, kind, parent = (int(values[k]) for k in (0, 1, 6))
        if [count, kind, parent] != [values[k] for k in (0, 1, 6)] or min(
            count, kind, parent + 1
        ) < 0:
            raise ValueError
    except ValueError:
        raise ValueError(f"source, line {line}: wanted are {form}, got {text.strip()!r}") from None
    if values[5] <= 0:
        raise ValueError(f"source, line {line}: the radius must be above 0, got {values[5]:g}")
    region = TYPES.get(kind, f"type {kind}")
    return _Point(line, count, region, np.array(values[2:5]), values[5], parent)


def _children(points):
    """Return what hangs on each point, and on −1 the root, once it is known to be a tree."""
    children = {point: [] for point in points.values()} | {-1: []}
    for point in points.values():
        children[points.get(point.parent, -1)].append(point)
    roots = children[-1]
    if len(roots) > 1:
        where = ", ".join(str(p.line) for p in roots)
        raise ValueError(f"source must have one root, of parent −1, but lines {where} are such")
    reached = list(roots)
    for point in reached:
        reached += children[point]
    found = set(reached)
    lost = [p for p in points.values() if p not in found]
    if lost:
        loop = [lost[0]]
        while points[loop[-1].parent] not in loop:
            loop.append(points[loop[-1].parent])
        loop = loop[loop.index(points[loop[-1].parent]) :]
        where = ", ".join(str(line) for line in sorted(p.line for p in loop))
        raise ValueError(f"source must be a tree, but these lines make a loop: {where}")
    return children


def _membranes(membranes, points):
    """Return the membrane of each region in the file."""
    regions = {}
    for point in points.values():
        regions.setdefault(point.region, point.line)
    if isinstance(membranes, Membrane):
        return dict.fromkeys(regions, membranes)
    instance("membranes", membranes, dict, "a Membrane, or a dict of them by type")
    for name, membrane in membranes.items():
        if name not in TYPES.values() and not re.fullmatch(r"type \d+", str(name)):
            known = ", ".join(TYPES.values())
            raise ValueError(f"membranes must be of {known} or as in 'type 7', got {name!r}")
        instance(f"membranes[{name!r}]", membrane, Membrane, "a Membrane")
    for name, line in regions.items():
        if name not in membranes:
            raise ValueError(f"membranes must have one of {name!r}, for line {line} of the file")
    return membranes


def _sphere(root, children):
    """Return the points that stand for a spherical soma, none if it is of another shape."""
    soma = [root, *(p for p in children[root] if p.region == "soma")]
    if root.region != "soma":
        return []
    if len(soma) == 1:
        return soma
    alike = all(
        p.radius == root.radius
        and not children[p]
        and abs(np.linalg.norm(p.place - root.place) / root.radius - 1) < 0.01
        for p in soma[1:]
    )
    return soma if len(soma) == 3 and alike else []


def _neighbours(point, points, children):
    """Return how many points of the soma are next to a point."""
    beside = list(children[point])
    if point.parent != -1:
        beside.append(points[point.parent])
    return sum(p.region == "soma" for p in beside)


def _stretches(begun, children):
    """Yield the points between two forks or changes of type, those nearer to the root first."""
    begun = begun[::-1]
    while begun:
        stretch = [begun.pop()]
        on = children[stretch[-1]]
        while len(on) == 1 and on[0].region == stretch[0].region:
            stretch += on
            on = children[stretch[-1]]
        begun += on[::-1]
        yield stretch


def _pieces(path, longest, load):
    """Return length and diameter (µm) of the equal pieces into which cones are cut.

    `load` is capacitance times axial resistivity (µF/cm² Ω·cm).
    """
    along = np.linalg.norm(np.diff([p.place for p in path], axis=0), axis=1)
    radius = np.array([p.radius for p in path])
    total = along.sum()
    if total == 0:
        return []
    slant = np.hypot(along, np.diff(radius))
    area = np.append(0.0, np.cumsum(np.pi * (radius[:-1] + radius[1:]) * slant))
    if longest is None:
        diameter = area[-1] / (np.pi * total)
        longest = FRACTION * 1e4 * np.sqrt(diameter * 1e2 / (4 * np.pi * FREQUENCY * load))
    count = int(np.ceil(total / longest - 1e-9))
    end = np.append(0.0, np.cumsum(along))
    cut = np.linspace(0, total, count + 1)
    cone = np.clip(np.searchsorted(end, cut, side="right") - 1, 0, along.size - 1)
    share = (cut - end[cone]) / np.maximum(along[cone], 1e-300)
    share[-1] = 1.0  # of a last cone of no length, too
    across = radius[cone] + share * np.diff(radius)[cone]
    before = area[cone] + np.pi * (radius[cone] + across) * slant[cone] * share
    size = total / count
    return [(size, membrane / (np.pi * size)) for membrane in np.diff(before)]
