"""Conductances that synapses open: their course, and what cells do under them."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import neurocore as nc

SQUID = nc.hodgkin_huxley(6.3)
FORMS = {"two times": (0.5, 3.0), "alpha": (1.0, 1.0), "jump": (0.0, 2.0), "nearly": (0.9999, 1.0)}


def written_down(t, times, peak, rise, decay):
    """The conductance at one time, from its textbook formula, its height found by looking."""

    def one(s):
        if rise == decay:
            return s / decay * np.exp(1 - s / decay)
        return np.exp(-s / decay) - (np.exp(-s / rise) if rise else 0.0)

    s = np.linspace(0, 20 * decay, 200_001)
    return peak / one(s).max() * sum(one(t - k) for k in times if t >= k)


def by_lsoda(times, peak, rise, decay, reversal, current, duration, at):
    """V of the squid axon at the times `at`, and when it fires, the equations written down anew."""

    def change(t, y, a):
        v, m, h, n = y
        am = (v + 40) / 10 / (1 - np.exp(-(v + 40) / 10))
        an = 0.1 * (v + 55) / 10 / (1 - np.exp(-(v + 55) / 10))
        bm, bn = 4 * np.exp(-(v + 65) / 18), 0.125 * np.exp(-(v + 65) / 80)
        ah, bh = 0.07 * np.exp(-(v + 65) / 20), 1 / (1 + np.exp(-(v + 35) / 10))
        ionic = 120 * m**3 * h * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
        open_ = peak * scale * sum(one(t - k) for k in times if k <= a)
        return [
            current - ionic - open_ * (v - reversal),
            am * (1 - m) - bm * m,
            ah * (1 - h) - bh * h,
            an * (1 - n) - bn * n,
        ]

    def one(s):
        if rise == decay:
            return s * np.exp(-s / decay)
        return np.exp(-s / decay) - (np.exp(-s / rise) if rise else 0.0)

    s = np.linspace(0, 20 * decay, 2_000_001)
    scale = 1 / one(s).max()
    gates = SQUID.steady_state(-65.0)
    y, found, v = [-65.0, *(float(gates[x]) for x in "mhn")], [], []
    for a, b in zip([0.0, *times], [*times, duration], strict=True):
        last = b == duration
        some = at[(at >= a) & ((at < b) | last)]
        r = solve_ivp(
            change, (a, b), y, "LSODA", [*some, *([] if last else [b])], args=(a,), events=up,
            rtol=1e-10, atol=1e-12, max_step=0.05,
        )  # fmt: skip
        found.extend(r.t_events[0])
        v.extend(r.y[0, : some.size])
        y = r.y[:, -1]
    return np.array(v), np.array(found)


def up(t, y, a):
    return y[0]


up.direction = 1


@pytest.mark.parametrize("form", FORMS)
def test_the_course_is_that_of_the_textbook(form):
    rise, decay = FORMS[form]
    s = nc.synapse([1.0, 2.5, 2.6], 0.4, rise, decay, 0.0)
    t = np.linspace(0, 12, 49)
    expected = [written_down(x, s.times, 0.4, rise, decay) for x in t]
    assert s(t) == pytest.approx(expected, rel=1e-6, abs=1e-9)
    alone = nc.synapse(0.0, [0.4, 0.8], rise, decay, 0.0)(np.linspace(0, 10, 10_001))
    assert alone.max(axis=1) == pytest.approx([0.4, 0.8], rel=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_one_and_many_agree_with_lsoda(form):
    rise, decay = FORMS[form]
    times = [1.0, 8.0, 9.3]
    s = nc.synapse(times, 0.15, rise, decay, 0.0)
    cell = nc.patch(SQUID)
    exact = nc.simulate(cell, [s, nc.step(2.0)], 20, v0=-65, accuracy=1e-8, sample=0.1)
    v, found = by_lsoda(times, 0.15, rise, decay, 0.0, 2.0, 20.0, exact.t)
    assert len(found) > 0
    assert exact.spike_times() == pytest.approx(found, abs=5e-6)
    assert np.abs(exact.v - v).max() < 2e-3
    one = nc.simulate(cell, [s, nc.step(2.0)], 20, v0=-65)
    assert one.spike_times() == pytest.approx(found, abs=1e-3)
    both = nc.synapse(times, [0.15, 0.3], rise, decay, 0.0)
    many = nc.simulate(cell, [both, nc.step(2.0)], 20, v0=-65)
    assert many.spike_times()[0] == pytest.approx(found, abs=1e-3)
    fine = nc.simulate(cell, [s, nc.step(2.0)], 20, v0=-65, sample=0.005, accuracy=1e-6)
    charging = np.gradient(fine.v, fine.t)  # C is 1 µF/cm²
    away = np.abs(fine.t[:, None] - [0.0, *times]).min(axis=1) > 0.01
    assert np.abs(fine.capacitive_current - charging)[away].max() < 0.5


def test_inhibition_stops_what_a_current_starts():
    shunt = nc.synapse([0.5], 2.0, 0.2, 5.0, SQUID.rest())
    pulse = nc.pulse(10.0, 1.0, 1.0)
    assert nc.fires(nc.patch(SQUID), pulse, 15)
    assert not nc.fires(nc.patch(SQUID), [pulse, shunt], 15)


def test_a_synapse_on_a_cable():
    """In one compartment of a cable; in one of one potential it is what it is on a patch."""
    short = nc.bare_axon(SQUID, 100.0, 30.0, 35.4, 3)
    area = short.area.sum() * 1e3  # µS for 1 mS/cm²
    alone = nc.simulate(nc.patch(SQUID), nc.synapse([1.0], 0.3, 0.5, 2.0, 0.0), 8)
    along = nc.simulate(short, nc.synapse([1.0], 0.3 * area, 0.5, 2.0, 0.0, at=1), 8, record=[1])
    assert along.spike_times()[0] == pytest.approx(alone.spike_times(), abs=5e-3)
    axon = nc.bare_axon(nc.hodgkin_huxley(18.5), 476, 20_000, 35.4, 40)
    driven = nc.synapse([0.2], [300.0, 900.0], 0.1, 0.5, 0.0, at=-1)
    runs = [nc.simulate(axon, driven, 3, record=[30, 10], accuracy=a) for a in (1e-3, 1e-5)]
    for k in (0, 1):
        coarse, fine = (np.concatenate(r.spike_times()[k]) for r in runs)
        assert coarse.size == 2
        assert coarse[0] < coarse[1]
        assert coarse == pytest.approx(fine, abs=1e-3)


def test_an_opening_that_barely_fires_is_found():
    cell = nc.patch(SQUID)
    least = nc.threshold(cell, lambda g: nc.synapse(1.0, g, 0.5, 2.0, 0.0), 20, highest=5.0)
    assert 0.05 < least < 1.0
    assert len(nc.simulate(cell, nc.synapse(1.0, 1.01 * least, 0.5, 2.0, 0.0), 20).spike_times())
    assert nc.latency(cell, nc.synapse(1.0, 2 * least, 0.5, 2.0, 0.0), 20) < 5


def made(**changes):
    given = {"times": [1.0, 2.0], "peak": 0.1, "rise": 0.5, "decay": 2.0, "reversal": 0.0}
    return nc.synapse(**given | changes)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: made(times=[2.0, 1.0]), ValueError, "times must ascend"),
        (lambda: made(times=[1.0, 1.0]), ValueError, "times must ascend"),
        (lambda: made(times=[-1.0, 1.0]), ValueError, "times must be 0 or more"),
        (lambda: made(times=[]), ValueError, "times"),
        (lambda: made(peak=-0.1), ValueError, "peak"),
        (lambda: made(rise=3.0), ValueError, "rise must not exceed the decay"),
        (lambda: made(decay=0.0), ValueError, "decay"),
        (lambda: made(reversal=400.0), ValueError, "reversal"),
        (lambda: nc.simulate(nc.patch(SQUID), made(at=1), 5), ValueError, "at must be 0"),
        (lambda: nc.simulate(nc.patch(SQUID), made(), 0.5), ValueError, "start within the run"),
        (
            lambda: nc.simulate(nc.patch(SQUID), [made(), nc.voltage_clamp(-65)], 5),
            ValueError,
            "works alone",
        ),
        (
            lambda: nc.simulate(nc.patch(SQUID), [made(peak=[0.1]), nc.step([1.0, 2.0])], 5),
            ValueError,
            "same number of traces",
        ),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
