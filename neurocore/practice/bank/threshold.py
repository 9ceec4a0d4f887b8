"""Problems of the chapter "Threshold and initiation"."""

from functools import lru_cache
from math import expm1, log

import numpy as np

from neurocore.axon import cell_with_initial_segment
from neurocore.experiments import latency, rheobase, smallest
from neurocore.plots import COLOUR, label, level
from neurocore.practice.bank.computed import computed
from neurocore.practice.bank.squid import (
    AT_REST,
    GATES,
    REST,
    SPIKE,
    SQUID,
    TABLE,
    C,
    E,
    G,
    patch_words,
    squid_patch,
)
from neurocore.practice.kinds import (
    Axis,
    Choice,
    Function,
    Mistake,
    Numeric,
    Plot,
    Tolerance,
    Vary,
)
from neurocore.simulate import simulate, spikes_by_itself
from neurocore.stimuli import step

FIRST = 0.1  # ms, what "the first moment" is here


@computed
def _charged(amplitude):
    """Return by how much the squid's patch is depolarised after the first moment, mV."""
    v = simulate(squid_patch(SQUID.celsius), step(amplitude), FIRST).v
    return float(v[-1] - v[0])


def _leaky(amplitude):
    return amplitude / G["leak"] * -expm1(-FIRST * G["leak"] / C)


initial_slope = Numeric(
    id="initial-slope",
    title="The first moment",
    level="basic",
    name="first",
    parameters={"amplitude": Vary(10, 5, 20, 1), "celsius": SQUID.celsius},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nA current step of {p.amplitude:g} µA/cm² begins while it is "
        "at rest.\n\nHow steeply does V rise at first?\nBy how much would V change in the first "
        f"{FIRST:g} ms if that slope lasted?\nAnd by how much does the simulated patch change?"
    ),
    unit={"slope": "mV/ms", "straight": "mV", "simulated": "mV"},
    tolerance=Tolerance(relative=0.005),
    answer=lambda p: (p.amplitude / C, p.amplitude / C * FIRST, _charged(p.amplitude)),
    mistakes=(
        Mistake(
            "channels-first",
            lambda p: {"slope": 0.0, "straight": 0.0},
            "You let the current wait until channels have opened.",
            "At rest the ionic currents cancel: what is left for the injected charge to do?",
        ),
        Mistake(
            "end-for-beginning",
            lambda p: {"slope": p.amplitude / G["leak"]},
            "You divided the current by the leak, which gives where a passive V would end.",
            "Which quantity turns a current into a slope?",
        ),
        Mistake(
            "straight-line",
            lambda p: {"simulated": p.amplitude / C * FIRST},
            "You let the first slope last.",
            "As V leaves rest, which currents no longer cancel?",
        ),
        Mistake(
            "leak-alone",
            lambda p: {"simulated": _leaky(p.amplitude)},
            "You let only the leak oppose the step.",
            "Which other channels are already partly open at rest?",
        ),
    ),
    hints=(
        "What do the ionic currents add up to while the patch is at rest?",
        "C dV/dt = I − I_ion, and I_ion is 0 at that moment. 1 µA/cm² on 1 µF/cm² makes 1 mV/ms.",
        lambda p: (
            f"`nc.simulate(patch, nc.step({p.amplitude:g}), {FIRST:g})` gives the trace: take "
            "its last value minus its first."
        ),
    ),
    solution=lambda p: (
        "At rest the ionic currents cancel, so all of the current charges the membrane: dV/dt = "
        f"I/C = {p.amplitude / C:g} mV/ms. In {FIRST:g} ms that makes {p.amplitude / C * FIRST:g} "
        f"mV.\n\nThe simulated change is {_charged(p.amplitude):.3f} mV. It is smaller because "
        "outward current grows as soon as V leaves rest: potassium channels are open, and the "
        "drive on them rises."
    ),
)


def _instant(p, m=None, h=None, n=None, m_power=3, n_power=4):
    """Return the current at once after V has changed, as a function of V."""

    def current(v):
        m_now = GATES["m"].steady_state(v) if m is None else m
        h_now = AT_REST["h"] if h is None else h(v)
        n_now = AT_REST["n"] if n is None else n(v)
        return (
            p.g_na * m_now**m_power * h_now * (v - E["Na"])
            + p.g_k * n_now**n_power * (v - E["K"])
            + G["leak"] * (v - E["leak"])
        )

    return current


def _draw_instant(axes, p):
    v = np.linspace(-72.0, -52.0, 200)
    now = _instant(p)(v)
    axes.plot(v, now, color=COLOUR["V"])
    axes.plot(v, _instant(p, m=AT_REST["m"])(v), "--", color=COLOUR["muted"])
    level(axes, 0.0)
    axes.plot(REST, 0.0, "o", color=COLOUR["V"], markersize=6)
    axes.set_xticks(range(-70, -50, 5))
    axes.set(ylim=(-12, 12), xlabel="V (mV)", ylabel="total ionic current (µA/cm²)")
    label(axes, REST + 0.2, -1.4, "rest", va="top")
    label(axes, -58.3, -8, "m follows ", ha="right")
    label(axes, -58, 7.4, "m stays ", "muted", ha="right")


instant_current = Function(
    id="instant-current",
    title="Who wins at once?",
    level="intermediate",
    name="instant_current",
    parameters={"g_na": Vary(G["Na"], 100, 140, 5), "g_k": Vary(G["K"], 30, 42, 2)},
    ask=lambda p: (
        "Sodium activation is the fastest gate of the squid axon.\nSo let m follow V at once, "
        f"while h and n stay where they are at rest ({AT_REST['h']:.4f} and "
        f"{AT_REST['n']:.4f}, for −65 mV and 6.3 °C).\n\n"
        "The rates of m are α = 0.1 (V + 40)/(1 − e^(−(V + 40)/10)) and "
        "β = 4 e^(−(V + 65)/18) per ms, with V in mV.\n"
        f"The maximal conductances are {p.g_na:g} (Na⁺), {p.g_k:g} (K⁺) and {G['leak']:g} (leak) "
        f"mS/cm², the reversal potentials {E['Na']:g}, {E['K']:g} and {E['leak']:g} mV.\n\n"
        "Write a function that takes V in mV and returns the total ionic current, outward "
        "positive.\nThen draw it between −70 and −50 mV.\nWhere does it turn inward?"
    ),
    inputs={"v": (-90, 20)},
    special=((-60.0,), (-40.0,)),
    unit="µA/cm²",
    tolerance=Tolerance(absolute=0.5),
    answer=_instant,
    mistakes=(
        Mistake(
            "all-gates-follow",
            lambda p: _instant(p, h=GATES["h"].steady_state, n=GATES["n"].steady_state),
            "You let all three gates follow V.",
            "Which two of them are too slow to have moved yet?",
        ),
        Mistake(
            "no-gate-follows",
            lambda p: _instant(p, m=AT_REST["m"]),
            "You left m at its resting value.",
            "Which gate is quick enough to follow V at once?",
        ),
        Mistake(
            "not-cubed",
            lambda p: _instant(p, m_power=1),
            "m enters with the power one.",
            "How many m gates must be open at the same time?",
        ),
        Mistake(
            "n-not-to-the-fourth",
            lambda p: _instant(p, n_power=1),
            "n enters with the power one.",
            "How many n gates must be open at the same time?",
        ),
        Mistake(
            "h-and-n-exchanged",
            lambda p: _instant(p, h=lambda v: AT_REST["n"], n=lambda v: AT_REST["h"]),
            "h and n have changed places.",
            "Which channel does each of them belong to?",
        ),
    ),
    hints=(
        "Sum three terms of the form conductance × (V − E). Only one conductance depends on V.",
        "m∞ = α/(α + β), and the sodium conductance is its maximum times m∞³ h.",
        "At −40 mV α is 0/0. Its limit there is 1, and `nc.linoid(x)` gives x/(1 − e^−x) safely.",
    ),
    solution=lambda p: (
        "`def instant_current(v):`\n"
        "`    alpha = nc.linoid((v + 40) / 10)`\n"
        "`    beta = 4 * np.exp(-(v + 65) / 18)`\n"
        "`    m = alpha / (alpha + beta)`\n"
        f"`    sodium = {p.g_na:g} * m**3 * {AT_REST['h']:.6f} * (v - {E['Na']:g})`\n"
        f"`    potassium = {p.g_k:g} * {AT_REST['n']:.6f}**4 * (v + {-E['K']:g})`\n"
        f"`    return sodium + potassium + {G['leak']:g} * (v + {-E['leak']:g})`\n\n"
        "Just above rest the current is outward and pulls V back. Further up sodium wins and it "
        "turns inward. With the standard conductances that is at "
        f"{_balance():.2f} mV."
    ),
    draw=_draw_instant,
    alt="Ionic current against potential. With m following it is outward just above rest and turns "
    "inward a few millivolts higher; with m held it stays outward.",
)


@lru_cache
def _balance(leak=1.0):
    """Return where the current with m at steady state and h, n at rest turns inward, mV."""

    def inward(v):
        m = float(GATES["m"].steady_state(v))
        return (
            G["Na"] * m**3 * AT_REST["h"] * (v - E["Na"])
            + G["K"] * AT_REST["n"] ** 4 * (v - E["K"])
            + leak * G["leak"] * (v - E["leak"])
        ) < 0

    # The current is inward below rest as well: the search begins where it is outward.
    return smallest(inward, REST + 0.5, -50.0, 1e-6)


@computed
def _shock(celsius):
    """Return the smallest jump of V from rest that is followed by a spike, mV."""

    def enough(jump):
        resets = {0.0: {"v": REST + jump}}
        return spikes_by_itself(squid_patch(celsius), None, 30.0, resets=resets)

    return smallest(enough, 2.0, 20.0, 1e-4)


def _draw_shocks(axes, p):
    for beyond, role, words in ((-0.1, "V", "too small"), (0.1, "Na", "enough")):
        v = REST + _shock(p.celsius) + beyond
        r = simulate(squid_patch(p.celsius), None, 6.0, resets={0.0: {"v": v}}, v0=REST)
        last = int(np.argmax(r.v > -40)) or None  # the spike itself is not the point
        axes.plot(r.t[1:last], r.v[1:last], color=COLOUR[role])
        place = {"x": 4.2, "y": -59.0} if beyond < 0 else {"x": 0.35, "y": -47.5}
        label(axes, place["x"], place["y"], words, role)
    level(axes, _balance())
    label(axes, 0.0, _balance() - 0.4, "balance, m at steady state", "muted", va="top")
    axes.set(ylim=(-68, -44), xlabel="time after the shock (ms)", ylabel="V (mV)")


balance_and_shock = Numeric(
    id="balance-and-shock",
    title="Is the balance the threshold?",
    level="intermediate",
    name="tipping",
    parameters={"celsius": Vary(SQUID.celsius, 5, 15, 1)},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nIts parameters are\n\n{TABLE}\n\n"
        "First, let m follow V at once and hold h and n at their resting values.\nOn the way up "
        "from rest, at which V does the total ionic current turn inward?\n\n"
        "Then simulate: a very brief shock moves V upward at time 0, and all gates start from "
        "rest.\nWhich is the smallest shock that leads to a spike?\nWhich V does it reach?\n"
        f"{SPIKE}\nGive two decimals."
    ),
    unit={"balance": "mV", "shock": "mV", "reached": "mV"},
    tolerance=Tolerance(absolute=0.05),
    answer=lambda p: (_balance(), _shock(p.celsius), REST + _shock(p.celsius)),
    mistakes=(
        Mistake(
            "textbook-threshold",
            {"balance": -55.0, "reached": -55.0},
            "You gave the number that many books print as the threshold.",
            "On which stimulus, and on which state of the gates, would such a number depend?",
        ),
        Mistake(
            "balance-is-threshold",
            lambda p: {"shock": _balance() - REST, "reached": _balance()},
            "You took the point of balance for the threshold.",
            "How far has m moved at the moment of the shock, and what does n do meanwhile?",
        ),
        Mistake(
            "leak-forgotten",
            lambda p: {"balance": _balance(0.0)},
            "You balanced sodium against potassium alone.",
            "Which third current flows, and in which direction at this V?",
        ),
        Mistake(
            "way-for-place",
            lambda p: {"balance": _balance() - REST, "reached": _shock(p.celsius)},
            "You gave how far that V lies above rest.",
            "Which V is it, inside against outside?",
        ),
        Mistake(
            "place-for-way",
            lambda p: {"shock": REST + _shock(p.celsius)},
            "You gave the V that the shock reaches.",
            "By how much does the shock move V?",
        ),
    ),
    hints=(
        "For the balance, solve an equation in V. For the shock, try sizes and halve the interval.",
        'A shock is a reset: `nc.simulate(patch, None, 30, resets={0.0: {"v": -58.0}})` starts at '
        "−58 mV with the gates at rest.",
        "The balance lies between −64 and −60 mV. The smallest shock is more than twice as large "
        "as the way from rest to there.",
    ),
    solution=lambda p: (
        f"With m at its steady state the current turns inward at {_balance():.2f} mV, "
        f"{_balance() - REST:.2f} mV above rest.\n\nBut the smallest effective shock is "
        f"{_shock(p.celsius):.2f} mV and reaches {REST + _shock(p.celsius):.2f} mV. Straight "
        "after the shock m still has its resting value, so the current is outward and V falls. "
        "m then needs time, in which n grows and h falls. The shock must pay for that."
    ),
    draw=_draw_shocks,
    alt="Two traces that begin a fifth of a millivolt apart, well above the point of balance. Both "
    "fall at first; one goes on falling, the other turns and rises to a spike.",
)

just_above = Choice(
    id="just-above",
    title="Just enough",
    level="intermediate",
    name="next_move",
    ask="A brief shock lifts a squid patch (Hodgkin and Huxley, 6.3 °C) from rest to −58.4 mV, a "
    "tenth of a millivolt above the smallest that leads to a spike.\nAll gates still have their "
    "resting values.\nWhat does V do in the next moment, and why?",
    options=("It rises from there on.", "It falls first and rises later.", "It stands still."),
    reasons=(
        "Above threshold the inward current exceeds the outward one at once.",
        "The Na⁺ channels inactivate before they open.",
        "m still has its resting value, so the current is outward until m has followed.",
        "At threshold inward and outward current are equal.",
    ),
    answer=("b", 3),
    mistakes=(
        Mistake(
            "inward-at-once",
            (None, 1),
            "You let the Na⁺ channels open in no time.",
            "Which value does m have at the end of a shock that lasts no time?",
        ),
        Mistake(
            "inactivation-first",
            (None, 2),
            "Inactivation is the slower of the two gates.",
            "What are τ_m and τ_h near −58 mV?",
        ),
        Mistake(
            "standstill",
            (None, 4),
            "You took threshold for a state of balance.",
            "With four variables, must all four stand still where V happens to?",
        ),
    ),
    hints=(
        "Write down the sign of the total current with V = −58.4 mV and all gates at rest.",
        "At rest m is 0.053: how much sodium current is that, beside what the drive on K⁺ and "
        "leak has gained?",
        "Each current is a resting conductance times a new drive. K⁺ and leak have gained drive, "
        "and Na⁺ has lost some.",
    ),
    solution="Right after the shock every conductance is what it was at rest. The drive on K⁺ and "
    "leak has grown outward and that on Na⁺ has shrunk, so the current is outward and V falls: "
    "**b3**.\n\nm follows within a fraction of a millisecond. The regenerative rise begins only "
    "then.",
)

STEP_AT = 2.0  # ms


@computed
def _latency(celsius, current, level=0.0):
    """Return the time from the step to the rise through a level, ms."""
    return latency(squid_patch(celsius), step(current, STEP_AT), 30.0, threshold=level)


@computed
def _peak_time(celsius, current):
    r = simulate(squid_patch(celsius), step(current, STEP_AT), 20.0, sample=0.005)
    first = r.t < STEP_AT + _latency(celsius, current) + 3.0
    return float(r.t[first][np.argmax(r.v[first])] - STEP_AT)


spike_latency = Function(
    id="spike-latency",
    title="How long until the spike?",
    level="intermediate",
    name="spike_latency",
    parameters={"celsius": Vary(SQUID.celsius, 6.3, 15.3, 3)},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nA current step begins {STEP_AT:g} ms into the run and lasts.\n"
        "Write a function that takes its size in µA/cm² and returns the latency of the first "
        f"spike, counted from the beginning of the step.\n{SPIKE}\n\n"
        "Then draw the latency against the size of the step: does it level off?"
    ),
    inputs={"current": (12, 60)},
    vectorised=False,
    seconds=10.0,
    unit="ms",
    tolerance=Tolerance(absolute=0.02),
    answer=lambda p: lambda current: _latency(p.celsius, current),
    mistakes=(
        Mistake(
            "clock-of-the-run",
            lambda p: lambda current: _latency(p.celsius, current) + STEP_AT,
            "Your time counts from the beginning of the run.",
            "When does the step begin?",
        ),
        Mistake(
            "peak",
            lambda p: lambda current: _peak_time(p.celsius, current),
            "You gave the time of the peak.",
            "Which event does the problem count as the spike?",
        ),
        Mistake(
            "foot",
            lambda p: lambda current: _latency(p.celsius, current, -55.0),
            "You gave the time at which V passes −55 mV.",
            "Which event does the problem count as the spike?",
        ),
        Mistake(
            "straight-line",
            lambda p: lambda current: -REST * C / current,
            "You let the step alone charge the membrane from rest to 0 mV.",
            "Whose current carries V through most of the upstroke?",
        ),
    ),
    hints=(
        "One run and one number out of it: what the trace does after the step is all you need.",
        lambda p: (
            f"`nc.simulate(patch, nc.step(current, {STEP_AT:g}), 30)` has a method "
            "`spike_times()`: upward crossings of 0 mV, in ms from the start of the run."
        ),
        "Take the first of them, subtract the beginning of the step, and return a plain number.",
    ),
    solution=lambda p: (
        "`def spike_latency(current):`\n"
        f"`    patch = nc.patch(nc.hodgkin_huxley({p.celsius:g}))`\n"
        f"`    run = nc.simulate(patch, nc.step(current, {STEP_AT:g}), 30)`\n"
        f"`    return run.spike_times()[0] - {STEP_AT:g}`\n\n"
        f"At 12, 20 and 60 µA/cm² it gives {_latency(p.celsius, 12.0):.2f}, "
        f"{_latency(p.celsius, 20.0):.2f} and {_latency(p.celsius, 60.0):.2f} ms. A stronger step "
        "reaches threshold sooner, but the upstroke itself takes its own time."
    ),
)

SETTLED = 0.05  # ms after a shock from which on the peak is read
WATCHED = 10.0  # ms
FINE = 0.005  # ms: in the warm a peak is brief


def _highest(celsius, shock, follow=False, sodium=True):
    """Return the highest V after a shock of so many mV, read from SETTLED on."""
    cell = squid_patch(celsius)
    if not sodium:
        cell = cell.modify("Na", _no_sodium)
    v = REST + shock
    start = {"v0": v} if follow else {"resets": {0.0: {"v": v}}, "v0": REST}
    r = simulate(cell, None, WATCHED, sample=FINE, **start)
    return float(r.v[r.t >= SETTLED - 1e-9].max())


_peak = computed(_highest)


def _no_sodium(channel):
    return type(channel)(channel.name, 0.0, channel.reversal, channel.gates)


shock_peak = Function(
    id="shock-peak",
    title="All, or nearly all?",
    level="advanced",
    name="peak",
    parameters={"celsius": Vary(30.0, 20, 30, 5)},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nA brief shock moves V up from rest at time 0, and the gates "
        "start from their resting values.\nWrite a function that takes the size of the shock in "
        f"mV and returns the highest V between {SETTLED:g} and {WATCHED:g} ms after it.\n\n"
        "Then draw it for shocks from 3 to 40 mV, and again at 6.3 °C.\nDoes the peak jump?"
    ),
    inputs={"shock": (3, 40)},
    vectorised=False,
    seconds=10.0,
    unit="mV",
    tolerance=Tolerance(absolute=1.0),
    answer=lambda p: lambda shock: _peak(p.celsius, shock),
    mistakes=(
        Mistake(
            "gates-moved-too",
            lambda p: lambda shock: _peak(p.celsius, shock, True),
            "Your gates start at rest for the new V, as if it had been held there.",
            "How far can a gate move during a shock that lasts no time?",
        ),
        Mistake(
            "height",
            lambda p: lambda shock: _peak(p.celsius, shock) - REST,
            "You gave the height above rest.",
            "Which V does the inside of the cell reach?",
        ),
        Mistake(
            "cold-squid",
            lambda p: lambda shock: _peak(SQUID.celsius, shock),
            "Your patch is at 6.3 °C.",
            "Which rates change with temperature, and by which factor for 10 °C?",
        ),
        Mistake(
            "no-sodium",
            lambda p: lambda shock: _peak(p.celsius, shock, False, False),
            "In your trace V only falls back.",
            "Which channels can lift V above the end of the shock?",
        ),
    ),
    hints=(
        "A shock is a reset of V alone.",
        '`nc.simulate(patch, None, 10, resets={0.0: {"v": -65 + shock}})` starts that way. '
        "With `v0=` the gates would start at rest for the new V.",
        "`run.v[run.t >= 0.05].max()` leaves out the shock itself.",
    ),
    solution=lambda p: (
        "`def peak(shock):`\n"
        f"`    patch = nc.patch(nc.hodgkin_huxley({p.celsius:g}))`\n"
        f'`    run = nc.simulate(patch, None, {WATCHED:g}, resets={{0.0: {{"v": -65 + shock}}}})`\n'
        f"`    return run.v[run.t >= {SETTLED:g}].max()`\n\n"
        "Shocks of 5, 10, 20 and 40 mV lead to "
        + ", ".join(f"{_peak(p.celsius, s):.1f}" for s in (5.0, 10.0, 20.0, 40.0))
        + " mV here, and at 6.3 °C to "
        + ", ".join(f"{_peak(SQUID.celsius, s):.1f}" for s in (5.0, 10.0, 20.0, 40.0))
        + " mV. The colder the axon, the more nearly the spike is all or none."
    ),
)


@computed
def _jump(celsius):
    """Return after which shock the peak jumps most per 0.1 mV, and the peaks before and after."""
    shocks = [k / 10 for k in range(30, 151)]
    peaks = [_highest(celsius, shock) for shock in shocks]
    k = int(np.argmax(np.diff(peaks)))
    return shocks[k], peaks[k], peaks[k + 1]


FROM, TO = 3.0, 40.0  # mV
PLACES = np.linspace(FROM, TO, 75)


@computed
def _peaks(celsius, follow=False, sodium=True):
    """Return the highest V after each of the shocks that are compared."""
    return tuple(_highest(celsius, float(shock), follow, sodium) for shock in PLACES)


def _over_shocks(values, lift=0.0):
    return lambda shock: float(np.interp(shock, PLACES, values)) + lift


def _draw_peaks(axes, p):
    for celsius, role in ((SQUID.celsius, "K"), (p.celsius, "Na")):
        axes.plot(PLACES, _peaks(celsius), color=COLOUR[role])
    axes.plot(PLACES, REST + PLACES, "--", color=COLOUR["muted"], linewidth=1)
    axes.set(xlabel="shock (mV)", ylabel="highest V (mV)")
    label(axes, 9, 30, f"{SQUID.celsius:g} °C", "K", ha="left", va="top")
    label(axes, 21, -24, f"{p.celsius:g} °C", "Na")
    label(axes, 30, -36, "the shock itself", "muted", va="top")


shock_drawing = Plot(
    id="shock-drawing",
    title="Nothing like all or none",
    level="intermediate",
    name="ax",
    parameters={"celsius": Vary(35.0, 34, 37, 1)},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nA brief shock moves V up from rest at time 0, and the gates "
        "start from their resting values.\n"
        f"Draw the highest V between {SETTLED:g} and {WATCHED:g} ms after it against the size of "
        f"the shock: {FROM:g}, {FROM + 0.5:g}, {FROM + 1:g} … {TO:g} mV.\n"
        "Before you draw: will the curve jump?\n\n"
        '`nc.simulate(patch, None, 10, resets={0.0: {"v": -65 + shock}}, sample=0.005)` is one '
        "run, sampled finely because peaks are brief in the warm."
    ),
    x=Axis("shock", "mV"),
    y=Axis("highest V", "mV"),
    low=FROM,
    high=TO,
    points=len(PLACES),
    tolerance=Tolerance(absolute=2.0),
    answer=lambda p: _over_shocks(_peaks(p.celsius)),
    mistakes=(
        Mistake(
            "cold-squid",
            lambda p: _over_shocks(_peaks(SQUID.celsius)),
            "Your patch is at 6.3 °C, where the peak does jump.",
            "Where does the temperature go in: into the membrane, or into the run?",
        ),
        Mistake(
            "gates-moved-too",
            lambda p: _over_shocks(_peaks(p.celsius, True)),
            "Your gates start at rest for the new V, as if it had been held there.",
            "How far can a gate move during a shock that lasts no time?",
        ),
        Mistake(
            "height",
            lambda p: _over_shocks(_peaks(p.celsius), -REST),
            "You drew the height above rest.",
            "Which V does the inside of the cell reach?",
        ),
        Mistake(
            "no-sodium",
            lambda p: _over_shocks(_peaks(p.celsius, False, False)),
            "In your traces V only falls back.",
            "Which channels can lift V above the end of the shock?",
        ),
    ),
    hints=(
        "One run a shock, one number out of each: a loop over `np.arange(3, 40.1, 0.5)`.",
        f"`run.v[run.t >= {SETTLED:g}].max()` leaves out the shock itself.",
        '`ax.plot(shocks, peaks)` and `ax.set(xlabel="shock (mV)", ylabel="highest V (mV)")`.',
    ),
    solution=lambda p: (
        f"The peak climbs from {_peaks(p.celsius)[0]:.0f} to {_peaks(p.celsius)[-1]:.0f} mV "
        "without a jump: half a millivolt of shock changes it by at most "
        f"{max(np.diff(_peaks(p.celsius))):.0f} mV. At 6.3 °C it is "
        f"{max(np.diff(_peaks(SQUID.celsius))):.0f} mV.\n\n"
        "Same equations, same conductances: in the warm h and n follow so soon that they cut the "
        "rise short wherever it has come to. All-or-none is a matter of how fast the gates are."
    ),
    draw=_draw_peaks,
    alt=lambda p: (
        f"Highest potential against the size of the shock. At 6.3 °C it jumps to near +40 mV; at "
        f"{p.celsius:g} °C it rises smoothly."
    ),
)

biggest_jump = Numeric(
    id="biggest-jump",
    title="The steepest place",
    level="advanced",
    name="jump",
    parameters={"celsius": Vary(SQUID.celsius, 10, 30, 5)},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nShocks lift V from rest by 3.0, 3.1, 3.2 … 15.0 mV; the gates "
        f"start from rest.\nRead the highest V between {SETTLED:g} and {WATCHED:g} ms after each.\n"
        "\nBetween which two neighbouring shocks does this peak grow most?\nGive the smaller of "
        "the two shocks, and the peak after each of them."
    ),
    unit={"shock": "mV", "below": "mV", "above": "mV"},
    tolerance={
        "shock": Tolerance(absolute=0.1),
        "below": Tolerance(absolute=1.0),
        "above": Tolerance(absolute=1.0),
    },
    answer=lambda p: _jump(p.celsius),
    mistakes=(
        Mistake(
            "potential-not-shock",
            lambda p: {"shock": REST + _jump(p.celsius)[0]},
            "You gave the V that the shock reaches.",
            "By how much does the shock move V?",
        ),
        Mistake(
            "height",
            lambda p: {"below": _jump(p.celsius)[1] - REST, "above": _jump(p.celsius)[2] - REST},
            "You gave the height above rest.",
            "Which V does the inside of the cell reach?",
        ),
        Mistake(
            "sodium-potential",
            {"above": E["Na"]},
            "You let the spike reach E_Na.",
            "Which currents hold V below E_Na at the peak?",
        ),
    ),
    hints=(
        "Your function of the problem before this one does the work: call it 121 times.",
        "`shocks = np.arange(30, 151) / 10`, the peaks in a list, and `np.diff` of them.",
        "`np.argmax` of the differences gives the place k; the peaks are those at k and k + 1.",
    ),
    solution=lambda p: (
        f"From {_jump(p.celsius)[0]:.1f} to {_jump(p.celsius)[0] + 0.1:.1f} mV the peak goes from "
        f"{_jump(p.celsius)[1]:.1f} to {_jump(p.celsius)[2]:.1f} mV.\n\nAt 6.3 °C this step is "
        f"{_jump(6.3)[2] - _jump(6.3)[1]:.0f} mV high, at 30 °C only "
        f"{_jump(30.0)[2] - _jump(30.0)[1]:.0f} mV. Halving the solver's step changes neither."
    ),
)

true_threshold = Choice(
    id="true-threshold",
    title="Is there a border?",
    level="advanced",
    name="border",
    ask="In the Hodgkin–Huxley patch at 6.3 °C a tenth of a millivolt decides between a local "
    "response and a full spike.\nAt 35 °C the peak grows smoothly with the shock.\nWhat does that "
    "say about the threshold of this model, and why?",
    options=(
        "It has a sharp threshold at every temperature.",
        "It has a very steep but smooth transition, with no true border.",
        "It has no steep transition at any temperature.",
    ),
    reasons=(
        "The solver's step was too coarse in the warm.",
        "A Na⁺ channel is either open or closed.",
        "Its only resting state is stable and no saddle stands beside it, so nothing divides the "
        "starting points in two.",
        "Spikes are all-or-none by law.",
    ),
    answer=("b", 3),
    mistakes=(
        Mistake(
            "solver",
            (None, 1),
            "You blame the numbers.",
            "What happens to the curve when the step is halved?",
        ),
        Mistake(
            "single-channel",
            (None, 2),
            "One channel is all-or-none, but m³h is the average of very many.",
            "How finely can an average of a million channels be graded?",
        ),
        Mistake(
            "law",
            (None, 4),
            "All-or-none is what was observed in nerve, not a premise of the model.",
            "What would a model need for two starting points side by side to part for ever?",
        ),
    ),
    hints=(
        "What does a smooth system of equations do with two starting points that lie very close?",
        "A true border, a separatrix, is the set of points that run into a saddle.",
        "How many fixed points has the patch without current, and is it stable?",
    ),
    solution="The model without current has one fixed point, which is stable. No saddle means no "
    "separatrix, so every outcome between the two can be had from a shock between the two: "
    "**b3**.\n\nIn the cold the range of such shocks is far narrower than any noise, and that is "
    "why the spike looks all-or-none.",
)


def _force(p):
    """Return what the shift changes in V_T through the drive on sodium, mV."""
    return -p.k_a * log((p.e_na - p.v_axon) / (p.e_na - p.v_soma))


def _by_shift(p):
    return p.v_axon - p.v_soma + _force(p)


def _by_density(p):
    return -p.k_a * log(p.density)


why_segment = Numeric(
    id="why-segment",
    title="What makes the initial segment excitable",
    level="intermediate",
    name="lower",
    parameters={
        "v_soma": -25.0,
        "v_axon": Vary(-39, -41, -32, 1),
        "density": Vary(5, 3, 10, 1),
        "k_a": Vary(6, 5, 8, 0.5),
        "e_na": Vary(60, 50, 65, 5),
    },
    ask=lambda p: (
        "Near threshold the sodium current of a membrane grows as e^((V − V_a)/k), where V_a is "
        "the half-activation voltage and k the steepness.\nWith a leak g_L the threshold is then "
        "where the slope of the current–voltage curve is zero:\n\n"
        "$$V_{T} = V_{a} + k \\ln\\frac{g_{L}\\,k}{g_{Na}\\,(E_{Na} - V_{a})}$$\n\n"
        f"In a model of a cortical neuron k = {p.k_a:g} mV and E_Na = {p.e_na:g} mV.\n"
        f"The soma has V_a = {p.v_soma:g} mV, the axon initial segment {p.v_axon:g} mV and "
        f"{p.density:g} times the g_Na of the soma.\ng_L is the same, and the temperature too.\n\n"
        "By how much does V_T differ in the initial segment?\nBy how much would it if only V_a "
        "were shifted, and by how much if only the density were changed?\nOne decimal is enough."
    ),
    unit={"both": "mV", "shift": "mV", "density": "mV"},
    tolerance=Tolerance(absolute=0.3),
    answer=lambda p: (_by_shift(p) + _by_density(p), _by_shift(p), _by_density(p)),
    mistakes=(
        Mistake(
            "density-ignored",
            lambda p: {"both": _by_shift(p), "density": 0.0},
            "You left the density out.",
            "By how much must V fall for e times as many channels to carry the same current?",
        ),
        Mistake(
            "drive-ignored",
            lambda p: {"both": p.v_axon - p.v_soma + _by_density(p), "shift": p.v_axon - p.v_soma},
            "You moved V_T exactly as far as V_a.",
            "V_a stands in the formula twice: what happens to E_Na − V_a?",
        ),
        Mistake(
            "linear-in-density",
            lambda p: {
                "both": _by_shift(p) - p.k_a * p.density,
                "density": -p.k_a * p.density,
            },
            "You let V_T fall in proportion to the density.",
            "Does the density stand inside or outside the logarithm?",
        ),
        Mistake(
            "shift-is-all",
            lambda p: {"both": p.v_axon - p.v_soma},
            "You took the shift of V_a for the whole of it.",
            "What do more channels and the stronger drive on sodium do to V_T?",
        ),
        Mistake(
            "shift-times-density",
            lambda p: {"both": (p.v_axon - p.v_soma) * p.density},
            "You multiplied the shift by the density.",
            "Does the density stand inside or outside the logarithm?",
        ),
        Mistake(
            "log10",
            lambda p: {
                "both": p.v_axon - p.v_soma + (_force(p) + _by_density(p)) / log(10),
                "density": _by_density(p) / log(10),
            },
            "You took the logarithm to base 10.",
            "The current grows as a power of e: which logarithm undoes that?",
        ),
    ),
    hints=(
        "Write V_T for the soma and for the segment and subtract: g_L and g_Na of the soma cancel.",
        lambda p: (
            f"Density alone: −k ln {p.density:g}, and ln {p.density:g} = {log(p.density):.2f}."
        ),
        lambda p: (
            f"Shift alone: {p.v_axon - p.v_soma:g} mV directly, and −k ln"
            f"({p.e_na - p.v_axon:g}/{p.e_na - p.v_soma:g}) from the stronger drive."
        ),
    ),
    solution=lambda p: (
        f"Shift alone: {p.v_axon - p.v_soma:g} − {p.k_a:g} ln({p.e_na - p.v_axon:g}/"
        f"{p.e_na - p.v_soma:g}) = {_by_shift(p):.1f} mV. Density alone: −{p.k_a:g} ln "
        f"{p.density:g} = {_by_density(p):.1f} mV. Together {_by_shift(p) + _by_density(p):.1f} "
        "mV: the two simply add.\n\nDensity works through a logarithm, so that even a large "
        "change of it moves V_T by little."
    ),
)

WITHIN = 60.0  # ms


@computed
def _cell_rheobase(density, shifted):
    """Return the rheobase of the toy cell, nA."""
    cell = cell_with_initial_segment(density, shifted)
    soma = int(cell.regions["soma"][0])
    return rheobase(cell, WITHIN, at=soma, v0=cell.rest(), highest=0.4, resolution=1e-3)


def _four(p):
    return tuple(_cell_rheobase(d, s) for d, s in ((1, 0), (5, 0), (1, p.shifted), (5, p.shifted)))


def _draw_four(axes, p):
    names = ("as the soma", "five times the channels", f"shifted by −{-p.shifted:g} mV", "both")
    for k, (value, name) in enumerate(zip(_four(p), names, strict=True)):
        role = "Na" if k == 3 else "V"
        axes.barh(-k, value, height=0.6, color=COLOUR[role])
        label(axes, value, -k, f" {name}: {value:.3f} nA", role, va="center")
    axes.set(xlim=(0, 0.36), xlabel="rheobase (nA)")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


four_cells = Numeric(
    id="four-cells",
    title="Density, shift, or both?",
    level="advanced",
    name="rheobases",
    parameters={"shifted": Vary(-7, -7, -5, 1), "celsius": SQUID.celsius},
    ask=lambda p: (
        "`nc.cell_with_initial_segment(density, shifted)` is a toy cell with squid channels at "
        f"{p.celsius:g} °C.\nIts initial segment of 20 µm has `density` times the sodium channels "
        "of the soma, their activation shifted by `shifted` mV.\n\n"
        "Current steps go into the soma.\nA step is strong enough if the last compartment of the "
        f"axon rises through 0 mV within {WITHIN:g} ms.\n"
        "How large is the rheobase with the segment like the soma (1, 0), with five times the "
        f"channels (5, 0), with the shift alone (1, {p.shifted:g}), and with both "
        f"(5, {p.shifted:g})?\n"
        "Begin at the cell's rest, and give three digits.\n\n"
        f'`nc.rheobase(cell, {WITHIN:g}, at=cell.regions["soma"][0], v0=cell.rest())` searches.'
    ),
    unit=dict.fromkeys(("uniform", "dense", "shifted", "both"), "nA"),
    tolerance=Tolerance(relative=0.02),
    answer=_four,
    mistakes=(
        Mistake(
            "density-is-enough",
            lambda p: {"dense": _four(p)[0] / 5},
            "You let the rheobase fall in proportion to the channels.",
            "At the V where the soma tips over, how many of the added channels are open?",
        ),
        Mistake(
            "density-does-nothing",
            lambda p: {"dense": _four(p)[0]},
            "You let the added channels do nothing.",
            "Which current do they carry while V creeps up?",
        ),
        Mistake(
            "factors-multiply",
            lambda p: {"both": _four(p)[1] * _four(p)[2] / _four(p)[0]},
            "You multiplied the two effects.",
            "If more channels open at a lower V, does the one change not make the other larger?",
        ),
        Mistake(
            "shift-is-all",
            lambda p: {"both": _four(p)[2]},
            "You let the density add nothing to the shift.",
            "Once the channels open earlier, does it not matter how many they are?",
        ),
    ),
    hints=(
        "Change one thing at a time: four cells, one search each.",
        '`cell = nc.cell_with_initial_segment(5, 0)`, and `soma = cell.regions["soma"][0]`.',
        "Without `v0=cell.rest()` the segment begins at a rest of its own, and the cell gets a "
        "kick that you did not mean.",
    ),
    solution=lambda p: (
        "The four need {:.3f}, {:.3f}, {:.3f} and {:.4f} nA. ".format(*_four(p))
        + f"Five times the channels alone lower the rheobase by "
        f"{100 * (1 - _four(p)[1] / _four(p)[0]):.0f} %, the shift alone by "
        f"{100 * (1 - _four(p)[2] / _four(p)[0]):.0f} %, both together by "
        f"{100 * (1 - _four(p)[3] / _four(p)[0]):.0f} %.\n\n"
        "Many channels help only where they open. The numbers belong to this toy cell, which lies "
        "close to firing by itself; that the two changes need each other is the point."
    ),
    draw=_draw_four,
    alt="Bars of the rheobase of four cells. More channels or the shift alone shorten the bar "
    "a little; both together shrink it many times.",
)

BORN_AT = -20.0  # mV, whose crossing tells the order


@computed
def _birth(amplitude):
    """Return when soma, far end of the initial segment and end of the axon spike, ms."""
    cell = cell_with_initial_segment()
    soma, *_ = cell.regions["soma"]
    places = [soma, cell.regions["initial segment"][-1], cell.regions["axon"][-1]]
    stimulus = step(amplitude, at=int(soma))
    # Each compartment's own rest, the default, differs from the cell's by up to tens of mV.
    r = simulate(cell, stimulus, 40.0, v0=cell.rest(), record=places, threshold=BORN_AT)
    return tuple(float(times[0]) for times in r.spike_times())


def _draw_birth(axes, p):
    cell = cell_with_initial_segment()
    soma, *_ = cell.regions["soma"]
    places = [soma, cell.regions["initial segment"][-1], cell.regions["axon"][-1]]
    first = min(_birth(p.amplitude))
    r = simulate(cell, step(p.amplitude, at=int(soma)), first + 6, v0=cell.rest(), record=places)
    for v, role in zip(r.v, ("V", "Na", "K"), strict=True):
        axes.plot(r.t, v, color=COLOUR[role])
    level(axes, BORN_AT, along="x")
    axes.set(xlim=(first - 2, first + 5), xlabel="time (ms)", ylabel="V (mV)")
    for words, role, height in (("segment", "Na", 32), ("soma", "V", 20), ("axon's end", "K", 8)):
        label(axes, first - 1.8, height, words, role)


birthplace = Numeric(
    id="birthplace",
    title="Where is the spike born?",
    level="advanced",
    name="born",
    parameters={"amplitude": Vary(0.05, 0.03, 0.1, 0.01), "celsius": SQUID.celsius},
    ask=lambda p: (
        "`nc.cell_with_initial_segment()` is a toy cell with squid channels at "
        f"{p.celsius:g} °C: a dendrite, a soma, an initial segment of 20 µm and an axon.\nThe "
        "segment has five times the soma's sodium channels, and their activation is shifted "
        "by −7 mV.\nThe compartments of each part stand in `cell.regions`.\n\n"
        "It begins at its rest, `v0=cell.rest()`.\n"
        f"A current step of {p.amplitude:g} nA goes into the soma from time 0 on.\nWhen does V "
        f"rise through {BORN_AT:g} mV in the last compartment of the segment?\nHow much later "
        "does the soma follow, and how much later the last compartment of the axon?\n"
        "Give two decimals, and a negative number for what comes earlier."
    ),
    unit={"segment": "ms", "to_soma": "ms", "to_end": "ms"},
    tolerance=Tolerance(absolute=0.03),
    answer=lambda p: (
        _birth(p.amplitude)[1],
        _birth(p.amplitude)[0] - _birth(p.amplitude)[1],
        _birth(p.amplitude)[2] - _birth(p.amplitude)[1],
    ),
    mistakes=(
        Mistake(
            "soma-first",
            lambda p: {
                "segment": _birth(p.amplitude)[0],
                "to_soma": _birth(p.amplitude)[1] - _birth(p.amplitude)[0],
            },
            "You let the spike begin in the soma, where the current goes in.",
            "Where are the channels that open first as V rises?",
        ),
        Mistake(
            "from-the-soma",
            lambda p: {"to_end": _birth(p.amplitude)[2] - _birth(p.amplitude)[0]},
            "You counted the way down the axon from the spike of the soma.",
            "From which place does the spike set out?",
        ),
        Mistake(
            "clock-of-the-run",
            lambda p: {"to_soma": _birth(p.amplitude)[0], "to_end": _birth(p.amplitude)[2]},
            "You gave times from the beginning of the run.",
            "How much later than in the segment is that?",
        ),
    ),
    hints=(
        "Record three compartments and compare the first crossing in each.",
        '`cell.regions["soma"][0]`, `cell.regions["initial segment"][-1]` and '
        '`cell.regions["axon"][-1]` are the three; give them to `record=`.',
        lambda p: (
            f"`nc.simulate(cell, nc.step({p.amplitude:g}, at=soma), 40, v0=cell.rest(), "
            "record=places, threshold=-20).spike_times()` lists the crossings, one row a "
            "compartment."
        ),
    ),
    solution=lambda p: (
        f"The segment crosses at {_birth(p.amplitude)[1]:.2f} ms, the soma "
        f"{_birth(p.amplitude)[0] - _birth(p.amplitude)[1]:.2f} ms later, the axon's end "
        f"{_birth(p.amplitude)[2] - _birth(p.amplitude)[1]:.2f} ms later.\n\nThe current goes into "
        "the soma, but the spike sets out from the segment: forward along the axon, and back into "
        "the soma."
    ),
    draw=_draw_birth,
    alt="Potentials of the initial segment, the soma and the end of the axon over time: the "
    "segment rises first, the other two follow.",
)

where_born = Choice(
    id="where-born",
    title="In at one end, out at the other",
    level="intermediate",
    name="origin",
    ask="A toy cell with squid channels (6.3 °C) has a passive dendrite, a soma, an initial "
    "segment and an axon.\nThe segment has five times the soma's sodium channels, and they open at "
    "potentials 7 mV lower.\nA steady current goes into the far end of the dendrite.\nWhere does V "
    "first rise through −20 mV in a spike, and why?",
    options=("In the dendrite.", "In the soma.", "In the initial segment.", "At the axon's end."),
    reasons=(
        "V is highest where the current goes in.",
        "It is the largest part, and most of the current comes out there.",
        "Its sodium current is the first to outweigh what leaves: many channels, which open early.",
        "Spikes begin at the end where transmitter is released.",
    ),
    answer=("c", 3),
    mistakes=(
        Mistake(
            "where-it-goes-in",
            (None, 1),
            "You let the spike begin where the current goes in.",
            "Which channels does the dendrite of this cell have?",
        ),
        Mistake(
            "largest-part",
            (None, 2),
            "You let the largest part decide.",
            "What does a large membrane do to the V that a given current makes?",
        ),
        Mistake(
            "where-it-ends",
            (None, 4),
            "You let the spike begin where it ends.",
            "How does the axon's end learn of the current in the dendrite?",
        ),
    ),
    hints=(
        "V creeps up in all parts, and less the further from the current. What must happen "
        "somewhere for a spike to begin?",
        "Compare the sodium currents of soma and segment at the same V, some mV above rest.",
        "`nc.simulate(cell, nc.step(0.1, at=0), 40, v0=cell.rest(), record=[10, 14, 24], "
        "threshold=-20).spike_times()` lists soma, segment and axon's end.",
    ),
    solution="The segment crosses first, the soma and the axon's end follow: **c3**. In the "
    "dendrite, which is passive, V only follows.\n\nWhere a spike is born is decided by where "
    "inward current wins first, not by where the input comes in.",
)

PROBLEMS = (
    initial_slope,
    instant_current,
    balance_and_shock,
    just_above,
    spike_latency,
    shock_drawing,
    shock_peak,
    biggest_jump,
    true_threshold,
    why_segment,
    where_born,
    four_cells,
    birthplace,
)
"""In the order of the chapter."""
