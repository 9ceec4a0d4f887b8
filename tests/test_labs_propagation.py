"""What the labs on propagation show, against simulations, closed forms and the literature."""

import numpy as np
import pytest

import neurocore as nc
from neurocore.labs import LABS
from neurocore.labs.propagation import cable, step_response, the_axon

AXON = {"myelinated": True, "diameter": 10.0, "celsius": 20.0, "left": 100.0}


def test_cable_charges_as_a_simulated_one_does():
    """A semi-infinite cable: R_m 4 kΩ·cm², R_i 100 Ω·cm, 1 µF/cm², 4 µm; λ 0.632 mm, τ 4 ms."""
    axon = nc.bare_axon(nc.passive(0.25, -65.0), 4, 20_000, 100.0, 2000)
    places = [0, 50, 100, 200]
    r = nc.simulate(axon, nc.step(0.01, at=0), 20, record=places)
    answer = cable(4.0, 4.0, 100.0, 1.0)
    # the infinite cable shares its current between two sides; nA · MΩ = mV
    steady = 0.01 * 2 * answer["r_in"]
    x = axon.position[places] / 1e3 / answer["length_constant"]
    # one part in a thousand: compartments of 10 µm are 0.016 λ, the current enters in the first's
    # middle, 5 µm from its end
    np.testing.assert_allclose((r.v + 65) / steady, step_response(x, r.t / 4), atol=1e-3)


def test_cable_ends_at_the_steady_profile():
    x = np.linspace(0, 5, 11)
    np.testing.assert_allclose(step_response(x, [40.0])[:, 0], np.exp(-x), atol=1e-9)
    assert np.all(step_response(np.array([0.0, 29.0, 400.0]), [0.0, 1e-6])[1:] == 0)


@pytest.mark.parametrize(
    ("change", "length", "time"),
    [
        ({"diameter": 16.0}, 2, 1),
        ({"r_m": 16.0}, 2, 4),
        ({"r_i": 50.0}, np.sqrt(2), 1),
        ({"c_m": 0.25}, 1, 1 / 4),
        ({"r_m": 16.0, "c_m": 0.25}, 2, 1),
    ],
)
def test_what_changes_the_constants_of_the_cable(change, length, time):
    first = {"diameter": 4.0, "r_m": 4.0, "r_i": 100.0, "c_m": 1.0}
    before, after = cable(**first), cable(**first | change)
    assert after["length_constant"] / before["length_constant"] == pytest.approx(length)
    assert after["time_constant"] / before["time_constant"] == pytest.approx(time)
    assert after["pace"] / before["pace"] == pytest.approx(length / time)


def test_axon_conducts_as_fast_as_long_ones():
    # 18.94 m/s for Brill's axon; the grid here is coarser and the picture only 20 mm long
    assert the_axon(**AXON)["velocity"] == pytest.approx(18.94, rel=0.01)
    assert the_axon(**AXON | {"diameter": 20.0})["velocity"] == pytest.approx(2 * 18.94, rel=0.01)
    bare = the_axon(**AXON | {"myelinated": False})
    scale = np.sqrt(10 / 476 * 35.4 / 98.96)  # squid's axon, thinner and of other axoplasm
    squid = nc.bare_axon(nc.hodgkin_huxley(20), 476, 60_000, 35.4, 300)
    assert bare["velocity"] == pytest.approx(scale * nc.conduction_velocity(squid), rel=0.01)


def test_several_nodes_are_active_together():
    frame = the_axon(**AXON)
    assert frame["nodes"] == 11
    # thick or thin, the axon is the same but for its scale; short warm spikes span fewer
    assert the_axon(**AXON | {"diameter": 20.0, "celsius": 10.0})["nodes"] == 19
    assert the_axon(**AXON | {"celsius": 10.0})["nodes"] == 19
    assert the_axon(**AXON | {"celsius": 37.0})["nodes"] == 4
    # no jump: the spike fills what lies between the nodes as well
    assert frame["lit"].max() > 9
    at_peak = frame["v"][:, frame["v"][40].argmax()]
    assert (at_peak[36:41] > -20).all()


def test_thinned_myelin_delays_then_blocks():
    speed = [the_axon(**AXON | {"left": left})["velocity"] for left in (100.0, 25.0, 10.0, 5.0)]
    assert np.all(np.diff(speed) < 0)
    stopped = the_axon(**AXON | {"left": 2.0})
    assert stopped["outcome"] == 4
    assert 9 < stopped["reached"] < 12
    assert stopped["v_15"].max() < -50
    # warmth stops what still passes at 25 °C (Schauf and Davis 1974)
    outcome = [the_axon(**AXON | {"left": 5.0, "celsius": c})["outcome"] for c in (25.0, 30.0)]
    assert outcome == [3, 4]


def test_the_drawing_shows_nodes_and_the_thinned_stretch():
    frame = the_axon(**AXON | {"left": 25.0})
    place, myelin = frame["y"], frame["myelin"]
    np.testing.assert_array_equal(place[myelin == 0], np.arange(21))  # mm
    thin = place[myelin == 0.25]
    assert 9 < thin.min() < 9.5
    assert 11.5 < thin.max() < 12
    assert set(myelin) == {0, 0.25, 1}
    # the fully myelinated parts fire before and after it at full speed, the thinned one late
    arrival = frame["t"][(frame["v"] > -20).argmax(axis=1)]
    whole, crossing = arrival[32] - arrival[20], arrival[48] - arrival[36]  # 3 mm each
    assert crossing > 1.5 * whole


@pytest.mark.parametrize("diameter", [5.0, 6.7, 7.5, 13.3, 19.0])
def test_axon_answers_between_the_sliders_stops(diameter):
    """As it must once Python runs in the page."""
    frame = the_axon(**AXON | {"diameter": diameter})
    assert frame["velocity"] == pytest.approx(1.894 * diameter, rel=0.01)
    assert (frame["myelin"] == 0).sum() == int(20 / (0.1 * diameter)) + 1
    assert the_axon(**AXON | {"diameter": diameter, "left": 7.0})["outcome"] == 3
    assert the_axon(**AXON | {"diameter": diameter, "left": 0.0})["outcome"] == 4


def test_bare_axon_is_blocked_by_heat():
    outcome = [
        the_axon(**AXON | {"myelinated": False, "celsius": c})["outcome"] for c in (30.0, 37.0)
    ]
    assert outcome == [0, 1]


def test_the_axons_first_picture_catches_the_spike_on_its_way():
    frame = the_axon(**{s.name: s.value for s in LABS["the-axon"]["sliders"]})
    front = frame["y"][frame["v"][:, -1].argmax()]
    assert 5 < front < 15


def test_length_constant():
    # Hodgkin and Huxley's axon at rest: 0.677 mS/cm² of open channels
    assert nc.length_constant(476, 1e3 / 0.67725, 35.4) == pytest.approx(7045, abs=1)
    assert nc.length_constant(4, 4000, 100) == pytest.approx(1e4 * np.sqrt(4e-4 * 4000 / 400))
    with pytest.raises(ValueError, match="membrane_resistance must be greater than 0"):
        nc.length_constant(1, 0, 100)
