"""The exercise notebooks, written from the bank so that a question stands in one place.

    python -m neurocore.practice.notebooks exercises

writes a notebook for each chapter into the folder that is named, and beside the bank the table of
its slow answers. Run it after a change to the bank; tests compare.
"""

import json
import sys
from pathlib import Path

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


def notebook(chapter):
    """Return a chapter's notebook.

    Parameters
    ----------
    chapter : str
        A key of `neurocore.problems.CHAPTERS`.

    Returns
    -------
    dict
        In the notebook format 4.5. Cells that the page makes live carry the tag "live"; the
        metadata of nbgrader marks answers and checks.
    """
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
        text = f"## {problem.title}\n\n*{problem.level.capitalize()}*\n\n{problem.prompt()}"
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
                f'check("{name}")',
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


def main(folder):
    """Write every chapter's notebook into a folder, and the table of slow answers."""
    table = computed.recompute(problem for problem, _ in problems().values())
    computed.FILE.write_text(computed.text(table), encoding="utf-8")
    write(folder)


def write(folder):
    """Write every chapter's notebook into a folder."""
    for chapter in CHAPTERS:
        text = json.dumps(notebook(chapter), ensure_ascii=False, indent=1, sort_keys=True)
        (Path(folder) / path(chapter)).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
