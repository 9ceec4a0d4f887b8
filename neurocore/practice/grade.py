"""Grade a class.

    python -m neurocore.practice.grade submissions

The folder holds a folder for each student with the exercise notebooks in it, or notebooks named
after their students. Every notebook runs anew in a process of its own, with limits on time and
memory; the checks are ours, whatever its own check cells have become. Written are ``grades.csv``,
a line for each student, and ``replies.csv``, a line for each answer with what a check says to it.

A notebook runs as the user who grades: take a machine where it can do no harm. The checks are
built to teach. Who looks for the answers in the library finds them.
"""

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import neurocore
from neurocore.practice.outcomes import Reply, reply
from neurocore.problems import problems

SECONDS = 120.0
"""How long a notebook may run."""
_RANK = {"correct": 0, "incorrect": 1, "invalid": 2, "unanswered": 3}  # of several answers
_LOST = ("invalid.notebook", "invalid.stopped")
_HOME = str(Path(neurocore.__file__).parents[1])
_MEMORY = 4 << 30  # bytes of address space of a notebook's process


class Grade(NamedTuple):
    """What a check says to one answer of one student."""

    student: str
    problem: str
    code: str
    message: str


def grade(folder, seconds=SECONDS):
    """Run every notebook of a class and judge its answers.

    Parameters
    ----------
    folder : str or pathlib.Path
        Holds a folder for each student, or notebooks named after their students.
    seconds : float
        How long each notebook may run. What it answered till then counts.

    Returns
    -------
    list of Grade
        For each student and each problem of the chapters that were handed in, in the order of
        the book. Of several answers to one problem the best counts.

    Raises
    ------
    ValueError
        If there is no notebook in the folder.
    """
    folder = Path(folder)
    paths = [p for p in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts]
    if not paths:
        raise ValueError(f"folder must hold notebooks; there is none in {str(folder)!r}")
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        found = list(executor.map(lambda path: judge_notebook(path, seconds), paths))
    best = {}
    for path, verdicts in zip(paths, found, strict=True):
        inside = path.relative_to(folder)
        student = inside.parts[0] if len(inside.parts) > 1 else path.stem
        for verdict in verdicts:
            key = student, verdict.problem
            if key not in best or _RANK[verdict.outcome] < _RANK[best[key].outcome]:
                best[key] = verdict
    order = {problem: i for i, problem in enumerate(problems())}
    found = (Grade(*key, verdict.code, verdict.message) for key, verdict in best.items())
    return sorted(found, key=lambda g: (g.student, order.get(g.problem, -1)))


def judge_notebook(path, seconds=SECONDS):
    """Run a notebook in a process of its own and return a list of `Reply`, one a problem."""
    try:
        cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        steps = [("".join(cell["source"]), _grade_id(cell)) for cell in code]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return [reply("invalid.notebook", name=Path(path).name)]
    plan = _plan(steps)
    if not plan:
        return [reply("invalid.notebook", name=Path(path).name)]
    lines, why = _run_apart(plan, seconds)
    verdicts = {}
    for line in lines:
        verdict = Reply(**json.loads(line))
        verdicts[verdict.problem] = verdict
    for problem in _handed_in(steps):
        verdicts.setdefault(problem, reply("invalid.stopped", problem, why=why))
    return list(verdicts.values())


def _run_apart(plan, seconds):
    """Run a plan in a process of its own; return the lines that it said, and why it ended."""
    path = os.pathsep.join((_HOME, os.environ.get("PYTHONPATH", "")))
    with tempfile.TemporaryDirectory() as scratch:
        said = Path(scratch, "replies")
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, said],
            cwd=scratch,
            env=os.environ | {"MPLBACKEND": "agg", "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        with suppress(subprocess.TimeoutExpired):
            child.communicate(json.dumps(plan).encode(), seconds)
        stopped = child.poll() is None
        child.kill()
        if hasattr(os, "killpg"):  # and what the notebook itself has started
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        why = f"was stopped after {seconds:g} s" if stopped else "broke down"
        return (said.read_text(encoding="utf-8").splitlines() if said.exists() else []), why


def _grade_id(cell):
    return str(cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", ""))


def _handed_in(steps):
    """Return the problems of the chapters that a notebook's cells belong to."""
    bank = problems()
    ids = (grade_id.rpartition("-")[0] for _, grade_id in steps)
    chapters = {bank[name][1] for name in ids if name in bank}
    return [name for name, (_, chapter) in bank.items() if chapter in chapters]


def _plan(steps):
    """Return the sources to run, each with the problems to judge behind it.

    A problem is judged behind its check cell, or behind its answer if that is gone.
    """
    places = {}
    for i, (_, grade_id) in enumerate(steps):
        name, _, kind = grade_id.rpartition("-")
        if name in problems() and kind in ("answer", "check"):
            places[name] = i
    left = [name for name in _handed_in(steps) if name not in places]
    plan = []
    for i, (source, grade_id) in enumerate(steps):
        checks = [name for name, place in places.items() if place == i]
        plan.append(("" if grade_id.endswith("-check") else source, checks))
    return [*plan, ("", left)] if places else []


def run(plan, say):
    """Run a notebook's sources in this process and say what a check says to each answer."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    for source, checks in plan:
        if source:
            shell.run_cell(source)
        for name in checks:
            problem = problems()[name][0]
            if problem.name in shell.user_ns:
                verdict = problem.judge(shell.user_ns[problem.name])
            else:
                verdict = reply("unanswered.unset", name, name=problem.name)
            fields = {"code": verdict.code, "message": verdict.message, "problem": name}
            say(json.dumps(fields) + "\n")


_CHILD = f"""
import json, sys
from neurocore.practice.grade import run
plan = json.load(sys.stdin)
said = open(sys.argv[1], "a", encoding="utf-8", buffering=1)
try:
    import resource
except ImportError:
    pass  # Windows has no such limits
else:
    resource.setrlimit(resource.RLIMIT_AS, ({_MEMORY}, {_MEMORY}))
    resource.setrlimit(resource.RLIMIT_FSIZE, ({1 << 28}, {1 << 28}))
run(plan, said.write)
"""


def write(grades, folder):
    """Write ``grades.csv`` and ``replies.csv`` into a folder."""
    asked = list(dict.fromkeys(g.problem for g in grades if g.problem))
    solved = {(g.student, g.problem): int(g.code == "correct") for g in grades}
    with (Path(folder) / "grades.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["student", "solved", "of", *asked])
        for student in dict.fromkeys(g.student for g in grades):
            mine = [solved.get((student, problem), "") for problem in asked]
            table.writerow([student, sum(x == 1 for x in mine), len(asked), *mine])
    with (Path(folder) / "replies.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(Grade._fields)
        table.writerows(grades)


def summary(grades):
    """Return what a teacher wants to know first: who solved how much, and what went wrong most."""
    students = list(dict.fromkeys(g.student for g in grades))
    asked = {g.problem for g in grades if g.problem}
    lines = [f"{len(students)} students, {len(asked)} problems"]
    for student in students:
        solved = sum(g.student == student and g.code == "correct" for g in grades)
        lines.append(f"  {student}: {solved} solved")
    wrong = Counter((g.problem, g.code) for g in grades if g.code.startswith(("mistake", "near")))
    if wrong:
        lines.append("Known mistakes, the most frequent first:")
        lines += [f"  {n} × {code} in {problem}" for (problem, code), n in wrong.most_common(10)]
    lost = Counter((g.student, g.message) for g in grades if g.code in _LOST)
    lines += [f"Look at {student}: {why} ({n} answers)" for (student, why), n in lost.items()]
    return "\n".join(lines)


def main():
    """Grade the folder that is named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m neurocore.practice.grade")
    parser.add_argument("folder", help="holds a folder for each student, with notebooks in it")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each notebook")
    arguments = parser.parse_args()
    try:
        grades = grade(arguments.folder, arguments.seconds)
    except ValueError as error:
        parser.error(str(error))
    write(grades, arguments.folder)
    print(summary(grades))
    print(f"Written: grades.csv and replies.csv in {arguments.folder}")


if __name__ == "__main__":
    main()
