"""What a problem is: a question, its answer and the mistakes that people make on the way.

The answer and every known mistake are computed from the problem's parameters, so that a problem
has as many variants as there are seeds. A student's answer is judged in this order: unanswered,
invalid (it does not count), correct, a known mistake, a near miss, incorrect.
"""

import builtins
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isfinite, log, pi
from types import SimpleNamespace
from typing import Any, NamedTuple

from numpy import argwhere, array, errstate, flatnonzero, geomspace, interp, linspace, ndarray
from numpy import isfinite as all_finite

from neurocore.practice import drawn, sandbox
from neurocore.practice.outcomes import OUTCOMES, Refused, Reply, reply, typeset
from neurocore.practice.reading import (
    TEXT,
    WHOLE,
    carries_unit,
    is_one_of,
    is_unanswered,
    kind_of,
    number,
    numbers,
    plain,
    unanswered,
)
from neurocore.practice.trying import describe, try_out
from neurocore.practice.units import relatives

__builtins__ = dict(vars(builtins))  # see reading.py

LEVELS = ("basic", "intermediate", "advanced")
_DRAWS = 200  # how many sets of parameters are tried for one in which no two answers are alike


class Vary(NamedTuple):
    """A parameter that a variant draws: the printed value, and the grid of the others."""

    printed: float
    low: float
    high: float
    step: float

    def grid(self):
        """Return the values that variants draw from."""
        steps = range(round((self.high - self.low) / self.step) + 1)
        return [float(f"{self.low + self.step * i:.10g}") for i in steps]


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

    def __post_init__(self):
        if not (0 <= self.absolute < inf and 0 <= self.relative < 1) or not (
            self.absolute or self.relative
        ):
            raise ValueError(
                "a tolerance needs absolute > 0, or relative between 0 and 1; "
                f"got {self.absolute!r} and {self.relative!r}"
            )

    def margin(self, reference):
        """Return the half width of what is accepted around a reference (an array's: one)."""
        return max(self.absolute, self.relative * float(abs(array(reference)).max()))

    def words(self, unit):
        """Return the rule as the prompt states it: "within 0.3 mV"."""
        margins = []
        if self.absolute:
            margins.append(f"{self.absolute:g} {unit}".strip())
        if self.relative:
            margins.append(f"{100 * self.relative:g} %")
        return "within " + " or ".join(margins)


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
class Problem:
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

    def __post_init__(self):
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
        return {}

    def variant(self, seed=None):
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
        if seed not in self._variants:
            rng = random.Random(f"{self.id}:{seed}")
            for _ in range(1 if seed is None else _DRAWS):
                variant = self._compute(self.printed() if seed is None else self._drawn(rng))
                clash = self._clash(variant)
                if not clash:
                    break
            else:
                raise ValueError(f"problem {self.id!r}, seed {seed!r}: {clash}")
            self._variants[seed] = variant
        return self._variants[seed]

    def grid(self):
        """Return the values that each parameter can take, by its name."""
        return {
            name: value.grid() if isinstance(value, Vary) else [value]
            for name, value in self.parameters.items()
        }

    def printed(self):
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

    def write_out(self, parameters):
        """Compute and word all that there is to one set of parameters."""
        variant = self._compute(parameters)
        texts = (self.ask, *self.hints, self.solution, self.alt)
        replies = (text for m in self.mistakes for text in (m.message, m.question))
        return [self._fill(text, variant) for text in (*texts, *replies)]

    def prompt(self, seed=None):
        """Return the question as Markdown, with the answer's name, unit and tolerance."""
        question = self._fill(self.ask, self.variant(seed))
        return typeset(f"{question}\n\n{self._wanted()}", r"$\1_\\mathrm{\2}$")

    def hint(self, number, seed=None):
        """Return one hint, counted from 1."""
        return self._fill(self.hints[number - 1], self.variant(seed))

    def worked(self, seed=None):
        """Return the worked solution."""
        return self._fill(self.solution, self.variant(seed))

    def figure(self, seed=None):
        """Return the worked solution's figure as the text of an SVG, and its words; or None."""
        if not self.draw:
            return None
        from neurocore.plots import picture

        variant = self.variant(seed)
        words = self._fill(self.alt, variant)
        return picture(lambda axes: self.draw(axes, variant.p)), words

    def judge(self, answer, seed=None):
        """Return the `Reply` to an answer, whatever object it is."""
        variant = self.variant(seed)
        answer = plain(answer)
        try:
            unanswered(answer, self.name)
            with errstate(all="ignore"):
                return self._judge(answer, variant)
        except Refused as refusal:
            return reply(refusal.code, self.id, **refusal.fields)

    def _mistaken(self, mistake, variant):
        words = OUTCOMES["mistake"].format(
            message=self._fill(mistake.message, variant),
            question=self._fill(mistake.question, variant),
        )
        return Reply(f"mistake.{mistake.code}", words, self.id)

    def _right(self):
        return reply("correct", self.id, praise=f"`{self.name}` is right.")


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
            clash = _too_close(values, rule, unit)
            if clash:
                return clash
        return None

    def _wanted(self):
        each = [(n, u, rule.words(u)) for n, u, rule in self._parts]
        if len(each) == 1:
            return f"**Answer:** `{self.name}`, {_in(each[0][1])}{each[0][2]}."
        names = ", ".join(n for n, *_ in each)
        units, rules = {u for _, u, _ in each}, {rule for *_, rule in each}
        if len(units) == len(rules) == 1:
            units = f"each {_in(each[0][1])}{each[0][2]}"
        elif len(rules) == 1:
            units = ", ".join(f"`{n}` {_in(u)[:-2]}" for n, u, _ in each) + f"; each {each[0][2]}"
        else:
            units = "; ".join(f"`{n}` {_in(u)}{rule}" for n, u, rule in each)
        return f"**Answer:** `{self.name} = ({names})`, {units}."

    def _judge(self, answer, variant):
        handed_in = self._read_parts(answer)
        given = {n: number(handed_in[n], unit, n or self.name) for n, unit, _ in self._parts}
        found, right = None, []
        for name, unit, rule in self._parts:
            label = f"`{name}`: " if name else ""
            result = self._judge_part(name, given[name], unit, rule, variant)
            if result and result.code == "near.unit" and carries_unit(handed_in[name]):
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

    def _read_parts(self, answer):
        names = [n for n, *_ in self._parts]
        if names == [""]:
            return {"": answer}
        wanted = ", ".join(names)
        if is_one_of(answer, (tuple, list)) or (type(answer) is ndarray and answer.ndim == 1):
            if len(answer) != len(names):
                shape = f"{len(answer)} value{'s' * (len(answer) != 1)}"
                raise Refused("invalid.parts", name=self.name, shape=shape, wanted=wanted)
            answer = dict(zip(names, answer, strict=True))
        elif type(answer) is dict:
            keys = [k for k in answer if is_one_of(k, TEXT)]
            if len(keys) < len(answer) or not all(k in names for k in keys):
                shape = "a dictionary with other names"
                raise Refused("invalid.parts", name=self.name, shape=shape, wanted=wanted)
        else:
            number(answer, self._parts[0][1], self.name)
            raise Refused("invalid.parts", name=self.name, shape="one value", wanted=wanted)
        answer = {name: plain(answer.get(name)) for name in names}
        missing = [name for name, x in answer.items() if is_unanswered(x)]
        if len(missing) == len(names):
            unanswered(answer[names[0]], self.name)
        if missing:
            raise Refused("invalid.missing", missing=", ".join(f"`{name}`" for name in missing))
        return answer

    def _judge_part(self, name, value, unit, rule, variant):
        values = [(m, v[name]) for m, v in variant.mistakes if name in v]
        code, fields = _judge_values(value, variant.answer[name], values, rule, unit, variant.p)
        if code == "correct":
            return None
        if code == "mistake":
            return self._mistaken(fields["mistake"], variant)
        if code == "incorrect" and _rounded(value, variant.answer[name]):
            code, fields = "near.digits", {"tolerance": rule.words(unit)}
        return reply(code, **fields)

    def _misplaced(self, given, variant):
        """Return the reply to the right numbers in the wrong order, or None."""
        left = list(given.values())
        for name, _, rule in self._parts:
            r = variant.answer[name]
            match = next((x for x in left if _inside(x, r, rule.margin(r))), None)
            if match is None:
                return None
            left.remove(match)
        return reply("near.order", self.id, wanted=", ".join(f"`{n}`" for n, *_ in self._parts))


@dataclass(frozen=True, eq=False, kw_only=True)
class Array(Problem):
    """A trace, or any array of one shape."""

    unit: str
    tolerance: Tolerance

    def _read_reference(self, value):
        return array(value)

    def _clash(self, variant):
        values = [("the answer", variant.answer)] + [(m.code, v) for m, v in variant.mistakes]
        return _too_close(values, self.tolerance, self.unit)

    def _wanted(self):
        shape = self.variant().answer.shape
        rule = _of_largest(self.tolerance, self.unit)
        return f"**Answer:** `{self.name}`, an array of shape {shape}, {_in(self.unit)}{rule}."

    def _judge(self, answer, variant):
        values = numbers(answer, self.unit, self.name, variant.answer.shape)
        code, fields = _judge_values(
            values, variant.answer, variant.mistakes, self.tolerance, self.unit, variant.p
        )
        if code == "correct":
            return self._right()
        if code == "mistake":
            return self._mistaken(fields["mistake"], variant)
        if code == "incorrect":
            margin = self.tolerance.margin(variant.answer)
            wrong = argwhere(~_within(values, variant.answer, margin))
            index = ", ".join(str(i) for i in wrong[0])
            return reply(
                "incorrect.elements", self.id, count=len(wrong), total=values.size, index=index
            )
        return reply(code, self.id, **fields)


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
        return _too_close(values, self.tolerance, self.unit)

    def _wanted(self):
        ranges = " and ".join(f"`{n}` from {a:g} to {b:g}" for n, (a, b) in self.inputs.items())
        arrays = ", single numbers and arrays" if self.vectorised else ""
        return (
            f"**Answer:** a function `{self.signature}` that returns "
            f"{'its value ' if self.unit else ''}{_in(self.unit)}"
            f"{_of_largest(self.tolerance, self.unit)}.\n"
            f"It is tried on inputs that you do not see, {ranges}{arrays}."
        )

    @property
    def signature(self):
        """What stands behind `def`: "ghk_v(k_out)"."""
        return f"{self.name}({', '.join(self.inputs)})"

    def _judge(self, answer, variant):
        if not callable(answer):
            raise Refused("invalid.not-a-function", name=self.name, kind=kind_of(answer))
        calls = [*self._calls, self._calls[0]]
        if self.vectorised:
            calls.append(tuple(array(column) for column in zip(*self._calls, strict=True)))
        names = list(self.inputs)
        try:
            records, printed = sandbox.run(
                lambda: try_out(answer, self.name, names, calls, self.unit), self.seconds
            )
        except sandbox.Stopped:
            raise Refused("invalid.time", seconds=self.seconds) from None
        except sandbox.Crashed:
            raise Refused("invalid.crashed") from None
        try:
            verdict = self._judge_records(records, variant)
        except Refused as refusal:
            verdict = reply(refusal.code, self.id, **refusal.fields)
        printed = " ".join(printed.replace("`", "'").split())
        if printed and not verdict.correct:
            words = f"While it was tried it printed: `{printed}`"
            verdict = Reply(verdict.code, verdict.message, self.id, words)
        return verdict

    def _judge_records(self, records, variant):
        count, names = len(self._calls), list(self.inputs)
        failed = records[-1] if "code" in records[-1] else None
        if failed and len(records) <= count + 1:
            raise Refused(failed["code"], **failed["fields"])
        values = array([record["values"][0] for record in records[:count]])
        for call, value in zip(self._calls, values, strict=True):
            if not isfinite(value):
                where = describe(names, call)
                raise Refused("incorrect.not-finite", where=where, value=value)
        if records[count]["values"][0] != values[0]:
            raise Refused("incorrect.random")
        code, fields = _judge_values(
            values, variant.answer, variant.mistakes, self.tolerance, self.unit, variant.p
        )
        margin = self.tolerance.margin(variant.answer)
        if code == "correct":
            if failed and failed["code"] == "incorrect.changes-input":
                raise Refused(failed["code"], **failed["fields"])
            if failed or (
                self.vectorised
                and not _inside(array(records[-1]["values"]), variant.answer, margin)
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
        wrong = flatnonzero(~_within(values, variant.answer, margin))[0]
        return reply("incorrect.values", self.id, where=describe(names, self._calls[wrong]))


class Axis(NamedTuple):
    """What one axis of a drawing has to show: a quantity, its unit, "linear" or "log"."""

    quantity: str
    unit: str
    scale: str = "linear"

    @property
    def label(self):
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
            clash = _too_close(values, self.tolerance, self.y.unit)
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
            + f", {_of_largest(self.tolerance, self.y.unit)}.\n"
            + f"T{'; '.join(axes)[1:]}.\nLabel both, with their units."
        )

    def _judge(self, answer, variant):
        drawing = drawn.read(answer, self.name)
        factors = [
            drawn.unit_factor(label, axis.unit) if axis.unit else 1.0
            for label, axis in zip(drawing.labels, (self.x, self.y), strict=True)
        ]
        across, up = (1.0 if factor is None else factor for factor in factors)
        curves = [(x * across, y * up) for x, y in drawing.curves]
        missing = [
            name
            for name, reference in variant.answer.items()
            if not any(self._follows(curve, reference) for curve in curves)
        ]
        if missing:
            return self._what_is_wrong(missing, curves, variant)
        self._judge_names(drawing.names, curves, variant.answer)
        self._judge_axes(drawing, factors)
        return self._right()

    def _judge_names(self, names, curves, wanted):
        """Refuse a curve that the student calls by the name of another one."""
        for called, curve in zip(names, curves, strict=True):
            if called in wanted and not self._follows(curve, wanted[called]):
                for which, reference in wanted.items():
                    if self._follows(curve, reference):
                        raise Refused("incorrect.legend", called=called, which=which)

    def _judge_axes(self, drawing, factors):
        for i, (letter, axis) in enumerate((("x", self.x), ("y", self.y))):
            if drawing.scales[i] != axis.scale:
                raise Refused(
                    "incorrect.scale", axis=letter, given=drawing.scales[i], wanted=axis.scale
                )
            if not drawing.labels[i].strip():
                raise Refused("incorrect.label", axis=letter)
            if factors[i] is None:
                raise Refused("incorrect.axis-unit", axis=letter, example=axis.label)

    def _covered(self, curve):
        """Return the comparing places that a curve spans; a hundredth of the range may lack."""
        slack = 0.01 * (self.high - self.low)
        return (curve[0][0] - slack <= self._places) & (self._places <= curve[0][-1] + slack)

    def _follows(self, curve, reference):
        drawn_there = interp(self._places, *curve)
        near = _inside(drawn_there, reference, self.tolerance.margin(reference))
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
            code, fields = _judge_values(
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
        if self._follows(drawn.sorted_curve(curve[1], curve[0]), reference):
            return reply("near.axes", self.id)
        wrong = flatnonzero(off & here)
        x, y = (values[wrong[0] if wrong.size else 0] for values in curve)
        return reply(
            "incorrect.curve", self.id, which=which,
            x=f"{x:.4g} {self.x.unit}".strip(), y=f"{y:.4g} {self.y.unit}".strip(),
        )  # fmt: skip


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

    def _judge(self, answer, variant):
        letter, reason = self._read_choice(answer)
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

    def _read_choice(self, answer):
        example = "a1"
        if is_one_of(answer, (tuple, list)):
            if not all(is_one_of(x, (*TEXT, *WHOLE)) for x in answer):
                raise Refused("invalid.option", given=kind_of(answer), example=example)
            answer = "".join(
                x if is_one_of(x, TEXT) else f"{x}" if x in range(10) else "?" for x in answer
            )
        if type(answer) is not str or len(answer) > 80:
            raise Refused("invalid.option", given=kind_of(answer), example=example)
        between = r"[\s,.:;()\[\]-]*"  # no sign that could deny the choice or doubt it
        match = re.fullmatch(f"{between}([A-Za-z]){between}([0-9]?){between}", answer)
        letter = match[1].lower() if match else ""
        if letter not in self._lettered() or (
            match[2] and not 1 <= int(match[2]) <= len(self.reasons)
        ):
            given = re.sub(r"[^\w ]", "?", answer)[:20]
            raise Refused("invalid.option", given=given, example=example)
        if not match[2]:
            raise Refused("invalid.reason", example=f"{letter}1")
        return letter, int(match[2])


def _in(unit):
    return f"in {unit}, " if unit else "a pure number, "


def _of_largest(rule, unit):
    return rule.words(unit) + " of the largest value" * bool(rule.relative)


def _within(values, target, margin):
    return (target - margin <= values) & (values <= target + margin)


def _inside(values, target, margin):
    return bool(array(_within(values, target, margin)).all())


def _judge_values(values, reference, mistakes, rule, unit, p):
    """Return the code of the outcome and the fields of its reply."""
    margin = rule.margin(reference)
    if _inside(values, reference, margin):
        return "correct", {}
    for mistake, value in mistakes:
        if _inside(values, value, rule.margin(value)):
            return "mistake", {"mistake": mistake}
    if not array(reference).any():  # every multiple of 0 is 0
        return "incorrect", {}
    # Within a wide tolerance, numbers that come from elsewhere fit a log or a power as well.
    close = min(margin, 0.05 * float(abs(array(reference)).max()))
    for code, factor, fields in _near(unit, p):
        room = margin if code in ("near.sign", "near.unit") else close
        if _inside(values, factor * reference, abs(factor) * room):
            return code, fields
    if array(values).all() and _inside(1 / values, reference, close):
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


def _rounded(value, reference):
    """Return whether a number is the reference rounded to fewer digits, by 2 % at most."""
    return abs(value - reference) <= 0.02 * abs(reference) and any(
        value == float(f"{reference:.{digits}g}") for digits in range(1, 12)
    )


def _too_close(values, rule, unit):
    """Return words to the author if two of the named values cannot be told apart."""
    for name, value in values:
        if not array(all_finite(value)).all():
            return f"{name} is not finite: {value}"
    reference = values[0][1]
    margin = rule.margin(reference)
    if not margin:
        return "the answer is 0: a relative tolerance accepts nothing there, give an absolute one"
    if array(reference).any() and _inside(0.0, reference, margin):
        return f"a tolerance {rule.words(unit)} accepts 0 for the answer {reference}"
    for i, (one, a) in enumerate(values):
        for other, b in values[i + 1 :]:
            if _inside(a, b, rule.margin(a) + rule.margin(b)):
                return f"{one} ({a}) and {other} ({b}) cannot be told apart {rule.words(unit)}"
    return None
