"""The double cable: myelin over a conducting space, and the mammalian axons that stand on it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

import neurocore as nc

pytest.importorskip("neuron")
from double_cable_judges import PRINTED, lsoda, neuron

AXON = nc.mammalian_axon()
NODES = AXON.regions["node"]


def arrivals(t, v):
    return np.array([nc.crossings(t, x, 0.0)[0] for x in v])


def velocity(times, spacing):
    """Between the nodes at 0.3 and 0.7 of 21 (m/s)."""
    return 8e-3 * spacing / (times[14] - times[6])


# --- against NEURON and LSODA --------------------------------------------------------------------


@pytest.mark.parametrize(("fibre", "speed"), [(5.7, 25.8), (10.0, 56.2), (16.0, 94.0)])
def test_velocity_and_potential_as_in_neuron(fibre, speed):
    """Where NEURON's steps go to 0; with 0.002 ms each it gives 24.8, 54.0 and 90.4 m/s."""
    t, expected = neuron(fibre, 21, amplitude=2.0, duration=1.2, dt=5e-4)
    axon = nc.mammalian_axon(fibre)
    r = nc.simulate(axon, nc.pulse(2.0, 0, 0.1), 1.2, v0=-80, record=axon.regions["node"])
    late, times = arrivals(t, expected), np.array([s[0] for s in r.spike_times()])
    spacing = PRINTED[fibre][2]
    assert velocity(times, spacing) == pytest.approx(velocity(late, spacing), rel=2e-3)
    assert velocity(times, spacing) == pytest.approx(speed, abs=0.05)
    found = np.array([np.interp(t, r.t, v) for v in r.v])
    away = np.abs(t - times[:, None]) > 0.1
    assert np.abs(found - expected)[away].max() < 1.0


@pytest.mark.parametrize(
    ("change", "options"),
    [
        (lambda axon: nc.demyelinate(axon, [10]), {"bare": [10]}),
        (lambda axon: nc.open_paranodes(axon, 0.02), {"loose": 0.02}),
        (lambda axon: axon.at_temperature(25.0), {"celsius": 25.0}),
    ],
    ids=["demyelinated", "loose paranodes", "cold"],
)
def test_changed_axons_as_in_neuron(change, options):
    t, expected = neuron(10.0, 21, amplitude=2.0, duration=1.2, dt=1e-3, **options)
    axon = change(AXON)
    r = nc.simulate(axon, nc.pulse(2.0, 0, 0.1), 1.2, v0=-80, record=NODES)
    reached = [k for k, v in enumerate(expected) if v.max() > 0]
    assert reached == [k for k, s in enumerate(r.spike_times()) if len(s)]
    late = arrivals(t, expected[reached])
    times = np.array([r.spike_times()[k][0] for k in reached])
    assert len(reached) > 8
    assert times[8] - times[2] == pytest.approx(late[8] - late[2], rel=5e-3)
    found = np.array([np.interp(t, r.t, r.v[k]) for k in reached])
    away = np.abs(t - times[:, None]) > 0.1
    assert np.abs(found - expected[reached])[away].max() < 1.0


def test_accuracy_holds():
    """Six nodes, to which an independent and far tighter solution brings the spike."""
    t = np.round(np.arange(0, 1.0, 1e-3), 6)
    exact = lsoda(5.7, 6, amplitude=2.0, t=t, rtol=1e-12)
    axon = nc.mammalian_axon(5.7, 6)
    for accuracy in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
        r = nc.simulate(
            axon, nc.pulse(2.0, 0, 0.1), 1.0, v0=-80, record=axon.regions["node"], accuracy=accuracy
        )
        for times, v in zip(r.spike_times(), exact, strict=True):
            (found,) = times
            assert found == pytest.approx(
                brentq(CubicSpline(t, v), found - 0.01, found + 0.01), abs=accuracy
            )
    found = np.array([np.interp(t, r.t, v) for v in r.v])
    np.testing.assert_allclose(found, exact, atol=0.05)


# --- the sheath ----------------------------------------------------------------------------------


def test_a_sheath_in_the_steady_state():
    """A node and one long covered compartment: a chain of four resistors, worked out by hand."""
    sheath = nc.Sheath(np.array([np.inf, 0.01]), 2.0, 0.01, 0.02, resistivity=50.0, mouth=0.5)
    node, axolemma = nc.passive(10.0, -80.0), nc.passive(0.1, -50.0)
    cell = nc.Cable((node, axolemma), [1.0, 100.0], 1.0, 100.0, sheath=sheath)
    area = cell.area
    inside = 100.0 * (50.5e-4) / (np.pi * 0.5e-4**2)  # Ω
    ring = 50.0 * 50.5e-4 / (np.pi * (0.51e-4**2 - 0.5e-4**2))  # Ω, to the mouth
    around = 1 / (1 / ring + 0.02e-3 * np.pi * 2e-4 * 100e-4)  # Ω, the sheath beside it
    loop = 1e3 / (10.0 * area[0]) + 1e3 * 1e3 / (0.1 * area[1] * 1e3) + inside + around
    current = 30.0 / loop  # mA, driven by the difference of the two reversals
    expected = [-80.0 + current * 1e3 / (10.0 * area[0]), -50.0 - current * 1e3 / (0.1 * area[1])]
    np.testing.assert_allclose(cell.rest(), expected, atol=1e-6)
    r = nc.simulate(cell, None, 5.0, v0=cell.rest())
    np.testing.assert_allclose(r.v, cell.rest()[:, None] + 0 * r.t, atol=1e-6)


def test_a_sheath_so_thin_is_none():
    """Its membranes gone but for a thousandth, an internode behaves as a bare one."""
    bare = nc.demyelinate(AXON, [10])
    assert np.isinf(bare.sheath.width[bare.regions["internode 10"]]).all()
    run = {"duration": 1.0, "v0": -80.0, "record": NODES[8:12]}
    a, b = (
        nc.simulate(x, nc.pulse(2.0, 0, 0.1), step=2e-3, **run)
        for x in (bare, nc.demyelinate(AXON, [10], 1e-6))
    )
    np.testing.assert_allclose(a.v, b.v, atol=0.2)


def test_without_a_sheath_the_same_cable():
    """A sheath of which nothing covers anything changes no bit."""
    plain = replace(AXON, sheath=None)
    nowhere = replace(AXON, sheath=replace(AXON.sheath, width=np.full(len(AXON), np.inf)))
    run = {"duration": 0.2, "v0": -80.0, "record": NODES[:3]}
    a, b = (nc.simulate(x, nc.pulse(2.0, 0, 0.1), **run) for x in (plain, nowhere))
    np.testing.assert_array_equal(a.v, b.v)


def test_traces_side_by_side():
    record = {"record": NODES[:3], "step": 2e-3}
    axon = nc.mammalian_axon(10.0, 4)
    both = nc.simulate(axon, nc.pulse([1.0, 3.0], 0.05, 0.1), 0.6, **record)
    for k, amplitude in enumerate((1.0, 3.0)):
        one = nc.simulate(axon, nc.pulse(amplitude, 0.05, 0.1), 0.6, **record)
        np.testing.assert_allclose(both.v[k], one.v, atol=1e-9)


def test_current_under_the_sheath_reaches_the_inside():
    """Into the middle of an internode, it excites the nodes on either side at once."""
    axon = nc.mammalian_axon(10.0, 4)
    r = nc.simulate(axon, nc.pulse(5.0, 0, 0.1, at=16), 0.5, record=axon.regions["node"])
    times = [s[0] for s in r.spike_times()]
    assert times[1] == pytest.approx(times[2], abs=0.02)
    assert times[0] > times[1]


# --- the axons -----------------------------------------------------------------------------------


def test_as_printed():
    assert NODES.tolist() == list(range(0, 221, 11))
    internode = AXON.regions["internode 1"]
    assert AXON.length[internode].sum() + 1 == pytest.approx(1150)
    assert AXON.length[internode].tolist() == pytest.approx([3, 46, *[1051 / 6] * 6, 46, 3])
    assert AXON.diameter[internode][:3].tolist() == [3.3, 6.9, 6.9]
    assert AXON.sheath.width[internode][:3].tolist() == [0.002, 0.004, 0.004]
    assert 1 / AXON.sheath.conductance[1] == 240
    assert nc.mammalian_axon(9.35).diameter[2] == pytest.approx((5.8 + 6.9) / 2)


def test_rest():
    """Alone the node rests at −88 mV; what leaks under the sheath holds it at −80."""
    rest = AXON.rest()
    assert nc.mammalian_node().rest() == pytest.approx(-88.0, abs=0.5)
    np.testing.assert_allclose(rest, -80.0, atol=0.1)
    r = nc.simulate(AXON, None, 1.0)
    np.testing.assert_allclose(r.v, rest[:, None] + 0 * r.t, atol=1e-3)


def test_many_nodes_are_active_at_once():
    """Above −30 mV, when the spike stands at node 45 of 61: 16 of them, where Brill's has four."""
    axon = nc.mammalian_axon(nodes=61)
    r = nc.kick(axon, axon.regions["node"], 1.3, accuracy=1e-2, stop_at_spike=False)
    now = np.searchsorted(r.t, r.spike_times()[45][0])
    assert (r.v[:, now] > -30).sum() == 16


def test_small_fibres():
    one, two = (nc.conduction_velocity(nc.mammalian_axon(f), accuracy=1e-2) for f in (1.0, 2.0))
    assert one == pytest.approx(4.63, abs=0.02)
    assert two == pytest.approx(9.40, abs=0.02)


def test_thinning_and_losing_myelin():
    whole = nc.conduction_velocity(AXON, 0.1, 0.9)
    thin = [
        nc.conduction_velocity(nc.demyelinate(AXON, range(9, 13), share), 0.1, 0.9)
        for share in (0.5, 0.2, 0.1)
    ]
    assert whole > thin[0] > thin[1] > thin[2] > 0.6 * whole
    bare = nc.demyelinate(AXON, [10])
    assert not nc.conducts(bare)
    assert nc.conducts(bare.at_temperature(17.0))  # cooling rescues
    assert not nc.conducts(bare.at_temperature(22.0))


def test_channels_under_lost_myelin_bring_conduction_back():
    passive = nc.passive(0.1, -80.0, 2.0, 37.0)
    sparse = replace(nc.mammalian_node_channels()[0], conductance=30.0)  # a hundredth of a node's
    axolemma = replace(passive, channels=(*passive.channels, sparse))
    assert not nc.conducts(nc.demyelinate(AXON, [10, 11]))
    assert nc.conducts(nc.demyelinate(AXON, [10, 11], axolemma=axolemma))


def test_open_paranodes_slow():
    speeds = [
        nc.conduction_velocity(nc.open_paranodes(AXON, width), accuracy=1e-2)
        for width in (0.002, 0.004, 0.02)
    ]
    assert speeds == pytest.approx([56.2, 43.3, 31.3], abs=0.3)
    some = nc.open_paranodes(AXON, 0.02, [4])
    changed = np.flatnonzero(some.sheath.width != AXON.sheath.width)
    assert changed.tolist() == [45, 54]


def test_shorter_internodes():
    short = [1150.0] * 8 + [380.0] * 6 + [1150.0] * 8
    axon = nc.mammalian_axon(nodes=23, spacing=short)
    assert np.diff(axon.position[axon.regions["node"]]) == pytest.approx(short)
    r = nc.kick(axon, axon.regions["node"], 2.0, stop_at_spike=False)
    steps = np.diff([s[0] for s in r.spike_times()])
    assert steps[9:13].mean() > 1.05 * steps[4:8].mean() * 380 / 1150  # slower along the short ones
    slow = nc.conduction_velocity(nc.mammalian_axon(nodes=41, spacing=300.0), accuracy=1e-2)
    assert slow == pytest.approx(34.6, abs=0.3)


def test_the_same_from_the_other_end():
    one = nc.demyelinate(nc.open_paranodes(AXON, 0.01, [3]), range(4), 0.5)
    there = nc.conduction_velocity(one.reversed().reversed(), accuracy=1e-2)
    assert there == pytest.approx(nc.conduction_velocity(one, accuracy=1e-2), rel=1e-9)
    np.testing.assert_array_equal(one.reversed().sheath.width, one.sheath.width[::-1])
    np.testing.assert_allclose(one.reversed().rest()[::-1], one.rest(), atol=1e-6)


def test_moved_channels():
    half = nc.modify(AXON, "Na", nc.block, 0.5, where=NODES[8:13])
    assert nc.conduction_velocity(half) < 0.95 * nc.conduction_velocity(AXON)
    assert nc.conducts(nc.modify(AXON, "Na", nc.block, 0.7), accuracy=1e-2)
    assert not nc.conducts(nc.modify(AXON, "Na", nc.block, 0.8), accuracy=1e-2)


def test_what_a_spike_costs():
    """The node pays for the charge of its internodes, too."""
    cost = nc.sodium_entry(AXON, wait=10.0, accuracy=1e-3)
    assert cost.excess == pytest.approx(11, abs=0.3)
    node = 2.0 * 109  # µF/cm², times the height (mV)
    assert cost.minimum > 1.5 * node


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nc.mammalian_axon(0.9), "fibre_diameter must be within 1 and 16 µm"),
        (lambda: nc.mammalian_axon(16.5), "fibre_diameter"),
        (lambda: nc.mammalian_axon(nodes=1), "nodes"),
        (lambda: nc.mammalian_axon(spacing=7.0), "spacing"),
        (lambda: nc.mammalian_axon(nodes=4, spacing=[500.0, 500.0]), "spacing"),
        (lambda: nc.open_paranodes(nc.myelinated_axon(), 0.01), "double cable"),
        (lambda: nc.open_paranodes(AXON, 0.01, [20]), "no internode 20"),
        (lambda: nc.open_paranodes(AXON, 30.0), "width"),
        (lambda: replace(AXON, sheath=replace(AXON.sheath, width=np.ones(3))), "sheath"),
        (lambda: nc.Sheath(np.array([0.0]), 10.0, 0.1, 0.1, 70.0), "width"),
        (lambda: nc.Sheath(np.array([0.1]), 10.0, -0.1, 0.1, 70.0), "capacitance of the sheath"),
        (lambda: replace(AXON, diameter=12.0), "leave room"),
        (lambda: nc.demyelinate(AXON, [10], 1.5), "remaining"),
        (
            lambda: replace(AXON, parents=np.where(np.arange(221) == 220, 100, np.arange(-1, 220))),
            "branches",
        ),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
