"""How quick and how light a page with labs is, in headless Chromium on this machine.

``python tests/benchmarks/page.py`` builds nothing: run ``jupyter-book build .``
before. It prints, for each page with labs, medians of five loads.
"""

import sys
import threading
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "book" / "_ext")]

import browser  # noqa: E402
import serve  # noqa: E402
from conftest import FLAGS, Faults  # noqa: E402

FIRST_FRAME = """
window.firstFrame = new Promise((done) => {
  const look = () => {
    const labs = document.querySelectorAll(".nc-lab");
    const awake = [...labs].some((lab) => lab.dataset.ready);
    awake ? done(performance.now()) : requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
"""
# A message posted in a frame is handled after that frame is painted.
WATCH = """
window.moves = [];
document.querySelector(".nc-lab input[type=range]").addEventListener("input", () => {
  const start = performance.now();
  requestAnimationFrame(() => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => moves.push(performance.now() - start);
    port2.postMessage(0);
  });
}, {capture: true});
"""


def drag(page):
    """Drag the first lab's first slider with the mouse until it has moved a hundred times."""
    slider = page.locator(".nc-lab input[type=range]").first
    slider.scroll_into_view_if_needed()
    page.evaluate(WATCH)
    box = slider.bounding_box()
    y, x = box["y"] + box["height"] / 2, box["x"]
    page.mouse.move(x + 2, y)
    page.mouse.down()
    step = 0
    while page.evaluate("moves.length") < 100:
        step += 1
        share = abs((step * 0.09) % 2 - 1)
        page.mouse.move(x + share * box["width"], y)
    page.mouse.up()
    return page.evaluate("moves")


def measure(chromium, site, address):
    """Load a page five times afresh; return first frames, slider times, bytes and faults."""
    frames, drags, weights, faults = [], [], [], Faults(site)
    for _ in range(5):
        context = chromium.new_context()
        faults.watch(context)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        received = []
        session.on(
            "Network.loadingFinished",
            lambda event, to=received: to.append(event["encodedDataLength"]),
        )
        page.add_init_script(FIRST_FRAME)
        page.goto(site + address, wait_until="networkidle")
        frames.append(page.evaluate("window.firstFrame"))
        weights.append(sum(received))
        drags += drag(page)
        context.close()
    return frames, drags, weights, faults


def main():
    """Print a line for each page that has labs."""
    folder = ROOT / "_build" / "html"
    http = serve.server(folder)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{http.server_port}"
    print("page | first interactive frame, ms | slider to paint, ms: median, p95 | kB | faults")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.find(), args=FLAGS)
        for path in sorted(folder.rglob("*.html")):
            if "nc-state" not in path.read_text(encoding="utf-8"):
                continue
            address = "/" + path.relative_to(folder).as_posix()
            frames, drags, weights, faults = measure(chromium, site, address)
            print(
                f"{address} | {median(frames):.0f} | {median(drags):.1f}, "
                f"{quantiles(drags, n=20)[-1]:.1f} | {median(weights) / 1000:.0f} | {len(faults)}"
            )
        chromium.close()


if __name__ == "__main__":
    main()
