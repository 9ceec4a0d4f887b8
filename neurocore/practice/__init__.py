"""Problems that check themselves.

    from neurocore.practice import ask, check, hint, solution, progress

`check("ghk-rest", v_m)` judges an answer and says what went wrong where that can be known;
`hint` and `solution` help; `progress.summary()` shows where you stand. Checking is there to
learn from: it runs in the student's own Python and keeps no secret.
"""

from __future__ import annotations

import builtins
import os
import sys
from dataclasses import replace
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

from neurocore.practice import progress
from neurocore.practice.outcomes import OUTCOMES, Question, Reply, reply
from neurocore.practice.reading.objects import brief, kind_of

__builtins__ = dict(vars(builtins))  # type: ignore[assignment]  # see reading/objects.py

__all__ = [
    "OUTCOMES",
    "Array",
    "Axis",
    "Choice",
    "Function",
    "Mistake",
    "NotSolved",
    "Numeric",
    "Plot",
    "Problem",
    "Question",
    "Reply",
    "Tolerance",
    "Vary",
    "ask",
    "check",
    "hint",
    "progress",
    "solution",
]

_FROM_NOTEBOOK = object()
_KINDS = "neurocore.practice.kinds"


if TYPE_CHECKING:
    from neurocore.practice.kinds import (
        Array,
        Axis,
        Choice,
        Function,
        Mistake,
        Numeric,
        Plot,
        Problem,
        Tolerance,
        Vary,
    )
    from neurocore.practice.outcomes import Seed
else:

    def __getattr__(name):
        """Load the kinds of problem when used: where answers are read, they may be absent."""
        if name in __all__:
            return getattr(import_module(_KINDS), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__})


class NotSolved(AssertionError):
    """What `check` raises while nbgrader grades, for only an error costs points there."""

    def _render_traceback_(self):  # IPython shows this instead of our own lines
        return [str(self)]


def ask(problem: str, *, seed: Seed = None) -> Question | Reply:
    """Show a problem's question.

    Parameters
    ----------
    problem : str
        Its name, such as "ghk-rest".
    seed : str or int, optional
        Whose variant: your name gives you numbers of your own. Without it, the printed problem.

    Returns
    -------
    Question or Reply
        The question, shown by the notebook; a reply if there is no such problem.
    """
    found = _find(problem, seed)
    if isinstance(found, Reply):
        return found
    return Question(f"### {found.title}\n\n{found.prompt(seed)}")


def check(
    problem: str, answer: object = _FROM_NOTEBOOK, *, seed: Seed = None
) -> Reply:  # pragma: no mutate block
    """Judge an answer.

    Parameters
    ----------
    problem : str
        The problem's name, such as "ghk-rest".
    answer : object, optional
        The answer. Without it, the variable that the problem asks for is taken from the
        notebook, set or not.
    seed : str or int, optional
        Whose variant it answers; see `ask`.

    Returns
    -------
    Reply
        With `code`, `correct` and `message`; shown by the notebook.

    Raises
    ------
    NotSolved
        Only while nbgrader grades, if the answer is not correct.
    """
    found = _find(problem, seed)
    if isinstance(found, Reply):
        return found
    if answer is _FROM_NOTEBOOK:
        caller = sys._getframe(1)
        answer = caller.f_globals.get(found.name, _FROM_NOTEBOOK)
        answer = caller.f_locals.get(found.name, answer)
    return _judged(found, answer, seed)


def _judged(found: Problem, answer: object, seed: Seed) -> Reply:
    if answer is _FROM_NOTEBOOK:
        verdict = reply("unanswered.unset", found.id, name=found.name)
    else:
        verdict = found.judge(answer, seed)
    if os.environ.get("NBGRADER_EXECUTION"):
        if not verdict.correct:
            raise NotSolved(repr(verdict))
        return verdict
    if verdict.outcome in ("correct", "incorrect"):
        stuck = "" if verdict.correct else f'Stuck? Try `hint("{found.id}")`.'
        saved = progress.add("check", found.id, seed, verdict.code, brief(answer))
        notes = filter(None, (verdict.note, stuck, saved))
        verdict = replace(verdict, note="\n\n".join(notes))
    return verdict


def hint(problem: str, *, seed: Seed = None) -> Reply:
    """Show the next of a problem's three hints; after the last, all of them again.

    Parameters
    ----------
    problem, seed
        As for `check`.

    Returns
    -------
    Reply
        Shown by the notebook.
    """
    found = _find(problem, seed)
    if isinstance(found, Reply):
        return found
    number = min(_count("hint", found.id, seed) + 1, len(found.hints))
    note = progress.add("hint", found.id, seed)
    words = [f"{i} of {len(found.hints)}: {found.hint(i, seed)}" for i in range(1, number + 1)]
    return Reply("hint", "\n\n".join(words), found.id, note)


def solution(problem: str, *, seed: Seed = None) -> Reply:
    """Show a problem's worked solution, once there has been an attempt.

    Parameters
    ----------
    problem, seed
        As for `check`.

    Returns
    -------
    Reply
        Shown by the notebook.
    """
    found = _find(problem, seed)
    if isinstance(found, Reply):
        return found
    if not _count("check", found.id, seed):
        words = f'It opens after your first attempt. Till then, `hint("{found.id}")` helps.'
        return Reply("solution", words, found.id)
    note = progress.add("solution", found.id, seed)
    return Reply("solution", found.worked(seed), found.id, note, found.figure(seed))


def _count(what: str, problem: str, seed: Seed) -> int:
    key = "" if seed is None else str(seed)
    return sum(
        event["what"] == what and event["problem"] == problem and event["seed"] == key
        for event in progress.events()
    )


def strange_seed(seed: object) -> str:
    """Return what a seed is that cannot be one, "" if it can."""
    if seed is not None and type(seed) is not str and type(seed) is not int:
        return kind_of(seed)
    if type(seed) is int and abs(seed) > 10**80:
        return "too large"
    if type(seed) is str and not (seed.isprintable() and len(seed) <= 80):
        return "too long, or cannot be shown"
    return ""


def _find(problem: str, seed: Seed) -> Problem | Reply:
    """Return a problem by its name, or the reply that there is none."""
    strange = strange_seed(seed)
    if strange:
        return reply("invalid.seed", kind=strange)
    if type(problem) is not str:
        return reply("invalid.problem", name=kind_of(problem), suggestion="")
    known = import_module("neurocore.problems").problems()
    if problem in known:
        return known[problem][0]
    near = get_close_matches(problem[:80], known, n=1)
    suggestion = f" Is `{near[0]}` meant?" if near else ""
    return reply("invalid.problem", name=problem[:80].replace("`", "'"), suggestion=suggestion)
