"""A choice and the reason for it; both must be right."""

import builtins
from dataclasses import dataclass

from neurocore.practice.kinds.problem import Problem
from neurocore.practice.outcomes import reply

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see reading/objects.py


@dataclass(frozen=True, eq=False, kw_only=True)
class Choice(Problem):
    """A choice and the reason for it; both must be right.

    Attributes
    ----------
    options, reasons : sequence of str
        What stands to choose; options are lettered from a, reasons numbered from 1. The answer
        is the right pair, such as ("b", 2).
    """

    options: tuple[str, ...]
    reasons: tuple[str, ...]

    def _read_reference(self, value):
        return value

    def _clash(self, variant):
        patterns = [("the answer", variant.answer)] + [(m.code, v) for m, v in variant.mistakes]
        for i, (one, a) in enumerate(patterns):
            for other, b in patterns[i + 1 :]:
                if all(None in (x, y) or x == y for x, y in zip(a, b, strict=True)):
                    return f"{one} {a} and {other} {b} fit the same choice"
        return None

    def _wanted(self):
        options = "\n".join(f"- **{letter}** {text}" for letter, text in self._lettered().items())
        reasons = "\n".join(f"- **{i}** {text}" for i, text in enumerate(self.reasons, start=1))
        return (
            f"{options}\n\nbecause\n\n{reasons}\n\n"
            f'**Answer:** `{self.name}`, a letter and a number in quotes, such as `"a1"`.'
        )

    def _lettered(self):
        return {chr(ord("a") + i): text for i, text in enumerate(self.options)}

    def _asked(self):
        return {"options": len(self.options), "reasons": len(self.reasons)}

    def _verdict(self, plain, variant):
        letter, reason = plain["letter"], plain["number"]
        if (letter, reason) == variant.answer:
            return self._right()
        for mistake, (a, b) in variant.mistakes:
            if a in (None, letter) and b in (None, reason):
                return self._mistaken(mistake, variant)
        right, because = variant.answer
        code = "incorrect"
        if letter == right:
            code = "incorrect.reason"
        elif reason == because:
            code = "incorrect.choice"
        return reply(code, self.id)
