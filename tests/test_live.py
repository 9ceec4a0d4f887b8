"""Python in the page: live cells, exact labs, checked exercises, no network, a strict policy."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import serve
from conftest import ROOT, Faults
from drawings import comes_to_say, drive, moves
from playwright.sync_api import expect
from typist import write

from neurocore.labs import LABS
from neurocore.labs.description import Slider, Switch, say
from neurocore.labs.table import evaluate

CHAPTER = "/book/principles/resting-potential.html"
PROPAGATION = "/book/principles/propagation.html"
EXERCISES = "/exercises/resting-potential.html"
LONG = 60_000  # ms: a patience, not a measure


@pytest.fixture(autouse=True, scope="module")
def with_python(site_folder):
    """These tests are about a site that runs Python."""
    assert (site_folder / "_static" / "pyodide").exists(), "Pyodide's packages could not be had"


def live(page, address):
    """Open a page; its live cells."""
    page.goto(address)
    page.locator("html[data-live]").wait_for(timeout=LONG)
    return page.locator("div.cell.tag_live:has(.live-run)")


def visible(cells):
    """The first live cell that is not folded away."""
    for cell in cells.all():
        if cell.locator(".cm-content").is_visible():
            return cell
    raise AssertionError("no live cell is open")


def done(cell):
    """Wait until a cell has run; its output."""
    expect(cell).not_to_have_class(re.compile("live-running"), timeout=LONG)
    return cell.locator(".cell_output").inner_text()


def run(cell, code=None):
    """Run a cell, with new code if any; its output."""
    if code is not None:
        write(cell, code)
    cell.locator(".live-run").click()
    return done(cell)


def ready(page):
    """Wait until Python runs in a practice page, where it starts by itself."""
    page.locator(".live-progress").wait_for(state="hidden", timeout=LONG)


def hears(page):
    """Note from now on that another page changes the record: `heard` waits for it."""
    page.evaluate(
        """() => {
            window.heard = new Promise((done) => addEventListener("storage", ({ key }) => {
                if (key === "neurocore-progress") done(true);
            }));
        }"""
    )


def heard(page):
    assert page.evaluate("() => window.heard")


def guarded(page):
    """Wait until a page's service worker is there, which keeps what passes it."""
    page.wait_for_function("() => navigator.serviceWorker.controller")


def eventually(page, test, argument):
    """Wait until an asynchronous test in the page is true, which `wait_for_function` cannot."""
    page.evaluate(
        f"""async ([argument, patience]) => {{
            const end = performance.now() + patience;
            while (!(await ({test})(argument))) {{
                if (performance.now() > end) throw new Error("it did not come true");
                await new Promise((resolve) => setTimeout(resolve, 50));
            }}
        }}""",
        [argument, LONG],
    )


def test_nothing_is_loaded_before_it_is_asked_for(site, strict):
    asked = []
    strict.on("request", lambda request: asked.append(request.url))
    page = strict.new_page()
    live(page, site + CHAPTER)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "pyodide/" in url or "worker.js" in url.split("/")[-1][:9]]
    live(page, site + EXERCISES)
    page.wait_for_function("() => document.querySelector('.live-progress').textContent")
    ready(page)
    assert [url for url in asked if "pyodide/numpy" in url]


@pytest.mark.smoke
def test_live_cell_answers_as_the_book_printed(site, strict):
    """Every live cell of the chapter, the last one first: names come from the cells above."""
    page = strict.new_page()
    cells = live(page, site + CHAPTER)
    assert cells.count() > 1
    seen = 0
    for cell in reversed(cells.all()):
        if cell.locator(".cm-content").is_visible():
            printed = cell.locator(".cell_output").inner_text()
            assert run(cell).strip() == printed.strip()
            seen += bool(printed.strip())
    assert seen


def test_output_figure_table_and_error(site, strict):
    page = strict.new_page()
    cell = visible(live(page, site + CHAPTER))
    write(cell, "for i in range(3):\n    print(i)\n{'a': 1}")
    page.keyboard.press("Shift+Enter")
    assert done(cell).split() == ["0", "1", "2", "{'a':", "1}"]
    assert run(cell, "x = 1;") == ""
    error = run(cell, "def f(v):\n    return nc.nernst(-v, 140, 1, 37)\n\nf(4)")
    assert re.findall(r'File "([^"]+)", line (\d+)', error) == [
        ("<cell 2>", "4"),
        ("<cell 2>", "2"),
    ]
    assert error.rstrip().endswith("ValueError: outside must be greater than 0 and finite; got -4")
    assert "SyntaxError" in run(cell, "f(")
    assert "give the value to a name" in run(cell, "input('?')")
    run(
        cell,
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\n_ = axes.plot([1, 2])",
    )
    picture = cell.locator(".cell_output img")
    assert picture.evaluate("node => node.decode().then(() => node.naturalWidth)") > 300
    assert picture.get_attribute("alt")
    # An import that nobody can foresee from the cell's text.
    assert run(cell, "float(__import__('sci' + 'py').special.erf(0))").strip() == "0.0"
    assert run(cell, "import asyncio\nawait asyncio.sleep(0)\n3").strip() == "3"
    table = "'<table><tr><td>7</td></tr></table>'"
    run(cell, f"class T:\n    def _repr_html_(self):\n        return {table}\nT()")
    assert cell.locator(".cell_output td").inner_text() == "7"


def test_output_comes_while_the_cell_runs(site, strict):
    page = strict.new_page()
    cell = visible(live(page, site + CHAPTER))
    write(cell, "import time\nprint('first')\nwhile True:\n    time.sleep(1)")
    cell.locator(".live-run").click()
    expect(cell.locator(".cell_output")).to_have_text(re.compile("first"), timeout=LONG)
    expect(cell).to_have_class(re.compile("live-running"))


def test_completion_knows_defined_names(site, strict):
    page = strict.new_page()
    cell = visible(live(page, site + CHAPTER))
    run(cell, "import neurocore as nc\nplateau = 1")
    write(cell, "")
    cell.locator(".cm-content").press_sequentially("nc.ghk_v")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_have_text("ghk_voltage")
    write(cell, "")
    cell.locator(".cm-content").press_sequentially("plat")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_have_text("plateau")


def test_edit_survives_reload_is_downloaded_and_reset(site, strict):
    page = strict.new_page()
    cell = visible(live(page, site + CHAPTER))
    original = cell.locator(".cm-content").inner_text()
    printed = cell.locator(".cell_output").inner_text()
    write(cell, "kept = 1\nkept")
    cell = visible(live(page, site + CHAPTER))
    assert cell.locator(".cm-content").inner_text() == "kept = 1\nkept"
    with page.expect_download() as download:
        cell.get_by_role("button", name="Download notebook").click()
    notebook = json.loads(download.value.path().read_text())
    sources = ["".join(part["source"]) for part in notebook["cells"]]
    assert sources.count("kept = 1\nkept") == 1
    assert original not in sources
    assert run(cell).strip() == "1"
    cell.get_by_role("button", name="Reset").click()
    assert cell.locator(".cm-content").inner_text() == original
    assert cell.locator(".cell_output").inner_text() == printed
    cell = visible(live(page, site + CHAPTER))
    assert cell.locator(".cm-content").inner_text() == original


def test_run_all_above(site, strict):
    page = strict.new_page()
    cells = live(page, site + CHAPTER)
    cells.last.get_by_role("button", name="Run all above").click()
    above = [cell for cell in cells.all()[:-1] if cell.locator(".cm-content").is_visible()]
    for cell in above:
        expect(cell.locator(".live-note")).to_have_text(re.compile("✓"), timeout=LONG)


def test_runaway_is_stopped_and_its_text_kept(site, strict):
    page = strict.new_page()
    cell = visible(live(page, site + CHAPTER))
    run(cell, "x = 1")
    write(cell, "while True: pass")
    cell.locator(".live-run").click()
    expect(cell.locator(".live-note")).to_have_text("runs", timeout=LONG)
    cell.get_by_role("button", name="Stop").click()
    expect(cell.locator(".live-note")).to_contain_text("Stopped.")
    assert cell.locator(".cm-content").inner_text() == "while True: pass"
    assert "NameError" in run(cell, "x")
    assert run(cell, "1 + 1").strip() == "2"


def test_fifty_megabytes_of_output(site, strict):
    page = strict.new_page()
    cell = visible(live(page, site + CHAPTER))
    text = run(cell, "for _ in range(50_000):\n    print('x' * 999)")
    assert text.rstrip().endswith("… and 49,800,000 more characters that are not shown")
    assert run(cell, "1 + 1").strip() == "2"


def test_reload_while_python_loads(site, browser):
    context = browser.new_context()  # not strict: a reload breaks off what is being loaded
    errors = []
    context.on("weberror", lambda fault: errors.append(fault.error))
    page = context.new_page()
    cell = visible(live(page, site + CHAPTER))
    cell.locator(".live-run").click()
    left = re.compile(r"Loading \w+: [\d.]+ of [\d.]+ MB left")
    expect(page.locator(".live-progress")).to_have_text(left, timeout=LONG)
    page.reload()
    cell = visible(live(page, site + CHAPTER))
    assert run(cell, "1 + 1").strip() == "2"
    assert not errors
    context.close()


@pytest.fixture
def own_site(site_folder, tmp_path):
    """A server that a test may shut down, on a copy that it may change."""
    folder = tmp_path / "site"
    shutil.copytree(site_folder, folder)
    http = serve.server(folder)
    http.connections = []
    accept = http.get_request

    def remember():
        connection, address = accept()
        http.connections.append(connection)
        return connection, address

    http.get_request = remember
    http.handle_error = lambda *_: None  # a connection that ends is what these tests are about
    threading.Thread(target=http.serve_forever, daemon=True).start()
    http.folder, http.address = folder, f"http://127.0.0.1:{http.server_port}"
    yield http
    gone(http)


def gone(http):
    """Take a server away, with the connections that a browser keeps open."""
    http.shutdown()
    http.server_close()
    for connection in http.connections:
        with contextlib.suppress(OSError):  # closed already
            connection.shutdown(socket.SHUT_RDWR)


def test_server_gone_after_python_came(own_site, browser):
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    cell = visible(live(page, own_site.address + CHAPTER))
    run(cell, "import neurocore as nc")
    gone(own_site)
    assert run(cell, "nc.nernst(4, 140, 1, 37)").startswith("-95.02")
    expected = "could not be loaded: the site does not answer"
    assert expected in run(cell, "import scipy")
    context.close()


def test_server_gone_before_python_came(own_site, browser):
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    cell = visible(live(page, own_site.address + CHAPTER))
    printed = cell.locator(".cell_output").inner_text()
    gone(own_site)
    assert run(cell).strip() == printed.strip()
    note = "Python could not run this: the site does not answer"
    expect(cell.locator(".live-note")).to_have_text(note)
    context.close()


def test_two_pages_at_once(site, strict):
    first, second = strict.new_page(), strict.new_page()
    one = visible(live(first, site + CHAPTER))
    two = visible(live(second, site + CHAPTER))
    run(one, "x = 'first'")
    run(two, "x = 'second'")
    assert run(one, "x").strip() == "'first'"
    assert run(two, "x").strip() == "'second'"


def exercise(page):
    answer = page.locator("div.cell.tag_answer").first
    check = page.locator("div.cell.tag_check").first
    assert answer.locator(".cm-content").inner_text().startswith("v_m")
    return answer, check


@pytest.mark.smoke
def test_exercise_wrong_then_right(site, strict):
    page = strict.new_page()
    live(page, site + EXERCISES)
    answer, check = exercise(page)
    assert "Not attempted" in run(check)
    write(answer, "v_m = 66.57")
    assert "Not yet." in run(check)
    assert check.locator(".nc-verdict-incorrect").is_visible()
    write(answer, "v_m = -66.57")
    assert "Correct." in run(check)  # the check runs the changed answer first
    assert check.locator(".nc-verdict-correct").is_visible()


def typed(cell, code):
    """Replace a cell's code key by key."""
    cell.locator(".cm-content").click()
    for key in ("Control+a", "Delete"):
        cell.page.keyboard.press(key)
    cell.page.keyboard.type(code, delay=5)
    assert cell.locator(".cm-content").inner_text().strip() == code


RIGHT = "v_m = -66.57"
NOTHING = ("", "thick = (7, 7)", "if False: v_m = 1", "v_m = ...", "# v_m = -66.57")


@pytest.mark.parametrize("by_hand", [False, True])
def test_check_judges_what_stands_in_the_answer_now(by_hand, site, strict):
    """A name keeps no value that no cell gives any more, whether the answer was run or not."""
    page = strict.new_page()
    live(page, site + EXERCISES)
    answer, check = exercise(page)
    for code in NOTHING:
        typed(answer, RIGHT)
        assert "Correct." in run(check)
        typed(answer, code)
        if by_hand:
            run(answer)
        assert "Not attempted." in run(check), code
    typed(check, f"{RIGHT}; check('ghk-rest')")
    assert "Correct." in run(check)
    typed(check, "check('ghk-rest')")
    assert "Not attempted." in run(check)


def test_check_runs_what_its_answer_builds_on(site, strict):
    """A helper that was changed, and an answer that uses what has changed since it ran."""
    page = strict.new_page()
    cells = live(page, site + EXERCISES)
    answer, check = exercise(page)
    helper, second = cells.first, page.locator("div.cell.tag_answer").nth(1)
    typed(helper, "k = -66.57; from neurocore.practice import *")
    run(helper)
    typed(answer, "v_m = k")
    assert "Correct." in run(check)
    typed(helper, "k = 66.57; from neurocore.practice import *")
    assert "Not yet." in run(check)  # the helper has not been run by hand
    typed(helper, "k = -66.57; from neurocore.practice import *")
    run(helper)
    assert "Correct." in run(check)  # the answer has not been run by hand
    typed(second, "doubled = (v_m + 6.02, 6.02)")
    check = page.locator("div.cell.tag_check").nth(1)
    before = run(check)
    typed(answer, "v_m = k + 20")
    assert run(check) != before
    typed(answer, "")
    assert "nothing to judge" in run(check) + check.locator(".live-note").inner_text()
    assert "NameError" in second.locator(".cell_output").inner_text()


def test_answer_that_does_not_run_leaves_no_verdict_and_help_works(site, strict):
    page = strict.new_page()
    live(page, site + EXERCISES)
    answer, check = exercise(page)
    typed(answer, RIGHT)
    assert "Correct." in run(check)
    typed(answer, "v_m = -66.57; int('the error comes behind the answer')")
    assert run(check) == ""
    expect(check.locator(".live-note")).to_contain_text("did not run")
    typed(check, "hint('ghk-rest')")
    assert "Hint. 1 of 3" in run(check)
    typed(check, "check('ghk-rest'); hint('ghk-rest')")
    assert "2 of 3" in run(check)
    typed(check, "solution('ghk-rest')")
    assert "Solution." in run(check)
    typed(check, "hint('ghk-rest'); check('ghk-rest')")
    assert "Not attempted." in run(check)


def test_verdict_is_marked_once_the_answer_changes(site, strict):
    page = strict.new_page()
    live(page, site + EXERCISES)
    answer, check = exercise(page)
    old, note = re.compile("live-old"), check.locator(".live-note")
    expect(check).not_to_have_class(old)
    typed(answer, RIGHT)  # the build's own verdict is about the empty answer
    expect(check).to_have_class(old)
    assert "Correct." in run(check)
    expect(check).not_to_have_class(old)
    answer.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Backspace")
    expect(check).to_have_class(old)
    expect(note).to_have_text("What stands above has changed: run the check to judge it.")
    page.keyboard.type("7")
    expect(check).not_to_have_class(old)
    expect(note).to_have_text("")
    page.keyboard.type(" +")
    run(answer)
    expect(check).to_have_class(old)


def test_page_remembers_where_the_reader_stands(site, strict):
    """Over a reload, and when another page has judged an answer."""
    page, other = strict.new_page(), strict.new_page()
    live(other, site + EXERCISES)
    live(page, site + EXERCISES)
    answer, check = exercise(page)
    output, theirs = check.locator(".cell_output"), exercise(other)[1].locator(".cell_output")
    typed(answer, "v_m = 66.57")
    run(check)
    expect(theirs).to_contain_text("You have tried this once.")
    page.reload()
    expect(output).to_contain_text("You have tried this once.")
    typed(answer, RIGHT)
    run(check)
    expect(theirs).to_contain_text("You solved this on")
    page.reload()
    expect(output).to_contain_text("You solved this on")
    assert answer.locator(".cm-content").inner_text() == RIGHT
    second = page.locator("div.cell.tag_check .cell_output").nth(1)
    expect(second).to_contain_text("Not attempted.")
    summary = page.locator("div.cell", has_text="progress.summary()").last
    expect(summary.locator(".cell_output")).to_have_text("Run this to see where you stand.")
    assert "1 of" in run(summary)


def test_question_of_ones_own_is_typeset(site, strict):
    page = strict.new_page()
    live(page, site + EXERCISES)
    cell = page.locator("div.cell.tag_check").first
    typed(cell, "ask('transfer-curve', seed='Ada')")
    run(cell)
    output = cell.locator(".text_markdown")
    expect(output.locator("table.table tr")).to_have_count(4)
    assert output.locator(".katex-html").count() > 2
    assert output.locator("h3").inner_text() == "The potential against potassium outside"
    assert not re.search(r"[$|*#`]", output.inner_text())
    typed(cell, "ask('onset-fit', seed='Ada')")
    run(cell)
    code = output.locator("pre code")
    expect(code).to_contain_text("np.array")
    assert code.inner_text().count("\n") > 1
    typed(cell, "np.polynomial.Polynomial([1, 2])")
    run(cell)
    expect(output.locator(".katex-html")).to_have_count(1)


def test_code_of_a_solution_keeps_its_indentation(site, strict):
    page = strict.new_page()
    live(page, site + EXERCISES)
    cell = page.locator("div.cell.tag_check").first
    typed(cell, "check('alpha-m', lambda v: v); solution('alpha-m')")
    run(cell)
    assert "alpha_m(v):\n    return" in cell.locator(".nc-verdict pre").inner_text()


MAGICS = {
    "%timeit 1": "time.perf_counter",
    "%time 1": "beside Run",
    "!ls": "no command line",
    "files = !ls": "no command line",
    "%pip install numpy": "nothing to install",
    "!pip install numpy": "nothing to install",
    "np.sin?": "help(name)",
    "%%bash": "a cell in the page does not know",
}


def test_magic_gets_a_helpful_reply_or_is_taken(site, strict):
    page = strict.new_page()
    cell = visible(live(page, site + CHAPTER))
    for code, words in MAGICS.items():
        typed(cell, code)
        said = run(cell)
        assert f"`{code}` is Jupyter's own" in said
        assert words in said
    assert run(cell, "%matplotlib inline\n%load_ext autoreload\n1 + 1").strip() == "2"
    assert run(cell, "%%time\nx = (7\n%  4)\nx").strip() == "3"
    assert "Jupyter" not in run(cell, "x = (7\n% 4")


DRAWN = (
    "plt.plot([1, 2])",
    "plt.title('a')",
    "plt.hist([1, 2, 3])",
    "plt.bar([1, 2], [1, 2])",
    "plt.boxplot([1, 2, 3])",
    "plt.subplots()",
    "plt.subplots(1, 2)[1]",
    "plt.gca().set(xlabel='t', ylabel='V')",
    "plt.imshow([[1, 2]]); plt.colorbar()",
    "plt.figure()",
)


def test_what_is_drawn_is_shown_and_not_echoed(site, strict):
    page = strict.new_page()
    cell = visible(live(page, site + CHAPTER))
    run(cell, "import matplotlib.pyplot as plt")
    for code in DRAWN:
        typed(cell, code)
        assert run(cell).strip() == "", code
        assert cell.locator(".cell_output img").count() == 1, code
    typed(cell, "len(plt.xlim()), [1, 'a']")
    assert run(cell).strip() == "(2, [1, 'a'])"


def test_long_line_of_a_traceback_stays_in_its_box(site, strict):
    page = strict.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    cell = visible(live(page, site + CHAPTER))
    typed(cell, "raise ValueError('v' * 500)")
    assert "v" * 500 in run(cell).replace("\n", "")
    box = cell.locator(".traceback pre")
    assert box.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_function_without_end_is_stopped_by_the_page(site, strict):
    page = strict.new_page()
    live(page, site + EXERCISES)
    check = page.locator("div.cell.tag_check", has_text='check("transfer-curve")')
    answer = page.locator("div.cell.tag_answer", has_text="def ghk_v")
    loop = "    while True:\n        try:\n            pass\n        except:\n            pass"
    write(answer, f"def ghk_v(k_out):\n{loop}")
    check.locator(".live-run").click()
    verdict = check.locator(".nc-verdict-invalid")
    expect(verdict).to_contain_text("had not finished after 12 s", timeout=LONG)
    assert answer.locator(".cm-content").inner_text().startswith("def ghk_v")
    write(answer, "def ghk_v(k_out):\n    return 0 * k_out")
    assert "Not yet." in run(check)


def test_progress_is_kept_and_shared_between_pages(site, strict):
    first, second = strict.new_page(), strict.new_page()
    live(first, site + EXERCISES)
    live(second, site + EXERCISES)
    ready(first)
    ready(second)
    answer, check = exercise(first)
    write(answer, "v_m = -66.57")
    hears(second)
    run(check)
    heard(second)
    _, check = exercise(second)
    assert "1 of " in run(check, "progress.summary()")
    live(second, site + EXERCISES)
    _, check = exercise(second)
    assert "1 of " in run(check, "progress.summary()")


@pytest.mark.parametrize("name", ["membrane-at-rest"])
def test_lab_goes_exact(name, site, strict):
    """Between its stops a slider shows what the function itself says, no more and no less."""
    page = strict.new_page()
    live(page, site + CHAPTER)
    figure = page.locator(f"#lab-{name}[data-ready]")
    slider = next(s for s in LABS[name]["sliders"] if isinstance(s, Slider) and not s.between)
    control = figure.locator(f"[data-name={slider.name}]")
    assert control.get_attribute("step") == "1"
    figure.get_by_role("button", name="Any setting").click()
    expect(control).to_have_attribute("step", re.compile(r"0\.\d+"), timeout=LONG)
    control.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    place = float(control.input_value())
    low = int(place)
    assert 0 < place - low < 1
    value = slider.stops[low] + (place - low) * (slider.stops[low + 1] - slider.stops[low])
    settings = {s.name: s.value for s in LABS[name]["sliders"]} | {slider.name: value}
    sentence = say(LABS[name]["summary"], evaluate(LABS[name]["function"], settings))
    nearest = say(
        LABS[name]["summary"],
        evaluate(LABS[name]["function"], settings | {slider.name: slider.value}),
    )
    assert sentence != nearest
    expect(figure.locator(".nc-says")).to_have_text(sentence.replace("_", ""))


def test_table_answers_while_python_is_busy(site, strict):
    page = strict.new_page()
    cell = visible(live(page, site + CHAPTER))
    run(cell, "1")
    figure = page.locator("#lab-membrane-at-rest[data-ready]")
    write(cell, "while True: pass")
    cell.locator(".live-run").click()
    expect(cell.locator(".live-note")).to_have_text("runs")
    before = figure.locator(".nc-says").inner_text()
    control = figure.locator("[data-name=k_out]")
    control.focus()
    page.keyboard.press("End")
    expect(figure.locator(".nc-says")).not_to_have_text(before)
    cell.get_by_role("button", name="Stop").click()
    expect(control).to_have_attribute("step", "1")


# Their functions take a second and more in the page: they are moved once.
SLOW = {"building-the-potential", "find-the-threshold", "where-is-the-spike-born", "two-pulses"}


def some_moves(name):
    """Every slider once between its stops and every switch, or the last of them alone."""
    found = [
        (slider, place) for slider, place in moves(name) if place % 1 or isinstance(slider, Switch)
    ]
    return found[-1:] if name in SLOW else found


def patiently(figure, sentence, settings):
    comes_to_say(figure, sentence, settings, LONG)


def test_every_lab_in_a_live_cell(site, strict):
    """Drawn at once from Python's own frame, and moved by Python alone."""
    page = strict.new_page()
    cell = visible(live(page, site + CHAPTER))
    for name in LABS:
        run(cell, f"from neurocore.labs import lab\nlab({name!r})")
        figure = cell.locator(".nc-lab[data-ready]")
        figure.wait_for(timeout=LONG)
        drive(figure, name, patiently, some_moves)


@pytest.mark.parametrize("name", ["the-axon", "cable"])
def test_labs_of_two_dimensions_go_exact(name, site, strict):
    """With Python loaded by a live cell, the table answers at once and Python exactly."""
    page = strict.new_page()
    run(visible(live(page, site + PROPAGATION)), "1")
    drive(page.locator(f"#lab-{name}[data-ready]"), name, patiently)


def test_everything_works_without_a_network(own_site, browser):
    context = browser.new_context()
    page = context.new_page()
    cell = visible(live(page, own_site.address + CHAPTER))
    guarded(page)
    run(cell)
    script = (own_site.folder / "service-worker.js").read_text()
    files = json.loads(re.match("const SITE=(.*);", script)[1])["files"]
    assert EXERCISES[1:] in files
    eventually(
        page,
        """async (files) => {
            const name = (await caches.keys()).find((name) => name.includes("pages"));
            const kept = (await (await caches.open(name)).keys()).map((request) => request.url);
            return files.every((file) => kept.some((url) => url.endsWith(file)));
        }""",
        files,
    )
    gone(own_site)
    found = Faults(own_site.address)
    context.on("weberror", lambda fault: found.append(str(fault.error)))
    page = context.new_page()
    live(page, own_site.address + EXERCISES)  # never visited
    answer, check = exercise(page)
    write(answer, "v_m = -66.57")
    assert "Correct." in run(check)
    assert "could not be loaded: the site does not answer" in run(check, "import scipy")
    assert not found
    context.close()


def test_whole_book_is_kept_on_request(own_site, browser):
    context = browser.new_context()
    page = context.new_page()
    live(page, own_site.address + CHAPTER)
    page.get_by_role("button", name="Keep the book").click()
    button = page.locator(".keep-book")
    expect(button).to_have_text("The book is kept for use offline", timeout=LONG)
    gone(own_site)
    cell = visible(live(page, own_site.address + CHAPTER))
    assert run(cell, "import scipy.special\nfloat(scipy.special.erf(0))").strip() == "0.0"
    context.close()


def test_new_version_replaces_the_cache(own_site, browser):
    context = browser.new_context()
    page = context.new_page()
    cell = visible(live(page, own_site.address + CHAPTER))
    guarded(page)
    run(cell)
    eventually(page, "async (count) => (await caches.keys()).length === count", 2)
    before = page.evaluate("async () => (await caches.keys()).sort()")
    script = own_site.folder / "service-worker.js"
    text = script.read_text()
    version = re.search(r'"version": "(\w+)"', text)[1]
    script.write_text(text.replace(version, "next"))
    page.reload()
    test = "async (after) => String((await caches.keys()).sort()) === String(after)"
    packages = [name for name in before if "Python" in name]  # the same, so not loaded again
    eventually(page, test, packages)
    page.reload()
    eventually(page, test, [*packages, "neurocore pages next"])
    context.close()


class Open(SimpleHTTPRequestHandler):
    """Another host, which answers anyone."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"hi")

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    http = ThreadingHTTPServer(("127.0.0.1", 0), Open)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}/"
    http.shutdown()
    http.server_close()


ASK = "url => fetch(url).then((answer) => answer.text(), () => 'refused')"


def test_policy_holds(own_site, elsewhere, browser):
    """Neither the page nor the reader's Python reaches another host, and no script slips in."""
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    cell = visible(live(page, own_site.address + CHAPTER))
    assert page.evaluate(ASK, elsewhere) == "refused"
    code = f"import js\nawait (await js.fetch({elsewhere!r})).text()"
    assert "Failed to fetch" in run(cell, code)
    inject = "const s = document.createElement('script'); s.textContent = 'window.slipped = 1';"
    page.evaluate(f"() => {{ {inject} document.body.append(s); }}")
    assert page.evaluate("() => window.slipped") is None
    # The control: without its policy the same page does all three.
    chapter = own_site.folder / CHAPTER[1:]
    text = chapter.read_text()
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert bare != text
    chapter.write_text(bare)
    cell = visible(live(page, own_site.address + CHAPTER))
    assert page.evaluate(ASK, elsewhere) == "hi"
    assert run(cell, code).strip() == "'hi'"
    page.evaluate(f"() => {{ {inject} document.body.append(s); }}")
    assert page.evaluate("() => window.slipped") == 1
    context.close()


@pytest.mark.smoke
def test_every_page_has_the_policy(site_folder):
    pages = [p for p in site_folder.rglob("*.html") if not {"_static", "lite"} & set(p.parts)]
    assert len(pages) > 4
    for path in pages:
        text = path.read_text(encoding="utf-8")
        (found,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert found.startswith("default-src 'none'; script-src 'self' ")
        scripts = found.split("; ")[1]
        assert "'unsafe-inline'" not in scripts
        assert "'unsafe-eval'" not in scripts
        assert not re.search(r"https?:", found)


# The notebooks in the browser


@pytest.fixture
def lite(site, browser, faults):
    """A page of JupyterLite, which may warn, but may not fail or reach another host."""
    context = browser.new_context(viewport={"width": 1280, "height": 2000})
    context.on("request", faults._request)
    context.on("response", faults._response)
    context.on("weberror", lambda fault: faults.append(f"page error: {fault.error}"))

    def visit(page, path):
        page.goto(site + path)
        page.get_by_role("link", name="Open as a notebook").click()
        page.locator(".jp-CodeCell").first.wait_for(timeout=LONG)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=LONG)

    page = context.new_page()
    page.visit = lambda path: visit(page, path)
    yield page
    context.close()


def code_cell(page, text):
    """The cell of a notebook that begins with a text."""
    return page.locator(".jp-CodeCell", has=page.locator(".cm-content", has_text=text)).first


def run_in_notebook(cell, code=None):
    page = cell.page
    # A handle, since the locator may go by the text that is about to change.
    prompt = cell.locator(".jp-InputPrompt").element_handle()
    before = prompt.inner_text()
    cell.locator(".cm-content").click()
    if code is not None:
        page.keyboard.press("Control+a")
        page.keyboard.type(code)
    # Until the notebook's session stands, the key is heard by nobody: press it again.
    for _ in range(LONG // 5000):
        page.keyboard.press("Control+Enter")
        for _ in range(50):
            if prompt.inner_text() != before:
                return
            page.wait_for_timeout(100)
    raise AssertionError(f"the notebook did not take the cell that shows {before}")


def test_exercise_in_jupyterlite(lite):
    """Opened from its page, worked wrong, then right; nothing is installed."""
    lite.visit(EXERCISES)
    run_in_notebook(code_cell(lite, "import"))
    answer, check = code_cell(lite, "v_m = ..."), code_cell(lite, 'check("ghk-rest")')
    run_in_notebook(answer, "v_m = 66.57")
    run_in_notebook(check)
    expect(check.locator(".nc-verdict")).to_contain_text("Not yet.", timeout=2 * LONG)
    run_in_notebook(code_cell(lite, "v_m = 66.57"), "v_m = -66.57")
    run_in_notebook(check)
    expect(check.locator(".nc-verdict")).to_contain_text("Correct.", timeout=LONG)
    # A package that is not loaded, and that nobody can foresee from the cell's text.
    run_in_notebook(code_cell(lite, "v_m = -66.57"), "__import__('sci' + 'py').special.erf(0)")
    output = code_cell(lite, "special.erf").locator(".jp-OutputArea-output")
    expect(output).to_contain_text("0.0", timeout=2 * LONG)


def test_lab_in_jupyterlite(lite):
    """Drawn before anything is moved; then by the kernel."""
    lite.visit(EXERCISES)
    code = "from neurocore.labs import lab; lab('the-axon')"
    run_in_notebook(code_cell(lite, "import"), code)
    figure = lite.locator(".nc-lab[data-ready]")
    figure.wait_for(timeout=2 * LONG)
    (myelin, _) = next(moves("the-axon"))
    drive(figure, "the-axon", patiently, lambda _: [(myelin, 1), (myelin, 0)])


def test_every_notebook_is_in_jupyterlite(site_folder):
    sources = [
        p.relative_to(site_folder / "_sources")
        for p in site_folder.rglob("*.ipynb")
        if "_sources" in p.parts
    ]
    assert len(sources) > 1
    for name in sources:
        assert (site_folder / "lite" / "files" / name).exists(), name


# Without Python


def test_book_without_python_is_whole(site_folder, tmp_path, browser):
    """No source: a notice, no warning, and pages that promise nothing they cannot do."""
    for name in ("_config.yml", "book/references.bib", "book/_ext", "book/_web"):
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: start\n")
    notebook = json.loads((ROOT / EXERCISES[1:]).with_suffix(".ipynb").read_text())
    code = ["from neurocore.labs import lab", "lab('membrane-at-rest')", "1 + 1"]
    template = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    notebook["cells"] = [notebook["cells"][0] | {"source": "# Title"}] + [
        template | {"source": source, "metadata": {"tags": ["live"]}, "id": f"cell-{i}"}
        for i, source in enumerate(code)
    ]
    (tmp_path / "start.ipynb").write_text(json.dumps(notebook))
    web = tmp_path / "_build" / "web"
    web.mkdir(parents=True)
    (web / "node_modules").symlink_to(ROOT / "_build" / "web" / "node_modules")
    program = Path(sys.executable).with_name("jupyter-book")
    run = subprocess.run(
        [program, "build", ".", "-W", "-n", "--keep-going"],
        cwd=tmp_path,
        env=os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""},
        capture_output=True,
        text=True,
    )
    said = run.stdout + run.stderr
    assert run.returncode == 0, said[-3000:]
    assert "Cells will not run in the page" in said
    http = serve.server(tmp_path / "_build" / "html")
    threading.Thread(target=http.serve_forever, daemon=True).start()
    found = Faults(f"http://127.0.0.1:{http.server_port}")
    context = browser.new_context()
    found.watch(context)
    page = context.new_page()
    page.goto(f"{found.home}/start.html", wait_until="networkidle")
    page.locator("#lab-membrane-at-rest[data-ready]").wait_for()
    text = page.locator("body").inner_text()
    for promise in ("Run", "Python)", "offline", "Open as a notebook"):
        assert promise not in text
    assert page.locator("div.cell.tag_live pre").last.inner_text().strip() == "2"
    context.close()
    http.shutdown()
    http.server_close()
    assert not found
