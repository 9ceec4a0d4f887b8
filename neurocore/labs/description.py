"""What a lab shows and what moves it: sliders, switches and panels, as data.

Everything here is turned into plain JSON for the front end, and is what the
static picture and the table of answers are made from.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
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
    "say",
    "symbols",
]


Frame: TypeAlias = Mapping[str, NDArray[np.float64]]
"""What a lab's function returns, as arrays."""


@dataclass(frozen=True)
class Slider:
    """One argument of the lab's function, moved along a list of stops.

    Parameters
    ----------
    name : str
        The function's parameter.
    label, unit : str
        What the reader sees.
    stops : sequence of float
        The settings that the static page can answer, increasing.
    value : float
        Where the slider stands at first; one of the stops.
    between : bool
        Whether the static page may interpolate linearly between stops. The
        build measures the error and refuses where it would be visible.
    """

    name: str
    label: str
    unit: str
    stops: tuple[float, ...]
    value: float
    between: bool = False

    def __post_init__(self) -> None:
        stops = tuple(float(stop) for stop in self.stops)
        if len(stops) < 2 or any(b <= a for a, b in itertools.pairwise(stops)):
            raise ValueError(f"stops of slider {self.name!r}: {stops}; at least two, increasing")
        if self.value not in stops:
            raise ValueError(f"value of slider {self.name!r}: {self.value}; one of {stops}")
        object.__setattr__(self, "stops", stops)
        object.__setattr__(self, "value", float(self.value))

    def describe(self) -> dict[str, object]:
        """Plain data for the front end."""
        return {"kind": "slider", **self.__dict__, "stops": list(self.stops)}


@dataclass(frozen=True)
class Switch:
    """A yes-or-no argument of the lab's function."""

    name: str
    label: str
    value: bool = True
    between: bool = field(default=False, init=False)

    @property
    def stops(self) -> tuple[float, float]:
        """The two settings, off and on."""
        return (0.0, 1.0)

    def describe(self) -> dict[str, object]:
        """Plain data for the front end."""
        return {
            "kind": "switch",
            "name": self.name,
            "label": self.label,
            "stops": [0.0, 1.0],
            "value": float(self.value),
            "between": False,
        }


@dataclass(frozen=True)
class Line:
    """A curve in a `Traces` panel: one of the function's arrays."""

    output: str
    label: str
    role: str = "v"
    dash: bool = False


@dataclass(frozen=True)
class Level:
    """A horizontal line at one of the function's numbers."""

    output: str
    label: str
    role: str = "v"


@dataclass(frozen=True)
class Point:
    """A dot at two of the function's numbers."""

    x: str
    y: str
    label: str
    role: str = "v"


@dataclass(frozen=True)
class Traces:
    """Curves against one shared horizontal axis.

    Ranges are fixed, so that the eye sees the curve move and not the frame.
    """

    title: str
    x: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_log: bool = False
    y_log: bool = False
    levels: tuple[Level, ...] = ()
    points: tuple[Point, ...] = ()
    keep: bool = False  # a button that leaves the present curves behind, faint

    def ticks(self, axis: str) -> list[float]:
        """Return where the axis "x" or "y" is labelled."""
        low, high = getattr(self, f"{axis}_range")
        return ticks(low, high, getattr(self, f"{axis}_log"))

    def describe(self) -> dict[str, object]:
        """Plain data for the front end."""
        return {"kind": "traces", **_plain(self), **_axes(self)}


@dataclass(frozen=True)
class Curve:
    """A curve in a `Plane` panel: two of the function's arrays, of one length."""

    x: str
    y: str
    label: str
    role: str = "v"
    dash: bool = False


@dataclass(frozen=True)
class Plane:
    """One quantity against another.

    On curves as long as the lab's time, a dot marks the time cursor.
    """

    title: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    points: tuple[Point, ...] = ()
    x_log = y_log = False
    ticks = Traces.ticks

    def describe(self) -> dict[str, object]:
        """Plain data for the front end."""
        return {"kind": "plane", **_plain(self), **_axes(self)}


@dataclass(frozen=True)
class Map:
    """A quantity in colour over two axes, as over time and along an axon.

    `output` is a 2-d array of shape (len(y), len(x)); `x` and `y` are rising and
    evenly spaced; colours span `range`.
    """

    title: str
    output: str
    x: str
    y: str
    x_label: str
    y_label: str
    range: tuple[float, float]
    unit: str

    def describe(self) -> dict[str, object]:
        """Plain data for the front end."""
        return {"kind": "map", **_plain(self), "colours": COLOURS}


@dataclass(frozen=True)
class Channels:
    """A drawn membrane: its channels open and inactivate at the time cursor.

    `m`, `h` and `n` are arrays over the lab's time.
    """

    title: str
    m: str
    h: str
    n: str

    def describe(self) -> dict[str, object]:
        """Plain data for the front end."""
        return {"kind": "channels", **_plain(self)}


@dataclass(frozen=True)
class Axon:
    """A drawn axon in the colours of a quantity at the time cursor.

    `output` is a 2-d array (positions, times), `y` the positions and `myelin` an
    array over them, from 0 for bare to 1 for full myelin; colours span `range`.
    """

    title: str
    output: str
    y: str
    myelin: str
    range: tuple[float, float]

    def describe(self) -> dict[str, object]:
        """Plain data for the front end."""
        return {"kind": "axon", **_plain(self), "colours": COLOURS}


@dataclass(frozen=True)
class Bar:
    """One bar: a number, or an array read at the time cursor."""

    output: str
    label: str
    role: str = "v"


@dataclass(frozen=True)
class Bars:
    """Horizontal bars from zero, each with its number."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    range: tuple[float, float]
    digits: int = 1

    def describe(self) -> dict[str, object]:
        """Plain data for the front end."""
        return {"kind": "bars", **_plain(self)}


Panel: TypeAlias = Traces | Plane | Map | Channels | Axon | Bars

# Nine steps of viridis (van der Walt and Smith), even to the eye and to the colour-blind.
COLOURS = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c"]
COLOURS += ["#28ae80", "#5ec962", "#addc30", "#fde725"]


def _axes(panel):
    return {
        "x_ticks": panel.ticks("x"),
        "y_ticks": panel.ticks("y"),
        "x_log": panel.x_log,
        "y_log": panel.y_log,
    }


def _plain(panel):
    """A panel as the JSON it becomes."""
    return {
        name: [getattr(part, "__dict__", part) for part in value]
        if isinstance(value, tuple)
        else value
        for name, value in panel.__dict__.items()
    }


def ticks(low: float, high: float, log: bool) -> list[float]:
    """Return round values from low to high to label an axis with."""
    if log:
        exponents = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
        steps = [1, 2, 5] if high < 300 * low else [1]
        ticks = np.outer(10.0**exponents, steps).ravel()
    else:
        rough = (high - low) / 5
        unit = 10.0 ** np.floor(np.log10(rough))
        step = next(m * unit for m in (1, 2, 5, 10) if m * unit >= rough * (1 - 1e-9))
        ticks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    return [float(tick) for tick in ticks if low <= tick <= high]


SYMBOL = re.compile(r"(\w)_(\w+)")


def symbols(text: str) -> str:
    """Write text as HTML, with V_m as a symbol and its index."""
    return SYMBOL.sub(r"<i>\1</i><sub>\2</sub>", escape(text))


FIELD = re.compile(r"\{(\w+)(?::(\+?)\.(\d)f)?\}")


def number(value: float, digits: int, sign: str = "") -> str:
    """Write a number as the front end does: a true minus, and zero without a sign."""
    text = f"{value:{sign}.{digits}f}"
    if float(text) == 0:
        text = text.strip("+-")
    return text.replace("-", "\N{MINUS SIGN}")


def at_cursor(frame: Frame, name: str, cursor: int = -1) -> float:
    """Return an output as a number: of an array, its value at a place of the time cursor."""
    values = np.ravel(frame[name])
    return float(values[min(cursor, len(values) - 1)])


def first_cursor(frame: Frame, time: str, start: float | None) -> int:
    """Return the index at which the time cursor begins: the time nearest `start`, or the last."""
    if not time or start is None:
        return -1
    return int(np.abs(frame[time] - start).argmin())


def say(templates: Sequence[str], frame: Frame, cursor: int = -1) -> str:
    """Say what a frame shows.

    Parameters
    ----------
    templates : sequence of str
        Sentences with fields such as ``{v_m:.1f}`` or ``{change:+.1f}``; the
        frame's ``outcome`` (0 where there is none) picks the sentence.
    frame : dict
        What the lab's function returned.
    cursor : int, optional
        Index of the time at which arrays are read; by default the last.
    """

    def fill(match):
        name, sign, digits = match.groups()
        return number(at_cursor(frame, name, cursor), int(digits or 0), sign or "")

    outcome = round(at_cursor(frame, "outcome", cursor)) if "outcome" in frame else 0
    return FIELD.sub(fill, templates[outcome])
