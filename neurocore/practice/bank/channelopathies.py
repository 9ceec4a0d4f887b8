"""Problems of the chapter "Potassium and channel disease"."""

from functools import lru_cache
from math import exp

import numpy as np

from neurocore.axon import patch
from neurocore.channels import block, leak, persistent, shift, squid_potassium, squid_sodium
from neurocore.experiments import rheobase, smallest
from neurocore.ions import nernst, thermal_voltage
from neurocore.membrane import Membrane, modify
from neurocore.plots import COLOUR, label, level
from neurocore.practice.bank.computed import computed
from neurocore.practice.bank.squid import AT_REST, GATES, REST, SQUID, E, G, patch_words
from neurocore.practice.kinds import Axis, Choice, Function, Mistake, Numeric, Plot, Tolerance, Vary
from neurocore.simulate import simulate
from neurocore.stimuli import pulse

STEP = 50.0  # ms
RHEOBASE = (
    f"The rheobase is the smallest current step of {STEP:g} ms that makes V rise through 0 mV "
    "during the step."
)


def _outside(p, v, celsius=None):
    """Return K⁺ outside (mM) for which E_K is v."""
    return p.k_in * exp(v / thermal_voltage(p.celsius if celsius is None else celsius))


def _potassium(p):
    before, after = _outside(p, p.before), _outside(p, p.before + p.rise)
    return before, after, after / before


potassium_outside = Numeric(
    id="potassium-outside",
    title="How much potassium is that?",
    level="basic",
    name="potassium",
    parameters={
        "k_in": Vary(400, 340, 420, 10),
        "before": Vary(E["K"], -79, -73, 1),
        "rise": Vary(10, 5, 15, 1),
        "celsius": SQUID.celsius,
    },
    ask=lambda p: (
        f"A squid axon at {p.celsius:g} °C holds {p.k_in:g} mM K⁺ inside.\n"
        f"Its E_K is {p.before:g} mV.\nThen K⁺ is added outside until E_K has risen by "
        f"{p.rise:g} mV; inside nothing changes.\n\n"
        "How much K⁺ is outside before, and how much after?\nBy which factor has it risen?"
    ),
    unit={"before": "mM", "after": "mM", "factor": ""},
    tolerance=Tolerance(relative=0.005),
    answer=_potassium,
    mistakes=(
        Mistake(
            "body-temperature",
            lambda p: {
                "before": _outside(p, p.before, 37.0),
                "after": _outside(p, p.before + p.rise, 37.0),
                "factor": exp(p.rise / thermal_voltage(37.0)),
            },
            "You took RT/F for 37 °C.",
            "How warm is this axon, and how large is RT/F there?",
        ),
        Mistake(
            "in-proportion",
            lambda p: {
                "after": _potassium(p)[0] * p.before / (p.before + p.rise),
                "factor": p.before / (p.before + p.rise),
            },
            "You let K⁺ outside grow as E_K shrinks.",
            "Which function of the concentrations is E_K?",
        ),
        Mistake(
            "wrong-way",
            lambda p: {
                "after": _outside(p, p.before - p.rise),
                "factor": 1 / _potassium(p)[2],
            },
            "You took K⁺ away.",
            "With more K⁺ outside, is E_K nearer to 0 or further from it?",
        ),
        Mistake(
            "inside-out",
            lambda p: {
                "before": p.k_in**2 / _potassium(p)[0],
                "after": p.k_in**2 / _potassium(p)[1],
            },
            "Your outside holds more K⁺ than the inside.",
            "Which side has more K⁺ if E_K is negative?",
        ),
    ),
    hints=(
        "Turn Nernst's equation round: E_K is known, K⁺ outside is not.",
        lambda p: (
            f"K_out = K_in e^(E_K/(RT/F)), and RT/F is {thermal_voltage(p.celsius):.2f} mV at "
            f"{p.celsius:g} °C."
        ),
        "The factor needs neither of the two concentrations: it is e^(rise/(RT/F)).",
    ),
    solution=lambda p: (
        f"Before: {p.k_in:g} e^({p.before:g}/{thermal_voltage(p.celsius):.2f}) = "
        f"{_potassium(p)[0]:.1f} mM. After: {_potassium(p)[1]:.1f} mM, "
        f"{_potassium(p)[2]:.2f} times as much.\n\nThe same factor from a normal 4 mM in a patient "
        f"at 37 °C would be {4 * _potassium(p)[2]:.1f} mM, and would move E_K by "
        f"{thermal_voltage(37.0) * np.log(_potassium(p)[2]):.1f} mV. Concentrations of the squid "
        "are not those of a patient; ratios carry over."
    ),
)


@lru_cache
def _with_e_k(e_k):
    """Return the squid's patch at 6.3 °C with another E_K."""
    return patch(Membrane((squid_sodium(), squid_potassium(reversal=e_k), leak()), SQUID.celsius))


@computed
def _rheobase(e_k, start=None):
    """Return the rheobase (µA/cm²) for an E_K (mV), from rest or from another start (mV)."""
    return rheobase(_with_e_k(e_k), STEP, v0=start)


@lru_cache
def _rest(e_k):
    membrane = _with_e_k(e_k).membrane
    return membrane.rest(), float(membrane.steady_state(membrane.rest())["h"])


SET_E_K = (
    "`K = nc.squid_potassium(reversal=e_k)` is the potassium channel with another E_K, and "
    "`nc.patch(nc.Membrane((nc.squid_sodium(), K, nc.leak()), 6.3))` the patch."
)

hyperkalaemia = Numeric(
    id="hyperkalaemia",
    title="Closer to the edge",
    level="advanced",
    name="excited",
    parameters={"e_k": Vary(-67, -73, -67, 1), "celsius": SQUID.celsius},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nSo much K⁺ is added outside that E_K is {p.e_k:g} instead of "
        f"{E['K']:g} mV; nothing else changes.\nThe patch settles at its new rest.\n{RHEOBASE}\n\n"
        "Where does it rest, and what is h there?\nWhat is the rheobase, measured from there?\n"
        "Give two decimals of the voltage and the current, three of h."
    ),
    unit={"rest": "mV", "h": "", "rheobase": "µA/cm²"},
    tolerance={
        "rest": Tolerance(absolute=0.03),
        "h": Tolerance(absolute=0.003),
        "rheobase": Tolerance(absolute=0.03),
    },
    answer=lambda p: (*_rest(p.e_k), _rheobase(p.e_k)),
    mistakes=(
        Mistake(
            "nothing-moves",
            lambda p: {"rest": REST, "h": AT_REST["h"], "rheobase": _rheobase(E["K"])},
            "You gave what belongs to the normal E_K.",
            "Part of the resting current is carried by K⁺: what does it do when E_K moves?",
        ),
        Mistake(
            "as-far-as-e-k",
            lambda p: {
                "rest": REST + p.e_k - E["K"],
                "h": float(GATES["h"].steady_state(REST + p.e_k - E["K"])),
            },
            "You moved the rest as far as E_K.",
            "Which other channels are open at rest, and do their reversal potentials move?",
        ),
        Mistake(
            "wrong-way",
            lambda p: {
                "rest": _rest(2 * E["K"] - p.e_k)[0],
                "h": _rest(2 * E["K"] - p.e_k)[1],
                "rheobase": _rheobase(2 * E["K"] - p.e_k),
            },
            "You moved E_K the other way.",
            "With more K⁺ outside, does it leave the cell more or less readily?",
        ),
        Mistake(
            "not-settled",
            lambda p: {"rheobase": _rheobase(p.e_k, REST)},
            "You switched the new E_K on together with the current, at −65 mV.",
            "How much of your stimulus is the jump of E_K itself?",
        ),
    ),
    hints=(
        "First find the rest: where the currents of all channels, gates at steady state, cancel.",
        SET_E_K + " It has `.membrane.rest()` and `.membrane.steady_state(v)`.",
        f"`nc.rheobase(patch, {STEP:g})` starts at the new rest, which has moved about half as far "
        "as E_K, or less.",
    ),
    solution=lambda p: (
        f"The rest moves by {_rest(p.e_k)[0] - REST:.2f} mV, to {_rest(p.e_k)[0]:.2f} mV, where "
        f"h is {_rest(p.e_k)[1]:.3f} instead of {AT_REST['h']:.3f}. The rheobase is "
        f"{_rheobase(p.e_k):.2f} instead of {_rheobase(E['K']):.2f} µA/cm²: fewer sodium channels "
        "are available, but V is so much nearer to where they open that the patch is more "
        "excitable.\n\n"
        "Just above −67 mV the patch begins to fire by itself. With E_K at −57 mV the spikes have "
        "shrunk so far that they no longer reach 0 mV, and with −50 mV the patch is silent and "
        "depolarised. First excitation, then block; the numbers are those of the squid's membrane."
    ),
)

LOW, HIGH, INSIDE = 12.0, 24.0, 400.0  # mM


def _at(k_out, celsius=SQUID.celsius):
    """Return E_K (mV) to the hundredth, as a key of the table."""
    return round(float(nernst(k_out, INSIDE, 1, celsius)), 2)


def _draw_potassium(axes, p):
    k_out = np.linspace(LOW, HIGH, 25)
    axes.plot(k_out, [_rheobase(_at(k)) for k in k_out], color=COLOUR["K"])
    normal = INSIDE * exp(E["K"] / thermal_voltage(SQUID.celsius))
    axes.plot(normal, _rheobase(_at(normal)), "o", color=COLOUR["V"])
    label(axes, normal + 0.3, _rheobase(_at(normal)) + 0.08, "the model's normal $E_K$")
    axes.set(xlabel="K⁺ outside (mM)", ylabel="rheobase (µA/cm²)", ylim=(0, 3.6))


rheobase_drawing = Plot(
    id="rheobase-drawing",
    title="A little more potassium",
    level="intermediate",
    name="ax",
    parameters={"celsius": SQUID.celsius},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nInside are {INSIDE:g} mM K⁺; the concentration outside sets "
        "E_K by Nernst's equation, and nothing else.\nAt each concentration the patch settles at "
        f"its new rest.\n{RHEOBASE}\n\n"
        "Draw the rheobase against K⁺ outside.\nA dozen places are enough.\n"
        "Before you draw: does the curve rise or fall, and where does it end?"
    ),
    x=Axis("K⁺ outside", "mM"),
    y=Axis("rheobase", "µA/cm²"),
    low=LOW,
    high=HIGH,
    points=25,
    tolerance=Tolerance(absolute=0.08),
    answer=lambda p: lambda k: _rheobase(_at(k)),
    mistakes=(
        Mistake(
            "body-temperature",
            lambda p: {"": lambda k: _rheobase(_at(k, 37.0))},
            "Your E_K are those of 37 °C.",
            "How warm is the patch?",
        ),
        Mistake(
            "not-settled",
            lambda p: {"": lambda k: _rheobase(_at(k), REST)},
            "You switched the new E_K on together with the current, at −65 mV.",
            "How much of your stimulus is the jump of E_K itself?",
        ),
        Mistake(
            "upside-down",
            lambda p: {"": lambda k: _rheobase(_at(LOW + HIGH - k))},
            "Your curve rises: it would if K⁺ were taken away.",
            "What does K⁺ outside do to E_K, and E_K to the rest?",
        ),
        Mistake(
            "nothing-moves",
            lambda p: {"": lambda k: _rheobase(E["K"])},
            "Your rheobase is the same at every concentration.",
            "Which number in the model must change with K⁺ outside?",
        ),
    ),
    hints=(
        f"E_K is `nc.nernst(k_out, {INSIDE:g}, 1, 6.3)`. Each value makes a patch of its own.",
        SET_E_K,
        f"`nc.rheobase(patch, {STEP:g})` for each of `np.linspace({LOW:g}, {HIGH:g}, 13)`; "
        '`ax.set(xlabel="K⁺ outside (mM)", ylabel="rheobase (µA/cm²)")` labels the axes.',
    ),
    solution=lambda p: (
        f"From {LOW:g} to {HIGH:g} mM the rheobase falls from {_rheobase(_at(LOW)):.1f} to "
        f"{_rheobase(_at(HIGH)):.1f} µA/cm². A depolarised axon is at first an excitable one.\n\n"
        "The curve ends a little further on, near 25 mM: beyond, the resting state is unstable and "
        "the patch fires without any stimulus. A curve of the rheobase cannot show the block that "
        "follows, because there is no rheobase any more."
    ),
    draw=_draw_potassium,
    alt="Rheobase against potassium outside: nearly a straight line that falls from 3.3 µA/cm² at "
    "12 mM over 2.2 at the normal 16 mM to 0.6 at 24 mM.",
)

excite_then_block = Choice(
    id="excite-then-block",
    title="Depolarised and deaf",
    level="intermediate",
    name="deaf",
    ask="A squid patch (Hodgkin and Huxley, 6.3 °C) gets so much K⁺ outside that E_K rises from "
    "−77 to −47 mV.\nIt comes to rest at −39 mV, where h = 0.04 and n = 0.69.\n"
    "A step of 10 µA/cm² is injected, which would make the normal patch fire again and again.\n"
    "What happens, and why?",
    options=(
        "It fires faster than the normal patch.",
        "It fires once.",
        "It does not fire, not even at 100 µA/cm².",
    ),
    reasons=(
        "V has passed the threshold already, so that any current is enough.",
        "Hardly any sodium channel is available, and many potassium channels are open.",
        "With so much K⁺ outside there is no drive on Na⁺ left.",
        "The pump cannot keep up with the K⁺ that rushes in.",
    ),
    answer=("c", 2),
    mistakes=(
        Mistake(
            "past-threshold",
            (None, 1),
            "You took the threshold for a fixed voltage.",
            "V stays above −55 mV for good here: what have h and n done in the meantime?",
        ),
        Mistake(
            "no-drive",
            (None, 3),
            "K⁺ outside does not set the drive on Na⁺.",
            "What is V − E_Na at −39 mV?",
        ),
        Mistake(
            "rush-in",
            (None, 4),
            "K⁺ flows towards its own reversal potential, whatever the pump does.",
            "V is −39 mV and E_K −47 mV: in which direction does K⁺ go?",
        ),
    ),
    hints=(
        "The drive on Na⁺ is still 89 mV inward. What else does a sodium current need?",
        "At the normal rest h is 0.60 and n 0.32. Compare m³h and n⁴ with those of the patch here.",
        "n⁴ has grown from 0.01 to 0.23, and the step cannot raise h.",
    ),
    solution="At the new rest 4 % of the sodium channels are available and the potassium "
    "conductance is twenty times that of the normal rest. A depolarising current makes both worse: "
    "**c2**.\n\nThis is depolarisation block. A moderate rise of K⁺ excites, a large one blocks, "
    "and both depolarise.",
)


@computed
def _shifted(millivolts, gate):
    """Return the rest (mV) and the rheobase (µA/cm²) with sodium gating shifted."""
    cell = patch(modify(SQUID, "Na", shift, millivolts, gate))
    return cell.membrane.rest(), rheobase(cell, STEP)


def _gain(p, sign=-1, gate="m"):
    rest, base = _shifted(sign * p.shift, gate)
    return {"rest": rest, "rheobase": base, "ratio": base / _shifted(0.0, "m")[1]}


def _nearer(p):
    """Return the share of the way to the smallest effective shock, 6.5 mV, that is left."""
    return 1 - p.shift / 6.5


gain_of_function = Numeric(
    id="gain-of-function",
    title="One millivolt",
    level="intermediate",
    name="gain",
    parameters={"shift": Vary(1, 0.6, 1.4, 0.2), "celsius": SQUID.celsius},
    ask=lambda p: (
        "A mutation of the sodium channel Nav1.7 that runs in families with burning pain moves "
        "activation by 5.7 mV to the left, and others by more.\n"
        "How much is that?\nTry less of it in a model.\n"
        f"{patch_words(p.celsius)}\nIn all of its sodium channels the activation gate m, rates and "
        f"all, is moved by {p.shift:g} mV to more negative potentials; h stays as it is.\n"
        f"{RHEOBASE}\n\n"
        "Where does the patch rest now?\nWhat is its rheobase?\n"
        "And what is that over the rheobase of the normal patch?\nGive three digits, and two "
        "decimals of the voltage."
    ),
    unit={"rest": "mV", "rheobase": "µA/cm²", "ratio": ""},
    tolerance={
        "rest": Tolerance(absolute=0.03),
        "rheobase": Tolerance(relative=0.015),
        "ratio": Tolerance(relative=0.015),
    },
    answer=lambda p: tuple(_gain(p).values()),
    mistakes=(
        Mistake(
            "both-gates",
            lambda p: _gain(p, gate=None),
            "You moved inactivation along with activation.",
            "Which gate does the mutation move, and what would a shift of h to the left do?",
        ),
        Mistake(
            "to-the-right",
            lambda p: _gain(p, sign=1),
            "You moved activation to the right.",
            "Towards which potentials must the curve go for a channel that opens earlier?",
        ),
        Mistake(
            "distance-alone",
            lambda p: {
                "rheobase": _shifted(0.0, "m")[1] * _nearer(p),
                "ratio": _nearer(p),
            },
            "You let the rheobase shrink with the distance from rest to threshold.",
            "The mutant also has more sodium current at rest and below threshold: what does that "
            "do to the balance of currents?",
        ),
        Mistake(
            "old-rest",
            {"rest": REST},
            "You left the patch at its old rest.",
            "More sodium channels are open at −65 mV now: which way does that move V?",
        ),
    ),
    hints=(
        '`nc.shift` moves a channel, and with `"m"` one gate of it. To the left is negative.',
        lambda p: (
            f'`mutant = patch.modify("Na", nc.shift, -{p.shift:g}, "m")`, then '
            "`mutant.membrane.rest()`."
        ),
        f"`nc.rheobase(mutant, {STEP:g})`, over the same of `patch`. The rest moves by less than "
        "1 mV, the rheobase by a third or more.",
    ),
    solution=lambda p: (
        f"The rest rises by {_gain(p)['rest'] - REST:.2f} mV, to {_gain(p)['rest']:.2f} mV. The "
        f"rheobase falls from {_shifted(0.0, 'm')[1]:.2f} to {_gain(p)['rheobase']:.2f} µA/cm², "
        f"{100 * _gain(p)['ratio']:.0f} % of normal. With −2 mV the patch fires without any "
        "stimulus.\n\nThat says more about the model than about the disease: the squid's patch "
        "rests close to the edge and has no other channels to hold it. A pain fibre bears a shift "
        "of 5.7 mV or more, and becomes too excitable rather than firing all the time."
    ),
)


def _window(p, by=None, gate="h", power=3, force=True):
    """Return the steady sodium current (µA/cm²) as a function of V (mV)."""
    channel = shift(squid_sodium(), p.shift if by is None else by, gate)
    m, h = channel.gate("m"), channel.gate("h")

    def current(v):
        conductance = G["Na"] * m.steady_state(v) ** power * h.steady_state(v)
        return conductance * (v - E["Na"]) if force else conductance

    return current


def _draw_window(axes, p):
    v = np.linspace(-80, 10, 181)
    axes.plot(v, _window(p, by=0.0)(v), color=COLOUR["muted"])
    axes.plot(v, _window(p)(v), color=COLOUR["Na"])
    low = float(_window(p)(v).min())
    label(axes, -24, 0.9 * low, f"h moved by {p.shift:g} mV", "Na")
    label(axes, -34, 0.7 * float(_window(p, by=0.0)(v).min()), "normal", "muted", ha="center")
    level(axes, 0.0)
    axes.set(xlabel="V (mV)", ylabel="steady Na⁺ current (µA/cm²)")


window_current = Function(
    id="window-current",
    title="Through the window",
    level="intermediate",
    name="window",
    parameters={"shift": Vary(8, 4, 14, 2), "celsius": SQUID.celsius},
    ask=lambda p: (
        "Activation and inactivation of the sodium channel overlap: in a window of potentials some "
        "channels stay open for ever.\nA mutation of the squid's sodium channel (Hodgkin and "
        f"Huxley, {p.celsius:g} °C) moves inactivation h, and only that, by {p.shift:g} mV to the "
        "right.\n\n"
        f"ḡ is {G['Na']:g} mS/cm² and E_Na {E['Na']:+g} mV.\n"
        "Write a function that takes V in mV, held for long, and returns the sodium current, "
        "outward positive.\n"
        '`nc.squid_sodium().gate("h").steady_state(v)` is h∞ of the normal channel.\n'
        "Then draw it beside the normal one: where is it largest?"
    ),
    inputs={"v": (-75, 0)},
    special=((-40.0,),),
    unit="µA/cm²",
    tolerance=Tolerance(absolute=0.5),
    answer=_window,
    mistakes=(
        Mistake(
            "not-cubed",
            lambda p: _window(p, power=1),
            "m enters with the power one.",
            "How many m gates must be open at the same time?",
        ),
        Mistake(
            "to-the-left",
            lambda p: _window(p, by=-p.shift),
            "You moved inactivation to the left.",
            "If a curve moves to the right by s, at which V of the old curve is its value at V?",
        ),
        Mistake(
            "both-gates",
            lambda p: _window(p, gate=None),
            "You moved activation along with inactivation.",
            "Which of the two curves does the mutation move?",
        ),
        Mistake(
            "normal-channel",
            lambda p: _window(p, by=0.0),
            "This is the window of the normal channel.",
            "Where is the mutant's h one half?",
        ),
        Mistake(
            "conductance",
            lambda p: _window(p, force=False),
            "You returned the conductance.",
            "By what must it be multiplied to give a current, and with which sign?",
        ),
    ),
    hints=(
        "The current is ḡ m∞³ h∞ (V − E_Na), with h∞ of the mutant.",
        lambda p: f"The mutant's h∞ at V is the normal one at V − {p.shift:g} mV.",
        lambda p: (
            f'`nc.shift(nc.squid_sodium(), {p.shift:g}, "h")` is the mutant. At −40 mV it gives '
            f"{float(_window(p)(-40.0)):.0f} µA/cm²."
        ),
    ),
    solution=lambda p: (
        "`def window(v):`\n"
        f'`    mutant = nc.shift(nc.squid_sodium(), {p.shift:g}, "h")`\n'
        '`    m, h = (mutant.gate(name).steady_state(v) for name in "mh")`\n'
        f"`    return {G['Na']:g} * m**3 * h * (v - {E['Na']:g})`\n\n"
        f"Its largest value is {_peak(p):.0f} µA/cm², for the normal channel "
        f"{_peak(p, 0.0):.0f}. The peak hardly moves, because activation opens the window and "
        "inactivation closes it; the window gets higher. A current that stays is small beside that "
        "of a spike and yet decides, because nothing ends it."
    ),
    draw=_draw_window,
    alt=lambda p: (
        "Steady sodium current against the potential, normal and with inactivation moved by "
        f"{p.shift:g} mV. Both are inward in a window between −60 and −10 mV, largest near −35 mV; "
        "the mutant's is larger."
    ),
)


def _peak(p, by=None):
    return float(_window(p, by)(np.linspace(-80, 10, 1801)).min())


def _leaky(p, share=None, keep_h=False, power=3):
    """Return the steady current of the rest and of the leaky share at V, and what they add to."""
    share = p.share / 100 if share is None else share
    drive = p.v - E["Na"]
    m, h = (float(GATES[name].steady_state(p.v)) for name in "mh")
    normal = G["Na"] * m**power * h * drive
    leaky = share * G["Na"] * m**power * drive * (h if keep_h else 1.0)
    total = (1 - share) * normal + leaky
    return {"normal": normal, "leaky": leaky, "times": total / normal}


def _some(names, values):
    return {name: values[name] for name in names}


few_in_a_hundred = Numeric(
    id="few-in-a-hundred",
    title="One or two in a hundred",
    level="basic",
    name="leaking",
    parameters={
        "share": Vary(1.5, 1, 3, 0.5),
        "v": Vary(-20, -25, -15, 1),
        "celsius": SQUID.celsius,
    },
    ask=lambda p: (
        "In some myotonias a few of the muscle's sodium channels, Nav1.4, fail to inactivate.\n"
        "How much current is that?\nTake the squid's channels at "
        f"{p.celsius:g} °C as a stand-in: ḡ = {G['Na']:g} mS/cm², E_Na = {E['Na']:+g} mV.\n"
        f"V is held at {p.v:g} mV for long, where m∞ = {GATES['m'].steady_state(p.v):.4f} and "
        f"h∞ = {GATES['h'].steady_state(p.v):.5f}.\n\n"
        "Which sodium current flows if all channels are normal, outward positive?\n"
        f"Now {p.share:g} % of the channels lack inactivation (their h is 1 for ever).\n"
        "Which current flows through these alone?\nAnd by which factor has the sum of both groups "
        "grown over the normal current?"
    ),
    unit={"normal": "µA/cm²", "leaky": "µA/cm²", "times": ""},
    tolerance=Tolerance(relative=0.01),
    answer=lambda p: tuple(_leaky(p).values()),
    mistakes=(
        Mistake(
            "as-a-share",
            lambda p: {"times": 1 + p.share / 100},
            "You let the current grow by the share of the channels.",
            "How much more than a normal channel is one open that does not inactivate?",
        ),
        Mistake(
            "still-inactivating",
            lambda p: _some(["leaky"], _leaky(p, keep_h=True)),
            "You left h in the current of the leaky channels.",
            "Which gate do they lack?",
        ),
        Mistake(
            "not-cubed",
            lambda p: _some(["normal", "leaky"], _leaky(p, power=1)),
            "m enters with the power one.",
            "How many m gates must be open at the same time?",
        ),
        Mistake(
            "percent",
            lambda p: _some(["leaky"], _leaky(p, share=p.share)),
            "You took the percentage for the fraction.",
            "How many of one channel are one per cent?",
        ),
        Mistake(
            "leaky-over-normal",
            lambda p: {"times": _leaky(p)["leaky"] / _leaky(p)["normal"]},
            "You compared the leaky channels alone with the normal current.",
            "What do the channels carry that still inactivate?",
        ),
    ),
    hints=(
        "Each group is a conductance times V − E_Na. The groups differ in their size and in h.",
        lambda p: (
            f"m∞³ = {GATES['m'].steady_state(p.v) ** 3:.4f} and V − E_Na = {p.v - E['Na']:g} mV."
        ),
        lambda p: (
            f"Normal: {G['Na']:g} m∞³ h∞ (V − E_Na). Leaky: {p.share / 100:g} × {G['Na']:g} m∞³ "
            "(V − E_Na). The factor is (1 − share) + share/h∞."
        ),
    ),
    solution=lambda p: (
        f"Normal: {_leaky(p)['normal']:.1f} µA/cm². The leaky channels alone: "
        f"{_leaky(p)['leaky']:.1f} µA/cm². Together that is {_leaky(p)['times']:.2f} times the "
        f"normal current, from {p.share:g} % of the channels.\n\n"
        "At such a V about one gate h in a hundred is open, so a channel in a hundred that never "
        "inactivates counts for about as much as all the others. Cannon and Corey (1993) found 1 "
        "to 2 % steadily open in rat muscle that a toxin had made myotonic."
    ),
)

FIRST_PULSE = pulse(40.0, 5.0, 0.5)


def _mutant(share):
    """Return the squid's patch in which a share of the sodium channels lacks inactivation."""
    sodium, *others = SQUID.channels
    return patch(
        Membrane((block(sodium, share), persistent(sodium, share), *others), SQUID.celsius)
    )


def _run(share, duration=205.5, sample=0.5):
    return simulate(_mutant(share), FIRST_PULSE, duration, sample=sample)


@computed
def _left_at(share):
    """Return V and h 200 ms after the pulse."""
    r = _run(share)
    return float(r.v[-1]), float(r.gates["h"][-1])


@computed
def _smallest_share():
    return smallest(lambda share: _run(share).v[-1] > -40, 0.1, 0.3, 1e-3)


def _draw_stuck(axes, p):
    for share, role, words, at in (
        (0.0, "V", "normal", (12, -42)),
        (0.02, "K", "2 % leaky", (12, -55)),
        (p.share / 100, "Na", f"{p.share:g} % leaky", (22, 14)),
    ):
        r = _run(share, 40.0, 0.05)
        axes.plot(r.t, r.v, color=COLOUR[role], linestyle="--" if share == 0.02 else "-")
        label(axes, *at, words, role)
    axes.set(xlabel="time (ms)", ylabel="V (mV)")


stuck = Numeric(
    id="stuck",
    title="A spike that does not end",
    level="advanced",
    name="plateau",
    parameters={"share": Vary(20, 18, 30, 2), "celsius": SQUID.celsius},
    ask=lambda p: (
        f"In a squid patch (Hodgkin and Huxley, {p.celsius:g} °C) {p.share:g} % of the sodium "
        "channels lack inactivation: their gate h is missing.\n"
        "It is at rest when a pulse of 40 µA/cm² for 0.5 ms makes a spike.\n\n"
        "Where is V 200 ms after the end of the pulse?\nWhat is h of the normal channels there?\n"
        "And which is the smallest share of such channels with which V is still above −40 mV at "
        "that time?\nGive two decimals of the voltage, three of the fractions."
    ),
    unit={"v": "mV", "h": "", "smallest": ""},
    tolerance={
        "v": Tolerance(absolute=0.1),
        "h": Tolerance(absolute=0.001),
        "smallest": Tolerance(absolute=0.003),
    },
    answer=lambda p: (*_left_at(p.share / 100), _smallest_share()),
    mistakes=(
        Mistake(
            "back-to-rest",
            {"v": REST, "h": AT_REST["h"]},
            "You let the patch come back to rest.",
            "Which inward current is there that no gate switches off?",
        ),
        Mistake(
            "at-e-na",
            {"v": E["Na"], "h": float(GATES["h"].steady_state(E["Na"]))},
            "You let sodium alone decide.",
            "How many potassium channels are open when V stays high?",
        ),
        Mistake(
            "share-of-muscle",
            {"smallest": 0.02},
            "You gave what is enough in muscle.",
            "Does the squid's patch with 2 % of such channels behave otherwise than normal?",
        ),
        Mistake(
            "all-lack-it",
            lambda p: {"v": _left_at(1.0)[0]},
            "In your patch no channel inactivates.",
            "Which share of them does, and by how much is the other conductance smaller?",
        ),
    ),
    hints=(
        "The population has two parts: normal channels, and channels with m alone. They stand side "
        "by side in the membrane.",
        lambda p: (
            f"`na = nc.squid_sodium()`, then `nc.Membrane((nc.block(na, {p.share / 100:g}), "
            f"nc.persistent(na, {p.share / 100:g}), nc.squid_potassium(), nc.leak()), 6.3)`."
        ),
        "`r = nc.simulate(nc.patch(membrane), nc.pulse(40, 5, 0.5), 205.5)`: take the last of "
        '`r.v` and of `r.gates["h"]`. For the smallest share halve the range from 0.1 to 0.2.',
    ),
    solution=lambda p: (
        f"V stays at {_left_at(p.share / 100)[0]:.2f} mV, where h is "
        f"{_left_at(p.share / 100)[1]:.3f}: the membrane has a second stable state, and the "
        "normal channels in it are out of play. While it lasts there are no more spikes: the patch "
        f"is paralysed by depolarisation. It takes a share of {_smallest_share():.3f}.\n\n"
        "With the 1 to 2 % of a myotonic muscle this patch is as good as normal: the squid's "
        "potassium current is strong enough to end each spike. In muscle that share does "
        "lead to trains, but no longer once the fibre has lost its transverse tubules. The patch "
        "has no tubules: they are part of the cause."
    ),
    draw=_draw_stuck,
    alt=lambda p: (
        "Three traces after the same pulse. The normal patch and that with 2 % of leaky channels "
        f"fire one spike and return to rest together; with {p.share:g} % V stays up after the peak."
    ),
)

loss_and_seizures = Choice(
    id="loss-and-seizures",
    title="Less current, more seizures",
    level="intermediate",
    name="seizures",
    ask="In Dravet syndrome, an epilepsy of childhood, one of the two copies of the gene of "
    "the sodium channel Nav1.1 does not work.\nIn a model a cell with fewer sodium channels needs "
    "a larger current to fire.\nYet the children have seizures.\nIn which cells is the loss felt "
    "most, and why does it lead to seizures?",
    options=(
        "In excitatory cells.",
        "In inhibitory cells.",
        "In all cells alike.",
    ),
    reasons=(
        "A cell with fewer sodium channels is more excitable.",
        "Inhibitory cells that rely on Nav1.1 fire less, so that the excitatory ones are held "
        "back less.",
        "The sodium channels that are left become stronger than before, in every cell.",
        "Inhibitory cells become excitatory when their sodium channels are missing.",
    ),
    answer=("b", 2),
    mistakes=(
        Mistake(
            "less-is-more",
            (None, 1),
            "You let a cell fire more readily with less inward current.",
            "What does half of g_Na do to the rheobase of a patch?",
        ),
        Mistake(
            "stronger-rest",
            (None, 3),
            "You let the other channels overshoot.",
            "If each cell had its current back, what would be left of the disease?",
        ),
        Mistake(
            "sign-of-synapse",
            (None, 4),
            "You changed the sign of a synapse.",
            "Does the number of spikes that a cell fires decide what its transmitter does?",
        ),
        Mistake(
            "the-cell-that-seizes",
            ("a", 2),
            "Your reason is about inhibitory cells, your choice about the others.",
            "Which cells lose their sodium current in your reason?",
        ),
    ),
    hints=(
        "A loss of function makes the cell that has it less excitable. Whose silence would "
        "excite a network?",
        "Not every type of cell uses every type of sodium channel.",
        "In mice, taking Nav1.1 from inhibitory cells of the forebrain alone is enough for "
        "seizures.",
    ),
    solution="A loss in the channel can be a gain in the network. Many inhibitory cells rely on "
    "Nav1.1; with less of it they fire less, and the excitatory cells are let off the leash: "
    "**b2**.\n\nSo drugs that block sodium channels can make this epilepsy worse. In mice the "
    "weakness of some of these cells passes while the illness goes on, so that the story has more "
    "chapters than this one.",
)

PROBLEMS = (
    potassium_outside,
    hyperkalaemia,
    rheobase_drawing,
    excite_then_block,
    gain_of_function,
    window_current,
    few_in_a_hundred,
    stuck,
    loss_and_seizures,
)
"""In the order of the chapter."""
