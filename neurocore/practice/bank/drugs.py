"""Problems of the chapter "Drugs on channels"."""

from functools import lru_cache
from math import log, sqrt

import numpy as np

from neurocore.axon import bare_axon
from neurocore.channels import block, squid_sodium
from neurocore.experiments import conduction_velocity, kick, safety_factor
from neurocore.membrane import hodgkin_huxley
from neurocore.plots import COLOUR, label, level
from neurocore.practice.bank.computed import computed
from neurocore.practice.bank.squid import REST, SQUID, patch_words, squid_patch
from neurocore.practice.kinds import Axis, Choice, Function, Mistake, Numeric, Plot, Tolerance, Vary
from neurocore.recording import crossings
from neurocore.simulate import simulate
from neurocore.stimuli import pulse


def _occupancy(p):
    share = p.target / 100
    return p.c / (p.c + p.k_d), p.k_d * share / (1 - share), (share / (1 - share)) ** 2


occupancy = Numeric(
    id="occupancy",
    title="How much is enough?",
    level="basic",
    name="dose",
    parameters={
        "k_d": Vary(10, 4, 20, 2),
        "c": Vary(15, 5, 30, 5),
        "target": Vary(90, 80, 95, 5),
    },
    ask=lambda p: (
        "A toxin blocks a sodium channel one to one: a channel that has bound a molecule is shut, "
        f"whatever V is.\nThe dissociation constant is K_d = {p.k_d:g} nM.\nThere is so much of "
        "the solution that binding does not use it up, and it has had time.\n\n"
        f"Which fraction of the channels is blocked at {p.c:g} nM?\n"
        f"Which concentration blocks {p.target:g} % of them?\n"
        f"By which factor must the concentration rise from {100 - p.target:g} % to {p.target:g} % "
        "block?"
    ),
    unit={"blocked": "", "needed": "nM", "factor": ""},
    tolerance=Tolerance(relative=0.01),
    answer=_occupancy,
    mistakes=(
        Mistake(
            "in-proportion",
            lambda p: {
                "blocked": p.c / (2 * p.k_d),
                "needed": 2 * p.k_d * p.target / 100,
                "factor": p.target / (100 - p.target),
            },
            "You let the block grow in proportion to the concentration.",
            "How many channels are still free to bind the next molecule?",
        ),
        Mistake(
            "what-is-left",
            lambda p: {
                "blocked": p.k_d / (p.c + p.k_d),
                "needed": p.k_d * (100 - p.target) / p.target,
            },
            "You counted the channels that are left.",
            "Does c/(c + K_d) give those with the toxin or those without?",
        ),
        Mistake(
            "sum-of-both",
            lambda p: {"needed": p.k_d / (1 - p.target / 100)},
            "You divided K_d by the fraction left, which gives c + K_d.",
            "K_d/(c + K_d) is the fraction left: what is c alone?",
        ),
        Mistake(
            "share-of-k-d",
            lambda p: {"needed": p.k_d * p.target / 100},
            "You took that share of K_d itself.",
            "How many channels are blocked at K_d?",
        ),
    ),
    hints=(
        "At K_d one half is blocked. Write down what binds and what leaves at equilibrium.",
        "The blocked fraction is c/(c + K_d). Solve it for c.",
        lambda p: (
            f"c = K_d x/(1 − x). For x = {p.target / 100:g} that is "
            f"{_occupancy(p)[1] / p.k_d:.3g} K_d; for x = {1 - p.target / 100:.2f} it is one over "
            "that many."
        ),
    ),
    solution=lambda p: (
        f"At {p.c:g} nM {p.c:g}/({p.c:g} + {p.k_d:g}) = {_occupancy(p)[0]:.3f} of the channels are "
        f"blocked. {p.target:g} % takes {p.k_d:g} × {p.target / 100:g}/{1 - p.target / 100:.2f} = "
        f"{_occupancy(p)[1]:.1f} nM.\n\nFrom {100 - p.target:g} % to {p.target:g} % the "
        f"concentration rises {_occupancy(p)[2]:.3g}-fold: with one-to-one binding the curve is "
        "that wide for every drug. Only its place on the axis is the drug's own."
    ),
)

LONG = 100_000.0  # µm
TTX = 10.0  # nM
AXON = (
    "Take the squid axon of Hodgkin and Huxley: 476 µm thick, R_i = 35.4 Ω·cm, at 18.5 °C, "
    "10 cm long, in 1000 compartments, at its own rest.\n"
    "`axon = nc.bare_axon(nc.hodgkin_huxley(18.5), 476, 100000, 35.4, 1000)` is one.\n"
)


@lru_cache
def _axon():
    return bare_axon(hodgkin_huxley(18.5), 476.0, LONG, 35.4, 1000)


@computed
def _speed(blocked):
    """Return the speed of the squid axon with a fraction of its sodium channels blocked, m/s."""
    return conduction_velocity(_axon().modify("Na", block, blocked))


@computed
def _amplitude(blocked):
    """Return how far the spike rises above rest half-way along that axon, mV."""
    axon = _axon().modify("Na", block, blocked)
    v = np.ravel(kick(axon, [500], 15.0, stop_at_spike=False).v)
    return float(v.max() - v[0])


@computed
def _least():
    """Return the smallest fraction of the sodium channels with which a spike gets through."""
    return 1 / safety_factor(_axon())


def _failing(left, k_d):
    """Return the concentration (nM) that leaves a fraction of the channels."""
    return k_d * (1 / left - 1)


def _draw_failure(axes, p):
    left = np.array([100, 80, 70, 60, 50, 40]) / 100
    axes.plot(left, [_speed(round(1 - x, 4)) for x in left], "o-", color=COLOUR["Na"])
    axes.plot(left, _speed(0.0) * left, ":", color=COLOUR["muted"])
    axes.axvspan(0, _least(), color=COLOUR["muted"], alpha=0.15, linewidth=0)
    label(axes, 0.19, 9.0, "no spike\narrives", "muted", ha="center")
    label(axes, 0.75, 18.6, "simulated", "Na", ha="right")
    label(axes, 0.74, 12.6, "in proportion", "muted")
    axes.set(xlabel="sodium channels left (fraction)", ylabel="speed (m/s)")
    axes.set(xlim=(0, 1.03), ylim=(0, 20))


ttx_axon = Numeric(
    id="ttx-axon",
    title="Poisoning an axon",
    level="intermediate",
    name="poisoned",
    parameters={"blocked": Vary(50, 20, 60, 10), "k_d": Vary(10, 4, 16, 2), "celsius": 18.5},
    ask=lambda p: (
        f"{AXON}A spike is started at one end and timed between 30 and 70 % of the length, where V "
        "rises through −30 mV.\nIt gets through if it passes 90 % of the length.\n"
        f"Tetrodotoxin blocks sodium channels one to one, with K_d = {p.k_d:g} nM here.\n\n"
        f"How fast does the spike travel with {p.blocked:g} % of the channels blocked?\n"
        "And how far does its peak rise above the rest, half-way along the axon?\n"
        "Which is the smallest fraction of channels left with which a spike still gets through?\n"
        "Which concentration leaves just that many?\nThree digits are enough."
    ),
    unit={"speed": "m/s", "amplitude": "mV", "left": "", "concentration": "nM"},
    tolerance={
        "speed": Tolerance(relative=0.01),
        "amplitude": Tolerance(absolute=1.0),
        "left": Tolerance(absolute=0.01),
        "concentration": Tolerance(relative=0.05),
    },
    answer=lambda p: (
        _speed(p.blocked / 100),
        _amplitude(p.blocked / 100),
        _least(),
        _failing(_least(), p.k_d),
    ),
    mistakes=(
        Mistake(
            "in-proportion",
            lambda p: {"speed": _speed(0.0) * (1 - p.blocked / 100)},
            "You took the same share of the speed as of the channels.",
            "How many more channels than it needs does the axon have to begin with?",
        ),
        Mistake(
            "by-the-root",
            lambda p: {"speed": _speed(0.0) * sqrt(1 - p.blocked / 100)},
            "You let the speed go with the root of the sodium conductance.",
            "What does the simulated axon do?",
        ),
        Mistake(
            "all-or-none",
            lambda p: {"amplitude": _amplitude(0.0)},
            "You left the spike its height.",
            "All-or-none is said of stimuli: does it hold for the number of channels as well?",
        ),
        Mistake(
            "half-is-enough",
            lambda p: {"left": 0.5, "concentration": p.k_d},
            "You took half block for the end of conduction.",
            "Does the axon of the first question, or a half-blocked one, still conduct?",
        ),
        Mistake(
            "blocked-for-left",
            lambda p: {"left": 1 - _least(), "concentration": _failing(1 - _least(), p.k_d)},
            "You gave the fraction that is blocked.",
            "Which fraction stays open to the spike?",
        ),
        Mistake(
            "linear-dose",
            lambda p: {"concentration": 2 * p.k_d * (1 - _least())},
            "You let the block grow in proportion to the concentration.",
            "Which concentration would block all channels by that rule?",
        ),
    ),
    hints=(
        'The toxin is one line: `axon.modify("Na", nc.block, 0.5)` blocks half of the channels.',
        "`nc.conduction_velocity(…)` gives the speed, and 0 where nothing arrives; "
        "`nc.kick(…, [500], 15, stop_at_spike=False).v` is V half-way. Halve the range of the "
        "block until you know where it fails, or call `nc.safety_factor(axon)`.",
        "The smallest fraction is one over the safety factor, a little less than 0.4. Then c = K_d "
        "(1/fraction − 1).",
    ),
    solution=lambda p: (
        f"With {p.blocked:g} % blocked the spike travels at {_speed(p.blocked / 100):.2f} m/s "
        f"instead of {_speed(0.0):.2f}: {100 * _speed(p.blocked / 100) / _speed(0.0):.0f} % of the "
        f"speed is left, and {_amplitude(p.blocked / 100):.0f} of {_amplitude(0.0):.0f} mV. "
        f"It fails when {_least():.2f} of the channels are left, which takes "
        f"{p.k_d:g} (1/{_least():.3f} − 1) = {_failing(_least(), p.k_d):.1f} nM.\n\n"
        f"One over that fraction, {1 / _least():.1f}, is the axon's safety factor. With the dose "
        "the spike gets smaller and slower by degrees, and then, within a narrow range, it is cut "
        "off. All-or-none is its answer to stimuli, not to a loss of channels.\n\nJust above "
        "failure a spike dwindles over centimetres: over only 5 cm it would still arrive with 0.37."
    ),
    draw=_draw_failure,
    alt="Speed against the fraction of sodium channels left. It falls slowly from 18.7 m/s, stays "
    "above the line of proportion, and ends at about 11 m/s: below a fraction of 0.38 no spike "
    "arrives.",
)

LEFT, SPEED = "channels left", "relative speed"


def _left(c):
    return TTX / (c + TTX)


def _relative_speed(c):
    return _speed(round(1 - _left(c), 4)) / _speed(0.0)


def _draw_dose(axes, p):
    c = np.geomspace(0.5, 12, 25)
    axes.plot(c, _left(c), color=COLOUR["muted"])
    axes.plot(c, [_relative_speed(float(x)) for x in c], color=COLOUR["Na"])
    label(axes, 3.0, 0.62, LEFT, "muted", ha="right")
    label(axes, 6.0, 0.9, SPEED, "Na")
    axes.set(xscale="log", xlabel="tetrodotoxin (nM)", ylabel="fraction of control", ylim=(0, 1.05))
    axes.set_xticks([0.5, 1, 2, 5, 10], ["0.5", "1", "2", "5", "10"])
    axes.minorticks_off()


dose_response = Plot(
    id="dose-response",
    title="Two curves for one drug",
    level="intermediate",
    name="ax",
    parameters={"celsius": 18.5},
    ask=lambda p: (
        f"{AXON}Tetrodotoxin blocks its sodium channels one to one, with K_d = {TTX:g} nM.\n\n"
        "Draw against the concentration, on a logarithmic axis: the fraction of channels left, and "
        "the speed as a fraction of that without the toxin.\n"
        "A dozen concentrations are enough for the speed.\n"
        "Before you draw: what will each curve be at K_d?"
    ),
    x=Axis("tetrodotoxin", "nM", "log"),
    y=Axis("fraction of control", ""),
    low=0.5,
    high=12.0,
    points=25,
    tolerance=Tolerance(absolute=0.015),
    answer=lambda p: {LEFT: _left, SPEED: _relative_speed},
    mistakes=(
        Mistake(
            "channels-blocked",
            lambda p: {LEFT: lambda c: c / (c + TTX)},
            "One of your curves shows the channels that are blocked.",
            "At a very small dose, how many channels are left?",
        ),
        Mistake(
            "linear-dose",
            lambda p: {LEFT: lambda c: 1 - c / (2 * TTX)},
            "One of your curves takes away the same number of channels with each nM.",
            "Of how many free channels does the next nM take its share?",
        ),
        Mistake(
            "by-the-root",
            lambda p: {SPEED: lambda c: sqrt(_left(c))},
            "One of your curves is the root of the channels that are left.",
            "What does `nc.conduction_velocity` say at 10 nM?",
        ),
        Mistake(
            "slope-of-the-start",
            lambda p: {SPEED: lambda c: 1 - 0.35 * (1 - _left(c))},
            "One of your speeds falls in proportion to the block, at the rate of small doses.",
            "Is the loss from 40 to 50 % block as large as that from 0 to 10 %?",
        ),
    ),
    hints=(
        "At each concentration c a fraction c/(c + K_d) is blocked. The axon gets that as its "
        "block.",
        '`nc.conduction_velocity(axon.modify("Na", nc.block, c / (c + 10)))`, over that of `axon`, '
        "for each c of `np.geomspace(0.5, 12, 12)`.",
        '`ax.set(xscale="log", xlabel="tetrodotoxin (nM)", ylabel="fraction of control")` labels '
        "both axes.",
    ),
    solution=lambda p: (
        "At K_d half of the channels are left, but "
        f"{100 * _relative_speed(TTX):.0f} % of the speed. A dose–response curve depends on "
        "the response: the one of the binding lies at lower doses than the one of the function, "
        "because the axon has channels in reserve. Where the reserve is spent, the second curve "
        "falls faster than the first. A K_d is therefore not the dose that works."
    ),
    draw=_draw_dose,
    alt="Fraction of channels left and relative speed against the concentration of tetrodotoxin on "
    "a logarithmic axis. The speed lies above the channels left at every dose, and bends down "
    "ever more steeply.",
)

START, STRENGTH = 1.0, 40.0  # ms, µA/cm²
WIDE_AT = -20.0  # mV


def _first_width(cell, at):
    """Return how long the first spike stays above a level, ms."""
    r = simulate(cell, pulse(STRENGTH, START, 0.5), 12.0, sample=0.01)
    up = crossings(r.t, r.v, at)[0]
    down = crossings(r.t, -r.v, -at)
    return float(down[down > up][0] - up)


@computed
def _width(channel, blocked, at=WIDE_AT):
    return _first_width(squid_patch(SQUID.celsius).modify(channel, block, blocked), at)


@lru_cache
def _new_rest(channel, blocked):
    return squid_patch(SQUID.celsius).modify(channel, block, blocked).membrane.rest()


def _draw_wide(axes, p):
    control = squid_patch(SQUID.celsius)
    drug = control.modify("K", block, p.blocked / 100)
    for cell, role, words, at in (
        (control, "V", "control", (0.3, -8)),
        (drug, "K", f"{p.blocked:g} % of K⁺ channels blocked", (1.6, 2)),
    ):
        r = simulate(cell, pulse(STRENGTH, START, 0.5), 8.0, sample=0.01)
        axes.plot(r.t - crossings(r.t, r.v, WIDE_AT)[0], r.v, color=COLOUR[role])
        label(axes, *at, words, role)
    level(axes, WIDE_AT, f"−{-WIDE_AT:g} mV")
    axes.set(xlabel="time since the rise through −20 mV (ms)", ylabel="V (mV)", xlim=(-1, 5))


wide_spike = Numeric(
    id="wide-spike",
    title="When potassium channels are blocked",
    level="advanced",
    name="widened",
    parameters={"blocked": Vary(30, 15, 40, 5), "celsius": SQUID.celsius},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nTetraethylammonium blocks {p.blocked:g} % of its potassium "
        "channels.\nThe patch has settled at its new rest when a pulse of 40 µA/cm² for 0.5 ms "
        f"makes a spike.\nThe width is the time for which that first spike is above {WIDE_AT:g} "
        "mV.\n\nHow wide is the spike without the drug, and how wide with it?\n"
        "Where does the patch rest with the drug?\nGive two decimals, and sample finely enough for "
        "them."
    ),
    unit={"control": "ms", "drug": "ms", "rest": "mV"},
    tolerance={
        "control": Tolerance(absolute=0.015),
        "drug": Tolerance(absolute=0.015),
        "rest": Tolerance(absolute=0.05),
    },
    answer=lambda p: (
        _width("K", 0.0),
        _width("K", p.blocked / 100),
        _new_rest("K", p.blocked / 100),
    ),
    mistakes=(
        Mistake(
            "in-proportion",
            lambda p: {"drug": _width("K", 0.0) / (1 - p.blocked / 100)},
            "You divided the width by the share of potassium channels left.",
            "What else pulls V down while the potassium current is weak?",
        ),
        Mistake(
            "other-channel",
            lambda p: {
                "drug": _width("Na", p.blocked / 100),
                "rest": _new_rest("Na", p.blocked / 100),
            },
            "You blocked sodium channels.",
            "Which of the channels does tetraethylammonium block?",
        ),
        Mistake(
            "another-level",
            lambda p: {
                "control": _width("K", 0.0, 0.0),
                "drug": _width("K", p.blocked / 100, 0.0),
            },
            "You measured the width at 0 mV.",
            "At which V does the problem ask for it?",
        ),
        Mistake(
            "old-rest",
            {"rest": REST},
            "You left the patch at its old rest.",
            "Which outward current is smaller now, even before the spike?",
        ),
    ),
    hints=(
        'The drug is `patch.modify("K", nc.block, fraction)`, and its `.membrane.rest()` is where '
        "it rests; `nc.simulate` starts there.",
        "`r = nc.simulate(patch, nc.pulse(40, 1, 0.5), 12, sample=0.005)`: how many of the samples "
        "`r.v` are above −20 mV, times 0.005 ms? Leave out a second spike.",
        "The spike gets wider by less than a fifth, and the rest rises by less than 3 mV.",
    ),
    solution=lambda p: (
        f"The width grows from {_width('K', 0.0):.2f} to {_width('K', p.blocked / 100):.2f} ms, by "
        f"{100 * (_width('K', p.blocked / 100) / _width('K', 0.0) - 1):.0f} % for "
        f"{p.blocked:g} % of the channels: inactivation of the sodium channels ends the spike as "
        "well. The patch rests at "
        f"{_new_rest('K', p.blocked / 100):.2f} mV, "
        f"{_new_rest('K', p.blocked / 100) - REST:.1f} mV higher.\n\n"
        "The squid patch bears only so much: from half block on its resting state is unstable. "
        "It fires by itself then, so that the width or the speed of “its” spike is no longer a "
        "well-posed question. A cell with other potassium channels at rest bears more."
    ),
    draw=_draw_wide,
    alt=lambda p: (
        "Two spikes over time, laid over each other where they rise. With "
        f"{p.blocked:g} % of the potassium channels blocked the peak is hardly higher, and V falls "
        "later."
    ),
)

K_A, K_I = 440.0, 10.0  # µM: available and inactivated, after Bean, Cohen and Tsien 1983


def _bound(d, h, weigh=True):
    """Return the share of channels with drug, for a share h of the free ones available."""
    x = d * (h / K_A + (1 - h) / K_I) if weigh else d / (h * K_A + (1 - h) * K_I)
    return x / (1 + x)


def _lidocaine(p):
    shift = p.slope * log((1 + p.d / K_A) / (1 + p.d / K_I))
    return _bound(p.d, 0.98), _bound(p.d, p.h), shift


lidocaine_states = Numeric(
    id="lidocaine-states",
    title="A drug that prefers tired channels",
    level="intermediate",
    name="lidocaine",
    parameters={
        "d": Vary(100, 50, 200, 25),
        "h": Vary(0.6, 0.4, 0.7, 0.1),
        "slope": Vary(6, 5, 8, 0.5),
    },
    ask=lambda p: (
        f"Lidocaine binds available sodium channels with K_A = {K_A:g} µM and inactivated ones "
        f"with K_I = {K_I:g} µM, as in Purkinje fibres of the rabbit's heart near 17 °C.\nA "
        "channel that has bound it is shut.\n"
        f"{p.d:g} µM are given, and all is at equilibrium.\nOf the channels without drug, a "
        "fraction h is available and the rest inactivated.\n\n"
        f"Which fraction of all channels has bound the drug at a potential where h = 0.98?\n"
        f"And where h = {p.h:g}?\n"
        "Without the drug, h falls with V along 1/(1 + e^((V − V½)/k)), with "
        f"k = {p.slope:g} mV.\n"
        "The drug lowers this curve and moves its midpoint, where it has half of its own largest "
        "value: by how many mV, positive to the right?\nThree digits are enough."
    ),
    unit={"rested": "", "depolarised": "", "shift": "mV"},
    tolerance={
        "rested": Tolerance(absolute=0.005),
        "depolarised": Tolerance(absolute=0.005),
        "shift": Tolerance(relative=0.01),
    },
    answer=_lidocaine,
    mistakes=(
        Mistake(
            "all-inactivated",
            lambda p: {
                "rested": p.d / (p.d + K_I),
                "depolarised": p.d / (p.d + K_I),
                "shift": p.slope * log(1 / (1 + p.d / K_I)),
            },
            "You let the drug bind all channels as it binds inactivated ones.",
            "Which part of the channels is in that state, and how is the rest bound?",
        ),
        Mistake(
            "all-available",
            lambda p: {"rested": p.d / (p.d + K_A), "depolarised": p.d / (p.d + K_A)},
            "You let the drug bind all channels as it binds available ones.",
            "Even a few inactivated channels bind it well: what do they add?",
        ),
        Mistake(
            "mean-of-constants",
            lambda p: {"depolarised": _bound(p.d, p.h, weigh=False)},
            "You averaged the two dissociation constants.",
            "Which adds up over the states: how hard it is to bind, or how much is bound?",
        ),
        Mistake(
            "to-the-right",
            lambda p: {"shift": -_lidocaine(p)[2]},
            "Your curve moves to the right.",
            "Which state does the drug hold on to, and at which V is that one reached then?",
        ),
        Mistake(
            "endless-dose",
            lambda p: {"shift": p.slope * log(K_I / K_A)},
            "You gave the shift that an endless dose would make.",
            "At this concentration, which part of each state has drug bound?",
        ),
        Mistake(
            "half-of-all",
            lambda p: {"shift": p.slope * log((1 - p.d / K_A) / (1 + p.d / K_I))},
            "You looked for the V at which half of all channels are available.",
            "How many are available where the curve with the drug is highest, and what is half of "
            "that?",
        ),
    ),
    hints=(
        "For each free available channel there are D/K_A bound ones, and for each free inactivated "
        "one D/K_I.",
        "With both states the free channels bind as if 1/K = h/K_A + (1 − h)/K_I. The fraction "
        "with drug is D/(D + K).",
        "The ratio of inactivated to available channels is multiplied by (1 + D/K_I)/(1 + D/K_A); "
        "a step of k in V multiplies it by e.",
    ),
    solution=lambda p: (
        f"At h = 0.98 the effective constant is {1 / (0.98 / K_A + 0.02 / K_I):.0f} µM, and "
        f"{_lidocaine(p)[0]:.3f} of the channels have the drug. At h = {p.h:g} it is "
        f"{1 / (p.h / K_A + (1 - p.h) / K_I):.1f} µM, and {_lidocaine(p)[1]:.3f} have it.\n\n"
        f"The midpoint moves by {p.slope:g} ln((1 + {p.d / K_A:.3f})/(1 + {p.d / K_I:g})) = "
        f"{_lidocaine(p)[2]:.1f} mV. A dose that leaves a resting cell most of its channels can "
        "shut most of those of a depolarised one."
    ),
)


def _h(v):
    return squid_sodium().gate("h").steady_state(v)


def _available(p, binds=_bound):
    return lambda v: _h(v) * (1 - binds(p.d, _h(v)))


def _draw_availability(axes, p):
    v = np.linspace(-110, -35, 151)
    axes.plot(v, _h(v), color=COLOUR["muted"])
    axes.plot(v, _available(p)(v), color=COLOUR["Na"])
    label(axes, -58, 0.55, "without drug", "muted")
    label(axes, -78, 0.18, f"{p.d:g} µM", "Na", ha="right")
    axes.set(xlabel="V of the prepulse (mV)", ylabel="available fraction", ylim=(0, 1.03))


availability = Function(
    id="availability",
    title="What a prepulse finds",
    level="advanced",
    name="available",
    parameters={"d": Vary(100, 50, 200, 25), "celsius": SQUID.celsius},
    ask=lambda p: (
        "Give the sodium channels of the squid axon (Hodgkin and Huxley) to lidocaine.\n"
        f"It binds available channels with K_A = {K_A:g} µM and inactivated ones with "
        f"K_I = {K_I:g} µM; a channel that has bound it is shut.\n"
        f"{p.d:g} µM are given at {p.celsius:g} °C.\nA prepulse lasts until binding and "
        "inactivation are at equilibrium; a test pulse then counts the channels that are neither "
        "inactivated nor bound.\n\n"
        "Write a function that takes the V of the prepulse in mV and returns that fraction of all "
        "channels.\n"
        '`nc.squid_sodium().gate("h").steady_state(v)` is h∞ without drug.'
    ),
    inputs={"v": (-110, -45)},
    unit="",
    tolerance=Tolerance(absolute=0.004),
    answer=_available,
    mistakes=(
        Mistake(
            "block-at-rest",
            lambda p: _available(p, lambda d, h: d / (d + K_A)),
            "You blocked the same share of channels at every V.",
            "What happens to the inactivated channels that the prepulse makes?",
        ),
        Mistake(
            "all-inactivated",
            lambda p: _available(p, lambda d, h: d / (d + K_I)),
            "You let the drug bind all channels as it binds inactivated ones.",
            "Which part of the channels is in that state at a very negative V?",
        ),
        Mistake(
            "mean-of-constants",
            lambda p: _available(p, lambda d, h: _bound(d, h, weigh=False)),
            "You averaged the two dissociation constants.",
            "Which adds up over the states: how hard it is to bind, or how much is bound?",
        ),
        Mistake(
            "not-bound-only",
            lambda p: lambda v: 1 - _bound(p.d, _h(v)),
            "You counted all channels without drug.",
            "Can an inactivated channel open in the test pulse?",
        ),
    ),
    hints=(
        "Four kinds of channel: available or inactivated, each free or bound. Give the free "
        "available ones the weight h.",
        "The weights are h, 1 − h, h D/K_A and (1 − h) D/K_I. What do they add up to?",
        'By `neurocore`: `nc.lidocaine(nc.squid_sodium(), D).gate("A").steady_state(v)` gives the '
        "occupancies of A, I, AB and IB.",
    ),
    solution=lambda p: (
        "`def available(v):`\n"
        '`    h = nc.squid_sodium().gate("h").steady_state(v)`\n'
        f"`    return h / (1 + h * {p.d:g} / {K_A:g} + (1 - h) * {p.d:g} / {K_I:g})`\n\n"
        f"At −65 mV {float(_h(-65.0)):.2f} are available without drug and "
        f"{float(_available(p)(-65.0)):.2f} with it; at −100 mV {float(_h(-100.0)):.2f} and "
        f"{float(_available(p)(-100.0)):.2f}. The curve looks shifted to the left, though no gate "
        "has been moved: channels are drawn off into a state that comes after inactivation. A "
        "hyperpolarising prepulse of seconds brings them back."
    ),
    draw=_draw_availability,
    alt="Available fraction of sodium channels against the potential of the prepulse, without drug "
    "and with lidocaine. With the drug the curve is somewhat lower at the left and lies far to the "
    "left of the other.",
)

TRAIN = (20.0, 1500.0)  # ms


def _after(p, start=0, most=1.0, keep=None, end=None, add=False):
    """Return the bound share after the last pulse of a train, as a function of the interval."""
    keep = keep or (lambda interval: np.exp(-interval / p.tau))

    def bound(interval):
        b = 0.0 * interval
        for _ in range(int(p.pulses) - start):
            b = keep(interval) * b
            b = b + p.caught / 100 * (most if add else most - b)
        return b * end(interval) if end else b

    return bound


def _draw_train(axes, p):
    n = np.arange(1, int(p.pulses) + 1)
    for interval, role in ((50.0, "Na"), (500.0, "K"), (1500.0, "muted")):
        values = [_after(type(p)(**{**vars(p), "pulses": k}))(interval) for k in n]
        axes.plot(n, values, "o-", color=COLOUR[role])
        label(axes, n[-1] + 0.15, values[-1], f"{interval:g} ms", role, va="center")
    axes.set(xlabel="number of the pulse", ylabel="channels bound after it", ylim=(0, 1))
    axes.set(xlim=(0.7, p.pulses + 1.1), xticks=n)


use_dependence = Function(
    id="use-dependence",
    title="The more it fires, the more it binds",
    level="advanced",
    name="bound",
    parameters={
        "caught": Vary(20, 10, 30, 5),
        "tau": Vary(1500, 1000, 2000, 100),
        "pulses": Vary(5, 4, 8, 1),
    },
    ask=lambda p: (
        "Sodium channels are clamped at a potential where an anaesthetic hardly binds.\n"
        "A train of short pulses inactivates them, again and again.\n"
        f"Suppose that during each pulse {p.caught:g} % of the channels that are still free bind "
        "the drug and none lets go.\nBetween pulses none binds, and bound ones let go with a time "
        f"constant of {p.tau:g} ms.\nThe pulses are so short that their own length does not "
        "count.\nAt the beginning no channel is bound.\n\n"
        "Write a function that takes the interval between pulses in ms and returns the fraction of "
        f"channels that are bound right after pulse number {p.pulses:g}."
    ),
    inputs={"interval": TRAIN},
    unit="",
    tolerance=Tolerance(absolute=0.003),
    answer=_after,
    mistakes=(
        Mistake(
            "no-recovery",
            lambda p: _after(p, keep=lambda interval: 1.0),
            "Your channels never let go of the drug.",
            "Which fraction of the bound ones is still bound after one interval?",
        ),
        Mistake(
            "before-the-next",
            lambda p: _after(p, end=lambda interval: np.exp(-interval / p.tau)),
            "You gave what is bound just before the next pulse.",
            "Is the last interval over when the question is asked?",
        ),
        Mistake(
            "of-all-channels",
            lambda p: _after(p, add=True),
            "In your train each pulse catches its share of all channels.",
            "How many channels are still free to be caught?",
        ),
        Mistake(
            "free-for-bound",
            lambda p: _after(p, keep=lambda interval: 1 - np.exp(-interval / p.tau)),
            "Between your pulses the share that lets go stays bound.",
            "After a very short interval, how many have let go?",
        ),
        Mistake(
            "all-let-go",
            lambda p: lambda interval: p.caught / 100 + 0.0 * interval,
            "Between your pulses every channel is freed, as if the time constant were in seconds.",
            "In which unit is the interval, and in which the time constant?",
        ),
        Mistake(
            "one-pulse-short",
            lambda p: _after(p, start=1),
            "Your train is one pulse short.",
            "Does the first pulse already bind channels?",
        ),
    ),
    hints=(
        "Follow the bound fraction b through one interval and one pulse.",
        "An interval multiplies b by e^(−interval/τ). A pulse adds a share of 1 − b.",
        lambda p: (
            f"Begin with b = 0 and repeat {p.pulses:g} times: first b = b e^(−interval/τ), then "
            f"b = b + {p.caught / 100:g} (1 − b)."
        ),
    ),
    solution=lambda p: (
        "`def bound(interval):`\n"
        "`    b = 0.0 * interval`\n"
        f"`    for _ in range({p.pulses:g}):`\n"
        f"`        b = b * np.exp(-interval / {p.tau:g})`\n"
        f"`        b = b + {p.caught / 100:g} * (1 - b)`\n"
        "`    return b`\n\n"
        "At intervals of 50, 500 and 1500 ms it gives "
        + ", ".join(f"{float(_after(p)(x)):.2f}" for x in (50.0, 500.0, 1500.0))
        + ". The first pulse of any train finds no block; it builds up with use, and the faster "
        "the train, the more. A drug that lets go within 1 to 2 s, as lidocaine does, spares a "
        "slow rhythm more than a fast one."
    ),
    draw=_draw_train,
    alt="Fraction of channels bound after each pulse of a train. It grows from pulse to pulse: at "
    "intervals of 50 ms far up, at 500 ms less, at 1500 ms hardly.",
)

busy_nerve = Choice(
    id="busy-nerve",
    title="The silent and the busy axon",
    level="intermediate",
    name="spared",
    ask="Two axons have the same sodium channels and the same resting potential.\n"
    "One is silent, the other fires fifty times a second.\n"
    "In the silent one a dose of tetrodotoxin and a dose of lidocaine block equally many "
    "channels.\nBoth axons now get the one drug, then, after washing, the other.\n"
    "What differs in the busy axon, and why?",
    options=(
        "Nothing: both drugs block what they block in the silent one.",
        "Lidocaine blocks more than in the silent one, tetrodotoxin about as much.",
        "Both block more than in the silent one.",
        "Both block less than in the silent one.",
    ),
    reasons=(
        "Every spike lets more of the drug into the axon.",
        "A drug has one dissociation constant, so that only its concentration counts.",
        "Each spike inactivates channels, which bind lidocaine better and then recover slowly.",
        "Many spikes run down the gradient of sodium, which adds to the block.",
    ),
    answer=("b", 3),
    mistakes=(
        Mistake(
            "through-the-pore",
            (None, 1),
            "You made the drug's way into the axon depend on spikes.",
            "Lidocaine crosses membranes by itself: what else does a spike change about a channel?",
        ),
        Mistake(
            "one-constant",
            (None, 2),
            "You gave each drug a single dissociation constant.",
            "Is 440 µM or 10 µM the constant of lidocaine?",
        ),
        Mistake(
            "run-down",
            (None, 4),
            "You let the gradient run down.",
            "Which part of its sodium gradient does an axon lose in one spike?",
        ),
        Mistake(
            "both-alike",
            ("c", 3),
            "Your reason is about lidocaine, your choice about both drugs.",
            "Does tetrodotoxin, which plugs the channel from outside, ask much about inactivation?",
        ),
    ),
    hints=(
        "In which states is a sodium channel during and after a spike?",
        "Lidocaine binds inactivated channels some forty times as tightly as available ones.",
        "A channel that has bound lidocaine needs a second or more to be free again. The next "
        "spike comes after 20 ms.",
    ),
    solution="Spikes put channels into the inactivated state, again and again. Lidocaine binds "
    "that state tightly and lets go slowly, so that block adds up from spike to spike: **b3**.\n\n"
    "Tetrodotoxin hardly distinguishes the states, so its block is about the same in both axons. "
    "So a drug like lidocaine can calm a discharge that is too fast and touch slow firing much "
    "less.",
)

PROBLEMS = (
    occupancy,
    ttx_axon,
    dose_response,
    wide_spike,
    lidocaine_states,
    availability,
    use_dependence,
    busy_nerve,
)
"""In the order of the chapter."""
