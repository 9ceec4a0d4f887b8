"""How long a class takes to grade, and how much memory the grader needs.

    python tests/benchmarks/grading.py 300

hands in so many synthetic notebooks over three chapters: references, every mistake, blanks, loops,
memory bombs, forks, kernels that end themselves, cells deleted, doubled, reordered and turned into
Markdown, and forgeries. It says what came of each kind.
"""

import resource
import sys
import tempfile
from collections import Counter
from itertools import cycle
from pathlib import Path
from time import monotonic

import nbformat

sys.path.insert(0, str(Path(__file__).parents[1]))

import test_exercises as exercises
from forgeries import FORGERIES

from neurocore.practice import confining, grade

CHAPTERS = ("resting_potential", "spike", "drugs")
LIBRARY = f"HERE = '/tmp'\nLIBRARY = {str(confining.LIBRARY)!r}\n"
HARM = {
    "loop": "while True: pass",
    "memory": "kept = []\nwhile True: kept.append(b'x' * (1 << 28))",
    "forks": "import os, time\nfor _ in range(400):\n    if not os.fork(): time.sleep(99)",
    "ended": "import os\nos._exit(1)",
}


def solved(chapter, which=None):
    """Return a chapter's notebook: with the references, or with the mistakes of one number."""
    notebook = exercises.read(chapter)
    for problem in exercises.BY_CHAPTER[chapter]:
        source = exercises.reference(problem)
        if which is not None:
            wrong = [text for _, text in exercises.mistakes(problem)]
            source = wrong[which % len(wrong)]
        exercises.cell_of(notebook, f"{problem.id}-answer").source = source
    return notebook


def harmed(chapter, source):
    """Return a solved notebook with a cell in its middle."""
    notebook = solved(chapter)
    notebook.cells.insert(len(notebook.cells) // 2, nbformat.v4.new_code_cell(source))
    return notebook


def shuffled(chapter, kind):
    """Return a solved notebook whose cells were deleted, doubled, moved or made Markdown."""
    notebook = solved(chapter)
    cells = notebook.cells
    checks = [cell for cell in cells if cell.id.endswith("-check")]
    if kind == "deleted":
        notebook.cells = [cell for cell in cells if cell not in checks[::2]]
    elif kind == "doubled":
        notebook.cells = [x for cell in cells for x in [cell] * (1 + cell.id.endswith("-answer"))]
    elif kind == "moved":
        notebook.cells = [c for c in cells if c not in checks] + checks[::-1]
    else:
        for cell in checks[::2]:
            cell.cell_type = "markdown"
    return notebook


def forged(chapter, source):
    """Return a blank notebook that forges."""
    notebook = exercises.read(chapter)
    notebook.cells.insert(2, nbformat.v4.new_code_cell(LIBRARY + source))
    return notebook


def kinds():
    """Yield names of kinds and notebooks, for ever."""
    harm = cycle(HARM.items())
    moves = cycle(("deleted", "doubled", "moved", "markdown"))
    forgeries = cycle((n, x) for cells in FORGERIES.values() for n, x in cells.items())
    chapters = cycle(CHAPTERS)
    for i in cycle(range(12)):
        chapter = next(chapters)
        name, source = next(harm)
        yield "right", solved(chapter)
        yield "mistakes", solved(chapter, i)
        yield "blank", exercises.read(chapter)
        yield name, harmed(chapter, source)
        kind = next(moves)
        yield kind, shuffled(chapter, kind)
        yield "forged", forged(chapter, next(forgeries)[1])


def main(count):
    with tempfile.TemporaryDirectory() as folder:
        for (kind, notebook), i in zip(kinds(), range(count), strict=False):
            place = Path(folder, f"{kind}-{i}")
            place.mkdir()
            nbformat.write(notebook, place / "x.ipynb")
        begun = monotonic()
        found = grade.grade(folder, 30, progress=grade._show)
        took = monotonic() - begun
    done, right, seen = Counter(), Counter(), set()
    for g in found:
        kind = g.student.partition("-")[0]
        if g.problem:
            done[kind] += 1
            right[kind] += g.code == "correct"
        seen.add(g.student)
    for kind in done:
        print(f"{kind}: {right[kind]} of {done[kind]} answers right")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count} handed in, {len(seen)} graded; {took:.0f} s, {took / count:.1f} s each; ", end=""
    )
    print(f"the grader held {memory:.0f} MB at most")


if __name__ == "__main__":
    main(int(sys.argv[1]))
