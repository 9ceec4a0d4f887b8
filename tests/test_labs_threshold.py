"""What the labs on threshold and initiation show."""

import numpy as np
import pytest

import neurocore as nc
from neurocore.labs import LABS
from neurocore.labs.table import cached_table, evaluate
from neurocore.labs.threshold import (
    FIRST_SEGMENT,
    FIRST_SOMA,
    NO_SPIKE,
    RESTLESS,
    START,
    THRESHOLD,
)

PAGE = 700e3  # bytes of tables on one page
LAB = 350e3  # and in one lab


def show(name, **settings):
    description = LABS[name]
    first = {slider.name: slider.value for slider in description["sliders"]}
    return evaluate(description["function"], first | settings)


def test_tables_are_light(tmp_path):
    sizes = [
        len(cached_table(lab["function"], lab["sliders"], tmp_path)["data"])
        for lab in THRESHOLD.values()
    ]
    assert max(sizes) < LAB
    assert sum(sizes) < PAGE


def test_current_clamp_starts_at_the_slope_i_over_c_whatever_the_channels():
    for settings in ({}, {"na": 0.0}, {"k": 2.0}, {"celsius": 30.0}):
        for amplitude in (-5.0, 10.0, 40.0):
            frame = show("current-clamp", amplitude=amplitude, **settings)
            begins = np.argmin(np.abs(frame["t"] - START))
            # The currents are rounded to 0.1; rest is found to 0.01 mV at about 1 mS/cm².
            assert frame["slope"][begins] == pytest.approx(amplitude, abs=0.11)


def test_current_clamp_agrees_with_the_reference_spike_times():
    # content.md, section 5: from 10 µA/cm² on at 5 ms, spikes at 6.9008 and 21.8223 ms.
    frame = show("current-clamp", amplitude=10.0, duration=20.0)
    assert frame["spikes"] == 2
    assert frame["latency"] == pytest.approx(1.9008, abs=1e-3)


def test_current_clamp_keeps_the_balance_at_every_time():
    frame = show("current-clamp", amplitude=20.0, celsius=18.5)
    left = frame["stimulus"] - frame["i_na"] - frame["i_k"] - frame["i_leak"]
    np.testing.assert_allclose(frame["slope"], left, atol=0.21)  # four roundings of 0.05


@pytest.mark.parametrize(
    ("settings", "outcome", "spikes"),
    [
        ({"amplitude": 2.0}, 0, 0),
        ({"amplitude": 7.0, "duration": 1.0}, 1, 1),  # threshold of 1 ms: 6.91 µA/cm²
        ({"na": 0.0, "amplitude": 40.0}, 0, 0),
        ({"amplitude": -5.0, "duration": 5.0}, 3, 1),
        ({"amplitude": 10.0, "celsius": 30.0}, 0, 0),
    ],
)
def test_current_clamp_tells_what_happened(settings, outcome, spikes):
    frame = show("current-clamp", **settings)
    assert (frame["outcome"], frame["spikes"]) == (outcome, spikes)


def test_threshold_is_a_cliff_in_the_cold_and_a_slope_in_the_heat():
    cold, warm = (show("find-the-threshold", celsius=celsius) for celsius in (6.3, 35.0))
    at = cold["sizes"].tolist().index(6.5)
    assert cold["v_peak"][at] == pytest.approx(-57, abs=0.5)
    assert cold["v_peak"][at + 1] == pytest.approx(35, abs=0.5)
    per_tenth = 0.1 * np.diff(warm["v_peak"]) / np.diff(warm["sizes"])
    assert per_tenth.max() < 2.0


@pytest.mark.parametrize("duration", [0.2, 1.0, 3.0])
def test_the_cliff_lies_at_the_pulse_threshold(duration):
    frame = show("find-the-threshold", duration=duration)
    jump = np.argmax(np.diff(frame["v_peak"]))
    low, high = frame["sizes"][jump : jump + 2]
    axon = nc.patch(nc.hodgkin_huxley(6.3))
    assert low < nc.pulse_threshold(axon, duration) * duration < high


def test_the_peak_is_a_point_of_the_curve():
    for size, celsius in ((6.0, 6.3), (9.0, 18.5), (20.0, 35.0)):
        frame = show("find-the-threshold", size=size, celsius=celsius)
        curve = frame["v_peak"][frame["sizes"].tolist().index(size)]
        assert frame["peak"] == curve
        assert frame["peak"] >= frame["v"].max() - 0.01


def test_the_uniform_cell_is_a_dead_heat():
    frame = show("where-is-the-spike-born", density=1.0, shifted=0.0, current=0.4)
    assert max(frame["after_soma"], frame["after_segment"]) < 0.01
    strong = show("where-is-the-spike-born", density=1.0, shifted=0.0, current=0.9)
    assert strong["outcome"] == FIRST_SOMA


@pytest.mark.parametrize("in_dendrite", [0.0, 1.0])
def test_density_and_shift_take_the_spike_into_the_segment(in_dendrite):
    frame = show("where-is-the-spike-born", current=0.4, in_dendrite=in_dendrite)
    assert frame["outcome"] == FIRST_SEGMENT
    assert 10 < frame["first"] < 30  # µm; the segment's own stretch
    assert frame["after_segment"] == 0
    assert 0 < frame["after_soma"] < frame["after_axon"]
    assert frame["peak_dendrite"] < frame["peak_soma"] < frame["peak_segment"] < 50


def test_density_alone_does_little_and_shift_adds_to_it():
    outcomes = {
        key: show("where-is-the-spike-born", density=key[0], shifted=key[1], current=0.2)["outcome"]
        for key in ((1.0, 0.0), (5.0, 0.0), (1.0, -7.0), (5.0, -7.0), (5.0, -10.0))
    }
    assert list(outcomes.values()) == [NO_SPIKE, NO_SPIKE, NO_SPIKE, FIRST_SEGMENT, RESTLESS]


def test_a_cell_left_alone_stays_at_rest_or_has_none():
    for density in (1.0, 5.0, 20.0):
        for shifted in (-10.0, -7.0, -5.0, -3.0, 0.0):
            frame = show("where-is-the-spike-born", density=density, shifted=shifted, current=0.0)
            moves = np.ptp(frame["v_segment"])
            assert moves == 0 if frame["outcome"] == NO_SPIKE else moves > 80
