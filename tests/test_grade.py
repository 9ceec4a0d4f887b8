"""A class: notebooks of several students, some of them strange."""

import csv
import json
import os
import random
import subprocess
import sys
import time
import tracemalloc
import zipfile

import nbformat
import psutil
import pytest
import test_exercises as exercises

from neurocore.practice import confining, grade, handed_in, report, running
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
    said = [g.message for g in grades[1] if g.student == "Eve" and not g.problem]
    assert len(said) == 4  # each of the three that cannot be read, and the loop
    assert sum("stopped after 25 s in code cell" in words for words in said) == 1


def test_process_that_ends_itself(grades):
    assert set(codes(grades, "Max").values()) == {"invalid.stopped"}
    assert "broke down" in grades[0]["Max", "ghk-rest"].message


def test_tables(grades, tmp_path):
    report.write(grades[1], tmp_path)
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
    words = report.summary(grades[1])
    assert "5 students" in words
    assert f"Ada: {len(PROBLEMS)} solved" in words
    assert "1 × mistake.inside-out in ghk-rest" in words
    assert words.count("Look at Eve") == 4


def test_command(tmp_path):
    command = [sys.executable, "-m", "neurocore.practice.grade"]
    nothing = subprocess.run([*command, tmp_path], capture_output=True, text=True, cwd=tmp_path)
    assert nothing.returncode == 2
    assert "there is none in" in nothing.stderr
    missing = subprocess.run([*command, tmp_path / "none"], capture_output=True, text=True)
    assert (missing.returncode, missing.stderr.count("none'")) == (2, 1)
    notebook = exercises.read("propagation")
    notebook.cells.append(nbformat.v4.new_code_cell(LOOP))
    nbformat.write(notebook, tmp_path / "Kim.ipynb")
    command += [tmp_path, "--seconds", "15"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert "was stopped after 15 s" in run.stdout
    assert "Kim: 0 solved" in run.stdout
    assert "Kim,0," in (tmp_path / "grades.csv").read_text()


class Class:
    """What a class hands in, written piece by piece."""

    def __init__(self, folder):
        self.folder = folder

    def put(self, path, what):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(what, bytes):
            path.write_bytes(what)
        else:
            text = what if isinstance(what, str) else nbformat.writes(what)
            path.write_text(text, encoding="utf-8")

    def zip(self, path, files):
        with zipfile.ZipFile(self.folder / path, "w") as archive:
            for name, what in files.items():
                archive.writestr(name, what if isinstance(what, str) else nbformat.writes(what))

    def graded(self, seconds=25):
        self.found = grade.grade(self.folder, seconds)
        return {(g.student, g.problem): g.code for g in self.found if g.problem}

    def said(self, student):
        return [g.message for g in self.found if g.student == student and not g.problem]

    @property
    def students(self):
        return {g.student for g in self.found}


@pytest.fixture
def class_(tmp_path):
    return Class(tmp_path)


RIGHT = "v_m = " + exercises.reference(problems()["ghk-rest"][0]).partition(" = ")[2]


def one(*cells, problem="ghk-rest"):
    """Return a notebook: the first cell of ours, these as its answer, and the check."""
    notebook = exercises.read("resting_potential")
    start = exercises.cell_of(notebook, "resting_potential-start")
    check = exercises.cell_of(notebook, f"{problem}-check")
    mine = [cell if isinstance(cell, dict) else nbformat.v4.new_code_cell(cell) for cell in cells]
    notebook.cells = [start, *mine, check]
    return notebook


@pytest.mark.parametrize("shut", ["shut", "open"])
def test_jupyter_is_jupyter(class_, shut, monkeypatch):
    """Magics, helper modules and files beside the notebook; cells below a failed one run."""
    if shut == "open":
        monkeypatch.setattr(confining, "why_open", lambda: "of a test")
    magic = one("%matplotlib inline\nimport math", "%%time\nx = math.pi", "1 / 0", RIGHT)
    class_.put("Ada/work/a.ipynb", magic)
    helped = one(
        "from helper import VALUE\nimport sys\nopen('data.txt', 'a').write('no')\n"
        "open('../up.txt').read()\nv_m = VALUE"
    )
    class_.put("Bob/work/a.ipynb", helped)
    class_.put("Bob/work/helper.py", "VALUE" + RIGHT[3:])
    class_.put("Bob/work/data.txt", "yes")
    class_.put("Bob/up.txt", "yes")
    class_.put("Cyd.ipynb", one("import os\nassert not os.path.exists('Ada')", RIGHT))
    got = class_.graded()
    assert {got[name, "ghk-rest"] for name in ("Ada", "Bob", "Cyd")} == {"correct"}
    assert class_.said("Ada") == [
        "`work/a.ipynb`, code cell 4, failed: ZeroDivisionError: division by zero"
    ]
    assert class_.said("Bob") == class_.said("Cyd") == []
    assert (class_.folder / "Bob/work/data.txt").read_text() == "yes"


def test_answers_handed_to_check_and_seeds(class_):
    value = RIGHT[6:]
    class_.put("Direct.ipynb", one(f"check('ghk-rest', {value})"))
    own = problems()["ghk-rest"][0].variant("Kim").answer
    (number,) = own.values()
    seeded = f"v_m = {float(number)!r}\ncheck('ghk-rest', seed='Kim')"
    class_.put("Seed.ipynb", one(seeded))
    class_.put("Blank.ipynb", one("v_m = ..."))
    class_.put("Wrong.ipynb", one("check('ghk-rest', 1)"))
    class_.put("Rebound.ipynb", one("def check(*_, **__):\n    return 'Correct'"))
    got = class_.graded()
    assert got["Direct", "ghk-rest"] == got["Seed", "ghk-rest"] == "correct"
    assert got["Blank", "ghk-rest"] == "unanswered.placeholder"
    assert got["Wrong", "ghk-rest"] == "incorrect"
    assert got["Rebound", "ghk-rest"] == "unanswered.unset"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("import os\nos._exit(1)", "broke down in code cell 3"),
        ("while True: pass", "was stopped after 8 s in code cell 3"),
        ("input('?')", "code cell 3, failed: StdinNotImplementedError"),
        ("x = bytearray(1 << 40)", "code cell 3, failed: MemoryError"),
        (
            "def grow():\n    kept = []\n    while True: kept.append(np.empty(1 << 24))\ngrow()",
            "code cell 3, failed: MemoryError",
        ),
    ],
)
def test_harm_costs_only_itself(class_, cell, words):
    class_.put("Ada.ipynb", one(RIGHT))
    class_.put("Eve.ipynb", one(f"{RIGHT}\ncheck('ghk-rest')", cell))
    got = class_.graded(seconds=8)
    assert got["Ada", "ghk-rest"] == got["Eve", "ghk-rest"] == "correct"
    assert class_.said("Ada") == []
    (said,) = class_.said("Eve")
    assert words in said


FORKS = """import os, time
begun = []
try:
    while len(begun) < 400:
        begun.append(os.fork())
        if not begun[-1]:
            time.sleep(9)
            os._exit(0)
finally:
    for process in begun:
        os.kill(process, 9)
raise ValueError('400 began')
"""


@pytest.mark.skipif(bool(confining.why_open()), reason="the system does not limit root's processes")
def test_processes_are_limited(class_):
    class_.put("Ada.ipynb", one(RIGHT))
    class_.put("Eve.ipynb", one(FORKS))
    assert class_.graded()["Ada", "ghk-rest"] == "correct"
    (said,) = class_.said("Eve")
    assert "BlockingIOError" in said or "more than 100 processes" in said


PRINTS = """big = 'x' * (1 << 27)
print(big)
big
"""


def test_output_stays_in_the_kernel(class_):
    """However much it is: this process would have to hold it several times over."""
    class_.put("Eve.ipynb", one(PRINTS, "raise ValueError(big[: 1 << 25])", RIGHT))
    class_.put(
        "Max.ipynb",
        one(
            PRINTS,
            "from IPython.display import display\ndisplay({'text/plain': big}, raw=True)",
            RIGHT,
        ),
    )
    tracemalloc.start()
    got = class_.graded()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert {got["Eve", "ghk-rest"], got["Max", "ghk-rest"]} == {"correct"}
    assert peak < 1 << 26
    assert [words[:60] for words in class_.said("Eve")] == [
        "`Eve.ipynb`, code cell 3, failed: ValueError: xxxxxxxxxxxxxx"
    ]
    assert class_.said("Max") == []


ESCAPES = """import os
if not os.fork():
    os.setsid()
    if not os.fork():
        open("left", "w").close()
        os.execvp("sleep", ["sleep", "{seconds}"])
    os._exit(0)
while not os.path.exists("left"): pass
{end}"""


@pytest.mark.parametrize("end", ["while True: pass", "os._exit(1)", ""])
@pytest.mark.parametrize("shut", ["shut", "open"])
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork")
def test_nothing_runs_on(class_, end, shut, monkeypatch):
    """Not even what has left the kernel's group, and has lost its parent."""
    if shut == "open":
        monkeypatch.setattr(confining, "why_open", lambda: "of a test")
    seconds = f"999.{random.randrange(10**9)}"  # by which it is found
    class_.put("Eve.ipynb", one(RIGHT, ESCAPES.format(seconds=seconds, end=end)))
    assert class_.graded(seconds=8)["Eve", "ghk-rest"]
    for _ in range(100):  # what is killed takes a moment to die
        running = psutil.process_iter(["cmdline"])
        if not any(seconds in (process.info["cmdline"] or []) for process in running):
            return
        time.sleep(0.1)
    pytest.fail("it goes on")


def test_what_is_strange_costs_only_itself(class_, monkeypatch):
    """What is foreseen has words of its own, and what is not is named all the same."""
    strange = {
        "A": {"metadata": {"kernelspec": None, "language_info": None}},
        "B": {"nbformat": "four"},
        "C": {"cells": {"cell": 1}},
        "D": {"metadata": {"kernelspec": ["python"]}},
        "E": {"cells": [{"cell_type": "code", "metadata": None, "source": None}]},
        "F": {"cells": None},
        "G": {"metadata": None},
    }
    for student, change in strange.items():
        class_.put(f"{student}/x.ipynb", json.dumps({**one(RIGHT), **change}))
    class_.put("Z/x.ipynb", one(RIGHT))
    class_.put("Y/x.ipynb", " " * handed_in._LARGEST + nbformat.writes(one(RIGHT)))
    class_.zip("X.zip", {"x.ipynb": one(RIGHT)})
    torn = (class_.folder / "X.zip").read_bytes()
    class_.put("X.zip", torn[:60] + b"\xff" * 60 + torn[120:])
    class_.put("W/work.zip", torn[:60] + b"\xff" * 60 + torn[120:])
    run = running.run

    def broken(steps, *rest):
        if "unforeseen" in str([step.source for step in steps]):
            raise TypeError("nobody knew")
        return run(steps, *rest)

    monkeypatch.setattr(running, "run", broken)
    class_.put("V/x.ipynb", one("'unforeseen'"))
    got = class_.graded()
    assert {student for student, problem in got} == {"A", "Z"}
    assert got["A", "ghk-rest"] == got["Z", "ghk-rest"] == "correct"
    assert class_.students == set("ABCDEFGVWXYZ")
    strange = [words for student in "CDEFG" for words in class_.said(student)]
    assert strange == ["`x.ipynb` was not graded: it is not a notebook."] * 5
    assert class_.said("B") == ["`x.ipynb` was not graded: Unsupported nbformat version four."]
    assert "larger than 64 MB" in class_.said("Y")[0]
    assert class_.said("V") == [
        "`x.ipynb` was not graded: the grader failed at it, TypeError: nobody knew."
    ]
    assert all("cannot be opened" in class_.said(student)[0] for student in "WX")


def test_what_may_be_of_two_is_said(class_):
    class_.put("Max.ipynb", one(RIGHT))
    class_.put("Max (1).ipynb", one("v_m = 1"))
    class_.put("Zoe.ipynb", one(RIGHT))
    class_.graded()
    assert class_.students == {"Max", "Zoe", ""}
    assert class_.said("") == [
        "`Max (1).ipynb`, `Max.ipynb` were taken for the work of one student, Max. "
        "Are they of two? Then rename one."
    ]


def test_names_and_formats_of_notebooks(class_):
    good = nbformat.writes(one(RIGHT))
    old = nbformat.convert(one(RIGHT), 3)
    named = one(RIGHT)
    named.metadata.kernelspec.name = "conda-env-neuro-py"
    r = one(RIGHT)
    r.metadata.kernelspec = {"name": "ir", "language": "R", "display_name": "R"}
    r.metadata.language_info = {"name": "R"}
    for path in ("A/x.ipynb.json", "B/x.IPYNB", "C/resting-potential (1).ipynb", "D (1).ipynb"):
        class_.put(path, good)
    class_.put("E/old.ipynb", nbformat.v3.writes_json(old))
    class_.put("F/x.ipynb", named)
    class_.put("G/bom.ipynb", "\ufeff" + good)
    class_.put("R/x.ipynb", r)
    bad = {"H": "", "I": "{", "J": "[1]", "K": '{"cells": 3}', "L": good[: len(good) // 2]}
    for student, text in bad.items():
        class_.put(f"{student}/x.ipynb", text)
    class_.put("M/x.ipynb", b"\xff\xfe\x00")
    class_.put("N/report.pdf", "%PDF")
    (class_.folder / "O").mkdir()
    for junk in (
        "__MACOSX/A/._x.ipynb",
        "A/._x.ipynb",
        "A/.ipynb_checkpoints/x.ipynb",
        "._A.ipynb",
    ):
        class_.put(junk, "\0")
    class_.put(".DS_Store", "\0")
    class_.put(".ipynb_checkpoints/Q-checkpoint.ipynb", good)
    got = class_.graded()
    assert class_.students == set("ABCDEFGHIJKLMNOR")
    assert {s: got[s, "ghk-rest"] for s in "ABCDEFG"} == dict.fromkeys("ABCDEFG", "correct")
    assert [len(class_.said(s)) for s in "ABCDEFG"] == [0] * 7
    assert [len(class_.said(s)) for s in "HIJKLMNOR"] == [1] * 9
    assert "empty" in class_.said("H")[0]
    assert "language R" in class_.said("R")[0]
    assert "report.pdf" in class_.said("N")[0]
    report.write(class_.found, class_.folder)
    with (class_.folder / "grades.csv").open(encoding="utf-8") as file:
        solved = {row["student"]: row["solved"] for row in csv.DictReader(file)}
    assert solved == dict.fromkeys("ABCDEFG", "1") | dict.fromkeys("HIJKLMNOR", "0")


def test_zips(class_):
    class_.zip("Ada.zip", {"work/x.ipynb": one(RIGHT), "__MACOSX/work/._x.ipynb": "\0"})
    class_.zip("Evil.zip", {"../../up.ipynb": one(RIGHT)})
    class_.put("Torn.zip", b"PK\x03\x04 torn")
    class_.zip("inner.zip", {"x.ipynb": one("v_m = 1")})
    inner = (class_.folder / "inner.zip").read_bytes()
    (class_.folder / "inner.zip").unlink()
    class_.put("Bob/work.zip", inner)
    class_.put("Rar.tar.gz", "Rar!")
    class_.zip(
        "Physiology-123.zip",
        {
            "Kim Lee_12345_assignsubmission_file/x.ipynb": one(RIGHT),
            "Kim Lee_12346_assignsubmission_file/x.ipynb": one("v_m = 1"),
            "Zoe_9_assignsubmission_onlinetext/onlinetext.html": "sorry",
        },
    )
    got = class_.graded()
    assert {s: code for (s, problem), code in got.items() if problem == "ghk-rest"} == {
        "Ada": "correct",
        "Bob": "incorrect",
        "Kim Lee_12345": "correct",
        "Kim Lee_12346": "incorrect",
    }
    named = {"Evil", "Torn", "Rar", "Zoe_9"}
    assert class_.students == {s for s, _ in got} | named
    assert all(len(class_.said(student)) == 1 for student in named)
    assert "leads out of it" in class_.said("Evil")[0]


def test_links_are_not_followed(class_, tmp_path_factory):
    """Neither to another's work, nor to what lies on the teacher's machine."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "x.ipynb").write_text(nbformat.writes(one(RIGHT)), encoding="utf-8")
    (outside / "secret.txt").write_text("42")
    class_.put("Ada/x.ipynb", one("open('secret.txt')", "open('there/secret.txt')"))
    for path, target in {
        "Ada/secret.txt": outside / "secret.txt",
        "Ada/there": outside,
        "Bob": outside,
        "Cyd.ipynb": outside / "x.ipynb",
    }.items():
        try:
            (class_.folder / path).symlink_to(target)
        except OSError:
            pytest.skip("links cannot be made here")
    (class_.folder / "Dan").mkdir()
    (class_.folder / "Dan" / "x.ipynb").symlink_to(outside / "x.ipynb")
    got = class_.graded()
    assert {student for student, _ in got} == {"Ada"}
    assert class_.students == {"Ada", "Dan", ""}
    assert sum("FileNotFoundError" in words for words in class_.said("Ada")) == 2
    assert sum("not followed" in words for words in class_.said("")) == 2
    assert any("not followed" in words for words in class_.said("Dan"))


def test_zip_that_unpacks_to_too_much(class_, monkeypatch):
    monkeypatch.setattr(handed_in, "_UNPACKED", 1 << 20)
    class_.zip("Eve.zip", {"x.ipynb": one(RIGHT), "bomb": "0" * (2 << 20)})
    class_.zip("Ada.zip", {"x.ipynb": one(RIGHT)})
    got = class_.graded()
    assert got["Ada", "ghk-rest"] == "correct"
    assert "more than 1 MB" in class_.said("Eve")[0]


def test_whole_class_in_one_zip(class_):
    files = {f"class/{s}/x.ipynb": one(f"v_m = {v}") for s, v in (("Ada", RIGHT[6:]), ("Bob", 1))}
    class_.zip("class.zip", files)
    for folder in (class_.folder, class_.folder / "class.zip"):
        found = {(g.student, g.problem): g.code for g in grade.grade(folder)}
        assert (found["Ada", "ghk-rest"], found["Bob", "ghk-rest"]) == ("correct", "incorrect")
        assert {student for student, _ in found} == {"Ada", "Bob"}


def test_of_two_versions_the_best_answer_counts_once(class_):
    class_.put("Ada/x.ipynb", one(RIGHT))
    class_.put("Ada/x (1).ipynb", one("v_m = 1"))
    class_.put("Ada.ipynb", one("v_m = 2"))
    assert class_.graded()["Ada", "ghk-rest"] == "correct"
    assert [g.code for g in class_.found if g.problem == "ghk-rest"] == ["correct"]
    assert "1 students" in report.summary(class_.found)


@pytest.mark.parametrize("seeded", [False, True])
def test_every_chapter_right_and_wrong(class_, seeded):
    """References are right, and mistakes get their codes, by the way that a class is graded."""
    wanted, own = {}, {}
    for chapter, mine in exercises.BY_CHAPTER.items():
        for student in (f"right-{chapter}", f"wrong-{chapter}"):
            own[student] = student if seeded else None
            notebook = exercises.read(chapter)
            for problem in mine:
                code, source = "correct", exercises.reference(problem, own[student])
                if student.startswith("wrong"):
                    *_, (code, source) = exercises.mistakes(problem, own[student])
                answer(notebook, problem.id, source)
                wanted[student, problem.id] = code
            class_.put(f"{student}/x.ipynb", notebook)
    found = grade.grade(class_.folder, 120, (lambda students: own) if seeded else None)
    assert {(g.student, g.problem): g.code for g in found if g.problem} == wanted
    assert [g for g in found if not g.problem and g.code != "invalid.shared"] == []
