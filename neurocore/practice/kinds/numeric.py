"""A number, or several at once."""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from neurocore.practice.kinds.comparing import (
    Tolerance,
    inside,
    is_rounded,
    judge_values,
    too_close,
)
from neurocore.practice.kinds.problem import Problem, in_unit
from neurocore.practice.outcomes import Reply, reply

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see reading/objects.py

WORDS = ("no", "one", "two", "three", "four", "five", "six")


@dataclass(frozen=True, eq=False, kw_only=True)
class Numeric(Problem):
    """A number, or several at once.

    Attributes
    ----------
    unit : str or mapping of str to str
        Unit of the answer; for several parts the name of each part and its unit.
    tolerance : Tolerance or mapping of str to Tolerance
        The rule, for all parts or for each.
    """

    unit: str | Mapping[str, str]
    tolerance: Tolerance | Mapping[str, Tolerance]

    @cached_property
    def _parts(self):
        """(name, unit, tolerance) of each part; a single answer is a part without a name."""
        if isinstance(self.unit, str):
            return [("", self.unit, self.tolerance)]
        rule = self.tolerance
        return [
            (n, u, rule if isinstance(rule, Tolerance) else rule[n]) for n, u in self.unit.items()
        ]

    def _read_reference(self, value):
        value = value if isinstance(value, Mapping) else {"": value}
        strange = set(value) - {n for n, *_ in self._parts}
        self._demand(not strange, f"has no parts {sorted(strange)}")
        return {name: float(x) for name, x in value.items()}

    def _clash(self, variant):
        for name, unit, rule in self._parts:
            r = variant.answer[name]
            values = [("the answer", r)]
            values += [(m.code, v[name]) for m, v in variant.mistakes if name in v]
            clash = too_close(values, rule, unit)
            if clash:
                return clash
        return None

    def _wanted(self):
        each = [(n, u, _how_near(rule, u)) for n, u, rule in self._parts]
        if len(each) == 1:
            return f"**Answer:** `{self.name}`, {in_unit(each[0][1])}{each[0][2]}."
        names = ", ".join(n for n, *_ in each)
        units, rules = {u for _, u, _ in each}, {rule for *_, rule in each}
        if len(units) == len(rules) == 1:
            units = f"each {in_unit(each[0][1])}{each[0][2]}"
        elif len(rules) == 1:
            units = ", ".join(f"`{n}` {in_unit(u)[:-2]}" for n, u, _ in each)
            units += f"; each {each[0][2]}"
        else:
            units = "; ".join(f"`{n}` {in_unit(u)}{rule}" for n, u, rule in each)
        return f"**Answer:** `{self.name} = ({names})`, {units}."

    def _asked(self):
        return {"parts": [[name, unit] for name, unit, _ in self._parts]}

    def _verdict(self, plain, variant):
        given = {name: plain["parts"][name]["value"] for name, *_ in self._parts}
        found, right = None, []
        for name, unit, rule in self._parts:
            label = f"`{name}`: " if name else ""
            result = self._judge_part(name, given[name], unit, rule, variant)
            if result and result.code == "near.unit" and plain["parts"][name]["with_unit"]:
                result = reply("near.prefix")
            if result is None:
                right.append(f"`{name}`")
            elif found is None:
                found = Reply(result.code, label + result.message, self.id)
        if found is None:
            return self._right()
        if found.code.startswith(("near", "incorrect")):
            found = self._misplaced(given, variant) or found
        if right:
            return Reply(
                found.code, f"{found.message}\n\nRight already: {', '.join(right)}.", self.id
            )
        return found

    def _judge_part(self, name, value, unit, rule, variant):
        values = [(m, v[name]) for m, v in variant.mistakes if name in v]
        code, fields = judge_values(value, variant.answer[name], values, rule, unit, variant.p)
        if code == "correct":
            return None
        if code == "mistake":
            return self._mistaken(fields["mistake"], variant)
        if code == "incorrect" and is_rounded(value, variant.answer[name]):
            code, fields = "near.digits", {"tolerance": rule.words(unit)}
        return reply(code, **fields)

    def _misplaced(self, given, variant):
        """Return the reply to the right numbers in the wrong order, or None."""
        left = list(given.values())
        for name, _, rule in self._parts:
            r = variant.answer[name]
            match = next((x for x in left if inside(x, r, rule.margin(r))), None)
            if match is None:
                return None
            left.remove(match)
        return reply("near.order", self.id, wanted=", ".join(f"`{n}`" for n, *_ in self._parts))


def _how_near(rule: Tolerance, unit: str) -> str:
    """Return the rule as the prompt states it, with how many digits that takes."""
    return rule.words(unit) + f" ({WORDS[rule.digits]} digits)" * bool(rule.digits)
