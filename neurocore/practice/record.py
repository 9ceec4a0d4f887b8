"""The record of what a student has done: every attempt, hint and solution.

The record is a list of events, so that two records merge into their union and nothing is lost.
It is kept through a store: an object with `read()`, which returns the text or None, `write(text)`
and `set_aside()`, which moves away what cannot be read and returns where to; each raises OSError
if it cannot. Python keeps a file beside the notebook; the page has a store of its own, and reads
the same format (`book/_web/record.ts`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeAlias

from neurocore.practice.outcomes import Seed

_FORMAT = "neurocore progress 1"  # older records hold a digest too, which is not looked at
_KINDS = ("check", "hint", "solution")
_FIELDS = {"at": str, "problem": str, "seed": str, "what": str, "code": str, "answer": str}
_NAME = re.compile(r"[a-z0-9.-]{1,80}")


Event: TypeAlias = dict[str, str]


class Store(Protocol):
    """Where a record is kept; see the module."""

    def read(self) -> str | None:
        """Return the text, or None if there is none."""

    def write(self, text: str, /) -> None:
        """Replace the text as a whole."""

    def set_aside(self) -> str:
        """Move away what cannot be read and return where to."""


class FileStore:
    """A JSON file; by default beside the notebook.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The file.
    """

    def __init__(self, path: str | Path = "neurocore-progress.json") -> None:
        self.path = Path(path).absolute()  # where the notebook is, wherever it goes later

    def read(self) -> str | None:
        """Return the file's text, or None if there is none."""
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            return ""

    def write(self, text: str) -> None:
        """Replace the file as a whole, so that it is never half written."""
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        new.write_text(text, encoding="utf-8")
        new.replace(self.path)

    def set_aside(self) -> str:
        """Rename the file to a name that is free and return that name."""
        number = 1
        while (aside := self.path.with_name(f"{self.path.stem}-aside-{number}.json")).exists():
            number += 1
        self.path.replace(aside)
        return aside.name


class Record:
    """The events of one student, in a store.

    Parameters
    ----------
    store : object
        With `read`, `write` and `set_aside`; see the module.

    Attributes
    ----------
    store : object
        Where it is kept.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._events = []
        self._notes = []  # what is still to be told to the student

    def move(self, store: Store) -> None:
        """Keep the record in another store from now on; what that holds is taken in."""
        self._load()
        self.store = store
        self._load()
        if self._events:
            self.store.write(export_events(self._events))

    def add(
        self, what: str, problem: str, seed: Seed = None, code: str = "", answer: str = ""
    ) -> str:
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
            self.store.write(export_events(self._events))
        except OSError as error:
            words = error.strerror or "it cannot be written"
            self._tell(f"Your progress could not be saved: {words}. It is kept until you leave.")
        return self.notes()

    def notes(self) -> str:
        """Return what is to be told to the student, once."""
        notes, self._notes = self._notes, []
        return "\n\n".join(notes)

    def events(self) -> list[Event]:
        """Return all events, oldest first."""
        self._load()
        return [dict(event) for event in self._events]

    def merge(self, text: str | bytes) -> int:
        """Take in the events of another record and return how many were new.

        Raises
        ------
        ValueError
            If the text is not a record.
        """
        others = parse_events(text)
        self._load()
        before = len(self._events)
        self._events = _union(self._events, others)
        self.store.write(export_events(self._events))
        return len(self._events) - before

    def _load(self):
        """Take in what the store holds, for another notebook may have written to it."""
        try:
            text = self.store.read()
            if text is None:
                return
            try:
                self._events = _union(self._events, parse_events(text))
            except ValueError as error:
                aside = self.store.set_aside()
                self._tell(f"The progress file was not used ({error}). It is kept as {aside}.")
                if self._events:
                    self.store.write(export_events(self._events))
        except OSError as error:
            self._tell(f"The progress file cannot be used: {error.strerror or 'no access'}.")

    def _tell(self, words):
        if words not in self._notes:
            self._notes.append(words)


def export_events(events: Sequence[Event]) -> str:
    """Return events as the text that `parse_events` reads."""
    return json.dumps({"format": _FORMAT, "events": events}, indent=1)


def parse_events(text: str | bytes) -> list[Event]:
    """Return the events in a text.

    Raises
    ------
    ValueError
        If it is not the text of a whole record.
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


def _union(events, others):
    different = {tuple(sorted(event.items())): event for event in [*events, *others]}
    return sorted(different.values(), key=lambda event: event["at"])


def _seed(seed):
    return "" if seed is None else str(seed)
