"""The house style of every static figure: sizes, colours that keep their meaning, direct labels.

Each colour has a contrast of at least 4.5 : 1 against white. To some colour-blind readers Na⁺ and
the anions, and Cl⁻ and Ca²⁺, look much alike: so name every curve beside it, never by colour alone.
matplotlib loads when a figure is begun.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.text import Text
    from matplotlib.typing import RcKeyType

COLOUR = MappingProxyType(
    {
        "V": "#24292f",
        "K": "#0065a8",
        "Na": "#b34700",
        "Cl": "#00735a",
        "Ca": "#97306f",
        "anions": "#6b6b00",
        "muted": "#57606a",
    }
)
"""What each colour stands for, in every figure of the book."""

NAME = MappingProxyType(
    {"V": "$V_m$", "K": "K⁺", "Na": "Na⁺", "Cl": "Cl⁻", "Ca": "Ca²⁺", "anions": "A⁻"}
)
"""How each of them is written."""

STYLE: MappingProxyType[RcKeyType, Any] = MappingProxyType(
    {
        "figure.facecolor": "white",
        "axes.facecolor": "white",
        "savefig.facecolor": "white",
        "font.size": 13,
        "axes.labelsize": 13,
        "axes.titlesize": 13,
        "xtick.labelsize": 12,
        "ytick.labelsize": 12,
        "text.color": COLOUR["V"],
        "axes.labelcolor": COLOUR["V"],
        "axes.edgecolor": COLOUR["muted"],
        "xtick.color": COLOUR["muted"],
        "ytick.color": COLOUR["muted"],
        "xtick.labelcolor": COLOUR["V"],
        "ytick.labelcolor": COLOUR["V"],
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.8,
        "lines.linewidth": 2.0,
        "mathtext.default": "it",
        # A reader's machine need not have the font, and two builds give the same bytes.
        "svg.fonttype": "path",
        "svg.hashsalt": "neurocore",
    }
)


def figure(
    rows: int = 1, columns: int = 1, *, width: float = 6.0, height: float = 3.6, **options: Any
) -> tuple[Figure, Any]:
    """Begin a figure in the house style.

    Parameters
    ----------
    rows, columns : int
        How many panels; on a telephone two columns are the most that can be read.
    width, height : float
        Size, inches.
    **options
        Handed on to `matplotlib.pyplot.subplots`, like ``sharex=True``.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes or numpy.ndarray of them

    Notes
    -----
    Sets the style for the rest of the session, and SVG as what a notebook shows.
    """
    import matplotlib.pyplot as plt

    plt.rcParams.update(STYLE)
    if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})
    return plt.subplots(rows, columns, figsize=(width, height), layout="constrained", **options)


def picture(draw: Callable[[Axes], object], *, width: float = 6.0, height: float = 3.6) -> str:
    """Draw one figure in the house style and leave no trace of it in the session.

    Parameters
    ----------
    draw : callable
        Takes a `matplotlib.axes.Axes` and draws in it.
    width, height : float
        Size, inches.

    Returns
    -------
    str
        The text of an SVG.
    """
    from io import StringIO

    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context(dict(STYLE)):
        drawing = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(drawing)
        draw(drawing.subplots())
        text = StringIO()
        drawing.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def label(axes: Axes, x: float, y: float, text: str, role: str = "V", **options: Any) -> Text:
    """Write beside a curve what it is, in its own colour, instead of in a legend.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    x, y : float
        Where the text begins, in the units of the axes.
    text : str
    role : str
        A key of `COLOUR`.
    **options
        Handed on to `Axes.text`, like ``ha="right"``.

    Returns
    -------
    matplotlib.text.Text

    Raises
    ------
    ValueError
        If `role` has no colour.
    """
    return axes.text(x, y, text, color=_colour(role), **options)


def level(
    axes: Axes,
    value: float,
    text: str = "",
    role: str = "muted",
    *,
    along: str = "x",
    **options: Any,
) -> Line2D:
    """Draw a thin line across the axes at one value, and name it at its end.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    value : float
        Where, in the units of the axis that it stands on.
    text : str
        Name, written at the right end of the line, or at its top.
    role : str
        A key of `COLOUR`.
    along : {"x", "y"}
        Which axis the line runs along.
    **options
        Handed on to `Axes.annotate`.

    Returns
    -------
    matplotlib.lines.Line2D

    Raises
    ------
    ValueError
        If `role` has no colour or `along` is neither axis.
    """
    colour = _colour(role)
    style: dict[str, Any] = {
        "color": colour,
        "linewidth": 1.0,
        "linestyle": (0, (4, 3)),
        "zorder": 0,
    }
    if along == "x":
        line = axes.axhline(value, **style)
        place, transform = (1.0, value), axes.get_yaxis_transform()
        options = {"ha": "right", "va": "bottom", **options}
    elif along == "y":
        line = axes.axvline(value, **style)
        place, transform = (value, 1.0), axes.get_xaxis_transform()
        options = {"ha": "center", "va": "bottom", **options}
    else:
        raise ValueError(f"along must be 'x' or 'y'; got {along!r}")
    if text:
        gap: dict[str, Any] = {"xytext": (0, 2), "textcoords": "offset points"}
        axes.annotate(text, place, xycoords=transform, color=colour, **gap, **options)
    return line


def _colour(role: str) -> str:
    if role not in COLOUR:
        raise ValueError(f"role must be one of {', '.join(COLOUR)}; got {role!r}")
    return COLOUR[role]
