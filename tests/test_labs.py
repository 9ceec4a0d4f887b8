"""The labs' functions at their sliders' extremes, the table of answers, and the widget."""

import base64
import io
import itertools
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import neurocore as nc
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
    lab,
)
from neurocore.labs.description import number, say, symbols
from neurocore.labs.table import answer, cached_table, evaluate, tabulate


def first_settings(description):
    return {slider.name: slider.value for slider in description["sliders"]}


@pytest.mark.parametrize("name", LABS)
def test_lab_answers_at_every_corner(name):
    description = LABS[name]
    shapes = {k: v.shape for k, v in frame_of(description).items()}
    names = [slider.name for slider in description["sliders"]]
    for corner in itertools.product(*[(s.stops[0], s.stops[-1]) for s in description["sliders"]]):
        frame = evaluate(description["function"], dict(zip(names, corner, strict=True)))
        assert {k: v.shape for k, v in frame.items()} == shapes
        assert all(np.isfinite(v).all() for v in frame.values()), corner
        assert "nan" not in say(description["summary"], frame)


def frame_of(description):
    return evaluate(description["function"], first_settings(description))


@pytest.mark.parametrize("name", LABS)
def test_panels_draw_what_the_function_returns(name):
    description = LABS[name]
    frame = frame_of(description)
    for panel in description["panels"]:
        if isinstance(panel, Bars):
            assert {bar.output for bar in panel.bars} <= set(frame)
        elif isinstance(panel, Traces):
            length = len(frame[panel.x])
            assert all(frame[line.output].shape == (length,) for line in panel.lines)
            assert {level.output for level in panel.levels} <= set(frame)
        elif isinstance(panel, Plane):
            assert all(frame[c.x].shape == frame[c.y].shape for c in panel.curves)
        elif isinstance(panel, Map):
            x, y = frame[panel.x], frame[panel.y]
            assert frame[panel.output].shape == (len(y), len(x))
            for axis in (x, y):
                np.testing.assert_allclose(np.diff(axis), axis[1] - axis[0], rtol=1e-6)
        elif isinstance(panel, Channels):
            for gate in (panel.m, panel.h, panel.n):
                assert frame[gate].shape == frame[description["time"]].shape
                assert 0 <= frame[gate].min() <= frame[gate].max() <= 1
        else:
            length = len(frame[panel.y])
            assert frame[panel.output].shape == (length, len(frame[description["time"]]))
            assert frame[panel.myelin].shape == (length,)


@pytest.mark.parametrize("name", LABS)
def test_first_frame_stays_within_its_axes(name):
    description = LABS[name]
    frame = frame_of(description)
    for panel in description["panels"]:
        if isinstance(panel, Bars):
            drawn, (low, high) = [bar.output for bar in panel.bars], panel.range
        elif isinstance(panel, Traces):
            drawn, (low, high) = [line.output for line in panel.lines], panel.y_range
        elif isinstance(panel, Map | Axon):
            drawn, (low, high) = [panel.output], panel.range
        else:
            continue
        for output in drawn:
            assert low <= frame[output].min(), output
            assert frame[output].max() <= high, output


def test_membrane_at_rest_is_the_chapters_membrane():
    frame = frame_of(LABS["membrane-at-rest"])
    assert frame["v"] == pytest.approx(-66.57, abs=0.005)
    assert frame["doubling"] == pytest.approx(6.05, abs=0.005)
    m = nc.MAMMALIAN
    assert frame["v"] == nc.ghk_voltage(m.permeability, m.outside, m.inside, m.celsius)
    # Relative currents of content.md: K 20.6, Na −19.6, Cl −1.1.
    ratio = frame["i_k"] / 20.6
    assert frame["i_na"] == pytest.approx(-19.6 * ratio, rel=5e-3)
    assert frame["i_cl"] == pytest.approx(-1.1 * ratio, rel=3e-2)
    here = np.interp(np.log(4), np.log(frame["k_axis"]), frame["v_curve"])
    assert here == pytest.approx(float(frame["v"]), abs=0.05)


def test_building_keeps_account_of_every_charge():
    frame = frame_of(LABS["building-the-potential"])
    out = sum(frame[f"by_{path}"] for path in ("k", "na", "cl", "pump", "ca"))
    # Numbers of about 1e3 leave a difference of 1e-3: interpolation over time adds nothing,
    # being linear, and rounding some 1e-12.
    np.testing.assert_allclose(out, -frame["excess"], atol=1e-9)


def test_stopping_the_pump_costs_little_at_once_and_much_in_time():
    description = LABS["building-the-potential"]
    kept = frame_of(description)
    stopped = evaluate(description["function"], first_settings(description) | {"poison": 1.0})
    change = stopped["v"] - kept["v"]
    soon, last = np.searchsorted(kept["t"], 240.3), -1
    assert 1 < change[soon] < 8
    assert change[last] > 15


def decode(table, sliders, settings):
    """Read a table as the front end does: the judge of tabulate and of its format."""
    data = zlib.decompress(base64.b64decode(table["data"]))
    frame, start = {}, 0
    for output in table["outputs"]:
        length = output["length"] or 1
        size = int(np.prod(output["stops"], dtype=int)) * length
        low, high = np.frombuffer(data, np.uint8, 2 * size, start).reshape(2, size).astype(int)
        start += 2 * size
        steps = np.cumsum(low + 256 * high) % 65536
        values = output["low"] + steps * output["step"]
        values[steps == 65535] = np.nan
        values = values.reshape([*output["stops"], length])
        for axis in output["axes"]:
            values = values[sliders[axis].stops.index(settings[sliders[axis].name])]
        frame[output["name"]] = values if output["length"] else values[0]
    assert start == len(data)
    return frame


def wiggle(a, b, on):
    """A lab's function of a test: an array, a number, a constant and a gap."""
    x = np.linspace(0, 1, 5)
    return {"x": x, "y": a * x + b, "sum": a + 2 * b, "gap": np.nan if on else a, "odd": 3.0}


SLIDERS = (
    Slider("a", "a", "", (0, 1, 4), 1),
    Slider("b", "b", "", (-1, 5), 5),
    Switch("on", "on"),
)


@given(st.sampled_from((0.0, 1.0, 4.0)), st.sampled_from((-1.0, 5.0)), st.booleans())
def test_table_holds_the_functions_values(a, b, on):
    settings = {"a": a, "b": b, "on": float(on)}
    found = decode(tabulate(wiggle, SLIDERS), SLIDERS, settings)
    for name, exact in evaluate(wiggle, settings).items():
        # Half a step of 65534 over ranges up to 16.
        np.testing.assert_allclose(found[name], exact, atol=1.5e-4)


@pytest.mark.parametrize("name", LABS)
def test_labs_tables_hold_their_functions_values(name):
    sliders = LABS[name]["sliders"]
    # Kept where the book's build looks for it, since it takes a while.
    folder = Path(__file__).parents[1] / "_build" / "lab-tables"
    table = cached_table(LABS[name]["function"], sliders, folder)
    half = {output["name"]: 0.51 * output["step"] + 1e-9 for output in table["outputs"]}
    random = np.random.default_rng(1)
    for _ in range(20):
        settings = {slider.name: float(random.choice(slider.stops)) for slider in sliders}
        found = decode(table, sliders, settings)
        for output, exact in evaluate(LABS[name]["function"], settings).items():
            wanted = np.ravel(exact) if exact.ndim else exact
            np.testing.assert_allclose(found[output], wanted, rtol=1e-12, atol=half[output])


def test_table_is_computed_once(tmp_path):
    table = cached_table(wiggle, SLIDERS, tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text().replace('"sum"', '"kept"'))
    assert "kept" in str(cached_table(wiggle, SLIDERS, tmp_path))
    assert cached_table(wiggle, SLIDERS[::-1], tmp_path)["outputs"] != table["outputs"]


def test_labs_know_nothing_of_practice():
    """So their tables need not be computed anew after a change there."""
    code = "import sys, neurocore.labs.widget; print('neurocore.practice' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def bent(a):
    return {"y": a**2}


def test_interpolation_that_would_be_seen_is_refused():
    with pytest.raises(ValueError, match=r"slider 'a' may not be interpolated: 'y' would be off"):
        tabulate(bent, [Slider("a", "a", "", (0, 1, 2), 0, between=True)])
    tabulate(bent, [Slider("a", "a", "", np.linspace(0, 2, 40), 0, between=True)])


@pytest.mark.parametrize(
    ("stops", "value", "message"),
    [((1,), 1, "at least two"), ((2, 1), 1, "increasing"), ((1, 2), 3, "one of")],
)
def test_slider_refuses_what_cannot_be_moved(stops, value, message):
    with pytest.raises(ValueError, match=message):
        Slider("a", "a", "", stops, value)


def unpack(packed):
    """Read a frame as the front end does: the judge of its form on the wire."""
    row, start, frame = np.frombuffer(packed["data"], "<f8"), 0, {}
    for name, shape in packed["outputs"]:
        size = int(np.prod(shape))
        frame[name] = row[start : start + size].reshape(shape)
        start += size
    assert start == len(row)
    return frame


def anything(a):
    """A lab's function of a test that returns what numpy and people return."""
    whole = np.arange(24).reshape(2, 3, 4)
    return {
        "yes": a > 0,
        "count": 3,
        "none": float("nan"),
        "endless": -np.inf,
        "zero_d": np.array(2.5),
        "single": np.float32(1.5),
        "one": np.array([7]),
        "listed": [1, 2.5],
        "bits": np.array([True, False]),
        "turned": whole[0].T,  # not in C order
        "strided": whole[1, ::2, 1],
        "cube": whole,
        "gaps": np.array([[1, np.nan], [np.inf, 4]]),
    }


def test_any_output_travels_whole():
    packed = answer(anything, {"a": np.float64(2)})
    assert packed["settings"] == {"a": 2.0}
    frame = unpack(packed)
    wanted = anything(2)
    assert list(frame) == list(wanted)
    for name, value in wanted.items():
        np.testing.assert_array_equal(frame[name], np.asarray(value, float), strict=True)


@pytest.mark.parametrize(
    "value", ["text", 1 + 2j, np.array([1j]), None, [], np.zeros((0, 3)), np.datetime64(1, "s")]
)
def test_what_cannot_travel_is_named(value):
    def odd(a):
        return {"fine": a, "odd": value}

    with pytest.raises(TypeError, match=r"output 'odd' of odd: .*; a real number or an array"):
        evaluate(odd, {"a": 1})


def fragile(a):
    """A lab's function of a test that has no answer everywhere."""
    return {"y": 1 / (a - 1)}


def test_failing_function_answers_in_words():
    widget = Lab(
        fragile,
        [Slider("a", "a", "", (0, 1, 2), 0)],
        [Bars("bars", "", (Bar("y", "y"),), (-2, 2))],
        title="Fragile",
        summary=("y is {y}",),
        attempt="Try.",
        notice="See.",
    )
    widget.settings = {"a": 1}
    assert widget.frame["error"] == "ZeroDivisionError: float division by zero"
    widget.settings = {"a": 2}
    assert "error" not in widget.frame
    assert unpack(widget.frame)["y"] == 1


def test_widget_answers_a_kernel():
    widget = lab("membrane-at-rest")
    before = unpack(widget.frame)["v"]
    widget.settings = widget.settings | {"k_out": 8.0}
    after = unpack(widget.frame)
    assert widget.frame["settings"] == widget.settings
    assert after["v"] - before == pytest.approx(6.05, abs=0.005)
    assert after["v_curve"].shape == (25,)
    bundle = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"].startswith("The membrane at rest: V_m is −60.5 mV")


def test_widget_becomes_a_page_while_the_book_is_built(monkeypatch, tmp_path):
    monkeypatch.setenv("NEUROCORE_TABLES", str(tmp_path))
    widget = Lab(
        wiggle,
        SLIDERS,
        [
            Traces("curve", "x", "x", "y", (Line("y", "E_K"),), (0, 1), (-1, 9), levels=(
                Level("sum", "sum"),), points=(Point("odd", "sum", "here"),)),
            Bars("bars", "mV", (Bar("sum", "a < b"),), (-5, 20)),
        ],
        title="A & B",
        summary=("sum is {sum:+.1f}",),
        attempt="Try.",
        notice="See.",
    )  # fmt: skip
    bundle = widget._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    page = bundle["text/html"]
    assert "A &amp; B" in page
    assert "<i>E</i><sub>K</sub>" in page
    assert "a &lt; b" in page
    assert "sum is +11.0" in page
    assert page.count("</script>") == 1
    assert widget.comm is None


def wave(a):
    """A lab's function of a test: a pulse that runs along three places."""
    t, y = np.linspace(0, 2, 5), np.arange(3.0)
    v = a * np.exp(-((t - y[:, None]) ** 2))
    return {"t": t, "y": y, "v": v, "myelin": np.array([0, 0.5, 1]), "m": t / 2, "w": t**2 / 4}


WAVE = (
    Map("map", "v", "t", "y", "ms", "µm", (0, 4), "mV"),
    Axon("axon", "v", "y", "myelin", (0, 4)),
    Channels("channels", "m", "w", "m"),
    Plane("plane", "V", "n", (Curve("t", "w", "n", "k"),), (0, 2), (0, 1)),
)


def test_every_kind_of_panel_is_drawn_without_javascript(monkeypatch, tmp_path):
    monkeypatch.setenv("NEUROCORE_TABLES", str(tmp_path))
    slider = Slider("a", "a", "mV", (1, 4), 4)
    words = {"title": "Wave", "summary": ("Up.",), "attempt": "Try.", "notice": "See."}
    widget = Lab(wave, [slider], WAVE, **words, time="t")
    page = BeautifulSoup(widget.html, "html.parser")
    assert len(page.select(".nc-panel")) == 4
    image = page.select_one("image")["href"].removeprefix("data:image/png;base64,")
    pixels = Image.open(io.BytesIO(base64.b64decode(image)))
    assert pixels.size == (5, 3)
    # The peak is of the brightest colour: at place 1, in the middle row, at t = 1.
    assert pixels.getpixel((2, 1)) == (253, 231, 37)
    cores = page.select(".nc-core")
    assert [float(sheath["height"]) for sheath in page.select(".nc-sheath")] == [22, 38, 54]
    assert cores[2]["fill"] == "rgb(253 231 37)"
    # At the last moment m = h = n = 1: all are open, none is inactivated.
    assert len(page.select(".nc-open")) == 18
    assert not page.select(".nc-plugged")
    code = page.select_one(".nc-code code").text
    assert "v = a * np.exp(" in code
    assert "A lab's function" not in code
    assert page.select_one("polyline.nc-k")
    assert page.select_one("circle.nc-dot.nc-k")


def test_unknown_lab_is_named():
    with pytest.raises(ValueError, match=r"lab 'rest' does not exist; there are membrane-at-rest"):
        lab("rest")


@pytest.mark.parametrize(
    ("value", "digits", "sign", "text"),
    [(-0.04, 1, "", "0.0"), (-0.06, 1, "", "−0.1"), (2, 0, "+", "+2"), (0, 2, "+", "0.00")],
)
def test_numbers_are_written_alike(value, digits, sign, text):
    assert number(value, digits, sign) == text


def test_symbols_are_set_and_the_rest_escaped():
    assert symbols("P_Na < V_m") == "<i>P</i><sub>Na</sub> &lt; <i>V</i><sub>m</sub>"


@pytest.mark.parametrize(
    ("limits", "log", "ticks"),
    [((-110, 90), False, [-100, -50, 0, 50]), ((1, 40), True, [1, 2, 5, 10, 20])],
)
def test_ticks_are_round(limits, log, ticks):
    panel = Traces("", "x", "", "", (), (0, 1), limits, y_log=log)
    assert panel.ticks("y") == ticks
