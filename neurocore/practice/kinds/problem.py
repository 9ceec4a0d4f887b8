"""What a problem is: a question, its answer and the mistakes that people make on the way.

The answer and every known mistake are computed from the problem's parameters, so that a problem
has as many variants as there are seeds. A student's answer is read first, where the answers need
not be known (`neurocore.practice.reading`): it may be unanswered, or invalid (it does not count).
What was read is then judged in this order: correct, a known mistake, a near miss, incorrect.
"""

from __future__ import annotations

import builtins
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from numpy import errstate

from neurocore.practice.outcomes import OUTCOMES, Reply, Seed, reply, typeset
from neurocore.practice.reading import Refused, read

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see reading/objects.py

LEVELS = ("basic", "intermediate", "advanced")
_DRAWS = 200  # how many sets of parameters are tried for one in which no two answers are alike


class Vary(NamedTuple):
    """A parameter that a variant draws: the printed value, and the grid of the others."""

    printed: float
    low: float
    high: float
    step: float

    def grid(self) -> list[float]:
        """Return the values that variants draw from."""
        steps = range(round((self.high - self.low) / self.step) + 1)
        return [float(f"{self.low + self.step * i:.10g}") for i in steps]


@dataclass(frozen=True)
class Mistake:
    """A known way to go wrong.

    Attributes
    ----------
    code : str
        Its stable name, such as "chloride-not-inverted".
    message : str
        What went wrong, in one sentence.
    question : str
        A question that leads on.
    """

    code: str
    message: str
    question: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem(ABC):
    """What the kinds of problem share.

    All words are templates: what stands in braces is a parameter or one of the numbers, with a
    format as in `"{rest:.2f} mV"`.

    Attributes
    ----------
    id, title : str
        The name that `check` takes, and what is printed.
    level : str
        "basic", "intermediate" or "advanced".
    name : str
        The variable that the answer is put in.
    ask : str
        The question, in Markdown, with species, temperature and units.
    numbers : callable
        A function of the parameters. It returns a dictionary: under "answer" the reference, under
        the code of each mistake what a student who makes it hands in, and whatever else the words
        name. With several parts the answer is a dictionary of them, and a mistake one of those
        parts that it touches; for `Function` problems both are functions; for `Choice` a letter
        and a number, either of which may be None in a mistake.
    mistakes : sequence of Mistake
        At least three.
    hints : sequence of str
        Three, each saying more than the one before.
    solution : str
        The worked solution.
    parameters : mapping of str to (float or Vary)
        What variants draw.
    draw : callable, optional
        Draws the figure of the worked solution: takes matplotlib axes and the parameters.
    alt : str
        What that figure shows, for those who do not see it.
    """

    id: str
    title: str
    level: str
    name: str
    ask: str
    numbers: Callable[[SimpleNamespace], Mapping[str, Any]]
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, ...]
    solution: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    draw: Callable[[Any, SimpleNamespace], None] | None = None
    alt: str = ""

    def __post_init__(self) -> None:
        codes = [m.code for m in self.mistakes]
        self._demand(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.id), "needs an id like ghk-rest")
        self._demand(self.level in LEVELS, f"needs a level among {LEVELS}; got {self.level!r}")
        self._demand(self.name.isidentifier(), f"needs a variable's name; got {self.name!r}")
        self._demand(len(self.mistakes) >= 3, f"needs three known mistakes; has {len(codes)}")
        self._demand(len(set(codes)) == len(codes), f"has mistakes of the same code: {codes}")
        self._demand(len(self.hints) == 3, f"needs three hints; has {len(self.hints)}")
        self._demand(bool(self.draw) == bool(self.alt), "needs a figure and alt, or neither")

    def _demand(self, condition, words):
        if not condition:
            raise ValueError(f"problem {self.id!r} {words}")

    @cached_property
    def _variants(self):
        return lru_cache(maxsize=1024)(self._make)  # of a class, and not of every seed ever tried

    def variant(self, seed: Seed = None) -> SimpleNamespace:
        """Return the parameters and the numbers of one variant.

        Parameters
        ----------
        seed : str or int, optional
            Whose variant, for example a student's name; without it, the printed one.

        Returns
        -------
        types.SimpleNamespace
            With the attributes p, the parameters; numbers, all by name; answer; and mistakes,
            pairs of a mistake and its value.

        Raises
        ------
        ValueError
            To the author, if a mistake cannot be told from the answer or from another mistake.
        """
        return self._variants(seed)

    def _make(self, seed):
        rng = random.Random(f"{self.id}:{seed}")
        for _ in range(1 if seed is None else _DRAWS):
            variant = self._compute(self.printed() if seed is None else self._drawn(rng))
            clash = self._clash(variant)
            if not clash:
                return variant
        raise ValueError(f"problem {self.id!r}, seed {seed!r}: {clash}")

    def grid(self) -> dict[str, list[Any]]:
        """Return the values that each parameter can take, by its name."""
        return {
            name: value.grid() if isinstance(value, Vary) else [value]
            for name, value in self.parameters.items()
        }

    def printed(self) -> dict[str, Any]:
        """Return the parameters of the printed variant, by their names."""
        return {
            name: value.printed if isinstance(value, Vary) else value
            for name, value in self.parameters.items()
        }

    def _drawn(self, rng):
        return {name: rng.choice(values) for name, values in self.grid().items()}

    def _compute(self, parameters):
        p = SimpleNamespace(**parameters)
        with errstate(all="ignore"):
            numbers = self.numbers(p)
            self._demand(
                not numbers.keys() & parameters.keys(), "has a number named as a parameter"
            )
            lacking = {"answer", *(m.code for m in self.mistakes)} - numbers.keys()
            self._demand(not lacking, f"has no numbers for {sorted(lacking)}")
            answer = self._read_reference(numbers["answer"])
            mistakes = [(m, self._read_reference(numbers[m.code])) for m in self.mistakes]
        return SimpleNamespace(p=p, numbers=numbers, answer=answer, mistakes=mistakes)

    def _fill(self, text, variant):
        """Return words with the numbers of a variant in them."""
        try:
            return text.format_map(vars(variant.p) | variant.numbers)
        except KeyError as unknown:
            raise ValueError(f"problem {self.id!r} has no number {unknown} for {text!r}") from None

    def write_out(self, parameters: dict[str, Any]) -> list[str]:
        """Compute and word all that there is to one set of parameters."""
        variant = self._compute(parameters)
        texts = (self.ask, *self.hints, self.solution, self.alt)
        replies = (text for m in self.mistakes for text in (m.message, m.question))
        return [self._fill(text, variant) for text in (*texts, *replies)]

    def prompt(self, seed: Seed = None) -> str:
        """Return the question as Markdown, with the answer's name, unit and tolerance."""
        question = self._fill(self.ask, self.variant(seed))
        return typeset(f"{question}\n\n{self._wanted()}", r"$\1_\\mathrm{\2}$")

    def hint(self, number: int, seed: Seed = None) -> str:
        """Return one hint, counted from 1."""
        return self._fill(self.hints[number - 1], self.variant(seed))

    def worked(self, seed: Seed = None) -> str:
        """Return the worked solution."""
        return self._fill(self.solution, self.variant(seed))

    def figure(self, seed: Seed = None) -> tuple[str, str] | None:
        """Return the worked solution's figure as the text of an SVG, and its words; or None."""
        if not (draw := self.draw):
            return None
        from neurocore.plots import picture

        variant = self.variant(seed)
        words = self._fill(self.alt, variant)
        return picture(lambda axes: draw(axes, variant.p)), words

    def form(self) -> dict[str, Any]:
        """Return what is asked, as plain data: all that `reading.read` needs, and no answer."""
        return {"kind": type(self).__name__, "name": self.name, **self._asked()}

    def judge(self, answer: object, seed: Seed = None) -> Reply:
        """Return the `Reply` to an answer, whatever object it is."""
        return self.verdict(read(self.form(), answer), seed)

    def verdict(self, plain: Mapping[str, Any], seed: Seed = None) -> Reply:
        """Return the `Reply` to what was read from an answer.

        Parameters
        ----------
        plain : dict
            What `reading.read` gave for this problem's form, possibly through JSON.
        seed : str or int, optional
            Whose variant it answers.

        Returns
        -------
        Reply

        Raises
        ------
        ValueError
            If `plain` is something else, as it may be where a student's own process wrote it.
        """
        variant = self.variant(seed)
        try:
            if "refused" in plain:
                return self._refused(plain["refused"], plain["fields"])
            with errstate(all="ignore"):
                return self._verdict(plain, variant)
        except Refused as refusal:
            return reply(refusal.code, self.id, **refusal.fields)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise ValueError(
                f"plain must be what `read` gives for the problem {self.id!r}; got {plain!r:.200}"
            ) from error

    def _refused(self, code, fields):
        """Return the reply to what was not read; no refusal can say that an answer is right."""
        if code.partition(".")[0] not in ("unanswered", "invalid"):
            raise ValueError(f"{code!r} is no refusal")
        return reply(code, self.id, **fields)

    def _mistaken(self, mistake, variant):
        words = OUTCOMES["mistake"].format(
            message=self._fill(mistake.message, variant),
            question=self._fill(mistake.question, variant),
        )
        return Reply(f"mistake.{mistake.code}", words, self.id)

    @abstractmethod
    def _read_reference(self, value: Any) -> Any:
        """Return what the chapter's function gives as an answer, in the form that is judged."""

    @abstractmethod
    def _clash(self, variant: SimpleNamespace) -> str | None:
        """Return which of a variant's answer and mistakes cannot be told apart, if any."""

    @abstractmethod
    def _wanted(self) -> str:
        """Return what a prompt says of the answer's name, unit and tolerance."""

    @abstractmethod
    def _asked(self) -> dict[str, Any]:
        """Return what `form` says besides kind and name."""

    @abstractmethod
    def _verdict(self, plain: Mapping[str, Any], variant: SimpleNamespace) -> Reply:
        """Return the reply to what was read, other than a refusal."""

    def _right(self):
        return reply("correct", self.id, praise=f"`{self.name}` is right.")


def in_unit(unit):
    """Return how the prompt says in which unit an answer counts."""
    return f"in {unit}, " if unit else "a pure number, "
