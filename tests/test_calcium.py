"""Calcium under a membrane, and the gates that depend on it."""

from dataclasses import replace

import numpy as np
import pytest
from judge import solve

import neurocore as nc


def gate(name, power, **formulas):
    return nc.Gate(name, power, celsius=18.5, **formulas)


RISING = "1 / (1 + exp(-(V + 20) / 9))"
L_TYPE = nc.Channel("Ca", 1.0, 120.0, (gate("s", 2, steady=RISING, tau="0.5"),))
TIRING = nc.Channel(
    "Ca",
    1.0,
    120.0,
    (gate("s", 2, steady=RISING, tau="0.5"), gate("c", 1, steady="1 / (1 + ca / 1e-3)", tau="5")),
)
AT_ONCE = nc.Channel("KCa", 10.0, -80.0, (nc.Gate("q", 1, steady="ca / (ca + 0.01)"),))
SMALL = nc.Channel("KCa", 2.0, -80.0, (gate("w", 2, alpha="200 * ca", beta="0.1"),))
BIG = nc.Channel(
    "KCa",
    4.0,
    -80.0,
    (
        gate(
            "b",
            1,
            steady="1 / (1 + (0.01 / ca) * exp(-(V + 10) / 15))",
            tau="0.2 + 2 / (1 + ca / 0.01) if V < 0 else 0.2 + 2 / (1 + ca / 0.01) + V / 1e3",
        ),
    ),
)
BIG_AT_ONCE = nc.Channel("KCa", 1.0, -80.0, (replace(BIG.gates[0], tau=None),))
SHELL = nc.CalciumShell(("Ca",), depth=1.0, tau=40.0, free=0.1)


def squid_with(*channels):
    return nc.Membrane((*nc.hodgkin_huxley().channels, *channels), 18.5, calcium=SHELL)


CELLS = {
    "at once": squid_with(L_TYPE, AT_ONCE),
    "small": squid_with(L_TYPE, SMALL),
    "big": squid_with(L_TYPE, BIG),
    "big at once": squid_with(L_TYPE, BIG_AT_ONCE),
    "tiring": squid_with(TIRING, SMALL),
}


@pytest.mark.parametrize("name", CELLS)
def test_one_and_many_agree_with_the_judge(name):
    cell = nc.patch(CELLS[name])
    stimulus, v0 = nc.step(25.0, 1), round(cell.membrane.rest(), 2)
    exact = nc.simulate(cell, stimulus, 40, accuracy=1e-8, sample=0.02)
    (v,), _, (upstrokes,) = solve(cell, stimulus, exact.t, v0=v0)
    assert len(upstrokes) > 2
    assert exact.spike_times() == pytest.approx(upstrokes, abs=2e-6)
    assert np.abs(exact.v - v).max() < 5e-4
    one = nc.simulate(cell, stimulus, 40)
    many = nc.simulate(cell, nc.step([25.0, 20.0], 1), 40)
    assert one.spike_times() == pytest.approx(upstrokes, abs=1e-3)
    assert many.spike_times()[0] == pytest.approx(upstrokes, abs=1e-3)
    assert exact.calcium.max() > 3 * SHELL.rest
    ca = np.interp(many.t, exact.t, exact.calcium)
    assert np.abs(many.calcium[0] - ca).max() < 0.02 * ca.max()
    for state, x in exact.gates.items():
        assert np.abs(many.gates[state][0] - np.interp(many.t, exact.t, x)).max() < 0.03


def test_a_cable_and_its_patch_agree():
    """Beside a membrane without calcium; a chain of one potential does what its patch does."""
    cell = CELLS["tiring"]
    short = nc.bare_axon(cell, 100.0, 100.0, 35.4, 3)
    current = 25.0 * short.area.sum() * 1e3
    along = nc.simulate(short, nc.step(current, 1), 20, record=[0, 2])
    alone = nc.simulate(nc.patch(cell), nc.step(25.0, 1), 20)
    assert along.spike_times()[0] == pytest.approx(alone.spike_times(), abs=0.01)
    assert along.calcium[1].max() == pytest.approx(alone.calcium.max(), rel=0.01)
    mixed = nc.chain(
        ("a", cell, 50, 20, 2), ("b", nc.hodgkin_huxley(18.5), 50, 20, 2), axial_resistivity=100.0
    )
    r = nc.simulate(mixed, nc.pulse(5.0, 0.5, 0.5), 4, record=[0, 3])
    assert r.calcium[0].max() > 2 * SHELL.rest
    assert np.isnan(r.calcium[1]).all()
    assert "ca" not in r.gates


def test_influx_buffering_and_pumping_are_those_of_the_equation():
    """Held at 0 mV: the current that flows, by Faraday's law, against the pump."""
    cell = squid_with(L_TYPE)
    r = nc.simulate(nc.patch(cell), nc.voltage_clamp(-65, (1, 400, 0)), 400, sample=0.5)
    current = r.currents["Ca"][-1]  # µA/cm²
    moles = -current * 1e-6 / (2 * nc.FARADAY)  # a second and cm²
    entering = SHELL.free * moles / (SHELL.depth * 1e-4) * 1e6 * 1e-3  # mM/ms
    assert r.calcium[-1] == pytest.approx(SHELL.rest + entering * SHELL.tau, rel=1e-4)
    steady = cell.steady_state(np.array([-65.0, 0.0]))["ca"]
    assert r.calcium[[0, -1]] == pytest.approx(steady, rel=1e-4)


def test_what_enters_may_stop_more_from_entering():
    cell = CELLS["tiring"]
    values = cell.steady_state(np.linspace(-90.0, 60.0, 31))
    currents = cell.currents(np.linspace(-90.0, 60.0, 31), values)
    assert values["ca"] == pytest.approx(SHELL.steady(currents["Ca"]), rel=1e-9)
    assert values["c"] == pytest.approx(1 / (1 + values["ca"] / 1e-3))
    r = nc.simulate(nc.patch(cell), nc.voltage_clamp(-65, (1, 600, -10)), 600, sample=1.0)
    assert r.gates["c"][-1] == pytest.approx(float(cell.steady_state(-10.0)["c"]), rel=1e-3)


def test_a_reset_decays_in_tau():
    r = nc.simulate(nc.patch(squid_with(L_TYPE)), None, 60, resets={10.0: {"ca": 0.01}}, v0=-65)
    at = np.searchsorted(r.t, [10.0, 50.0])
    ratio = (r.calcium[at[1]] - r.calcium[0]) / (0.01 - r.calcium[0])
    assert ratio == pytest.approx(np.exp(-40 / SHELL.tau), rel=1e-3)


def test_spikes_hold_each_other_back():
    """Adaptation, and an after-hyperpolarisation that lasts as long as the calcium does."""
    plain, with_calcium = nc.wang_buzsaki(), adapting(5.0)
    first, last = ([], [])
    for membrane in (plain, with_calcium):
        r = nc.simulate(nc.patch(membrane), nc.step(3.0, 5, 205), 400)
        intervals = np.diff(r.spike_times())
        first.append(intervals[0])
        last.append(intervals[-1])
    assert last[0] == pytest.approx(first[0], rel=0.02)
    assert last[1] > 1.8 * first[1]
    after = r.v[np.searchsorted(r.t, [250.0, 399.0])]
    rest = with_calcium.rest()
    assert after[0] < rest - 1
    assert after[1] - rest > 0.5 * (after[0] - rest)


def adapting(conductance):
    """Wang 1998, J Neurophysiol 79:1549–1566, on the interneuron: calcium and what it opens."""
    entry = nc.Channel("Ca", 1.0, 120.0, (nc.Gate("s", 2, steady=RISING),))
    leaving = replace(
        AT_ONCE, conductance=conductance, gates=(nc.Gate("q", 1, steady="ca / (ca + 0.03)"),)
    )
    shell = nc.CalciumShell(("Ca",), depth=1.0, tau=80.0, free=0.04)
    return nc.Membrane((*nc.wang_buzsaki().channels, entry, leaving), calcium=shell)


def test_drugs_and_temperature_reach_it():
    cell = CELLS["small"]
    blocked = nc.modify(nc.patch(cell), "Ca", nc.block, 1.0)
    r = nc.simulate(blocked, nc.step(25.0, 1), 20)
    assert r.calcium == pytest.approx(np.full(r.t.size, SHELL.rest))
    warm = nc.patch(cell).at_temperature(28.5).membrane
    assert warm["KCa"].gate("w").time_constant(-65.0, 28.5, 1e-3) == pytest.approx(
        cell["KCa"].gate("w").time_constant(-65.0, 18.5, 1e-3) / 3
    )


def shell(**changes):
    return nc.CalciumShell(**({"channels": ("Ca",), "depth": 1.0, "tau": 40.0} | changes))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nc.Membrane((AT_ONCE,)), ValueError, "'q' of 'KCa' depends on calcium"),
        (lambda: nc.Membrane((nc.leak(),), calcium=SHELL), ValueError, "through 'Ca'"),
        (lambda: nc.Membrane((L_TYPE,), calcium=0.1), TypeError, "calcium must be"),
        (lambda: shell(depth=0), ValueError, "depth must be greater than 0"),
        (lambda: shell(tau=0.0), ValueError, "tau must be greater than 0"),
        (lambda: shell(tau=float("inf")), ValueError, "tau"),
        (lambda: shell(free=0), ValueError, "free"),
        (lambda: shell(free=1.5), ValueError, "free"),
        (lambda: shell(rest=0), ValueError, "rest"),
        (lambda: shell(channels=()), ValueError, "channels"),
        (lambda: shell(channels="Ca"), TypeError, "channels"),
        (lambda: nc.Gate("q", 1, steady="Ca / (Ca + 1)"), ValueError, "'Ca'; allowed .* ca"),
        (lambda: nc.Gate("q", 1, steady="5 * ca"), ValueError, "from 0 to 1 .* and .* mM"),
        (lambda: nc.Gate("q", 1, alpha="ca - ca", beta="ca - ca"), ValueError, "both be 0"),
        (lambda: nc.Gate("q", 1, alpha="1 / (ca - ca)", beta="1"), ValueError, "at least 0|finite"),
        (
            lambda: nc.Scheme(("a", "b"), (("a", "b", "ca"), ("b", "a", "1")), "a"),
            ValueError,
            "V alone",
        ),
        (lambda: AT_ONCE.gate("q").steady_state(-65.0), ValueError, "ca must be given"),
        (lambda: AT_ONCE.current(-65.0, {"q": 0.5}, 6.3), ValueError, "ca must be given"),
        (lambda: nc.growth_rates(CELLS["small"], -65.0), ValueError, "calcium"),
        (lambda: nc.channel_noise(CELLS["small"], 1.0, 1.0, seed=1), ValueError, "calcium"),
        (
            lambda: nc.simulate(nc.patch(nc.hodgkin_huxley()), None, 1.0).calcium,
            ValueError,
            "CalciumShell",
        ),
        (
            lambda: nc.simulate(nc.patch(CELLS["small"]), None, 2.0, resets={1.0: {"ca": 20.0}}),
            ValueError,
            "'ca' in resets",
        ),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("amplitude", [0.0, [0.0]])
def test_calcium_that_runs_out_is_said(amplitude):
    """A current that only carries calcium out, faster than any pump brings it back."""
    outward = nc.Channel("Ca", 1.0, -120.0)
    cell = nc.Membrane((outward, nc.leak(10.0, -60.0)), calcium=shell(depth=0.1, tau=1e3))
    start = nc.Membrane((nc.leak(10.0, -60.0),)).rest()
    with pytest.raises(FloatingPointError, match=r"calcium .* ran out"):
        nc.simulate(nc.patch(cell), nc.step(amplitude), 20, v0=start, resets={1.0: {"ca": 1e-3}})
