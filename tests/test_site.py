"""The built book in a real browser: whole, silent, alone, and alive."""

import base64
import functools
import importlib
import itertools
import math
import re
import urllib.parse
from types import SimpleNamespace

import living_book
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from comm.base_comm import BaseComm
from conftest import Faults
from drawings import (
    FUNCTIONS,
    LOOK,
    MOVE,
    alike,
    comes_to_say,
    computed_sentence,
    drive,
    frame_at,
    look,
    setting,
)
from jupyter_client.session import json_packer
from playwright.sync_api import expect

from neurocore.labs import LABS, Axon, Bars, Channels, Line, Plane, Slider, Traces
from neurocore.labs.description import number, say
from neurocore.labs.table import answer
from neurocore.labs.widget import STATIC, Lab

CHAPTER = "/book/principles/resting-potential.html"


@functools.cache
def soup(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def pages(folder):
    """The book's own pages; JupyterLite is tried in test_live.py."""
    aside = {"_static", "lite"}
    return sorted(p for p in folder.rglob("*.html") if not aside & set(p.relative_to(folder).parts))


# So that several workers may share what goes through every page.
quarters = pytest.mark.parametrize("quarter", range(4))


def lab_pages(folder):
    """The page of every lab."""
    found = {}
    for path in pages(folder):
        for figure in soup(path).select("figure.nc-lab"):
            found[figure["id"].removeprefix("lab-")] = "/" + path.relative_to(folder).as_posix()
    return found


@quarters
def test_every_page_is_silent_and_asks_no_other_host(quarter, site, site_folder, strict):
    page = strict.new_page()
    for path in pages(site_folder)[quarter::4]:
        page.goto(f"{site}/{path.relative_to(site_folder).as_posix()}", wait_until="networkidle")
        assert page.title()


def test_strict_context_notices_each_kind_of_fault(site, browser):
    """The negative control: a page with every fault yields every complaint."""
    context = browser.new_context(bypass_csp=True)  # the page's policy would stop one of them
    found = Faults(site)
    found.watch(context)
    page = context.new_page()
    page.goto(site + "/_static/favicon.svg")  # a document that no policy guards
    page.evaluate(
        """async () => {
            console.error("loud");
            setTimeout(() => { throw new Error("thrown") });
            await fetch("/no-such-file").catch(() => 0);
            await fetch("http://example.org/").catch(() => 0);
        }"""
    )
    missing = {"console error: loud", "page error: thrown", "404: ", "off-site: http://ex"}
    for _ in range(300):  # they come one by one
        missing = {words for words in missing if not any(words in line for line in found)}
        if not missing:
            break
        page.wait_for_timeout(50)
    assert not missing
    context.close()


@quarters
def test_axe_finds_no_barrier(quarter, site, site_folder, browser):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    found = []
    for path in pages(site_folder)[quarter::4]:
        if path.name == "index.html":  # leads on at once
            continue
        page.goto(f"{site}/{path.relative_to(site_folder).as_posix()}")
        if page.locator(".nc-lab").count():
            page.locator(".nc-lab[data-ready]").first.wait_for()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.locator(f"html[data-theme={scheme}]").wait_for()
            for fault in Axe().run(page).response["violations"]:
                node = fault["nodes"][0]
                count = f"{fault['id']} × {len(fault['nodes'])}"
                found.append(f"{path.name}, {scheme}: {count}: {node['html']}")
    assert not found, "\n".join(found)
    context.close()


@pytest.mark.smoke
def test_every_link_inside_the_site_resolves(site_folder):
    broken, seen = [], 0
    for path in pages(site_folder):
        for tag in soup(path).select("a[href], link[href], script[src], img[src]"):
            address = tag.get("href") or tag.get("src")
            parts = urllib.parse.urlsplit(address)
            if parts.scheme or parts.netloc or address in ("", "#"):
                continue
            seen += 1
            target = (path.parent / urllib.parse.unquote(parts.path)).resolve()
            target = (
                path if not parts.path else target / "index.html" if target.is_dir() else target
            )
            anchor = urllib.parse.unquote(parts.fragment)
            if not target.exists() or (
                anchor and target.suffix == ".html" and not soup(target).find(id=anchor)
            ):
                broken.append(f"{path.relative_to(site_folder)}: {address}")
    assert seen > 50
    assert not broken, "\n".join(broken)


@pytest.mark.smoke
def test_equations_are_set_and_pictures_described(site_folder):
    equations = 0
    for path in pages(site_folder):
        equations += len(soup(path).select(".katex"))
        assert not soup(path).select(".katex-error"), path
        for image in soup(path).select("article img"):
            assert len(image.get("alt", "")) >= 40, f"{path}: {image}"
    assert equations > 10


def test_notebook_is_offered_elsewhere_once_the_repository_is_named():
    theme = {"repository_url": "https://github.com/ada/book/", "repository_branch": "spring"}
    app = SimpleNamespace(
        config=SimpleNamespace(html_theme_options=theme, living_book_python=""),
        env=SimpleNamespace(found_docs=["a/b"], doc2path=lambda name: f"{name}.ipynb"),
    )
    context = {"pathto": lambda *_: "../", "body": "<h1>B</h1>"}
    living_book.offer_notebook(app, "a/b", "", context, object())
    links = [a["href"] for a in BeautifulSoup(context["body"], "html.parser").select("a")]
    assert links == [
        "../_sources/a/b.ipynb",
        "https://colab.research.google.com/github/ada/book/blob/spring/a/b.ipynb",
        "https://mybinder.org/v2/gh/ada/book/spring?labpath=a/b.ipynb",
    ]
    assert "%pip install git+https://github.com/ada/book@spring" in context["body"]
    theme.clear()
    context["body"] = "<h1>B</h1>"
    living_book.offer_notebook(app, "a/b", "", context, object())
    assert "github" not in context["body"]


def test_page_reads_without_javascript(site, site_folder, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for name, address in lab_pages(site_folder).items():
        page.goto(site + address)
        figure = page.locator(f"#lab-{name}")
        settings = {slider.name: slider.value for slider in LABS[name]["sliders"]}
        sentence = computed_sentence(name, settings)
        assert figure.locator(".nc-says").inner_text() == sentence.replace("_", "")
        assert figure.locator(".nc-plot svg polyline").first.is_visible()
        assert figure.locator("input").first.is_disabled()
        assert page.locator(".katex-html").first.is_visible()
    context.close()


def ready(page, address, name):
    page.goto(address)
    page.locator(f"#lab-{name}[data-ready]").wait_for()
    return page.locator(f"#lab-{name}")


@pytest.mark.parametrize("name", LABS)
def test_lab_says_what_python_computes(name, site, site_folder, strict):
    """Every slider, moved by keyboard to its ends, gives the function's own answer."""
    description = LABS[name]
    page = strict.new_page()
    figure = ready(page, site + lab_pages(site_folder)[name], name)
    settings = {slider.name: slider.value for slider in description["sliders"]}
    for slider in description["sliders"]:
        control = figure.locator(f"[data-name={slider.name}]")
        control.focus()
        for key, end in (("Home", 0), ("End", -1)):
            if isinstance(slider, Slider):
                page.keyboard.press(key)
            elif control.is_checked() == (end == 0):
                page.keyboard.press("Space")
            settings[slider.name] = slider.stops[end]
            sentence = computed_sentence(name, settings)
            said = figure.locator(".nc-says").text_content()
            assert alike(said, sentence.replace("_", "")), (settings, said, sentence)
    figure.locator("[data-do=reset]").click()
    first = {slider.name: slider.value for slider in description["sliders"]}
    sentence = computed_sentence(name, first)
    spoken = figure.locator(".nc-spoken")
    page.wait_for_function(  # until the reader's hand rests
        """id => {
            const [shown, spoken] = ["says", "spoken"].map((name) =>
                document.querySelector(`#lab-${id} .nc-${name}`).textContent.replaceAll(" ", ""));
            return shown === spoken;
        }""",
        arg=name,
    )
    assert alike(spoken.text_content(), sentence.replace("_", " "))


PLACE = "node => node.type === 'checkbox' ? Number(node.checked) : Number(node.value)"


@pytest.mark.parametrize("name", LABS)
@pytest.mark.parametrize("by", ["mouse", "touch"])
def test_lab_follows_the_hand(name, by, site, site_folder, browser, faults):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    context = browser.new_context(**(phone if by == "touch" else {}))
    faults.watch(context)
    page = context.new_page()
    figure = ready(page, site + lab_pages(site_folder)[name], name)
    settings = {}
    for slider in LABS[name]["sliders"]:
        control = figure.locator(f"[data-name={slider.name}]")
        control.scroll_into_view_if_needed()
        before = control.evaluate(PLACE)
        box = control.bounding_box()
        share = 0.95 if before < len(slider.stops) / 2 else 0.05
        x = box["x"] + box["width"] * (share if isinstance(slider, Slider) else 0.5)
        y = box["y"] + box["height"] / 2
        page.touchscreen.tap(x, y) if by == "touch" else page.mouse.click(x, y)
        handle = control.element_handle()  # a tap becomes a click some time later
        moved = f"([node, before]) => ({PLACE})(node) !== before"
        page.wait_for_function(moved, arg=[handle, before])
        settings[slider.name] = setting(slider, control.evaluate(PLACE))
    comes_to_say(figure, computed_sentence(name, settings), settings)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def finger(session, kind, *places):
    """Put a finger down, move it or lift it, as a phone does."""
    points = [{"x": x, "y": y} for x, y in places]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


# A lab whose sliders go by stops, and one that may stand between two.
@pytest.mark.parametrize(
    ("name", "slider"), [("cable", "diameter"), ("membrane-at-rest", "celsius")]
)
@pytest.mark.parametrize("by", ["mouse", "touch"])
def test_slider_is_dragged_through_its_places(name, slider, by, site, site_folder, browser, faults):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    context = browser.new_context(**(phone if by == "touch" else {}))
    faults.watch(context)
    page = context.new_page()
    figure = ready(page, site + lab_pages(site_folder)[name], name)
    session = context.new_cdp_session(page)
    (moved,) = [s for s in LABS[name]["sliders"] if s.name == slider]
    control = figure.locator(f"[data-name={slider}]")
    control.scroll_into_view_if_needed()
    box = control.bounding_box()
    settings = {s.name: s.value for s in LABS[name]["sliders"]}
    seen, pictures = [], []
    for step, share in enumerate((0.06, 0.32, 0.61, 0.94)):
        at = box["x"] + share * box["width"], box["y"] + box["height"] / 2
        if by == "touch":
            finger(session, "touchMove" if step else "touchStart", at)
        else:
            page.mouse.move(*at)
            if not step:
                page.mouse.down()
        page.wait_for_function(
            "([id, name, before]) => document.querySelector("
            "`#lab-${id} [data-name=${name}]`).value !== before",
            arg=[name, slider, str(seen[-1]) if seen else ""],
        )
        seen.append(control.input_value())
        settings[slider] = setting(moved, float(seen[-1]))
        comes_to_say(figure, computed_sentence(name, settings), settings)
        pictures.append(look(figure, name, settings))
    finger(session, "touchEnd") if by == "touch" else page.mouse.up()
    assert sorted(map(float, seen)) == list(map(float, seen))
    assert any(float(place) % 1 for place in seen) == moved.between
    for before, after in itertools.pairwise(pictures):
        assert before != after
    context.close()


def test_kept_curves_stay_until_reset(site, site_folder, strict):
    name = next(n for n, lab in LABS.items() if any(getattr(p, "keep", 0) for p in lab["panels"]))
    panel = [bool(getattr(p, "keep", False)) for p in LABS[name]["panels"]].index(True)
    slider = LABS[name]["sliders"][0]
    page = strict.new_page()
    figure = ready(page, site + lab_pages(site_folder)[name], name)
    settings = {s.name: s.value for s in LABS[name]["sliders"]}

    def shown(place):
        figure.locator(f"[data-name={slider.name}]").evaluate(MOVE, place)
        settings[slider.name] = slider.stops[place]
        comes_to_say(figure, computed_sentence(name, settings), settings)
        return figure.evaluate(LOOK)[panel]

    last = len(slider.stops) - 1
    without = shown(last)
    shown(0)
    figure.locator("[data-keep]").first.click()
    kept = shown(last)
    assert kept != without  # the curve that was kept, beside the new one
    assert shown(last - 1) != kept
    assert shown(last) == kept
    figure.locator("[data-do=reset]").click()
    assert shown(last) == without


TIMED = [name for name, lab in LABS.items() if lab.get("time")]


def follows(panel, lab, frame):
    """Whether a panel shows where the time cursor is."""
    if isinstance(panel, Plane):
        return any(frame[curve.x].shape == frame[lab["time"]].shape for curve in panel.curves)
    if isinstance(panel, Bars):
        return any(np.ptp(frame[bar.output]) > 0.1 * np.ptp(panel.range) for bar in panel.bars)
    return isinstance(panel, Channels | Axon) or panel.x == lab["time"]


@pytest.mark.parametrize("name", TIMED)
def test_time_cursor_moves_all_that_is_linked(name, site, site_folder, strict):
    """Pressed and dragged on a picture, and by keys: pictures, readings and sentence follow."""
    lab = LABS[name]
    page = strict.new_page()
    page.set_viewport_size({"width": 1280, "height": 1400})
    figure = ready(page, site + lab_pages(site_folder)[name], name)
    settings = {slider.name: slider.value for slider in lab["sliders"]}
    frame = frame_at(name, settings)
    times = frame[lab["time"]]
    clock = figure.locator("[data-cursor]")
    at = next(i for i, p in enumerate(lab["panels"]) if getattr(p, "x", "") == lab["time"])
    panel = lab["panels"][at]
    over = figure.locator(".nc-panel").nth(at).locator(".u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    low, high = panel.x_range if isinstance(panel, Traces) else (times[0], times[-1])

    def expect_cursor(share):
        """The cursor stands at the time that lies nearest under the hand; return its index."""
        index = int(np.abs(times - (low + share * (high - low))).argmin())
        expect(clock).to_have_js_property("value", str(index))
        sentence = say(lab["summary"], frame, index).replace("_", "")
        assert alike(figure.locator(".nc-says").text_content(), sentence)
        assert alike(
            clock.evaluate("node => node.previousElementSibling.textContent"),
            number(float(times[index]), 1),
        )
        if isinstance(panel, Traces):
            digits = 1 if np.ptp(panel.y_range) > 10 else 2
            reads = figure.locator(".nc-panel").nth(at).locator("[data-read]")
            for line, said in zip(panel.lines, reads.all_text_contents(), strict=False):
                assert alike(said, number(float(frame[line.output][index]), digits)), line.output
        return index

    middle = box["y"] + box["height"] / 2
    before = look(figure, name, settings)
    page.mouse.move(box["x"] + 0.2503 * box["width"], middle)
    page.mouse.down()
    expect_cursor(0.2503)
    after = look(figure, name, settings)
    for one, was, now in zip(lab["panels"], before, after, strict=True):
        if follows(one, lab, frame):
            assert was != now, one.title
    page.mouse.move(box["x"] + 0.7503 * box["width"], middle, steps=5)
    index = expect_cursor(0.7503)
    dragged = look(figure, name, settings)
    assert dragged[at] != after[at]
    page.mouse.up()
    page.mouse.move(box["x"] + 0.4 * box["width"], middle)
    expect_cursor(0.7503)  # a hand that only passes moves nothing
    clock.focus()
    page.keyboard.press("ArrowLeft")
    expect(clock).to_have_js_property("value", str(index - 1))
    assert look(figure, name, settings)[at] != dragged[at]
    page.keyboard.press("ArrowRight")
    assert look(figure, name, settings) == dragged


# In the place of the page's worker: the same answers, sooner.
ANSWER = """() => window.labs.answer(async (name, settings) => {
    const frame = await window.python(name, settings);
    if (frame.data) frame.data = Uint8Array.from(atob(frame.data), (c) => c.charCodeAt(0));
    return frame;
})"""


def python(name, settings):
    """Answer a page's lab as the worker does; only bytes travel another way."""
    module, function = name.split(":")
    function = getattr(importlib.import_module(module), function)
    (known,) = [f for f in FUNCTIONS.values() if f.__wrapped__ is function]
    frame = answer(known, settings)
    return frame | {"data": base64.b64encode(frame["data"]).decode()}


@pytest.mark.parametrize("name", LABS)
def test_lab_draws_what_python_answers(name, site, site_folder, strict):
    """At every setting, between the table's stops too, once the page runs Python."""
    page = strict.new_page()
    page.expose_function("python", python)
    figure = ready(page, site + lab_pages(site_folder)[name], name)
    page.evaluate(ANSWER)
    drive(figure, name, comes_to_say)


# A notebook's front end, as far as a lab sees it, over anywidget's own messages.
NOTEBOOK = """<!doctype html><link rel="stylesheet" href="/lab.css"><div id="lab"></div>
<script type="module">
import lab from "/lab.js";
const state = {}, listeners = {};
let changed = {};
const tell = (name) => (listeners[`change:${name}`] ?? []).forEach((call) => call());
const take = ([text, buffers]) => {
    const { state: fresh, buffer_paths } = JSON.parse(text);
    buffer_paths.forEach((path, i) => {
        const bytes = Uint8Array.from(atob(buffers[i]), (c) => c.charCodeAt(0));
        let place = fresh;
        for (const key of path.slice(0, -1)) place = place[key];
        place[path.at(-1)] = new DataView(bytes.buffer);
    });
    Object.assign(state, fresh);
    Object.keys(fresh).forEach(tell);
};
const model = {
    get: (name) => state[name],
    set(name, value) {
        if (JSON.stringify(value) === JSON.stringify(state[name])) return;
        state[name] = changed[name] = value;
        tell(name);
    },
    on: (event, call) => { (listeners[event] ??= []).push(call); },
    off() {},
    async save_changes() {
        const diff = changed;
        changed = {};
        if (Object.keys(diff).length) (await window.kernel(diff)).forEach(take);
    },
};
window.kernel({}).then((messages) => {
    messages.forEach(take);
    lab.render({ model, el: document.querySelector("#lab") });
});
</script>"""


def hand_over(path, route):
    route.fulfill(path=path)


@pytest.fixture
def notebook(site, strict, monkeypatch):
    """Show a widget in a page through the messages that a kernel sends; the page."""
    sent = []

    class Wire(BaseComm):
        def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
            if "state" in (data or {}) and data.get("method") != "echo_update":
                coded = [base64.b64encode(buffer).decode() for buffer in buffers or ()]
                sent.append([json_packer(data).decode(), coded])

    monkeypatch.setattr("comm.create_comm", Wire)

    def show(make):
        widget = make()

        def kernel(changed):
            if changed:
                data = {"method": "update", "state": changed, "buffer_paths": []}
                widget._handle_msg({"content": {"data": data}, "buffers": []})
            messages = list(sent)
            sent.clear()
            return messages

        page = strict.new_page()
        page.expose_function("kernel", kernel)
        for name in ("lab.js", "lab.css"):
            page.route(f"{site}/{name}", functools.partial(hand_over, STATIC / name))
        page.route(
            f"{site}/notebook.html",
            lambda route: route.fulfill(body=NOTEBOOK, content_type="text/html"),
        )
        page.goto(f"{site}/notebook.html")
        page.locator(".nc-lab[data-ready]").wait_for()
        return page

    return show


@pytest.mark.parametrize("name", LABS)
def test_lab_draws_what_a_kernel_answers(name, notebook):
    """At once, and at every setting."""
    page = notebook(lambda: Lab(**LABS[name] | {"function": FUNCTIONS[name]}))
    drive(page.locator(".nc-lab"), name, comes_to_say)


def fragile(a):
    """A lab's function of a test that has no answer everywhere, and one that cannot be drawn."""
    if a > 3:
        return {"x": np.arange(2.0), "z": np.ones(2)}
    return {"x": np.arange(2.0), "y": np.full(2, 1 / (a - 2))}


def test_lab_says_what_a_kernel_cannot_answer(notebook, faults):
    panel = Traces("curve", "x", "x", "y", (Line("y", "y"),), (0, 1), (-2, 2))
    words = {"title": "Fragile", "attempt": "Try.", "notice": "See."}
    slider = Slider("a", "a", "", (1, 2, 3, 4), 1)
    page = notebook(lambda: Lab(fragile, [slider], [panel], summary=("y is {y:.1f}.",), **words))
    says, fault = page.locator(".nc-says"), page.locator(".nc-fault")
    control = page.locator("[data-name=a]")
    expect(says).to_have_text("y is −1.0.")
    control.evaluate(MOVE, 1)
    expect(fault).to_contain_text("ZeroDivisionError: float division by zero")
    expect(fault).to_contain_text("What is drawn is older.")
    expect(says).to_have_text("y is −1.0.")
    control.evaluate(MOVE, 2)
    expect(says).to_have_text("y is 1.0.")
    expect(fault).to_have_text("")
    with page.context.expect_event("weberror"):  # who looks into the console is told too
        control.evaluate(MOVE, 3)
    expect(fault).to_contain_text("Python gives no answer at these settings (")
    (found,) = faults
    assert found.startswith("page error: ")
    faults.clear()


# Answers that come when, and as, a test says.
ASKED = """() => {
    window.asked = [];
    window.labs.answer((name, settings) => new Promise((resolve, reject) => {
        if (name.endsWith(":cable")) window.asked.push({ settings, resolve, reject });
    }));
}"""
REPLY = """async ([packed, error]) => {
    const { resolve, reject } = window.asked.shift();
    if (error) return reject(new Error(error));
    packed.data = Uint8Array.from(atob(packed.data), (c) => c.charCodeAt(0));
    resolve(packed);
}"""


@pytest.mark.smoke
def test_table_stands_where_python_fails_or_is_late(site, site_folder, strict):
    page = strict.new_page()
    figure = ready(page, site + lab_pages(site_folder)["cable"], "cable")
    says, fault = figure.locator(".nc-says"), figure.locator(".nc-fault")
    control = figure.locator("[data-name=diameter]")
    first = {slider.name: slider.value for slider in LABS["cable"]["sliders"]}
    stops = LABS["cable"]["sliders"][0].stops

    def answers(diameter):
        settings = first | {"diameter": diameter}
        return python("neurocore.labs.propagation:cable", settings)

    def text(diameter):
        return computed_sentence("cable", first | {"diameter": diameter}).replace("_", "")

    page.evaluate(ASKED)
    page.wait_for_function("window.asked.length === 1")
    page.evaluate(REPLY, [None, "MemoryError: too much"])
    expect(fault).to_contain_text("(MemoryError: too much). The book's own answer stands.")
    assert alike(says.text_content(), text(first["diameter"]))
    control.evaluate(MOVE, 0)
    assert alike(says.text_content(), text(stops[0]))  # at once, with no word from Python
    expect(fault).to_have_text("")
    page.wait_for_function("window.asked.length === 1")
    control.evaluate(MOVE, 4)
    page.evaluate(REPLY, [answers(stops[0]), ""])
    page.wait_for_function("window.asked.length === 1")  # Python is asked again, for these
    assert alike(says.text_content(), text(stops[4]))  # and what came late is not shown
    page.evaluate(REPLY, [answers(stops[4]), ""])
    control.evaluate(MOVE, 3.5)
    page.wait_for_function("window.asked.length === 1")
    page.evaluate(REPLY, [None, "ValueError: no"])
    expect(fault).to_contain_text("(ValueError: no). The nearest of the book's own answers stands.")
    assert alike(says.text_content(), text(stops[4]))


@pytest.mark.smoke
def test_link_brings_settings_back(site, site_folder, strict):
    name = "membrane-at-rest"
    page = strict.new_page()
    address = site + lab_pages(site_folder)[name]
    figure = ready(page, f"{address}#lab-{name}?k_out=8", name)
    assert figure.locator("[data-name=k_out]").get_attribute("aria-valuetext") == "8 mM"
    assert math.isclose(
        float(figure.locator(".nc-bar b").nth(3).inner_text().replace("−", "-")), -60.5
    )


def test_theme_and_motion(site, site_folder, browser, faults):
    """Ink is light on dark, and nothing moves for who asked for less motion."""
    context = browser.new_context(color_scheme="dark", reduced_motion="reduce")
    faults.watch(context)
    figure = ready(context.new_page(), site + CHAPTER, "membrane-at-rest")
    ink = figure.evaluate("node => getComputedStyle(node).color")
    assert min(int(part) for part in ink[4:-1].split(",")) > 200
    running = figure.evaluate("node => node.getAnimations({subtree: true}).length")
    assert running == 0
    context.close()


LATE = "/exercises/spike.html#onset-fit"


@pytest.mark.parametrize("width", [1280, 390])
def test_link_lands_on_its_problem_though_editors_grow(width, site, strict):
    page = strict.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(site + LATE)
    page.locator("html[data-live]").wait_for()
    top = "document.getElementById('onset-fit').getBoundingClientRect().top"
    page.wait_for_function(f"() => {{ const top = {top}; return top >= 0 && top < 100; }}")
    assert page.evaluate("scrollY") > 5000
    # Who has moved is left where they are.
    page.mouse.move(width / 2, 400)
    page.mouse.wheel(0, -700)
    page.wait_for_function(f"() => {top} > 300")
    grow = "() => { document.querySelector('h1').style.paddingBottom = '200px'; }"
    page.evaluate(grow)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.evaluate(top) > 300


def test_nothing_lies_over_a_labs_settings_on_a_phone(site, site_folder, browser):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = browser.new_context(**phone).new_page()
    for name, address in lab_pages(site_folder).items():
        page.set_viewport_size({"width": 390, "height": 844})
        controls = ready(page, site + address, name).locator(".nc-controls")
        controls.scroll_into_view_if_needed()
        page.evaluate("scrollBy({ top: -60, behavior: 'instant' })")  # the theme's button comes up
        covered = """node => [...node.querySelectorAll("input, output")].every((part) => {
            const { x, y, width, height } = part.getBoundingClientRect();
            const top = document.elementFromPoint(x + width / 2, y + height / 2);
            return node.contains(top);
        })"""
        assert controls.evaluate(covered), name
        assert controls.evaluate("node => node.offsetHeight / innerHeight") < 0.33
        # A wide screen at 200 %: what is in sight is for the panels.
        page.set_viewport_size({"width": 640, "height": 400})
        assert controls.evaluate("node => getComputedStyle(node).position") == "static"
    page.context.close()


def test_search_shows_each_equation_once_and_in_silence(site, strict):
    page = strict.new_page()
    page.goto(f"{site}/search.html?q=potassium")
    found = page.locator("#search-results li")
    page.wait_for_function(
        "() => /finished/.test(document.querySelector('#search-results').textContent)"
    )
    page.wait_for_function(  # an excerpt for each
        """() => [...document.querySelectorAll("#search-results li")]
            .every((line) => line.querySelector("p.context"))"""
    )
    assert found.count() > 10
    words = page.locator("#search-results").inner_text()
    assert "\\" not in words
    assert not re.search(r"_\{|_[A-Z]\b|\^\{", words)


@pytest.mark.parametrize("path", [CHAPTER, "/exercises/resting-potential.html"])
def test_paper_is_light_and_unfolded(path, site, browser, faults):
    context = browser.new_context(color_scheme="dark")
    faults.watch(context)
    page = context.new_page()
    page.goto(site + path, wait_until="networkidle")
    shut = "document.querySelectorAll('.bd-article details:not([open])').length"
    theme = "document.documentElement.dataset.theme"
    before = page.evaluate(f"[{theme}, {shut}]")
    assert before[0] == "dark"
    assert before[1]
    page.emulate_media(media="print")
    page.wait_for_function(f"() => {theme} === 'light'")
    ink, ground = page.evaluate(
        """["color", "backgroundColor"].map((name) =>
            getComputedStyle(document.querySelector(".bd-article p:not([class])"))[name])"""
    )
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 80
    assert ground == "rgba(0, 0, 0, 0)"
    filters = page.locator(".cell_output img").evaluate_all(
        "all => all.map((image) => getComputedStyle(image).filter)"
    )
    assert set(filters) <= {"none"}
    for fold in page.locator(".bd-article details:not([open])").all():
        assert fold.is_hidden()  # code that nobody has opened
    assert page.locator(".bd-article details[open]").count()
    page.emulate_media(media="null")
    page.wait_for_function(f"() => {theme} === 'dark' && {shut} === {before[1]}")
    # The same by the browser's own way to paper.
    page.evaluate(
        f"""() => {{
            window.themes = [];
            new MutationObserver(() => window.themes.push({theme}))
                .observe(document.documentElement, {{ attributeFilter: ["data-theme"] }});
        }}"""
    )
    page.pdf()
    page.wait_for_function("() => window.themes.length > 1")
    assert page.evaluate("window.themes") == ["light", "dark"]
    context.close()


def test_folders_with_an_underscore_are_served_by_github(site_folder):
    assert (site_folder / ".nojekyll").read_bytes() == b""


@pytest.mark.smoke
def test_page_of_problems_has_the_style_of_replies_once(site_folder):
    """It goes with each reply into a notebook; a page has it in its style sheet."""
    page = soup(site_folder / "exercises" / "resting-potential.html")
    assert page.select(".nc-verdict-unanswered")
    assert not page.select("style.nc-style")
    assert ".nc-verdict-mark" in (site_folder / "_static" / "book.css").read_text()
