"""Models, cells and stimuli at random: each seed is one case of `nc.simulate`, and its verdict."""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from judge import difference, settle

import neurocore as nc

MODELS = ("gates", "drugs", "schemes", "nodes")
FORMS = ("trace", "array", "bare axon", "myelinated")
GENTLE = 50.0  # mV/ms: what is slower is no upstroke, nor the fall after it
STEEP = 100.0  # mV/ms: by which an accuracy in ms becomes one in mV where V is gentle


def as_scheme(channel, faster=1.0):
    """Return m³h written out: how many of three particles m, and whether h, are in place."""
    m, h = channel.gates
    name = "m{}h{}".format
    transitions = []
    for i, j in product(range(3), range(2)):
        transitions.append((name(i, j), name(i + 1, j), f"{3 - i} * ({m.alpha})"))
        transitions.append((name(i + 1, j), name(i, j), f"{i + 1} * ({m.beta})"))
    for i in range(4):
        transitions += [(name(i, 0), name(i, 1), h.alpha), (name(i, 1), name(i, 0), h.beta)]
    states = tuple(name(i, j) for i, j in product(range(4), range(2)))
    return replace(channel, gates=(nc.Scheme(states, tuple(transitions), "m3h1", speed=faster),))


def random_scheme(chance):
    """Return a connected scheme of 2 to 6 states, from sluggish to a thousand times as fast."""
    count = int(chance.integers(2, 7))
    pairs = {(int(chance.integers(k)), k) for k in range(1, count)}
    pairs |= {tuple(sorted(map(int, chance.choice(count, 2, replace=False)))) for _ in range(2)}
    transitions = []
    for i, j in sorted(pairs):
        for source, target, sign in ((i, j, 1), (j, i, -1)):
            rate, middle = 10 ** chance.uniform(-1, 1), chance.uniform(-70, 0)
            width = sign * chance.uniform(8, 30)
            x = f"(V - {middle:.3f}) / {width:.3f}"
            form = chance.choice(["1 / (1 + exp(-({})))", "linoid({})", "exp(({}) / 3)"])
            transitions.append((f"s{source}", f"s{target}", f"{rate:.4f} * {form.format(x)}"))
    states = tuple(f"s{k}" for k in range(count))
    speed = 10 ** chance.uniform(-1, 1)
    return nc.Scheme(states, tuple(transitions), states[-1], speed=float(speed))


# --- membranes: each with how fast it is, and how densely it conducts, in units of the squid's ----


def squid(chance):
    celsius = chance.uniform(4, 26)
    membrane = nc.hodgkin_huxley(celsius)
    channels = [
        replace(c, conductance=c.conductance * 10 ** chance.uniform(-0.08, 0.08))
        for c in membrane.channels
    ]
    capacitance = chance.uniform(0.8, 1.3)
    return replace(membrane, channels=tuple(channels), capacitance=capacitance)


def drugged(chance):
    membrane = squid(chance)
    for _ in range(chance.integers(1, 4)):
        channel, gate = [("Na", "m"), ("Na", "h"), ("K", "n")][chance.integers(3)]
        change = [
            (nc.shift, chance.uniform(-4, 4), gate),
            (nc.slow, 10 ** chance.uniform(-0.5, 0.5), gate),
            (nc.block, chance.uniform(0, 0.3)),
        ][chance.integers(3)]
        membrane = nc.modify(membrane, channel, *change)
    if chance.random() < 0.4:
        membrane = nc.modify(membrane, "Na", nc.lidocaine, 10 ** chance.uniform(0, 2))
    return membrane


def hopping(chance):
    membrane = squid(chance)
    if chance.random() < 0.5:
        return nc.modify(membrane, "Na", as_scheme, 10 ** chance.uniform(0, 1.5))
    extra = nc.Channel(
        "X", 10 ** chance.uniform(-1, 0.5), chance.uniform(-80, -50), (random_scheme(chance),)
    )
    return replace(membrane, channels=(*membrane.channels, extra))


def nodal(chance):
    kind = chance.integers(4)
    if kind == 0:
        membrane = nc.frankenhaeuser_huxley_node(chance.uniform(12, 30))
    elif kind == 1:
        membrane = nc.mammalian_node(chance.uniform(24, 38))
    elif kind == 2:
        membrane = nc.brill_node(chance.uniform(12, 28))
    else:
        sodium, potassium = nc.axonal_sodium(300.0), nc.cortical_potassium(50.0)
        membrane = nc.Membrane((sodium, potassium, nc.leak(0.1, -70.0)), chance.uniform(23, 37))
    if chance.random() < 0.3:
        inside, outside = chance.uniform(100, 140), chance.uniform(2, 8)
        field = nc.Channel("field", 10 ** chance.uniform(-6, -5), nc.ConstantField(inside, outside))
        membrane = replace(membrane, channels=(*membrane.channels, field))
    return membrane


MEMBRANES = dict(zip(MODELS, (squid, drugged, hopping, nodal), strict=True))


@dataclass
class Case:
    """One run of `nc.simulate`, all of it decided by the seed."""

    seed: int
    model: str
    form: str
    cell: nc.Patch | nc.Cable
    v0: float
    stimulus: nc.Stimulus
    duration: float
    accuracy: float
    near: bool  # within 0.1 % of a threshold
    record: list | None

    def __str__(self):
        near = ", near threshold" if self.near else ""
        return f"seed {self.seed}: {self.model}, {self.form}{near}, accuracy {self.accuracy:.1e} ms"


def build(chance, model, form):
    """Return a cell, where it rests (mV), and the range of currents to look for its threshold."""
    membrane = MEMBRANES[model](chance)
    v0 = round(membrane.rest(), 2)
    dense = model == "nodes"
    if form in ("trace", "array"):
        return nc.patch(membrane), v0, (1.0, 3000.0)
    if form == "bare axon":
        diameter, count = 10 ** chance.uniform(0, 2.7), int(chance.integers(8, 21))
        piece = (0.3 if dense else 1.0) * chance.uniform(100, 500) * np.sqrt(diameter / 476)
        cell = nc.bare_axon(membrane, diameter, count * piece, chance.uniform(35, 150), count)
    else:
        # nodes of a squid's sparse channels would not excite the next
        if not dense:
            more = [replace(c, conductance=10 * c.conductance) for c in membrane.channels]
            membrane = replace(membrane, channels=tuple(more))
            v0 = round(membrane.rest(), 2)
        diameter = chance.uniform(2, 12)
        cell = nc.myelinated_axon(
            membrane, int(chance.integers(2, 7)), diameter=diameter,
            internode_length=100 * diameter * chance.uniform(0.5, 1.0),
            membranes=15 * diameter, segments=int(chance.integers(2, 6)),
        )  # fmt: skip
        return cell, v0, (0.03, 100.0)
    each = 1e3 * cell.area[0]  # nA for 1 µA/cm² in the first compartment
    return cell, v0, (10 * each, 30_000 * each)


def stimulate(chance, speed):
    """Return a function from amplitude to stimulus, and how long to look (ms)."""
    start = round(chance.uniform(0, 1), 3) * (chance.random() < 0.7)
    width = chance.uniform(0.1, 0.6)
    kind = chance.integers(4)
    if kind == 0:
        return lambda a: nc.step(a, start), start + 25 / speed
    if kind == 1:
        return lambda a: nc.ramp(a, start, start + width, hold=width), start + 12 / speed
    if kind == 2:
        gap = 12 / speed
        return lambda a: nc.train(a, start, width, gap, 2), start + 2 * gap
    return lambda a: nc.pulse(a, start, width), start + 12 / speed


def threshold(cell, v0, drive, duration, span, rounds):
    """Return the least current that makes the cell (its last compartment) fire, or None.

    A quarter off at most after one of the `rounds`, 1e-4 after four.
    """
    low, high = span
    options = {} if isinstance(cell, nc.Patch) else {"record": [-1]}
    while rounds > 0:
        amplitudes = np.geomspace(low, high, 16)
        try:
            r = nc.simulate(cell, drive(amplitudes), duration, v0=v0, sample=duration, **options)
        except FloatingPointError:  # too strong for any cell
            high = amplitudes[11]
            continue
        rounds -= 1
        spikes = r.spike_times() if not options else [s[0] for s in r.spike_times()]
        fires = [len(s) > 0 for s in spikes]
        if not any(fires) or fires[0]:
            return None
        k = fires.index(True)
        low, high = amplitudes[k - 1], amplitudes[k]
    return float(np.sqrt(low * high))


def case(seed, model=None, form=None, accuracy=None, near=None):
    """Return the case of a seed; what is given is not left to chance."""
    chance = np.random.default_rng(seed)
    model = model or MODELS[chance.integers(4)]
    form = form or FORMS[chance.integers(4)]
    accuracy = accuracy or float(10 ** chance.uniform(-6, -2))
    drawn = bool(chance.random() < 0.35)
    near = drawn if near is None else near
    for _ in range(100):  # a membrane at random need not rest, nor fire
        try:
            cell, v0, span = build(chance, model, form)
            celsius = (
                cell.membrane.celsius if form in ("trace", "array") else cell.membranes[0].celsius
            )
            drive, duration = stimulate(chance, 3 ** ((celsius - 6.3) / 10))
            least = threshold(cell, v0, drive, duration, span, 4 if near else 1)
        except (ValueError, FloatingPointError):
            continue
        if least is not None:
            break
    else:
        raise ValueError(f"seed {seed} makes no {model} that fires as a {form}")
    count = int(chance.integers(2, 4)) if form == "array" else 1
    if near:
        factors = 1 + chance.choice([-1, 1], count) * 10 ** chance.uniform(-3.5, -3, count)
    else:
        factors = np.where(
            chance.random(count) < 0.15,
            chance.uniform(0.4, 0.95, count),
            chance.uniform(1.3, 4, count),
        )
    amplitude = least * factors
    record = None
    if form in ("bare axon", "myelinated"):
        nodes = cell.regions.get("node", np.arange(len(cell)))
        record = sorted({int(nodes[1]), int(nodes[len(nodes) // 2]), int(nodes[-1])})
    stimulus = drive(amplitude if form == "array" else float(amplitude[0]))
    return Case(seed, model, form, cell, v0, stimulus, duration, accuracy, near, record)


@dataclass
class Verdict:
    time: float  # how far a spike or arrival is off (ms); infinite if there is one too many or few
    potential: float  # how far V is off where it is gentle (mV)
    apart: float  # how far two solutions of the judge are apart (ms)
    spikes: int

    @property
    def decided(self):
        return self.apart < np.inf


def run(case):
    """Return the recording of a case."""
    sample = max(case.duration / 300, 0.01)
    return nc.simulate(
        case.cell, case.stimulus, case.duration, v0=case.v0, record=case.record,
        sample=sample, accuracy=case.accuracy,
    )  # fmt: skip


def judge(case, r):
    """Return how far the recording of a case is off."""
    traces = case.stimulus.traces
    v, found = r.v, r.spike_times()
    if case.form == "trace":
        v, found = [v[None]], [[found]]
    elif case.form == "array":
        v, found = [x[None] for x in v], [[x] for x in found]
    else:
        v, found = [v], [found]
    places = case.record or [0]
    worst = Verdict(0.0, 0.0, 0.0, 0)
    for k, (potential, times) in enumerate(zip(v, found, strict=True)):
        s = case.stimulus
        if traces is not None:
            s = replace(s, first=s.first[k], last=s.last[k])
        (exact, slope, upstrokes), apart = settle(
            case.cell, s, r.t, v0=case.v0, within=0.05 * case.accuracy,
            coarsest=min(1e-6, 1e-3 * case.accuracy),
        )  # fmt: skip
        upstrokes = [upstrokes[p] for p in places]
        # whether a spike falls just before or after the end is no matter
        late = case.duration - 10 * case.accuracy
        times, upstrokes = (
            [np.asarray(u)[np.asarray(u) < late] for u in x] for x in (times, upstrokes)
        )
        steep = np.abs(slope[places])
        steep = np.maximum(steep, np.maximum(np.roll(steep, 1, axis=1), np.roll(steep, -1, axis=1)))
        off = np.abs(potential - exact[places])[steep < GENTLE]
        worst.time = max(worst.time, difference(times, upstrokes))
        worst.potential = max(worst.potential, off.max(initial=0.0))
        worst.apart = max(worst.apart, apart)
        worst.spikes += sum(map(len, upstrokes))
    return worst
