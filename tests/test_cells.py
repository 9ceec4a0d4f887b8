"""The cells of the papers, against their equations written down anew and solved by LSODA."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import neurocore as nc

exp = np.exp


def x_over(x, k):
    """x / (1 − exp(−x / k))."""
    return x / (1 - exp(-x / k))


def relaxed(x, a, b):
    return a * (1 - x) - b * x


def wang_buzsaki(y, current):
    v, h, n = y
    a, b = 0.1 * x_over(v + 35, 10), 4 * exp(-(v + 60) / 18)
    sodium = 35 * (a / (a + b)) ** 3 * h * (v - 55)
    return [
        current - sodium - 9 * n**4 * (v + 90) - 0.1 * (v + 65),
        5 * relaxed(h, 0.07 * exp(-(v + 58) / 20), 1 / (exp(-0.1 * (v + 28)) + 1)),
        5 * relaxed(n, 0.01 * x_over(v + 34, 10), 0.125 * exp(-(v + 44) / 80)),
    ]


def traub(v, m, h, n, vt):
    """The rates of sodium and potassium, as in Pospischil's paper."""
    u = v - vt
    return [
        relaxed(m, 0.32 * x_over(u - 13, 4), -0.28 * x_over(u - 40, -5)),
        relaxed(h, 0.128 * exp(-(u - 17) / 18), 4 / (1 + exp(-(u - 40) / 5))),
        relaxed(n, 0.032 * x_over(u - 15, 5), 0.5 * exp(-(u - 10) / 40)),
    ]


def traub_miles(y, current):
    v, m, h, n = y
    ionic = 100 * m**3 * h * (v - 50) + 80 * n**4 * (v + 100) + 0.1 * (v + 67)
    return [current - ionic, *traub(v, m, h, n, -67)]


def cortical(y, current, potassium, g_leak, e_leak, m_type=0.0, others=0.0):
    v, m, h, n, p = y[:5]
    ionic = 50 * m**3 * h * (v - 50) + potassium * n**4 * (v + 100) + g_leak * (v - e_leak)
    ionic += m_type * p * (v + 100) + others
    at, tau = 1 / (1 + exp(-(v + 35) / 10)), 1000 / (3.3 * exp((v + 35) / 20) + exp(-(v + 35) / 20))
    return [current - ionic, *traub(v, m, h, n, -55), (at - p) / tau]


def regular_spiking(y, current):
    return cortical(y, current, 5, 0.1, -70, 0.07)


def fast_spiking(y, current):
    return cortical([*y, 0.0], current, 10, 0.15, -70)[:4]


def intrinsically_bursting(y, current):
    v, q, r = y[0], y[5], y[6]
    entering = 0.17 * q**2 * r * (v - 120)
    return [
        *cortical(y, current, 5, 0.01, -85, 0.03, entering),
        relaxed(q, 0.055 * x_over(v + 27, 3.8), 0.94 * exp((-75 - v) / 17)),
        relaxed(r, 0.000457 * exp((-13 - v) / 50), 0.0065 / (exp((-15 - v) / 28) + 1)),
    ]


def low_threshold_spiking(y, current):
    v, s = y[0], y[5]
    u = v + 2
    entering = 0.4 * s * (v - 120) / (1 + exp(-(u + 57) / 6.2)) ** 2
    tau = (30.8 + (211.4 + exp((u + 113.2) / 5)) / (1 + exp((u + 84) / 3.2))) / 3**1.2
    return [
        *cortical(y, current, 5, 0.01, -85, 0.03, entering),
        (1 / (1 + exp((u + 81) / 4)) - s) / tau,
    ]


def sensory_neuron(y, current):
    """As in the files of Verma and others (ModelDB 264591)."""
    v, m7, h7, s7, m8, h8, n, a, b = y
    ionic = 18 * m7**3 * h7 * s7 * (v - 67.1) + 7 * m8 * h8 * (v - 67.1)
    ionic += 4.78 * n * (v + 84.7) + 8.33 * a * b * (v + 84.7) + 0.0575 * (v + 58.91)
    alpha, beta = 0.001265 * x_over(v + 14.273, 10), 0.125 * exp(-(v + 55) / 2.5)
    tau_a, tau_b = (
        0.25 + 10.04 * exp(-((v + 24.67) ** 2) / 2422.08),
        20 + 50 * exp(-((v + 40) ** 2) / 3200),
    )
    opening = 0.00003 + 0.00092 / (1 + exp((v + 93.9) / 16.6))
    return [
        (current - ionic) / 0.93,
        relaxed(m7, 15.5 / (1 + exp(-(v - 5) / 12.08)), 35.2 / (1 + exp((v + 72.7) / 16.7))),
        relaxed(
            h7,
            0.38685 / (1 + exp((v + 122.35) / 15.29)),
            -0.00283 + 2.00283 / (1 + exp(-(v + 5.5266) / 12.70195)),
        ),
        relaxed(s7, opening, 132.05 - 132.05 / (1 + exp((v - 384.9) / 28.5))),
        relaxed(
            m8,
            2.85 - 2.839 / (1 + exp((v - 1.159) / 13.95)),
            7.6205 / (1 + exp((v + 46.463) / 8.8289)),
        ),
        (1 / (1 + exp((v + 32.2) / 4)) - h8)
        / (1.218 + 42.043 * exp(-((v + 38.1) ** 2) / 461.4722)),
        (1 / (1 + exp(-(v + 14.62) / 18.38)) - n) / (1 + 1 / (alpha + beta)),
        ((1 / (1 + exp(-(v + 5.4) / 16.4))) ** 4 - a) / tau_a,
        (1 / (1 + exp((v + 49.9) / 4.6)) - b) / tau_b,
    ]


# the equations, a current (µA/cm²) and for how long (ms)
CELLS = {
    "wang_buzsaki": (wang_buzsaki, 1.0, 200.0),
    "traub_miles": (traub_miles, 1.0, 200.0),
    "regular_spiking": (regular_spiking, 2.59, 400.0),
    "fast_spiking": (fast_spiking, 3.55, 200.0),
    "intrinsically_bursting": (intrinsically_bursting, 0.52, 300.0),
    "low_threshold_spiking": (low_threshold_spiking, 0.52, 300.0),
    "sensory_neuron": (sensory_neuron, 10.0, 200.0),
}


def upstroke(t, y):
    return y[0]


upstroke.direction = 1


def by_lsoda(equations, membrane, current, duration):
    v = round(membrane.rest(), 2)
    gates = membrane.steady_state(v)
    start = [v, *(float(gates[name]) for name in membrane.states)]
    options = {"method": "LSODA", "rtol": 1e-11, "atol": 1e-12, "events": upstroke}
    run = solve_ivp(lambda t, y: equations(y, current), (0, duration), start, **options)
    assert run.success
    return run.t_events[0]


@pytest.mark.parametrize("name", CELLS)
def test_spikes_when_its_equations_do(name):
    equations, current, duration = CELLS[name]
    membrane = getattr(nc, name)()
    expected = by_lsoda(equations, membrane, current, duration)
    assert len(expected) > 2
    cell = nc.patch(membrane)
    exact = nc.simulate(cell, nc.step(current), duration, accuracy=1e-8).spike_times()
    assert exact == pytest.approx(expected, abs=1e-5)
    found = nc.simulate(cell, nc.step(current), duration).spike_times()
    assert found == pytest.approx(expected, abs=1e-3)
    until = expected[2] + 1.0
    many = nc.simulate(cell, nc.step([current]), until).spike_times()[0]
    assert many == pytest.approx(expected[:3], abs=1e-3)


def intervals(membrane, current, duration, start=20.0):
    r = nc.simulate(nc.patch(membrane), nc.step(current, start), start + duration)
    return np.diff(r.spike_times())


def test_the_interneuron_of_wang_and_buzsaki_starts_slowly_and_does_not_adapt():
    """Its onset, at 0.16 µA/cm², is that of a saddle on a cycle: as slow as one likes."""
    cell = nc.wang_buzsaki()
    v = np.linspace(-70.0, -50.0, 2001)
    onset = cell.steady_current(v).max()
    assert onset == pytest.approx(0.16, abs=0.005)
    assert len(intervals(cell, onset - 0.01, 500.0)) == 0
    low, middle, high = (1e3 / intervals(cell, onset + x, 800.0)[-1] for x in (0.01, 0.04, 0.16))
    assert low < 5
    # as the square root of what is above it
    assert middle / low == pytest.approx(2, rel=0.15)
    assert high / middle == pytest.approx(2, rel=0.15)
    steady = intervals(cell, 1.0, 200.0)
    assert steady[-1] == pytest.approx(steady[0], rel=0.01)
    assert 1e3 / steady[-1] == pytest.approx(60, abs=1)  # as its docstring says


def test_regular_and_fast_spiking():
    slowing = intervals(nc.regular_spiking(), 2.59, 400.0)
    assert len(slowing) >= 4
    assert np.all(np.diff(slowing) > 0)
    assert slowing[-1] > 3 * slowing[0]
    even = intervals(nc.fast_spiking(), 3.55, 400.0)
    assert even[-1] == pytest.approx(even[0], rel=0.01)
    assert even[0] < slowing[0]
    # without its M current the one is the other, but for two conductances
    assert np.ptp(intervals(nc.modify(nc.regular_spiking(), "M", nc.block, 1.0), 2.59, 400.0)) < 0.5


def test_bursts():
    """Their numbers: ḡ of 0.1 regular, 0.17 one burst, 0.22 bursts that come again."""
    none, one, again = (
        intervals(nc.intrinsically_bursting(calcium), 0.52, 1500.0) for calcium in (0.1, 0.17, 0.22)
    )
    assert none.min() > 50
    first = np.argmax(one > 50)
    assert first > 4  # a burst
    assert one[first:].min() > 50  # and single spikes
    pauses = np.flatnonzero(again > 50)
    assert again[pauses[0] + 1] < 50  # a burst after the first pause, too


def test_a_burst_from_deep_down():
    first = intervals(nc.low_threshold_spiking(), 0.52, 400.0)
    assert first[0] < 20 < first[-1]
    rebound = nc.patch(nc.low_threshold_spiking(-60.0))
    r = nc.simulate(rebound, nc.step(-0.26, 20, 420), 600)
    assert len(r.spike_times()) > 0
    assert r.spike_times().min() > 420
    blocked = nc.simulate(rebound.modify("CaT", nc.block, 1.0), nc.step(-0.26, 20, 420), 600)
    assert len(blocked.spike_times()) == 0


def test_a_sensory_neuron_needs_nav18_for_its_upstroke():
    """Gates at −65.4406 mV as in the files of Verma and others, in their four digits."""
    cell = nc.sensory_neuron()
    printed = {"m7": 0.0032, "h7": 0.3797, "s7": 0.9038, "m8": 0.0050, "h8": 0.9997, "n": 0.0592}
    printed |= {"a": 3.9452e-07, "b": 0.9670}
    gates = cell.steady_state(-65.4406)
    for name, value in printed.items():
        assert float(gates[name]) == pytest.approx(value, abs=1e-4, rel=0.01)
    assert float(gates["a"]) == pytest.approx(3.9452e-07, rel=1e-3)
    assert cell.rest() == pytest.approx(-66.5, abs=0.05)
    for share, fires in ((0.0, True), (1.0, False)):
        run = nc.patch(nc.modify(cell, "Nav1.8", nc.block, share))
        r = nc.simulate(run, nc.step(10.0, 20), 100)
        assert (len(r.spike_times()) > 0) == fires
    # more of it depolarises, and needs less current
    more = nc.modify(cell, "Nav1.8", lambda channel: nc.nav18_sodium(10.0))
    assert more.rest() > cell.rest() + 5
    one, other = (nc.rheobase(nc.patch(m), 100, resolution=1e-2) for m in (cell, more))
    assert other < 0.5 * one


def test_mainens_sodium_conducts_more_in_the_warmth():
    cold, warm = nc.mainen_sodium(20.0), nc.mainen_sodium(20.0, celsius=37.0)
    assert cold.conductance == 20.0
    assert warm.conductance / cold.conductance == pytest.approx(2.3**1.4)
    assert warm.conductance / cold.conductance == pytest.approx(3.21, abs=0.005)
    m, h = cold.gates
    v = -42.0
    a, b = 0.182 * x_over(v + 35, 9), -0.124 * x_over(v + 35, -9)
    assert m.steady_state(v) == pytest.approx(a / (a + b))
    assert m.time_constant(v, 37.0) == pytest.approx(1 / (a + b) / 2.3**1.4)
    assert h.steady_state(v) == pytest.approx(1 / (1 + exp((v + 65) / 6.2)))
    a, b = 0.024 * x_over(v + 50, 5), -0.0091 * x_over(v + 75, -5)
    assert h.time_constant(v, 23.0) == pytest.approx(1 / (a + b))


@pytest.mark.parametrize("name", CELLS)
def test_they_run_warm_blocked_held_and_along_a_cable(name):
    membrane = getattr(nc, name)()
    warm = (
        nc.patch(membrane)
        .at_temperature(membrane.celsius + 2)
        .modify(membrane.channels[0].name, nc.block, 0.1)
    )
    assert np.isfinite(nc.simulate(warm, nc.step(1.0), 5).v).all()
    held = nc.simulate(nc.patch(membrane), nc.voltage_clamp(-70, (1, 4, -10)), 5)
    assert held.ionic_current.min() < 0
    axon = nc.bare_axon(membrane, 20.0, 400.0, 100.0, 4)
    along = nc.simulate(axon, None, 1.0, record=[0])
    assert along.v[0, -1] == pytest.approx(membrane.rest(), abs=0.5)
