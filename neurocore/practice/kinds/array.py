"""A trace, or any array of one shape."""

import builtins
from dataclasses import dataclass

from numpy import argwhere, array

from neurocore.practice.kinds.comparing import (
    Tolerance,
    judge_values,
    of_largest,
    too_close,
    within,
)
from neurocore.practice.kinds.problem import Problem, in_unit
from neurocore.practice.outcomes import reply

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see reading/objects.py


@dataclass(frozen=True, eq=False, kw_only=True)
class Array(Problem):
    """A trace, or any array of one shape."""

    unit: str
    tolerance: Tolerance

    def _read_reference(self, value):
        return array(value)

    def _clash(self, variant):
        values = [("the answer", variant.answer)] + [(m.code, v) for m, v in variant.mistakes]
        return too_close(values, self.tolerance, self.unit)

    def _wanted(self):
        shape = self.variant().answer.shape
        rule = of_largest(self.tolerance, self.unit)
        return f"**Answer:** `{self.name}`, an array of shape {shape}, {in_unit(self.unit)}{rule}."

    def _asked(self):
        return {"unit": self.unit, "shape": list(self.variant().answer.shape)}

    def _verdict(self, plain, variant):
        values = array(plain["values"], float)
        if values.shape != variant.answer.shape:
            raise ValueError(f"the values have the shape {values.shape}")
        code, fields = judge_values(
            values, variant.answer, variant.mistakes, self.tolerance, self.unit, variant.p
        )
        if code == "correct":
            return self._right()
        if code == "mistake":
            return self._mistaken(fields["mistake"], variant)
        if code == "incorrect":
            margin = self.tolerance.margin(variant.answer)
            wrong = argwhere(~within(values, variant.answer, margin))
            index = ", ".join(str(i) for i in wrong[0])
            return reply(
                "incorrect.elements", self.id, count=len(wrong), total=values.size, index=index
            )
        return reply(code, self.id, **fields)
