"""Running a notebook in a process of its own, and asking it what its cells left.

That process is not believed. What comes from it is plain data about the answer that was asked for;
anything else ends the run. Nothing here knows what is right.
"""

import json
import secrets
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from neurocore import practice
from neurocore.practice import answering, confining

INTERRUPTED = threading.Event()
"""Set while notebooks that still run are to end."""
_START = """
import sys
if sys.path[0] == "":  # a student's random.py must not stop the kernel; IPython puts it back
    del sys.path[0]
from neurocore.practice.answering import serve
serve({names!r}, {sockets!r})
"""
_STARTING = 60.0  # seconds that Jupyter's kernel may take to start
_LONGEST = 1 << 23  # bytes of a line
_QUESTIONS = 5000  # of a notebook
_TICK = 0.5  # seconds between two looks at what it takes
_SHOWN = 200  # characters of an error


class Step(NamedTuple):
    """A code cell's source, and the problems that are read behind it."""

    source: str
    problems: list[str]


class Said(NamedTuple):
    """What a notebook says of one answer: for whose variant, and plain data; None if unset."""

    problem: str
    seed: str | int | None
    plain: Any


class Run(NamedTuple):
    """What came of a notebook: its answers, failed cells, and why it ended early, if so."""

    said: list[Said]
    failed: list[tuple[int, str]]
    why: str


class _Ended(Exception):
    """The notebook's process has come to an end, or was brought to it."""


def run(steps, forms, question, root, folder, seconds):
    """Run the code cells of a notebook in a kernel of its own.

    Parameters
    ----------
    steps : list of Step
        The cells in order. One that fails does not stop those below it.
    forms : dict of str to dict
        What each problem asks, by its name, as `Problem.form` gives it. Of no other an answer
        is taken.
    question : callable
        Takes a problem's name and a seed, whatever they are; returns what `ask` shows.
    root, folder : pathlib.Path
        A copy of the student's folder, and the folder in it that is the kernel's. Where notebooks
        are not shut in, it may write there.
    seconds : float
        How long all cells may take.

    Returns
    -------
    Run
        Failed cells are counted from 1 among the code cells.
    """
    said, failed, number = [], [], 0
    names = {problem: form["name"] for problem, form in forms.items()}
    source = _START.format(names=names, sockets=confining.sockets())
    with tempfile.TemporaryDirectory(prefix="nc-", ignore_cleanup_errors=True) as scratch:
        process = confining.start(source, root, folder, Path(scratch), seconds)
        try:
            notebook = _Notebook(process, question)
            notebook.begin(_STARTING)
            notebook.do({"run": ""})
            notebook.begin(seconds)
            for number, step in enumerate(steps, start=1):
                words, handed = _ran(notebook.do({"run": step.source}))
                if words:
                    failed.append((number, words))
                for place, (problem, seed) in enumerate(handed):
                    if problem in forms:
                        said.append(_read(notebook, problem, forms[problem], seed, place))
                for problem in dict.fromkeys(step.problems):
                    if problem not in [name for name, _ in handed]:
                        said.append(_read(notebook, problem, forms[problem]))
        except _Ended as end:
            why = str(end) + (f" in code cell {number}" if number else "")
            return Run(said, failed, why)
        finally:
            confining.end_all(process, scratch)
            with suppress(OSError):
                process.stdin.close()
    return Run(said, failed, "")


def _ran(said):
    """Return what the answer to a cell says: why it failed, and what it handed to `check`."""
    failed, handed = said.get("failed"), said.get("handed")
    if type(failed) is not str or type(handed) is not list or len(handed) > answering.MOST:
        raise _Ended("said what it was not asked")
    for key in handed:
        if type(key) is not list or len(key) != 2 or type(key[0]) is not str:
            raise _Ended("said what it was not asked")
        if practice.strange_seed(key[1]):
            raise _Ended("said what it was not asked")
    return failed[:_SHOWN], handed


def _read(notebook, problem, form, seed=None, place=None):
    asked = {name: value for name, value in form.items() if name != "calls"}
    said = notebook.do({"read": asked, "handed": place}, form.get("calls", ()))
    return Said(problem, seed, said.get("plain"))


class _Notebook:
    """The other end of the pipes: does one thing after another, while there is time."""

    def __init__(self, process, question):
        self._process, self._question = process, question
        self._questions = 0

    def begin(self, seconds):
        self._seconds, self._deadline = seconds, monotonic() + seconds

    def do(self, wanted, calls=()):
        """Return the answer to a line; questions on the way are answered."""
        calls, number = iter(calls), secrets.token_hex(8)
        line = {"number": number, **wanted}
        while True:
            said = self._exchanged(line)
            if type(said) is not dict or said.get("number") != number:
                raise _Ended("said what it was not asked")
            if not said.keys() & {"ask", "next"}:
                return said
            self._questions += 1
            if self._questions > _QUESTIONS:
                raise _Ended(f"asked more than {_QUESTIONS} questions")
            line = self._question(said["ask"]) if "ask" in said else {"call": next(calls, None)}

    def _exchanged(self, line):
        """Write a line and return the next that comes; a thread waits for both, this one looks."""
        came = []

        def exchange():
            with suppress(OSError, ValueError):
                self._process.stdin.write(json.dumps(line).encode() + b"\n")
                self._process.stdin.flush()
                came.append(self._process.stdout.readline(_LONGEST))

        thread = threading.Thread(target=exchange, daemon=True)
        thread.start()
        while True:
            thread.join(max(0.0, min(_TICK, self._deadline - monotonic())))
            if not thread.is_alive():
                break
            self._look()
        if not came or not came[0]:
            raise _Ended("broke down")
        try:
            return json.loads(came[0])
        except (ValueError, RecursionError):
            raise _Ended("said what it was not asked") from None

    def _look(self):
        """End a notebook whose time is up, or that takes too much."""
        if INTERRUPTED.is_set():
            raise _Ended("was interrupted")
        if monotonic() >= self._deadline:
            raise _Ended(f"was stopped after {self._seconds:g} s")
        count, memory = confining.taken(self._process)
        if count > confining.PROCESSES:
            raise _Ended(f"was stopped with more than {confining.PROCESSES} processes")
        if memory > confining.MEMORY:
            raise _Ended(f"was stopped with more than {confining.MEMORY >> 30} GB of memory")
