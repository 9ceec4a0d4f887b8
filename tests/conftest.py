"""The built site, and a page on which any fault fails the test."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import browser
import pytest
import serve
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import expect

# Slow machines are no fault, and what CI finds must be found again by who looks into it.
settings.register_profile("book", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("book")
expect.set_options(timeout=30_000)  # ms: a patience, not a measure

ROOT = Path(__file__).parents[1]
# Without these, Chromium asks hosts of its own; the last makes any other host fail at once.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


# Long files whose tests several workers may share; all others go to one worker as they are.
SHARED = {"test_hosts", "test_live", "test_practice_bank", "test_progress_page", "test_site"}


def pytest_collection_modifyitems(items):
    """Say which tests belong together, for `--dist loadgroup`: a notebook's cells, a file's."""
    for item in items:
        if item.path.stem not in SHARED:
            item.add_marker(pytest.mark.xdist_group(item.path.name))


@pytest.fixture(scope="session")
def site_folder(testrun_uid):
    """Build the book, warnings as errors, and return its folder.

    Once a run: of several workers the first builds, and the others wait for it.
    """
    build = ROOT / "_build"
    build.mkdir(exist_ok=True)
    stamp = build / "built-for-tests"
    with FileLock(build / "tests.lock"):
        if not stamp.exists() or stamp.read_text() != testrun_uid:
            program = Path(sys.executable).with_name("jupyter-book")
            command = [program, "build", ".", "-W", "-n", "--keep-going"]
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            said = run.stdout + run.stderr
            assert run.returncode == 0, said[-6000:]
            assert "build succeeded" in said or "no targets are out of date" in said, said[-6000:]
            stamp.write_text(testrun_uid)
    return build / "html"


@pytest.fixture(scope="session")
def site(site_folder):
    """Serve the built book; its address."""
    http = serve.server(site_folder)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Launch the browser that `browser.find` finds."""
    executable = browser.find()
    assert executable, "no Chromium: run `python tests/browser.py`"
    return browser_type_launch_args | {"executable_path": executable, "args": FLAGS}


class Faults(list):
    """What went wrong on the pages of a context; `watch` adds a context."""

    def __init__(self, home):
        super().__init__()
        self.home = home

    def watch(self, context):
        """Note every fault of every page of a browser context."""
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("requestfailed", self._failed)
        context.on("console", self._console)
        context.on("weberror", lambda fault: self.append(f"page error: {fault.error}"))

    def _request(self, request):
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.append(f"off-site: {request.url}")

    def _failed(self, request):
        # What the browser itself gave up, on its way to another page, is no fault of the site.
        if request.failure != "net::ERR_ABORTED":
            self.append(f"{request.failure}: {request.url}")

    def _response(self, response):
        if response.status >= 400:
            self.append(f"{response.status}: {response.url}")

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.append(f"console {message.type}: {message.text}")


@pytest.fixture
def faults(site):
    """Gather faults; the test fails at its end if there is one."""
    found = Faults(site)
    yield found
    assert not found, "\n".join(found)


@pytest.fixture
def strict(context, faults):
    """A browser context on which any fault fails the test."""
    faults.watch(context)
    return context
