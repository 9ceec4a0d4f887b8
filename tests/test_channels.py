import inspect
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from judge import solve

import neurocore as nc
from neurocore.channels import library


def made(function):
    """Return what a function of the channel library makes, as a tuple of channels."""
    given = inspect.signature(function).parameters.values()
    found = function(
        *(100.0 for parameter in given if parameter.default is inspect.Parameter.empty)
    )
    return found if isinstance(found, tuple) else (found,)


LIBRARY = {
    name: made(function)
    for name, function in inspect.getmembers(library, inspect.isfunction)
    if function.__module__ == library.__name__ and not name.startswith("_")
} | {"lidocaine": (nc.lidocaine(nc.squid_sodium(), 50.0),)}
GATES = [(name, c, g) for name, cs in LIBRARY.items() for c in cs for g in c.gates]
SODIUM = nc.squid_sodium()


def hodgkin_huxley_rates(depolarisation):
    """The six rates as printed in 1952, for a depolarisation from rest in mV."""
    v = depolarisation
    return {
        "m": (0.1 * (25 - v) / (np.exp((25 - v) / 10) - 1), 4 * np.exp(-v / 18)),
        "h": (0.07 * np.exp(-v / 20), 1 / (np.exp((30 - v) / 10) + 1)),
        "n": (0.01 * (10 - v) / (np.exp((10 - v) / 10) - 1), 0.125 * np.exp(-v / 80)),
    }


@pytest.mark.parametrize("depolarisation", [-20.0, 0.0, 12.5, 60.0, 110.0])
def test_squid_rates_are_those_of_1952(depolarisation):
    v = -65 + depolarisation
    for channel, name in ((SODIUM, "m"), (SODIUM, "h"), (nc.squid_potassium(), "n")):
        alpha, beta = hodgkin_huxley_rates(depolarisation)[name]
        gate = channel.gate(name)
        assert gate.steady_state(v) == pytest.approx(alpha / (alpha + beta))
        assert gate.time_constant(v, 6.3) == pytest.approx(1 / (alpha + beta))


def test_singular_points_have_their_limit():
    assert nc.linoid(0.0) == 1
    assert nc.linoid(np.array([-1e-9, 0, 1e-9])) == pytest.approx(1 + np.array([-5e-10, 0, 5e-10]))
    for gate, v in ((SODIUM.gate("m"), -40.0), (nc.squid_potassium().gate("n"), -55.0)):
        around = gate.steady_state(np.array([v - 1e-4, v, v + 1e-4]))
        assert around[1] == pytest.approx(0.5 * (around[0] + around[2]), abs=1e-9)


def lowest(name):
    """Below −88 mV the mammalian s, as published, opens again: its closing rate vanishes first."""
    return -87.0 if name == "mammalian_node_channels" else -120.0


@pytest.mark.parametrize(("name", "channel", "gate"), GATES)
def test_the_library_is_finite_and_within_bounds(name, channel, gate):
    v = np.arange(lowest(name), 100.0, 0.5)
    steady = gate.steady_state(v)
    assert np.all((steady >= -1e-12) & (steady <= 1 + 1e-12))
    if isinstance(gate, nc.Gate):
        tau = gate.time_constant(v, gate.celsius)
        assert np.all((tau > 0) & (tau < 1e5))


@pytest.mark.parametrize(("name", "channel", "gate"), GATES)
def test_activation_rises_and_inactivation_falls(name, channel, gate):
    v = np.arange(lowest(name), 60.0, 1.0)
    steady = gate.steady_state(v) if isinstance(gate, nc.Gate) else gate.steady_state(v)[0]
    slope = np.diff(steady)
    falls = gate.name in ("h", "h7", "h8", "s7", "b", "r", "A")
    falls = (gate.name == "s") if channel.name == "CaT" else falls
    assert np.all(slope <= 1e-12 if falls else slope >= -1e-12)


def test_half_points_from_the_literature():
    def half(gate):
        v = np.arange(-150, 50, 0.01)
        return v[np.argmin(np.abs(gate.steady_state(v) - 0.5))]

    # Huguenard and McCormick 1992, shifted by 2 mV
    assert half(nc.t_type_calcium().gate("r")) == pytest.approx(-59, abs=0.02)
    assert half(nc.t_type_calcium().gate("s")) == pytest.approx(-83, abs=0.02)
    # Hu and others 2009: inactivation −67 and −80 mV; activation 11 mV apart, but for the slopes
    soma, axon = nc.somatic_sodium(1.0), nc.axonal_sodium(1.0)
    assert (half(soma.gate("h")), half(axon.gate("h"))) == pytest.approx((-67, -80), abs=0.02)
    assert half(soma.gate("m")) - half(axon.gate("m")) == pytest.approx(11, abs=0.5)


def test_somatic_and_axonal_sodium_rates():
    """m at its singular point: α + β = (0.182 + 0.124) · slope, and τ is scaled by Q10 2.3."""
    for channel, v, slope in ((nc.somatic_sodium(1), -37.0, 7), (nc.axonal_sodium(1), -48.0, 6)):
        tau = channel.gate("m").time_constant(v, 33.0)
        assert tau == pytest.approx(1 / (0.306 * slope * 2.3))
        assert channel.gate("m").steady_state(v) == pytest.approx(0.182 / 0.306)


def test_mammalian_node_rates():
    """As in ModelDB 3810, at −40 mV."""
    v = -40.0
    sodium, _, slow, _ = nc.mammalian_node_channels()
    alpha = 1.86 * (v + 21.4) / (1 - np.exp(-(v + 21.4) / 10.3))
    beta = 0.086 * -(v + 25.7) / (1 - np.exp((v + 25.7) / 9.16))
    assert sodium.gate("m").time_constant(v, 20.0) == pytest.approx(1 / (alpha + beta))
    alpha = 0.062 * -(v + 114) / (1 - np.exp((v + 114) / 11))
    beta = 2.3 / (1 + np.exp(-(v + 31.8) / 13.4))
    assert sodium.gate("h").steady_state(v) == pytest.approx(alpha / (alpha + beta))
    alpha, beta = 0.3 / (1 + np.exp(-(v + 53) / 5)), 0.03 / (1 + np.exp(-(v + 90)))
    assert slow.gate("s").time_constant(v, 36.0) == pytest.approx(1 / (alpha + beta))


def test_frog_node_rates():
    """As printed in 1964, for a depolarisation of 30 mV from −70 mV."""
    e = 30.0
    sodium, unspecific, potassium, _ = nc.frankenhaeuser_huxley_channels()

    def rising(a, b, c):
        return a * (e - b) / (1 - np.exp((b - e) / c))

    def falling(a, b, c):
        return a * (b - e) / (1 - np.exp((e - b) / c))

    printed = {
        "m": (rising(0.36, 22, 3), falling(0.4, 13, 20)),
        "h": (falling(0.1, -10, 6), 4.5 / (1 + np.exp((45 - e) / 10))),
        "n": (rising(0.02, 35, 10), falling(0.05, 10, 10)),
        "p": (rising(0.006, 40, 10), falling(0.09, -25, 20)),
    }
    for channel, name in ((sodium, "m"), (sodium, "h"), (potassium, "n"), (unspecific, "p")):
        alpha, beta = printed[name]
        gate = channel.gate(name)
        assert gate.steady_state(-70 + e) == pytest.approx(alpha / (alpha + beta))
        assert gate.time_constant(-70 + e, 20.0) == pytest.approx(1 / (alpha + beta))


def test_constant_field_current_is_that_of_ions():
    channel = nc.frankenhaeuser_huxley_channels()[0]
    v = np.linspace(-100, 60, 17)
    gates = {"m": 0.3, "h": 0.5}
    expected = nc.ghk_current(v, 8e-3 * 0.3**2 * 0.5, 114.5, 13.74, 1, 20.0)
    assert channel.current(v, gates, 20.0) == pytest.approx(expected)


# --- from channel to channel -------------------------------------------------------------------


def test_block():
    assert nc.block(SODIUM, 0.25).conductance == 90
    assert SODIUM.conductance == 120  # the original stays


@pytest.mark.parametrize("gate", [None, "m"])
def test_shift(gate):
    moved = nc.shift(SODIUM, -7.0, gate)
    v = np.linspace(-100, 50, 31)
    for name in "mh":
        by = -7.0 if gate in (None, name) else 0.0
        assert moved.gate(name).steady_state(v + by) == pytest.approx(
            SODIUM.gate(name).steady_state(v)
        )
        assert moved.gate(name).time_constant(v + by, 6.3) == pytest.approx(
            SODIUM.gate(name).time_constant(v, 6.3)
        )
    assert nc.shift(moved, 7.0, gate) == SODIUM


def test_slow_and_freeze():
    slowed = nc.slow(SODIUM, 3.0, "h")
    assert slowed.gate("h").time_constant(-65.0, 6.3) == pytest.approx(
        3 * SODIUM.gate("h").time_constant(-65.0, 6.3)
    )
    assert slowed.gate("h").steady_state(-65.0) == SODIUM.gate("h").steady_state(-65.0)
    assert slowed.gate("m") == SODIUM.gate("m")
    assert nc.freeze(SODIUM, "h").gate("h").time_constant(-65.0, 6.3) == np.inf


def test_persistent_share():
    """Population and share together are the whole, but for the inactivation the share lacks."""
    share, rest = nc.persistent(SODIUM, 0.02), nc.block(SODIUM, 0.02)
    gates = {"m": 0.7, "mp": 0.7, "h": 0.25}
    total = share.current(-20.0, gates, 6.3) + rest.current(-20.0, gates, 6.3)
    assert total == pytest.approx(120 * 0.7**3 * (0.98 * 0.25 + 0.02) * -70)
    membrane = nc.Membrane((rest, share, nc.squid_potassium(), nc.leak()))
    assert membrane.rest() > nc.hodgkin_huxley().rest()
    assert nc.rheobase(nc.patch(membrane), 50) < nc.rheobase(nc.patch(nc.hodgkin_huxley()), 50)


def test_the_persistent_share_of_channels_in_a_drug():
    """Its gates' names differ from the population's, a scheme's states too."""
    drugged = nc.lidocaine(SODIUM, 100.0)
    share = nc.persistent(drugged, 0.02, "m")
    assert share.states == ("Ap", "Ip", "ABp", "IBp")
    membrane = nc.Membrane((nc.block(drugged, 0.02), share))
    steady = membrane.steady_state(-65.0)
    assert [steady[name] for name in share.states] == [steady[name[:-1]] for name in share.states]


def test_temperature_follows_q10():
    m = SODIUM.gate("m")
    assert m.time_constant(-30.0, 6.3) / m.time_constant(-30.0, 16.3) == pytest.approx(3)


# --- instantaneous gates -----------------------------------------------------------------------

FAST = nc.wang_buzsaki()


def test_an_instantaneous_gate_has_no_state_and_is_recorded():
    m = FAST["Na"].gate("m")
    assert m.instantaneous
    assert FAST.states == ("h", "n")
    assert list(FAST.steady_state(-60.0)) == ["m", "h", "n"]
    assert m.time_constant(-60.0, 6.3) == 0
    held = FAST.currents(-20.0, {"h": 0.5, "n": 0.1})
    assert held["Na"] == pytest.approx(35 * m.steady_state(-20.0) ** 3 * 0.5 * -75)
    clamp = nc.voltage_clamp(-65, (1, 3, -20))
    for stimulus in (nc.step(2.0, 1), nc.step([2.0, 3.0], 1), clamp):
        r = nc.simulate(nc.patch(FAST), stimulus, 5, sample=0.1)
        np.testing.assert_allclose(r.gates["m"], m.steady_state(r.v))
    both = nc.chain(("a", FAST, 50, 20, 1), ("b", nc.passive(), 50, 20, 1), axial_resistivity=100.0)
    r = nc.simulate(both, None, 1.0, record=[0, 1])
    np.testing.assert_allclose(r.gates["m"][0], m.steady_state(r.v[0]))
    assert np.isnan(r.gates["m"][1]).all()


def test_an_instantaneous_gate_can_be_shifted_and_leaves_the_others_slow():
    moved = nc.modify(FAST, "Na", nc.shift, 5.0)
    assert moved["Na"].gate("m").steady_state(-30.0) == FAST["Na"].gate("m").steady_state(-35.0)
    one = nc.simulate(nc.patch(moved), nc.step(3.0), 30).spike_times()
    other = nc.simulate(nc.patch(moved), nc.step([3.0]), 30).spike_times()[0]
    assert one == pytest.approx(other, abs=1e-3)
    assert len(one) > 0
    slowed = nc.modify(FAST, "Na", nc.slow, 2.0)
    assert slowed["Na"].gate("h").speed == 0.5
    assert nc.growth_rates(FAST, -60.0).shape == (3,)
    # dI/dV of the sodium current counts: without the bend of m there would be no runaway
    assert nc.growth_rates(FAST, -55.0).real.max() > 0


def test_a_cable_of_instantaneous_gates_conducts():
    axon = nc.bare_axon(FAST, 50, 3000, 100.0, 30)
    arrivals = [
        np.concatenate(nc.simulate(axon, nc.pulse(200, 0.1, 0.5), 6, record=[9, 24], accuracy=a)
                       .spike_times())
        for a in (1e-3, 1e-5)
    ]  # fmt: skip
    assert arrivals[0].size == 2
    assert arrivals[0] == pytest.approx(arrivals[1], abs=1e-3)


# --- Markov schemes ----------------------------------------------------------------------------


def test_a_scheme_of_one_state_is_always_in_it():
    open_channel = nc.Channel("K", 1.0, -90.0, (nc.Scheme(("open",), (), "open"),))
    membrane = nc.Membrane((open_channel,))
    assert np.shape(membrane.steady_state(-65.0)["open"]) == ()
    assert np.shape(membrane.steady_state(np.zeros(3))["open"]) == (3,)
    assert membrane.rest() == pytest.approx(-90.0)


def test_a_gate_and_its_scheme_are_the_same():
    h = SODIUM.gate("h")
    scheme = nc.Scheme(("on", "off"), (("on", "off", h.beta), ("off", "on", h.alpha)), "on")
    v = np.linspace(-100, 50, 7)
    assert scheme.steady_state(v)[0] == pytest.approx(h.steady_state(v))
    as_scheme = replace(SODIUM, gates=(SODIUM.gates[0], scheme))
    a = nc.patch(nc.Membrane((SODIUM, nc.squid_potassium(), nc.leak())))
    b = nc.patch(nc.Membrane((as_scheme, nc.squid_potassium(), nc.leak())))
    for amplitude in (10.0, [10.0]):
        one = nc.simulate(a, nc.step(amplitude, 2), 15)
        other = nc.simulate(b, nc.step(amplitude, 2), 15)
        assert np.ravel(other.spike_times()) == pytest.approx(np.ravel(one.spike_times()), abs=1e-4)


TWO_OPEN = nc.Scheme(
    ("C", "O1", "O2"),
    (
        ("C", "O1", "exp((V + 50) / 12)"),
        ("O1", "C", "exp(-(V + 50) / 12)"),
        ("O1", "O2", "0.3"),
        ("O2", "O1", "0.1 * exp(-(V + 50) / 25)"),
    ),
    ("O1", "O2"),
    celsius=6.3,
)


def test_several_open_states_conduct_alike():
    """A second potassium channel with two open states, along every way of running it."""
    channel = nc.Channel("X", 3.0, -77.0, (TWO_OPEN,))
    occupied = {"C": 0.2, "O1": 0.5, "O2": 0.3}
    assert channel.open_fraction(occupied) == pytest.approx(0.8)
    membrane = nc.Membrane((*nc.hodgkin_huxley().channels, channel))
    exact = nc.simulate(nc.patch(membrane), nc.step(30, 1), 25, accuracy=1e-7, sample=0.05)
    assert exact.gates["O2"].max() > exact.gates["O1"].min() > 0.01  # both matter
    many = nc.simulate(nc.patch(membrane), nc.step([30.0, 20.0], 1), 25)
    assert len(exact.spike_times()) > 0
    assert many.spike_times()[0] == pytest.approx(exact.spike_times(), abs=1e-3)
    x = many.currents["X"][0]
    opened = many.gates["O1"][0] + many.gates["O2"][0]
    np.testing.assert_allclose(x, 3 * opened * (many.v[0] + 77))
    (v,), _, _ = solve(nc.patch(membrane), nc.step(30, 1), exact.t, v0=round(membrane.rest(), 2))
    assert np.abs(exact.v - v).max() < 2e-4
    clamped = nc.simulate(nc.patch(membrane), nc.voltage_clamp(-65, (1, 20, -20)), 20)
    steady = TWO_OPEN.steady_state(-20.0)[1:].sum()
    assert clamped.currents["X"][-1] == pytest.approx(3 * steady * 57, rel=1e-3)
    blocked = nc.modify(membrane, "X", nc.freeze, "O2")  # any state names its scheme
    assert blocked["X"].gates[0].speed == 0


def test_lidocaine_obeys_detailed_balance():
    """Round the cycle of four states the rates multiply to the same both ways."""
    scheme = nc.lidocaine(SODIUM, 30.0).gates[1]
    for v in (-90.0, -60.0, 0.0):
        a = scheme.rates(v, 6.3)
        i = {name: k for k, name in enumerate(scheme.states)}
        cycle = ["A", "I", "IB", "AB", "A"]
        forth = np.prod([a[i[y], i[x]] for x, y in pairwise(cycle)])
        back = np.prod([a[i[x], i[y]] for x, y in pairwise(cycle)])
        assert forth == pytest.approx(back)
        assert a.sum(axis=0) == pytest.approx(np.zeros(4))  # nothing is lost
        assert a @ scheme.steady_state(v) == pytest.approx(np.zeros(4))


def test_lidocaine_recovers_within_one_to_two_seconds():
    """Bound channels, at a potential where nothing binds."""
    scheme = nc.lidocaine(SODIUM, 1e-6).gates[1]
    slowest = np.sort(np.linalg.eigvals(scheme.rates(-100.0, 6.3)).real)[-2]
    assert 1000 < -1 / slowest < 2000


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nc.Gate("m", 3, alpha="V +", beta="1"), ValueError, "must be a formula"),
        (lambda: nc.Gate("m", 3, alpha="W", beta="1"), ValueError, "'W'"),
        (lambda: nc.Gate("m", 3, alpha="__import__('os')", beta="1"), ValueError, "__import__"),
        (lambda: nc.Gate("m", 3, alpha="V", beta="1"), ValueError, "at least 0"),
        (lambda: nc.Gate("m", 3, alpha=1.0, beta="1"), TypeError, "text"),
        (lambda: nc.Gate("m", 3, alpha="1.0"), ValueError, "alpha and beta"),
        (lambda: nc.Gate("m", 0, alpha="1.0", beta="1.0"), ValueError, "power"),
        (lambda: nc.Gate("m", 1, "1.0", "1.0", celsius=310.0), ValueError, "celsius"),
        (lambda: nc.Scheme(("a",), (("a", "b", "1.0"),), "a"), ValueError, "'b'"),
        (lambda: nc.Scheme(("a", "b"), (("a", "b", "1.0"),), "c"), ValueError, "'c'"),
        (lambda: nc.Scheme(("a", "b"), (("a", "b", "1.0"),), ("a", "c")), ValueError, "'c'"),
        (lambda: nc.Scheme(("a", "b"), (("a", "b", "1.0"),), ()), ValueError, "open"),
        (lambda: nc.Scheme(("a", "b"), (("a", "b", "1.0"),), ("a", "a")), ValueError, "different"),
        (lambda: nc.Channel("Na", -1.0, 50.0), ValueError, "conductance"),
        (lambda: nc.Channel("Na", float("nan"), 50.0), ValueError, "conductance"),
        (lambda: nc.Channel("Na", 1.0, 5000.0), ValueError, "reversal"),
        (lambda: nc.ConstantField(-1.0, 5.0), ValueError, "inside"),
        (lambda: nc.ConstantField(1.0, 5.0, 0), ValueError, "valence"),
        (lambda: nc.block(SODIUM, 1.5), ValueError, "fraction"),
        (lambda: nc.slow(SODIUM, 0), ValueError, "factor"),
        (lambda: nc.freeze(SODIUM, "q"), ValueError, "'q'"),
        (lambda: nc.freeze(FAST["Na"], "m"), ValueError, "'m' of 'Na' is instantaneous"),
        (lambda: nc.slow(FAST["Na"], 2.0, "m"), ValueError, "'m' of 'Na' is instantaneous"),
        (
            lambda: nc.simulate(nc.patch(FAST), None, 2.0, resets={1.0: {"m": 0.5}}),
            ValueError,
            "not 'm'",
        ),
        (
            lambda: nc.channel_noise(FAST, 1.0, 1.0, seed=1, density={"Na": 60, "K": 18}),
            ValueError,
            "'m' of 'Na' has no time constant",
        ),
        (lambda: nc.shift(SODIUM, -5, "n"), ValueError, "'n'"),
        (lambda: nc.lidocaine(SODIUM, -1.0), ValueError, "concentration"),
        (lambda: nc.lidocaine(nc.somatic_sodium(1.0), 5.0), ValueError, "alpha and beta"),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
