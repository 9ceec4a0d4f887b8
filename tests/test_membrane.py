import numpy as np
import pytest

import neurocore as nc

SQUID = nc.hodgkin_huxley()


def test_squid_rests_at_minus_65():
    assert SQUID.rest() == pytest.approx(-65, abs=0.005)
    assert SQUID.steady_current(SQUID.rest()) == pytest.approx(0, abs=1e-9)
    assert nc.hodgkin_huxley(30).rest() == SQUID.rest()  # temperature moves no steady state


def test_rests_of_the_library():
    assert nc.frankenhaeuser_huxley_node().rest() == pytest.approx(-70, abs=0.3)
    assert nc.passive(0.3, -71.0).rest() == pytest.approx(-71)
    # with its inward rectifying sodium the isolated mammalian node lies just above its leak
    assert -90 < nc.mammalian_node().rest() < -85


def test_squid_resting_gates():
    values = {name: float(x) for name, x in SQUID.steady_state(-65.0).items()}
    assert values == pytest.approx({"m": 0.0529, "h": 0.5961, "n": 0.3177}, abs=5e-5)


def test_currents_add_up():
    v = np.linspace(-100, 50, 16)
    currents = SQUID.currents(v)
    assert list(currents) == ["Na", "K", "leak"]
    assert sum(currents.values()) == pytest.approx(SQUID.steady_current(v))
    m, h = (SQUID.steady_state(v)[name] for name in "mh")
    assert currents["Na"] == pytest.approx(120 * m**3 * h * (v - 50))
    held = SQUID.currents(0.0, {"m": 1.0, "h": 1.0, "n": 0.5})
    assert held == pytest.approx({"Na": -6000.0, "K": 36 / 16 * 77, "leak": 0.3 * 54.387})


def test_an_unstable_rest_is_found_too():
    early = nc.modify(SQUID, "Na", nc.shift, -2.0, gate="m")
    assert early.steady_current(early.rest()) == pytest.approx(0, abs=1e-9)


def test_modify():
    ttx = nc.modify(SQUID, "Na", nc.block, 1.0)
    assert ttx["Na"].conductance == 0
    assert ttx["K"] is SQUID["K"]
    assert SQUID["Na"].conductance == 120
    assert nc.modify(nc.patch(SQUID), "Na", nc.block, 1.0).membrane == ttx


def test_models_compare_and_hash_by_value():
    assert nc.hodgkin_huxley(18.5) == nc.hodgkin_huxley(18.5) != SQUID
    assert hash(nc.hodgkin_huxley(18.5)) == hash(nc.hodgkin_huxley(18.5))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nc.hodgkin_huxley(celsius=291.65), "celsius"),
        (lambda: nc.Membrane((nc.leak(),), capacitance=0.0), "capacitance"),
        (lambda: nc.Membrane((nc.squid_sodium(), nc.squid_sodium())), "twice"),
        (
            lambda: nc.Membrane((nc.mammalian_node_channels()[0], nc.axonal_sodium(1.0))),
            "twice",
        ),
        (lambda: SQUID["Ca"], "'Ca'"),
        (lambda: nc.modify(SQUID, "Ca", nc.block, 0.5), "'Ca'"),
        (lambda: nc.passive(0.0).rest(), "no resting potential"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
