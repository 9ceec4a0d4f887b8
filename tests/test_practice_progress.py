"""The record of what a student did: kept, merged, and never trusted blindly."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurocore.practice import check, hint, progress, solution
from neurocore.practice.record import FileStore, Record, export_events, parse_events
from neurocore.practice.standing import Summary
from neurocore.problems import CHAPTERS, problems


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "neurocore-progress.json"
    progress.begin(FileStore(path))
    return path


def first():
    return progress.summary().lines[0]


def test_kept_beside_the_notebook(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    assert FileStore().path.resolve() == path.resolve()
    check("ghk-rest", ...)
    assert not path.exists()
    check("ghk-rest", 66.57)
    progress.begin(FileStore(path))
    assert (first().attempts, first().solved) == (1, False)
    check("ghk-rest", -66.57)
    progress.begin(FileStore(path))
    assert (first().attempts, first().solved) == (2, True)
    assert os.listdir(path.parent) == [path.name]


def test_kept_there_when_the_notebook_goes_elsewhere(path, monkeypatch, tmp_path):
    monkeypatch.chdir(path.parent)
    progress.begin(FileStore(path.name))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    check("ghk-rest", -66.57)
    assert path.exists()


def test_file_deleted_while_working_is_written_anew(path):
    check("ghk-rest", 66.57)
    path.unlink()
    check("ghk-rest", -66.57)
    assert len(parse_events(path.read_text())) == 2


def test_same_answer_counts_once(path):
    for answer in (66.57, 66.57, -66.57, -66.57, 12.0, -66.57):
        check("ghk-rest", answer)
    assert (first().attempts, first().solved) == (2, True)
    assert len(progress.events()) == 3


def test_variants_are_recorded_apart(path):
    check("ghk-rest", 1.0)
    check("ghk-rest", 1.0, seed="Ada")
    assert [event["seed"] for event in progress.events()] == ["", "Ada"]


def good_record(path):
    check("ghk-rest", -66.57)
    return path.read_text()


def with_digest(text):
    """The same record as the book wrote it before: over its events stood a digest."""
    record = json.loads(text)
    return json.dumps({"format": record["format"], "digest": "0" * 64, "events": record["events"]})


def with_extra_field(text):
    events = parse_events(text)
    return export_events([{**events[0], "more": 1}])


def with_number_for_text(text):
    events = parse_events(text)
    return export_events([{**events[0], "answer": 1}])


def with_a_seed_that_is_no_text(text):
    events = parse_events(text)
    return export_events([{**events[0], "seed": [1]}])


def with_a_name_that_is_none(text):
    events = parse_events(text)
    return export_events([{**events[0], "problem": "<b>"}])


def with_another_day(text):
    events = parse_events(text)
    return export_events([{**events[0], "at": "yesterday"}])


def with_another_kind(text):
    events = parse_events(text)
    return export_events([{**events[0], "what": "gift"}])


@pytest.mark.parametrize(
    "spoil",
    [
        with_extra_field,
        with_number_for_text,
        with_a_seed_that_is_no_text,
        with_a_name_that_is_none,
        with_another_day,
        with_another_kind,
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "null",
        lambda text: "[" * 100_000,
        lambda text: '{"format": "something else"}',
        lambda text: text.replace("progress 1", "progress 99"),
        lambda text: "\x00\xff",
    ],
)
def test_what_cannot_be_trusted_is_set_aside(path, spoil, capfd):
    spoilt = spoil(good_record(path))
    path.write_text(spoilt)
    progress.begin(FileStore(path))
    reply = check("ghk-rest", 66.57)
    assert reply.code == "mistake.inside-out"
    assert "neurocore-progress-aside-1.json" in reply.note
    assert (path.parent / "neurocore-progress-aside-1.json").read_text() == spoilt
    assert (first().attempts, first().solved) == (1, False)
    assert "aside" not in check("ghk-rest", 12.0).note
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x", "it is not JSON"),
        ("[]", "it is not a record of this book"),
        (export_events([3]), "it holds something else than events"),
        (export_events({}), "it holds something else than events"),
    ],
)
def test_words_for_what_is_not_trusted(text, words):
    with pytest.raises(ValueError, match="it ") as error:
        parse_events(text)
    assert str(error.value) == words


def test_record_with_a_digest_is_read_and_goes_on(path):
    """Every mark of an older record counts, and the next is written beside them."""
    path.write_text(with_digest(good_record(path)))
    progress.begin(FileStore(path))
    assert (first().attempts, first().solved) == (1, True)
    assert hint("potassium-doubled").note == ""
    assert [event["what"] for event in parse_events(path.read_text())] == ["check", "hint"]
    assert progress.merge(with_digest(path.read_text())) == 0
    assert os.listdir(path.parent) == [path.name]


def test_order_of_the_fields_does_not_matter(path):
    record = json.loads(good_record(path))
    record["events"] = [dict(reversed(event.items())) for event in record["events"]]
    assert parse_events(json.dumps(record)) == record["events"]


def test_times_are_those_of_greenwich(path):
    check("ghk-rest", 1.0)
    assert progress.events()[0]["at"].endswith("+00:00")


def test_bytes_that_are_no_text(path):
    path.write_bytes(b"\xff\xfe\x00bad")
    assert "aside" in check("ghk-rest", 1.0).note
    assert first().attempts == 1


def test_second_spoilt_file_does_not_replace_the_first(path):
    for text in ("one", "two", "three"):
        path.write_text(text)
        progress.begin(FileStore(path))
        hint("ghk-rest")
    kept = {p.name.removeprefix(path.stem): p.read_text() for p in path.parent.glob("*aside*")}
    assert kept == {"-aside-1.json": "one", "-aside-2.json": "two", "-aside-3.json": "three"}


def test_folder_that_cannot_be_written(path):
    class ReadOnly(FileStore):
        def write(self, text):
            raise PermissionError(13, "Permission denied")

    progress.begin(ReadOnly(path))
    assert "could not be saved: Permission denied" in check("ghk-rest", 1.0).note
    assert first().attempts == 1


def test_path_that_is_a_folder(path):
    path.mkdir()
    note = check("ghk-rest", 1.0).note
    assert "cannot be used: Is a directory." in note
    assert "could not be saved" in note


def test_two_notebooks_at_once(path):
    one, two = Record(FileStore(path)), Record(FileStore(path))
    one.add("hint", "ghk-rest")
    two.add("hint", "ncx-limit")
    one.add("hint", "ions-moved")
    assert [e["problem"] for e in two.events()] == ["ghk-rest", "ncx-limit", "ions-moved"]


class Memory:
    def __init__(self):
        self.text = None

    def read(self):
        return self.text

    def write(self, text):
        self.text = text

    def set_aside(self):
        self.text = None
        return "nowhere"


def test_other_stores_take_over_what_there_is(path):
    check("ghk-rest", -66.57)
    store = Memory()
    progress.use(store)
    assert parse_events(store.text) == progress.events()
    assert first().solved
    store.text = "spoilt"
    assert "nowhere" in hint("ghk-rest").note


def test_begin_leaves_behind_what_there_was_and_use_does_not(path, tmp_path):
    check("ghk-rest", -66.57)
    here, there = FileStore(path), FileStore(tmp_path / "there.json")
    progress.begin(there)
    hint("ncx-limit")
    assert [event["problem"] for event in progress.events()] == ["ncx-limit"]
    progress.use(here)
    assert [event["problem"] for event in progress.events()] == ["ghk-rest", "ncx-limit"]
    assert parse_events(path.read_text()) == progress.events()
    assert len(parse_events(there.path.read_text())) == 1


def test_words_to_be_told_go_with_the_record(path):
    path.write_text("spoilt")
    progress.events()
    progress.use(Memory())
    assert "aside-1" in hint("ghk-rest").note


def test_export_and_merge_lose_nothing(path, tmp_path):
    check("ghk-rest", 66.57)
    elsewhere = progress.export()
    progress.begin(FileStore(tmp_path / "other.json"))
    check("ghk-rest", -66.57)
    hint("ghk-rest")
    assert progress.merge(elsewhere) == 1
    assert progress.merge(elsewhere) == 0
    assert (first().attempts, first().solved, first().hints) == (2, True, 1)
    with pytest.raises(ValueError, match="not JSON"):
        progress.merge("nonsense")
    assert first().attempts == 2


@given(st.text())
def test_any_text_is_a_record_or_a_value_error(text):
    with pytest.raises(ValueError, match="it "):
        parse_events(text)


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_answers_of_any_text_come_back(pairs):
    record = Record(Memory())
    for seed, answer in pairs:
        record.add("check", "ghk-rest", seed, "incorrect", answer)
    assert parse_events(export_events(record.events())) == record.events()
    assert {(e["seed"], e["answer"]) for e in record.events()} == set(pairs)


def test_summary_says_where_one_stands(path):
    check("potassium-doubled", (1.0, 2.0))
    check("ghk-rest", -66.57)
    summary = progress.summary()
    assert summary.next.problem == "potassium-doubled"
    assert f"1 of {len(problems())} solved" in repr(summary)
    assert "✓ Three ions" in repr(summary)
    assert '<th scope="col">Problem</th>' in summary._repr_html_()
    assert "✓ solved" in summary._repr_html_()


def test_next_is_what_was_tried_then_what_comes_first(path):
    assert progress.summary().next.problem == "ghk-rest"
    check("ghk-rest", -66.57)
    assert progress.summary().next.problem == "potassium-doubled"
    check("ncx-direction", "a1")
    assert progress.summary().next.problem == "ncx-direction"
    done = Summary(tuple(line for line in progress.summary().lines if line.solved))
    assert done.next is None
    assert repr(done).startswith("Your progress: 1 of 1 solved.\n\nThe resting potential: 1 of 1")


def test_summary_tells_of_a_file_set_aside(path):
    path.write_text("spoilt")
    assert "kept as neurocore-progress-aside-1.json" in repr(progress.summary())
    assert "aside" not in repr(progress.summary())


def test_file_spoilt_while_working_is_written_anew(path):
    whole = good_record(path)
    path.write_text("spoilt")
    assert "aside-1" in check("ghk-rest", -66.57).note
    assert path.read_text() == whole


def test_summary_as_text(path):
    check("ghk-rest", -66.57)
    hint("potassium-doubled")
    check("driving-forces", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0))
    lines = repr(progress.summary()).split("\n")
    count = sum(chapter == "resting_potential" for _, chapter in problems().values())
    assert lines[:7] == [
        f"Your progress: 1 of {len(problems())} solved.",
        "What to look at next: What pulls each ion (The resting potential).",
        "",
        f"The resting potential: 1 of {count} solved",
        "  ✓ Three ions, one potential (basic): solved, attempts 1, hints 0, solutions 0",
        "  ○ Twice the potassium (basic): not attempted, attempts 0, hints 1, solutions 0",
        "  … What pulls each ion (basic): tried, attempts 1, hints 0, solutions 0",
    ]
    assert len(lines) == 6 + len(CHAPTERS)  # what is untouched is counted only


def test_summary_counts_opened_solutions(path):
    check("ghk-rest", 1.0)
    solution("ghk-rest")
    solution("ghk-rest")
    assert first().solutions == 2
    assert "hints 0, solutions 2" in repr(progress.summary())
    assert "<td>1</td><td>0</td><td>2</td>" in progress.summary()._repr_html_()


def test_summary_as_a_page_has_a_table_for_each_chapter(path):
    page = progress.summary()._repr_html_()
    assert "<p>What to look at next: Three ions, one potential (The resting potential).</p>" in page
    assert page.count("<details>") == len(CHAPTERS)
    assert page.count("<tr><td") == len(problems())
    for title in CHAPTERS.values():
        assert page.count(f"<summary>{title}: 0 of ") == 1
