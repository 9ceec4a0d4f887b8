"""SWC files. NEURON reads one of them too, in test_neuron."""

from io import StringIO

import numpy as np
import pytest

import neurocore as nc

SQUID = nc.hodgkin_huxley()
PASSIVE = nc.passive(0.1, -65.0)
BALL = "1 1 0 0 0 10 -1\n"
THREE = "1 1 0 0 0 10 -1\n2 1 0 10 0 10 1\n3 1 0 -10 0 10 1\n"
DENDRITE = "4 3 10 0 0 2 1\n5 3 110 0 0 2 4\n"  # from the ball's surface on, 100 µm


def read(text, membranes=SQUID, longest=25.0):
    return nc.read_swc(StringIO(text), membranes, axial_resistivity=100.0, longest=longest)


def shape(cell):
    return {name: len(where) for name, where in cell.regions.items()}


@pytest.mark.parametrize("soma", [BALL, THREE], ids=["one point", "three points"])
def test_a_spherical_soma_is_a_cylinder_as_long_as_wide(soma):
    cell = read(soma + DENDRITE)
    assert shape(cell) == {"soma": 1, "basal": 4}
    assert cell.length == pytest.approx([20, 25, 25, 25, 25])
    assert cell.diameter == pytest.approx([20, 4, 4, 4, 4])
    assert 1e8 * cell.area[0] == pytest.approx(4 * np.pi * 10**2)  # that of the ball
    assert cell.parents.tolist() == [-1, 0, 1, 2, 3]
    assert cell.joints.tolist() == [1, 0.5, 1, 1, 1]


@pytest.mark.parametrize(
    ("soma", "length", "basal"),
    [
        ("1 1 0 0 0 10 -1\n2 1 0 10 0 10 1\n3 1 0 -10 0 5 1\n", 20, [100]),  # of two sizes
        ("1 1 0 0 0 10 -1\n2 1 0 15 0 10 1\n3 1 0 -15 0 10 1\n", 30, [100]),  # too long
        (THREE + "6 3 0 30 0 2 2\n", 20, [20, 100]),  # something grows from the second
        # one after another: the first is no longer inside
        ("1 1 0 0 0 10 -1\n2 1 0 10 0 10 1\n3 1 0 20 0 10 2\n", 20, [110]),
    ],
)
def test_another_soma_is_the_cones_between_its_points(soma, length, basal):
    """From inside it a dendrite begins at its own first point, from its end at that end."""
    cell = read(soma + DENDRITE, longest=1000)
    assert cell.length[cell.regions["soma"]].sum() == pytest.approx(length)
    assert cell.length[cell.regions["basal"]] == pytest.approx(basal)
    assert cell.diameter[cell.regions["basal"]] == pytest.approx([4] * len(basal))
    assert cell.parents[cell.regions["basal"][-1]] == -1  # where the soma's first point is


def test_a_single_point_on_a_soma_is_reached_from_its_middle():
    cell = read(BALL + "2 2 30 0 0 1 1\n")
    assert cell.length == pytest.approx([20, 15, 15])
    assert cell.diameter == pytest.approx([20, 2, 2])


def test_a_dendrite_that_forks_on_the_soma():
    cell = read(BALL + "2 3 10 0 0 2 1\n3 3 35 0 0 2 2\n4 3 10 25 0 2 2\n")
    assert cell.parents.tolist() == [-1, 0, 0]
    assert cell.joints.tolist() == [1, 0.5, 0.5]
    assert cell.length == pytest.approx([20, 25, 25])


def test_cones_keep_their_membrane():
    """The mantle of a cone is π (r + s) times its slant height."""
    text = "1 3 0 0 0 4 -1\n2 3 0 30 0 2 1\n3 3 0 50 40 1 2\n4 3 0 50 40 0.5 3\n5 3 0 50 52 0.5 4\n"
    text += "6 3 0 50 52 0.1 5\n"
    mantle = np.pi * sum(
        (r + s) * np.hypot(r - s, h)
        for r, s, h in (
            (4, 2, 30),
            (2, 1, np.hypot(20, 40)),
            (1, 0.5, 0),
            (0.5, 0.5, 12),
            (0.5, 0.1, 0),
        )
    )
    for longest in (1000.0, 20.0, 3.0, 0.7):
        cell = read(text, longest=longest)
        assert 1e8 * cell.area.sum() == pytest.approx(mantle, rel=1e-12)
        assert cell.length.sum() == pytest.approx(42 + np.hypot(20, 40))
        assert cell.length.max() <= longest
    assert cell.diameter[:3] == pytest.approx(8 - 4 * np.array([0.35, 1.05, 1.75]) / 30, rel=0.01)


def test_types_become_regions_with_their_membranes():
    text = BALL + "2 3 10 0 0 1 1\n3 3 35 0 0 1 2\n4 4 60 0 0 1 3\n5 7 85 0 0 1 4\n6 2 0 10 0 1 1\n"
    membranes = {"soma": SQUID, "axon": nc.brill_node()}
    membranes |= {"basal": PASSIVE, "apical": nc.passive(0.2), "type 7": nc.passive(0.3)}
    cell = read(text + "7 2 0 35 0 1 6\n", membranes)
    assert {name: where.tolist() for name, where in cell.regions.items()} == {
        "soma": [0],
        "basal": [1],
        "apical": [2],
        "type 7": [3],
        "axon": [4],
    }
    for name, where in cell.regions.items():
        assert all(cell.membranes[k] is membranes[name] for k in where)
    assert cell.parents.tolist() == [-1, 0, 1, 2, 0]


def test_pieces_are_a_tenth_of_the_length_constant_at_100_hertz():
    """With 1 µF/cm², 100 Ω·cm and 4 µm: √(4e-4 cm / (4π 100 Hz 1e-6 F/cm² 100 Ω·cm)) = 564 µm."""
    text = "1 3 0 0 0 2 -1\n2 3 1120 0 0 2 1\n"
    assert read(text, longest=None).length == pytest.approx(np.full(20, 56))
    loaded = nc.passive(0.1, -65.0, capacitance=4.0)
    assert len(read(text, loaded, longest=None)) == 40


def test_a_file_may_stand_in_any_order_with_comments(tmp_path):
    text = "# a cell\n\n 5 3 110 0 0 2 4 # its tip\n4.0 3 10 0 0 2e0 1\n" + BALL
    path = tmp_path / "cell.swc"
    for bytes_ in (text.encode() + "# µm".encode("latin-1"), (BALL + DENDRITE).encode("utf-8-sig")):
        path.write_bytes(bytes_)
        for source in (path, str(path)):
            cell = nc.read_swc(source, SQUID, axial_resistivity=100.0, longest=25)
            assert shape(cell) == {"soma": 1, "basal": 4}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must hold points, got none"),
        ("# nothing\n", "must hold points, got none"),
        (BALL + "2 3 10 0 0 1\n", "line 2: wanted are number, type, .* got '2 3 10 0 0 1'"),
        (BALL + "2 3 10 0 0 1 1 5\n", "line 2: wanted"),
        (BALL + "2 3 10 0 zero 1 1\n", "line 2: wanted"),
        (BALL + "2 3 10 0 nan 1 1\n", "line 2: wanted"),
        (BALL + "2.5 3 10 0 0 1 1\n", "line 2: wanted"),
        (BALL + "2 3 10 0 0 1 -2\n", "line 2: wanted"),
        (BALL + "2 -3 10 0 0 1 1\n", "line 2: wanted"),
        ("soma\n" + BALL, "line 1: wanted"),
        (BALL + "2 3 10 0 0 0 1\n", "line 2: the radius must be above 0, got 0"),
        (BALL + "\n2 3 10 0 0 -1 1\n", "line 3: the radius must be above 0, got -1"),
        (BALL + "2 3 10 0 0 1 7\n", "no point 7, on which that of line 2 hangs"),
        (BALL + "2 3 10 0 0 1 -1\n", "one root, of parent −1, but lines 1, 2"),
        (BALL + "2 3 10 0 0 1 1\n2 3 20 0 0 1 1\n", "point 2 twice, in lines 2 and 3"),
        (
            BALL + "2 3 1 0 0 1 4\n3 3 2 0 0 1 2\n4 3 3 0 0 1 3\n5 3 4 0 0 1 4\n",
            "a loop: 2, 3, 4",
        ),
        ("1 1 0 0 0 10 2\n2 1 0 0 5 10 1\n", "a loop: 1, 2"),
        ("1 1 0 0 0 10 1\n", "a loop: 1"),
        ("1 3 0 0 0 10 -1\n", "a soma, or two points"),
        ("1 3 0 0 0 10 -1\n2 3 0 0 0 5 1\n", "a soma, or two points"),
    ],
)
def test_what_is_no_tree_is_refused(text, message):
    with pytest.raises(ValueError, match=f"^source.*{message}"):
        read(text)


@pytest.mark.parametrize(
    ("membranes", "error", "message"),
    [
        (None, TypeError, "membranes must be a Membrane, or a dict"),
        ({"soma": SQUID}, ValueError, "membranes must have one of 'basal', for line 2"),
        ({"soma": SQUID, "dendrite": SQUID}, ValueError, "membranes must be of soma, .*'dendrite'"),
        ({"soma": SQUID, "basal": 1.0}, TypeError, r"membranes\['basal'\] must be a Membrane"),
    ],
)
def test_a_type_without_a_membrane_is_refused(membranes, error, message):
    with pytest.raises(error, match=message):
        read(BALL + DENDRITE, membranes)


def test_no_file_is_said():
    with pytest.raises(ValueError, match=r"source .* none called 'none\.swc'"):
        nc.read_swc("none.swc", SQUID, axial_resistivity=100.0)
