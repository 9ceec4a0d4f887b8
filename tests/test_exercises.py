"""The notebooks that students work in: unsolved, solved, and with every mistake."""

import ast
import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from neurocore.practice import Choice, Function, Plot, Reply, notebooks, progress
from neurocore.practice.record import FileStore
from neurocore.problems import CHAPTERS, problems

ROOT = Path(__file__).parent.parent
BY_CHAPTER = {
    chapter: [problem for problem, own in problems().values() if own == chapter]
    for chapter in CHAPTERS
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    progress.begin(FileStore())


def read(chapter):
    return nbformat.read(ROOT / "exercises" / notebooks.path(chapter), as_version=4)


def cell_of(notebook, grade_id):
    marked = (cell for cell in notebook.cells if "nbgrader" in cell.metadata)
    return next(cell for cell in marked if cell.metadata.nbgrader.grade_id == grade_id)


def in_words(problem, value, answer, seed=None):
    """Return the source of an answer cell for a value of the bank."""
    if isinstance(problem, Function):
        function = problem.variant(seed).numbers[value]  # as a table: a class's process has no bank
        table = {call: float(function(*call)) for call in problem._calls}
        return f"{problem.name} = np.vectorize(lambda *x: {table!r}[x])"
    if isinstance(problem, Plot):
        lines = "".join(
            f"{problem.name}.plot({problem._places.tolist()}, {list(map(float, y))})\n"
            for y in (answer | value).values()
        )
        labels = f"xlabel={problem.x.label!r}, ylabel={problem.y.label!r}"
        scales = f"xscale={problem.x.scale!r}, yscale={problem.y.scale!r}"
        return (
            "from matplotlib.figure import Figure\n"
            f"{problem.name} = Figure().subplots()\n{lines}{problem.name}.set({labels}, {scales})"
        )
    if isinstance(problem, Choice):
        letter, number = value
        return f"{problem.name} = {(letter or 'a') + str(number or 1)!r}"
    values = list((answer | value).values())
    return f"{problem.name} = {tuple(values) if len(values) > 1 else values[0]}"


def reference(problem, seed=None):
    answer = problem.variant(seed).answer
    return in_words(problem, "answer" if isinstance(problem, Function) else answer, answer, seed)


def mistakes(problem, seed=None):
    variant = problem.variant(seed)
    for mistake, value in variant.mistakes:
        text = mistake.code if isinstance(problem, Function) else value
        yield f"mistake.{mistake.code}", in_words(problem, text, variant.answer, seed)


def run(cells, namespace):
    """Run cells in a namespace and return what the last one shows."""
    shown = None
    for cell in cells:
        tree, shown = ast.parse(cell.source), None
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), namespace)
        if last:
            shown = eval(compile(ast.Expression(last.value), "cell", "eval"), namespace)
    return shown


def start(notebook):
    namespace = {}
    run([cell for cell in notebook.cells if cell.id == "start"], namespace)
    return namespace


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_notebook_is_what_the_bank_says(chapter, tmp_path):
    """If not: `python -m neurocore.practice.notebooks exercises`."""
    nbformat.validate(read(chapter))
    notebooks.write(tmp_path)
    name = notebooks.path(chapter)
    assert (ROOT / "exercises" / name).read_text() == (tmp_path / name).read_text()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_notebook_asks_and_checks_each_problem(chapter):
    notebook = read(chapter)
    for problem in BY_CHAPTER[chapter]:
        assert problem.prompt() in cell_of(notebook, f"{problem.id}-ask").source
        assert cell_of(notebook, f"{problem.id}-check").source == f'check("{problem.id}")'
        assert "..." in cell_of(notebook, f"{problem.id}-answer").source


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_metadata_for_nbgrader_and_the_page(chapter):
    notebook = read(chapter)
    marks = [c.metadata.nbgrader for c in notebook.cells if "nbgrader" in c.metadata]
    assert len({m.grade_id for m in marks}) == len(marks)
    assert all(m.schema_version == 3 for m in marks)
    for problem in BY_CHAPTER[chapter]:
        answer = cell_of(notebook, f"{problem.id}-answer").metadata
        check = cell_of(notebook, f"{problem.id}-check").metadata
        assert (answer.nbgrader.solution, answer.nbgrader.locked) == (True, False)
        assert (check.nbgrader.grade, check.nbgrader.locked) == (True, True)
        assert check.nbgrader.points == 1
        assert "live" in answer.tags
        assert {"live", "check"} <= set(check.tags)
    assert notebook.metadata.language_info.name == "python"
    assert all(not c.outputs for c in notebook.cells if c.cell_type == "code")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_unsolved_every_check_says_not_attempted(chapter, tmp_path):
    notebook = read(chapter)
    namespace = start(notebook)
    for problem in BY_CHAPTER[chapter]:
        check = cell_of(notebook, f"{problem.id}-check")
        assert run([check], namespace).code == "unanswered.unset"
        answer = cell_of(notebook, f"{problem.id}-answer")
        assert run([answer, check], namespace).outcome == "unanswered"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("chapter", "problem"),
    [(c, p) for c in CHAPTERS for p in BY_CHAPTER[c]],
    ids=lambda x: getattr(x, "id", x),
)
def test_each_mistake_gets_its_own_reply(chapter, problem):
    notebook = read(chapter)
    namespace = start(notebook)
    answer, check = (cell_of(notebook, f"{problem.id}-{kind}") for kind in ("answer", "check"))
    for code, source in mistakes(problem):
        answer.source = source
        assert run([answer, check], namespace).code == code


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_solved_in_a_kernel_every_check_passes(chapter, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = read(chapter)
    for problem in BY_CHAPTER[chapter]:
        cell_of(notebook, f"{problem.id}-answer").source = reference(problem)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    for problem in BY_CHAPTER[chapter]:
        (output,) = cell_of(notebook, f"{problem.id}-check").outputs
        assert output.data["text/plain"] == f"✓ Correct. `{problem.name}` is right."
        assert 'class="nc-verdict nc-verdict-correct"' in output.data["text/html"]
    record = json.loads((tmp_path / "neurocore-progress.json").read_text())
    assert len(record["events"]) == len(BY_CHAPTER[chapter])


@pytest.mark.parametrize(
    ("theme", "color"), [("light", "rgb(179, 89, 0)"), ("dark", "rgb(255, 155, 87)")]
)
def test_notebook_shows_a_reply_as_the_page_does(theme, color, page):
    """In JupyterLab, whose style sheet nbconvert writes beside a notebook."""
    html = Reply("incorrect", "One.\n\nTwo.")._repr_html_()
    output = nbformat.v4.new_output("display_data", {"text/html": html})
    cell = nbformat.v4.new_code_cell("check()", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    page.set_content(HTMLExporter(theme=theme).from_notebook_node(notebook)[0])
    look = page.locator(".nc-verdict").evaluate(
        """verdict => {
            const own = getComputedStyle(verdict), inside = getComputedStyle(verdict.firstChild);
            return [own.borderLeftColor, own.borderLeftWidth, inside.marginBottom];
        }"""
    )
    assert look == [color, "4px", "0px"]
