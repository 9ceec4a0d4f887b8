"""A class: notebooks of several students, some of them strange."""

import csv
import subprocess
import sys

import nbformat
import pytest
import test_exercises as exercises

from neurocore.practice import grade
from neurocore.problems import problems

PROBLEMS = exercises.BY_CHAPTER["resting_potential"]
LOOP = "while True:\n    try:\n        pass\n    except BaseException:\n        pass"


def solved():
    notebook = exercises.read("resting_potential")
    for problem in PROBLEMS:
        answer(notebook, problem.id, exercises.reference(problem))
    return notebook


def answer(notebook, problem, source):
    exercises.cell_of(notebook, f"{problem}-answer").source = source


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Hand in what four students and nobody have done."""
    folder = tmp_path_factory.mktemp("submissions")

    def hand_in(student, notebook, name="resting-potential.ipynb"):
        (folder / student).mkdir(exist_ok=True)
        nbformat.write(notebook, folder / student / name)

    hand_in("Ada", solved())
    hand_in("Zoe", exercises.read("resting_potential"))

    notebook = solved()
    answer(notebook, "ghk-rest", "v_m = 66.57")
    answer(notebook, "potassium-doubled", "%matplotlib inline\nraise SystemExit")
    answer(notebook, "ions-moved", "del moved\nmoved = {")
    exercises.cell_of(notebook, "driving-forces-check").source = "import os; os._exit(1)"
    exercises.cell_of(notebook, "ghk-rest-check").source = "print('✓ Correct.')"
    notebook.cells = [c for c in notebook.cells if c.id != "kcc2-limit-check"]
    hand_in("Bob", notebook)
    again = exercises.read("resting_potential")  # what he had forgotten
    answer(again, "ions-moved", exercises.reference(problems()["ions-moved"][0]))
    hand_in("Bob", again, "more.ipynb")

    notebook = solved()
    answer(notebook, "ions-moved", f"import subprocess\nsubprocess.Popen(['sleep', '99'])\n{LOOP}")
    hand_in("Eve", notebook)
    (folder / "Eve" / "broken.ipynb").write_text("{")
    (folder / "Eve" / "list.ipynb").write_text("[1]")
    hand_in("Eve", nbformat.v4.new_notebook(), "empty.ipynb")

    notebook = exercises.read("resting_potential")
    answer(notebook, "ghk-rest", "import os\nos.kill(os.getpid(), 9)")
    nbformat.write(notebook, folder / "Max.ipynb")
    return folder


@pytest.fixture(scope="module")
def grades(folder):
    """All at once, as a teacher does."""
    found = grade.grade(folder, seconds=25)
    return {(g.student, g.problem): g for g in found}, found


def codes(grades, student):
    return {p.id: grades[0][student, p.id].code for p in PROBLEMS}


def test_right_and_blank_answers(grades):
    assert set(codes(grades, "Ada").values()) == {"correct"}
    assert set(codes(grades, "Zoe").values()) == {"unanswered.placeholder", "unanswered.function"}


def test_own_mistakes_and_lost_check_cells(grades):
    codes_ = codes(grades, "Bob")
    assert codes_.pop("ghk-rest") == "mistake.inside-out"
    assert codes_.pop("potassium-doubled") == "unanswered.placeholder"  # from his other notebook
    assert set(codes_.values()) == {"correct"}


def test_what_came_before_an_endless_loop_counts(grades):
    got = list(codes(grades, "Eve").values())
    at = [p.id for p in PROBLEMS].index("ions-moved")
    assert got == ["correct"] * at + ["invalid.stopped"] * (len(got) - at)
    assert "25 s" in grades[0]["Eve", "ions-moved"].message
    assert grades[0]["Eve", ""].code == "invalid.notebook"


def test_process_that_ends_itself(grades):
    assert set(codes(grades, "Max").values()) == {"invalid.stopped"}
    assert "broke down" in grades[0]["Max", "ghk-rest"].message


def test_tables(grades, tmp_path):
    grade.write(grades[1], tmp_path)
    rows = list(csv.DictReader((tmp_path / "grades.csv").open(encoding="utf-8")))
    assert [row["student"] for row in rows] == ["Ada", "Bob", "Eve", "Max", "Zoe"]
    count = len(PROBLEMS)
    assert [int(row["solved"]) for row in rows] == [count, count - 2, 4, 0, 0]
    assert {row["of"] for row in rows} == {str(count)}
    assert [row["ghk-rest"] for row in rows] == ["1", "0", "1", "0", "0"]
    replies = list(csv.DictReader((tmp_path / "replies.csv").open(encoding="utf-8")))
    assert len(replies) == len(grades[1])
    assert [r["problem"] for r in replies if r["student"] == "Ada"] == [p.id for p in PROBLEMS]


def test_summary(grades):
    words = grade.summary(grades[1])
    assert "5 students" in words
    assert f"Ada: {len(PROBLEMS)} solved" in words
    assert "1 × mistake.inside-out in ghk-rest" in words
    assert words.count("Look at Eve") == 2


def test_command(tmp_path):
    command = [sys.executable, "-m", "neurocore.practice.grade"]
    nothing = subprocess.run([*command, tmp_path], capture_output=True, text=True, cwd=tmp_path)
    assert nothing.returncode == 2
    assert "there is none in" in nothing.stderr
    nbformat.write(exercises.read("propagation"), tmp_path / "Kim.ipynb")
    run = subprocess.run([*command, tmp_path], capture_output=True, text=True, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert "Kim: 0 solved" in run.stdout
    assert "Kim,0," in (tmp_path / "grades.csv").read_text()
