"""Reading without knowing the answers: plain data that JSON can hold, judged elsewhere."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import practice_cases as cases
import pytest
from test_practice_bank import PROBLEMS, mistaken, reference

import neurocore
from neurocore.practice.reading import read

LIBRARY = Path(neurocore.__file__).parent


def sent(value):
    """What comes out on the other side when plain data go as JSON."""
    return json.loads(json.dumps(value))


def by_json(problem, answer, seed=None):
    """The reply where what is asked, and what was answered, went as JSON."""
    return problem.verdict(sent(read(sent(problem.form()), answer)), seed)


@pytest.mark.parametrize(("problem", "text", "code"), cases.CASES)
def test_case_by_json(problem, text, code):
    assert by_json(problem, cases.answer_of(text)).code == code
    # Again from the start, for a function may count its calls.
    assert by_json(problem, cases.answer_of(text)) == problem.judge(cases.answer_of(text))


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.id)
def test_bank_by_json(problem):
    assert by_json(problem, reference(problem)).code == "correct"
    for mistake, value in problem.variant().mistakes:
        for answer in mistaken(problem, mistake, value):
            reply = by_json(problem, answer)
            assert reply.code == f"mistake.{mistake.code}"
            assert reply == problem.judge(answer)


ASKED = {
    "Numeric": {"parts"},
    "Array": {"unit", "shape"},
    "Function": {"arguments", "calls", "unit", "vectorised", "seconds"},
    "Plot": {"units"},
    "Choice": {"options", "reasons"},
}


@pytest.mark.parametrize("problem", [*cases.PROBLEMS, *PROBLEMS], ids=lambda p: p.id)
def test_what_is_asked_is_no_more_than_the_prompt_says(problem):
    form = problem.form()
    assert set(form) == {"kind", "name"} | ASKED[form["kind"]]
    if form["kind"] == "Choice":
        counts = len(problem.options), len(problem.reasons)
        assert (form["options"], form["reasons"]) == counts


FORGED = [
    (cases.potassium, {}),
    (cases.potassium, []),
    (cases.potassium, {"refused": "correct", "fields": {"praise": "`e_k` is right."}}),
    (cases.potassium, {"refused": "incorrect.random", "fields": {}}),
    (cases.potassium, {"refused": "invalid.nan", "fields": {}}),
    (cases.potassium, {"refused": "invalid.nan", "fields": {"problem": "x", "name": "x"}}),
    (cases.potassium, {"refused": "unanswered.never", "fields": {}}),
    (cases.potassium, {"parts": {"": {"value": "-89.06", "with_unit": False}}}),
    (cases.pair, {"parts": {"e_k": {"value": -89.06, "with_unit": False}}}),
    (cases.trace, {"values": 1.0}),
    (cases.trace, {"values": [[1.0], [1.0, 2.0]]}),
    (cases.rate, {"records": [], "printed": ""}),
    (cases.rate, {"records": [{"values": [1.0]}], "printed": ""}),
    (cases.rate, {"records": [{"code": "correct", "fields": {"praise": ""}}], "printed": ""}),
    (cases.rate, {"records": [{"code": "incorrect.changes-input", "fields": {}}], "printed": ""}),
    (cases.rate, {"records": [{"values": ["x"]}] * 99, "printed": ""}),
    (cases.nernst_line, {"curves": [{"name": "", "x": [], "y": []}], "axes": []}),
    (cases.chosen, {"letter": "b"}),
]


@pytest.mark.parametrize(("problem", "plain"), FORGED)
def test_plain_data_that_reading_never_gives(problem, plain):
    with pytest.raises(ValueError, match=r"^plain must be what `read` gives for the problem"):
        problem.verdict(plain)


def test_reading_rests_on_nothing_else_of_the_library():
    found = set()
    for path in (LIBRARY / "practice" / "reading").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                found.add("." * node.level + (node.module or ""))
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
    own = {name for name in found if name.startswith(("neurocore", "."))}
    assert own
    assert all(name.startswith("neurocore.practice.reading") for name in own)


ANSWERS = {  # for each kind what a student's cell may leave behind
    cases.potassium: "'-0.08906 V'",
    cases.pair: "{'rt_f': 26.73, 'e_k': -89.06}",
    cases.trace: "-10 * np.exp(-np.linspace(0, 5, 6) / 2)",
    cases.current: "lambda g, v: g * (v + 54.4)",
    cases.chosen: "('b', 1)",
    cases.decays: "axes",
}
READER = """
import json, sys
import numpy as np
from matplotlib.figure import Figure
import neurocore.practice
from neurocore.practice.reading import read

axes, t = Figure().subplots(), np.linspace(0, 5, 100)
axes.plot(t, np.exp(-t))
axes.plot(t, np.exp(-t / 4))
axes.set(xlabel="time (ms)", ylabel="open fraction")
given = [read(form, eval(text)) for form, text in json.load(sys.stdin)]
missing = []
for name in ("neurocore.problems", "neurocore.practice.kinds"):
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        missing.append(error.name)
json.dump([given, missing, neurocore.__file__], sys.stdout)
"""


def test_reading_works_in_a_library_without_answers(tmp_path):
    out = shutil.ignore_patterns("__pycache__", "front_end", "problems", "kinds")
    shutil.copytree(LIBRARY, tmp_path / "neurocore", ignore=out)
    asked = [(problem.form(), text) for problem, text in ANSWERS.items()]
    ran = subprocess.run(
        [sys.executable, "-c", READER],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        check=False,
    )
    assert not ran.stderr
    given, missing, where = json.loads(ran.stdout)
    assert missing == ["neurocore.problems", "neurocore.practice.kinds"]
    assert Path(where).parent == tmp_path / "neurocore"
    for problem, plain in zip(ANSWERS, given, strict=True):
        assert problem.verdict(plain).correct
