"""A class whose students have numbers of their own, and a run that goes on where it was."""

import csv
import json
import subprocess
import sys
import time

import nbformat
import pytest
from test_grade import Class, one

from neurocore.practice import grade, judging, notebooks, report, seeds
from neurocore.practice.grade import Grade
from neurocore.problems import problems

GHK = problems()["ghk-rest"][0]


def right(seed):
    (value,) = GHK.variant(seed).answer.values()
    return f"v_m = {value!r}"


@pytest.fixture
def class_(tmp_path):
    return Class(tmp_path)


def listed(**given):
    return lambda students: seeds.seeds(students, given, b"")


def test_each_is_judged_by_own_numbers(class_):
    class_.put("Ada/x.ipynb", one(right("ada's"), "check('ghk-rest', seed=\"ada's\")"))
    class_.put("Bob_17/x.ipynb", one(right("ada's")))  # copied, as Moodle names him
    class_.put("Cyd/x.ipynb", one(right(None)))
    class_.put("Dan/x.ipynb", one(right("ada's"), "check('ghk-rest', seed=\"ada's\")"))
    class_.put("Eve/x.ipynb", one(right(None)))  # not in the list
    class_.put("Fay/x.ipynb", one("v_m = 12.345"))
    names = listed(Ada="ada's", Bob="bob's", Cyd="cyd's", Dan="dan's", Fay="fay's", Gus="gus's")
    found = grade.grade(class_.folder, 25, names)
    codes = {g.student: g.code for g in found if g.problem == "ghk-rest"}
    said = {g.student: g.message for g in found if not g.problem}
    assert codes["Ada"] == codes["Eve"] == "correct"
    assert {codes[name] for name in ("Bob_17", "Cyd", "Dan", "Fay")}.isdisjoint({"correct"})
    assert "those of Ada" in said["Bob_17"]
    assert "those of Ada" in said["Dan"]
    assert "those of the printed problem" in said["Cyd"]
    assert "not in the class list" in said["Eve"]
    assert set(said) == {"Bob_17", "Cyd", "Dan", "Eve"}


def test_without_a_list_the_seed_that_was_named_counts(class_):
    class_.put("Ada/x.ipynb", one(right("own"), "check('ghk-rest', seed='own')"))
    class_.put("Bob/x.ipynb", one(right("own")))
    got = class_.graded()
    assert got["Ada", "ghk-rest"] == "correct"
    assert got["Bob", "ghk-rest"] != "correct"


def test_ask_in_the_notebook_shows_the_question_without_its_answer(class_):
    source = (
        "shown = ask('ghk-rest', seed='ada')\n"
        f"assert shown.markdown.endswith({GHK.prompt('ada')!r})\n"
        "assert 'nothing' in repr(ask('nothing'))\n"
        "assert check('ghk-rest').code == 'received'\n"
        "hint('ghk-rest'), solution('ghk-rest'), progress.summary()"
    )
    class_.put("Ada/x.ipynb", one(source))
    assert class_.graded()["Ada", "ghk-rest"] == "unanswered.unset"
    assert class_.said("Ada") == []


def test_seeds_of_a_secret():
    given = seeds.seeds({"Kim Lee_123", "Zoe\u0308"}, None, b"long enough")
    again = seeds.seeds({"Kim Lee_9", "Zo\u00eb"}, None, b"long enough")
    other = seeds.seeds({"Kim Lee_9", "Zo\u00eb"}, None, b"another one")
    assert set(given.values()) == set(again.values())
    assert len(set(given.values()) | set(other.values())) == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,seed\nAda,1\n", "must have a column student"),
        ("student,seed\nAda,1\nAda,2\n", "names 'Ada' twice"),
        ("student,seed\n", "names none"),
        ("student\nAda\n", "must have a seed for 'Ada'"),
    ],
)
def test_class_list_that_cannot_be_used(class_, text, words):
    class_.put("work/Ada.ipynb", one("v_m = 1"))
    (class_.folder / "class.csv").write_text(text)
    ran = command(class_, "--class-list", class_.folder / "class.csv")
    assert (ran.returncode, words in ran.stderr) == (2, True)


def command(class_, *arguments):
    line = [sys.executable, "-m", "neurocore.practice.grade", class_.folder / "work", *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_command_with_a_class_list_and_own_notebooks(class_):
    """From the notebooks that a lecturer gives out to the page that comes back."""
    (class_.folder / "class.csv").write_text("\ufeffStudent;Seed\nAda;a1\nBob;\n", "utf-8")
    (class_.folder / "secret").write_text("nobody knows\n")
    own = ["--class-list", class_.folder / "class.csv", "--secret", class_.folder / "secret"]
    line = [sys.executable, "-m", "neurocore.practice.notebooks", class_.folder / "work", *own]
    subprocess.run(line, check=True)
    for student, seed in (("Ada", "a1"), ("Bob", seeds.derived(b"nobody knows", "Bob"))):
        path = class_.folder / "work" / student / "resting-potential.ipynb"
        notebook = nbformat.read(path, 4)
        cells = {cell.id: cell for cell in notebook.cells}
        assert GHK.prompt(seed) in cells["ghk-rest-ask"].source
        assert cells["ghk-rest-check"].source == f'check("ghk-rest", seed="{seed}")'
        cells["ghk-rest-answer"].source = right(seed)
        for other in path.parent.iterdir():
            other.unlink()
        nbformat.write(notebook, path)
    ran = command(class_, *own)
    assert (ran.returncode, ran.stderr) == (0, "")
    with (class_.folder / "work" / "grades.csv").open(encoding="utf-8") as file:
        assert {row["student"]: row["ghk-rest"] for row in csv.DictReader(file)} == {
            "Ada": "1",
            "Bob": "1",
        }
    page = (class_.folder / "work" / "report.html").read_text(encoding="utf-8")
    assert "<b>Ada</b>: 1 of 14 solved" in page


def ran_notebooks(monkeypatch):
    """Note whose notebooks run."""
    names, judge = [], judging.judge_notebook

    def noted(submission, *rest):
        names.append(submission.student)
        return judge(submission, *rest)

    monkeypatch.setattr(grade, "judge_notebook", noted)
    return names


def test_only_what_has_changed_is_graded_again(class_, monkeypatch, tmp_path_factory):
    record = tmp_path_factory.mktemp("record") / "grading.jsonl"
    for student in ("Ada", "Bob", "Cyd"):
        class_.put(f"{student}/x.ipynb", one("from helper import v_m"))
        class_.put(f"{student}/helper.py", right(None))
    names = ran_notebooks(monkeypatch)
    first = grade.grade(class_.folder, 25, record=record)
    assert sorted(names) == ["Ada", "Bob", "Cyd"]
    names.clear()
    assert grade.grade(class_.folder, 25, record=record) == first
    assert names == []
    class_.put("Bob/helper.py", "v_m = 1")
    with record.open("a") as file:
        file.write('{"key": "torn')
    changed = grade.grade(class_.folder, 25, record=record)
    assert names == ["Bob"]
    codes = {g.student: g.code for g in changed if g.problem == "ghk-rest"}
    assert codes == {"Ada": "correct", "Bob": "incorrect", "Cyd": "correct"}
    names.clear()
    grade.grade(class_.folder, 26, record=record)
    assert sorted(names) == ["Ada", "Bob", "Cyd"]


def test_a_run_that_is_killed_goes_on(class_, monkeypatch):
    for student in ("Ada", "Bob", "Cyd", "Dan", "Eve"):
        cell = right(None) if student != "Eve" else "import time\ntime.sleep(15)\n" + right(None)
        class_.put(f"work/{student}/x.ipynb", one(cell))
    record = class_.folder / "work" / grade.RECORD
    line = [sys.executable, "-m", "neurocore.practice.grade", class_.folder / "work"]
    run = subprocess.Popen([*line, "--seconds", "60"])
    while run.poll() is None and not (record.exists() and "\n" in record.read_text()):
        time.sleep(0.1)
    run.kill()
    run.wait()
    done = [json.loads(text)["student"] for text in record.read_text().splitlines()]
    assert done
    assert "Eve" not in done
    names = ran_notebooks(monkeypatch)
    found = grade.grade(class_.folder / "work", 60, record=record)
    assert sorted(names) == sorted({"Ada", "Bob", "Cyd", "Dan", "Eve"} - set(done))
    assert [g.code for g in found if g.problem == "ghk-rest"] == ["correct"] * 5


def test_tables_and_page_hold_words_and_no_commands(tmp_path):
    """Of a spreadsheet, a browser or a screen."""
    evil = "=HYPERLINK(1)<script>alert(1)</script>"
    found = [Grade(evil, "", "invalid.cell", evil), Grade(evil, "ghk-rest", "incorrect", evil)]
    report.write(found, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "alert(1)&lt;/script&gt;" in page
    with (tmp_path / "replies.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["student"] for row in rows} == {row["message"] for row in rows} == {"'" + evil}
    said = report.summary([Grade("Eve", "", "invalid.cell", "\x1b[2J\nAda: 14 solved")])
    assert "\x1b" not in said
    assert len(said.splitlines()) == 3


def test_many_guesses_are_told(class_):
    guesses = [f"check('ghk-rest', {x})" for x in range(-70, -63)]
    class_.put("Ada/x.ipynb", one(*guesses))
    class_.graded()
    assert any("7 different answers to `ghk-rest`" in words for words in class_.said("Ada"))


@pytest.mark.parametrize("kind", ["commonest", "open"])
def test_page(tmp_path, kind):
    found = [
        Grade("Ada", "ghk-rest", "mistake.inside-out", "The ratio is upside down."),
        Grade("Bob", "ghk-rest", "mistake.inside-out", "The ratio is upside down."),
        Grade("Bob", "kcc2-limit", "correct", "right"),
    ]
    report.write(found, tmp_path, "namespaces are Linux's" if kind == "open" else "")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    cells = f'<td class="number">2</td><td>{GHK.title}</td><td>mistake.inside-out</td>'
    assert cells in page
    assert ("not shut in" in page) == (kind == "open")


def test_own_notebook_holds_no_seed_but_the_students():
    text = json.dumps(notebooks.notebook("resting_potential", "a1"))
    assert 'seed=\\"a1\\"' in text
    assert text.count("check(") > 14
