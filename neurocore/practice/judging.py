"""From a notebook that was handed in to what a check says to its answers.

The notebook runs elsewhere (`running`) and knows no answers; here they are known, and no line of a
student's runs. Of what the notebook's process says, each answer is judged as an answer to the
problem that it was asked for, by the numbers of the student whose notebook it is.
"""

import json
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from neurocore import practice
from neurocore.practice import handed_in, running
from neurocore.practice.outcomes import Reply, reply
from neurocore.problems import problems

_RANK = {"correct": 0, "incorrect": 1, "invalid": 2, "unanswered": 3}  # of several answers
_CHECKED = re.compile(r"""\bcheck\(\s*["']([\w-]+)["']""")
_WORDS = 2000  # characters of a reply: some of them are the student's
_MANY = 5  # different answers to a problem, of which the lecturer is told if there are more


class Verdict(NamedTuple):
    """What a check says, as plain data; without a problem it is a word on the submission."""

    problem: str
    code: str
    message: str

    @property
    def rank(self):
        """Where it stands among several answers to one problem: the best counts."""
        return _RANK[Reply(self.code, "").outcome]


def judge_notebook(submission, seconds, seeds=None):
    """Run a notebook in a copy of its folder and judge its answers.

    Parameters
    ----------
    submission : neurocore.practice.handed_in.Submission
        Whose it is, and where it is.
    seconds : float
        How long it may run.
    seeds : dict of str to str, optional
        Each student's seed. A student whom it lacks is judged by the printed numbers. Without
        it whatever seed was handed to `check` counts.

    Returns
    -------
    list of Verdict
        One a problem, and those without a problem that tell of cells that failed.
    """
    name = submission.path.relative_to(submission.root).as_posix()
    try:
        cells = handed_in.read(submission.path).cells
    except ValueError as error:
        return [_said("invalid.notebook", name=name, why=str(error))]
    cells = [(cell.source, _grade_id(cell)) for cell in cells if cell.cell_type == "code"]
    asked = _handed_in(cells)
    if not asked:
        return [_said("invalid.notebook", name=name, why="it holds no problem of this book")]
    forms = {problem: problems()[problem][0].form() for problem in asked}
    with tempfile.TemporaryDirectory(prefix="nc-", ignore_cleanup_errors=True) as scratch:
        try:
            root = Path(scratch, "copy")
            folder = handed_in.copy(submission, root)
        except OSError as error:  # shutil.Error is one
            return [_said("invalid.notebook", name=name, why=f"it cannot be copied: {error}")]
        ran = running.run(_plan(cells, asked), forms, _question, root, folder, seconds)
    verdicts, shared, different = {}, {}, {}
    for said in ran.said:
        if said.plain is not None:
            different.setdefault(said.problem, set()).add(json.dumps(said.plain, sort_keys=True))
        verdict = _verdict(said, submission.student, seeds)
        known = verdicts.get(said.problem)
        if known is None or verdict.rank <= known.rank:
            verdicts[said.problem] = verdict
            shared[said.problem] = _owners(said, verdict, submission.student, seeds)
    for problem in asked:
        verdicts.setdefault(problem, _said("invalid.stopped", problem, name=name, why=ran.why))
    words = [
        _said("invalid.cell", name=name, number=number, error=error) for number, error in ran.failed
    ]
    if ran.why:
        words.append(_said("invalid.broken", name=name, why=ran.why))
    for problem, owners in shared.items():
        if owners:
            words.append(_said("invalid.shared", name=problem, whose=owners))
    for problem, answers in different.items():
        if len(answers) > _MANY:
            words.append(_said("invalid.many", name=problem, count=len(answers)))
    return [*words, *verdicts.values()]


def _said(code, problem="", **fields):
    return Verdict(problem, code, _plain(reply(code, problem, **fields).message))


def _plain(words):
    """Return words that no screen takes for a command, nor for more than they are."""
    return "".join(x if x.isprintable() or x == "\n" else " " for x in words[:_WORDS])


def _verdict(said, student, seeds):
    """Judge what a notebook's process says: it may say anything."""
    problem = problems()[said.problem][0]
    if said.plain is None:
        return _said("unanswered.unset", said.problem, name=problem.name)
    seed = said.seed if seeds is None else seeds.get(student)
    try:
        found = problem.verdict(said.plain, seed)
        return Verdict(said.problem, found.code, _plain(found.message))
    except Exception:  # whatever was thought of
        return _said("invalid.data", said.problem, name=problem.name)


def _owners(said, verdict, student, seeds):
    """Return in words for whose numbers an answer is right, "" if it is not or need not be."""
    if seeds is None or verdict.code.partition(".")[0] != "incorrect":
        return ""
    problem = problems()[said.problem][0]
    if all(len(values) == 1 for values in problem.grid().values()):
        return ""  # all have the same numbers
    others = {**seeds, "the printed problem": None}
    whose = [
        other
        for other, seed in others.items()
        if other != student and problem.verdict(said.plain, seed).correct
    ]
    more = f" and {len(whose) - 3} more" if len(whose) > 3 else ""
    return ", ".join(whose[:3]) + more


def _question(asked):
    """Return what `ask` shows in the notebook's process, as plain data."""
    try:
        problem, seed = asked
        found = practice.ask(problem, seed=seed)
    except Exception:
        found = reply("invalid.problem", name="that", suggestion="")
    if isinstance(found, Reply):
        return {"reply": {"code": found.code, "message": found.message}}
    return {"question": found.markdown}


def _grade_id(cell):
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", "") or cell.get("id", ""))


def _handed_in(cells):
    """Return the problems of the chapters that a notebook's cells belong to."""
    bank = problems()
    ids = {grade_id.rpartition("-")[0] for _, grade_id in cells}
    ids |= {name for source, _ in cells for name in _CHECKED.findall(source)}
    chapters = {bank[name][1] for name in ids if name in bank}
    return [name for name, (_, chapter) in bank.items() if chapter in chapters]


def _plan(cells, asked):
    """Return the cells to run, each with the problems to read behind it.

    A problem is read behind its check cell, or behind its answer if that is gone; at the end
    if both are.
    """
    places = {}
    for i, (_, grade_id) in enumerate(cells):
        name, _, kind = grade_id.rpartition("-")
        if name in problems() and kind in ("answer", "check"):
            places[name] = i
    plan = [
        running.Step(source, [name for name, place in places.items() if place == i])
        for i, (source, _) in enumerate(cells)
    ]
    return [*plan, running.Step("", [name for name in asked if name not in places])]
