"""Every problem of the bank: the numbers, the mistakes, and as many variants as there are seeds."""

import json
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

import neurocore as nc
from neurocore.practice import (
    Choice,
    Function,
    Numeric,
    Plot,
    Question,
    ask,
    check,
    hint,
    progress,
)
from neurocore.practice import solution as worked
from neurocore.practice.bank import computed, problems

PROBLEMS = [problem for problem, _ in problems().values()]
SEEDS = [None, *range(200)]


@pytest.fixture(autouse=True)
def own_record(tmp_path, monkeypatch):
    store = progress.FileStore(tmp_path / "progress.json")
    monkeypatch.setattr(progress, "_record", progress.Record(store))


def reference(problem, seed=None):
    """Return what a student with the right answer hands in."""
    variant = problem.variant(seed)
    if isinstance(problem, Choice):
        return variant.answer
    if isinstance(problem, Function):
        return np.vectorize(problem.answer(variant.p))
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
        yield np.vectorize(mistake.value(variant.p))
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


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.id)
def test_reference_passes_and_each_mistake_is_named(problem):
    # A function is tried in a process of its own, so fewer seeds; their numbers are all compared.
    for seed in SEEDS[:6] if isinstance(problem, Function) else SEEDS:
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
        p = problem.variant(seed).p
        words = [problem.prompt(seed), problem.worked(seed)]
        words += [problem.hint(i, seed) for i in (1, 2, 3)]
        words += [m.message(p) if callable(m.message) else m.message for m in problem.mistakes]
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
        "from neurocore.practice.bank import computed, problems\n"
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
        ("chloride-flux", "b2"),
        ("ncx-direction", "b3"),
        ("initial-slope", (10, 1.0, 0.969)),
        ("balance-and-shock", (-62.38, 6.505, -58.5)),
        ("just-above", "b3"),
        ("biggest-jump", (6.5, -56.0, 35.2)),
        ("true-threshold", "b3"),
        ("current-balance", (-544.3, 128.25, 10.32, 405.8)),
        ("gates-delay", (2 * 0.693, 2 * 1.838)),
        ("own-simulation", (1.905, 68.3)),
        ("what-repolarises", "b2"),
        ("undershoot", "a2"),
        ("gate-surgery", (8.91, 7.62, 3.0, 7.5)),
        ("critical-slope", (0.3765, 0.47, 0.376)),
        ("rebound", (2.79, 0.268, 0.700, 7.1)),
        ("rebound-cause", "b2"),
        ("large-ramp", "b3"),
        ("wraps", (101, 0.0099, 10.05, 1)),
        ("squid-speed", (18.73, 50 / 18.73)),
        ("thick-axons", (2.0, 24.0)),
        ("literal-jump", "b2"),
        ("myelin-why", "b2"),
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
    curve = problem.answer(problem.variant().p)
    known = [-66.57, -57.94, -47.83, -34.77]
    assert curve(np.array([4.0, 10, 20, 40])) == pytest.approx(known, abs=0.01)


@pytest.mark.parametrize(
    "problem", [p for p in PROBLEMS if isinstance(p, Function)], ids=lambda p: p.id
)
def test_code_of_the_worked_solution_passes(problem):
    for seed in (None, "Ada"):
        code = "\n".join(re.findall(r"^`(.*)`$", problem.worked(seed), re.M))
        namespace = {"np": np, "nc": nc}
        exec(code, namespace)
        assert problem.judge(namespace[problem.name], seed).code == "correct"


def test_what_the_initiation_problems_say_of_the_model():
    from neurocore.practice.bank import threshold

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


def test_what_the_spike_problems_say_of_the_model():
    from neurocore.practice.bank import spike

    problem = problems()["onset-exponent"][0]
    slope = problem.answer(problem.variant().p)
    assert slope(-110.0) > 2.3
    assert slope(-65.0) == pytest.approx(0.75, abs=0.01)
    assert spike._tie() == pytest.approx(-48, abs=0.5)
    n, _, low, high = problems()["onset-fit"][0].variant().answer.values()
    assert low < 4 < high
    assert low < n < high


def test_what_the_aftermath_problems_say_of_the_model():
    from neurocore.practice.bank import aftermath

    ratio = [aftermath._ratio(x) for x in (5.0, 7.0, 10.0, 14.0, 16.0, 18.0, 30.0)]
    assert ratio == pytest.approx([np.inf, 8.9, 3.5, 1.41, 1.02, 0.86, 1.02], rel=0.01)
    assert min(range(14, 26), key=lambda x: aftermath._ratio(float(x))) == 19
    assert aftermath._rebound(20.0, "h") == pytest.approx(3.01, abs=0.01)
    assert aftermath._rebound(20.0, "n") == np.inf
    cell, slow = aftermath.squid_patch(6.3), nc.ramp(6.0, 0.0, 30.0, 50.0)
    cells = [cell, cell.modify("Na", nc.freeze, "h"), cell.modify("K", nc.freeze, "n")]
    assert [nc.fires(c, slow, 80.0) for c in cells] == [False, True, True]
    assert len(nc.simulate(cell, nc.ramp(30.0, 0.0, 150.0, 50.0), 200.0).spike_times()) > 5


def test_what_the_propagation_problems_say_of_the_model():
    from neurocore.practice.bank import propagation

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


def test_what_the_temperature_problems_say_of_the_model():
    from neurocore.practice.bank import temperature

    speed = problems()["warm-speed"][0]
    at = speed.answer(speed.variant().p)
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

    from neurocore.practice.bank import energy

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
