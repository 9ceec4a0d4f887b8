"""The labs of the book: a pure function each, shown by the one widget class `Lab`.

``lab("membrane-at-rest")`` puts a lab on the page; `LABS` lists them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neurocore.labs.aftermath import AFTERMATH
from neurocore.labs.description import (
    Axon,
    Bar,
    Bars,
    Channels,
    Curve,
    Level,
    Line,
    Map,
    Plane,
    Point,
    Slider,
    Switch,
    Traces,
)
from neurocore.labs.propagation import PROPAGATION
from neurocore.labs.rest import REST
from neurocore.labs.spike import SPIKE
from neurocore.labs.threshold import THRESHOLD

__all__ = [
    "LABS",
    "Axon",
    "Bar",
    "Bars",
    "Channels",
    "Curve",
    "Level",
    "Line",
    "Map",
    "Plane",
    "Point",
    "Slider",
    "Switch",
    "Traces",
    "lab",
]

LABS: dict[str, dict[str, Any]] = {**REST, **THRESHOLD, **SPIKE, **AFTERMATH, **PROPAGATION}


if TYPE_CHECKING:
    from neurocore.labs.widget import Lab
else:

    def __getattr__(name):
        # The widget brings anywidget along, which the labs' functions do without.
        if name == "Lab":
            from neurocore.labs.widget import Lab

            return Lab
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def lab(name: str) -> Lab:
    """Show one of the book's labs.

    Parameters
    ----------
    name : str
        One of `LABS`.

    Returns
    -------
    Lab
        An ipywidget.

    Raises
    ------
    ValueError
        If there is no such lab.
    """
    if name not in LABS:
        raise ValueError(f"lab {name!r} does not exist; there are {', '.join(LABS)}")
    from neurocore.labs.widget import Lab

    return Lab(**LABS[name])
