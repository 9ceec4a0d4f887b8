"""Looks at what a lab has drawn, and moves it through its settings."""

import functools
import re

import numpy as np

from neurocore.labs import LABS, Axon, Bars, Channels, Map, Plane, Switch
from neurocore.labs.description import at_cursor, first_cursor, say
from neurocore.labs.table import evaluate

# Each lab's function, which remembers its answers: several tests move the labs alike.
FUNCTIONS = {name: functools.cache(lab["function"]) for name, lab in LABS.items()}

# Of each panel: how much is drawn in it, and a fingerprint of the picture.
LOOK = """figure => [...figure.querySelectorAll(".nc-panel")].map((panel) => {
    const canvas = panel.querySelector("canvas");
    if (!canvas) {
        const parts = panel.querySelectorAll(".nc-track i, .nc-channel, .nc-core");
        const drawn = [...parts].map((part) => part.parentElement.innerHTML).join();
        const text = drawn + panel.textContent;
        return [/NaN|undefined|–/.test(text) ? 0 : parts.length, text];
    }
    const { width, height } = canvas;
    const own = new OffscreenCanvas(width, height);
    const context = own.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const over = panel.querySelector(".u-over");
    const ratio = width / canvas.clientWidth;
    const area = [over.offsetLeft, over.offsetTop, over.clientWidth, over.clientHeight]
        .map((length) => Math.round(length * ratio));
    const pixels = context.getImageData(...area).data;
    const style = getComputedStyle(panel);
    const frame = ["grid", "cursor"].map((role) => {
        const text = style.getPropertyValue(`--nc-${role}`).trim();
        return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
    });
    let marks = 0, print = 0;
    for (let i = 0; i < pixels.length; i += 4) {
        const colour = pixels.subarray(i, i + 3);
        for (const part of pixels.subarray(i, i + 4)) print = (31 * print + part) | 0;
        const apart = (other) => Math.hypot(...other.map((part, j) => part - colour[j]));
        marks += pixels[i + 3] > 128 && frame.every((other) => apart(other) > 40);
    }
    return [marks, String(print)];
})"""

WAITS = "figure => figure.classList.contains('nc-near')"

MOVE = """(control, place) => {
    if (control.type === "checkbox") control.checked = Boolean(place);
    else control.value = place;
    control.dispatchEvent(new Event("input", { bubbles: true }));
}"""


def frame_at(name, settings):
    """What a lab's function returns, as arrays."""
    return evaluate(FUNCTIONS[name], settings)


def computed_sentence(name, settings):
    """What a lab has to say where its time cursor begins."""
    lab = LABS[name]
    frame = frame_at(name, settings)
    return say(lab["summary"], frame, first_cursor(frame, lab.get("time"), lab.get("start")))


NUMBER = re.compile(r"[−+]?\d+(?:\.(\d+))?")


def alike(said, computed):
    """Whether two sentences agree, numbers to one in their last digit.

    The table's 16 bits may tip a rounding.
    """
    if NUMBER.sub("#", said) != NUMBER.sub("#", computed):
        return False
    pairs = zip(NUMBER.finditer(said), NUMBER.finditer(computed), strict=True)
    return all(
        abs(float(a[0].replace("−", "-")) - float(b[0].replace("−", "-")))
        <= 1.01 * 10.0 ** -len(b[1] or "")
        for a, b in pairs
    )


def comes_to_say(figure, sentence, settings, patience=30_000):
    """Wait, at most some ms, until a lab says a sentence and no longer waits for Python."""
    for _ in range(patience // 10):
        said = figure.locator(".nc-says").text_content()
        if alike(said, sentence.replace("_", "")) and not figure.evaluate(WAITS):
            return
        figure.page.wait_for_timeout(10)
    raise AssertionError((settings, said, sentence, figure.locator(".nc-fault").text_content()))


def drawn_numbers(panel, frame, cursor):
    """The numbers that a panel draws, each list of them as shares of its axis."""

    def share(values, limits, log=False):
        values, limits = np.clip(values, *limits), np.array(limits)
        if log:
            values, limits = np.log(values), np.log(limits)
        return (values - limits[0]) / np.ptp(limits)

    if isinstance(panel, Bars):
        return [share(at_cursor(frame, bar.output, cursor), panel.range) for bar in panel.bars]
    if isinstance(panel, Channels):
        return []  # they open and close one at a time
    if isinstance(panel, Map):
        return [share(frame[panel.output], panel.range)]
    if isinstance(panel, Axon):
        return [share(frame[panel.output][:, cursor], panel.range), frame[panel.myelin]]
    if isinstance(panel, Plane):
        sides = [(panel.x_range, "x"), (panel.y_range, "y")]
        return [
            share(frame[getattr(c, axis)], limits) for c in panel.curves for limits, axis in sides
        ]
    x = frame[panel.x]
    seen = (panel.x_range[0] <= x) & (x <= panel.x_range[1])
    return [share(frame[line.output][seen], panel.y_range, panel.y_log) for line in panel.lines]


def look(figure, name, settings):
    """What the panels show, none of them empty."""
    seen = figure.evaluate(LOOK)
    assert len(seen) == len(LABS[name]["panels"])
    for panel, (marks, _) in zip(LABS[name]["panels"], seen, strict=True):
        assert marks >= (1 if isinstance(panel, Bars) else 18), (panel.title, settings, marks)
    return [picture for _, picture in seen]


def moves(name):
    """Yield every slider with both its ends and a place between, every switch turned over."""
    for slider in LABS[name]["sliders"]:
        last = len(slider.stops) - 1
        if isinstance(slider, Switch):
            places = (1 - int(slider.value),)
        else:
            places = (0, last // 2 + 0.5 if last > 1 else 0.5, last)
        for place in places:
            yield slider, place


def setting(slider, place):
    """Return what a slider stands for at a place: a stop's number, or between two."""
    low = int(place)
    value = slider.stops[low]
    return value + (place - low) * (slider.stops[low + 1] - value) if place > low else value


def drive(figure, name, settle, chosen=moves):
    """Move a lab through its settings, and look at each.

    `settle` waits until the lab has answered: it is handed figure, sentence and settings.
    """
    lab = LABS[name]
    settings = {slider.name: slider.value for slider in lab["sliders"]}
    frame = frame_at(name, settings)
    cursor = first_cursor(frame, lab.get("time"), lab.get("start"))
    settle(figure, computed_sentence(name, settings), settings)
    pictures = look(figure, name, settings)
    changed = 0
    for slider, place in chosen(name):
        figure.locator(f"[data-name={slider.name}]").evaluate(MOVE, place)
        settings[slider.name] = setting(slider, place)
        settle(figure, computed_sentence(name, settings), settings)
        assert figure.locator(".nc-fault").text_content() == ""
        before, frame = frame, frame_at(name, settings)
        old, pictures = pictures, look(figure, name, settings)
        for panel, was, now in zip(lab["panels"], old, pictures, strict=True):
            numbers = [drawn_numbers(panel, f, cursor) for f in (before, frame)]
            if any(np.max(np.abs(a - b)) > 0.02 for a, b in zip(*numbers, strict=True)):
                assert was != now, (panel.title, settings)
                changed += 1
    assert changed
