"""Where a student stands with each problem, as `progress.summary()` shows it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neurocore.practice.outcomes import STYLE

if TYPE_CHECKING:
    from neurocore.practice.kinds import Problem
    from neurocore.practice.record import Event


@dataclass(frozen=True)
class Line:
    """Where a student stands with one problem.

    Attributes
    ----------
    problem, title, chapter, level : str
        Which problem it is.
    solved : bool
        Whether any of its variants is solved.
    attempts : int
        Different answers judged, up to the first right one.
    hints, solutions : int
        How often help was opened.
    """

    problem: str
    title: str
    chapter: str
    level: str
    solved: bool
    attempts: int
    hints: int
    solutions: int


@dataclass(frozen=True)
class Summary:
    """Your progress: what comes next, a count for each chapter, and its problems."""

    lines: tuple[Line, ...]
    note: str = ""

    @property
    def next(self) -> Line | None:
        """The first problem that is not solved; tried ones before untouched ones. Or None."""
        left = [line for line in self.lines if not line.solved]
        return next((x for x in left if x.attempts), left[0] if left else None)

    @property
    def chapters(self) -> dict[str, list[Line]]:
        """The lines of each chapter, by its title."""
        found = {}
        for line in self.lines:
            found.setdefault(line.chapter, []).append(line)
        return found

    def __repr__(self) -> str:
        rows = [self._headline(), *filter(None, (self._next(), self.note)), ""]
        for name, lines in self.chapters.items():
            rows.append(f"{name}: {_share(lines)}")
            rows += [
                f"  {_state(line)[0]} {line.title} ({line.level}): {_state(line)[2:]}, "
                f"attempts {line.attempts}, hints {line.hints}, solutions {line.solutions}"
                for line in lines
                if line.attempts or line.hints
            ]
        return "\n".join(rows)

    def _repr_html_(self) -> str:
        heads = "".join(
            f'<th scope="col">{head}</th>' for head in ("Problem", "Attempts", "Hints", "Solutions")
        )
        chapters = ""
        for name, lines in self.chapters.items():
            rows = "".join(
                f'<tr><td style="text-align: left">{html.escape(line.title)}<br>'
                f"<small>{_state(line)}, {line.level}</small></td><td>{line.attempts}</td>"
                f"<td>{line.hints}</td><td>{line.solutions}</td></tr>"
                for line in lines
            )
            chapters += (
                f"<details><summary>{html.escape(name)}: {_share(lines)}</summary>"
                f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></details>"
            )
        words = filter(None, (self._headline(), self._next(), self.note))
        paragraphs = "".join(f"<p>{html.escape(text)}</p>" for text in words)
        return f'<div class="nc-progress">{paragraphs}{chapters}</div>{STYLE}'

    def _headline(self):
        return f"Your progress: {_share(self.lines)}."

    def _next(self):
        if self.next is None:
            return ""
        return f"What to look at next: {self.next.title} ({self.next.chapter})."


def _state(line):
    return "✓ solved" if line.solved else "… tried" if line.attempts else "○ not attempted"


def _share(lines):
    return f"{sum(line.solved for line in lines)} of {len(lines)} solved"


def line(problem: Problem, chapter: str, events: Sequence[Event]) -> Line:
    """Return where a student stands with a problem.

    Parameters
    ----------
    problem : Problem
        Which problem it is.
    chapter : str
        The title of its chapter.
    events : list of dict
        What the record holds of it, oldest first.

    Returns
    -------
    Line
    """
    checks = [event["code"] for event in events if event["what"] == "check"]
    solved = "correct" in checks
    return Line(
        problem.id, problem.title, chapter, problem.level, solved,
        checks.index("correct") + 1 if solved else len(checks),
        sum(event["what"] == "hint" for event in events),
        sum(event["what"] == "solution" for event in events),
    )  # fmt: skip
