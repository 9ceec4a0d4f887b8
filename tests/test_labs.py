"""The labs' functions at their sliders' extremes, the table of answers, and the widget."""

import base64
import itertools
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import neurocore as nc
from neurocore.labs import LABS, Bar, Bars, Lab, Level, Line, Point, Slider, Switch, Traces, lab
from neurocore.labs.description import number, say, symbols
from neurocore.labs.table import cached_table, evaluate, tabulate


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
        else:
            length = len(frame[panel.x])
            assert all(frame[line.output].shape == (length,) for line in panel.lines)
            assert {level.output for level in panel.levels} <= set(frame)


@pytest.mark.parametrize("name", LABS)
def test_first_frame_stays_within_its_axes(name):
    description = LABS[name]
    frame = frame_of(description)
    for panel in description["panels"]:
        if isinstance(panel, Bars):
            drawn, (low, high) = [bar.output for bar in panel.bars], panel.range
        else:
            drawn, (low, high) = [line.output for line in panel.lines], panel.y_range
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
def test_labs_tables_hold_their_functions_values(name, tmp_path):
    sliders = LABS[name]["sliders"]
    table = cached_table(LABS[name]["function"], sliders, tmp_path)
    half = {output["name"]: 0.51 * output["step"] + 1e-9 for output in table["outputs"]}
    random = np.random.default_rng(1)
    for _ in range(20):
        settings = {slider.name: float(random.choice(slider.stops)) for slider in sliders}
        found = decode(table, sliders, settings)
        for output, exact in evaluate(LABS[name]["function"], settings).items():
            np.testing.assert_allclose(found[output], exact, rtol=1e-12, atol=half[output])
    assert cached_table(LABS[name]["function"], sliders, tmp_path) == table
    assert len(list(tmp_path.iterdir())) == 1


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


def test_widget_answers_a_kernel():
    widget = lab("membrane-at-rest")
    before = widget.frame["v"]
    widget.settings = widget.settings | {"k_out": 8.0}
    assert widget.frame["v"] - before == pytest.approx(6.05, abs=0.005)
    assert np.frombuffer(widget.frame["v_curve"]).shape == (25,)
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
