"""The exercise notebooks, written from the bank so that a question stands in one place.

    python -m neurocore.practice.notebooks exercises

writes a notebook for each chapter into the folder that is named, and beside the bank the table of
its slow answers. Run it after a change to the bank; tests compare.

    python -m neurocore.practice.notebooks class --class-list class.csv

writes a folder for each student instead, with the notebooks in the student's own numbers.
"""

import argparse
import json
from pathlib import Path

from neurocore.practice import seeds
from neurocore.practice.kinds import Function, Numeric
from neurocore.problems import CHAPTERS, computed, problems

_INTRODUCTION = """\
Put your answer where the `...` stands.
In Jupyter, run that cell and then the check below it.
In the book's own page, run the check: it runs your answer first.
A check says whether you are right, and where it can, which step went another way.

Stuck?
Type `hint("{first}")` into any cell, with the name of your problem.
There are three hints, each saying more than the one before.
`solution("{first}")` opens after your first attempt.

A number counts in the unit that the problem states.
You may also write the unit: `"-0.07 V"`.
Numbers of your own?
`ask("{first}", seed="your name")` gives you some, and \
`check("{first}", seed="your name")` judges them."""


def notebook(chapter, seed=None):
    """Return a chapter's notebook.

    Parameters
    ----------
    chapter : str
        A key of `neurocore.problems.CHAPTERS`.
    seed : str, optional
        Whose numbers stand in it; without it, the printed ones.

    Returns
    -------
    dict
        In the notebook format 4.5. Cells that the page makes live carry the tag "live"; the
        metadata of nbgrader marks answers and checks.
    """
    whose = f", seed={json.dumps(seed, ensure_ascii=False)}" if seed is not None else ""
    mine = [problem for problem, own in problems().values() if own == chapter]
    cells = [
        _words(
            "title", f"# {CHAPTERS[chapter]}: problems\n\n{_INTRODUCTION.format(first=mine[0].id)}"
        ),
        _code(
            "start",
            "import numpy as np\n\nimport neurocore as nc\n"
            "from neurocore.practice import ask, check, hint, progress, solution",
            nbgrader=_mark(f"{chapter}-start", locked=True),
        ),
    ]
    for problem in mine:
        name = problem.id
        text = f"## {problem.title}\n\n*{problem.level.capitalize()}*\n\n{problem.prompt(seed)}"
        cells += [
            _words(f"{name}-ask", text, nbgrader=_mark(f"{name}-ask", locked=True)),
            _code(
                f"{name}-answer",
                _blank(problem),
                "answer",
                nbgrader=_mark(f"{name}-answer", solution=True),
            ),
            _code(
                f"{name}-check",
                f'check("{name}"{whose})',
                "check",
                nbgrader=_mark(f"{name}-check", grade=True, locked=True, points=1),
            ),
        ]
    cells += [_words("progress-title", "## Your progress"), _code("progress", "progress.summary()")]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def path(chapter):
    """Return the file name of a chapter's notebook."""
    return f"{chapter.replace('_', '-')}.ipynb"


def _blank(problem):
    if isinstance(problem, Function):
        return f"def {problem.signature}:\n    return ..."
    if isinstance(problem, Numeric) and not isinstance(problem.unit, str):
        return f"{problem.name} = ({', '.join(['...'] * len(problem.unit))})"
    return f"{problem.name} = ..."


def _words(name, text, **metadata):
    source = text.splitlines(keepends=True)
    return {"cell_type": "markdown", "id": name, "metadata": metadata, "source": source}


def _code(name, text, *tags, **metadata):
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": metadata | {"tags": [*tags, "live"]},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }


def _mark(name, **fields):
    blank = dict.fromkeys(("grade", "locked", "solution", "task"), False)
    return blank | {"grade_id": name, "schema_version": 3} | fields


def write(folder, seed=None):
    """Write every chapter's notebook into a folder, in the numbers of a seed or the printed."""
    for chapter in CHAPTERS:
        text = json.dumps(notebook(chapter, seed), ensure_ascii=False, indent=1, sort_keys=True)
        (Path(folder) / path(chapter)).write_text(text + "\n", encoding="utf-8")


def main():
    """Write every chapter's notebook into the folder that is named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m neurocore.practice.notebooks")
    parser.add_argument("folder")
    seeds.add_arguments(parser)
    arguments = parser.parse_args()
    try:
        own = seeds.from_arguments(arguments)
        if own is None:
            table = computed.recompute(problem for problem, _ in problems().values())
            computed.FILE.write_text(computed.text(table), encoding="utf-8")
            write(arguments.folder)
            return
        for student, seed in own(set()).items():
            folder = Path(arguments.folder, student)
            if folder.name != student:
                raise ValueError(f"student must be the name of a folder; got {student!r}")
            folder.mkdir(parents=True, exist_ok=True)
            write(folder, seed)
    except (ValueError, OSError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
