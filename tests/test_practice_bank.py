"""Every problem of the bank: the numbers, the mistakes, and as many variants as there are seeds."""

import json
import re
import subprocess
import sys
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.optimize import curve_fit

import neurocore as nc
from neurocore.practice import (
    Choice,
    Function,
    Numeric,
    Plot,
    Question,
    Reply,
    ask,
    check,
    data,
    hint,
    progress,
)
from neurocore.practice import solution as worked
from neurocore.practice.record import FileStore
from neurocore.problems import CHAPTERS, computed, problems, spike

PROBLEMS = [problem for problem, _ in problems().values()]
SEEDS = [None, *range(200)]


@pytest.fixture(autouse=True)
def own_record(tmp_path):
    progress.begin(FileStore(tmp_path / "progress.json"))


def reference(problem, seed=None):
    """Return what a student with the right answer hands in."""
    variant = problem.variant(seed)
    if isinstance(problem, Choice):
        return variant.answer
    if isinstance(problem, Function):
        return np.vectorize(variant.numbers["answer"])
    if isinstance(problem, Plot):
        return draw(problem, variant.answer)
    values = tuple(variant.answer.values())
    return values if len(values) > 1 else values[0]


def draw(problem, curves):
    """Return axes with the values of some curves at the places where the problem compares."""
    axes = Figure().subplots()
    for values in curves.values():
        axes.plot(problem._places, values)
    axes.set(xlabel=problem.x.label, ylabel=problem.y.label)
    axes.set(xscale=problem.x.scale, yscale=problem.y.scale)
    return axes


def mistaken(problem, mistake, value, seed=None):
    """Yield what students hand in who make a mistake: in each of its parts alone, and in all."""
    variant = problem.variant(seed)
    if isinstance(problem, Choice):
        for option in range(len(problem.options)):
            for reason in range(1, len(problem.reasons) + 1):
                pair = ("abcdefg"[option], reason)
                if all(want in (None, have) for want, have in zip(value, pair, strict=True)):
                    yield pair
    elif isinstance(problem, Function):
        yield np.vectorize(variant.numbers[mistake.code])
    elif isinstance(problem, Plot):
        yield draw(problem, variant.answer | value)
        for curve in value:
            yield draw(problem, variant.answer | {curve: value[curve]})
    elif "" in value:
        yield value[""]
    else:
        yield variant.answer | value
        for part in value:
            yield variant.answer | {part: value[part]}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_chapter_has_enough_of_each_kind(chapter):
    mine = [problem for problem, own in problems().values() if own == chapter]
    assert len(mine) >= 6
    assert sum(isinstance(p, (Function, Plot)) for p in mine) >= 2
    assert any(isinstance(p, Choice) for p in mine)
    assert {p.level for p in mine} == {"basic", "intermediate", "advanced"}
    assert sum(bool(p.draw) for p in mine) >= 2


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.id)
def test_reference_passes_and_each_mistake_is_named(problem):
    # Functions run in processes of their own and drawings take time, so fewer seeds of these;
    # the numbers of all are compared below.
    for seed in SEEDS[:6] if isinstance(problem, (Function, Plot)) else SEEDS:
        assert problem.judge(reference(problem, seed), seed).code == "correct"
        for mistake, value in problem.variant(seed).mistakes:
            for answer in mistaken(problem, mistake, value, seed):
                assert problem.judge(answer, seed).code == f"mistake.{mistake.code}"
    for seed in SEEDS:
        problem.variant(seed)  # raises if two answers cannot be told apart
        assert problem.judge(..., seed).outcome == "unanswered"


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.id)
def test_words_are_there_for_every_seed(problem):
    for seed in SEEDS[:20]:
        words = [problem.prompt(seed), problem.worked(seed)]
        words += [problem.hint(i, seed) for i in (1, 2, 3)]
        words += filter(None, problem.write_out(vars(problem.variant(seed).p)))
        assert all(len(text) > 15 for text in words)
        assert not re.search(r"\bnan\b|\binf\b|lambda|\{p\.|\{_", " ".join(words))
        assert all(m.question.endswith("?") for m in problem.mistakes)


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.id)
def test_prompt_states_what_an_answer_needs(problem):
    prompt = problem.prompt()
    assert f"`{problem.name}" in prompt
    # Symbols are set in words only: within a formula that would break it.
    formulas = re.sub(r"```.*?```", "", prompt, flags=re.S).split("$$")
    assert len(formulas) % 2 == 1
    assert not any("$" in formula for formula in formulas[1::2])
    assert all(words.count("$") % 2 == 0 for words in formulas[::2])
    if isinstance(problem, Numeric):
        assert "within" in prompt
        assert all(unit in prompt for _, unit, _ in problem._parts)
    if "celsius" in problem.parameters and problem.id != "mean-or-ghk":
        assert f"{problem.variant().p.celsius:g} °C" in prompt


@pytest.mark.parametrize(
    "problem", [p for p in PROBLEMS if isinstance(p, Numeric)], ids=lambda p: p.id
)
def test_as_many_digits_as_the_prompt_asks_for_are_enough(problem):
    for seed in SEEDS:
        for name, unit, rule in problem._parts:
            if rule.digits:
                exact = problem.variant(seed).answer[name]
                written = float(f"{exact:.{rule.digits}g}")
                assert abs(written - exact) <= rule.margin(exact), (name, unit, seed)


@pytest.mark.parametrize("problem", [p for p in PROBLEMS if p.draw], ids=lambda p: p.id)
def test_figure_of_the_worked_solution(problem):
    for seed in (None, "Ada"):
        svg, words = problem.figure(seed)
        assert svg.count("<path") > 10
        assert len(words) > 40


def test_kept_answers_are_what_is_computed():
    """If not: `python -m neurocore.practice.notebooks exercises`."""
    # In a process of its own, where no cache holds anything yet.
    code = (
        "from neurocore.problems import computed, problems\n"
        "print(computed.text(computed.recompute(p for p, _ in problems().values())))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    anew, kept = json.loads(run.stdout), json.loads(computed.FILE.read_text(encoding="utf-8"))
    assert set(anew) == set(kept)
    for key, value in anew.items():  # another machine rounds otherwise
        assert kept[key] == pytest.approx(value, rel=1e-6, abs=1e-9), key


def test_variants_differ_and_repeat():
    problem = problems()["ghk-rest"][0]
    answers = {problem.variant(seed).answer[""] for seed in range(50)}
    assert len(answers) > 40
    again = Numeric(**{name: getattr(problem, name) for name in problem.__dataclass_fields__})
    assert again.variant("Ada").answer == problem.variant("Ada").answer
    assert problem.judge(reference(problem, "Ada")).code != "correct"


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        # From the brief of the project, computed there by other code.
        ("ghk-rest", -66.57),
        ("potassium-doubled", (-60.52, 6.05)),
        ("driving-forces", (-95.02, 66.60, -64.09, 28.45, -133.17, -2.48)),
        ("ions-moved", (0.00155, 0.0207, 2.07)),
        ("pump-voltage", (-67.50, -73.92, -10.84)),
        ("kcc2-limit", (3.14, -95.0)),
        ("ncx-limit", (-90, 105, 133.2)),
        ("chord-weights", (0.2025, 0.6021, -66.57, -0.9475)),
        ("mean-or-ghk", (-58.1, -65.4)),
        ("transfer-slope", (66.57 - 34.77, 61.54 * 4 / 15.75, 12.06)),
        ("chloride-flux", "b2"),
        ("ncx-direction", "b3"),
        ("initial-slope", (10, 1.0, 0.969)),
        ("balance-and-shock", (-62.38, 6.505, -58.5)),
        ("just-above", "b3"),
        ("biggest-jump", (6.5, -56.0, 35.2)),
        ("true-threshold", "b3"),
        ("where-born", "c3"),
        ("current-balance", (-544.3, 128.25, 10.32, 405.8)),
        ("gates-delay", (2 * 0.693, 2 * 1.838)),
        ("own-simulation", (1.905, 68.3)),
        ("four-gates", "b2"),
        ("what-repolarises", "b2"),
        ("undershoot", "a2"),
        ("gate-surgery", (8.91, 7.62, 3.0, 7.5)),
        ("critical-slope", (0.3765, 0.47, 0.376)),
        ("what-accommodates", "c1"),
        ("rebound", (2.79, 0.268, 0.700, 7.1)),
        ("rebound-cause", "b2"),
        ("large-ramp", "b3"),
        ("wraps", (101, 0.0099, 10.05, 1)),
        ("squid-speed", (18.73, 50 / 18.73)),
        ("thick-axons", (2.0, 24.0)),
        ("literal-jump", "b2"),
        ("myelin-why", "b2"),
        ("rate-by-hand", (150, 33.6, 63.0)),
        ("slow-onset", (39.96, 3.79, 6.88, 0.447)),
        ("two-onsets", (6.3, 52, 9.78)),
        ("silenced", "b3"),
        ("spontaneous", (41, 11)),
        ("occupancy", (0.6, 90, 81)),
        # An axon that starts at −65 mV, not at its own rest, would conduct at 13.8 m/s.
        ("ttx-axon", (13.89, 65.7, 0.38, 16.4)),
        ("wide-spike", (1.69, 1.85, -63.51)),
        ("lidocaine-states", (0.297, 0.805, -13.2)),
        ("busy-nerve", "b3"),
        ("potassium-outside", (16.35, 24.76, 1.515)),
        ("hyperkalaemia", (-60.0, 0.418, 0.35)),
        ("excite-then-block", "c2"),
        ("gain-of-function", (-64.51, 1.13, 0.505)),
        ("few-in-a-hundred", (-50.4, -84.6, 2.66)),
        ("stuck", (-14.88, 0.006, 0.166)),
        ("loss-and-seizures", "b2"),
        ("two-thermometers", (1.4505, 2.3429, 0.7794)),
        ("heat-block", (34, 28.9)),
        ("warming-why", "b2"),
        ("worth-its-myelin", (0.16, 625, 3906)),
        ("capacitive-minimum", (110, 6866, 2289)),
        ("spike-price", (386.8, 3.98, 7990)),
        ("spike-budget", (2.873e8, 3.84e8, 22.37)),
        ("short-pulses", (13 / 6, 130, 0.2817, 0.2)),
        ("strength-duration-fit", (1.302, 4.624, 1.978, 2.15, 1.65)),
        ("cathode-or-anode", "b2"),
    ],
)
def test_printed_answers(name, answer):
    assert check(name, answer).correct


def test_transfer_curve():
    problem = problems()["transfer-curve"][0]
    curve = problem.variant().numbers["answer"]
    known = [-66.57, -57.94, -47.83, -34.77]
    assert curve(np.array([4.0, 10, 20, 40])) == pytest.approx(known, abs=0.01)


@pytest.mark.parametrize(
    "problem", [p for p in PROBLEMS if isinstance(p, Function)], ids=lambda p: p.id
)
def test_code_of_the_worked_solution_passes(problem):
    for seed in (None, "Ada"):
        (code,) = re.findall(r"```python\n(.*?)```", problem.worked(seed), re.S)
        namespace = {"np": np, "nc": nc}
        exec(code, namespace)
        assert problem.judge(namespace[problem.name], seed).code == "correct"


def test_what_the_initiation_problems_say_of_the_model():
    from neurocore.problems import threshold

    cold, warm = threshold._jump(6.3), threshold._jump(30.0)
    assert warm == pytest.approx((9.9, -43.0, -31.9), abs=0.3)
    # Just above the smallest effective shock V first falls, and then fires.
    shock = threshold._shock(6.3) + 0.1
    cell = threshold.squid_patch(6.3)
    run = nc.simulate(cell, None, 20.0, resets={0.0: {"v": threshold.REST + shock}})
    assert run.v[run.t < 0.1].min() < run.v[1] < threshold.REST + shock
    assert run.v.max() > 30
    assert cold[2] - cold[1] > 80
    # Shift and density of the initial segment: each alone, and both.
    problem = problems()["why-segment"][0]
    assert problem.variant().answer["both"] == pytest.approx(-24.6, abs=0.1)
    # Either alone changes little, both together change the rheobase tenfold.
    uniform, dense, shifted, both = problems()["four-cells"][0].variant().answer.values()
    assert 0.7 < dense / uniform < 0.9
    assert 0.7 < shifted / uniform < 0.9
    assert both < uniform / 10
    # With the current in the dendrite: segment, soma, axon's end, in this order.
    cell = nc.cell_with_initial_segment()
    assert (cell.regions["soma"][0], cell.regions["initial segment"][-1], len(cell)) == (10, 14, 25)
    run = nc.simulate(
        cell, nc.step(0.1, at=0), 40.0, v0=cell.rest(), record=[14, 10, 24, 0], threshold=-20.0
    )
    segment, soma, end, dendrite = run.spike_times()
    assert segment[0] < soma[0] < end[0]
    assert len(dendrite) == 0


def test_what_the_spike_problems_say_of_the_model():
    problem = problems()["onset-exponent"][0]
    slope = problem.variant().numbers["answer"]
    assert slope(-110.0) > 2.3
    assert slope(-65.0) == pytest.approx(0.75, abs=0.01)
    assert spike._tie() == pytest.approx(-48, abs=0.5)
    n, _, low, high = problems()["onset-fit"][0].variant().answer.values()
    assert low < 4 < high
    assert low < n < high
    # Scatter that shrinks with g rules five gates out, whichever way it falls.
    assert max(spike._range(seed)[1] for seed in range(1, 21)) < 5
    # Other powers come close to n⁴, with τ on the other side of the true one.
    t = np.linspace(0, 10, 401)
    tau = float(spike.GATES["n"].time_constant(0.0, 6.3))
    for power, longer in ((3, True), (5, False)):
        (end, other), _ = curve_fit(
            lambda t, g, tau, power=power: g * (1 - np.exp(-t / tau)) ** power,
            t, (1 - np.exp(-t / tau)) ** 4, (1.0, tau),
        )  # fmt: skip
        left = end * (1 - np.exp(-t / other)) ** power - (1 - np.exp(-t / tau)) ** 4
        assert 0.02 < np.abs(left).max() < 0.035
        assert bool(other > tau) is longer


def test_drawings_made_as_the_hints_say():
    def labelled(problem, *curves):
        axes = Figure().subplots()
        for x, y in curves:
            axes.plot(x, y)
        axes.set(xlabel=problem.x.label, ylabel=problem.y.label, yscale=problem.y.scale)
        return axes

    problem = problems()["separatrix-drawing"][0]
    for seed in (None, *range(12)):
        model = nc.MorrisLecar(current=problem.variant(seed).p.current)
        v = np.linspace(-20, -2, 100)
        axes = labelled(problem, nc.separatrix(model), (v, model.voltage_nullcline(v)))
        assert problem.judge(axes, seed).code == "correct"
    problem = problems()["refractory-drawing"][0]
    patch = nc.patch(nc.hodgkin_huxley(6.3))
    curve = nc.recovery_curve(patch, np.arange(7, 25.1, 0.5), duration=0.5)
    assert problem.judge(labelled(problem, (curve.intervals, curve.ratio))).code == "correct"
    problem = problems()["shock-drawing"][0]
    patch, shocks, peaks = nc.patch(nc.hodgkin_huxley(35)), np.arange(3, 40.1, 0.5), []
    for shock in shocks:
        run = nc.simulate(patch, None, 10, resets={0.0: {"v": -65 + shock}}, sample=0.005)
        peaks.append(run.v[run.t >= 0.05].max())
    assert problem.judge(labelled(problem, (shocks, peaks))).code == "correct"


def test_clamped_currents_give_back_the_gates_behind_them():
    problem = problems()["clamp-family"][0]
    rules = problem.tolerance.values()
    for seed in range(1, 21):
        t, v, current = data.sodium_currents(seed)
        for level in (-50.0, -40.0):
            p = SimpleNamespace(seed=seed, v=level, celsius=6.3)
            truth = tuple(problem.numbers(p)["answer"].values())
            namespace = {"np": np, "t": t, "v": v, "current": current}
            (code,) = re.findall(r"```python\n(.*?)```", problem.solution, re.S)
            exec(code.format_map(vars(p) | problem.numbers(p)), namespace)
            margins = [rule.margin(x) for x, rule in zip(truth, rules, strict=True)]
            # A careful fit uses up no more than half of what is allowed.
            assert np.all(np.abs(namespace["read_off"] - truth) < np.array(margins) / 2)


def test_border_of_the_plane_is_where_trajectories_part():
    problem = problems()["saddle-border"][0]
    for current in problem.grid()["current"]:
        model = nc.MorrisLecar(current=current)
        rest = nc.fixed_points(model)[0]
        p = SimpleNamespace(current=current)
        _, _, shock, count = problem.numbers(p)["answer"].values()
        tried = [shock - 0.2, shock + 0.2, *spike._shocks(p)]
        _, v, _ = nc.trajectory(model, rest.v + np.array(tried), rest.w, 400.0)
        fires = v.max(axis=-1) > 0
        assert not fires[0]
        assert fires[1]
        assert fires[2:].sum() == count
    # Between nullcline and separatrix v falls although it will fire, and the reverse below.
    model = nc.MorrisLecar(current=28.0)
    saddle = nc.fixed_points(model)[1]
    v, w = nc.separatrix(model)
    for beside, falls in ((-10.0, True), (saddle.v - 1.0, False)):
        border = np.interp(beside, v[: np.argmax(v)], w[: np.argmax(v)])
        w0 = 0.5 * (border + model.voltage_nullcline(beside))
        assert bool(model.derivative(beside, w0)[0] < 0) is falls
        assert bool(nc.trajectory(model, beside, w0, 400.0)[1].max() > 0) is falls
    # The squid axon begins at a rate of its own.
    assert nc.f_i_curve(nc.patch(nc.hodgkin_huxley()), [6.5])[0] > 45


def test_what_the_aftermath_problems_say_of_the_model():
    from neurocore.problems import aftermath

    ratio = [aftermath._ratio(x) for x in (5.0, 7.0, 10.0, 14.0, 16.0, 18.0, 30.0)]
    assert ratio == pytest.approx([np.inf, 8.9, 3.5, 1.41, 1.02, 0.86, 1.02], rel=0.01)
    assert min(range(14, 26), key=lambda x: aftermath._ratio(float(x))) == 19
    assert aftermath._ratio(24.0) < 1 < aftermath._ratio(25.0)
    # The three marks: between 5 ms, where nothing works, and 7; just behind the first of them.
    absolute, back, lowest = aftermath._landmarks(6.3)
    assert 5 < absolute < 6
    assert (back, lowest) == pytest.approx((16.2, 0.844), rel=0.01)
    for celsius in problems()["refractory-times"][0].grid()["celsius"]:
        start = aftermath._landmarks(celsius)[0] + 0.01
        cell = aftermath.squid_patch(celsius)
        behind = nc.recovery_curve(cell, [start], duration=0.5)
        assert 20 < behind.ratio[0] < np.inf
        # There a pulse 1.4 times as strong carries V past 0 mV, and nothing rises by itself.
        weakest = behind.ratio[0] * behind.rest
        for stronger, again in ((1.01, True), (1.4, False)):
            pulses = nc.pulse(2 * behind.rest, 0.0, 0.5) + nc.pulse(stronger * weakest, start, 0.5)
            run = nc.simulate(cell, pulses, start + 15.5)
            late = run.spike_times()[run.spike_times() > start]
            assert bool(np.any(np.interp(late, run.t, run.ionic_current) < 0)) is again
    assert aftermath._rebound(20.0, "h") == pytest.approx(3.01, abs=0.01)
    assert aftermath._rebound(20.0, "n") == np.inf
    cell, slow = aftermath.squid_patch(6.3), nc.ramp(6.0, 0.0, 30.0, 50.0)
    cells = [cell, cell.modify("Na", nc.freeze, "h"), cell.modify("K", nc.freeze, "n")]
    assert [nc.fires(c, slow, 80.0) for c in cells] == [False, True, True]
    assert [nc.critical_ramp(c, 6.0) for c in cells] == [pytest.approx(0.3765, rel=2e-3), 0, 0]
    assert len(nc.simulate(cell, nc.ramp(30.0, 0.0, 150.0, 50.0), 200.0).spike_times()) > 5


def test_what_the_propagation_problems_say_of_the_model():
    from neurocore.problems import propagation

    # The law of the square root that makes the variants is that of the cable itself.
    thin = nc.bare_axon(nc.hodgkin_huxley(18.5), 119.0, 20_000.0, 70.8, 500)
    variant = SimpleNamespace(diameter=119.0, r_i=70.8, celsius=18.5)
    assert propagation._speed(variant) == pytest.approx(nc.conduction_velocity(thin), rel=2e-3)
    # A fibre twice as thick, its node as long as before, is not quite twice as fast.
    fibres = [
        nc.myelinated_axon(
            diameter=0.7 * d,
            internode_length=100 * d,
            membranes=nc.membranes_in_myelin(0.7 * d, 0.7),
        )
        for d in (5.0, 10.0)
    ]
    slow, fast = map(nc.conduction_velocity, fibres)
    assert fast / slow == pytest.approx(2, rel=0.01)
    nodes = nc.myelinated_axon().regions["node"]
    run = nc.kick(nc.myelinated_axon(), nodes, 1.2, threshold=-20.0, stop_at_spike=False)
    middle = np.searchsorted(run.t, run.spike_times()[12][0])
    assert np.sum(run.v[:, middle] > -20) == 11
    assert propagation._rushton(propagation.BEST_G) == pytest.approx(1)
    assert propagation._rushton(0.77) == pytest.approx(0.918, abs=0.001)


def test_what_the_models_problems_say_of_the_model():
    from neurocore.problems import models

    # Silencing: the pulses that are named stop the firing, their neighbours do not.
    cell, held = models.squid_patch(6.3), nc.step(models.HELD)
    after = nc.simulate(cell, held, 90.0).spike_times()[4]
    for size, start in ((5.0, 9.0), (-5.0, 13.5)):
        late = [
            nc.simulate(cell, held + nc.pulse(size, after + start + d, 1.0), 300.0).spike_times()
            for d in (-1.5, 0.0, 1.5)
        ]
        assert [bool((spikes > 200).any()) for spikes in late] == [True, False, True]
    assert models._onset(6.3)[0] < models.HELD < models._loss(6.3)[0]
    # The square root close to I_c, and less further up.
    critical = models._meeting()
    close = np.log(models._slow_rate(critical + 0.08) / models._slow_rate(critical + 0.02))
    assert close / np.log(4) == pytest.approx(0.5, abs=0.02)
    assert nc.trajectory(nc.MorrisLecar(39.9), -20.0, 0.0, 3000.0)[1][-3000:].max() < -20
    # The brake of the adaptive neuron is mostly b.
    first, last, unbraked = problems()["adapting"][0].variant().answer.values()
    assert last < 0.4 * first
    for current in (800.0, 900.0, 1000.0, 1100.0, 1200.0):
        _, early, late, _ = models._adapting(current, models.ADEX.a, 0.0)
        assert 0.8 < early / late < 1
    assert 1e3 / models._adapting(1000.0, 0.0, 0.0)[2] - unbraked < 0.2 * (unbraked - last)
    # Noise: what a calm and a noisy neuron do 5 mV below and 10 mV above the threshold.
    assert models._noisy(1.0)(15.0) < 1e-4
    assert models._noisy(6.0)(15.0) > 10
    assert models._noisy(6.0)(30.0) == pytest.approx(models._noisy(1.0)(30.0), rel=0.1)
    # Balance: excitation and inhibition far above the threshold, their sum below, for every g.
    for g in (5.0, 6.0, 7.0, 8.0):
        p = SimpleNamespace(g=g)
        assert models._excitation(p) > 3 * 20
        assert models._inhibition(p) < -3 * 20
        assert models._excitation(p) + models._inhibition(p) < 20
    times, neurons = nc.RandomNetwork(g=5.0).run(500.0, seed=1)
    intervals = [np.diff(times[neurons == k]) for k in range(0, 2500, 10)]
    assert np.mean([x.std() / x.mean() for x in intervals if x.size > 4]) > 0.8


def test_spontaneous_rates_are_those_of_the_run_that_is_asked_for():
    from neurocore.problems import models

    areas = np.repeat(list(models.SPONTANEOUS), models.PATCHES)
    run = nc.channel_noise(nc.hodgkin_huxley(), areas, models.TIME, seed=1)
    counts = np.array([s.size for s in run.spikes]).reshape(-1, models.PATCHES).mean(axis=1)
    ten, twenty, fifty, hundred = counts / models.TIME * 1e3
    assert check("spontaneous", (ten, hundred)).correct
    # Four standard errors of 30 patches firing like a Poisson process, as the worst case.
    for rate, got in zip(models.SPONTANEOUS.values(), (ten, twenty, fifty, hundred), strict=True):
        assert got == pytest.approx(rate, abs=4 * np.sqrt(rate / 15))


def test_what_the_drug_problems_say_of_the_model():
    from neurocore.problems import drugs

    # The axon fails between 0.40 and 0.35 of its sodium channels, and a longer one hardly earlier.
    assert drugs._least() == pytest.approx(0.38, abs=0.005)
    assert drugs._speed(0.0) == pytest.approx(18.73, abs=0.01)
    assert 10.5 < drugs._speed(0.6) < 11.7
    # In the solutions: speed and channels left at K_d, and the slope of the first doses.
    assert drugs._relative_speed(10.0) == pytest.approx(0.74, abs=0.005)
    assert 10 * (1 - drugs._speed(0.1) / drugs._speed(0.0)) == pytest.approx(0.35, abs=0.01)
    # A finer grid and a longer axon change the speed at half block by less than 0.1 %.
    axons = [
        nc.bare_axon(nc.hodgkin_huxley(18.5), 476.0, 5e4, 35.4, n).modify("Na", nc.block, 0.5)
        for n in (500, 1000)
    ]
    assert [nc.conduction_velocity(a) for a in axons] == pytest.approx(
        [drugs._speed(0.5)] * 2, rel=1e-3
    )
    # Close to failure the length decides.
    short = nc.bare_axon(nc.hodgkin_huxley(18.5), 476.0, 5e4, 35.4, 500)
    assert nc.conducts(short.modify("Na", nc.block, 1 - 0.372))
    assert not nc.conducts(drugs._axon().modify("Na", nc.block, 1 - 0.372))
    # Potassium channels: stable up to 0.4, unstable from half block on, −42 mV at three quarters.
    nudge = nc.pulse(0.1, 0.0, 1.0)
    for blocked, stable in ((0.4, True), (0.5, False), (0.75, False)):
        cell = drugs.squid_patch(6.3).modify("K", nc.block, blocked)
        v = nc.simulate(cell, nudge, 300.0, sample=0.1).v
        assert (np.ptp(v[-500:]) < 0.1) == stable
    assert cell.membrane.rest() == pytest.approx(-42.0, abs=0.05)
    widest = problems()["wide-spike"][0]
    for seed in range(20):
        p = widest.variant(seed).p
        assert 1.03 < drugs._width("K", p.blocked / 100) / drugs._width("K", 0.0) < 1.2
        assert 0 < drugs._new_rest("K", p.blocked / 100) - drugs.REST < 3
    # What is said of lidocaine is what the channel of the library does.
    p = problems()["availability"][0].variant().p
    gate = nc.lidocaine(nc.squid_sodium(), p.d).gate("A")
    v = np.linspace(-110, -45, 30)
    free, _, bound, also_bound = gate.steady_state(v)
    assert drugs._available(p)(v) == pytest.approx(free)
    assert drugs._bound(p.d, drugs._h(v)) == pytest.approx(bound + also_bound)
    p = problems()["lidocaine-states"][0].variant().p
    v = np.linspace(0.0, -200.0, 4001)
    h = 1 / (1 + np.exp((v + 70) / p.slope))
    left = h * (1 - drugs._bound(p.d, h))
    midpoint = np.interp(0.5, left / left[-1], v)
    assert midpoint == pytest.approx(-70 + drugs._lidocaine(p)[2], abs=0.01)


def test_what_the_potassium_and_disease_problems_say_of_the_model():
    from neurocore.problems import channelopathies as ill

    known = [(-77.0, 2.24), (-72.0, 1.40), (-67.0, 0.35)]
    assert [ill._rheobase(e) for e, _ in known] == pytest.approx([r for _, r in known], abs=0.01)
    # Beyond, it fires by itself; then the spikes stay below 0 mV; then it is silent.
    late = {}
    for e_k in (-66.0, -57.0, -50.0, -47.0):
        v = nc.simulate(ill._with_e_k(e_k), None, 400.0, v0=-60.0, sample=0.1).v
        late[e_k] = v[-1000:]
    assert late[-66.0].max() > 20
    assert -5 < late[-57.0].max() < 0
    assert np.ptp(late[-57.0]) > 40
    assert np.ptp(late[-50.0]) < 0.1
    blocked = ill._with_e_k(-47.0)
    at_rest = blocked.membrane.steady_state(blocked.membrane.rest())
    assert blocked.membrane.rest() == pytest.approx(-39, abs=0.2)
    assert (at_rest["h"], at_rest["n"]) == pytest.approx((0.04, 0.69), abs=0.005)
    assert at_rest["n"] ** 4 / ill.AT_REST["n"] ** 4 == pytest.approx(20, rel=0.15)
    assert (ill.AT_REST["n"] ** 4, at_rest["n"] ** 4) == pytest.approx((0.01, 0.23), abs=0.005)
    assert not any(nc.fires(blocked, nc.step(a), 100.0) for a in (10.0, 30.0, 100.0))
    # The curve of the rheobase ends near 25 mM.
    assert not nc.fires(ill._with_e_k(ill._at(24.0)), nc.pulse(0.01, 0.0, 1.0), 400.0)
    assert nc.fires(ill._with_e_k(ill._at(25.5)), nc.pulse(0.01, 0.0, 1.0), 400.0)
    drawn = [ill._rheobase(ill._at(k)) for k in (12.0, 16.35, 24.0)]
    assert drawn == pytest.approx([3.3, 2.24, 0.6], abs=0.02)
    # Activation shifted by −1 mV halves the rheobase, by −2 mV nothing holds the patch.
    assert ill._shifted(-1.0, "m")[1] / ill._shifted(0.0, "m")[1] == pytest.approx(0.5, abs=0.01)
    assert ill._shifted(-2.0, "m")[1] < 0.1
    mutant = nc.patch(nc.modify(ill.SQUID, "Na", nc.shift, -2.0, "m"))
    assert len(nc.simulate(mutant, nc.pulse(0.01, 0.0, 1.0), 300.0).spike_times()) > 3
    # Where the window is, and that its peak hardly moves.
    p, v = problems()["window-current"][0].variant().p, np.linspace(-80, 10, 901)
    peaks = [v[np.argmin(ill._window(p, by)(v))] for by in (0.0, 4.0, 8.0, 14.0)]
    assert peaks == pytest.approx([-35] * 4, abs=2)
    h = [float(ill.GATES["h"].steady_state(v)) for v in (-25.0, -20.0, -15.0)]
    assert h == pytest.approx([0.01] * 3, abs=0.004)
    # Two per cent without inactivation change nothing, 17 % leave V up.
    assert ill._run(0.02).v[-1] == pytest.approx(-65, abs=0.1)
    assert len(ill._run(0.02).spike_times()) == 1
    assert ill._run(0.16).v[-1] < -60 < ill._run(0.17).v[-1]
    assert len(ill._run(0.2).spike_times()) == 1
    again = nc.pulse(40.0, 5.0, 0.5) + nc.step(10.0, 100.0)
    assert len(nc.simulate(ill._mutant(0.2), again, 300.0).spike_times()) == 1


def test_what_the_temperature_problems_say_of_the_model():
    from neurocore.problems import temperature

    speed = problems()["warm-speed"][0]
    at = speed.variant().numbers["answer"]
    assert (at(6.3), at(30.0)) == pytest.approx((12.3, 23.4), abs=0.05)
    assert temperature._fastest() == 30
    # The law of the square root that makes the variants is that of the cable itself.
    thick = nc.bare_axon(nc.hodgkin_huxley(20.0), 700.0, 50_000.0, 35.4, 500)
    wanted = temperature._speed(SimpleNamespace(diameter=700.0), 20.0)
    assert nc.conduction_velocity(thick) == pytest.approx(wanted, rel=2e-3)

    fibre = nc.myelinated_axon()
    thin = nc.demyelinate(fibre, temperature.LESION, 0.1)
    treated = nc.modify(thin, "K", nc.block, 0.9)
    assert nc.conducts(fibre.at_temperature(45.0), duration=6.0)
    # Coarser steps for the table change no answer by more than a third of the tolerance.
    assert nc.blocking_temperature(thin, 30.0, 36.0, duration=6.0) == pytest.approx(
        temperature._lesion_block(0.1), abs=0.1
    )
    shifts = [
        temperature._lesion_block(kept, 0.9) - temperature._lesion_block(kept)
        for kept in temperature.KEPT
    ]
    assert shifts == pytest.approx([3.2] * 4, abs=0.25)

    def handed_on(axon):
        """Return the charge that flows forward from the node before the lesion, nC."""
        node = int(axon.regions["node"][temperature.LESION[0]])
        run = nc.kick(axon, [node, node + 1], 6.0, stop_at_spike=False)
        forward = (run.v[0] - run.v[1]) * axon.axial_conductance[node]
        return np.trapezoid(np.maximum(forward, 0), run.t)

    # Warming speeds the lesioned fibre up before it blocks, and takes charge from each spike.
    cool, warm = (thin.at_temperature(celsius) for celsius in (20.0, 28.0))
    assert nc.conduction_velocity(warm) > nc.conduction_velocity(cool)
    assert handed_on(warm) < 0.7 * handed_on(cool)
    assert handed_on(thin.at_temperature(32.0)) < handed_on(warm)
    # With fewer K⁺ channels a spike hands on more of it.
    assert handed_on(treated.at_temperature(28.0)) > 1.1 * handed_on(warm)
    assert temperature._healthy() == pytest.approx(1003.183 / 18.94, rel=2e-3)

    g = np.linspace(0.5, 0.9, 4001)
    assert g[np.argmax(temperature._per_area(g))] == pytest.approx(0.7788, abs=2e-4)
    assert g[np.argmax(temperature._per_width(g))] == pytest.approx(0.6065, abs=2e-4)


def test_what_the_energy_problems_say_of_the_model():
    from scipy.optimize import least_squares

    from neurocore.problems import energy

    excess = [np.divide(*energy._cost(celsius)) for celsius in (6.3, 18.5, 25.0)]
    assert excess == pytest.approx([13.2, 3.96, 2.42], rel=0.015)
    # What a student draws who leaves the sampling to `simulate` passes.
    drawing = problems()["crossed-flows"][0]
    run = nc.simulate(nc.patch(nc.hodgkin_huxley(18.5)), nc.pulse(80.0, 0.0, 0.2), 3.0)
    axes = Figure().subplots()
    axes.plot(run.t, -run.currents["Na"])
    axes.plot(run.t, run.currents["K"])
    axes.set(xlabel="time (ms)", ylabel="current (µA/cm²)")
    assert drawing.judge(axes).code == "correct"
    # The overlap of the two flows, which is the excess, comes after the peak.
    peak, share = energy._peak_and_late_share(80.0, 18.5)
    sodium, potassium = energy._curves(drawing.variant().p).values()
    overlap = np.minimum(sodium, potassium)
    assert share == pytest.approx(0.69, abs=0.005)
    assert overlap[peak < energy.TIMES].sum() > 0.8 * overlap.sum()
    assert sodium.sum() / (sodium.sum() - overlap.sum()) == pytest.approx(4, rel=0.2)

    # The data of the brief, and fits of the same loss by other code.
    known = [130.1, 65.1, 32.7, 13.3, 6.92, 3.86, 2.35, 2.24]
    data = np.array(energy._thresholds(6.3))
    assert data == pytest.approx(known, rel=0.003)
    d, fitted = np.array(energy.DURATIONS), energy._fitted(6.3)
    line = np.linalg.lstsq(np.column_stack([1 / data, 1 / (d * data)]), np.ones(8), rcond=None)[0]
    assert (line[0], line[1] / line[0]) == pytest.approx(fitted[:2], rel=1e-5)
    curve = least_squares(lambda x: x[0] / (1 - 2 ** (-d / x[1])) / data - 1, [2.0, 2.0]).x
    assert curve == pytest.approx(fitted[2:], rel=1e-4)
    p = SimpleNamespace(celsius=6.3)
    assert energy._charge_line(p)[1] == pytest.approx(3.65, abs=0.01)  # that of the brief
    assert np.argmax(energy._missed(p, nc.weiss, *fitted[:2])) == 5  # 2 ms

    def curvature(x):
        return (2 * x**2 - 1) / (x**2 + 1) ** 2.5

    x = np.linspace(0, 3, 30001)
    assert x[np.argmax(curvature(x))] == pytest.approx(1.22, abs=0.005)
    assert curvature(x).max() == pytest.approx(0.20, abs=0.005)
    assert curvature(2**-0.5) == pytest.approx(0, abs=1e-12)
    # The second difference of close nodes is that curvature.
    close = SimpleNamespace(current=-1.0, z=1.0, spacing=0.01)
    second = energy._second_difference(close)
    assert second(x) / second(0.0) == pytest.approx(-curvature(x), abs=1e-3)


def test_hints_come_one_by_one_and_the_solution_after_an_attempt():
    assert "after your first attempt" in worked("ghk-rest").message
    assert [hint("ghk-rest").message.count("of 3:") for _ in range(4)] == [1, 2, 3, 3]
    check("ghk-rest", ...)
    check("ghk-rest", float("nan"))
    assert "after your first attempt" in worked("ghk-rest").message
    check("ghk-rest", -50)
    assert "-66.57" in worked("ghk-rest").message
    line = progress.summary().lines[0]
    assert (line.attempts, line.hints, line.solutions, line.solved) == (1, 4, 1, False)


def test_question_of_a_variant_is_shown_as_markdown():
    question = ask("ghk-rest", seed="Ada")
    assert isinstance(question, Question)
    assert question._repr_markdown_() == repr(question)
    assert problems()["ghk-rest"][0].prompt("Ada") in repr(question)


def test_code_of_every_solution_is_python():
    """As it is shown: a line that lost its indentation would be none."""
    found = [
        code
        for problem in PROBLEMS
        for code in re.findall(
            "<pre><code>(.*?)</code></pre>",
            Reply("solution", problem.worked())._repr_html_(),
            re.DOTALL,
        )
    ]
    assert len(found) > 15
    for code in found:
        compile(unescape(code), "<solution>", "exec")
