"""What the front end's own tests compare it with; Python writes it, so both share one truth."""

import base64
import html
import json
import warnings

import node_tools
import numpy as np

from neurocore.labs import (
    LABS,
    Axon,
    Bar,
    Bars,
    Channels,
    Curve,
    Lab,
    Level,
    Line,
    Map,
    Plane,
    Point,
    Slider,
    Switch,
    Traces,
)
from neurocore.labs.description import first_cursor, number, say, symbols
from neurocore.labs.picture import _colours
from neurocore.labs.table import cached_table, evaluate, pack, tabulate
from neurocore.practice.record import export_events, parse_events
from neurocore.practice.standing import line
from neurocore.problems import problems

TESTS = node_tools.COPY / "tests" / "front_end"


def everything(a, b, on):
    """Answer for a lab with every kind of panel, fast, and linear in `a`."""
    t = np.linspace(0, 10, 21)
    z = np.linspace(0, 3, 4)
    v = (10 + a) * np.sin(t) + 5 * b - 10 * on
    return {
        "t": t,
        "v": v,
        "w": np.where(t < 2, np.nan, t - b),
        "level": 2.0 * a - 30,
        "f": np.geomspace(1, 100, 5),
        "gain": np.geomspace(1, 1000, 5) / (1 + b),
        "here": 10.0,
        "there": 100.0 / (1 + b),
        "px": np.linspace(-1, 1, 9) * (1 + b),
        "py": np.linspace(1, -1, 9) ** 2,
        "z": z,
        "space": np.cos(z)[:, None] * v,
        "m": np.linspace(0, 1, 21),
        "h": np.linspace(1, 0, 21),
        "n": np.linspace(0.2, 0.95, 21) * on,
        "sheath": z / 3,
        "hole": np.nan if b > 1 else b,
        "outcome": (t > 4) * 1.0 + on * (t > 8),
    }


EVERYTHING = {
    "function": everything,
    "title": "Everything",
    "time": "t",
    "start": 3.0,
    "sliders": (
        Slider("a", "A", "mV", (0, 10, 40), 10, between=True),
        Slider("b", "B", "", (0, 0.5, 1, 4), 0.5),
        Switch("on", "On", value=False),
    ),
    "panels": (
        Traces(
            "Traces", "t", "time (ms)", "V_m (mV)",
            (Line("v", "V_m", "v"), Line("w", "w", "k", dash=True)), (0, 10), (-60, 60),
            levels=(Level("level", "level", "na"),), points=(Point("here", "there", "p", "cl"),),
            keep=True,
        ),
        Traces("Logarithms", "f", "f (Hz)", "gain", (Line("gain", "gain", "ca"),), (1, 100),
               (0.5, 1000), x_log=True, y_log=True),
        Traces("Fine", "t", "t", "m", (Line("m", "m", "na"),), (0, 10), (0, 1)),
        Plane("Plane", "x", "y", (Curve("px", "py", "still", "k", dash=True),
                                  Curve("t", "v", "moving", "v")), (-2, 2), (-1, 2),
              points=(Point("hole", "level", "p", "na"),)),
        Map("Map", "space", "t", "z", "time", "place", (-30, 30), "mV"),
        Bars("Bars", "mV", (Bar("v", "V_m", "v"), Bar("level", "level", "na"),
                            Bar("hole", "hole", "k")), (-40, 40), 1),
        Channels("Channels", "m", "h", "n"),
        Axon("Axon", "space", "z", "sheath", (-30, 30)),
    ),
    "summary": (
        "Start: V_m is {v:.1f}, {level:+.2f} above, at {t}.",
        "Later: {w:+.1f} of {hole:.2f}.",
        "End: {gain:.0f}.",
    ),
    "attempt": "Try <b>.",
    "notice": "See.",
}  # fmt: skip


def coded(packed):
    """Write a packed frame as JSON."""
    return packed | {"data": base64.b64encode(packed["data"]).decode()}


def case(lab, settings):
    """What Python answers at some settings, and says."""
    frame = evaluate(lab["function"], settings)
    cursor = first_cursor(frame, lab.get("time"), lab.get("start"))
    return {
        "frame": coded(pack(settings, frame)),
        "cursor": cursor,
        "sentence": html.unescape(symbols(say(lab["summary"], frame, cursor))),
    }


def written(lab, table):
    """Describe a lab as its page does, with answers at some settings."""
    random = np.random.default_rng(1)
    first = {slider.name: float(slider.value) for slider in lab["sliders"]}
    chosen = [first]
    for _ in range(3):
        chosen.append({s.name: s.stops[random.integers(len(s.stops))] for s in lab["sliders"]})
    widget = Lab(**lab)
    return {
        "spec": widget.spec,
        "html": widget.html,
        "settings": first,
        "table": table,
        "cases": [case(lab, settings) for settings in chosen],
    }


def event(**changed):
    """Return an event of a record, by default a wrong answer."""
    at = "2026-01-02T03:04:05.000006+00:00"
    usual = {"at": at, "problem": "ghk-rest", "seed": "", "what": "check"}
    return usual | {"code": "incorrect", "answer": "e = 1"} | changed


RECORDS = [
    [],
    [event()],
    [event(code="correct")],
    [event(code="correct"), event(answer="3")],
    [event(), event(code="near.sign", answer="2"), event(code="correct"), event(answer="3")],
    [event(what="hint", code=""), event(what="hint", code=""), event(what="solution", code="")],
    [event(code="correct", what="hint"), event(what="solution", code="correct")],
]
BAD = [
    "", "{", "null", "1", "[]", '"neurocore progress 1"', "{}",
    '{"format": "neurocore progress 2"}', '{"format": "neurocore progress 1"}',
    '{"format": "neurocore progress 1", "events": {}}',
    *(
        json.dumps({"format": "neurocore progress 1", "events": events})
        for events in (
            [None], [1], [[]], [{}], [event(seed=1)], [event(more="")],
            [{k: v for k, v in event().items() if k != "at"}], [event(), "x"], [event(answer=None)],
            [event(at="yesterday")], [event(what="look")], [event(problem="GHK")],
            [event(problem="")], [event(problem="x" * 81)],
        )
    ),
]  # fmt: skip


def judged(text):
    try:
        parse_events(text)
    except ValueError as error:
        return str(error)
    return ""


def records():
    problem, _ = problems()["ghk-rest"]
    stands = [line(problem, "", events) for events in RECORDS]
    return {
        "good": [
            {
                "text": export_events(events),
                "standing": {
                    name: getattr(stand, name)
                    for name in ("solved", "attempts", "hints", "solutions")
                },
            }
            for events, stand in zip(RECORDS, stands, strict=True)
        ],
        "bad": [{"text": text, "reason": judged(text)} for text in BAD],
    }


def numbers():
    """Numbers as Python writes them in a sentence."""
    # No exact halves: Python takes the even neighbour, JavaScript the outer one.
    values = (0, -0.0, 0.04, -0.04, 0.06, -0.06, 12.345, -1234.56, 1e-9, 99.96)
    choices = [(v, d, s) for v in values for d in (0, 1, 2, 5) for s in ("", "+")]
    return [{"value": v, "digits": d, "sign": s, "text": number(v, d, s)} for v, d, s in choices]


def colours():
    values = np.linspace(-110, 60, 171)
    return {
        "range": [-90, 40],
        "values": values.tolist(),
        "colours": _colours(values, (-90, 40)).tolist(),
    }


def write():
    """Write all of it beside the copy of the front end's tests."""
    folder = node_tools.COPY / "fixtures"
    folder.mkdir(exist_ok=True)
    tables = node_tools.ROOT / "_build" / "lab-tables"  # the build's own
    labs = {
        name: written(lab, cached_table(lab["function"], lab["sliders"], tables))
        for name, lab in LABS.items()
    }
    with warnings.catch_warnings(action="ignore"):  # of a number that is missing
        every = written(EVERYTHING, tabulate(everything, EVERYTHING["sliders"]))
    between = {"a": 17.5, "b": 0.5, "on": 0.0}  # a quarter of the way from 10 to 40
    every["between"] = case(EVERYTHING, between)
    prompts = {name: problem.prompt() for name, (problem, _) in problems().items()}
    fixtures = {"labs": labs, "everything": every, "records": records(), "numbers": numbers()}
    fixtures |= {"colours": colours(), "prompts": prompts}
    for name, content in fixtures.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


if __name__ == "__main__":
    node_tools.copy()
    write()
    print(node_tools.run("vitest", "run", folder=TESTS)[0])
