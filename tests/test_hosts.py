"""Hosts that hand files out badly: each page runs all the same, or says what is wrong."""

import re
import threading
import time
from http.server import ThreadingHTTPServer

import pytest
import serve
from playwright.sync_api import expect
from test_live import CHAPTER, LONG, live, run, visible, with_python  # noqa: F401

HTML = b"<!doctype html><title>Home</title>"
SOON = 15_000  # ms: what a reader is promised


class Perverse(serve.Handler):
    """Treats the files that a pattern names as its manner says."""

    def do_GET(self):
        """Serve, or misbehave."""
        host = self.server
        name = self.path.split("?")[0].split("/")[-1]
        host.asked.append(name)
        if not re.search(host.pattern, name):
            return super().do_GET()
        with open(self.translate_path(self.path), "rb") as file:
            body = file.read()
        getattr(self, host.manner)(body)

    def answer(self, status, kind, body, length=None, **headers):
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def untyped(self, body):
        """Send the right file with the wrong type."""
        self.answer(200, "application/octet-stream", body)

    def missing(self, body):
        """Refuse the file type."""
        self.answer(404, "text/html", HTML)

    def page(self, body):
        """Send the home page, as single-page hosts do."""
        self.answer(200, "text/html; charset=utf-8", HTML)

    def failing(self, body):
        """Fail."""
        self.answer(500, "text/plain", b"")

    def broken(self, body):
        """Stop in the middle and hang up."""
        self.answer(200, "application/octet-stream", body[: len(body) // 2], len(body))
        self.close_connection = True

    def other(self, body):
        """Send another version's file."""
        self.answer(200, "application/octet-stream", body + b"0")

    def uncounted(self, body):
        """Compress, and declare the length of what was not compressed."""
        packed = serve.gzip.compress(body, 1)
        kind = "application/octet-stream"
        self.answer(200, kind, packed, len(body), Content_Encoding="gzip")
        self.close_connection = True

    def awkward(self, body):
        """Compress wrongly; or fail once, and then send all but scripts with a wrong type."""
        name = self.path.split("?")[0].split("/")[-1]
        if name.endswith((".wasm", ".whl")):
            self.uncounted(body)
        elif self.server.asked.count(name) == 1:
            self.failing(body)
        else:
            kind = "text/javascript" if name.endswith(".js") else "application/octet-stream"
            self.answer(200, kind, body)

    def stalled(self, body):
        """Stop in the middle, until the test lets it go on."""
        half = len(body) // 2
        self.answer(200, "application/octet-stream", body[:half], len(body))
        self.wfile.flush()
        self.server.go_on.wait(60)
        self.wfile.write(body[half:])

    def silent(self, body):
        """Accept and say nothing, until the test lets it go on."""
        self.server.go_on.wait(60)
        self.answer(200, "text/javascript", body)


@pytest.fixture
def host(site_folder):
    """A host whose manner a test sets."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: Perverse(*a, directory=site_folder))
    http.daemon_threads = True
    http.handle_error = lambda *_: None  # a browser that hangs up is what these tests are about
    http.asked, http.go_on = [], threading.Event()
    http.pattern, http.manner = "^$", "missing"
    http.address = f"http://127.0.0.1:{http.server_port}"
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield http
    http.go_on.set()
    http.shutdown()
    http.server_close()


@pytest.fixture
def page(browser):
    """A page without a service worker."""
    context = browser.new_context(service_workers="block")
    yield context.new_page()
    context.close()


def begin(page, host, pattern, manner):
    """Open the chapter and press Run, while the host behaves as told."""
    cell = visible(live(page, host.address + CHAPTER))
    host.pattern, host.manner = pattern, manner
    cell.locator(".live-run").click()
    return cell


FAULTS = {
    ("missing", r"\.wasm$"): "the site does not hand out pyodide.asm.wasm (404). Its owner has to "
    "upload this file and allow the file type .wasm",
    ("missing", r"lock\.json$"): "allow the file type .json",
    ("missing", r"^worker\.js$"): "does not hand out worker.js (404)",
    ("page", r"\.wasm$"): "answers with a web page where pyodide.asm.wasm should come",
    ("page", r"^numpy"): "answers with a web page where numpy-",
    ("untyped", r"^pyodide\.js$"): "serve the file type .js as text/javascript",
    ("failing", r"\.zip$"): "the site fails at python_stdlib.zip (500)",
    ("broken", r"\.wasm$"): "pyodide.asm.wasm broke off after",
    ("other", r"\.zip$"): "upload the whole site again",
}


@pytest.mark.parametrize(("manner", "pattern"), FAULTS)
def test_what_is_wrong_is_said(manner, pattern, host, page):
    cell = begin(page, host, pattern, manner)
    line = page.locator(".live-progress")
    words = FAULTS[manner, pattern]
    expect(line).to_contain_text(words, timeout=SOON)
    expect(cell.locator(".live-note")).to_contain_text(words)
    expect(line.get_by_role("button", name="Try again")).to_be_visible()


def test_it_runs_all_the_same(host, page):
    """Some files fail once, and then come with the wrong type; others have a wrong length."""
    cell = begin(page, host, r"\.(wasm|zip|whl|json|ipynb)$|^pyodide", "awkward")
    expect(cell.locator(".live-note")).to_contain_text("✓", timeout=LONG)
    assert host.asked.count("python_stdlib.zip") == host.asked.count("pyodide-lock.json") == 2
    assert run(cell, "1 + 1").strip() == "2"
    expect(page.locator(".live-progress")).to_be_hidden()
    host.pattern, host.manner = r"^scipy", "page"  # a package that only the library asks for
    said = run(cell, "__import__('sci' + 'py')")
    assert "the site hands out something else as scipy-" in said
    assert "allow the file type .whl" in said
    expect(page.locator(".live-progress")).to_be_hidden()


@pytest.mark.parametrize(
    ("manner", "name"), [("stalled", "pyodide.asm.wasm"), ("silent", "worker.js")]
)
def test_silence_is_noticed_and_ends_by_itself(manner, name, host, page, site_folder):
    page.clock.install()
    cell = begin(page, host, f"^{re.escape(name)}$", manner)
    expect(cell.locator(".live-note")).to_contain_text("begins when")
    end = time.monotonic() + LONG / 1000
    while name not in host.asked:
        assert time.monotonic() < end
        page.wait_for_timeout(50)
    line = page.locator(".live-progress")
    if manner == "stalled":  # until all but half of this file is there
        half = (site_folder / "_static" / "pyodide" / name).stat().st_size / 2e6
        expect(line).to_contain_text(f": {half:.1f} of ", timeout=LONG)
    page.clock.fast_forward(SOON)
    expect(line).to_contain_text(f"Nothing has come for 15 s; {name} is awaited")
    expect(line.get_by_role("button", name="Try again")).to_be_visible()
    host.go_on.set()
    expect(cell.locator(".live-note")).to_contain_text("✓", timeout=LONG)
    expect(line).to_be_hidden()


@pytest.mark.smoke
def test_scripts_and_notebook(host, page):
    """What the page itself fetches: the live cells' script and the notebook."""
    host.pattern, host.manner = r"^live\.js$", "missing"
    page.goto(host.address + CHAPTER)
    line = page.locator(".live-progress")
    expect(line).to_contain_text("Code cannot be run: the site does not hand out live.js (404)")
    host.pattern, host.manner = r"\.ipynb$", "missing"
    line.get_by_role("button", name="Try again").click()
    page.locator("html[data-live]").wait_for(timeout=LONG)
    cell = visible(page.locator("div.cell.tag_live:has(.live-run)"))
    cell.locator(".cm-content").click()
    page.keyboard.type("1")
    cell.get_by_role("button", name="Download notebook").click()
    expect(cell.locator(".live-note")).to_contain_text("allow the file type .ipynb")


def test_search_without_its_index(host, page):
    host.pattern, host.manner = "^searchindex", "missing"
    page.goto(host.address + "/search.html?q=nernst")
    words = "Search does not work: the site does not hand out searchindex.js (404)"
    expect(page.locator(".live-progress")).to_contain_text(words)


def test_bad_answer_does_not_stick(host, browser):
    """With a service worker: what was wrong once is asked for again, and is not kept."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(host.address + CHAPTER)
    page.wait_for_function("() => navigator.serviceWorker.controller")
    begin(page, host, r"\.(wasm|whl)$", "page")
    again = page.get_by_role("button", name="Try again")
    again.wait_for(timeout=SOON)
    kept = page.evaluate(
        """async () => {
            const kept = [];
            for (const name of await caches.keys())
                for (const { url } of await (await caches.open(name)).keys()) kept.push(url);
            return kept;
        }"""
    )
    assert kept
    assert not [url for url in kept if re.search(r"\.(wasm|whl)$", url)]
    host.pattern = "^$"
    again.click()
    cell = visible(page.locator("div.cell.tag_live:has(.live-run)"))
    expect(cell.locator(".live-note")).to_contain_text("✓", timeout=LONG)
    context.close()


def test_no_room_in_the_browser(host, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(host.address + CHAPTER)
    page.wait_for_function("() => navigator.serviceWorker.controller")
    room = {"origin": host.address, "quotaSize": 1000}
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", room)
    page.get_by_role("button", name="Keep the book").click()
    words = "This browser has no room for the book: try again"
    expect(page.locator(".keep-book")).to_have_text(words, timeout=LONG)
    cell = visible(live(page, host.address + CHAPTER))
    assert run(cell, "1 + 1").strip() == "2"
    context.close()


def test_browser_without_web_assembly(host, page):
    page.add_init_script("delete window.WebAssembly")
    cell = begin(page, host, "^$", "missing")
    expect(cell.locator(".live-note")).to_contain_text("this browser has no WebAssembly")


def test_page_opened_as_a_file(site_folder, page):
    page.goto((site_folder / CHAPTER[1:]).as_uri())
    expect(page.locator(".live-note").first).to_contain_text("opened as a file")
