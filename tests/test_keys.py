"""Keys: what is typed into a cell stands there, and every key does what it is meant for."""

import string

import pytest
from conftest import Faults
from playwright.sync_api import expect
from test_live import CHAPTER, EXERCISES, LONG, done, live, run, visible
from test_live import with_python as with_python  # these tests, too, are about a site that runs it
from typist import text, write

# The letters first: behind a quote or a # nothing is completed.
ASCII = string.ascii_letters + string.digits + " " + string.punctuation
LISTED = ["x = np\ny = 2", "import ma\n", "a = tr\n", "return x\n", "plateau\nnp.pi\n"]
AS_TYPED = [*LISTED, "a/b", "print(f(x)[0], {'a': \"b\"})"]  # no bracket or quote closes itself


@pytest.fixture(scope="module")
def editor(request, site, browser):
    """An editor whose Python knows numpy and `plateau`, so that it has names to offer."""
    faults = Faults(site)
    context = browser.new_context()
    faults.watch(context)
    page = context.new_page()
    cells = live(page, site + request.param)
    cell = visible(page.locator("div.cell.tag_answer") if request.param == EXERCISES else cells)
    run(cell, "import numpy as np\nplateau = 1")
    yield cell
    context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def cell(editor):
    """That editor, and nothing in it."""
    write(editor, "")
    return editor


in_chapter = pytest.mark.parametrize("editor", [CHAPTER], indirect=True)
everywhere = pytest.mark.parametrize("editor", [CHAPTER, EXERCISES], indirect=True)


def names_offered(cell):
    """Where the names stand in the list of completions, once it is not about to change."""
    return cell.locator(".cm-tooltip-autocomplete:not(.cm-tooltip-autocomplete-disabled) li")


def offered(cell):
    """The names in the list of completions, which must come."""
    names_offered(cell).first.wait_for()
    return names_offered(cell).all_inner_texts()


def caret(cell):
    """Whether the focus is in a cell's editor."""
    return cell.locator(".cm-content").evaluate("node => node === document.activeElement")


@everywhere
def test_what_is_typed_stands_there(cell):
    page, keyboard = cell.page, cell.page.keyboard
    for delay in (0, 120) if CHAPTER in page.url else (30,):  # ms from key to key
        slow = delay == 120  # then only what has a list of names to come in between
        if not slow:
            write(cell, ASCII, delay)
        for code in LISTED if slow else AS_TYPED:
            write(cell, "")
            keyboard.type(code, delay=delay)  # a real Enter, whatever list is open
            assert text(cell) == code
        write(cell, "")
        keyboard.type("def f(x):\nreturn x\n", delay=delay)
        assert text(cell) == "def f(x):\n    return x\n    "


@pytest.mark.smoke
@in_chapter
def test_enter_is_a_newline_and_tab_accepts(cell):
    keyboard = cell.page.keyboard
    for begun in ("x = pla", "import ma", "a = tr", "np.s"):
        keyboard.type(begun)
        assert offered(cell)
        keyboard.press("Enter")
        expect(cell.locator(".cm-tooltip-autocomplete")).to_have_count(0)
    keyboard.type("y")
    assert text(cell) == "x = pla\nimport ma\na = tr\nnp.s\ny"
    for begun, whole in (("pla", "plateau"), ("np.sq", "np.sqrt"), ("tr", "try"), ("whi", "while")):
        write(cell, "")
        keyboard.type(begun)
        assert offered(cell)[0] == whole.split(".")[-1]
        keyboard.press("Tab")
        assert text(cell) == whole  # the name, and no more
        assert caret(cell)


@in_chapter
def test_list_is_filtered_before_it_is_capped(cell):
    cell.page.keyboard.type("x = np.")
    offered(cell)
    cell.page.keyboard.type("s")
    names = offered(cell)
    assert {"sin", "sinh", "sqrt", "std", "sum"} <= set(names)
    assert all(name.lower().startswith("s") for name in names)  # what begins so, nothing else
    cell.page.keyboard.type("i")  # of one letter the first alone is looked at in any case
    expect(names_offered(cell).filter(has_text="sqrt")).to_have_count(0)
    assert "sin" in offered(cell)
    assert all(name.lower().startswith("si") for name in offered(cell))  # not arcsin, not isin


@in_chapter
def test_nothing_is_offered_in_text(cell):
    write(cell, "# pla")
    cell.page.keyboard.press("Control+ ")
    cell.page.keyboard.press("Enter")
    cell.page.keyboard.type("'pla")
    cell.page.wait_for_timeout(500)  # a list would have come
    expect(cell.locator(".cm-tooltip-autocomplete")).to_have_count(0)


@in_chapter
def test_answer_that_comes_late_changes_nothing(cell):
    """Half a second, in which the student has typed on."""
    slow = "import time\nclass Slow:\n    def __dir__(self):\n        time.sleep(0.5)\n"
    run(cell, slow + "        return ['first', 'second']\nslow = Slow()")
    keyboard = cell.page.keyboard
    write(cell, "")
    keyboard.type("slow.f")
    cell.page.wait_for_timeout(150)  # it is asked for
    keyboard.press("Enter")
    keyboard.type("y = 2")
    keyboard.press("Enter")
    keyboard.type("slow.")
    assert set(offered(cell)) == {"first", "second"}
    keyboard.press("Tab")
    assert text(cell) == "slow.f\ny = 2\nslow.first"
    keyboard.type("\nslow.")
    cell.page.wait_for_timeout(150)
    keyboard.type("se")
    assert offered(cell) == ["second"]


@everywhere
def test_editing_keys(cell):
    page, keyboard = cell.page, cell.page.keyboard
    write(cell, "bd = 1\nn = 2")
    for key in ("ArrowUp", "Home", "ArrowRight"):
        keyboard.press(key)
    keyboard.type("c")
    for key in ("Home", "Delete", "ArrowDown", "End", "Backspace"):
        keyboard.press(key)
    keyboard.type("3")
    assert text(cell) == "cd = 1\nn = 3"
    keyboard.press("Control+a")
    keyboard.press("Control+x")
    assert text(cell) == ""
    keyboard.press("Control+v")
    keyboard.press("Control+v")
    assert text(cell) == "cd = 1\nn = 3cd = 1\nn = 3"
    keyboard.press("Control+z")
    assert text(cell) == "cd = 1\nn = 3"
    keyboard.press("Control+y")
    assert text(cell) == "cd = 1\nn = 3cd = 1\nn = 3"
    keyboard.press("Control+/")
    assert text(cell) == "cd = 1\nn = 3cd = 1\n# n = 3"
    keyboard.press("Control+s")
    expect(cell.locator(".live-note")).to_contain_text("kept in this browser")
    for key in ("Shift+Enter", "Control+Enter"):
        write(cell, f"'by ' + {key!r}")
        keyboard.press(key)
        expect(cell.locator(".cell_output")).to_contain_text(f"by {key}", timeout=LONG)
        done(cell)
        assert text(cell) == f"'by ' + {key!r}"
    write(cell, "")
    input_method = page.context.new_cdp_session(page)
    for part in ("k", "ka", "kan"):
        input_method.send(
            "Input.imeSetComposition",
            {"text": part, "selectionStart": len(part), "selectionEnd": len(part)},
        )
    input_method.send("Input.insertText", {"text": "感"})
    keyboard.type(" = 1")
    keyboard.press("Enter")
    keyboard.insert_text("plateau = “2”")  # a phone's keyboard gives whole words
    assert text(cell) == "感 = 1\nplateau = “2”"


def test_keyboard_of_a_phone_changes_nothing(site, browser, faults):
    phone = (
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36"
    )
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, user_agent=phone
    )
    faults.watch(context)
    page = context.new_page()
    cell = visible(live(page, site + CHAPTER))
    content = cell.locator(".cm-content")
    for name in ("autocorrect", "autocapitalize"):
        assert content.get_attribute(name) == "off"
    assert content.get_attribute("spellcheck") == "false"
    write(cell, "x = np\ny = [1, 2]")
    context.close()


WALK = """() => {
    const walk = window.walk = { names: [], around: false }, seen = new Set();
    addEventListener("focusin", ({ target }) => {
        walk.around ||= seen.has(target);
        seen.add(target);
        if (!walk.around) walk.names.push(target.className);
    });
}"""


def test_tab_walks_through_a_page(site, strict):
    """Forth and back, past every editor, which stays as it was."""
    page = strict.new_page()
    live(page, site + CHAPTER)
    editors = page.locator("div.cell:has(.live-run)")
    before = [text(cell) for cell in editors.all()]
    for key in ("Tab", "Shift+Tab"):
        page.evaluate(WALK)
        while not page.evaluate("walk.around"):
            for _ in range(20):
                page.keyboard.press(key)
        passed = page.evaluate("walk.names")
        open_ones = page.locator(".cm-content").evaluate_all(
            "nodes => nodes.filter((node) => node.checkVisibility()).length"
        )
        assert sum("cm-content" in name for name in passed) == open_ones > 2
        assert [text(cell) for cell in editors.all()] == before


@everywhere
def test_tab_indents_where_the_student_has_just_typed(cell):
    page, hint = cell.page, cell.locator(".live-keys")
    write(cell, "x = 1")
    page.locator(".bd-article h1").click()
    expect(hint).not_to_be_visible()
    cell.locator(".cm-content").click()
    expect(hint).to_have_text("Tab moves on.")
    expect(hint).to_be_visible()
    page.keyboard.press("Tab")
    assert not caret(cell)
    page.keyboard.press("Shift+Tab")
    assert caret(cell)
    page.keyboard.press("Shift+Tab")
    assert not caret(cell)
    page.keyboard.press("Tab")
    assert caret(cell)
    assert text(cell) == "x = 1"
    page.keyboard.press("End")
    page.keyboard.type("0")
    expect(hint).to_have_text("Tab indents. Esc, then Tab, moves on.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert text(cell) == " " * 8 + "x = 10"
    page.keyboard.press("Shift+Tab")
    assert text(cell) == " " * 4 + "x = 10"
    for key in ("Tab", "Shift+Tab"):
        page.keyboard.press("Escape")
        expect(hint).to_have_text("Tab moves on.")
        assert caret(cell)
        page.keyboard.press(key)
        assert not caret(cell)
        cell.locator(".cm-content").focus()
        page.keyboard.press("End")
        page.keyboard.type("0")
    assert text(cell) == " " * 4 + "x = 1000"


@in_chapter
def test_escape_closes_the_list_first(cell):
    cell.page.keyboard.type("pla")
    offered(cell)
    cell.page.keyboard.press("Escape")
    expect(cell.locator(".cm-tooltip-autocomplete")).to_have_count(0)
    cell.page.keyboard.press("Tab")
    assert text(cell) == "    pla"


SEARCH = "#search-input"


@everywhere
def test_page_keeps_its_hands_off(cell):
    """No key opens the search, or leaves the page, where it has another use."""
    page = cell.page
    address = page.url
    kinds = (".nc-root input[type=range]", ".nc-root input[type=checkbox]", ".nc-root button")
    others = [page.locator(f"{kind} >> visible=true").first for kind in kinds]
    for place in [cell.locator(".cm-content"), *(others if CHAPTER in address else [])]:
        place.focus()
        for key in ("Control+k", "Meta+k", *"/?snphjkg", "ArrowRight", "ArrowLeft", "Escape"):
            page.keyboard.press(key)
            assert place.evaluate("node => node === document.activeElement"), key
            assert not page.locator(SEARCH).is_visible(), key
    assert page.url == address
    assert text(cell) == "/?snphjkg"


def test_page_of_progress_keeps_its_hands_off(site, strict):
    page = strict.new_page()
    page.goto(site + "/book/progress.html")
    page.locator(".p-keep input").focus()
    for key in ("Control+k", "/"):
        page.keyboard.press(key)
        expect(page.locator(".p-keep input")).to_be_focused()


def test_search_opens_by_keyboard(site, strict):
    page = strict.new_page()
    live(page, site + CHAPTER)
    for place in ("a.reference.internal", ".bd-article a.headerlink", ".live-run >> visible=true"):
        page.locator(place).first.focus()
        page.keyboard.press("Control+k")
        expect(page.locator(SEARCH)).to_be_focused()
        page.keyboard.type("a/b k")
        page.keyboard.press("Control+k")
        expect(page.locator(SEARCH)).not_to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator(SEARCH)).not_to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("a/b k")
    expect(page.locator(SEARCH)).to_have_value("a/b k")
