"""What a student has done: every attempt, hint and solution, kept where the student works.

The record is a list of events, so that two records merge into their union and nothing is lost.
It is kept through a store: an object with `read()`, which returns the text or None, `write(text)`
and `set_aside()`, which moves away what cannot be trusted and returns where to; each raises OSError
if it cannot. Python keeps a file beside the notebook; the page gives a store of its own to `use`.
"""

import hashlib
import html
import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_FORMAT = "neurocore progress 1"
_KINDS = ("check", "hint", "solution")
_FIELDS = {"at": str, "problem": str, "seed": str, "what": str, "code": str, "answer": str}
_NAME = re.compile(r"[a-z0-9.-]{1,80}")


class FileStore:
    """A JSON file; by default beside the notebook.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The file.
    """

    def __init__(self, path="neurocore-progress.json"):
        self.path = Path(path).absolute()  # where the notebook is, wherever it goes later

    def read(self):
        """Return the file's text, or None if there is none."""
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            return ""

    def write(self, text):
        """Replace the file as a whole, so that it is never half written."""
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        new.write_text(text, encoding="utf-8")
        new.replace(self.path)

    def set_aside(self):
        """Rename the file to a name that is free and return that name."""
        number = 1
        while (aside := self.path.with_name(f"{self.path.stem}-aside-{number}.json")).exists():
            number += 1
        self.path.replace(aside)
        return aside.name


@dataclass(frozen=True)
class Line:
    """Where a student stands with one problem.

    Attributes
    ----------
    problem, title, chapter, level : str
        Which problem it is.
    solved : bool
        Whether any of its variants is solved.
    attempts : int
        Different answers judged, up to the first right one.
    hints, solutions : int
        How often help was opened.
    """

    problem: str
    title: str
    chapter: str
    level: str
    solved: bool
    attempts: int
    hints: int
    solutions: int


@dataclass(frozen=True)
class Summary:
    """Your progress: what comes next, a count for each chapter, and its problems."""

    lines: tuple[Line, ...]
    note: str = ""

    @property
    def next(self):
        """The first problem that is not solved; tried ones before untouched ones. Or None."""
        left = [line for line in self.lines if not line.solved]
        return next((x for x in left if x.attempts), left[0] if left else None)

    @property
    def chapters(self):
        """The lines of each chapter, by its title."""
        found = {}
        for line in self.lines:
            found.setdefault(line.chapter, []).append(line)
        return found

    def __repr__(self):
        rows = [self._headline(), *filter(None, (self._next(), self.note)), ""]
        for name, lines in self.chapters.items():
            rows.append(f"{name}: {_share(lines)}")
            rows += [
                f"  {_state(line)[0]} {line.title} ({line.level}): {_state(line)[2:]}, "
                f"attempts {line.attempts}, hints {line.hints}, solutions {line.solutions}"
                for line in lines
                if line.attempts or line.hints
            ]
        return "\n".join(rows)

    def _repr_html_(self):
        heads = "".join(
            f'<th scope="col">{head}</th>' for head in ("Problem", "Attempts", "Hints", "Solutions")
        )
        chapters = ""
        for name, lines in self.chapters.items():
            rows = "".join(
                f'<tr><td style="text-align: left">{html.escape(line.title)}<br>'
                f"<small>{_state(line)}, {line.level}</small></td><td>{line.attempts}</td>"
                f"<td>{line.hints}</td><td>{line.solutions}</td></tr>"
                for line in lines
            )
            chapters += (
                f"<details><summary>{html.escape(name)}: {_share(lines)}</summary>"
                f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></details>"
            )
        words = filter(None, (self._headline(), self._next(), self.note))
        paragraphs = "".join(f"<p>{html.escape(text)}</p>" for text in words)
        return f'<div class="nc-progress">{paragraphs}{chapters}</div>'

    def _headline(self):
        return f"Your progress: {_share(self.lines)}."

    def _next(self):
        if self.next is None:
            return ""
        return f"What to look at next: {self.next.title} ({self.next.chapter})."


def _state(line):
    return "✓ solved" if line.solved else "… tried" if line.attempts else "○ not attempted"


def _share(lines):
    return f"{sum(line.solved for line in lines)} of {len(lines)} solved"


class Record:
    """The events of one student, in a store.

    Parameters
    ----------
    store : object
        With `read`, `write` and `set_aside`; see the module.
    """

    def __init__(self, store):
        self._store = store
        self._events = []
        self._notes = []  # what is still to be told to the student

    def add(self, what, problem, seed=None, code="", answer=""):
        """Record an event and return what is to be told to the student, mostly "".

        The same answer to the same problem counts once.
        """
        event = {"problem": problem, "seed": _seed(seed), "what": what, "code": code}
        event["answer"] = answer
        self._load()
        if what == "check" and any(event.items() <= old.items() for old in self._events):
            return self.notes()
        event["at"] = datetime.now(UTC).isoformat(timespec="microseconds")
        self._events.append(event)
        try:
            self._store.write(export_events(self._events))
        except OSError as error:
            words = error.strerror or "it cannot be written"
            self._tell(f"Your progress could not be saved: {words}. It is kept until you leave.")
        return self.notes()

    def notes(self):
        """Return what is to be told to the student, once."""
        notes, self._notes = self._notes, []
        return "\n\n".join(notes)

    def events(self):
        """Return all events, oldest first."""
        self._load()
        return [dict(event) for event in self._events]

    def merge(self, text):
        """Take in the events of another record and return how many were new.

        Raises
        ------
        ValueError
            If the text is not a record, or was changed by hand.
        """
        others = parse_events(text)
        self._load()
        before = len(self._events)
        self._events = _union(self._events, others)
        self._store.write(export_events(self._events))
        return len(self._events) - before

    def _load(self):
        """Take in what the store holds, for another notebook may have written to it."""
        try:
            text = self._store.read()
            if text is None:
                return
            try:
                self._events = _union(self._events, parse_events(text))
            except ValueError as error:
                aside = self._store.set_aside()
                self._tell(f"The progress file was not used ({error}). It is kept as {aside}.")
                if self._events:
                    self._store.write(export_events(self._events))
        except OSError as error:
            self._tell(f"The progress file cannot be used: {error.strerror or 'no access'}.")

    def _tell(self, words):
        if words not in self._notes:
            self._notes.append(words)


def export_events(events):
    """Return events as the text that `parse_events` reads."""
    record = {"format": _FORMAT, "digest": _digest(events), "events": events}
    return json.dumps(record, indent=1)


def parse_events(text):
    """Return the events in a text.

    Raises
    ------
    ValueError
        If it is not the text of a record, whole and as it was written.
    """
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("it is not JSON") from error
    if not isinstance(record, dict) or record.get("format") != _FORMAT:
        raise ValueError("it is not a record of this book")
    events = record.get("events")
    if not isinstance(events, list) or not all(_valid(event) for event in events):
        raise ValueError("it holds something else than events")
    if record.get("digest") != _digest(events):
        raise ValueError("it was changed outside this book")
    return events


def _valid(event):
    if not isinstance(event, dict) or set(event) != set(_FIELDS):
        return False
    if not all(isinstance(event[name], kind) for name, kind in _FIELDS.items()):
        return False
    try:
        datetime.fromisoformat(event["at"])
    except ValueError:
        return False
    return bool(_NAME.fullmatch(event["problem"])) and event["what"] in _KINDS


def _digest(events):
    return hashlib.sha256(json.dumps(events, sort_keys=True).encode()).hexdigest()


def _union(events, others):
    different = {tuple(sorted(event.items())): event for event in [*events, *others]}
    return sorted(different.values(), key=lambda event: event["at"])


def _seed(seed):
    return "" if seed is None else str(seed)


_record = Record(FileStore())


def use(store):
    """Keep the record in another store from now on; what is in memory goes with it."""
    events = _record.events()
    _record._store = store
    _record._load()
    if events:
        _record.merge(export_events(events))


def add(what, problem, seed=None, code="", answer=""):
    """Record an event; see `Record.add`."""
    return _record.add(what, problem, seed, code, answer)


def events():
    """Return all events, oldest first."""
    return _record.events()


def export():
    """Return the record as JSON text, to be taken to another machine."""
    return export_events(_record.events())


def merge(text):
    """Take in a record that `export` gave elsewhere and return the number of new events."""
    return _record.merge(text)


def summary():
    """Return where you stand with each problem, as a `Summary`."""
    from neurocore.problems import CHAPTERS, problems

    done = {}
    for event in _record.events():
        done.setdefault(event["problem"], []).append(event)
    lines = []
    for problem, chapter in problems().values():
        mine = done.get(problem.id, [])
        checks = [event["code"] for event in mine if event["what"] == "check"]
        solved = "correct" in checks
        lines.append(
            Line(
                problem.id, problem.title, CHAPTERS[chapter], problem.level, solved,
                checks.index("correct") + 1 if solved else len(checks),
                sum(event["what"] == "hint" for event in mine),
                sum(event["what"] == "solution" for event in mine),
            )
        )  # fmt: skip
    return Summary(tuple(lines), _record.notes())
