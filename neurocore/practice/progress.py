"""Your progress: the record of this notebook or page, and where you stand.

    progress.summary()

`record` holds how it is kept, `standing` how it is shown.
"""

from __future__ import annotations

from neurocore.practice import standing
from neurocore.practice.outcomes import Seed
from neurocore.practice.record import Event, FileStore, Record, Store, export_events

_record = Record(FileStore())


def use(store: Store) -> None:
    """Keep the record in another store from now on; what is in memory goes with it."""
    if store is not _record.store:
        _record.move(store)


def begin(store: Store) -> None:
    """Begin with what a store holds; what is in memory is left behind."""
    global _record
    _record = Record(store)


def add(what: str, problem: str, seed: Seed = None, code: str = "", answer: str = "") -> str:
    """Record an event; see `Record.add`."""
    return _record.add(what, problem, seed, code, answer)


def events() -> list[Event]:
    """Return all events, oldest first."""
    return _record.events()


def export() -> str:
    """Return the record as JSON text, to be taken to another machine."""
    return export_events(_record.events())


def merge(text: str | bytes) -> int:
    """Take in a record that `export` gave elsewhere and return the number of new events."""
    return _record.merge(text)


def summary() -> standing.Summary:
    """Return where you stand with each problem, as a `Summary`."""
    from neurocore.problems import CHAPTERS, problems

    done = {}
    for event in _record.events():
        done.setdefault(event["problem"], []).append(event)
    lines = tuple(
        standing.line(problem, CHAPTERS[chapter], done.get(problem.id, []))
        for problem, chapter in problems().values()
    )
    return standing.Summary(lines, _record.notes())
