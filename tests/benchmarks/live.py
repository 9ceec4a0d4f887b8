"""How long a reader waits for Python in the page, and how much comes over the line.

``python tests/benchmarks/live.py`` builds nothing: run ``jupyter-book build .`` before.
It prints medians of five, in headless Chromium, from a server on this machine that
compresses as a host would; all of it within one run, beside a fixed amount of plain
JavaScript work, so that two runs on machines of different speed can be compared.
"""

import sys
import threading
import time
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "book" / "_ext")]

import browser  # noqa: E402
import serve  # noqa: E402
from conftest import FLAGS  # noqa: E402

CHAPTER = "/book/principles/resting-potential.html"
NOTEBOOK = "/lite/notebooks/index.html?path=exercises/resting-potential.ipynb"
TIMES = 5
RUN = """(cell) => new Promise((done) => {
  const start = performance.now();
  cell.querySelector(".live-run").click();
  new MutationObserver((_, watch) => {
    if (cell.classList.contains("live-running")) return;
    watch.disconnect();
    done(performance.now() - start);
  }).observe(cell, {attributes: true});
})"""
# From the slider's event to the frame in which Python's answer is painted.
SLIDE = """async (figure) => {
  const slider = figure.querySelector("input[type=range]"), says = figure.querySelector(".nc-says");
  const times = [];
  for (let i = 1; i <= 100; i++) {
    const changed = new Promise((done) => new MutationObserver((_, watch) => {
      watch.disconnect();
      requestAnimationFrame(() => {
        const {port1, port2} = new MessageChannel();
        port1.onmessage = done;
        port2.postMessage(0);
      });
    }).observe(says, {childList: true}));
    slider.value = (i % 2 ? 3 : 4) + (i % 17) * 0.05;
    const start = performance.now();
    slider.dispatchEvent(new Event("input", {bubbles: true}));
    await changed;
    times.push(performance.now() - start);
  }
  return times;
}"""
YARDSTICK = """() => {
  const start = performance.now();
  let sum = 0;
  for (let i = 1; i < 3e7; i++) sum += 1 / Math.sqrt(i);
  return sum && performance.now() - start;
}"""


class Counter(serve.Handler):
    """Counts the bytes of all answers' bodies."""

    sent = 0

    def copyfile(self, source, outputfile):
        """Copy and count."""
        content = source.read()
        Counter.sent += len(content)
        outputfile.write(content)


def open_page(context, address):
    """Open a page and wait for its live cells; the page and the cell to run."""
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    page.locator("html[data-live]").wait_for()
    cells = page.locator("div.cell.tag_live")
    shown = next(c for c in cells.all() if c.locator(".live-run").is_visible())
    return page, shown


def write(cell, code):
    """Replace a cell's code."""
    cell.locator(".cm-content").click()
    cell.page.keyboard.press("Control+a")
    cell.page.keyboard.insert_text(code)


def visit(chromium, site):
    """Read a chapter, run cells and move a lab, twice; times in ms and bytes."""
    seen = {}
    context = chromium.new_context()
    Counter.sent = 0
    page, cell = open_page(context, site + CHAPTER)
    seen["before Python, MB"] = Counter.sent / 1e6
    seen["plain JavaScript, ms"] = page.evaluate(YARDSTICK)
    seen["first result, cold, ms"] = cell.evaluate(RUN)
    seen["after the first result, MB"] = Counter.sent / 1e6
    write(cell, "nc.nernst(5, 140, 1, 37)")
    seen["result after an edit, ms"] = cell.evaluate(RUN)
    figure = page.locator(".nc-lab[data-ready]").first
    seen["slider"] = figure.evaluate(SLIDE)
    write(cell, "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])")
    seen["first figure, ms"] = cell.evaluate(RUN)
    write(cell, "import scipy.optimize")
    seen["first scipy, ms"] = cell.evaluate(RUN)
    page.close()
    page, cell = open_page(context, site + CHAPTER)
    write(cell, "import neurocore as nc\nnc.nernst(5, 140, 1, 37)")
    seen["first result, warm, ms"] = cell.evaluate(RUN)
    context.close()
    return seen


def notebook(chromium, site):
    """Open a notebook in JupyterLite and run its first cell; seconds from the click."""
    context = chromium.new_context()
    page = context.new_page()
    start = time.perf_counter()
    page.goto(site + NOTEBOOK)
    cell = page.locator(".jp-CodeCell").first
    # Until the notebook's session stands, a key is heard by nobody.
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=120_000)
    cell.locator(".cm-content").click()
    prompt = cell.locator(".jp-InputPrompt")
    while prompt.inner_text() == "[ ]:":
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(500)
    page.locator(".jp-InputPrompt", has_text="[1]").wait_for(timeout=120_000)
    seconds = time.perf_counter() - start
    context.close()
    return seconds


def main():
    """Print a line for each quantity."""
    handler = serve.functools.partial(Counter, directory=str(ROOT / "_build" / "html"))
    http = serve.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    http.handle_error = lambda *_: None  # a browser that leaves breaks off what it asked for
    threading.Thread(target=http.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{http.server_port}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.find(), args=FLAGS)
        visits = [visit(chromium, site) for _ in range(TIMES)]
        for name in visits[0]:
            if name != "slider":
                print(f"{name}: {median(visit[name] for visit in visits):.3g}")
        moves = [time for visit in visits for time in visit["slider"]]
        print(
            f"slider to exact frame, ms: {median(moves):.3g}, p95 {quantiles(moves, n=20)[-1]:.3g}"
        )
        seconds = median(notebook(chromium, site) for _ in range(TIMES))
        print(f"first cell in JupyterLite, s: {seconds:.3g}")
        chromium.close()


if __name__ == "__main__":
    main()
