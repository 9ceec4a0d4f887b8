"""Problems of the chapter "Temperature, myelin and size"."""

from math import exp, pi, sqrt

import numpy as np

from neurocore.axon import bare_axon, demyelinate, myelinated_axon
from neurocore.channels import block
from neurocore.experiments import blocking_temperature, conduction_velocity, kick
from neurocore.membrane import hodgkin_huxley
from neurocore.plots import COLOUR, label, level
from neurocore.practice.bank.computed import computed
from neurocore.practice.kinds import Axis, Choice, Function, Mistake, Numeric, Plot, Tolerance, Vary

ARRIVAL = 37.0  # °C, where the first problem's axon is asked about


def _per_ten(ratio, p):
    return ratio ** (10 / (p.warm - p.cold))


def _warmed(p):
    """Return the Q10 of speed and duration, and the active stretch at the last temperature (mm)."""
    speed, duration = _per_ten(p.v_warm / p.v_cold, p), _per_ten(p.w_cold / p.w_warm, p)
    on = (ARRIVAL - p.warm) / 10
    return speed, duration, p.v_warm * speed**on * p.w_warm / duration**on


two_thermometers = Numeric(
    id="two-thermometers",
    title="Two thermometers",
    level="basic",
    name="warmed",
    parameters={
        "cold": 22.0,
        "warm": 28.0,
        "v_cold": Vary(0.8, 0.76, 0.84, 0.02),
        "v_warm": Vary(1.0, 0.96, 1.04, 0.02),
        "w_cold": Vary(2.0, 1.8, 2.2, 0.1),
        "w_warm": Vary(1.2, 1.1, 1.3, 0.05),
    },
    ask=lambda p: (
        f"An unmyelinated axon conducts at {p.v_cold:g} m/s at {p.cold:g} °C and at {p.v_warm:g} "
        f"m/s at {p.warm:g} °C.\nIts spike is {p.w_cold:g} ms wide at {p.cold:g} °C and "
        f"{p.w_warm:g} ms at {p.warm:g} °C.\n\n"
        "By which factor does the speed grow over 10 °C, its Q10?\n"
        "By which factor does the spike get shorter over 10 °C?\n"
        f"Both factors hold up to {ARRIVAL:g} °C.\nHow long is the stretch of axon that is active "
        "at one moment there, speed times width?"
    ),
    unit={"q10_speed": "", "q10_width": "", "stretch": "mm"},
    tolerance=Tolerance(relative=0.005),
    answer=_warmed,
    mistakes=(
        Mistake(
            "bare-ratio",
            lambda p: {"q10_speed": p.v_warm / p.v_cold, "q10_width": p.w_cold / p.w_warm},
            "You gave the ratio of the two values, which belongs to "
            "the difference between the two thermometers.",
            "How many times does this step of temperature fit into 10 °C?",
        ),
        Mistake(
            "straight-line",
            lambda p: {
                "q10_width": 1 + (p.w_cold / p.w_warm - 1) * 10 / (p.warm - p.cold),
            },
            "You went on along a straight line.",
            "If each step of temperature multiplies, what do two steps do?",
        ),
        Mistake(
            "longer-in-the-warm",
            lambda p: {"q10_width": 1 / _warmed(p)[1]},
            "Your factor is below 1: it tells what is left of the width.",
            "Which of the two widths stands on top if the factor says how much shorter?",
        ),
        Mistake(
            "width-as-before",
            lambda p: {"stretch": p.v_warm * _warmed(p)[0] ** ((ARRIVAL - p.warm) / 10) * p.w_warm},
            "Your spike is faster, but no shorter than before.",
            f"How wide is it at {ARRIVAL:g} °C?",
        ),
    ),
    hints=(
        "A Q10 is what 10 °C multiply by. Equal steps of temperature multiply by equal factors.",
        lambda p: f"Raise each ratio to the power 10/{p.warm - p.cold:g}.",
        lambda p: (
            f"From {p.warm:g} to {ARRIVAL:g} °C speed is multiplied by its Q10 to the power "
            f"{(ARRIVAL - p.warm) / 10:g}, and width is divided by its own."
        ),
    ),
    solution=lambda p: (
        f"Speed: ({p.v_warm:g}/{p.v_cold:g})^(10/{p.warm - p.cold:g}) = {_warmed(p)[0]:.3f}. "
        f"Width: ({p.w_cold:g}/{p.w_warm:g})^(10/{p.warm - p.cold:g}) = {_warmed(p)[1]:.3f}. At "
        f"{ARRIVAL:g} °C {_warmed(p)[2]:.3f} mm are active, beside {p.v_cold * p.w_cold:.3f} mm "
        f"at {p.cold:g} °C.\n\nThe spike shortens faster than it speeds up. So fewer millimetres "
        "of axon feed the current that excites the next one: the seed of the block by heat."
    ),
)

SQUID_D, SQUID_R_I = 476.0, 35.4  # µm, Ω·cm: the axon of Hodgkin and Huxley's calculation
COLDEST, WARMEST = 6, 33  # °C


def _squid_axon(compartments):
    return bare_axon(hodgkin_huxley(), SQUID_D, 50_000.0, SQUID_R_I, compartments)


@computed
def _speeds():
    """Return the speed of the squid's axon at each degree, m/s."""
    axon = _squid_axon(500)
    return tuple(
        conduction_velocity(axon.at_temperature(float(celsius)), duration=10.0)
        for celsius in range(COLDEST, WARMEST + 1)
    )


def _speed(p, celsius):
    """Return the speed of an axon of another diameter, m/s; the square root is exact there."""
    degrees = np.arange(COLDEST, WARMEST + 1)
    return np.interp(celsius, degrees, _speeds()) * sqrt(p.diameter / SQUID_D)


def _fastest():
    return float(COLDEST + np.argmax(_speeds()))


def _by_q10(p, power):
    return lambda celsius: _speed(p, 6.3) * 3 ** (power * (celsius - 6.3) / 10)


def _draw_warming(axes, p):
    celsius = np.arange(COLDEST, WARMEST + 1)
    axes.plot(celsius, _speed(p, celsius), color=COLOUR["V"])
    axes.plot(celsius, _by_q10(p, 0.5)(celsius), ":", color=COLOUR["muted"])
    label(axes, 20, 1.05 * float(_by_q10(p, 0.5)(20.0)), "square root of the rates", "muted",
          ha="right")  # fmt: skip
    level(axes, _heat_block(0.0), "block", along="y")
    axes.set(xlabel="temperature (°C)", ylabel="speed (m/s)", xlim=(5, 37))
    axes.set_ylim(0, 2.6 * _speed(p, 6.3))


warm_speed = Plot(
    id="warm-speed",
    title="Faster, faster, gone",
    level="intermediate",
    name="ax",
    parameters={"diameter": Vary(SQUID_D, 300, 700, 50)},
    ask=lambda p: (
        f"A squid axon (membrane of Hodgkin and Huxley) is {p.diameter:g} µm thick, 5 cm long and "
        f"has R_i = {SQUID_R_I:g} Ω·cm.\nIts gates have a Q10 of 3; its conductances do not depend "
        "on temperature.\nCut it into 500 compartments.\nTime the spike between 30 and 70 % of the "
        "length, where V rises through −30 mV.\n\nDraw the speed against temperature.\n"
        "Before you draw: does it grow all the way?"
    ),
    x=Axis("temperature", "°C"),
    y=Axis("speed", "m/s"),
    low=float(COLDEST),
    high=float(WARMEST),
    points=WARMEST - COLDEST + 1,
    tolerance=Tolerance(relative=0.03),
    answer=lambda p: lambda celsius: _speed(p, celsius),
    mistakes=(
        Mistake(
            "as-the-rates",
            lambda p: {"": _by_q10(p, 1.0)},
            "You let the speed grow as the gates' rates do.",
            "What besides opening channels takes time as the spike moves on?",
        ),
        Mistake(
            "root-of-the-rates",
            lambda p: {"": _by_q10(p, 0.5)},
            "You let the speed grow with the square root of the rates, without end.",
            "Inactivation gets faster too: what does it leave of the sodium current?",
        ),
        Mistake(
            "never-warmed",
            lambda p: {"": lambda celsius: float(_speed(p, 6.3))},
            "Your speed is the same everywhere, that at 6.3 °C.",
            "Does your loop build a new membrane for each temperature?",
        ),
        Mistake(
            "radius",
            lambda p: {"": lambda celsius: _speed(p, celsius) / sqrt(2)},
            "Your axon has the radius for its diameter.",
            "Which of the two does the cable take?",
        ),
    ),
    hints=(
        "One axon for each temperature, one speed out of each: a loop over 28 temperatures.",
        lambda p: (
            f"`nc.bare_axon(nc.hodgkin_huxley(celsius), {p.diameter:g}, 50_000, {SQUID_R_I:g}, "
            "500)` is the axon, and `nc.conduction_velocity(axon)` its speed in m/s."
        ),
        '`ax.plot(celsius, speed)`; `ax.set(xlabel="temperature (°C)", ylabel="speed (m/s)")`.',
    ),
    solution=lambda p: (
        f"At 6.3 °C it conducts at {_speed(p, 6.3):.1f} m/s and at 30 °C at {_speed(p, 30.0):.1f}. "
        f"It is fastest near {_fastest():.0f} °C, then slows down, and above "
        f"{_heat_block(0.0):.1f} °C nothing gets through.\n\nAt first quicker gates bring the next "
        "piece of membrane to threshold sooner. But inactivation and K⁺ channels quicken as well, "
        "and the capacitance stays as large as before. In the end the sodium current is over "
        "before it has charged the next piece."
    ),
    draw=_draw_warming,
    alt=lambda p: (
        "Speed of the axon against temperature. It rises, is largest near "
        f"{_fastest():.0f} °C, falls a little and ends at the line that marks the block near "
        f"{_heat_block(0.0):.0f} °C. The square root of the rates rises without end."
    ),
)


@computed
def _heat_block(blocked):
    """Return the blocking temperature of the squid's axon with a share of g_Na blocked, °C."""
    axon = _squid_axon(200)
    if blocked:
        axon = axon.modify("Na", block, blocked)
    return float(blocking_temperature(axon, 20.0, 38.0, 0.04, duration=10.0))


def _blocks(p):
    return _heat_block(0.0), _heat_block(p.blocked / 100)


heat_block = Numeric(
    id="heat-block",
    title="Hot and poisoned",
    level="intermediate",
    name="blocks",
    parameters={"blocked": Vary(30, 10, 40, 10)},
    ask=lambda p: (
        f"A squid axon (membrane of Hodgkin and Huxley) is {SQUID_D:g} µm thick, 5 cm long and has "
        f"R_i = {SQUID_R_I:g} Ω·cm:\n`axon = nc.bare_axon(nc.hodgkin_huxley(), {SQUID_D:g}, "
        f"50_000, {SQUID_R_I:g}, 500)`.\nIts gates have a Q10 of 3; its conductances do not depend "
        "on temperature.\nA spike is started at one end.\nIt counts as conducted if V rises "
        "through −30 mV at nine tenths of the length.\n\nAbove which temperature does the axon no "
        f"longer conduct?\nA toxin now blocks {p.blocked:g} % of its sodium channels, all along.\n"
        "Above which temperature does it no longer conduct then?"
    ),
    unit={"whole": "°C", "poisoned": "°C"},
    tolerance=Tolerance(absolute=0.3),
    answer=_blocks,
    mistakes=(
        Mistake(
            "fastest",
            lambda p: {"whole": _fastest()},
            "You gave the temperature at which it is fastest.",
            "Does the spike still arrive a degree above it?",
        ),
        Mistake(
            "heat-alone",
            lambda p: {"poisoned": _blocks(p)[0]},
            "You let the toxin leave the blocking temperature as it is.",
            "Heat and toxin both take sodium current away: what does the one leave for the other?",
        ),
        Mistake(
            "in-proportion",
            lambda p: {"poisoned": _blocks(p)[0] * (1 - p.blocked / 100)},
            "You lowered the temperature by as many per cent as there are channels blocked.",
            "Is 0 °C a temperature that means anything to a channel?",
        ),
    ),
    hints=(
        "Warm the axon in steps and ask each time whether the spike arrives. Then halve the step.",
        "`axon.at_temperature(celsius)` is the same axon, warmer. `nc.conducts(axon)` says whether "
        "a spike arrives, and `nc.blocking_temperature(axon)` searches.",
        lambda p: f'`nc.modify(axon, "Na", nc.block, {p.blocked / 100:g})` is the poisoned axon.',
    ),
    solution=lambda p: (
        f"The whole axon conducts up to {_blocks(p)[0]:.1f} °C, the poisoned one up to "
        f"{_blocks(p)[1]:.1f} °C.\n\nA healthy axon has sodium channels to spare. Heat uses up "
        "that reserve because the current of each spike is over sooner; a toxin uses it up because "
        "the current is smaller. What each takes is missing for the other. A thinned sheath draws "
        "on the same reserve."
    ),
)

warming_why = Choice(
    id="warming-why",
    title="Why the hot bath blinds",
    level="intermediate",
    name="warming",
    ask="Some people with multiple sclerosis see worse in a hot bath, and better again when they "
    "have cooled down: Uhthoff's phenomenon.\nIn a model of a fibre a few internodes have lost "
    "most of their myelin.\nWarming speeds it up at first; a few degrees further a spike "
    "stops at the thin stretch.\nWhat does warming do to the charge that each spike hands on "
    "along the axon, and why does that block the thin stretch?",
    options=(
        "Each spike hands on more charge.",
        "Each spike hands on less charge.",
        "Each spike hands on as much charge as before.",
    ),
    reasons=(
        "The spike arrives sooner, while the nodes beyond are still refractory.",
        "A shorter spike has to charge the same capacitance, and more of it where the sheath is "
        "thin.",
        "The remaining myelin conducts charge better in the warm.",
        "The sodium channels inactivate before they open, so there is no current at all.",
    ),
    answer=("b", 2),
    mistakes=(
        Mistake(
            "too-early",
            (None, 1),
            "You let the spike run into nodes that are recovering.",
            "A single spike is blocked too: which spike before it would have left them refractory?",
        ),
        Mistake(
            "better-conductor",
            (None, 3),
            "You put the temperature into the sheath.",
            "In the model only the gates know the temperature: which property of the spike do they "
            "set?",
        ),
        Mistake(
            "no-current",
            (None, 4),
            "You let the sodium current vanish.",
            "Healthy nodes of the same fibre still conduct in that warmth: with which current?",
        ),
    ),
    hints=(
        "Charge is current times time. Which of the two does warming change most?",
        "All gates quicken by the same factor: those that open sodium channels, those that close "
        "them, and those of K⁺. What in the membrane does not quicken?",
        "The capacitance of the thin stretch is what it was, and larger than under thick myelin. "
        "It needs so much charge to reach threshold.",
    ),
    solution="Opening, inactivation and repolarisation all quicken, so the sodium current lasts "
    "for a shorter time and each spike hands on less charge. A healthy internode needs little. The "
    "thin one has a large capacitance to be charged, and that does not shrink with warming: "
    "**b2**.\n\nCooling brings the charge back, and sight with it. No myelin is lost in a bath.",
)

LESION = (9, 10, 11)
FIBRE = (
    "A myelinated fibre: `axon = nc.myelinated_axon()`.\nIt has 20 internodes of 1 mm.\nThe axon "
    "is 10 µm thick, and the sheath amounts to 168 membranes in series: the axon's own and 167 of "
    "myelin.\nThe nodes have the squid's kinetics, with ten times its sodium channels, at 20 °C."
)
KEPT = tuple(x / 100 for x in (5, 10, 15, 20))


def _thinned(kept, internodes=LESION):
    return demyelinate(myelinated_axon(), internodes, kept)


@computed
def _lesion_block(kept, blocked=0.0, internodes=3):
    """Return the blocking temperature with so much myelin left and g_K blocked, °C."""
    axon = _thinned(kept, LESION[:internodes])
    if blocked:
        axon = axon.modify("K", block, blocked)
    # As with the defaults, within 0.1 °C, but sooner.
    options = {"resolution": 0.05, "duration": 6.0, "accuracy": 1e-2}
    return float(blocking_temperature(axon, 15.0, 45.0, **options))


def _draw_lesion(axes, p):
    per_cent = 100 * np.array(KEPT)
    for blocked, role, words in ((0.0, "V", "as it is"), (0.9, "K", "with 4-AP")):
        t = [_lesion_block(kept, blocked) for kept in KEPT]
        axes.plot(per_cent, t, "o-", color=COLOUR[role])
        label(axes, per_cent[-1] + 0.5, t[-1], words, role, va="center")
    axes.set(xlabel="myelin left in three internodes (%)", ylabel="blocking temperature (°C)")
    axes.set(xlim=(3, 25.5), xticks=per_cent)


thin_myelin = Numeric(
    id="thin-myelin",
    title="Three thin internodes",
    level="advanced",
    name="lesion",
    parameters={"kept": Vary(0.1, 0.05, 0.2, 0.05)},
    ask=lambda p: (
        f"{FIBRE}\nIn a lesion the internodes {LESION[0]}, {LESION[1]} and {LESION[2]}, counted "
        f"from 0, keep {p.kept:g} of their myelin, and the axon's own membrane.\nA spike is "
        "started at one end.\nIt counts as conducted if V rises through −30 mV at the node nearest "
        "to nine tenths of the length.\n\n"
        "Above which temperature does the fibre no longer conduct?\n4-Aminopyridine (4-AP) now "
        "reduces g_K to a tenth at all nodes.\nAbove which temperature does it no longer conduct "
        "then?"
    ),
    unit={"thin": "°C", "treated": "°C"},
    tolerance=Tolerance(absolute=0.3),
    answer=lambda p: (_lesion_block(p.kept), _lesion_block(p.kept, 0.9)),
    mistakes=(
        Mistake(
            "one-internode",
            lambda p: {"thin": _lesion_block(p.kept, 0.0, 1)},
            "You thinned one internode only.",
            "How many nodes in a row must a spike cross on too little current?",
        ),
        Mistake(
            "a-tenth-blocked",
            lambda p: {"treated": _lesion_block(p.kept, 0.1)},
            "You blocked a tenth of the K⁺ channels, and left nine tenths.",
            "Is the number that `nc.block` takes what is blocked or what is left?",
        ),
        Mistake(
            "the-shift",
            lambda p: {"treated": _lesion_block(p.kept, 0.9) - _lesion_block(p.kept)},
            "You gave by how much the drug raises the blocking temperature.",
            "At which temperature does the treated fibre stop?",
        ),
    ),
    hints=(
        f"`nc.demyelinate(axon, {list(LESION)}, fraction)` thins the sheath. Does the fibre "
        "conduct at 20 °C? At 30?",
        "`nc.blocking_temperature(axon, duration=6)` searches between 6.3 and 45 °C, and gives a "
        "spike 6 ms to arrive.",
        '`nc.modify(axon, "K", nc.block, 0.9)` is the effect of 4-AP.',
    ),
    solution=lambda p: (
        f"With {p.kept:g} of the myelin left the fibre conducts up to "
        f"{_lesion_block(p.kept):.1f} °C, with 4-AP up to {_lesion_block(p.kept, 0.9):.1f} °C. "
        "The whole fibre still conducts at 45 °C.\n\nThe thinner the sheath, the lower the "
        "temperature. 4-AP does not touch the sodium channels: fewer K⁺ channels end the spike "
        "later, so it hands on more charge. Here that is worth "
        f"{_lesion_block(p.kept, 0.9) - _lesion_block(p.kept):.1f} °C.\n\nThe channels are those "
        "of a squid, and sit at the nodes; a mammal keeps most of these K⁺ channels under the "
        "myelin beside the nodes, where its loss lays them bare. Only the direction of the shifts "
        "says something about a patient; the temperatures themselves do not."
    ),
    draw=_draw_lesion,
    alt="Blocking temperature against the myelin that is left in three internodes. Both curves "
    "rise with the myelin, and the one with 4-AP lies about three degrees above the other.",
)

LATE_NODE = 18


@computed
def _arrival(kept, first=LATE_NODE):
    """Return when the spike arrives at a node of the lesioned fibre at 20 °C, ms."""
    axon = _thinned(kept)
    place = int(axon.regions["node"][first])
    return float(kick(axon, [place], 6.0).spike_times()[0][0])


def _healthy():
    """Return what the fibre takes for each internode without a lesion, µs."""
    nodes = LESION[0], LESION[-1] + 1
    return 1e3 * (_arrival(1.0, nodes[1]) - _arrival(1.0, nodes[0])) / len(LESION)


def _delay(p):
    """Return the lesion's delay (µs), the time for each thin internode (µs), and lesions needed."""
    extra = 1e3 * (_arrival(p.kept) - _arrival(1.0))
    return extra, _healthy() + extra / len(LESION), 1e4 / extra


lesion_delay = Numeric(
    id="lesion-delay",
    title="Late, but not lost",
    level="intermediate",
    name="late",
    parameters={"kept": Vary(0.1, 0.05, 0.2, 0.025)},
    ask=lambda p: (
        f"{FIBRE}\nIn a lesion the internodes {LESION[0]}, {LESION[1]} and {LESION[2]}, counted "
        f"from 0, keep {p.kept:g} of their myelin, and the axon's own membrane.\n"
        "A spike is started at the first node.\n"
        f"It arrives where V rises through −30 mV at node {LATE_NODE}, counted from 0.\n\n"
        "By how much does the lesion delay it?\n"
        "Put all of this down to the thin internodes, in equal shares: how long does each of them "
        f"take, if a healthy one takes {_healthy():.1f} µs?\n"
        "How many such lesions on the way would make a delay of 10 ms?"
    ),
    unit={"extra": "µs", "each": "µs", "lesions": ""},
    tolerance=Tolerance(relative=0.02),
    answer=_delay,
    mistakes=(
        Mistake(
            "arrival",
            lambda p: {"extra": 1e3 * _arrival(p.kept)},
            "You gave the time of arrival.",
            "When would the spike have arrived without the lesion?",
        ),
        Mistake(
            "extra-alone",
            lambda p: {"each": _delay(p)[0] / len(LESION)},
            "You gave what each thin internode adds.",
            "How long does it take altogether, with what a healthy one takes?",
        ),
        Mistake(
            "as-the-capacitance",
            lambda p: {
                "extra": len(LESION) * _healthy() * (1 / p.kept - 1),
                "each": _healthy() / p.kept,
            },
            "You let the time grow as the capacitance of the sheath does.",
            "How does the reach of the current, λ, go with the number of membranes?",
        ),
    ),
    hints=(
        "Two runs, one with the lesion and one without, and the difference of their arrivals.",
        f'`node = axon.regions["node"][{LATE_NODE}]` and `nc.kick(axon, [node], 6).spike_times()'
        "[0][0]` give the arrival in ms.",
        f"`nc.demyelinate(axon, {list(LESION)}, fraction)` thins the sheath. 10 ms are 10 000 µs.",
    ),
    solution=lambda p: (
        f"The lesion costs {_delay(p)[0]:.0f} µs. Each thin internode takes {_delay(p)[1]:.0f} µs, "
        f"{_delay(p)[1] / _healthy():.1f} times as long as a healthy one, and {_delay(p)[2]:.0f} "
        "such lesions make 10 ms.\n\nA delay alone takes little away from seeing. Its worth is as "
        "a sign: a late response to a picture tells of a lesion that conducts. A block, by "
        "heat for example, is what a patient notices."
    ),
)


def _matched(p):
    """Return crossover (µm), bare diameter of the same speed (µm), ratio of areas."""
    bare = (p.per_um * p.fibre / p.at_one) ** 2
    return (p.at_one / p.per_um) ** 2, bare, (bare / p.fibre) ** 2


worth_its_myelin = Numeric(
    id="worth-its-myelin",
    title="What myelin saves",
    level="basic",
    name="size",
    parameters={
        "at_one": Vary(2.2, 1.6, 2.4, 0.1),
        "per_um": Vary(5.5, 4.5, 6.0, 0.5),
        "fibre": Vary(10, 6, 16, 1),
    },
    ask=lambda p: (
        f"Suppose that in a mammal at 37 °C a bare axon of diameter d conducts at {p.at_one:g} m/s "
        "× √(d/1 µm).\nA myelinated fibre of outer diameter D conducts at "
        f"{p.per_um:g} m/s × D/1 µm.\n\nAt which diameter are the two equally fast?\n"
        f"How thick must a bare axon be to be as fast as a myelinated fibre of {p.fibre:g} µm?\n"
        "How many times the fibre's cross-section does it take up?"
    ),
    unit={"crossover": "µm", "bare": "µm", "space": ""},
    tolerance=Tolerance(relative=0.01),
    answer=_matched,
    mistakes=(
        Mistake(
            "not-squared",
            lambda p: {
                "crossover": p.at_one / p.per_um,
                "bare": p.per_um * p.fibre / p.at_one,
            },
            "You found the root of the diameter and stopped there.",
            "If √d is that number, what is d?",
        ),
        Mistake(
            "diameters-for-areas",
            lambda p: {"space": _matched(p)[1] / p.fibre},
            "You compared diameters.",
            "What does a cross-section do when the diameter doubles?",
        ),
        Mistake(
            "both-linear",
            lambda p: {"bare": p.fibre * p.per_um / p.at_one**2},
            "You squared the constant of the bare axon, but not the speed.",
            "Which whole expression stands under the square?",
        ),
        Mistake(
            "area-in-um2",
            lambda p: {"space": pi / 4 * _matched(p)[1] ** 2},
            "You gave the bare axon's area in µm².",
            "How many of the fibre's cross-sections fit into it?",
        ),
    ),
    hints=(
        "Set the two speeds equal, and solve for the diameter that stands under the root.",
        lambda p: f"The fibre's speed is {p.per_um * p.fibre:g} m/s. Which √d gives that?",
        "Cross-sections go as the squares of the diameters.",
    ),
    solution=lambda p: (
        f"Equal at ({p.at_one:g}/{p.per_um:g})² = {_matched(p)[0]:.3f} µm. For "
        f"{p.per_um * p.fibre:g} m/s a bare axon needs ({p.per_um * p.fibre:g}/{p.at_one:g})² = "
        f"{_matched(p)[1]:.0f} µm and takes {_matched(p)[2]:.0f} times the space.\n\nThe squid "
        "pays that price for a few axons. In a nerve of a million it cannot be paid. In the "
        "central nervous system fibres down to about 0.2 µm do carry myelin, as Waxman and Bennett "
        "(1972) pointed out; Rushton's estimate of 1 µm was too high for them."
    ),
)

BEST_G = exp(-0.25)
RUSHTON_G = exp(-0.5)


def _per_area(g):
    """Return speed per cross-section of a fibre with a given axon, over the largest there is."""
    return g**2 * np.sqrt(-np.log(g)) / (BEST_G**2 * 0.5)


def _per_width(g):
    return g * np.sqrt(-np.log(g)) / (RUSHTON_G * sqrt(0.5))


def _draw_space(axes, p):
    g = np.linspace(0.2, 0.995, 200)
    for curve, role, best, words in (
        (_per_area, "V", BEST_G, "per cross-section"),
        (_per_width, "muted", RUSHTON_G, "per diameter"),
    ):
        axes.plot(g, curve(g), "-" if role == "V" else "--", color=COLOUR[role])
        axes.plot(best, 1.0, "o", color=COLOUR[role])
        label(axes, best, 1.04, f"{best:.2f}", role, ha="center")
        label(axes, 0.32, curve(0.32) + 0.04, words, role, ha="right")
    axes.set(xlabel="g-ratio", ylabel="speed for its space", ylim=(0, 1.15), xlim=(0, 1))


space_for_speed = Function(
    id="space-for-speed",
    title="Speed for its space",
    level="intermediate",
    name="speed_per_area",
    ask="An axon's diameter d is given.\nA sheath around it makes the fibre's outer diameter "
    "d/g, where g is the g-ratio.\nSuppose that speed goes as the length constant of the "
    "internode, which for a given axon is proportional to √(ln(1/g)).\nMore myelin always makes "
    "this axon faster.\nBut the skull is full: what counts is speed per cross-section of the "
    "whole fibre.\n\nWrite a function that takes g and returns speed per cross-section, as a "
    "fraction of the largest that this axon can have.\nAt which g is it 1?",
    inputs={"g": (0.25, 0.97)},
    unit="",
    tolerance=Tolerance(absolute=0.003),
    answer=lambda p: _per_area,
    mistakes=(
        Mistake(
            "per-diameter",
            lambda p: _per_width,
            "You divided the speed by the fibre's outer diameter.",
            "With which power of the outer diameter does the cross-section grow?",
        ),
        Mistake(
            "not-normalised",
            lambda p: lambda g: g**2 * np.sqrt(-np.log(g)),
            "Your function is proportional to what is wanted, but its maximum is not 1.",
            "What is the value at the best g?",
        ),
        Mistake(
            "no-root",
            lambda p: lambda g: -(g**2) * np.log(g) * 2 * np.e,
            "The root is missing, so that your best g is 0.61.",
            "Which power of the membrane's resistance stands in λ?",
        ),
        Mistake(
            "speed-alone",
            lambda p: lambda g: np.sqrt(-np.log(g)) / np.sqrt(-np.log(0.25)),
            "Space costs nothing in your formula.",
            "What is the fibre's cross-section when g is small?",
        ),
    ),
    hints=(
        "The outer diameter is d/g, so the cross-section goes as 1/g². Speed over cross-section is "
        "then g² √(ln(1/g)).",
        "Find where the derivative of g⁴ ln(1/g) vanishes: its root has the same maximum.",
        f"ln(1/g) = 1/4, so the best g is e^(−1/4) = {BEST_G:.3f}. Divide by the value there.",
    ),
    solution=lambda p: (
        "`def speed_per_area(g):`\n"
        "`    best = np.exp(-0.25)`\n"
        "`    return g**2 * np.sqrt(np.log(1 / g)) / (best**2 * 0.5)`\n\n"
        f"The best g is e^(−1/4) = {BEST_G:.2f}. If the outer diameter is what is scarce, as in "
        f"Rushton's argument, it is e^(−1/2) = {RUSHTON_G:.2f}, with a thicker sheath; that gives "
        f"{_per_area(RUSHTON_G):.2f} of the largest speed per cross-section.\n\nWhich g is best "
        "depends on what is scarce. Chomiak and Hu (2009) weighed volume and energy in more "
        "detail and found 0.77 for the central nervous system."
    ),
    draw=_draw_space,
    alt="Speed for its space against the g-ratio, two curves with a maximum of one. Per diameter "
    "the best g is 0.61; per cross-section it is 0.78, a thinner sheath.",
)

PROBLEMS = (
    two_thermometers,
    warm_speed,
    heat_block,
    warming_why,
    lesion_delay,
    thin_myelin,
    worth_its_myelin,
    space_for_speed,
)
"""In the order of the chapter."""
