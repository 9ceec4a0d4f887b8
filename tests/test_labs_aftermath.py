"""What the labs of the chapter on the aftermath show, held against the experiments themselves."""

import numpy as np
import pytest

import neurocore as nc
from neurocore.labs import LABS
from neurocore.labs.aftermath import INTERVALS, REST, rebound, slow_ramp, two_pulses
from neurocore.labs.description import say

SQUID = nc.patch(nc.hodgkin_huxley(6.3))
FREE = {"freeze_h": False, "freeze_n": False}


@pytest.mark.parametrize("reset", ["", "h", "n", "hn"])
@pytest.mark.parametrize("interval", [5.0, 7.0, 7.6, 10.0, 19.0])
def test_what_the_second_pulse_needs(interval, reset):
    frame = two_pulses(interval, 2.0, "h" in reset, "n" in reset)
    resets = {interval: {gate: REST[gate] for gate in reset}} if reset else None
    (expected,) = nc.recovery_curve(SQUID, [interval], resets=resets).ratio
    # Both are found to 0.2 %, from states known to a quarter of that.
    assert frame["needed"] == pytest.approx(min(expected, 30.0), rel=4e-3)
    if interval in INTERVALS:
        assert frame["threshold"][INTERVALS.index(interval)] == frame["needed"]


def test_which_gate_is_to_blame_at_5_ms():
    needed = {
        reset: two_pulses(5.0, 2.0, "h" in reset, "n" in reset)["needed"]
        for reset in ("", "h", "n", "hn")
    }
    assert needed[""] == pytest.approx(30)  # none
    assert needed["h"] == pytest.approx(17, abs=0.5)
    assert needed["n"] == pytest.approx(3.9, abs=0.06)
    assert needed["hn"] == pytest.approx(2.6, abs=0.06)


@pytest.mark.parametrize(("interval", "size"), [(7.0, 10.0), (8.0, 7.0), (10.0, 4.0), (19.0, 0.85)])
def test_a_pulse_above_the_threshold_brings_a_second_spike(interval, size):
    frame = two_pulses(interval, size, False, False)
    assert frame["outcome"] == 1
    assert frame["peak"] > 0
    assert np.abs(frame["v"] - frame["v_alone"])[frame["t"] < interval].max() < 1e-3
    smaller = [s for s in LABS["two-pulses"]["sliders"][1].stops if s < frame["needed"]][-1]
    assert two_pulses(interval, smaller, False, False)["outcome"] == 0
    assert two_pulses(interval, smaller, False, False)["peak"] < 0


def test_no_second_pulse_is_the_first_alone():
    frame = two_pulses(10.0, 0.0, False, False)
    np.testing.assert_allclose(frame["v"], frame["v_alone"], atol=1e-3)


def test_two_pulses_says_what_it_shows():
    summary = LABS["two-pulses"]["summary"]
    said = say(summary, two_pulses(7.0, 2.0, False, False))
    assert said.startswith("The second pulse, 7.0 ms after the first")
    assert said.endswith("fails. 8.91 times would do.")
    said = say(summary, two_pulses(5.0, 5.0, False, True))
    assert said.startswith("With n reset: The second pulse")
    assert "fires a second spike" in said
    assert "no second one that was tried" in say(summary, two_pulses(5.0, 18.0, False, False))
    assert say(summary, two_pulses(5.0, 2.0, True, True)).startswith("With h and n reset:")


@pytest.mark.parametrize(
    ("slope", "plateau", "frozen", "spikes"),
    [
        (0.35, 6.0, "", 0),
        (0.4, 6.0, "", 1),
        (0.35, 6.0, "h", 1),
        (0.1, 6.0, "h", 1),
        (0.1, 6.0, "n", 1),
        (0.25, 4.0, "h", 0),
        (0.3, 4.0, "h", 1),
        (0.35, 4.0, "", 0),
        (2.0, 2.0, "", 0),
        (0.3, 8.0, "", 0),
    ],
)
def test_ramps(slope, plateau, frozen, spikes):
    frame = slow_ramp(slope, plateau, "h" in frozen, "n" in frozen)
    assert frame["spikes"] == spikes
    assert bool(frame["v"].max() > 0) is (spikes > 0)
    for gate in frozen:
        np.testing.assert_allclose(frame[gate], REST[gate])


def test_one_plateau_two_fates():
    quick = slow_ramp(0.4, 8.0, **FREE)
    assert quick["spikes"] > 5
    assert quick["outcome"] == 2
    assert quick["current"][-1] == slow_ramp(0.3, 8.0, **FREE)["current"][-1] == 8.0


def test_rebound():
    weakest = {}
    for frozen in ("", "h", "n"):
        stops = LABS["rebound"]["sliders"][0].stops
        fired = [s for s in stops if rebound(s, 20.0, "h" in frozen, "n" in frozen)["spikes"]]
        weakest[frozen] = min(fired, default=None)
    # 2.79, 3.00 and none, to the next stop above.
    assert weakest == {"": 2.8, "h": 3.1, "n": None}
    assert rebound(7.0, 2.0, **FREE)["spikes"] == 0
    assert rebound(10.0, 2.0, **FREE)["spikes"] == 1


def test_time_of_the_rebound_counts_from_the_release():
    frame = rebound(5.0, 20.0, **FREE)
    peak = frame["t"][frame["v"].argmax()]
    assert peak - 25 == pytest.approx(frame["first"], abs=1.0)
    assert frame["current"][np.searchsorted(frame["t"], 10)] == -5


def test_spikes_on_the_screen_are_as_high_as_they_are():
    frame = slow_ramp(0.4, 12.0, **FREE)
    exact = nc.simulate(SQUID, nc.ramp(12.0, 5.0, 35.0, 90.0), 120)
    v = frame["v"]
    shown = v[1:-1][(v[1:-1] > v[:-2]) & (v[1:-1] > v[2:]) & (v[1:-1] > 0)]
    inside = exact.v[1:-1]
    peaks = inside[(inside > exact.v[:-2]) & (inside >= exact.v[2:]) & (inside > 0)]
    np.testing.assert_allclose(shown, peaks, atol=0.01)
