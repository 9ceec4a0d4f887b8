"""How an answer is compared: the tolerance, the known mistakes, and what comes near."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from math import ceil, inf, log, log10, pi

from numpy import array
from numpy import isfinite as all_finite

from neurocore.practice.reading.units import relatives

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see reading/objects.py


@dataclass(frozen=True)
class Tolerance:
    """How far from the reference an answer may lie: the larger of two margins.

    Attributes
    ----------
    absolute : float
        Margin in the unit of the answer.
    relative : float
        Margin as a fraction of the reference; for arrays, of its largest value.
    """

    absolute: float = 0.0
    relative: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.absolute < inf and 0 <= self.relative < 1) or not (
            self.absolute or self.relative
        ):
            raise ValueError(
                "a tolerance needs absolute > 0, or relative between 0 and 1; "
                f"got {self.absolute!r} and {self.relative!r}"
            )

    def margin(self, reference: object) -> float:
        """Return the half width of what is accepted around a reference (an array's: one)."""
        return max(self.absolute, self.relative * float(abs(array(reference)).max()))

    def words(self, unit: str) -> str:
        """Return the rule as the prompt states it: "within 0.3 mV"."""
        margins = []
        if self.absolute:
            margins.append(f"{self.absolute:g} {unit}".strip())
        if self.relative:
            margins.append(f"{100 * self.relative:g} %")
        return "within " + " or ".join(margins)

    @property
    def digits(self) -> int:
        """How many digits stay within the margin, where it is relative only; else 0."""
        if self.absolute or not self.relative:
            return 0
        # rounding to n digits moves a number by up to 0.5 · 10^(1 − n) of itself, if it begins in 1
        return max(1, ceil(1 - log10(2 * self.relative)))


def of_largest(rule, unit):
    """Return a rule for many values in words: "within 1 % of the largest value"."""
    return rule.words(unit) + " of the largest value" * bool(rule.relative)


def within(values, target, margin):
    """Return for each value whether it is in the margin of the target."""
    return (target - margin <= values) & (values <= target + margin)


def inside(values, target, margin):
    """Return whether every value is in the margin of the target."""
    return bool(array(within(values, target, margin)).all())


def judge_values(values, reference, mistakes, rule, unit, p):
    """Return the code of the outcome and the fields of its reply."""
    margin = rule.margin(reference)
    if inside(values, reference, margin):
        return "correct", {}
    for mistake, value in mistakes:
        if inside(values, value, rule.margin(value)):
            return "mistake", {"mistake": mistake}
    if not array(reference).any():  # every multiple of 0 is 0
        return "incorrect", {}
    # Within a wide tolerance, numbers that come from elsewhere fit a log or a power as well.
    close = min(margin, 0.05 * float(abs(array(reference)).max()))
    for code, factor, fields in _near(unit, p):
        room = margin if code in ("near.sign", "near.unit") else close
        if inside(values, factor * reference, abs(factor) * room):
            return code, fields
    if array(values).all() and inside(1 / values, reference, close):
        return "near.reciprocal", {}
    return "incorrect", {}


def _near(unit, p):
    """Yield (code, what the right value is multiplied by, fields) of the near misses."""
    yield "near.sign", -1.0, {}
    for other, factor in relatives(unit):
        yield "near.unit", factor, {"given": other, "unit": unit}
    for size in (1, 2, 3, 4, 5, 6, 9, 12):
        for power in (size, -size):
            words = f"{10.0**power:g}" if size < 4 else f"10^{power}"
            yield "near.power", 10.0**power, {"factor": words}
    yield "near.log", 1 / log(10), {}
    yield "near.log", log(10), {}
    celsius = getattr(p, "celsius", None)
    if celsius:
        yield "near.kelvin", celsius / (celsius + 273.15), {"celsius": celsius}
    if unit in ("rad", "°", "deg"):
        yield "near.degrees", 180 / pi, {}
        yield "near.degrees", pi / 180, {}


def is_rounded(value, reference):
    """Return whether a number is the reference rounded to fewer digits, by 2 % at most."""
    return abs(value - reference) <= 0.02 * abs(reference) and any(
        value == float(f"{reference:.{digits}g}") for digits in range(1, 12)
    )


def too_close(values, rule, unit):
    """Return words to the author if two of the named values cannot be told apart."""
    for name, value in values:
        if not array(all_finite(value)).all():
            return f"{name} is not finite: {value}"
    reference = values[0][1]
    margin = rule.margin(reference)
    if not margin:
        return "the answer is 0: a relative tolerance accepts nothing there, give an absolute one"
    if array(reference).any() and inside(0.0, reference, margin):
        return f"a tolerance {rule.words(unit)} accepts 0 for the answer {reference}"
    for i, (one, a) in enumerate(values):
        for other, b in values[i + 1 :]:
            if inside(a, b, rule.margin(a) + rule.margin(b)):
                return f"{one} ({a}) and {other} ({b}) cannot be told apart {rule.words(unit)}"
    return None
