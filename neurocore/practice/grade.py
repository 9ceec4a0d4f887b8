"""Grade a class.

    python -m neurocore.practice.grade submissions

The folder holds a folder or a zip for each student with the exercise notebooks in it, or notebooks
named after their students. Every notebook runs anew in a kernel of its own, in a copy of its
folder, with limits on time and memory; the checks are ours, whatever its own check cells have
become. Written are ``grades.csv``,
a line for each student, and ``replies.csv``, a line for each answer with what a check says to it.

A notebook runs as the user who grades: take a machine where it can do no harm. The checks are
built to teach. Who looks for the answers in the library finds them.
"""

import argparse
import csv
import os
import re
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from neurocore.practice import handed_in, running
from neurocore.practice.outcomes import Reply, reply
from neurocore.problems import problems

SECONDS = 120.0
"""How long a notebook may run."""
_RANK = {"correct": 0, "incorrect": 1, "invalid": 2, "unanswered": 3}  # of several answers
_CHECKED = re.compile(r"""\bcheck\(\s*["']([\w-]+)["']""")


class Grade(NamedTuple):
    """What a check says to one answer of one student.

    Without a problem it is a word on the submission: a cell that failed, a file that cannot be
    read. Without a student it is about a file that is nobody's.
    """

    student: str
    problem: str
    code: str
    message: str


def grade(folder, seconds=SECONDS):
    """Run every notebook of a class and judge its answers.

    Parameters
    ----------
    folder : str or pathlib.Path
        Holds a folder or a zip for each student, or notebooks named after their students. It may
        be a zip itself.
    seconds : float
        How long each notebook may run. What it answered till then counts.

    Returns
    -------
    list of Grade
        For each student what there is to say on the submission, then each problem of the
        chapters that were handed in, in the order of the book. Of several answers to one
        problem, in one notebook or in several, the best counts.

    Raises
    ------
    ValueError
        If nothing was handed in.
    """
    folder = Path(folder)
    with tempfile.TemporaryDirectory(prefix="nc-", ignore_cleanup_errors=True) as scratch:
        submissions, troubles = handed_in.find(folder, Path(scratch))
        if not submissions and not any(trouble.student for trouble in troubles):
            raise ValueError(f"folder must hold notebooks; there is none in {str(folder)!r}")
        with ThreadPoolExecutor(os.cpu_count()) as executor:
            found = list(executor.map(lambda one: _judge_safely(one, seconds), submissions))
    words = [Grade(t.student, "", "invalid.submission", t.words) for t in troubles]
    best = {}
    for submission, verdicts in zip(submissions, found, strict=True):
        for verdict in verdicts:
            key = submission.student, verdict.problem
            if not verdict.problem:
                words.append(Grade(*key, verdict.code, verdict.message))
            elif key not in best or _RANK[verdict.outcome] < _RANK[best[key].outcome]:
                best[key] = verdict
    order = {problem: i for i, problem in enumerate(problems())}
    found = [Grade(*key, verdict.code, verdict.message) for key, verdict in best.items()]
    return sorted(words + found, key=lambda g: (g.student, order.get(g.problem, -1)))


def _judge_safely(submission, seconds):
    """What nobody has foreseen costs one submission, not the whole class."""
    try:
        return judge_notebook(submission, seconds)
    except Exception as error:
        name = submission.path.relative_to(submission.root).as_posix()
        why = f"the grader failed at it, {type(error).__name__}: {error}"
        return [reply("invalid.notebook", name=name, why=why)]


def judge_notebook(submission, seconds=SECONDS):
    """Run a notebook in a copy of its folder.

    Parameters
    ----------
    submission : neurocore.practice.handed_in.Submission
        Whose it is, and where it is.
    seconds : float
        How long it may run.

    Returns
    -------
    list of Reply
        One a problem, and those without a problem that tell of cells that failed.
    """
    name = submission.path.relative_to(submission.root).as_posix()
    try:
        cells = handed_in.read(submission.path).cells
    except ValueError as error:
        return [reply("invalid.notebook", name=name, why=str(error))]
    cells = [(cell.source, _grade_id(cell)) for cell in cells if cell.cell_type == "code"]
    asked = _handed_in(cells)
    if not asked:
        return [reply("invalid.notebook", name=name, why="it holds no problem of this book")]
    with tempfile.TemporaryDirectory(prefix="nc-", ignore_cleanup_errors=True) as scratch:
        try:
            folder = handed_in.copy(submission, Path(scratch, "copy"))
        except OSError as error:  # shutil.Error is one
            return [reply("invalid.notebook", name=name, why=f"it cannot be copied: {error}")]
        ran = running.run(_plan(cells, asked), folder, seconds)
    verdicts = {}
    for fields in ran.said:
        verdict = Reply(**fields)
        known = verdicts.get(verdict.problem)
        if known is None or _RANK[verdict.outcome] <= _RANK[known.outcome]:
            verdicts[verdict.problem] = verdict
    for problem in asked:
        verdicts.setdefault(problem, reply("invalid.stopped", problem, name=name, why=ran.why))
    said = [
        reply("invalid.cell", name=name, number=number, error=error) for number, error in ran.failed
    ]
    if ran.why:
        said.append(reply("invalid.broken", name=name, why=ran.why))
    return [*said, *verdicts.values()]


def judge_answer(problem, variables, answer=None, seed=None):
    """Return what a check says to an answer, as plain data.

    `answer` is a list of the one value that was handed to `check`; None takes the variable.
    """
    found = problems()[problem][0]
    if answer is not None:
        verdict = found.judge(answer[0], seed)
    elif found.name in variables:
        verdict = found.judge(variables[found.name])
    else:
        verdict = reply("unanswered.unset", problem, name=found.name)
    return {"code": verdict.code, "message": verdict.message, "problem": problem}


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
    """Return the cells to run, each with the problems to judge behind it.

    A problem is judged behind its check cell, or behind its answer if that is gone; at the end
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


def write(grades, folder):
    """Write ``grades.csv`` and ``replies.csv`` into a folder."""
    asked = list(dict.fromkeys(g.problem for g in grades if g.problem))
    solved = {(g.student, g.problem): int(g.code == "correct") for g in grades}
    with (Path(folder) / "grades.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["student", "solved", "of", *asked])
        for student in dict.fromkeys(g.student for g in grades if g.student):
            mine = [solved.get((student, problem), "") for problem in asked]
            table.writerow([student, sum(x == 1 for x in mine), len(asked), *mine])
    with (Path(folder) / "replies.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(Grade._fields)
        table.writerows(grades)


def summary(grades):
    """Return what a teacher wants to know first: who solved how much, and what went wrong most."""
    students = list(dict.fromkeys(g.student for g in grades if g.student))
    asked = {g.problem for g in grades if g.problem}
    lines = [f"{len(students)} students, {len(asked)} problems"]
    for student in students:
        solved = sum(g.student == student and g.code == "correct" for g in grades)
        lines.append(f"  {student}: {solved} solved")
    wrong = Counter((g.problem, g.code) for g in grades if g.code.startswith(("mistake", "near")))
    if wrong:
        lines.append("Known mistakes, the most frequent first:")
        lines += [f"  {n} × {code} in {problem}" for (problem, code), n in wrong.most_common(10)]
    for g in grades:
        if not g.problem:
            lines.append(f"Look at {g.student}: {g.message}" if g.student else f"Note: {g.message}")
    return "\n".join(lines)


def main():
    """Grade the folder that is named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m neurocore.practice.grade")
    parser.add_argument("folder", help="holds a folder or zip for each student; may be a zip")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each notebook")
    arguments = parser.parse_args()
    try:
        grades = grade(arguments.folder, arguments.seconds)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    folder = Path(arguments.folder)
    folder = folder if folder.is_dir() else folder.parent
    write(grades, folder)
    print(summary(grades))
    print(f"Written: grades.csv and replies.csv in {folder}")


if __name__ == "__main__":
    main()
