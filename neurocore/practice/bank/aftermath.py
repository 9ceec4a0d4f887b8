"""Problems of the chapter "The aftermath"."""

import numpy as np

from neurocore.channels import freeze
from neurocore.experiments import (
    NEVER,
    critical_ramp,
    pulse_threshold,
    rebound_threshold,
    recovery_curve,
    rheobase,
    smallest,
)
from neurocore.plots import COLOUR, label, level
from neurocore.practice.bank.computed import computed
from neurocore.practice.bank.squid import (
    AT_REST,
    GATES,
    REST,
    SPIKE,
    SQUID,
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
from neurocore.simulate import simulate
from neurocore.stimuli import pulse, ramp, step


def _h(p, v=None, celsius=None, end=None, falling=False):
    """Return h as a function of the time since it was 0."""
    tau = float(
        GATES["h"].time_constant(
            p.v_hold if v is None else v, p.celsius if celsius is None else celsius
        )
    )
    end = float(GATES["h"].steady_state(p.v_hold)) if end is None else end
    if falling:
        return lambda interval: end * np.exp(-interval / tau)
    return lambda interval: end * (1 - np.exp(-interval / tau))


inactivation_lifted = Function(
    id="inactivation-lifted",
    title="How inactivation passes",
    level="basic",
    name="h_after",
    parameters={"v_hold": Vary(-75, -90, -60, 5), "celsius": Vary(16.3, 8.3, 20.3, 4)},
    ask=lambda p: (
        f"A squid axon at {p.celsius:g} °C is voltage clamped.\nA long pulse to +20 mV has "
        "inactivated its sodium channels completely, so that h = 0.\nThe clamp then returns to "
        f"{p.v_hold:g} mV.\n\n"
        "h opens at α = 0.07 e^(−(V + 65)/20) and closes at β = 1/(1 + e^(−(V + 35)/10)) per ms, "
        "at 6.3 °C with V in mV and a Q10 of 3.\n\n"
        "Write a function that takes the time since the return in ms and returns h."
    ),
    inputs={"interval": (0.2, 6)},
    unit="",
    tolerance=Tolerance(absolute=0.005),
    answer=_h,
    mistakes=(
        Mistake(
            "time-constant-of-the-pulse",
            lambda p: _h(p, v=20.0),
            "You used the time constant at +20 mV.",
            "At which V does the axon sit while h recovers?",
        ),
        Mistake(
            "q10-ignored",
            lambda p: _h(p, celsius=6.3),
            "Your time constant belongs to 6.3 °C.",
            "By which factor do the rates grow up to this temperature?",
        ),
        Mistake(
            "up-to-one",
            lambda p: _h(p, end=1.0),
            "Your h goes to 1.",
            "Which share of the channels is inactivated even after a long time at this V?",
        ),
        Mistake(
            "decay",
            lambda p: _h(p, falling=True),
            "Your h begins at its end and falls.",
            "What are h at time 0 and h after a long time?",
        ),
        Mistake(
            "share-inactivated",
            lambda p: lambda interval: 1 - _h(p)(interval),
            "You returned the share of the channels that are inactivated.",
            "Is h the share that is inactivated, or the share that is not?",
        ),
    ),
    hints=(
        "With V held, h moves along one exponential from 0 to h∞.",
        "h∞ = α/(α + β), and τ = 1/(α + β) divided by the factor of temperature.",
        lambda p: (
            f"Here h∞ = {float(GATES['h'].steady_state(p.v_hold)):.4f} and τ = "
            f"{float(GATES['h'].time_constant(p.v_hold, p.celsius)):.4f} ms."
        ),
    ),
    solution=lambda p: (
        "`def h_after(interval):`\n"
        f"`    alpha = 0.07 * np.exp(-({p.v_hold:g} + 65) / 20)`\n"
        f"`    beta = 1 / (1 + np.exp(-({p.v_hold:g} + 35) / 10))`\n"
        f"`    tau = 1 / (alpha + beta) / 3 ** (({p.celsius:g} - 6.3) / 10)`\n"
        "`    return alpha / (alpha + beta) * (1 - np.exp(-interval / tau))`\n\n"
        f"The more negative the axon is held, the higher h ends and the sooner: at {p.v_hold:g} mV "
        f"it is at {float(_h(p)(5.0)):.2f} after 5 ms."
    ),
)

WIDTH = 0.5  # ms, of both pulses
WAIT = 15.0  # ms
AGAIN = (
    "It counts if V rises through 0 mV once more while the ionic current is inward, within "
    f"{WAIT:g} ms after the second pulse."
)


@computed
def _rest_threshold():
    return pulse_threshold(squid_patch(SQUID.celsius), WIDTH, wait=WAIT)


@computed
def _ratio(interval):
    """Return the threshold of a second pulse over that at rest."""
    cell = squid_patch(SQUID.celsius)
    return float(recovery_curve(cell, [interval], duration=WIDTH, wait=WAIT).ratio[0])


refractory_curve = Function(
    id="refractory-curve",
    title="Deaf, hard of hearing, wide awake",
    level="intermediate",
    name="ratio",
    parameters={"celsius": SQUID.celsius},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nA first pulse of {WIDTH:g} ms with twice its threshold makes a "
        f"spike.\nAfter an interval, counted from start to start, a second pulse of {WIDTH:g} ms "
        f"tries to make another one.\n{AGAIN}\n\n"
        "Write a function that takes the interval in ms and returns the threshold of the second "
        "pulse over that at rest.\nThen draw it from 6.5 to 30 ms: where is it 1, and what lies "
        "beyond?"
    ),
    inputs={"interval": (6.5, 25)},
    vectorised=False,
    seconds=60.0,
    unit="",
    tolerance=Tolerance(absolute=0.03),
    answer=lambda p: _ratio,
    mistakes=(
        Mistake(
            "over-the-first",
            lambda p: lambda interval: _ratio(interval) / 2,
            "You divided by the strength of the first pulse.",
            "Twice the threshold at rest was given there: what is the ratio to ask for?",
        ),
        Mistake(
            "not-divided",
            lambda p: lambda interval: _ratio(interval) * _rest_threshold(),
            "You returned the threshold in µA/cm².",
            "By what must it be divided to become a ratio?",
        ),
        Mistake(
            "end-to-start",
            lambda p: lambda interval: _ratio(round(interval + WIDTH, 6)),
            "You counted the interval from the end of the first pulse.",
            "When does the first pulse begin, and when the second?",
        ),
    ),
    hints=(
        "Halve the range of the second pulse until it is known well, as for any threshold.",
        "`nc.pulse(a, 0, 0.5) + nc.pulse(b, interval, 0.5)` are both pulses. Take spike times "
        "later than the interval only, and read `run.ionic_current` there.",
        "`nc.recovery_curve(patch, [interval], duration=0.5).ratio[0]` does all of this.",
    ),
    solution=lambda p: (
        "`def ratio(interval):`\n"
        f"`    patch = nc.patch(nc.hodgkin_huxley({p.celsius:g}))`\n"
        f"`    return nc.recovery_curve(patch, [interval], duration={WIDTH:g}).ratio[0]`\n\n"
        "At 7, 10, 14, 18 and 25 ms it gives "
        + ", ".join(f"{_ratio(x):.2f}" for x in (7.0, 10.0, 14.0, 18.0, 25.0))
        + ". Near 19 ms the axon is more excitable than at rest: n has undershot and h overshot. "
        "These are times of the squid at 6.3 °C; a mammal's axon is much quicker."
    ),
)


EARLIEST, LATEST = 7.0, 25.0  # ms


def _draw_refractory(axes, p):
    places = refractory_drawing._places
    ratio = np.array([_ratio(float(x)) for x in places])
    axes.plot(places, ratio, color=COLOUR["V"])
    axes.fill_between(places, ratio, 1.0, where=ratio < 1, color=COLOUR["Na"], alpha=0.25)
    level(axes, 1.0, "threshold at rest")
    axes.set(yscale="log", ylim=(0.62, 10), xlabel="interval (ms)", ylabel="threshold ratio")
    axes.set_yticks([1, 2, 5, 10], ["1", "2", "5", "10"])
    axes.minorticks_off()
    label(axes, 9.2, 5.2, "hard of hearing")
    label(axes, 19.5, 0.69, "wide awake", "Na", ha="center")


refractory_drawing = Plot(
    id="refractory-drawing",
    title="The refractory curve",
    level="intermediate",
    name="ax",
    parameters={"celsius": SQUID.celsius},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nA pulse of {WIDTH:g} ms with twice its threshold makes a "
        f"spike.\nAfter an interval, counted from start to start, a second pulse of {WIDTH:g} ms "
        f"tries to make another one.\n{AGAIN}\n\n"
        "Draw the threshold of the second pulse, as a multiple of that at rest, against the "
        f"interval, at {EARLIEST:g}, {EARLIEST + 0.5:g}, {EARLIEST + 1:g} … {LATEST:g} ms.\n"
        "Before you draw: how will the curve come back to 1?\n\n"
        "`nc.recovery_curve(patch, intervals, duration=0.5)` returns the `intervals` and the "
        "`ratio`; it takes some seconds."
    ),
    x=Axis("interval", "ms"),
    y=Axis("threshold ratio", "", "log"),
    low=EARLIEST,
    high=LATEST,
    points=37,
    tolerance=Tolerance(absolute=0.05),
    answer=lambda p: _ratio,
    mistakes=(
        Mistake(
            "never-below-one",
            lambda p: lambda interval: max(_ratio(interval), 1.0),
            "Your curve comes back to 1 and stays there.",
            "After the undershoot n is lower and h higher than at rest: what does that do to the "
            "threshold?",
        ),
        Mistake(
            "over-the-first",
            lambda p: lambda interval: _ratio(interval) / 2,
            "You divided by the strength of the first pulse.",
            "Twice the threshold at rest was given there: what is the ratio to ask for?",
        ),
        Mistake(
            "not-divided",
            lambda p: lambda interval: _ratio(interval) * _rest_threshold(),
            "You drew the threshold in µA/cm².",
            "By what must it be divided to become a ratio?",
        ),
        Mistake(
            "end-to-start",
            lambda p: lambda interval: _ratio(interval + WIDTH),
            "You counted the interval from the end of the first pulse.",
            "When does the first pulse begin, and when the second?",
        ),
    ),
    hints=(
        "`intervals = np.arange(7, 25.1, 0.5)` are the places; one call does the rest.",
        "`r = nc.recovery_curve(patch, intervals, duration=0.5)`, then "
        "`ax.plot(r.intervals, r.ratio)`.",
        '`ax.set(yscale="log", xlabel="interval (ms)", ylabel="threshold ratio")`: on a '
        "logarithmic axis a tenth above 1 and a tenth below look alike.",
    ),
    solution=lambda p: (
        "At 7, 10, 14, 16 and 18 ms the ratio is "
        + ", ".join(f"{_ratio(x):.2f}" for x in (7.0, 10.0, 14.0, 16.0, 18.0))
        + ". It falls through 1 near 16 ms and stays below for several ms: the axon is supernormal."
        "\n\nThere is no plateau and no corner, so that a single number for the relative "
        "refractory period needs a criterion beside it. And the times are those of a squid axon at "
        "6.3 °C."
    ),
    draw=_draw_refractory,
    alt="Threshold ratio against interval, with a logarithmic axis. It falls steeply from nine at "
    "7 ms, passes 1 near 16 ms, runs below it until 24 ms, and comes back.",
)


@computed
def _landmarks(celsius):
    """Return when a second spike can first be had, when at the usual price, and the lowest."""
    cell, pace = squid_patch(celsius), 3 ** ((celsius - SQUID.celsius) / 10)

    def ratio(interval):
        return float(recovery_curve(cell, [interval], duration=WIDTH, wait=WAIT).ratio[0])

    best = 19.0 / pace
    absolute = smallest(lambda x: ratio(x) < NEVER, 3.0, 9.0, 2e-3)
    back = smallest(lambda x: ratio(x) <= 1, 9.0, best, 2e-3)
    return absolute, back, min(ratio(best + k / 2) for k in range(-3, 4))


@computed
def _falls_back(celsius):
    """Return when the first spike falls through 0 mV, ms."""
    cell = squid_patch(celsius)
    first = pulse(2 * pulse_threshold(cell, WIDTH, wait=WAIT), 0.0, WIDTH)
    r = simulate(cell, first, 10.0)
    return float(r.t[r.v > 0][-1])


refractory_times = Numeric(
    id="refractory-times",
    title="Three marks on the way back",
    level="advanced",
    name="marks",
    # Not colder: there the strengths that work just behind the absolute period are so few that
    # `recovery_curve` steps over them, and its period is more than 0.1 ms too long.
    parameters={"celsius": Vary(SQUID.celsius, 6.3, 8.3, 1)},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nA pulse of {WIDTH:g} ms with twice its threshold makes a "
        f"spike; a second pulse of {WIDTH:g} ms begins some interval after the first began.\n"
        f"{AGAIN}\n\n"
        "Up to which interval is there no second spike, however strong the pulse (try up to fifty "
        "times the threshold at rest)?\n"
        "After which interval is the threshold first back to that at rest?\nAnd to which fraction "
        "of that at rest does it fall later?\n\n"
        "`nc.recovery_curve(patch, intervals, duration=0.5)` gives ratios of thresholds, and "
        "infinity where nothing works."
    ),
    unit={"absolute": "ms", "back": "ms", "lowest": ""},
    tolerance={
        "absolute": Tolerance(absolute=0.1),
        "back": Tolerance(absolute=0.1),
        "lowest": Tolerance(absolute=0.01),
    },
    answer=lambda p: _landmarks(p.celsius),
    mistakes=(
        Mistake(
            "mammal",
            {"absolute": 2.0},
            "You gave the one or two milliseconds that are quoted for warm mammalian axons.",
            "Whose axon is it here, and how cold is it?",
        ),
        Mistake(
            "counted-the-pulse",
            lambda p: {"absolute": _falls_back(p.celsius)},
            "You counted a pulse that pushes V through 0 mV by itself.",
            "Which sign must the ionic current have where the membrane drives the rise?",
        ),
        Mistake(
            "one-period",
            lambda p: {"back": _landmarks(p.celsius)[0]},
            "You let the axon be as good as new once the absolute period is over.",
            "What does the second pulse cost half a millisecond later?",
        ),
        Mistake(
            "never-below-one",
            {"lowest": 1.0},
            "You let the threshold come back to 1 and stay there.",
            "After the undershoot n is lower and h higher than at rest: what does that do to the "
            "threshold?",
        ),
        Mistake(
            "how-far-below",
            lambda p: {"lowest": 1 - _landmarks(p.celsius)[2]},
            "You gave by how much the threshold falls.",
            "Which fraction of that at rest is left?",
        ),
        Mistake(
            "end-to-start",
            lambda p: {
                "absolute": _landmarks(p.celsius)[0] - WIDTH,
                "back": _landmarks(p.celsius)[1] - WIDTH,
            },
            "You counted the interval from the end of the first pulse.",
            "When does the first pulse begin, and when the second?",
        ),
    ),
    hints=(
        "Draw the ratio first, every half millisecond from 4 to 26 ms. Where does it begin, where "
        "does it pass 1, where is it lowest?",
        "Then go finer about each of the three places: every 0.05 ms is enough for two of them.",
        "`r.ratio` is infinite within the absolute period; `r.ratio.min()` is the lowest.",
    ),
    solution=lambda p: (
        "No second spike before some {:.1f} ms; back to the threshold at rest after {:.1f} ms; "
        "lowest at {:.3f} of it.".format(*_landmarks(p.celsius))
        + "\n\nWhat a book calls the absolute refractory period is a millisecond in a warm "
        "mammal. Here it is cold, and all gates are slow. Even so the limit is a matter of "
        "definition: just behind it the price is more than twenty times the usual one, and only a "
        "narrow range of strengths works. A stronger pulse carries V past 0 mV by itself."
    ),
)


@computed
def _after_surgery(interval, names):
    """Return the threshold ratio with some variables reset to rest as the second pulse begins."""
    cell, unit = squid_patch(SQUID.celsius), _rest_threshold()
    at_rest = AT_REST | {"v": REST}
    resets = {interval: {name: at_rest[name] for name in names}} if names else None

    def again(strength):
        both = pulse(2 * unit, 0.0, WIDTH) + pulse(strength * unit, interval, WIDTH)
        r = simulate(cell, both, interval + WIDTH + WAIT, resets=resets)
        late = r.spike_times()[r.spike_times() > interval]
        return bool(np.any(np.interp(late, r.t, r.ionic_current) < 0))

    # From below, because a very strong pulse passes 0 mV without its channels.
    high = 0.5
    while not again(high):
        high *= 2
        if high > 64:
            return NEVER
    return smallest(lambda x: x == high or again(x), high / 2 if high > 0.5 else 0.0, high, 1e-3)


def _surgery(p):
    return tuple(_after_surgery(p.interval, x) for x in ((), ("h",), ("n",), ("v", "m")))


def _draw_surgery(axes, p):
    names = ("as it is", "h at rest", "V and m at rest", "n at rest")
    roles = ("V", "Na", "muted", "K")
    as_is, h, n, v = _surgery(p)
    for k, (ratio, name, role) in enumerate(zip((as_is, h, v, n), names, roles, strict=True)):
        axes.barh(-k, ratio, height=0.6, color=COLOUR[role])
        label(axes, ratio, -k, f" {name}: {ratio:.2f}", role, va="center")
    level(axes, 1.0, along="y")
    axes.set(xlim=(0, 1.6 * as_is), xlabel="threshold of the second pulse (× that at rest)")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


gate_surgery = Numeric(
    id="gate-surgery",
    title="Surgery on a gate",
    level="advanced",
    name="surgery",
    parameters={"interval": Vary(7, 7, 11, 1), "celsius": SQUID.celsius},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nA pulse of {WIDTH:g} ms and twice the threshold makes a spike; "
        f"a second one begins {p.interval:g} ms after the first began.\n{AGAIN}\n\n"
        "What is the threshold of the second pulse over that at rest?\nAnd what is it when, at "
        "the moment when the second pulse begins, only h is set to its resting value, only n, or "
        f"only V and m?\nThe resting values are h = {AT_REST['h']:.4f}, n = {AT_REST['n']:.4f}, "
        f"m = {AT_REST['m']:.4f} and V = −65 mV.\nThree digits are enough."
    ),
    unit={"as_is": "", "h_reset": "", "n_reset": "", "v_reset": ""},
    tolerance=Tolerance(relative=0.01),
    answer=_surgery,
    mistakes=(
        Mistake(
            "h-cures",
            {"h_reset": 1.0},
            "You took inactivation for the whole of refractoriness.",
            "Which conductance is still open that was nearly shut at rest?",
        ),
        Mistake(
            "n-idle",
            lambda p: {"n_reset": _surgery(p)[0]},
            "You let n play no part.",
            "What is the potassium conductance at that moment, beside that at rest?",
        ),
        Mistake(
            "h-and-n-exchanged",
            lambda p: {"h_reset": _surgery(p)[2], "n_reset": _surgery(p)[1]},
            "The two slow gates have changed places.",
            "Which channel does each of them belong to?",
        ),
        Mistake(
            "over-the-first",
            lambda p: dict(
                zip(
                    ("as_is", "h_reset", "n_reset", "v_reset"),
                    (x / 2 for x in _surgery(p)),
                    strict=True,
                )
            ),
            "You divided by the strength of the first pulse.",
            "Twice the threshold at rest was given there: what is the ratio to ask for?",
        ),
    ),
    hints=(
        "The search for the threshold is that of the problem above; one line in the run changes.",
        lambda p: (
            f'`nc.simulate(patch, pulses, duration, resets={{{p.interval:g}: {{"h": '
            f"{AT_REST['h']:.4f}}}}})` sets h and lets all else go on."
        ),
        "Search from below: a pulse of hundreds of µA/cm² pushes V past 0 mV by itself.",
    ),
    solution=lambda p: (
        "As it is {:.2f}; with h at rest {:.2f}; with n at rest {:.2f}; with V and m at rest "
        "{:.2f}.".format(*_surgery(p))
        + "\n\nIn this model the potassium conductance that is left "
        "over is the largest obstacle. Inactivation is not the only cause of refractoriness."
    ),
    draw=_draw_surgery,
    alt="Bars of the threshold ratio: largest as it is, a little less with h or with V and m at "
    "rest, far less with n at rest.",
)

RISE = 0.2  # µA/cm²/ms
AMPLITUDE = 6.0  # µA/cm²
HOLD = 50.0  # ms


@computed
def _slow_ramp(celsius):
    """Return the critical slope, and h and n at the end of a ramp that is too slow."""
    cell, end = squid_patch(celsius), AMPLITUDE / RISE
    r = simulate(cell, ramp(AMPLITUDE, 0.0, end, HOLD), end)
    critical = critical_ramp(cell, AMPLITUDE, hold=HOLD, slowest=0.05, fastest=10.0)
    return critical, float(r.gates["h"][-1]), float(r.gates["n"][-1])


@computed
def _rheobase(celsius):
    return rheobase(squid_patch(celsius))


def _draw_ramps(axes, p):
    cell = squid_patch(p.celsius)
    steeper = 1.15 * _slow_ramp(p.celsius)[0]
    for slope, role, height in ((RISE, "V", -50), (steeper, "Na", 0)):
        r = simulate(cell, ramp(AMPLITUDE, 0.0, AMPLITUDE / slope, HOLD), 45.0)
        axes.plot(r.t, r.v, color=COLOUR[role])
        label(axes, 44, height, f"{slope:.2f} µA/cm² per ms", role, ha="right")
    axes.set(xlabel="time (ms)", ylabel="V (mV)")


critical_slope = Numeric(
    id="critical-slope",
    title="Too slow to notice",
    level="intermediate",
    name="accommodation",
    parameters={"celsius": Vary(SQUID.celsius, 4.3, 9.3, 1)},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nA current rises from 0 to {AMPLITUDE:g} µA/cm² at a constant "
        f"slope and is then held for {HOLD:g} ms.\n{SPIKE}\n\n"
        "Below which slope does no spike occur?\n"
        f"With a slope of {RISE:g} µA/cm²/ms the axon stays silent.\nWhat are h and n at the end "
        "of that ramp, before the current is held?\nGive three decimals."
    ),
    unit={"critical": "µA/cm²/ms", "h_end": "", "n_end": ""},
    tolerance=Tolerance(absolute=0.005),
    answer=lambda p: _slow_ramp(p.celsius),
    mistakes=(
        Mistake(
            "rheobase",
            lambda p: {"critical": _rheobase(p.celsius)},
            "You gave the smallest step that makes a spike.",
            "Does the question ask how large the current is, or how fast it grows?",
        ),
        Mistake(
            "duration",
            lambda p: {"critical": AMPLITUDE / _slow_ramp(p.celsius)[0]},
            "You gave how long the ramp lasts.",
            "How much does the current grow in each millisecond of it?",
        ),
        Mistake(
            "gates-at-rest",
            {"h_end": AT_REST["h"], "n_end": AT_REST["n"]},
            "You gave the gates at rest.",
            f"V creeps up during {AMPLITUDE / RISE:g} ms: do slow gates have time to follow?",
        ),
    ),
    hints=(
        "A slope s means a ramp of 6/s ms. Try slopes and halve the range.",
        "`nc.ramp(6, 0, 6 / s, 50)` is the current; `nc.critical_ramp(patch, 6)` searches.",
        "Record the ramp of 30 ms and take the last value of `run.gates`: h has fallen and n has "
        "risen.",
    ),
    solution=lambda p: (
        f"The slope must exceed {_slow_ramp(p.celsius)[0]:.3f} µA/cm²/ms. On the slower ramp h "
        f"falls from {AT_REST['h']:.3f} to {_slow_ramp(p.celsius)[1]:.3f} and n rises from "
        f"{AT_REST['n']:.3f} to {_slow_ramp(p.celsius)[2]:.3f}: fewer sodium channels are "
        "available and more potassium channels are open, so the threshold runs ahead of V. "
        "Freezing either gate lets the same ramp fire."
    ),
    draw=_draw_ramps,
    alt="Potential over time on two ramps to the same current. On the slow one it creeps up and "
    "stays below threshold; on the steeper one it fires.",
)

large_ramp = Choice(
    id="large-ramp",
    title="How far does it accommodate?",
    level="intermediate",
    name="large",
    ask="A squid patch (Hodgkin and Huxley, 6.3 °C) stays silent while a current creeps up to "
    "6 µA/cm² at 0.2 µA/cm² per ms.\nThe same slope now goes on up to 30 µA/cm².\nWhat happens, "
    "and why?",
    options=("It stays silent.", "It fires, again and again.", "It fires once, as after a step."),
    reasons=(
        "A slope below the critical one gives the gates time at any current.",
        "h is used up after one spike.",
        "Above 9.8 µA/cm² there is no stable resting state left to accommodate to.",
        "The leak cannot carry more than 6 µA/cm².",
    ),
    answer=("b", 3),
    mistakes=(
        Mistake(
            "at-any-size",
            (None, 1),
            "You let accommodation work at any current.",
            "Is there a resting state to creep along with at 30 µA/cm²?",
        ),
        Mistake(
            "used-up",
            (None, 2),
            "h comes back between spikes.",
            "What does h do during the undershoot after a spike?",
        ),
        Mistake(
            "leak-limit",
            (None, 4),
            "The leak has no largest current.",
            "Which of the membrane's currents grows without bound as V rises?",
        ),
    ),
    hints=(
        "Accommodation means that a resting state moves along with the current. Must one exist?",
        "At 10 µA/cm² from a step the axon fires for ever. Does it matter how the current came "
        "there?",
        "Try it: `nc.ramp(30, 0, 150, 50)` in a run of 200 ms.",
    ),
    solution="A slow ramp carries the resting state along, as long as that is stable. Above "
    "9.8 µA/cm² it is not (a Hopf bifurcation), so the axon fires however slowly the current came: "
    "**b3**.",
)

TRIED = 3.0  # µA/cm²


@computed
def _rebound(duration, gate=None):
    """Return the smallest hyperpolarising step with a spike after it, µA/cm²."""
    cell = squid_patch(SQUID.celsius)
    if gate:
        cell = cell.modify("Na" if gate == "h" else "K", freeze, gate)
    return rebound_threshold(cell, duration)


@computed
def _release(duration):
    """Return n, h at the release from the step tried, and when the spike comes after it."""
    r = simulate(squid_patch(SQUID.celsius), step(-TRIED, 0.0, duration), duration + 50.0)
    k = int(np.argmin(np.abs(r.t - duration)))
    return float(r.gates["n"][k]), float(r.gates["h"][k]), float(r.spike_times()[0] - duration)


def _draw_rebound(axes, p):
    r = simulate(squid_patch(p.celsius), step(-TRIED, 0.0, p.duration), p.duration + 20.0)
    axes.plot(r.t, r.v, color=COLOUR["V"])
    axes.axvspan(0, p.duration, color=COLOUR["muted"], alpha=0.12, linewidth=0)
    axes.set(xlabel="time (ms)", ylabel="V (mV)", ylim=(-90, 50))
    label(axes, 0.5 * p.duration, -88, f"−{TRIED:g} µA/cm²", "muted", ha="center")
    gates = axes.twinx()
    for gate, role in (("n", "K"), ("h", "Na")):
        gates.plot(r.t, r.gates[gate], color=COLOUR[role], linewidth=1.2)
        label(gates, 0.3, r.gates[gate][0] + 0.02, gate, role)
    gates.set(ylabel="gate", ylim=(0, 1))
    gates.spines["right"].set_visible(True)


rebound = Numeric(
    id="rebound",
    title="A spike out of inhibition",
    level="intermediate",
    name="released",
    parameters={"duration": Vary(20, 10, 30, 5), "celsius": SQUID.celsius},
    ask=lambda p: (
        f"{patch_words(p.celsius)}\nA hyperpolarising current step lasts {p.duration:g} ms and "
        f"then ends.\n{SPIKE}\n\nWhich is the smallest step (as a positive number) that is "
        "followed by a spike?\n"
        f"For a step of −{TRIED:g} µA/cm², what are n and h at the release?\n"
        "How long after the release does the spike come?"
    ),
    unit={"smallest": "µA/cm²", "n": "", "h": "", "delay": "ms"},
    tolerance={
        "smallest": Tolerance(relative=0.01),
        "n": Tolerance(absolute=0.005),
        "h": Tolerance(absolute=0.005),
        "delay": Tolerance(absolute=0.1),
    },
    answer=lambda p: (_rebound(p.duration), *_release(p.duration)),
    mistakes=(
        Mistake(
            "gates-at-rest",
            {"n": AT_REST["n"], "h": AT_REST["h"]},
            "You gave the gates at rest.",
            "What have the slow gates done during the step?",
        ),
        Mistake(
            "exchanged",
            lambda p: {"n": _release(p.duration)[1], "h": _release(p.duration)[0]},
            "n and h have changed places.",
            "Which of them closes when V falls?",
        ),
        Mistake(
            "clock-of-the-run",
            lambda p: {"delay": _release(p.duration)[2] + p.duration},
            "Your time counts from the beginning of the step.",
            "When does the step end?",
        ),
        Mistake(
            "depolarising",
            lambda p: {"smallest": _rheobase(SQUID.celsius)},
            "You gave the smallest depolarising step.",
            "In which direction does this current push V?",
        ),
    ),
    hints=(
        "The step is `nc.step(-a, 0, duration)`. Let the run go on for 50 ms after it.",
        "`nc.rebound_threshold(patch, duration)` searches for a; by hand, halve the range.",
        "At the release n is lower and h higher than at rest, and the spike comes within 10 ms.",
    ),
    solution=lambda p: (
        f"The smallest step is {_rebound(p.duration):.2f} µA/cm². After −{TRIED:g} µA/cm² n has "
        f"fallen from {AT_REST['n']:.3f} to {_release(p.duration)[0]:.3f} and h has risen from "
        f"{AT_REST['h']:.3f} to {_release(p.duration)[1]:.3f}. The spike comes "
        f"{_release(p.duration)[2]:.1f} ms after the release, as V swings back past a resting "
        "potential that is missing part of its potassium conductance."
    ),
    draw=_draw_rebound,
    alt="Potential and the gates n and h over time. During the hyperpolarising step n falls and h "
    "rises; after its end V overshoots rest and fires.",
)

what_accommodates = Choice(
    id="what-accommodates",
    title="Which gate gives way?",
    level="intermediate",
    name="gates",
    ask="In a squid patch (Hodgkin and Huxley, 6.3 °C) a current that creeps up to 6 µA/cm² at "
    "0.2 µA/cm² per ms and is then held for 50 ms makes no spike.\nThe critical slope is 0.38 "
    "µA/cm² per ms.\nWith h frozen at its resting value there is a spike at every slope tried, "
    "down to 0.001 µA/cm² per ms.\nWith n frozen instead there is one at every slope, too.\n"
    "Which gate is behind accommodation in this model, and how do we know?",
    options=("n alone.", "h alone.", "Both: n and h."),
    reasons=(
        "Freezing either of them lets the slow ramp fire, so that the movement of each is needed.",
        "With n frozen nothing is left of accommodation, so that h does nothing.",
        "Accommodation means that sodium channels inactivate.",
        "Both gates are slow, and whatever is slow takes part.",
    ),
    answer=("c", 1),
    mistakes=(
        Mistake(
            "n-alone",
            (None, 2),
            "You took the gate that is needed for the only one.",
            "With h frozen and n free, what is left of it then?",
        ),
        Mistake(
            "h-by-definition",
            (None, 3),
            "You put the explanation into the definition.",
            "With h free and n frozen, does the axon accommodate?",
        ),
        Mistake(
            "slow-takes-part",
            (None, 4),
            "That a gate is slow does not show that it matters here.",
            "What happens when it is kept from moving?",
        ),
    ),
    hints=(
        "Each freezing asks: is the movement of this gate needed?",
        "With h frozen, n still moves. Is that enough to keep the axon silent on a slow ramp?",
        "At the end of the ramp of 0.2 µA/cm² per ms h is 0.47 instead of 0.60, and n 0.38 instead "
        "of 0.32.",
    ),
    solution="With h frozen the axon fires on any ramp, and with n frozen it does. It stays silent "
    "only if both can move: **c1**.\n\nFewer sodium channels are left and more potassium channels "
    "are open, and together they keep the threshold ahead of V.",
)

rebound_cause = Choice(
    id="rebound-cause",
    title="Which gate makes the rebound?",
    level="advanced",
    name="cause",
    ask="In a squid patch (Hodgkin and Huxley, 6.3 °C) a step of −2.8 µA/cm² for 20 ms is followed "
    "by a spike.\nWith h frozen at its resting value −3.0 µA/cm² are needed.\nWith n frozen no "
    "step down to −49 µA/cm² leads to one.\nWhich process is behind the rebound in this "
    "model, and how do we know?",
    options=(
        "Inactivation of Na⁺ channels is lifted.",
        "K⁺ channels close that are open at rest.",
        "A T-type Ca²⁺ current or I_h is ready.",
    ),
    reasons=(
        "h rises during the step, so it must be the cause.",
        "Without movement of h the rebound stays nearly as it was; without that of n it is gone.",
        "Both gates move, so each does half of it.",
        "Neurons of the thalamus rebound that way.",
    ),
    answer=("b", 2),
    mistakes=(
        Mistake(
            "correlation",
            (None, 1),
            "That h moves does not show that it matters.",
            "What happens when it is kept from moving?",
        ),
        Mistake(
            "half-and-half",
            (None, 3),
            "You shared the effect out evenly.",
            "How much more current is needed without the one gate, and without the other?",
        ),
        Mistake(
            "another-cell",
            (None, 4),
            "That is true of other cells, which have other channels.",
            "Which channels does this patch have?",
        ),
    ),
    hints=(
        "Each freezing asks: is the movement of this gate needed?",
        "Freezing h costs 8 %. What does freezing n cost?",
        "n is 0.32 at rest and 0.27 at the release. Which current is smaller for that?",
    ),
    solution="Freezing h raises the smallest step by 8 %, freezing n abolishes the rebound: what "
    "matters here is that K⁺ channels close during the step and reopen slowly, **b2**.\n\nThat is "
    "a statement about this model. Many neurons rebound on a T-type Ca²⁺ current or on I_h.",
)


def _warm(p):
    return 3 ** ((p.celsius - 6.3) / 10)


warm_recovery = Numeric(
    id="warm-recovery",
    title="Recovery in the warm",
    level="basic",
    name="recovery",
    parameters={
        "tau": Vary(8.5, 6, 10, 0.5),
        "celsius": Vary(18.5, 14.5, 26.5, 2),
        "share": Vary(90, 80, 95, 5),
    },
    ask=lambda p: (
        f"A gate of a squid axon recovers with a time constant of {p.tau:g} ms at 6.3 °C.\n"
        "Its rates have a Q10 of 3.\n\n"
        f"What is the time constant at {p.celsius:g} °C?\nAfter which time has the gate made "
        f"{p.share:g} % of its way back there?"
    ),
    unit={"tau": "ms", "time": "ms"},
    tolerance=Tolerance(relative=0.01),
    answer=lambda p: (p.tau / _warm(p), -p.tau / _warm(p) * np.log(1 - p.share / 100)),
    mistakes=(
        Mistake(
            "slower-in-the-warm",
            lambda p: {
                "tau": p.tau * _warm(p),
                "time": -p.tau * _warm(p) * np.log(1 - p.share / 100),
            },
            "Your gate is slower in the warm.",
            "If rates grow threefold, what do times do?",
        ),
        Mistake(
            "linear-q10",
            lambda p: {"tau": p.tau / (3 * (p.celsius - 6.3) / 10)},
            "You took the Q10 times the number of tens of degrees.",
            "By what do rates grow over 20 °C: 3 + 3, 3 × 2 or 3 × 3?",
        ),
        Mistake(
            "share-of-tau",
            lambda p: {"time": p.tau / _warm(p) * p.share / 100},
            "You took the share of one time constant.",
            "How far has an exponential come after one τ?",
        ),
        Mistake(
            "one-tau",
            lambda p: {"time": p.tau / _warm(p)},
            "You gave one time constant.",
            "Which share of its way has an exponential made by then?",
        ),
        Mistake(
            "what-is-left",
            lambda p: {"time": -p.tau / _warm(p) * np.log(p.share / 100)},
            "You took the time after which that share is still missing.",
            "Which share is missing at the time that is asked for?",
        ),
    ),
    hints=(
        "Rates are multiplied by 3 to the power (T − 6.3)/10; a time constant is divided by it.",
        lambda p: f"The factor is {_warm(p):.3f}.",
        lambda p: f"The time is τ ln(1/{1 - p.share / 100:.2f}).",
    ),
    solution=lambda p: (
        f"The factor is 3^({p.celsius - 6.3:.1f}/10) = {_warm(p):.2f}, so τ = "
        f"{p.tau / _warm(p):.3f} ms. {p.share:g} % of the way is made after "
        f"τ ln(1/{1 - p.share / 100:.2f}) = "
        f"{-p.tau / _warm(p) * np.log(1 - p.share / 100):.2f} ms.\n\nAt 37 °C the same gate would "
        f"have a τ of {p.tau / 3 ** ((37 - 6.3) / 10):.2f} ms: why a refractory period without its "
        "temperature says little."
    ),
)

PROBLEMS = (
    warm_recovery,
    inactivation_lifted,
    refractory_curve,
    refractory_drawing,
    refractory_times,
    gate_surgery,
    critical_slope,
    what_accommodates,
    large_ramp,
    rebound,
    rebound_cause,
)
"""In the order of the chapter."""
