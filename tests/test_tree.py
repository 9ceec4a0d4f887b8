"""Cells that branch. NEURON judges them in test_neuron; SWC files are in test_morphology."""

import numpy as np
import pytest

import neurocore as nc
from neurocore.solvers.elimination import Coupling

SQUID = nc.hodgkin_huxley(18.5)
PASSIVE = nc.passive(0.1, -65.0, celsius=18.5)
FORK = (
    ("axon", SQUID, 2000, 20, 40),
    ("left", SQUID, 2000, (20, 8), 40, "axon"),
    ("right", SQUID, 1500, 12.6, 30, "axon"),
)


def fork():
    return nc.tree(*FORK, axial_resistivity=35.4)


def random_tree(seed, n=25):
    """A cell of cylinders at random, some grown from the middle of others or from the first end."""
    random = np.random.default_rng(seed)
    parents = np.append(-1, random.integers(-1, np.arange(1, n)))
    joints = np.where((random.random(n) < 0.3) & (parents >= 0), 0.5, 1.0)
    length, diameter = random.uniform(5, 50, n), random.uniform(0.5, 5, n)
    return nc.Cable((PASSIVE,) * n, length, diameter, 100.0, {}, parents, joints)


# --- the solver ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["row", "tree", "mesh", "bush"])
@pytest.mark.parametrize("copies", [1, 3])
def test_what_is_coupled_is_solved_as_by_a_full_matrix(kind, copies):
    random = np.random.default_rng(3)
    n = 120 if kind == "bush" else 40
    parents = np.arange(n - 1) if kind == "row" else random.integers(0, np.arange(1, n))
    if kind == "bush":  # many tips, as far from the root as each other: the band is wide
        parents = np.minimum(parents, 1 + np.arange(n - 1) // 60)
    links = np.stack([np.arange(1, n), parents], axis=1)
    if kind == "mesh":
        links = np.concatenate([links, random.permutation(n).reshape(-1, 2)])
    g = random.uniform(0.1, 1.0, len(links))
    matrix = np.zeros((n, n))
    for (i, j), value in zip(links, g, strict=True):
        matrix[[i, j], [j, i]] -= value
    load = -matrix.sum(axis=1)
    coupling = Coupling(n, links, g, copies)
    np.testing.assert_allclose(coupling.load, np.tile(load, copies), rtol=1e-13)
    assert coupling.solve.__name__ == {
        "row": "_solve_row", "bush": "_solve_sparse"
    }.get(kind, "_solve_band")  # fmt: skip
    for _ in range(2):  # a second solution knows nothing of the first
        own, right = random.uniform(0.1, 1.0, (2, copies, n))
        wanted = [np.linalg.solve(matrix + np.diag(load + own[k]), right[k]) for k in range(copies)]
        found = coupling.solve((np.tile(load, copies) + own.ravel()), right.ravel().copy())
        np.testing.assert_allclose(found, np.ravel(wanted), rtol=1e-12)


# --- geometry ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_points_without_charge_are_eliminated_exactly(seed):
    """The links do what all half-resistances and the points between them would do."""
    cell = random_tree(seed)
    n = len(cell)
    half = 100.0 * (cell.length / 2) / (np.pi * cell.diameter**2 / 4) * 1e4  # Ω
    # unknowns: centres, far ends, and the first end of all
    full = np.zeros((2 * n + 1, 2 * n + 1))

    def resistor(i, j, ohm):
        full[[i, j], [i, j]] += 1e3 / ohm
        full[[i, j], [j, i]] -= 1e3 / ohm

    for k, (parent, joint) in enumerate(zip(cell.parents, cell.joints, strict=True)):
        begin = 2 * n if parent < 0 else parent if joint == 0.5 else n + parent
        resistor(begin, k, half[k])
        resistor(k, n + k, half[k])
    inner, outer = full[n:, :n], full[n:, n:]
    left = full[:n, :n] - inner.T @ np.linalg.solve(outer, inner)
    found = np.zeros((n, n))
    for (i, j), g in zip(cell.links, cell.axial_conductance, strict=True):
        found[[i, j, i, j], [i, j, j, i]] += [g, g, -g, -g]
    np.testing.assert_allclose(found, left, atol=1e-12 * left.max())


def test_positions_are_paths_from_the_first_end():
    cell = nc.tree(
        ("soma", SQUID, 20, 20, 1),
        ("trunk", PASSIVE, 100, 2, 4, "soma"),
        ("tuft", PASSIVE, 30, 1, 3, "trunk"),
        ("side", PASSIVE, 40, 1, 2, ("trunk", 0.3)),  # from the second of four, its middle
        ("basal", PASSIVE, 50, 1, 1, ("soma", 0)),
        ("back", PASSIVE, 60, 1, 1, ("trunk", 0)),  # where the trunk itself begins
        ("spine", PASSIVE, 2, 1, 1, ("trunk", 0.9)),  # from the middle of the last
        ("bud", PASSIVE, 4, 1, 1, ("side", 0)),  # from where the side does
        axial_resistivity=100.0,
    )
    centres = {name: cell.position[where].tolist() for name, where in cell.regions.items()}
    assert centres == {
        "soma": [10],
        "trunk": [32.5, 57.5, 82.5, 107.5],
        "tuft": [125, 135, 145],
        "side": [67.5, 87.5],
        "basal": [25],
        "back": [50],
        "spine": [108.5],
        "bud": [59.5],
    }
    assert cell.parents.tolist() == [-1, 0, 1, 2, 3, 4, 5, 6, 2, 8, -1, 0, 4, 2]


def test_a_row_that_begins_in_the_middle_of_the_one_before_branches():
    stub = nc.Cable((PASSIVE,) * 3, [10, 20, 30], 1.0, 100.0, joints=[1, 1, 0.5])
    assert stub.branches
    assert stub.position.tolist() == [5, 20, 35]
    with pytest.raises(ValueError, match="branch"):
        stub.reversed()


def test_a_chain_is_a_tree_of_one_branch():
    parts = [("a", PASSIVE, 100, (1, 3), 4), ("b", SQUID, 20, 20, 1), ("c", SQUID, 90, 2, 3)]
    chain = nc.chain(*parts, axial_resistivity=100.0)
    tree = nc.tree(parts[0], (*parts[1], "a"), (*parts[2], "b"), axial_resistivity=100.0)
    assert not tree.branches
    np.testing.assert_array_equal(tree.axial_conductance, chain.axial_conductance)
    np.testing.assert_array_equal(tree.position, chain.position)
    stimulus = nc.pulse(0.5, 0, 1, at=4)
    np.testing.assert_array_equal(
        nc.simulate(tree, stimulus, 3).v, nc.simulate(chain, stimulus, 3).v
    )


def test_changes_keep_the_branches():
    cell = fork()
    left = cell.regions["left"]
    for changed in (
        nc.modify(cell, "Na", nc.block, 0.5, where=left),
        cell.at_temperature(10),
    ):
        np.testing.assert_array_equal(changed.parents, cell.parents)
        np.testing.assert_array_equal(changed.links, cell.links)
    blocked = nc.modify(cell, "Na", nc.block, 0.5, where=left)
    assert {blocked.membranes[k]["Na"].conductance for k in left} == {60}
    assert blocked.membranes[0]["Na"].conductance == 120


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (fork(), "110 compartments, 5.5 mm, 2 tips; axon 40, left 40, right 30; 18.5 °C"),
        (nc.myelinated_axon(), "221 compartments, 2.01 cm; node 21, internode 200; 20 °C"),
        (nc.bare_axon(SQUID, 10, 900, 100, 5), "5 compartments, 900 µm; 18.5 °C"),
        (nc.Cable((SQUID,), 0.5, 1, 100), "1 compartment, 0.5 µm; 18.5 °C"),
        (
            nc.Cable((SQUID, nc.passive(), nc.hodgkin_huxley(9)), 7000.0, 1, 100, {"end": [-1]}),
            "3 compartments, 2.1 cm; end 1; 6.3–18.5 °C",
        ),
    ],
)
def test_a_cable_says_what_it_is(cell, words):
    assert repr(cell) == f"<Cable: {words}>"


# --- closed forms --------------------------------------------------------------------------------


def input_resistance(parts, resistivity, leak):
    """MΩ at the first end of the first part: each sealed cylinder is loaded by those beyond it."""
    conductance = dict.fromkeys([part[0] for part in parts], 0.0)  # S, at each far end
    for name, _, length, diameter, _, *origin in reversed(parts):
        constant = nc.length_constant(diameter, 1e3 / leak, resistivity)
        endless = np.pi * (diameter * 1e-4) ** 2 / 4 / (resistivity * constant * 1e-4)
        t = np.tanh(length / constant)
        load = conductance[name] / endless
        here = endless * (load + t) / (1 + load * t)
        for o in origin:
            conductance[o] += here
    return 1e-6 / here


def test_input_resistance_of_a_tree():
    """Rall 1959: also where daughters keep no rule at all. The error falls with the square."""
    errors = []
    for segments in (10, 20, 40):
        parts = [
            ("trunk", PASSIVE, 400, 4, 2 * segments),
            ("a", PASSIVE, 300, 2, segments, "trunk"),
            ("b", PASSIVE, 500, 1, segments, "trunk"),
            ("c", PASSIVE, 200, 3, segments, "trunk"),
            ("aa", PASSIVE, 300, 1.5, segments, "a"),
            ("ab", PASSIVE, 150, 0.7, segments, "a"),
        ]
        cell = nc.tree(*parts, axial_resistivity=150.0)
        r = nc.simulate(cell, nc.step(0.01), 300, sample=300)
        first_half = 150 * (100e-4 / segments) / (np.pi * 2e-4**2) * 1e-6  # MΩ, from end to centre
        found = (r.v[0, -1] + 65) / 0.01 + first_half
        errors.append(found / input_resistance(parts, 150.0, 0.1) - 1)
    assert abs(errors[-1]) < 1e-4
    assert np.log2(np.abs(np.array(errors[:-1]) / errors[1:])) == pytest.approx([2, 2], abs=0.1)


# --- invariances ---------------------------------------------------------------------------------


def test_it_does_not_matter_which_end_comes_first():
    cell = fork()
    again = nc.tree(
        ("right", SQUID, 1500, 12.6, 30),
        ("left", SQUID, 2000, (20, 8), 40, "right"),
        ("axon", SQUID, 2000, 20, 40, "right"),
        axial_resistivity=35.4,
    )
    turned = {"axon": slice(None, None, -1), "left": slice(None), "right": slice(None, None, -1)}
    here = np.concatenate([cell.regions[name] for name in turned])
    there = np.concatenate([again.regions[name][turn] for name, turn in turned.items()])
    a = nc.simulate(cell, nc.pulse(100, 0, 0.2, at=here[3]), 4).v[here]
    b = nc.simulate(again, nc.pulse(100, 0, 0.2, at=there[3]), 4).v[there]
    assert a[-1].max() > 20
    np.testing.assert_allclose(b, a, atol=1e-6)


def test_many_traces_of_a_tree_are_the_single_ones():
    cell = fork()
    amplitudes = np.array([1.0, 60.0, 100.0])
    many = nc.simulate(cell, nc.pulse(amplitudes, 0, 0.2), 3, record=[0, 60, 100])
    assert [len(times[2]) for times in many.spike_times()] == [0, 1, 1]
    for k, amplitude in enumerate(amplitudes):
        one = nc.simulate(cell, nc.pulse(amplitude, 0, 0.2), 3, record=[0, 60, 100])
        np.testing.assert_allclose(many.v[k], one.v, atol=1e-8)
        np.testing.assert_allclose(many.gates["h"][k], one.gates["h"], atol=1e-10)


def test_order_of_convergence_is_four_on_a_tree():
    """As in test_simulate; over three halvings, for single ratios scatter where an error is 0."""
    cell = fork().at_temperature(6.3)

    def arrivals(n):
        r = nc.simulate(cell, nc.ramp(60, 0, 3.2), 12, record=[39, 79, -1], step=0.2 / n)
        return np.concatenate(r.spike_times())

    exact = arrivals(128)
    assert exact.size == 3
    coarse, fine = (np.abs(arrivals(n) - exact).max() for n in (2, 16))
    assert np.log2(coarse / fine) / 3 == pytest.approx(4, abs=0.5)


def test_a_tree_rests_between_its_membranes():
    cell = nc.tree(
        ("soma", SQUID, 20, 20, 1),
        ("trunk", nc.passive(0.1, -75.0, celsius=18.5), 300, 3, 6, "soma"),
        ("basal", nc.passive(0.1, -75.0, celsius=18.5), 200, 2, 4, ("soma", 0.5)),
        axial_resistivity=100.0,
    )
    rest = cell.rest()
    assert rest.min() > -75
    assert rest[0] == rest.max() < -65
    left_alone = nc.simulate(cell, None, 30, v0=rest)
    np.testing.assert_allclose(left_alone.v, rest[:, None] + 0 * left_alone.t, atol=0.01)


# --- experiments ---------------------------------------------------------------------------------


def test_experiments_on_a_cell_work_on_a_tree():
    cell = fork()
    assert nc.fires(cell, nc.pulse(100, 0, 0.2), 5)
    least = nc.pulse_threshold(cell, 0.2)
    assert not nc.fires(cell, nc.pulse(0.98 * least, 0, 0.2), 8)
    assert nc.latency(cell, nc.pulse(2 * least, 0, 0.2), 8) > 0.5
    assert nc.f_i_curve(cell, [0.0, 20.0], 40)[0] == 0


@pytest.mark.parametrize(
    ("experiment", "name"),
    [
        (nc.conduction_velocity, "axon"),
        (nc.conducts, "axon"),
        (nc.safety_factor, "axon"),
        (nc.blocking_temperature, "axon"),
        (nc.sodium_entry, "cell"),
        (lambda cell: nc.kick(cell, [0], 5.0), "axon"),
        (nc.Cable.reversed, "a cell"),
    ],
)
def test_what_needs_two_ends_refuses_a_tree(experiment, name):
    with pytest.raises(ValueError, match=f"^{name} .*branch"):
        experiment(fork())


# --- bad input -----------------------------------------------------------------------------------

SOMA = ("soma", SQUID, 20, 20, 1)
DENDRITE = ("dendrite", PASSIVE, 100, 2, 4)


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        ([], ValueError, "parts must be at least one"),
        ([(*SOMA, "soma")], ValueError, "parts must be .*compartments\\), got"),
        ([SOMA, DENDRITE], ValueError, "parts must be .*origin"),
        ([SOMA, (*DENDRITE, "dendrite")], ValueError, "'dendrite' must .* no loop: soma; got"),
        ([SOMA, (*DENDRITE, "b"), ("b", *SOMA[1:], "dendrite")], ValueError, "no loop: .* 'b'"),
        ([SOMA, (*DENDRITE, "some")], ValueError, "origin of 'dendrite' must .* soma; got 'some'"),
        ([SOMA, (*DENDRITE, 0)], TypeError, "origin of 'dendrite' must be a part's name"),
        ([SOMA, (*DENDRITE, ("soma", 1.5))], ValueError, "on 'soma', must lie from 0 to 1"),
        ([SOMA, (*DENDRITE, ("soma", "end"))], TypeError, "origin of 'dendrite'"),
        (
            [SOMA, (*DENDRITE, "soma"), (*DENDRITE, "soma"), ("tuft", *DENDRITE[1:], "dendrite")],
            ValueError,
            "origin of 'tuft' must be one part, but several are called 'dendrite'",
        ),
        ([SOMA, ("x", PASSIVE, 100, 0, 4, "soma")], ValueError, "diameter of 'x'"),
    ],
)
def test_parts_that_make_no_tree_are_refused(parts, error, message):
    with pytest.raises(error, match=message):
        nc.tree(*parts, axial_resistivity=100.0)


def test_parts_may_share_a_name_where_nothing_grows_from_it():
    cell = nc.tree(SOMA, (*DENDRITE, "soma"), (*DENDRITE, ("soma", 0)), axial_resistivity=100.0)
    assert cell.regions["dendrite"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"parents": [-1, 0]}, "parents must be one compartment for each of the 3"),
        ({"parents": [-1, 0, 1.0]}, "parents must be one compartment"),
        ({"parents": [-1, 2, 1]}, "parents must .*no loop, but compartment 1 grows from 2"),
        ({"parents": [0, 0, 1]}, "but compartment 0 grows from 0"),
        ({"parents": [-1, 0, -2]}, "but compartment 2 grows from -2"),
        ({"joints": [1, 1]}, "joints must be"),
        ({"joints": [1, 0.3, 1]}, "joints must be"),
        ({"joints": [0.5, 1, 1]}, "joints must be"),
    ],
)
def test_compartments_that_make_no_tree_are_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        nc.Cable((SQUID,) * 3, 10.0, 1.0, 100.0, **changed)
