"""A drawing: one curve or several over a range, on axes that are labelled."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from numpy import array, flatnonzero, geomspace, interp, linspace

from neurocore.practice.kinds.comparing import (
    Tolerance,
    inside,
    judge_values,
    of_largest,
    too_close,
)
from neurocore.practice.kinds.problem import Problem
from neurocore.practice.outcomes import reply
from neurocore.practice.reading import Refused
from neurocore.practice.reading.drawn import MOST, sorted_curve

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see reading/objects.py


class Axis(NamedTuple):
    """What one axis of a drawing has to show: a quantity, its unit, "linear" or "log"."""

    quantity: str
    unit: str
    scale: str = "linear"

    @property
    def label(self) -> str:
        """What could stand beside it: "time (ms)"."""
        return f"{self.quantity} ({self.unit})" if self.unit else self.quantity


@dataclass(frozen=True, eq=False, kw_only=True)
class Plot(Problem):
    """A drawing: one curve or several over a range, on axes that are labelled.

    The answer is a function of x; with several curves it is a dictionary of them by name. So are
    the mistakes, for the curves that they touch.

    Attributes
    ----------
    x, y : Axis
        What the axes show.
    low, high : float
        The range of x that has to be drawn.
    tolerance : Tolerance
        The rule for each value.
    points : int
        At how many places of the range a curve is compared.
    """

    x: Axis
    y: Axis
    low: float
    high: float
    tolerance: Tolerance
    points: int = 101

    @cached_property
    def _places(self):
        """Where curves are compared, evenly spread as the axis shows them."""
        spread = geomspace if self.x.scale == "log" else linspace
        return spread(self.low, self.high, self.points)

    def _read_reference(self, value):
        curves = value if isinstance(value, dict) else {"": value}
        return {
            name: array([curve(float(x)) for x in self._places]) for name, curve in curves.items()
        }

    def _clash(self, variant):
        for name, reference in variant.answer.items():
            values = [("the answer", reference)]
            values += [(f"the curve {n}", y) for n, y in variant.answer.items() if n != name]
            values += [(m.code, v[name]) for m, v in variant.mistakes if name in v]
            clash = too_close(values, self.tolerance, self.y.unit)
            if clash:
                return clash
        return None

    def _wanted(self):
        names = [name for name in self.variant().answer if name]
        curves = f"the curves {', '.join(names)}" if names else "the curve"
        axes = [
            f"the {letter} axis is {axis.quantity}"
            + (f" in {axis.unit}" if axis.unit else "")
            + ", logarithmic" * (axis.scale == "log")
            for letter, axis in (("x", self.x), ("y", self.y))
        ]
        return (
            f"**Answer:** `{self.name}`, the axes that you draw in: "
            f"`import matplotlib.pyplot as plt`, then `figure, {self.name} = plt.subplots()`.\n"
            f"Draw {curves} from {self.low:g} to {self.high:g} {self.x.unit}".rstrip()
            + f", {of_largest(self.tolerance, self.y.unit)}.\n"
            + f"T{'; '.join(axes)[1:]}.\nLabel both, with their units."
        )

    def _asked(self):
        return {"units": [self.x.unit, self.y.unit]}

    def _verdict(self, plain, variant):
        if len(plain["curves"]) > MOST:
            raise ValueError(f"there are {len(plain['curves'])} curves")
        curves = [(array(curve["x"], float), array(curve["y"], float)) for curve in plain["curves"]]
        missing = [
            name
            for name, reference in variant.answer.items()
            if not any(self._follows(curve, reference) for curve in curves)
        ]
        if missing:
            return self._what_is_wrong(missing, curves, variant)
        self._judge_names([curve["name"] for curve in plain["curves"]], curves, variant.answer)
        self._judge_axes(plain["axes"])
        return self._right()

    def _judge_names(self, names, curves, wanted):
        """Refuse a curve that the student calls by the name of another one."""
        for called, curve in zip(names, curves, strict=True):
            if called in wanted and not self._follows(curve, wanted[called]):
                for which, reference in wanted.items():
                    if self._follows(curve, reference):
                        raise Refused("incorrect.legend", called=called, which=which)

    def _judge_axes(self, axes):
        for letter, axis, given in zip("xy", (self.x, self.y), axes, strict=True):
            if given["scale"] != axis.scale:
                raise Refused(
                    "incorrect.scale", axis=letter, given=given["scale"], wanted=axis.scale
                )
            if not given["label"].strip():
                raise Refused("incorrect.label", axis=letter)
            if not given["unit_named"]:
                raise Refused("incorrect.axis-unit", axis=letter, example=axis.label)

    def _covered(self, curve):
        """Return the comparing places that a curve spans; a hundredth of the range may lack."""
        slack = 0.01 * (self.high - self.low)
        return (curve[0][0] - slack <= self._places) & (self._places <= curve[0][-1] + slack)

    def _follows(self, curve, reference):
        drawn_there = interp(self._places, *curve)
        near = inside(drawn_there, reference, self.tolerance.margin(reference))
        return near and bool(self._covered(curve).all())

    def _what_is_wrong(self, missing, curves, variant):
        """Return the most telling reply to a curve that should not be there, or is not."""
        wanted = variant.answer
        others = [
            curve
            for curve in curves
            if not any(self._follows(curve, reference) for reference in wanted.values())
        ]
        if not others:
            return reply("incorrect.missing", self.id, missing=", ".join(missing))
        found = [self._compare(name, curve, variant) for name in missing for curve in others]
        telling = ("mistake", "near", "incorrect.range", "incorrect.coarse", "incorrect")

        def rank(verdict):
            return next(i for i, code in enumerate(telling) if verdict.code.startswith(code))

        return min(found, key=rank)

    def _compare(self, name, curve, variant):
        which = f"The curve {name}" if name else "The curve"
        reference = variant.answer[name]
        covered = self._covered(curve)
        if covered.sum() > self.points // 10:
            y = interp(self._places[covered], *curve)
            mistakes = [(m, v[name][covered]) for m, v in variant.mistakes if name in v]
            code, fields = judge_values(
                y, reference[covered], mistakes, self.tolerance, self.y.unit, variant.p
            )
            if code == "correct":
                low, high = (f"{x:g} {self.x.unit}".strip() for x in (self.low, self.high))
                return reply("incorrect.range", self.id, which=which, low=low, high=high)
            if code == "mistake":
                return self._mistaken(fields["mistake"], variant)
            if code != "incorrect":
                return reply(code, self.id, **fields)
        margin = self.tolerance.margin(reference)
        here = (self.low <= curve[0]) & (curve[0] <= self.high)
        off = abs(curve[1] - interp(curve[0], self._places, reference)) > margin
        if here.sum() > 1 and not off[here].any():
            return reply("incorrect.coarse", self.id, which=which)
        if self._follows(sorted_curve(curve[1], curve[0]), reference):
            return reply("near.axes", self.id)
        wrong = flatnonzero(off & here)
        x, y = (values[wrong[0] if wrong.size else 0] for values in curve)
        return reply(
            "incorrect.curve", self.id, which=which,
            x=f"{x:.4g} {self.x.unit}".strip(), y=f"{y:.4g} {self.y.unit}".strip(),
        )  # fmt: skip
