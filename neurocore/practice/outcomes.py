"""What a check can say: every outcome has a code that does not change, and a reply."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

OUTCOMES = {
    # Nothing to judge yet.
    "unanswered.unset": "`{name}` is not set yet. Does the cell above give your answer this "
    "name, and has it been run?",
    "unanswered.placeholder": "`{name}` still holds `...`: put your answer there.",
    "unanswered.none": "`{name}` is None: nothing was assigned, or a function without `return` "
    "gave it.",
    "unanswered.empty": "`{name}` is empty.",
    "unanswered.blank": "`{name}` still holds `{given}`: put your answer there.",
    "unanswered.function": "`{name}` returns nothing yet.",
    "unanswered.drawing": "Nothing is drawn in `{name}` yet.",
    # Something that cannot be judged; it does not count as an attempt.
    "invalid.problem": "There is no problem called `{name}`.{suggestion}",
    "invalid.seed": "A seed is a name in quotes or a whole number; this is {kind}.",
    "invalid.truth-value": "`{name}` is a truth value, not a number. Is a comparison left in it?",
    "invalid.complex": "`{name}` is a complex number; a real one is wanted.",
    "invalid.nan": "`{name}` is NaN, not a number. Is there a 0/0, or the logarithm or root of a "
    "negative number?",
    "invalid.infinite": "`{name}` is not finite. Is there a division by zero, the logarithm of "
    "zero, or a number too large?",
    "invalid.text": "`{name}` is text. Drop the quotes, or write {words}, as in {example}.",
    "invalid.decimal": "`{name}` has more than one point among its digits, or a comma, a space or "
    "another sign. One point parts the decimals, and nothing parts the thousands, as in "
    '"1234.5" or "1.2345e3".',
    "invalid.formula": "`{name}` is a calculation in quotes, and quotes make it text. Drop the "
    "quotes, and Python works it out.",
    "invalid.unit": "`{given}` is not a unit that {unit} can be worked out from. {instead}",
    "invalid.comma": "`{name}` holds a number and a stray comma, which makes it a tuple. Take the "
    "comma away.",
    "invalid.sequence": "`{name}` is {kind}; one number is wanted.",
    "invalid.shape": "`{name}` has the shape {shape}; {wanted} is wanted.",
    "invalid.function": "`{name}` is a function, not its value. Call it: write its arguments in "
    "brackets behind it.",
    "invalid.type": "`{name}` is {kind}; {wanted} is wanted.",
    "invalid.parts": "`{name}` holds {shape}; wanted are {wanted}, in this order, or a dictionary "
    "with these names.",
    "invalid.missing": "These parts are still missing: {missing}. The rest is judged with them.",
    "invalid.option": "`{given}` is not among the answers. Give a letter and a number, such as "
    '"{example}".',
    "invalid.reason": 'Now the reason: add the number of the one that fits, as in "{example}".',
    "invalid.plot": "`{name}` is {kind}. Hand in the axes that you drew in, such as the `ax` of "
    "`figure, ax = plt.subplots()`.",
    "invalid.axes": "`{name}` is a figure with {count} pairs of axes. Hand in the one that is "
    "meant.",
    "invalid.not-a-function": "`{name}` is {kind}. Hand in the function itself, without brackets "
    "behind it.",
    "invalid.signature": "Your function does not take the arguments that are wanted: `{wanted}`.",
    "invalid.raised": "{where} your function stopped with `{error}`{line}.",
    "invalid.time": "Your function was stopped: it had not finished after {seconds:g} s. Is there "
    "a loop without an end?",
    "invalid.exit": "{where} your function tried to leave Python. Let it return its value.",
    "invalid.input": "{where} your function waited for `input`. Everything that it needs comes in "
    "as an argument.",
    "invalid.crashed": "Python itself broke down, or ran out of memory, while your function was "
    "being tried.",
    "invalid.submission": "{words}",
    "invalid.notebook": "`{name}` was not graded: {why}.",
    "invalid.cell": "`{name}`, code cell {number}, failed: {error}",
    "invalid.broken": "`{name}` {why}.",
    "invalid.stopped": "`{name}` {why}, before this was judged.",
    "invalid.data": "What was handed over as `{name}` is nothing that reading an answer gives.",
    "invalid.shared": "The answer to `{name}` is right for other numbers: those of {whose}.",
    "invalid.many": "{count} different answers to `{name}` were handed over; the best one counts.",
    "invalid.seedless": "{name} is not in the class list, and is judged by the printed numbers.",
    # Judged.
    "correct": "{praise}",
    "mistake": "{message} {question}",
    "near.sign": "The size is right, the sign is not. Which way round does the ratio stand, and "
    "which direction counts as positive?",
    "near.unit": "Your number is right in {given}. How many {unit} is that?",
    "near.prefix": "The digits are right, the power of ten is not. Which unit, and which power "
    "before it, belong there?",
    "near.power": "Your number is out by a factor of {factor}. Which conversion was lost on the "
    "way?",
    "near.reciprocal": "Your number is one divided by the right one. Which quantity belongs on "
    "top?",
    "near.log": "Your number differs from the right one as log10 differs from ln. Which logarithm "
    "does the formula ask for?",
    "near.kelvin": "Your number fits a temperature of {celsius:g} kelvin. What is {celsius:g} °C "
    "in kelvin?",
    "near.degrees": "Your number is out by the factor between degrees and radians. Which of them "
    "is wanted?",
    "near.digits": "Your number is rounded too far. What is it to {tolerance}?",
    "near.order": "The numbers are right, but not in their places. What is the order that is "
    "asked for: {wanted}?",
    "incorrect": "This is neither right nor a slip that is known here. Which step would you check "
    "first?",
    "incorrect.values": "{where} the value is not right yet.",
    "incorrect.elements": "{count} of {total} values are not right yet, the first of them at index "
    "{index}.",
    "incorrect.curve": "{which} is not right yet: at {x} it is at {y}.",
    "incorrect.missing": "Some curves are not drawn yet: {missing}.",
    "incorrect.range": "{which} is right as far as it goes. Draw it from {low} to {high}.",
    "incorrect.coarse": "{which} has the right points, but so few that the line between them "
    "leaves the curve. Where does it bend most?",
    "incorrect.scale": "What you drew is right. The {axis} axis is {given}; {wanted} was asked "
    "for. What can be read off it then?",
    "incorrect.label": "What you drew is right. The {axis} axis has no label: what does it show?",
    "incorrect.axis-unit": "What you drew is right. In which unit is the {axis} axis? Its label "
    "has to say it, as in `{example}`.",
    "incorrect.legend": "Every curve is there, but the one that you call `{called}` is {which}. "
    "Which name belongs to which?",
    "near.axes": "The curve is right with its axes exchanged. Which quantity was chosen, and which "
    "one follows from it?",
    "incorrect.reason": "The choice is right; the reason does not carry it yet.",
    "incorrect.choice": "The reason is right; it does not lead to this choice.",
    "incorrect.changes-input": "Your function changes the array that it is given. Can it work on "
    "a copy?",
    "incorrect.random": "Two calls with the same input gave different values. What does your "
    "function use besides its arguments?",
    "incorrect.constant": "Your function returns the same value whatever its input. Which line "
    "uses the argument?",
    "incorrect.ignores": "Changing `{parameter}` changes nothing in what your function returns. "
    "Does it read a variable of the notebook instead?",
    "incorrect.scalar-only": "Single numbers work; a whole array does not. Which step handles "
    "only one number at a time: `math`, or an `if`?",
    "incorrect.not-finite": "{where} your function returns {value}. Which expression becomes 0/0 "
    "or overflows there, and what is its limit?",
}
"""Every outcome code and the reply to it. `mistake` is followed by the mistake's own name."""

_SHEET = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
STYLE = f'<style class="nc-style">{_SHEET}</style>'
"""How replies and summaries look: it goes with each, for a notebook has no style sheet of ours."""
_FACES = {
    "correct": ("✓", "Correct."),
    "incorrect": ("✗", "Not yet."),
    "invalid": ("!", "Cannot be judged yet."),
    "unanswered": ("○", "Not attempted."),
    "hint": ("→", "Hint."),
    "solution": ("→", "Solution."),
    "received": ("→", "Handed in."),
}


Seed: TypeAlias = str | int | None


@dataclass(frozen=True)
class Reply:
    """What a check, a hint or a solution says.

    Attributes
    ----------
    code : str
        Stable code of the outcome, such as "correct", "mistake.log10" or "unanswered.unset".
    message : str
        The words to the student. Paragraphs are parted by a blank line, code by backticks.
    problem : str
        Name of the problem.
    note : str
        What else there is to say, for example about the progress file.
    figure : (str, str), optional
        The text of an SVG, and what it shows in words.
    """

    code: str
    message: str
    problem: str = ""
    note: str = ""
    figure: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        for name in ("message", "note"):  # half a surrogate pair cannot be shown
            text = getattr(self, name).encode("utf-8", "replace").decode()
            object.__setattr__(self, name, text.strip())

    @property
    def correct(self) -> bool:
        """Whether the answer is right."""
        return self.code == "correct"

    @property
    def outcome(self) -> str:
        """One of "correct", "incorrect", "invalid", "unanswered" (or "hint", "solution")."""
        family = self.code.partition(".")[0]
        return "incorrect" if family in ("mistake", "near") else family

    def __repr__(self) -> str:
        mark, word = _FACES[self.outcome]
        words = f"[Figure: {self.figure[1]}]" if self.figure else ""
        between = "\n\n" if self.message.startswith("```") else " "
        said = f"{mark} {word}{between}{self.message}"
        return "\n\n".join(filter(None, (said, words, self.note)))

    def _repr_html_(self) -> str:
        mark, word = _FACES[self.outcome]
        sign = f'<span class="nc-verdict-mark" aria-hidden="true">{mark}</span>'
        return (
            f'<div class="nc-verdict nc-verdict-{self.outcome}" role="status">'
            + _blocks(f"{self.message}\n\n{self.note}", f"{sign} <strong>{word}</strong>")
            + (_image(*self.figure) if self.figure else "")
            + f"</div>{STYLE}"
        )


_VERBATIM = re.compile(r"(`[^`]*`|\$\$.*?\$\$|\$[^$\n]*\$)", re.DOTALL)
_SYMBOL = re.compile(r"\b([A-Zg]|Ca|Cl|Na)_([A-Za-z]+)\b")


def typeset(text: str, symbol: str) -> str:
    """Return words with true minus signs and symbols as V_m set; code and math stay as they are."""
    pieces = _VERBATIM.split(text)
    pieces[::2] = [
        _SYMBOL.sub(symbol, re.sub(r"(?<![\w.-])-(?=\d)", "−", words)) for words in pieces[::2]
    ]
    return "".join(pieces)


def _image(svg, words):
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{html.escape(words)}" src="data:image/svg+xml;base64,{data}">'


_FENCED = re.compile(r"^```\w*\n(.*?)\n```$", re.DOTALL | re.MULTILINE)


def _blocks(text, face):
    """Return paragraphs and fenced code as HTML behind the reply's face."""
    words, *rest = _FENCED.split(text.strip())
    found = _paragraphs(f"\0 {words}")
    for code, words in zip(rest[::2], rest[1::2], strict=True):
        found += f"<pre><code>{html.escape(code)}</code></pre>" + _paragraphs(words)
    return found.replace("\0", face, 1)


def _paragraphs(text):
    parts = filter(None, (part.strip() for part in text.split("\n\n")))
    return "".join(f"<p>{_markup(part)}</p>" for part in parts)


def _markup(text):
    text = typeset(html.escape(text), r"<i>\1</i><sub>\2</sub>").replace("\n", "<br>")
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", text)


@dataclass(frozen=True)
class Question:
    """A problem's question, shown by the notebook as the Markdown that it is."""

    markdown: str

    def __repr__(self) -> str:
        return self.markdown

    def _repr_markdown_(self) -> str:
        return self.markdown


def reply(code: str, problem: str = "", **fields: object) -> Reply:
    """Return the reply that belongs to an outcome code."""
    return Reply(code, OUTCOMES[code].format(**fields), problem)
