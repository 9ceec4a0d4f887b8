"""Grade a class.

    python -m neurocore.practice.grade submissions

The folder holds a folder or a zip for each student with the exercise notebooks in it, or notebooks
named after their students. Every notebook runs anew in a process that knows no answers, in a copy
of its folder and with limits; what its cells left is judged here, whatever its own checks say.
Written are the tables ``grades.csv`` and ``replies.csv``, the page ``report.html``, and
``grading.jsonl``, from which a run that was interrupted goes on.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from neurocore.practice import confining, handed_in, report, running, seeds
from neurocore.practice.judging import Verdict, judge_notebook
from neurocore.practice.outcomes import reply
from neurocore.problems import problems

SECONDS = 120.0
"""How long a notebook may run."""
RECORD = "grading.jsonl"


class Grade(NamedTuple):
    """What a check says to one answer of one student.

    Without a problem it is a word on the submission: a cell that failed, a file that cannot be
    read. Without a student it is about a file that is nobody's.
    """

    student: str
    problem: str
    code: str
    message: str


def grade(folder, seconds=SECONDS, find_seeds=None, record=None, progress=lambda done, of: None):
    """Run every notebook of a class and judge its answers.

    Parameters
    ----------
    folder : str or pathlib.Path
        Holds a folder or a zip for each student, or notebooks named after their students. It may
        be a zip itself.
    seconds : float
        How long each notebook may run. What it answered till then counts.
    find_seeds : callable, optional
        Takes the names of the students and returns the seeds of their numbers, as those of
        `seeds.Seeds` do. Without it whatever seed was handed to `check` counts.
    record : str or pathlib.Path, optional
        The file in which each notebook's verdicts are kept as they come. Those that it holds of
        notebooks that have not changed are taken from it.
    progress : callable, optional
        Called with how many notebooks are done, and how many there are.

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
        words = [Grade(t.student, "", "invalid.submission", t.words) for t in troubles]
        students = {one.student for one in submissions} | {t.student for t in troubles} - {""}
        own = find_seeds(students) if find_seeds else None
        for student in sorted(students - own.keys() if own else ()):
            said = reply("invalid.seedless", name=student)
            words.append(Grade(student, "", said.code, said.message))
        found = _judge_all(submissions, seconds, own, record, progress)
    best = {}
    for submission, verdicts in zip(submissions, found, strict=True):
        for verdict in verdicts:
            key = submission.student, verdict.problem
            if not verdict.problem:
                words.append(Grade(*key, verdict.code, verdict.message))
            elif key not in best or verdict.rank < best[key].rank:
                best[key] = verdict
    order = {problem: i for i, problem in enumerate(problems())}
    found = [Grade(*key, verdict.code, verdict.message) for key, verdict in best.items()]
    return sorted(words + found, key=lambda g: (g.student, order.get(g.problem, -1)))


def _judge_all(submissions, seconds, own, record, progress):
    """Return the verdicts on each submission; as many run at once as there are processors."""
    known, how = _recorded(record), f"{seconds:g} {_edition()} {confining.why_open()}"
    keys = [_key(one, how, own) for one in submissions]
    found = [known.get(key) for key in keys]
    left = [i for i, verdicts in enumerate(found) if verdicts is None]
    progress(len(found) - len(left), len(found))
    executor = ThreadPoolExecutor(os.cpu_count())
    waiting = {executor.submit(_judge_safely, submissions[i], seconds, own): i for i in left}
    try:
        for done, future in enumerate(as_completed(waiting), start=1):
            i = waiting[future]
            found[i], whole = future.result()
            if record and whole:
                line = {"key": keys[i], "student": submissions[i].student, "verdicts": found[i]}
                with open(record, "a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
            progress(len(found) - len(left) + done, len(found))
    except BaseException:
        running.INTERRUPTED.set()
        raise
    finally:
        executor.shutdown(cancel_futures=True)
        running.INTERRUPTED.clear()
    return found


def _judge_safely(submission, seconds, own):
    """What nobody has foreseen costs one submission, not the whole class; it is tried again."""
    try:
        return judge_notebook(submission, seconds, own), True
    except Exception as error:
        name = submission.path.relative_to(submission.root).as_posix()
        why = f"the grader failed at it, {type(error).__name__}: {error}"
        said = reply("invalid.notebook", name=name, why=why)
        return [Verdict("", said.code, said.message)], False


def _recorded(record):
    """Return the verdicts of an earlier run; a line that was cut off is left out."""
    known = {}
    if record and Path(record).exists():
        for line in Path(record).read_text(encoding="utf-8").splitlines():
            try:
                found = json.loads(line)
                known[found["key"]] = [Verdict(*verdict) for verdict in found["verdicts"]]
            except (ValueError, TypeError, LookupError):
                continue
    return known


def _edition():
    """Return a digest of all that a verdict depends on, but for the notebook."""
    digest = hashlib.sha256()
    for path in sorted(confining.LIBRARY.rglob("*")):
        if path.suffix in (".py", ".md", ".json") and "front_end" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _key(submission, how, own):
    """Return a digest of a submission: it is graded again if anything in it has changed."""
    seed = own.get(submission.student) if own is not None else "any"
    name = submission.path.relative_to(submission.root).as_posix()
    digest = hashlib.sha256(json.dumps([how, submission.student, name, seed]).encode())
    for path in sorted(handed_in.goes_with(submission)):
        digest.update(path.relative_to(submission.root).as_posix().encode("utf-8", "replace"))
        try:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            digest.update(str(error).encode())
    return digest.hexdigest()


def main():
    """Grade the folder that is named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m neurocore.practice.grade")
    parser.add_argument("folder", help="holds a folder or zip for each student; may be a zip")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each notebook")
    seeds.add_arguments(parser)
    arguments = parser.parse_args()
    folder = Path(arguments.folder)
    results = folder if folder.is_dir() else folder.parent
    try:
        found = grade(
            folder,
            arguments.seconds,
            seeds.from_arguments(arguments),
            results / RECORD,
            _show if sys.stderr.isatty() else lambda done, of: None,
        )
    except (ValueError, OSError) as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. The same command goes on from here.")
    report.write(found, results, confining.why_open())
    print(report.summary(found, confining.why_open()))
    print(f"Written: {', '.join(report.FILES)} in {results}")


def _show(done, of):
    bar = "#" * (30 * done // max(of, 1))
    end = "\n" if done == of else ""
    print(f"\r[{bar:.<30}] {done} of {of} notebooks", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
