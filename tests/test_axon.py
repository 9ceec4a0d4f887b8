import numpy as np
import pytest

import neurocore as nc

SQUID = nc.hodgkin_huxley()


def test_a_cable_knows_its_geometry():
    axon = nc.bare_axon(SQUID, 476, 100_000, 35.4, 1000)
    assert len(axon) == 1000
    assert axon.area.sum() == pytest.approx(np.pi * 0.0476 * 10)  # cm²
    assert axon.position[[0, -1]] == pytest.approx([50, 99_950])
    # 100 µm of axoplasm between centres: ρ L / A
    resistance = 35.4 * 0.01 / (np.pi * 0.0238**2)
    assert axon.axial_conductance == pytest.approx(np.full(999, 1e3 / resistance))


def test_half_resistances_meet_at_a_step_of_diameter():
    cell = nc.chain(("a", SQUID, 10, 2, 1), ("b", SQUID, 30, 4, 1), axial_resistivity=100.0)
    halves = 100 * 5e-4 / (np.pi * 1e-8) + 100 * 15e-4 / (np.pi * 4e-8)  # Ω
    assert cell.axial_conductance == pytest.approx([1e3 / halves])


def test_chain():
    cell = nc.chain(
        ("dendrite", nc.passive(), 100, (1, 3), 4), ("soma", SQUID, 20, 20, 1),
        axial_resistivity=150.0,
    )  # fmt: skip
    assert cell.diameter == pytest.approx([1.25, 1.75, 2.25, 2.75, 20])
    assert cell.length == pytest.approx([25] * 4 + [20])
    assert {k: v.tolist() for k, v in cell.regions.items()} == {
        "dendrite": [0, 1, 2, 3],
        "soma": [4],
    }
    assert cell.membranes[4] is SQUID
    back = cell.reversed()
    assert back.regions["soma"].tolist() == [0]
    assert back.diameter[0] == 20


def test_modify_where():
    axon = nc.bare_axon(SQUID, 100, 1000, 35.4, 10)
    cold = nc.modify(axon, "Na", nc.block, 0.5, where=[2, -1])
    blocked = [m["Na"].conductance for m in cold.membranes]
    assert blocked == [120, 120, 60, *[120] * 6, 60]
    assert {m["Na"].conductance for m in nc.modify(axon, "Na", nc.block, 1.0).membranes} == {0}
    assert {m.celsius for m in axon.at_temperature(20).membranes} == {20}


def test_a_cell_rests_between_its_membranes():
    cell = nc.cell_with_initial_segment(5, -5)
    rest = cell.rest()
    assert -65 < rest[:10].max() < rest[cell.regions["initial segment"]].min() < -64
    left_alone = nc.simulate(cell, None, 50, v0=rest)
    # The search stops within 1e-9 mV; the array stepper interpolates its tables.
    np.testing.assert_allclose(left_alone.v, rest[:, None] + 0 * left_alone.t, atol=0.01)
    alike = nc.bare_axon(nc.hodgkin_huxley(), 10, 1000, 100, 20)
    np.testing.assert_allclose(alike.rest(), nc.hodgkin_huxley().rest(), atol=1e-8)


def test_a_cell_of_several_membranes_starts_at_its_own_rest():
    cell = nc.cell_with_initial_segment(5, -5)
    for stimulus in (None, nc.step([0.0, 0.0])):
        left_alone = nc.simulate(cell, stimulus, 20, sample=1.0)
        start = cell.rest()[:, None] + 0 * left_alone.t
        np.testing.assert_allclose(
            left_alone.v, np.broadcast_to(start, left_alone.v.shape), atol=0.01
        )
    uniform = nc.bare_axon(nc.hodgkin_huxley(), 10, 1000, 100, 20)
    assert np.all(nc.simulate(uniform, None, 1).v[:, 0] == -65.0)


def test_a_cell_that_fires_by_itself_has_no_rest():
    cell = nc.cell_with_initial_segment(5, -10)
    with pytest.raises(ValueError, match="no resting potential"):
        cell.rest()
    started = nc.simulate(cell, None, 0.1).v[:, 0]
    np.testing.assert_array_equal(started, [round(m.rest(), 2) for m in cell.membranes])


def test_at_rest_no_current_is_left_over():
    axon = nc.myelinated_axon(internodes=91)
    lukewarm = nc.modify(axon, "Na", nc.block, 0.5, where=axon.regions["node"][40:50])
    rest = lukewarm.rest()
    outward = np.array([m.steady_current(v) for m, v in zip(lukewarm.membranes, rest, strict=True)])
    outward = outward * lukewarm.area
    along = lukewarm.axial_conductance * np.diff(rest)
    outward[:-1] -= along
    outward[1:] += along
    assert np.ptp(rest) > 0.01
    assert np.abs(outward).max() < 1e-9 * np.abs(along).max() + 1e-15


def test_myelin_keeps_the_time_constant():
    bare = nc.passive(0.3, -65.0)
    sheath = nc.series(bare, 168)
    assert sheath.capacitance == pytest.approx(1 / 168)
    assert sheath.capacitance / sheath["leak"].conductance == pytest.approx(1 / 0.3)


def test_membranes_in_myelin():
    # a thin sheath counts for its thickness: two membranes every 18.4 nm
    assert nc.membranes_in_myelin(10, 0.99) - 1 == pytest.approx(
        2 * (10 / 0.99 - 10) / 2 / 0.0184, rel=0.01
    )
    assert nc.membranes_in_myelin(10, 1.0) == 1


def test_myelinated_axon():
    axon = nc.myelinated_axon(internodes=3, segments=4)
    assert axon.regions["node"].tolist() == [0, 5, 10, 15]
    assert axon.regions["internode 1"].tolist() == [6, 7, 8, 9]
    assert len(axon.regions["internode"]) == 12
    assert axon.area[0] == pytest.approx(100e-8, rel=1e-3)  # Brill's node is 100 µm²
    # Brill's 5.60e-9 S/cm and 1.87e-11 F/cm, as Hines gives them
    per_area = 1 / (np.pi * 10e-4)
    assert axon.membranes[1]["leak"].conductance == pytest.approx(5.60e-6 * per_area, rel=1e-3)
    assert axon.membranes[1].capacitance == pytest.approx(1.87e-5 * per_area, rel=1e-3)


def test_demyelinate():
    axon = nc.myelinated_axon(internodes=3, segments=4)
    thin = nc.demyelinate(axon, [1], 0.5)
    assert 1 / thin.membranes[6].capacitance == pytest.approx(1 + 0.5 * 167)
    assert thin.membranes[1] == axon.membranes[1]
    bare = nc.demyelinate(axon, 1)
    assert bare.membranes[6].capacitance == pytest.approx(1)
    assert bare.membranes[6]["leak"].conductance == pytest.approx(0.29946)
    whole = nc.demyelinate(axon, [0, 1, 2], 1.0)
    assert whole.membranes[6].capacitance == pytest.approx(axon.membranes[6].capacitance)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nc.patch(SQUID["Na"]), TypeError, "Membrane"),
        (lambda: nc.bare_axon(SQUID, -1, 1000, 35.4, 10), ValueError, "diameter"),
        (lambda: nc.bare_axon(SQUID, [1.0, 2.0], 1000, 35.4, 10), ValueError, "diameter"),
        (lambda: nc.bare_axon(SQUID, 1, -1000, 35.4, 10), ValueError, "length"),
        (lambda: nc.bare_axon(SQUID, 1, 1000, 0, 10), ValueError, "axial_resistivity"),
        (lambda: nc.bare_axon(SQUID, 1, 1000, 35.4, 1), ValueError, "compartments"),
        (lambda: nc.bare_axon(SQUID, 1, 1000, 35.4, 2.5), ValueError, "compartments"),
        (lambda: nc.chain(("a", SQUID, 10, 0, 1), axial_resistivity=1), ValueError, "diameter"),
        (lambda: nc.chain(("a", None, 10, 1, 1), axial_resistivity=1), TypeError, "Membrane"),
        (lambda: nc.myelinated_axon(internodes=0), ValueError, "internodes"),
        (lambda: nc.demyelinate(nc.myelinated_axon(), [20]), ValueError, "no internode 20"),
        (lambda: nc.demyelinate(nc.myelinated_axon(), [2], 1.5), ValueError, "remaining"),
        (lambda: nc.membranes_in_myelin(10, 1.2), ValueError, "g_ratio"),
        (lambda: nc.series(nc.passive(), 0.5), ValueError, "count"),
        (
            lambda: nc.modify(nc.bare_axon(SQUID, 1, 10, 1, 5), "Na", nc.block, 1, where=[5]),
            ValueError,
            "0 to 4",
        ),
        (
            lambda: nc.modify(nc.bare_axon(SQUID, 1, 10, 1, 5), "Ca", nc.block, 1),
            ValueError,
            "'Ca'",
        ),
        (lambda: nc.modify(nc.patch(SQUID), "Na", nc.block, 1, where=[0]), ValueError, "where"),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
