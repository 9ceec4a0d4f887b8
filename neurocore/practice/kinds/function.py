"""A function that the student writes; it is tried on inputs that are not shown."""

from __future__ import annotations

import builtins
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

from numpy import array, flatnonzero

from neurocore.practice.kinds.comparing import (
    Tolerance,
    inside,
    judge_values,
    of_largest,
    too_close,
    within,
)
from neurocore.practice.kinds.problem import Problem, in_unit
from neurocore.practice.outcomes import Reply, reply
from neurocore.practice.reading import Refused
from neurocore.practice.reading.trying import describe

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see reading/objects.py


@dataclass(frozen=True, eq=False, kw_only=True)
class Function(Problem):
    """A function that the student writes; it is tried on inputs that are not shown.

    Attributes
    ----------
    inputs : mapping of str to (float, float)
        Name of each argument, in order, and the range that hidden inputs are drawn from.
    special : sequence of tuple
        Inputs that must be among those tried, such as a removable singularity.
    vectorised : bool
        Whether it must take arrays too.
    unit : str
        Unit of what it returns.
    tolerance : Tolerance
        The rule for each value.
    seconds : float
        How long it may take, all calls together.
    """

    inputs: Mapping[str, tuple[float, float]]
    unit: str
    tolerance: Tolerance
    special: tuple[tuple[float, ...], ...] = ()
    vectorised: bool = True
    seconds: float = 3.0

    @cached_property
    def _calls(self):
        """Arguments of every call, and for each parameter the two calls that differ in it alone."""
        rng = random.Random(self.id)

        def draw():
            return [float(f"{rng.uniform(*ends):.3g}") for ends in self.inputs.values()]

        first = draw()
        calls = [first] + [
            [other if i == j else x for j, (x, other) in enumerate(zip(first, draw(), strict=True))]
            for i in range(len(first))
        ]
        calls += [draw() for _ in range(6)]
        return [tuple(call) for call in calls] + [tuple(map(float, s)) for s in self.special]

    def _read_reference(self, value):
        return array([value(*call) for call in self._calls])

    def _clash(self, variant):
        values = [("the answer", variant.answer)] + [(m.code, v) for m, v in variant.mistakes]
        return too_close(values, self.tolerance, self.unit)

    def _wanted(self):
        ranges = " and ".join(f"`{n}` from {a:g} to {b:g}" for n, (a, b) in self.inputs.items())
        arrays = ", single numbers and arrays" if self.vectorised else ""
        return (
            f"**Answer:** a function `{self.signature}` that returns "
            f"{'its value ' if self.unit else ''}{in_unit(self.unit)}"
            f"{of_largest(self.tolerance, self.unit)}.\n"
            f"It is tried on inputs that you do not see, {ranges}{arrays}."
        )

    @property
    def signature(self) -> str:
        """What stands behind `def`: "ghk_v(k_out)"."""
        return f"{self.name}({', '.join(self.inputs)})"

    def _asked(self):
        return {
            "arguments": list(self.inputs),
            "calls": [list(call) for call in self._calls],
            "unit": self.unit,
            "vectorised": self.vectorised,
            "seconds": self.seconds,
        }

    def _verdict(self, plain, variant):
        try:
            verdict = self._judge_records(plain["records"], variant)
        except Refused as refusal:
            verdict = reply(refusal.code, self.id, **refusal.fields)
        printed = " ".join(plain["printed"].replace("`", "'").split())
        if printed and not verdict.correct:
            words = f"While it was tried it printed: `{printed}`"
            verdict = Reply(verdict.code, verdict.message, self.id, words)
        return verdict

    def _judge_records(self, records, variant):
        count, names = len(self._calls), list(self.inputs)
        failed = records[-1] if "code" in records[-1] else None
        if failed and len(records) <= count + 1:
            return self._refused(failed["code"], failed["fields"])
        values = array([record["values"][0] for record in records[:count]])
        for call, value in zip(self._calls, values, strict=True):
            if not isfinite(value):
                where = describe(names, call)
                raise Refused("incorrect.not-finite", where=where, value=value)
        if records[count]["values"][0] != values[0]:
            raise Refused("incorrect.random")
        code, fields = judge_values(
            values, variant.answer, variant.mistakes, self.tolerance, self.unit, variant.p
        )
        margin = self.tolerance.margin(variant.answer)
        if code == "correct":
            if failed and failed["code"] == "incorrect.changes-input":
                raise Refused(failed["code"])
            if failed or (
                self.vectorised and not inside(array(records[-1]["values"]), variant.answer, margin)
            ):
                raise Refused("incorrect.scalar-only")
            return self._right()
        if code == "mistake":
            return self._mistaken(fields["mistake"], variant)
        if code != "incorrect":
            return reply(code, self.id, **fields)
        if (values == values[0]).all():
            raise Refused("incorrect.constant")
        if len(names) > 1:  # a single one is not ignored, or the values would all be the same
            for i, name in enumerate(names, start=1):
                if values[i] == values[0] and variant.answer[i] != variant.answer[0]:
                    raise Refused("incorrect.ignores", parameter=name)
        wrong = flatnonzero(~within(values, variant.answer, margin))[0]
        return reply("incorrect.values", self.id, where=describe(names, self._calls[wrong]))
