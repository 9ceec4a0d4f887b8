"""Problems of the chapter "Propagation"."""

from math import sqrt

import numpy as np

from neurocore.axon import bare_axon
from neurocore.axon import length_constant as reach
from neurocore.experiments import conduction_velocity
from neurocore.membrane import hodgkin_huxley
from neurocore.plots import COLOUR, label
from neurocore.practice.bank.computed import computed
from neurocore.practice.kinds import Choice, Function, Mistake, Numeric, Tolerance, Vary


def _layers(p):
    return 2 * p.wraps + 1


wraps = Numeric(
    id="wraps",
    title="What the wraps do",
    level="basic",
    name="factors",
    parameters={"wraps": Vary(50, 20, 100, 10)},
    ask=lambda p: (
        f"A glial cell winds round an axon {p.wraps:g} times.\nEach turn lays two membranes over "
        "the axon's own, and all are alike.\nTake the axon's diameter for that of every turn.\n\n"
        "By which factor do the resistance R_m and the capacitance C_m of a unit area of the whole "
        "wall change?\nAnd by which factor its length constant λ, and its time constant τ?"
    ),
    unit={"r_m": "", "c_m": "", "length": "", "tau": ""},
    # Tight enough for the axon's own membrane to count, one of up to 201.
    tolerance={
        "r_m": Tolerance(relative=0.002),
        "c_m": Tolerance(relative=0.002),
        "length": Tolerance(relative=0.005),
        "tau": Tolerance(relative=0.005),
    },
    answer=lambda p: (_layers(p), 1 / _layers(p), sqrt(_layers(p)), 1.0),
    mistakes=(
        Mistake(
            "tau-falls",
            lambda p: {"tau": 1 / _layers(p)},
            "You let τ fall with the capacitance.",
            "τ is the product R_m C_m: what does the other factor do?",
        ),
        Mistake(
            "no-root",
            lambda p: {"length": float(_layers(p))},
            "You let λ grow in proportion to R_m.",
            "Which power of R_m stands in λ = √(d R_m / 4 R_i)?",
        ),
        Mistake(
            "in-parallel",
            lambda p: {"r_m": 1 / _layers(p), "c_m": float(_layers(p))},
            "You put the membranes side by side.",
            "A charge on its way out: does it cross one of them or all, one after the other?",
        ),
        Mistake(
            "wraps-alone",
            lambda p: {"r_m": 2 * p.wraps},
            "You counted the membranes of the wraps alone.",
            "On what are they wrapped?",
        ),
        Mistake(
            "tau-rises",
            lambda p: {"tau": float(_layers(p))},
            "You let τ grow with the resistance.",
            "τ is the product R_m C_m: what does the other factor do?",
        ),
        Mistake(
            "one-per-turn",
            lambda p: {
                "r_m": p.wraps + 1,
                "c_m": 1 / (p.wraps + 1),
                "length": sqrt(p.wraps + 1),
            },
            "You counted one membrane in each turn.",
            "A flattened cell has two sides: how many membranes does a turn add?",
        ),
    ),
    hints=(
        "Membranes on top of each other are in series. Which of R and 1/C add up?",
        lambda p: f"There are {_layers(p):g} membranes in all.",
        "λ grows with the square root of R_m; τ = R_m C_m.",
    ),
    solution=lambda p: (
        f"{_layers(p):g} membranes in series have {_layers(p):g} times the resistance and "
        f"1/{_layers(p):g} = {1 / _layers(p):.4f} of the capacitance. So λ grows by "
        f"√{_layers(p):g} = {sqrt(_layers(p)):.2f}, while τ stays as it is.\n\nThe spike gets "
        "faster because λ/τ does: it reaches further in the same time."
    ),
)


def _lambda(p, scale=1.0):
    """Return the length constant (µm), or a multiple, as a function of the diameter (µm)."""
    return lambda diameter: scale * reach(diameter, 1e3 * p.r_m, p.r_i)


length_constant = Function(
    id="length-constant",
    title="How far a voltage reaches",
    level="basic",
    name="length_constant",
    parameters={"r_m": Vary(10, 5, 30, 5), "r_i": Vary(100, 70, 200, 10)},
    ask=lambda p: (
        f"The membrane of an unmyelinated axon at rest has R_m = {p.r_m:g} kΩ·cm², its axoplasm "
        f"R_i = {p.r_i:g} Ω·cm.\n\nWrite a function that takes the diameter in µm and returns the "
        "length constant of the axon.\nHow much thicker must an axon be for twice the length?"
    ),
    inputs={"diameter": (0.2, 20)},
    unit="µm",
    tolerance=Tolerance(relative=0.002),
    answer=_lambda,
    mistakes=(
        Mistake(
            "radius",
            lambda p: _lambda(p, sqrt(0.5)),
            "Your λ is too short by √2: a radius stands where the diameter belongs.",
            "Is λ² a quarter of the diameter times R_m/R_i, or a half of the radius?",
        ),
        Mistake(
            "half",
            lambda p: _lambda(p, sqrt(2)),
            "Your λ is too long by √2: a diameter stands where the radius belongs.",
            "Which fraction of the diameter is the cross-section over the circumference?",
        ),
        Mistake(
            "proportional",
            lambda p: lambda diameter: _lambda(p)(1.0) * diameter,
            "Your λ grows in proportion to the diameter.",
            "Axial conductance grows with d² and membrane area with d: what is left in λ²?",
        ),
    ),
    hints=(
        "λ² = (d/4) R_m/R_i. All in cm and Ω first.",
        "A diameter in µm is 10⁻⁴ cm, a kΩ is 10³ Ω, and a λ in cm is 10⁴ µm.",
        lambda p: f"At 1 µm λ is {float(_lambda(p)(1.0)):.0f} µm, and at 4 µm twice that.",
    ),
    solution=lambda p: (
        "`def length_constant(diameter):`\n"
        f"`    return 1e4 * np.sqrt(1e-4 * diameter / 4 * {1e3 * p.r_m:g} / {p.r_i:g})`\n\n"
        f"At 1, 4 and 16 µm: {float(_lambda(p)(1.0)):.0f}, {float(_lambda(p)(4.0)):.0f} and "
        f"{float(_lambda(p)(16.0)):.0f} µm. Twice the length takes four times the diameter."
    ),
)


def _sealed(p, shape=np.cosh, turned=False):
    """Return V (mV) as a function of the distance from the clamped end (µm)."""

    def v(x):
        way = x if turned else p.length - x
        return p.v0 * shape(way / p.length_constant) / shape(p.length / p.length_constant)

    return v


def _draw_sealed(axes, p):
    x = np.linspace(0, p.length, 100)
    far = np.linspace(0, 1.5 * p.length, 100)
    axes.plot(far, p.v0 * np.exp(-far / p.length_constant), "--", color=COLOUR["muted"])
    axes.plot(x, _sealed(p)(x), color=COLOUR["V"])
    axes.plot(p.length, _sealed(p)(p.length), "|", color=COLOUR["V"], markersize=16)
    axes.set(ylim=(0, 1.05 * p.v0), xlabel="distance (µm)", ylabel="V above rest (mV)")
    label(axes, 1.02 * p.length, 1.05 * _sealed(p)(p.length), "sealed end")
    endless = p.v0 * np.exp(-0.6 * p.length / p.length_constant)
    label(axes, 0.55 * p.length, 0.85 * endless, "endless cable", "muted", ha="right", va="top")


sealed_end = Function(
    id="sealed-end",
    title="A cable that ends",
    level="intermediate",
    name="v_at",
    parameters={
        "length": Vary(800, 500, 1500, 100),
        "length_constant": Vary(600, 400, 1000, 100),
        "v0": Vary(20, 10, 30, 5),
    },
    ask=lambda p: (
        f"A passive cable of {p.length:g} µm has the length constant λ = {p.length_constant:g} µm."
        f"\nOne end is held {p.v0:g} mV above rest; the other is sealed, so that no current leaves "
        "it.\n\nWrite a function that takes the distance x from the held end in µm and returns how "
        "far V is above rest there in the steady state.\nDraw it beside that of an endless cable."
    ),
    inputs={"x": (0, 500)},
    special=((0.0,),),
    unit="mV",
    tolerance=Tolerance(absolute=0.02),
    answer=_sealed,
    mistakes=(
        Mistake(
            "endless",
            lambda p: lambda x: p.v0 * np.exp(-x / p.length_constant),
            "Your cable has no end.",
            "Where does the current go that reaches a sealed end?",
        ),
        Mistake(
            "open-end",
            lambda p: _sealed(p, np.sinh),
            "Your V is at rest at the far end, as if that were cut open.",
            "Which of V and its slope vanishes at a sealed end?",
        ),
        Mistake(
            "turned-round",
            lambda p: _sealed(p, turned=True),
            "You measured x from the sealed end.",
            "At which end is V largest?",
        ),
        Mistake(
            "straight",
            lambda p: lambda x: p.v0 * (1 - x / p.length),
            "You drew a straight line to zero.",
            "Does the current inside the cable stay the same if the membrane leaks?",
        ),
    ),
    hints=(
        "λ² d²V/dx² = V is solved by cosh and sinh of x/λ. What must V be at 0, and its slope at "
        "the other end?",
        "cosh has the slope zero where its argument is zero: count from the sealed end.",
        "V(x) = V0 cosh((L − x)/λ)/cosh(L/λ).",
    ),
    solution=lambda p: (
        "`def v_at(x):`\n"
        f"`    end = np.cosh({p.length:g} / {p.length_constant:g})`\n"
        f"`    return {p.v0:g} * np.cosh(({p.length:g} - x) / {p.length_constant:g}) / end`\n\n"
        f"At the sealed end {float(_sealed(p)(p.length)):.2f} mV are left. In an endless cable it "
        f"would be {p.v0 * np.exp(-p.length / p.length_constant):.2f} mV at that place: current "
        "that cannot go on has to leave through the membrane before."
    ),
    draw=_draw_sealed,
    alt="Potential against distance. In the cable with a sealed end it falls less and arrives "
    "flat; in an endless cable it goes on falling.",
)

SQUID_D, SQUID_R_I = 476.0, 35.4  # µm, Ω·cm: the axon of Hodgkin and Huxley's calculation


@computed
def _squid_speed(celsius):
    axon = bare_axon(hodgkin_huxley(celsius), SQUID_D, 50_000.0, SQUID_R_I, 500)
    return conduction_velocity(axon)


def _speed(p, celsius=None):
    """Return the speed of the axon, m/s.

    Diameter and axial resistivity enter the cable equation only through the unit of length, so
    that their square root is exact.
    """
    v = _squid_speed(p.celsius if celsius is None else celsius)
    return v * sqrt(p.diameter / SQUID_D * SQUID_R_I / p.r_i)


squid_speed = Numeric(
    id="squid-speed",
    title="How fast?",
    level="advanced",
    name="travel",
    parameters={
        "diameter": Vary(SQUID_D, 300, 700, 20),
        "r_i": Vary(SQUID_R_I, 30, 60, 5),
        "celsius": Vary(18.5, 10.5, 22.5, 2),
        "distance": Vary(50, 20, 80, 10),
    },
    ask=lambda p: (
        f"A squid axon (membrane of Hodgkin and Huxley) is {p.diameter:g} µm thick, has "
        f"R_i = {p.r_i:g} Ω·cm and is at {p.celsius:g} °C.\n"
        "Simulate a piece of 5 cm or more, in compartments of 0.1 mm or less, and time the spike "
        "well away from the ends where V rises through −30 mV.\n\nWhat is its speed?\n"
        f"How long does it travel over {p.distance:g} mm?"
    ),
    unit={"speed": "m/s", "time": "ms"},
    tolerance=Tolerance(relative=0.01),
    answer=lambda p: (_speed(p), p.distance / _speed(p)),
    mistakes=(
        Mistake(
            "measured",
            {"speed": 21.2},
            "You gave the speed that was measured in the axon of 1952.",
            "What do the equations themselves say?",
        ),
        Mistake(
            "radius",
            lambda p: {
                "speed": _speed(p) / sqrt(2),
                "time": p.distance / _speed(p) * sqrt(2),
            },
            "Your axon has the radius for its diameter.",
            "Which of the two does the cable take?",
        ),
        Mistake(
            "cold",
            lambda p: {
                "speed": _speed(p, 6.3),
                "time": p.distance / _speed(p, 6.3),
            },
            "Your axon is at 6.3 °C.",
            "At which temperature do its channels work here?",
        ),
    ),
    hints=(
        "Two recording sites, the time between them, the distance over the time.",
        lambda p: (
            f"`nc.bare_axon(nc.hodgkin_huxley({p.celsius:g}), {p.diameter:g}, 50000, {p.r_i:g}, "
            "500)` is such an axon."
        ),
        "`nc.conduction_velocity(axon)` kicks it off at one end and returns m/s, which is the same "
        "as mm/ms.",
    ),
    solution=lambda p: (
        f"The spike travels at {_speed(p):.2f} m/s and takes {p.distance / _speed(p):.2f} ms for "
        f"{p.distance:g} mm.\n\nFor the axon of 476 µm at 18.5 °C Hodgkin and Huxley computed 18.8 "
        "m/s by hand and measured 21.2."
    ),
)


def _draw_thicker(axes, p):
    times = np.array([1.0, 10.0])
    for speed, power, role, words in (
        (p.bare, 0.5, "V", "bare"),
        (p.myelinated, 1.0, "Na", "myelinated"),
    ):
        axes.loglog(times, speed * times**power, color=COLOUR[role])
        axes.plot([1, p.times], [speed, speed * p.times**power], "o", color=COLOUR[role])
        words = f"{words}: d to the power {power:g}"
        label(axes, 3.0, 0.8 * speed * 3.0**power, words, role, va="top")
    axes.set(xlabel="diameter (× the first)", ylabel="speed (m/s)", ylim=(0.4 * p.bare, 120))
    axes.set_xticks([1, 2, 5, 10], ["1", "2", "5", "10"])
    axes.set_yticks([1, 10, 100], ["1", "10", "100"])
    axes.minorticks_off()


thick_axons = Numeric(
    id="thick-axons",
    title="Thicker is faster, but how much?",
    level="basic",
    name="thicker",
    parameters={
        "bare": Vary(1.0, 0.5, 2.0, 0.1),
        "myelinated": Vary(6, 5, 7, 0.5),
        "times": Vary(4, 2, 9, 1),
    },
    ask=lambda p: (
        f"In a cable model with squid channels at one temperature a bare axon conducts at "
        f"{p.bare:g} m/s, and a myelinated fibre at {p.myelinated:g} m/s.\nAll diameters of both "
        f"become {p.times:g} times as large.\nIn the fibre the internodes lengthen in proportion, "
        "and the ratio of axon to fibre stays.\n\nHow fast do they conduct then?"
    ),
    unit={"bare": "m/s", "myelinated": "m/s"},
    tolerance=Tolerance(relative=0.02),
    answer=lambda p: (p.bare * sqrt(p.times), p.myelinated * p.times),
    mistakes=(
        Mistake(
            "bare-in-proportion",
            lambda p: {"bare": p.bare * p.times},
            "You let the bare axon's speed grow in proportion to the diameter.",
            "Which length sets the scale in a bare axon, and which power of d does it follow?",
        ),
        Mistake(
            "fibre-by-root",
            lambda p: {"myelinated": p.myelinated * sqrt(p.times)},
            "You let the fibre's speed grow with the root of the diameter.",
            "Its internodes lengthen too: how many nodes does a spike now pass for each metre?",
        ),
        Mistake(
            "with-the-area",
            lambda p: {"bare": p.bare * p.times**2, "myelinated": p.myelinated * p.times**2},
            "You let the speed grow with the cross-section.",
            "More axial current flows, but what has it to charge?",
        ),
    ),
    hints=(
        "Find what the length constant does in each of the two.",
        "Bare: λ = √(d R_m / 4 R_i), with the membrane unchanged. In a fibre the sheath thickens "
        "with the diameter, so that R_m grows as well.",
        "The membrane's own pace stays the same, so the speed goes as λ: √d bare, d myelinated.",
    ),
    solution=lambda p: (
        f"Bare: {p.bare:g} × √{p.times:g} = {p.bare * sqrt(p.times):.2f} m/s. Myelinated: "
        f"{p.myelinated:g} × {p.times:g} = {p.myelinated * p.times:g} m/s.\n\nThe scaling is exact "
        "for the bare axon, and nearly so for the fibre, whose nodes do not grow in length."
    ),
    draw=_draw_thicker,
    alt="Speed against diameter, both axes logarithmic: two straight lines, that of the myelinated "
    "fibre twice as steep as that of the bare axon.",
)


nodes_at_once = Numeric(
    id="nodes-at-once",
    title="How many nodes at once?",
    level="basic",
    name="active",
    parameters={
        "speed": Vary(20, 10, 60, 5),
        "width": Vary(0.6, 0.4, 1.0, 0.1),
        "internode": Vary(1200, 800, 1500, 100),
    },
    ask=lambda p: (
        f"A myelinated fibre conducts at {p.speed:g} m/s.\nAt each node V is above −20 mV for "
        f"{p.width:g} ms, and the nodes are {p.internode:g} µm apart.\n\n"
        "How long is the stretch of axon that is above −20 mV at one moment?\nHow many nodes lie "
        "in it, on average?\nAnd by how much later does each node rise than the one before?"
    ),
    unit={"stretch": "mm", "nodes": "", "delay": "µs"},
    tolerance=Tolerance(relative=0.01),
    answer=lambda p: (
        p.speed * p.width,
        1e3 * p.speed * p.width / p.internode,
        p.internode / p.speed,
    ),
    mistakes=(
        Mistake(
            "one-node-at-a-time",
            lambda p: {
                "stretch": 1e-3 * p.internode,
                "nodes": 1.0,
                "delay": 1e3 * p.width,
            },
            "You let each node wait until the one before it is done.",
            "At which speed would such a spike travel?",
        ),
        Mistake(
            "spacing-forgotten",
            lambda p: {"nodes": p.speed * p.width},
            "You took the length of the stretch in mm for a number of nodes.",
            "How many internodes fit into that stretch?",
        ),
        Mistake(
            "speed-over-width",
            lambda p: {"stretch": p.speed / p.width},
            "You divided the speed by the time.",
            "How far does the front of the spike get before its tail has passed?",
        ),
    ),
    hints=(
        "While a node is active, the front of the spike goes on. How far?",
        "m/s times ms is mm. Divide by the distance between nodes for their number.",
        "The delay is the distance between nodes over the speed: µm over m/s is µs.",
    ),
    solution=lambda p: (
        f"{p.speed:g} m/s × {p.width:g} ms = {p.speed * p.width:g} mm, which holds "
        f"{1e3 * p.speed * p.width / p.internode:.1f} nodes. Each rises "
        f"{p.internode / p.speed:.0f} µs after the one before, a small part of the time for which "
        "it is active.\n\nA literal jump from node to node would be another picture: one node "
        "active, all others at rest."
    ),
)

literal_jump = Choice(
    id="literal-jump",
    title="Does it jump?",
    level="intermediate",
    name="jumps",
    ask="In a model of a myelinated fibre (squid channels at the nodes, 20 °C, axon 10 µm thick, "
    "internodes of 1 mm) about eleven nodes are above −20 mV at the same time.\nHow does the "
    "excitation get from one node to the next, and why?",
    options=(
        "It leaps over, and nothing happens in between.",
        "Current flows inside the axon and charges the internode and the next nodes at once.",
        "Each node fires when the one before has finished.",
    ),
    reasons=(
        "Myelin lets no charge through, so no current flows there.",
        "The wall between nodes has little capacitance and much resistance, so that most of the "
        "axial current gets through to the nodes ahead.",
        "Ions diffuse along the axon from node to node.",
        "Saltatory means that the spike is at one node at a time.",
    ),
    answer=("b", 2),
    mistakes=(
        Mistake(
            "perfect-insulator",
            (None, 1),
            "You closed the way along the axon as well as the way out.",
            "Through which medium does the current run on its way to the next node?",
        ),
        Mistake(
            "diffusion",
            (None, 3),
            "Diffusion over a millimetre takes minutes.",
            "What sets charges in motion all along the axon without any of them going far?",
        ),
        Mistake(
            "taken-by-the-word",
            (None, 4),
            "You took the Latin word for a measurement.",
            "Eleven nodes are active together: how does that fit one at a time?",
        ),
    ),
    hints=(
        "What drives a current from one end of a wire to the other?",
        "The delay from node to node is about 50 µs, a spike at a node lasts half a millisecond.",
        "Local circuit currents are the same as in a bare axon. What has myelin changed about "
        "where they leave?",
    ),
    solution="Between nodes the axon is a good cable: current flows along its inside, loses little "
    "through the sheath and charges the nodes ahead, several of them at a time: **b2**.\n\nWhat "
    "jumps is the place where channels open, not the current.",
)

BEST_G = float(np.exp(-0.5))


def _rushton(g):
    return g * np.sqrt(-np.log(g)) / (BEST_G * sqrt(0.5))


def _draw_g(axes, p):
    g = np.linspace(0.1, 0.985, 200)
    axes.plot(g, _rushton(g), color=COLOUR["V"])
    for place, role, words, side in (
        (BEST_G, "Na", f"best: {BEST_G:.2f} ", "right"),
        (0.77, "K", " in the brain: 0.77", "left"),
    ):
        axes.plot(place, _rushton(place), "o", color=COLOUR[role])
        label(axes, place, _rushton(place) + 0.025, words, role, ha=side)
    axes.set(xlim=(0, 1.2), ylim=(0, 1.15), xlabel="g: axon over fibre", ylabel="relative speed")


g_ratio = Function(
    id="g-ratio",
    title="Axon or sheath?",
    level="intermediate",
    name="relative_speed",
    ask="A fibre's outer diameter is given, and so is the temperature.\nThe space within is shared "
    "between axon and myelin: g is the axon's diameter over the fibre's.\n\nBy Rushton's (1951) "
    "argument the speed goes as the length constant of the internode, λ ∝ g √(ln(1/g)).\n"
    "Write a function that takes g and returns the speed as a fraction of "
    "the largest that this fibre can have.\nAt which g is it 1?\nWhat is lost at 0.77, which is "
    "common in the brain?",
    inputs={"g": (0.15, 0.97)},
    unit="",
    tolerance=Tolerance(absolute=0.002),
    answer=lambda p: _rushton,
    mistakes=(
        Mistake(
            "not-normalised",
            lambda p: lambda g: g * np.sqrt(-np.log(g)),
            "Your function is proportional to the speed, but its maximum is not 1.",
            "What is the value at the best g?",
        ),
        Mistake(
            "no-root",
            lambda p: lambda g: -g * np.log(g) * np.e,
            "The root is missing, so that your best g is 0.37.",
            "Which power of the membrane's resistance stands in λ?",
        ),
        Mistake(
            "sheath-alone",
            lambda p: lambda g: np.sqrt(-np.log(g)) / np.sqrt(-np.log(0.15)),
            "Only the sheath counts in your formula.",
            "What happens to the axial resistance as the axon gets thinner?",
        ),
        Mistake(
            "axon-alone",
            lambda p: lambda g: g,
            "Only the axon counts in your formula.",
            "What is left of the sheath as g goes to 1?",
        ),
    ),
    hints=(
        "Find the g where the derivative of g² ln(1/g) vanishes: its root has the same maximum.",
        f"ln(1/g) = 1/2, so the best g is e^(−1/2) = {BEST_G:.3f}.",
        "Divide by the value there, which is e^(−1/2) √(1/2).",
    ),
    solution=lambda p: (
        "`def relative_speed(g):`\n"
        "`    best = np.exp(-0.5)`\n"
        "`    return g * np.sqrt(np.log(1 / g)) / (best * np.sqrt(0.5))`\n\n"
        f"The best g is {BEST_G:.3f}. At 0.77 the speed is still {float(_rushton(0.77)):.3f} of "
        "the largest: the maximum is flat, and the brain's thinner sheaths cost it little."
    ),
    draw=_draw_g,
    alt="Relative speed against g: a flat maximum near 0.6, a little less at 0.77, and a steep "
    "fall as g goes to 1.",
)

myelin_why = Choice(
    id="myelin-why",
    title="Why myelin makes it faster",
    level="intermediate",
    name="faster",
    ask="A sheath raises the resistance of an axon's wall a hundredfold and lowers its capacitance "
    "a hundredfold.\nNothing else changes, and the temperature neither.\nWhat becomes of the time "
    "constant τ and the length constant λ of the internode, and why does the spike travel faster?",
    options=("τ falls, λ stays.", "τ stays, λ rises.", "τ falls, λ rises."),
    reasons=(
        "The wall charges a hundred times as fast.",
        "In the same time the current reaches ten times as far.",
        "Ions move faster inside the sheath.",
        "The nodes fire more often.",
    ),
    answer=("b", 2),
    mistakes=(
        Mistake(
            "capacitance-alone",
            (None, 1),
            "You let the capacitance fall and forgot the resistance.",
            "What is the product R_m C_m before and after?",
        ),
        Mistake(
            "faster-ions",
            (None, 3),
            "The axoplasm is what it was.",
            "Which resistance has changed: along the axon or through its wall?",
        ),
        Mistake(
            "rate-for-speed",
            (None, 4),
            "You took how often for how fast.",
            "Does a single spike travel faster if more of them follow?",
        ),
    ),
    hints=(
        "τ = R_m C_m and λ = √(d R_m / 4 R_i).",
        "One of the two factors of τ rises a hundredfold, the other falls a hundredfold.",
        "What matters is λ/τ, a length per time.",
    ),
    solution="τ = R_m C_m stays, λ rises tenfold, and so does λ/τ, the speed at which a passive "
    "voltage spreads: **b2**.",
)

PROBLEMS = (
    length_constant,
    sealed_end,
    squid_speed,
    wraps,
    myelin_why,
    nodes_at_once,
    literal_jump,
    thick_axons,
    g_ratio,
)
"""In the order of the chapter."""
