"""The same models in NEURON, an independent simulator, with its tables off and tight tolerances."""

from itertools import pairwise

import numpy as np
import pytest

import neurocore as nc

h = pytest.importorskip("neuron").h
h.load_file("stdrun.hoc")


def section(length, diameter, segments=1, resistivity=35.4):
    s = h.Section()
    s.L, s.diam, s.nseg, s.Ra, s.cm = length, diameter, segments, resistivity, 1.0
    return s


def squid(s, sodium=0.12, potassium=0.036, leak=0.0003, reversal=-54.387):
    s.insert("hh")
    h.usetable_hh = 0
    s.ena, s.ek = 50.0, -77.0
    for segment in s:
        segment.hh.gnabar, segment.hh.gkbar = sodium, potassium
        segment.hh.gl, segment.hh.el = leak, reversal


def clamp(segment, amplitude, start, duration):
    c = h.IClamp(segment)
    c.delay, c.dur, c.amp = start, duration, amplitude
    return c


def run(celsius, v0, duration, places):
    """Return spike times and last potential at each place; CVODE, absolute tolerance 1e-9."""
    h.celsius = celsius
    cvode = h.CVode()
    cvode.active(1)
    cvode.atol(1e-9)
    t = h.Vector().record(h._ref_t)
    vs = [h.Vector().record(p._ref_v) for p in places]
    h.finitialize(v0)
    cvode.solve(duration)
    last = [p.v for p in places]
    cvode.active(0)
    t = np.array(t)
    steps = np.append(np.diff(t) > 0, True)  # CVODE reports the moment of an edge twice
    return [nc.crossings(t[steps], np.array(v)[steps]) for v in vs], last


def test_patch():
    s = section(100 / np.pi, 100)  # 1e-4 cm²
    squid(s)
    stimulus = clamp(s(0.5), 1.0, 5, 100)  # 1 nA over 1e-4 cm² is 10 µA/cm²
    ((expected,), _) = run(6.3, -65.0, 120, [s(0.5)])
    assert stimulus.amp == 1.0
    p = nc.patch(nc.hodgkin_huxley(6.3))
    r = nc.simulate(p, nc.step(10, start=5, stop=105), 120, v0=-65, accuracy=1e-7)
    # NEURON's spike times come from its own steps by cubic interpolation
    assert r.spike_times() == pytest.approx(expected, abs=2e-4)
    r = nc.simulate(p, nc.step(10, start=5, stop=105), 120, v0=-65)
    assert r.spike_times() == pytest.approx(expected, abs=1e-3)


def test_bare_axon():
    s = section(20_000, 476, 200)
    squid(s)
    stimulus = clamp(s(0.0001), 50_000, 0, 0.2)
    expected, _ = run(18.5, -65.0, 3, [s(0.30249), s(0.70249)])
    assert stimulus.dur == 0.2
    axon = nc.bare_axon(nc.hodgkin_huxley(18.5), 476, 20_000, 35.4, 200)
    r = nc.simulate(axon, nc.pulse(50_000, 0, 0.2), 3, v0=-65, record=[60, 140], accuracy=1e-5)
    for found, wanted in zip(r.spike_times(), expected, strict=True):
        assert found == pytest.approx(wanted, abs=2e-4)


def test_myelinated_axon():
    """Brill and others 1977, with nodes and internodes as sections of their own."""
    parts = []
    for k in range(21):
        node = section(3.183, 10, 1, 98.96)
        squid(node, 1.2, 0.09, 0.02, -65.05)
        parts.append(node)
        if k < 20:
            internode = section(1000, 10, 10, 98.96)
            internode.cm = 1 / 168
            internode.insert("pas")
            for segment in internode:
                segment.pas.g, segment.pas.e = 0.29946e-3 / 168, -65.0
            parts.append(internode)
    for a, b in pairwise(parts):
        b.connect(a(1), 0)
    stimulus = clamp(parts[0](0.5), 5, 0, 0.1)
    nodes = parts[::2]
    expected, _ = run(20, -65.0, 2.5, [n(0.5) for n in nodes[5:16:5]])
    assert stimulus.amp == 5
    axon = nc.myelinated_axon(axolemma=nc.passive(0.29946, -65.0, 1.0, 20.0))
    where = axon.regions["node"][5:16:5]
    r = nc.simulate(axon, nc.pulse(5, 0, 0.1), 2.5, v0=-65, record=where, accuracy=1e-5)
    for found, wanted in zip(r.spike_times(), expected, strict=True):
        assert found == pytest.approx(wanted, abs=2e-4)


def test_stepped_diameter():
    """A thin axon that widens fivefold: the spike is delayed at the step."""
    thin, wide = section(3000, 20, 60, 100), section(3000, 40, 60, 100)
    squid(thin)
    squid(wide)
    wide.connect(thin(1), 0)
    stimulus = clamp(thin(0.001), 200, 0, 0.3)
    expected, _ = run(12, -65.0, 6, [thin(0.508), wide(0.508)])
    assert stimulus.amp == 200
    m = nc.hodgkin_huxley(12)
    axon = nc.chain(("thin", m, 3000, 20, 60), ("wide", m, 3000, 40, 60), axial_resistivity=100.0)
    r = nc.simulate(axon, nc.pulse(200, 0, 0.3), 6, v0=-65, record=[30, 90], accuracy=1e-5)
    for found, wanted in zip(r.spike_times(), expected, strict=True):
        assert len(wanted) == 1
        assert found == pytest.approx(wanted, abs=2e-4)


# --- cells that branch ---------------------------------------------------------------------------


def grown(parts, resistivity):
    """Return NEURON's sections of the parts of a `tree`; an origin needs no name there."""
    sections = {}
    for name, membrane, length, diameter, compartments, *origin in parts:
        s = sections[name] = section(length, np.max(diameter), compartments, resistivity)
        ends = np.broadcast_to(diameter, 2)
        for segment in s:
            segment.diam = ends[0] + segment.x * (ends[1] - ends[0])
        if "Na" in [c.name for c in membrane.channels]:
            squid(s)
        else:
            s.insert("pas")
            for segment in s:
                segment.pas.g, segment.pas.e = membrane["leak"].conductance * 1e-3, -65.0
        for o in origin:
            where, fraction = o if isinstance(o, tuple) else (o, 1)
            s.connect(sections[where](fraction), 0)
    return sections


def at(cell, region, fraction):
    """Return the compartment of a region at a fraction of it."""
    where = cell.regions[region]
    return int(where[min(int(fraction * len(where)), len(where) - 1)])


def rall(segments):
    """The parts of a passive tree, three times forked, of equal electrotonic lengths."""
    membrane, parts = nc.passive(0.1, -65.0), []
    names, origin = ["0"], {"0": ()}
    for level in range(4):
        diameter = 8 / 2 ** (2 * level / 3)  # two daughters of Rall's 3/2 rule
        length = 200 * np.sqrt(diameter / 8)  # of the same share of their length constant
        parts += [(n, membrane, length, diameter, segments, *origin[n]) for n in names]
        origin |= {n + side: (n,) for n in names for side in "ab"}
        names = [n + side for n in names for side in "ab"]
    return parts


def test_passive_tree_of_rall_is_a_cylinder():
    parts = rall(5)
    tree = nc.tree(*parts, axial_resistivity=150.0)
    cylinder = nc.bare_axon(parts[0][1], 8, 800, 150.0, 20)
    assert len(tree) == 75
    sections = grown(parts, 150.0)
    stimulus = clamp(sections["0"](0.1), 0.2, 0, 5)
    where = [0, at(tree, "0b", 0.5), at(tree, "0bab", 1)]
    places = [sections["0"](0.1), sections["0b"](0.5), sections["0bab"](0.9)]
    for duration in (1.0, 5.0, 20.0):
        _, expected = run(6.3, -65.0, duration, places)
        assert stimulus.amp == 0.2
        options = {"v0": -65.0, "sample": duration, "accuracy": 1e-6}
        found = nc.simulate(tree, nc.pulse(0.2, 0, 5), duration, **options).v[:, -1]
        assert found[where] == pytest.approx(expected, abs=2e-6)
        same = nc.simulate(cylinder, nc.pulse(0.2, 0, 5), duration, **options).v[:, -1]
        assert found[where] == pytest.approx(same[[0, 7, 19]], abs=1e-9)


@pytest.mark.parametrize(("ratio", "passes"), [(1.0, True), (8.0, True), (14.0, False)])
def test_an_axon_forks(ratio, passes):
    """Two equal daughters; the geometric ratio is the sum of their d^(3/2) over the parent's."""
    m, d = nc.hodgkin_huxley(18.5), 20 * (ratio / 2) ** (2 / 3)
    length = 4000 * np.sqrt(d / 20)
    parts = [
        ("axon", m, 4000, 20, 80),
        ("left", m, length, d, 80, "axon"),
        ("right", m, length, d, 80, "axon"),
    ]
    sections = grown(parts, 35.4)
    stimulus = clamp(sections["axon"](0.001), 100, 0, 0.2)
    places = [sections["axon"](0.5), sections["left"](0.5), sections["right"](0.9)]
    expected, _ = run(18.5, -65.0, 6, places)
    assert stimulus.amp == 100
    assert [len(times) for times in expected] == ([1, 1, 1] if passes else [1, 0, 0])
    axon = nc.tree(*parts, axial_resistivity=35.4)
    where = [at(axon, "axon", 0.5), at(axon, "left", 0.5), at(axon, "right", 0.9)]
    r = nc.simulate(axon, nc.pulse(100, 0, 0.2), 6, v0=-65, record=where, accuracy=1e-5)
    for found, wanted in zip(r.spike_times(), expected, strict=True):
        assert found == pytest.approx(wanted, abs=2e-4)


def test_soma_with_dendrites_and_an_axon():
    m, p = nc.hodgkin_huxley(18.5), nc.passive(0.1, -65.0, celsius=18.5)
    parts = [
        ("soma", m, 20, 20, 1),
        ("trunk", p, 300, (4, 2), 15, ("soma", 0)),
        ("tuft", p, 150, 1, 9, "trunk"),
        ("oblique", p, 100, 1, 5, ("trunk", 0.5)),
        ("other", p, 150, (1.5, 0.5), 9, "trunk"),
        ("basal", p, 200, 1.5, 11, ("soma", 0.5)),
        ("axon", m, 2000, 2, 101, "soma"),
    ]
    sections = grown(parts, 100.0)
    stimulus = clamp(sections["oblique"](0.9), 1.5, 0.5, 3)
    places = [("soma", 0.5), ("tuft", 0.5), ("basal", 0.95), ("axon", 0.5), ("axon", 1)]
    near = [sections[name](min(x, 1 - 0.5 / sections[name].nseg)) for name, x in places]
    expected, last = run(18.5, -65.0, 12, near)
    assert stimulus.amp == 1.5
    cell = nc.tree(*parts, axial_resistivity=100.0)
    where = [at(cell, name, x) for name, x in places]
    pulse = nc.pulse(1.5, 0.5, 3, at=at(cell, "oblique", 0.9))
    r = nc.simulate(cell, pulse, 12, v0=-65, record=where, accuracy=1e-5)
    assert len(expected[0]) == len(expected[-1]) > 0
    for found, wanted in zip(r.spike_times(), expected, strict=True):
        assert found == pytest.approx(wanted, abs=2e-4)
    assert r.v[:, -1] == pytest.approx(last, abs=1e-3)


TRACED = """# made up
1 1 0 0 0 10 -1
2 1 0 10 0 10 1
3 1 0 -10 0 10 1
4 3 10 0 0 2 1
5 3 60 10 0 1.5 4
6 3 120 40 5 1 5
7 3 180 90 5 0.8 6
8 3 130 -30 0 1.0 5
9 3 200 -80 0 0.5 8
10 4 0 12 0 3 1
11 4 0 200 10 2 10
12 4 -60 300 10 1 11
13 4 60 320 0 0.6 11
14 2 -10 0 0 1 1
15 2 -30 0 0 0.9 14
16 2 -430 0 0 0.9 15
"""


class Traced:
    """What NEURON names its sections in."""


def traced(path, text):
    """Return NEURON's sections of an SWC file."""
    path.write_text(text, encoding="utf-8")
    h.load_file("import3d.hoc")
    reader, sections = h.Import3d_SWC_read(), Traced()
    reader.input(str(path))
    h.Import3d_GUI(reader, 0).instantiate(sections)
    return sections


@pytest.mark.parametrize(
    "text",
    [
        TRACED,
        # a soma of cones, with branches at both its ends and from within
        """1 1 0 0 0 6 -1\n2 1 0 5 0 10 1\n3 1 0 12 0 8 2\n4 1 0 20 0 3 3\n5 3 10 5 0 1 2
        6 3 60 5 0 1 5\n7 3 0 25 0 2 4\n8 3 0 90 0 1 7\n9 3 0 -10 0 1 1\n10 3 0 -99 0 .5 9""",
        # three points, but no sphere
        """1 1 0 0 0 10 -1\n2 1 0 10 0 10 1\n3 1 0 -10 0 7 1\n4 3 10 0 0 2 1\n5 3 60 10 0 1.5 4
        6 3 0 30 0 2 2\n7 3 0 60 0 2 6""",
        # no soma
        "1 3 0 0 0 2 -1\n2 3 10 0 0 2 1\n3 3 20 0 0 1 2\n4 3 0 30 0 2 1\n5 3 0 60 0 2 4",
    ],
    ids=["three points", "cones", "another three", "no soma"],
)
def test_traced_cells_have_the_same_membrane(tmp_path, text):
    theirs = traced(tmp_path / "cell.swc", text)
    cell = nc.read_swc(tmp_path / "cell.swc", nc.passive(), axial_resistivity=100.0, longest=1000)
    regions = {"soma": "soma", "axon": "axon", "basal": "dend", "apical": "apic"}
    for region, name in regions.items():
        sections, where = getattr(theirs, name, []), cell.regions.get(region, [])
        area = [sum(x.area() for x in s) for s in sections]
        if region == "soma":  # one section there, but it is cut here where something grows from it
            assert 1e8 * cell.area[where].sum() == pytest.approx(sum(area), rel=1e-6)
            continue
        assert sorted(cell.length[where]) == pytest.approx(sorted(s.L for s in sections), rel=1e-6)
        assert sorted(1e8 * cell.area[where]) == pytest.approx(sorted(area), rel=1e-6)


def test_traced_cell(tmp_path):
    path, longest = tmp_path / "traced.swc", 10.0
    them = traced(path, TRACED)
    for s in (*them.soma, *them.axon, *them.dend, *them.apic):
        s.nseg, s.Ra, s.cm = int(np.ceil(s.L / longest - 1e-9)), 100.0, 1.0
        squid(s)
    them.soma[0].nseg = 1
    m = nc.hodgkin_huxley(18.5)
    cell = nc.read_swc(path, m, axial_resistivity=100.0, longest=longest)
    theirs = {"soma": them.soma, "axon": them.axon, "basal": them.dend, "apical": them.apic}
    for region, sections in theirs.items():
        where = cell.regions[region]
        assert len(where) == sum(s.nseg for s in sections)
        area = [segment.area() for s in sections for segment in s]
        assert sorted(1e8 * cell.area[where]) == pytest.approx(sorted(area), rel=1e-6)
    stimulus = clamp(them.soma[0](0.5), 2, 0, 0.5)
    tips = [them.soma[0](0.5), *(s(1 - 0.5 / s.nseg) for s in (*them.axon, *them.apic[1:]))]
    expected, _ = run(18.5, -65.0, 4, tips)
    assert stimulus.amp == 2
    far = [int(k) for k in cell.regions["apical"] if k not in cell.parents]
    where = [0, int(cell.regions["axon"][-1]), *far]
    r = nc.simulate(cell, nc.pulse(2, 0, 0.5), 4, v0=-65, record=where, accuracy=1e-5)
    for found, wanted in zip(r.spike_times(), expected, strict=True):
        assert len(wanted) == 1
        assert found == pytest.approx(wanted, abs=3e-4)  # a cone's resistance is that of a cylinder
