"""A class that forges: what a cell does to its own process is never a better grade."""

import csv
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import nbformat
import pytest
from forgeries import FORGERIES
from test_grade import RIGHT, one

from neurocore.practice import confining, grade

SHUT = {"the answers are looked up", "others are touched"}  # what needs more than another process
CASES = [
    pytest.param(f"{kind}: {name}", id=f"{kind}-{name}".replace(" ", "-"))
    for kind, cells in FORGERIES.items()
    for name in cells
    if kind not in SHUT or not confining.why_open()
]
HONEST = ("Ada", "others are touched: dare", "zoe")  # first, amidst and last
LEFT = ("forged.py", "forged.txt")  # what some try to leave behind


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(RIGHT.partition(" = ")[2].encode())

    def log_message(self, *_):
        pass


def hand_in(folder, student, cell, port, **files):
    (folder / student).mkdir()
    names = f"HERE = {str(folder)!r}\nLIBRARY = {str(confining.LIBRARY)!r}\n"
    notebook = one(names, cell.replace("PORT", str(port)))
    nbformat.write(notebook, folder / student / "x.ipynb")
    for name, text in files.items():
        (folder / student / f"{name}.py").write_text(text)


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    return tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def solved(places):
    """What each student of the class has solved; the grader is a process that they might end."""
    folder, home = places
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    for student in HONEST:
        hand_in(folder, student, "from helper import v_m", port, helper=RIGHT)
    for case in CASES:
        kind, _, name = case.values[0].partition(": ")
        hand_in(folder, case.values[0], FORGERIES[kind][name], port)
    command = [sys.executable, "-m", "neurocore.practice.grade", folder, "--seconds", "20"]
    ran = subprocess.run(
        command, env=os.environ | {"HOME": str(home)}, capture_output=True, text=True, check=False
    )
    server.shutdown()
    assert (ran.returncode, ran.stderr) == (0, "")
    with (folder / "grades.csv").open(encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("kind", sorted(FORGERIES.keys() - SHUT))
def test_forgery_where_a_notebook_is_not_shut_in(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(confining, "why_open", lambda: "of a test")
    hand_in(tmp_path, "Ada", "from helper import v_m", 0, helper=RIGHT)
    hand_in(tmp_path, "Eve", next(iter(FORGERIES[kind].values())), 0)
    found = {(g.student, g.problem): g.code for g in grade.grade(tmp_path, 20)}
    assert found["Ada", "ghk-rest"] == "correct"
    assert [key for key, code in found.items() if code == "correct"] == [("Ada", "ghk-rest")]


@pytest.mark.parametrize("case", CASES)
def test_forgery(solved, case):
    row = solved[case]
    assert [row[name] for name in row if row[name] == "1" and name != "solved"] == []
    assert row["solved"] == "0"


def test_nobody_else_is_touched(solved, places):
    assert len(solved) == len(CASES) + len(HONEST)
    for student in HONEST:
        assert [name for name, mark in solved[student].items() if mark == "1"] == [
            "solved",
            "ghk-rest",
        ]
    folder, home = places
    for place in (folder, home, confining.LIBRARY, confining.LIBRARY.parent, Path("/tmp")):
        for name in LEFT:
            assert not (place / name).exists()


def test_there_are_many():
    assert len(FORGERIES) >= 9
    assert sum(map(len, FORGERIES.values())) >= 40
