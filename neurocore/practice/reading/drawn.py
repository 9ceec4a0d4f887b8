"""From what a student has drawn to plain data: curves, labels and scales, read off the axes."""

import builtins
import re
import sys

from numpy import argsort, nan
from numpy import isfinite as np_isfinite
from numpy.ma import filled

from neurocore.practice.reading.objects import is_one_of, kind_of
from neurocore.practice.reading.refused import Refused
from neurocore.practice.reading.units import conversion
from neurocore.practice.reading.written import TEN

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see objects.py

MOST = 100
"""How many curves a drawing may have: each is compared with each that is wanted."""


def drawing(value, units, name):
    """Return what is drawn on the axes, or in the figure, that a student hands in.

    Parameters
    ----------
    value : object
        What the student handed in.
    units : sequence of str
        The units that x and y are wanted in.
    name : str
        What the student calls it.

    Returns
    -------
    dict
        "curves": lines and scattered points with at least two finite places, in the order drawn,
        each with its "name" in a legend and lists "x" and "y", sorted by x, in the units that are
        wanted. "axes": for x and y the "label", the "scale", and "unit_named", whether the label
        names a unit of the kind that is wanted; if not, values count in the unit wanted.

    Raises
    ------
    Refused
        With the code of the outcome, if it is anything else, or if nothing is drawn there.
    """
    try:
        found = _read(_axes(value, name), units)
    except Refused:
        raise
    except BaseException as error:  # what matplotlib holds can be the student's own objects
        kind = "a drawing that cannot be read"
        raise Refused("invalid.plot", name=name, kind=kind) from error
    if len(found["curves"]) > MOST:
        kind = f"a drawing of {len(found['curves'])} curves"
        raise Refused("invalid.plot", name=name, kind=kind)
    if not found["curves"]:
        raise Refused("unanswered.drawing", name=name)
    return found


def _read(axes, units):
    """Return the curves that can be seen on the axes, the labels and the scales."""
    Axes = type(axes)  # its own functions: those of the object can be rebound
    Line = sys.modules["matplotlib.lines"].Line2D
    Points = sys.modules["matplotlib.collections"].PathCollection
    found = []
    for line in Axes.get_lines(axes):
        if type(line) is Line and line.get_transform() is axes.transData and line.get_visible():
            found.append((str(line.get_label()).strip(), *line.get_data(orig=False)))
    for points in axes.collections:
        if type(points) is Points and points.get_visible():
            found.append((str(points.get_label()).strip(), *filled(points.get_offsets(), nan).T))
    labels = str(Axes.get_xlabel(axes)), str(Axes.get_ylabel(axes))
    scales = str(Axes.get_xscale(axes)), str(Axes.get_yscale(axes))
    factors = [
        unit_factor(label, unit) if unit else 1.0 for label, unit in zip(labels, units, strict=True)
    ]
    across, up = (1.0 if factor is None else factor for factor in factors)
    curves = []
    for name, x, y in found:
        x, y = sorted_curve(x, y)
        if x.size > 1:
            curves.append({"name": name, "x": (x * across).tolist(), "y": (y * up).tolist()})
    described = zip(labels, scales, factors, strict=True)
    return {
        "curves": curves,
        "axes": [
            {"label": label, "scale": scale, "unit_named": factor is not None}
            for label, scale, factor in described
        ],
    }


def sorted_curve(x, y):
    """Return the finite points of a curve, ordered by x."""
    finite = np_isfinite(x) & np_isfinite(y)
    order = argsort(x[finite], kind="stable")
    return x[finite][order], y[finite][order]


def unit_factor(label, unit):
    """Return what converts values under an axis's label to a unit; None if it names no unit.

    The unit stands at the end of the label: "V (mV)", "V [mV]", "V / mV", "V, mV" or "V in mV".
    A power of ten anywhere leaves open what was multiplied by it, "V × 10³ (mV)" too.
    """
    text = re.sub(r"\\mathrm|\\text|[{}$]", "", re.sub(r"\\mu\s*", "µ", label))
    text = text.replace("\\,", " ").replace("\\Omega", "Ω").replace("\\cdot", "·").strip()
    if re.search(TEN, text):
        return None
    bracketed = re.findall(r"[(\[]([^()\[\]]*)[)\]]", text)
    before = (re.match(mark, text, re.DOTALL) for mark in (r".*,", r".*?\s/", r".*\bin\s"))
    tails = [text[found.end() :] for found in before if found]
    for given in (*reversed(bracketed), *tails):
        factor = conversion(given, unit) if given.strip() else None
        if factor is not None:
            return factor
    return None


def _axes(value, name):
    """Return the one `matplotlib.axes.Axes` that is meant."""
    modules = sys.modules
    if "matplotlib.figure" in modules:
        Figure = modules["matplotlib.figure"].Figure
        Axes = modules["matplotlib.axes"].Axes
        if is_one_of(value, (tuple, list)) and len(value) == 2 and type(value[0]) is Figure:
            value = value[1]  # all that `plt.subplots()` returns
        if type(value) is Figure:
            inside = Figure.get_axes(value)
            if not inside:
                raise Refused("unanswered.drawing", name=name)
            if len(inside) > 1:
                raise Refused("invalid.axes", name=name, count=len(inside))
            value = inside[0]
        if type(value) is Axes:
            return value
    raise Refused("invalid.plot", name=name, kind=kind_of(value))
