"""What the labs of the chapter on the spike show, against simulations and known numbers."""

import numpy as np
import pytest

import neurocore as nc
from neurocore.labs import LABS, spike
from neurocore.labs.table import evaluate


def frame(name, **changed):
    settings = {slider.name: slider.value for slider in LABS[name]["sliders"]}
    assert set(changed) <= set(settings)
    return evaluate(LABS[name]["function"], settings | changed)


@pytest.mark.parametrize(("prepulse", "test"), [(-65, 0), (-120, -20), (-50, 70)])
def test_clamp_agrees_with_the_simulator(prepulse, test):
    shown = frame("voltage-clamp", prepulse=prepulse, test=test)
    command = nc.voltage_clamp(-65, (5, 25, prepulse), (25, 40, test))
    r = nc.simulate(nc.patch(nc.hodgkin_huxley()), command, 38, sample=0.001, accuracy=1e-6)
    for output, channel in {"i_na": "Na", "i_k": "K"}.items():
        # Before the step and after; at the step itself the potential jumps.
        for side in (shown["t"] < -0.01, shown["t"] > 0.02):
            judge = np.interp(shown["t"][side] + 25, r.t, r.currents[channel])
            np.testing.assert_allclose(shown[output][side], judge, atol=0.1)
    np.testing.assert_allclose(
        shown["i_sum"][shown["t"] > 0.02],
        np.interp(shown["t"][shown["t"] > 0.02] + 25, r.t, r.ionic_current),
        atol=0.1,
    )


def test_drugs_separate_the_currents():
    control, ttx, tea, both = (
        frame("voltage-clamp", ttx=a, tea=b) for a, b in ((0, 0), (1, 0), (0, 1), (1, 1))
    )
    assert not ttx["i_na"].any()
    assert not tea["i_k"].any()
    np.testing.assert_allclose(control["i_sum"] - ttx["i_sum"], control["i_na"], atol=1e-9)
    np.testing.assert_allclose(control["i_sum"] - tea["i_sum"], control["i_k"], atol=1e-9)
    after = both["t"] > 0
    np.testing.assert_allclose(both["i_sum"][after], 0.3 * 54.387, rtol=1e-9)
    assert [f["outcome"] for f in (control, ttx, tea, both)] == [0, 1, 2, 3]
    # At the sodium channels' reversal potential tetrodotoxin makes no difference.
    at_reversal = frame("voltage-clamp", test=50)
    after = at_reversal["t"] > 0
    assert np.abs(at_reversal["i_na"][after]).max() < 1e-9
    assert at_reversal["g_na"].max() > 20


def test_onset_needs_a_prepulse():
    """content.md: from rest the slope never exceeds 2.1, after a prepulse it nears 3."""
    stops = LABS["voltage-clamp"]["sliders"][1].stops
    for test in stops:
        shown = frame("voltage-clamp", test=test)
        slope = np.gradient(shown["early_na"], np.log10(shown["onset"]))
        assert max(slope.max(), shown["slope_na"]) < 2.1
    assert frame("voltage-clamp", prepulse=-120, test=-20)["slope_na"] == pytest.approx(
        2.9, abs=0.05
    )
    steep = frame("voltage-clamp", prepulse=-120)
    slope = np.gradient(steep["early_na"], np.log10(steep["onset"]))
    # Differences over a tenth of the logarithm, against the exact slope at the first point.
    assert slope[0] == pytest.approx(steep["slope_na"], abs=0.1)
    for line, power in (("cube", 3), ("fourth", 4)):
        assert np.gradient(steep[line], np.log10(steep["onset"])) == pytest.approx(power)


def phases(shown):
    """The outcomes in the order in which the cursor meets them."""
    outcome = shown["outcome"]
    return outcome[np.concatenate([[True], np.diff(outcome) != 0])].astype(int).tolist()


@pytest.mark.parametrize("celsius", LABS["anatomy-of-a-spike"]["sliders"][0].stops)
def test_a_free_spike_has_its_four_phases_in_order(celsius):
    shown = frame("anatomy-of-a-spike", celsius=celsius)
    assert phases(shown) == [0, 1, 2, 3, 4, 5]
    t, v, phase = shown["t"], shown["v"], shown["outcome"]
    assert (np.diff(v[phase == 2]) > 0).all()
    assert (np.diff(v[phase == 3]) < 0).all()
    assert (v[phase == 4] < -65).all()
    assert (v[phase == 3] >= -65).all()
    assert t[phase == 1][0] == pytest.approx(1.0, abs=0.05)
    assert t[phase == 3][0] == pytest.approx(shown["when"], abs=0.05)
    net = shown["i_na"] + shown["i_k"] + shown["i_leak"]
    assert (net[phase == 2] < 0).all()


def test_the_spike_shrinks_with_warmth():
    tops = [
        float(frame("anatomy-of-a-spike", celsius=c)["top"])
        for c in LABS["anatomy-of-a-spike"]["sliders"][0].stops
    ]
    assert (np.diff(tops) < 0).all()
    assert (f"{tops[0]:.0f}", f"{tops[-1]:.0f}") == ("41", "0")
    cold = frame("anatomy-of-a-spike")
    assert -77 < cold["low"] < -76
    assert cold["t"][cold["g_k"].argmax()] > cold["when"] + 1


@pytest.mark.parametrize(("gate", "end"), [("freeze_h", 13.65), ("freeze_n", -13.42)])
def test_with_a_gate_frozen_the_membrane_gets_stuck(gate, end):
    """The end is where the steady current with that gate at its resting value is zero."""
    shown = frame("anatomy-of-a-spike", **{gate: 1})
    assert phases(shown)[-1] == 6
    assert shown["v"][-1] == pytest.approx(end, abs=0.1)
    membrane = nc.hodgkin_huxley()
    v = np.linspace(-40, 40, 80001)
    frozen = {gate[-1]: membrane.steady_state(-65.0)[gate[-1]]}
    total = sum(membrane.currents(v, membrane.steady_state(v) | frozen).values())
    assert v[np.abs(total).argmin()] == pytest.approx(end, abs=0.02)


def test_every_start_in_the_plane_meets_the_fate_its_sentence_tells():
    """A spike goes round the unstable fixed point: below it to the right, above it to the left."""
    sliders = LABS["separatrix"]["sliders"]
    v, w = np.meshgrid(*(slider.stops for slider in sliders[:2]))
    for current in sliders[2].stops:
        model = nc.MorrisLecar(current)
        focus = nc.fixed_points(model)[-1]
        _, path_v, path_w = nc.trajectory(model, v, w, 300.0, 0.25)
        right = (path_v > focus.v) & (path_w < focus.w)
        spiked = right.any(axis=-1)
        told = np.array(
            [
                [
                    frame("separatrix", v_start=a, w_start=b, current=current)["outcome"]
                    for a, b in pairs
                ]
                for pairs in np.stack([v, w], axis=-1)
            ]
        )
        assert (spiked == (told == 1)).all()
        assert (v[told == 2] > nc.fixed_points(model)[1].v).all()


def test_the_plane_is_the_chapters():
    shown = frame("separatrix")
    assert (f"{shown['rest_v']:.1f}", f"{shown['saddle_v']:.1f}") == ("-41.8", "-19.6")
    assert shown["outcome"] == 1
    assert shown["top"] > 28
    neighbour = frame("separatrix", v_start=-23)
    assert neighbour["outcome"] == 0
    assert neighbour["apart"] + shown["apart"] == pytest.approx(1)
    assert frame("separatrix", v_start=-5, w_start=0.25)["outcome"] == 2
    assert frame("separatrix", w_start=0.35)["outcome"] == 3
    nearest = np.hypot((shown["part_v"] + 19.56) / 100, shown["part_w"] - 0.0259).min()
    assert nearest < 0.01
    edges = [float(frame("separatrix", current=i)["edge"]) for i in (0, 20, 30, 36)]
    assert (np.diff(edges) < 0).all()


def test_a_start_closer_to_the_edge_waits_longer():
    waits = [float(frame("separatrix", v_start=v)["when"]) for v in (0, -10, -20, -22)]
    assert (np.diff(waits) > 0).all()
    tops = [float(frame("separatrix", v_start=v)["top"]) for v in (-10, -22)]
    assert abs(tops[0] - tops[1]) < 3


def test_the_functions_keep_no_state():
    before = spike.separatrix(-22.0, 0.0, 30.0)
    spike.separatrix(0.0, 0.2, 0.0)["part_v"][:] = 0.0
    after = spike.separatrix(-22.0, 0.0, 30.0)
    for name, value in before.items():
        np.testing.assert_array_equal(value, after[name])
