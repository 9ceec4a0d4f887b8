"""The page "Your progress": right numbers at first paint, nothing lost, nothing trusted blindly."""

import json
import random
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import expect
from test_live import (
    EXERCISES,
    LONG,
    code_cell,
    exercise,
    heard,
    hears,
    lite,  # noqa: F401
    live,
    ready,
    run,
    run_in_notebook,
    write,
)
from test_site import soup

from neurocore.practice import notebooks, progress
from neurocore.practice.record import export_events, parse_events
from neurocore.problems import CHAPTERS, problems

PAGE = "/book/progress.html"
KEPT = "neurocore-progress"
STATES = {"✓": "solved", "…": "tried", "○": "not attempted"}


class Memory:
    """A store for a record of this test's own."""

    def __init__(self, text=None):
        self.text = text

    def read(self):
        return self.text

    def write(self, text):
        self.text = text


def entry(number, problem, what="check", code="incorrect", answer="1", seed=""):
    at = f"2026-11-{1 + number // 60:02}T10:{number % 60:02}:00.000000+00:00"
    return dict(at=at, problem=problem, seed=seed, what=what, code=code, answer=answer)


def some_record(seed, share=0.5):
    """A record of many problems, some solved; with texts of any kind, and a problem long gone."""
    draw = random.Random(seed)
    odd = ["é", "\x00\x7f\n\t", "\u2028", "😀", "\ud800", '"\\/', "-0.07 V"]
    entries = [entry(0, "no-longer-in-the-bank", code="correct")]
    for problem in problems():
        if draw.random() < share:
            for what in draw.choices(["check", "check", "hint", "solution"], k=4):
                code = draw.choice(["correct", "incorrect", "near.sign"]) if what == "check" else ""
                who, answer = draw.choice(["", "Ada"]), draw.choice(odd) + str(draw.random())
                entries.append(entry(len(entries), problem, what, code, answer, who))
    return export_events(entries)


def keep(page, site, text):
    """Put a text where the browser keeps the record."""
    page.goto(site + "/book/references.html")  # any page of the book
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEPT, text])


def kept(page, key=KEPT):
    return page.evaluate("key => localStorage.getItem(key)", key)


def show(page, site, text=None):
    """Open the page, on a record if any."""
    if text is not None:
        keep(page, site, text)
    page.goto(site + PAGE)
    expect(page.locator("[data-p=solved]")).to_have_text(re.compile(r"\d+"))
    return page


def shown(page):
    """What the table says: problem → (state, attempts, hints, solutions)."""
    script = """rows => rows.map((row) => {
        const cells = [...row.querySelectorAll("td")].map((cell) => cell.textContent);
        return [row.dataset.problem, ...cells];
    })"""
    rows = page.locator("[data-problem]").evaluate_all(script)
    for _, state, *_ in rows:
        assert STATES[state[0]] == state[2:]
    return {problem: (state[2:], *map(int, counts)) for problem, state, *counts in rows}


def python_says(text):
    progress.begin(Memory(text))
    return progress.summary()


def rows_of(summary):
    def state(line):
        return "solved" if line.solved else "tried" if line.attempts else "not attempted"

    return {x.problem: (state(x), x.attempts, x.hints, x.solutions) for x in summary.lines}


def entries(text):
    """A record as a set."""
    return {tuple(sorted(event.items())) for event in parse_events(text)}


# What is shown


@pytest.mark.parametrize(("seed", "share"), [(1, 0.3), (2, 1.0)])
def test_page_says_what_python_says(seed, share, site, strict):
    """Every number of the page is the one that `progress.summary()` gives."""
    text = some_record(seed, share)
    summary = python_says(text)
    asked = []
    strict.on("request", lambda request: asked.append(request.url))
    page = show(strict.new_page(), site, text)
    assert shown(page) == rows_of(summary)
    solved = sum(line.solved for line in summary.lines)
    assert 0 < solved < len(summary.lines)
    counts = page.locator(".p-count > p").first.inner_text()
    assert counts == f"{solved} of {len(summary.lines)} solved"
    assert page.locator("[data-p=next] a").inner_text() == summary.next.title
    for title, lines in summary.chapters.items():
        row = page.locator(".p-chapters li", has=page.get_by_role("link", name=title, exact=True))
        share_solved = f"{sum(line.solved for line in lines)} of {len(lines)}"
        assert row.locator(".p-share").inner_text() == share_solved
        pieces = row.locator("use").evaluate_all("all => all.map((use) => use.className.baseVal)")
        states = [rows_of(summary)[line.problem][0] for line in lines]
        assert pieces == [f"p-{state}".replace("not attempted", "open") for state in states]
    last = max(int(event["at"][8:10]) for event in parse_events(text))
    assert f"Last worked on {last} November 2026." in page.locator("[data-p=rest]").inner_text()
    assert kept(page) == text
    assert not [url for url in asked if "pyodide" in url]


@pytest.mark.smoke
def test_next_is_what_was_tried_then_what_comes_first(site, strict):
    first, second, *_, last = problems()
    page = show(strict.new_page(), site)
    link = page.locator("[data-p=next] a")
    expect(link).to_have_attribute("href", re.compile(f"#{first}$"))
    assert "Nothing is recorded" in page.locator("[data-p=rest]").inner_text()
    right = entry(1, first, code="correct")
    show(page, site, export_events([right]))
    expect(link).to_have_attribute("href", re.compile(f"#{second}$"))
    show(page, site, export_events([right, entry(2, last), entry(3, last, "hint")]))
    expect(link).to_have_attribute("href", re.compile(f"#{last}$"))
    assert "1 attempt, 1 hint so far." in page.locator("[data-p=why]").inner_text()
    everything = [entry(i, problem, code="correct") for i, problem in enumerate(problems())]
    show(page, site, export_events(everything))
    assert page.locator("[data-p=next]").inner_text() == "Every problem is solved."


def test_links_lead_to_each_problem(site_folder):
    """The anchor is the problem's name, and belongs to the section that asks it."""
    page = soup(site_folder / PAGE[1:])
    links = {row["data-problem"]: row.a for row in page.select("[data-problem]")}
    assert list(links) == list(problems())
    for problem, chapter in problems().values():
        address = notebooks.path(chapter).replace(".ipynb", ".html")
        assert links[problem.id]["href"] == f"../exercises/{address}#{problem.id}"
        place = soup(site_folder / "exercises" / address).find(id=problem.id)
        section = place if place.name == "section" else place.parent
        assert section.name == "section"
        assert f'check("{problem.id}")' in section.get_text()
        assert len(section.select("h1, h2")) == 1


def plain_text(node):
    """The words of a part of a page, whatever their quotes and breaks; each equation once."""
    for part in node.select(".katex-mathml, .headerlink"):
        part.decompose()
    return "".join(re.sub("[‘’\"“”']", "", node.get_text()).split())


def test_every_question_is_set_as_its_page_sets_it(site, site_folder, strict):
    """`ask` shows in the page what the build has printed there: words, tables, code, equations."""
    page = strict.new_page()
    page.goto(site + EXERCISES)
    page.evaluate("address => import(address)", f"{site}/_static/markdown.js")
    for problem, chapter in problems().values():
        address = notebooks.path(chapter).replace(".ipynb", ".html")
        place = BeautifulSoup((site_folder / "exercises" / address).read_text(), "html.parser")
        place = place.find(id=problem.id)
        section = plain_text(place if place.name == "section" else place.parent)
        asked = page.evaluate("words => window.markdown(words)", problem.prompt())
        assert "katex-error" not in asked
        assert plain_text(BeautifulSoup(asked, "html.parser")) in section, problem.id


def test_link_leads_back_from_the_exercises(site, strict):
    page = strict.new_page()
    live(page, site + EXERCISES)
    ready(page)
    page.locator(".notebook-links").get_by_role("link", name="Your progress").click()
    page.wait_for_url(f"**{PAGE}")


def test_problem_solved_in_another_page_shows_up(site, strict):
    page, other = show(strict.new_page(), site), strict.new_page()
    live(other, site + EXERCISES)
    ready(other)
    answer, check = exercise(other)
    write(answer, "v_m = 66.57")
    run(check)
    row = page.locator("[data-problem=ghk-rest] td")
    expect(row).to_have_text(["… tried", "1", "0", "0"])
    write(answer, "v_m = -66.57")
    run(check)
    run(check, "hint('ghk-rest')")
    run(check, "solution('ghk-rest')")
    expect(row).to_have_text(["✓ solved", "2", "1", "1"])
    expect(page.locator("[data-p=solved]")).to_have_text("1")


def test_nothing_is_lost_where_another_page_wrote_in_between(site, strict):
    """The page's own write to its storage is heard by no listener, as when Python is busy."""
    page = strict.new_page()
    live(page, site + EXERCISES)
    ready(page)
    answer, check = exercise(page)
    write(answer, "v_m = 66.57")
    run(check)
    theirs = [*parse_events(kept(page)), entry(5, "ncx-limit", "hint", "", "")]
    page.evaluate("([k, t]) => localStorage.setItem(k, t)", [KEPT, export_events(theirs)])
    write(answer, "v_m = -66.57")
    run(check)
    count = "key => JSON.parse(localStorage.getItem(key)).events.length > 2"
    page.wait_for_function(count, arg=KEPT)
    found = [(event["problem"], event["code"]) for event in parse_events(kept(page))]
    wrong, right = ("ghk-rest", "mistake.inside-out"), ("ghk-rest", "correct")
    assert sorted(found) == sorted([wrong, ("ncx-limit", ""), right])


# What is taken along


def bring_in(page, name, text):
    page.locator(".p-keep input").set_input_files(
        {"name": name, "mimeType": "application/json", "buffer": text.encode("utf-8", "replace")}
    )


def said(page):
    return page.locator("[data-p=said]")


def test_copy_restores_all_in_a_fresh_browser(site, strict, browser, faults):
    text = some_record(3)
    page = show(strict.new_page(), site, text)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save a copy").focus()
        page.keyboard.press("Enter")
    copy = download.value.path().read_text()
    progress.begin(Memory())
    progress.merge(copy)
    assert copy == progress.export() == text
    fresh = browser.new_context()
    faults.watch(fresh)
    there = show(fresh.new_page(), site)
    bring_in(there, "my-progress.json", copy)
    expect(said(there)).to_contain_text("Taken in from my-progress.json", timeout=LONG)
    assert kept(there) == text
    assert shown(there) == shown(page)
    bring_in(there, "my-progress.json", copy)
    expect(said(there)).to_contain_text("all of it is here already")
    assert kept(there) == text
    fresh.close()


def test_older_record_with_a_digest_is_read(site, strict):
    text = some_record(3)
    older = json.dumps({"digest": "0" * 64, **json.loads(text)})
    page = show(strict.new_page(), site, older)
    assert shown(page) == rows_of(python_says(older))
    assert page.locator("[data-p=solved]").inner_text() != "0"
    bring_in(page, "older.json", older)
    expect(said(page)).to_contain_text("all of it is here already", timeout=LONG)
    assert entries(kept(page)) == entries(text)


def test_merge_loses_nothing_on_either_side(site, strict):
    mine, theirs = some_record(4), some_record(5)
    page = show(strict.new_page(), site, mine)
    bring_in(page, "theirs.json", theirs)
    new = len(entries(theirs) - entries(mine))
    expect(said(page)).to_contain_text(f"{new} new marks", timeout=LONG)
    assert entries(kept(page)) == entries(mine) | entries(theirs)
    assert shown(page) == rows_of(python_says(kept(page)))


BAD = {
    "cut short": (lambda text: text[: len(text) // 2], "it is not JSON"),
    "empty": (lambda text: "", "it is not JSON"),
    "null": (lambda text: "null", "it is not a record of this book"),
    "deep": (lambda text: "[" * 100_000, "it is not JSON"),
    "foreign": (lambda text: '{"cells": [], "nbformat": 4}', "it is not a record of this book"),
    "newer": (lambda t: t.replace("progress 1", "progress 9"), "it is not a record of this book"),
    "not events": (lambda t: t.replace('"at"', '"when"'), "it holds something else than events"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_refused_and_nothing_changes(name, site, strict):
    spoil, reason = BAD[name]
    mine = some_record(6)
    page = show(strict.new_page(), site, mine)
    before = shown(page)
    bring_in(page, "holiday.json", spoil(export_events([entry(0, "ghk-rest")])))
    text = f"holiday.json was not taken in: {reason}. Nothing has changed."
    expect(said(page)).to_contain_text(text)
    assert said(page).get_attribute("role") == "status"
    assert (kept(page), shown(page)) == (mine, before)
    keys = page.evaluate("Object.keys(localStorage)")  # the theme has its own
    assert [key for key in keys if key.startswith("neurocore")] == [KEPT]


def test_python_has_the_last_word_on_a_file(site, strict):
    """What only the library's own reading finds."""
    mine = some_record(6)
    page = show(strict.new_page(), site, mine)
    bring_in(page, "forged.json", export_events([entry(0, "ghk-rest", what="gift")]))
    text = "forged.json was not taken in: it holds something else than events"
    expect(said(page)).to_contain_text(text, timeout=LONG)
    assert kept(page) == mine


@pytest.mark.parametrize("name", BAD)
def test_bad_record_is_set_aside_as_it_is(name, site, strict):
    spoil, reason = BAD[name]
    spoilt = spoil(export_events([entry(0, "ghk-rest")]))
    page = show(strict.new_page(), site, spoilt)
    expect(page.locator(".p-notice")).to_contain_text(reason)
    assert {state for state, *_ in shown(page).values()} == {"not attempted"}
    assert (kept(page), kept(page, f"{KEPT}-aside")) == (None, spoilt)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save record 1").click()
    assert download.value.path().read_text() == spoilt
    show(page, site, "another")  # does not write over the first
    assert kept(page, f"{KEPT}-aside") == spoilt
    assert kept(page, f"{KEPT}-aside-2") == "another"


def test_exercise_page_sets_a_bad_record_aside_too(site, strict):
    page = strict.new_page()
    keep(page, site, "spoilt")
    live(page, site + EXERCISES)
    answer, check = exercise(page)
    write(answer, "v_m = -66.57")
    assert "was not used (it is not JSON)" in run(check)
    assert kept(page, f"{KEPT}-aside") == "spoilt"
    show(page, site)
    assert page.locator("[data-p=solved]").inner_text() == "1"


def test_start_afresh_asks_and_can_be_undone(site, strict):
    mine = some_record(7)
    page, other = show(strict.new_page(), site, mine), strict.new_page()
    live(other, site + EXERCISES)
    ready(other)
    _, check = exercise(other)
    assert f"{page.locator('[data-p=solved]').inner_text()} of" in run(check, "progress.summary()")
    button = page.get_by_role("button", name="Start afresh")
    page.once("dialog", lambda dialog: dialog.dismiss())
    button.click()
    assert kept(page) == mine
    page.once("dialog", lambda dialog: dialog.accept())
    hears(other)
    button.click()
    heard(other)
    expect(page.locator("[data-p=solved]")).to_have_text("0")
    assert (kept(page), kept(page, f"{KEPT}-aside")) == (None, mine)
    assert "0 of" in run(check, "progress.summary()")  # Python forgets, where it runs
    run(check, "hint('ncx-limit')")
    expect(page.locator("[data-problem=ncx-limit] td").nth(2)).to_have_text("1")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save record 1").click()
    bring_in(page, "set-aside.json", download.value.path().read_text())
    expect(said(page)).to_contain_text("Taken in", timeout=LONG)
    assert entries(kept(page)) > entries(mine)


# Where it cannot be shown


def test_storage_forbidden(site, browser):
    context = browser.new_context()  # not strict: the theme itself complains
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', "
        "{ get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page = show(context.new_page(), site)
    expect(page.locator(".p-notice")).to_contain_text("lets the book store nothing")
    assert page.locator(".p-keep").is_hidden()
    assert len(shown(page)) == len(problems())
    context.close()


def test_folder_opened_without_a_server(site_folder, browser):
    context = browser.new_context()
    errors = []
    context.on("weberror", lambda fault: errors.append(fault.error))
    page = context.new_page()
    page.goto((site_folder / PAGE[1:]).as_uri())
    expect(page.locator(".p-notice")).to_contain_text("progress.summary()")
    assert page.locator(".p-keep").is_hidden()
    assert not errors
    context.close()


def test_without_javascript(site, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + PAGE)
    assert "It needs JavaScript" in page.locator("noscript p").inner_text()
    assert page.locator("noscript p").is_visible()
    for part in (".p-overview", ".p-chapters", ".p-keep", "[data-problem] td >> nth=0"):
        assert page.locator(part).is_hidden()
    assert page.locator("[data-problem] a").first.is_visible()
    context.close()


# How it is shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_and_axe_on_a_filled_page(scheme, site, browser):
    context = browser.new_context(
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    page = show(context.new_page(), site, some_record(8))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for table in page.locator(".p-table, .p-chapters, .p-overview").all():
        box = table.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert not Axe().run(page).response["violations"]
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not Axe().run(page).response["violations"]
    context.close()


def test_every_control_is_reached_by_keyboard(site, strict):
    page = show(strict.new_page(), site, some_record(8))
    page.get_by_role("button", name="Save a copy").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "file"
    ring = page.locator(".p-keep label").evaluate("node => getComputedStyle(node).outlineStyle")
    assert ring == "solid"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Start afresh"


def test_summary_in_a_page_fits_a_phone(site, browser, faults):
    summary = python_says(some_record(9))
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    context = browser.new_context(**phone)
    faults.watch(context)
    page = context.new_page()
    live(page, site + EXERCISES)
    cell = page.locator("div.cell_output").last
    cell.evaluate(
        "(node, html) => { const box = document.createElement('div'); "
        "box.className = 'output text_html'; box.innerHTML = html; node.replaceChildren(box); }",
        summary._repr_html_(),
    )
    folds = cell.locator("details")
    assert folds.count() == len(CHAPTERS)
    for fold in folds.all():
        fold.locator("summary").click()
        table = fold.locator("table")
        assert table.evaluate("node => node.getBoundingClientRect().right") <= 390
    assert cell.locator(".nc-progress").evaluate("node => node.scrollWidth <= node.clientWidth")
    context.close()


# The notebooks in the browser


def test_record_in_jupyterlite(lite, site, tmp_path):  # noqa: F811
    """It is kept over a reload, takes in a copy from the page, and goes back there."""
    page = lite.context.new_page()
    show(page, site, export_events([entry(0, "ncx-limit", "hint", "", "")]))
    copy = kept(page)
    lite.visit(EXERCISES)
    start = "from neurocore.practice import check, progress"
    run_in_notebook(code_cell(lite, "import"), start)
    second = code_cell(lite, "v_m = ...")
    run_in_notebook(second, f"check('ghk-rest', -66.57); progress.merge({copy!r})")
    output = code_cell(lite, "check('ghk-rest'").locator(".jp-OutputArea-output")
    expect(output).to_have_text("1", timeout=2 * LONG)
    lite.reload()
    lite.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=LONG)
    run_in_notebook(code_cell(lite, "import"), f"{start}; print(progress.export())")
    output = code_cell(lite, "import").locator(".jp-OutputArea-output")
    expect(output).to_contain_text("ncx-limit", timeout=2 * LONG)
    found = output.inner_text()
    assert [e["problem"] for e in parse_events(found)] == ["ncx-limit", "ghk-rest"]
    bring_in(page, "neurocore-progress.json", found)
    expect(said(page)).to_contain_text("1 new mark", timeout=LONG)
    expect(page.locator("[data-problem=ghk-rest] td").first).to_have_text("✓ solved")
