"""The contributor's guide: each of its examples, followed to the letter, does what it says."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import neurocore as nc
from neurocore.labs import table
from neurocore.labs.widget import Lab
from neurocore.problems import page

GUIDE = (Path(__file__).parents[1] / "book" / "contributing.md").read_text(encoding="utf-8")


def examples(section, language):
    """Return the blocks of code in a section of the guide."""
    text = re.search(rf"^## {section}$(.*?)(?=^## |\Z)", without_code_headings(), re.M | re.S)[1]
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)
    assert found, f"no {language} in the section {section!r}"
    return [block.replace("\0", "#") for block in found]


def without_code_headings():
    """Return the guide with each # inside its blocks of code hidden."""
    parts = re.split(r"(^```.*?^```$)", GUIDE, flags=re.M | re.S)
    parts[1::2] = [part.replace("#", "\0") for part in parts[1::2]]
    return "".join(parts)


def defined(code):
    names = {}
    exec(compile(code, "guide", "exec"), names)
    return names


def test_a_channel():
    (code,) = examples("Add a channel", "python")
    channel = defined(code)["m_type_potassium"]()
    gate = channel.gate("p")
    assert gate.steady_state(-35.0) == pytest.approx(0.5)
    assert gate.time_constant(-35.0, 36) == pytest.approx(1000 / 4.3)
    cell = nc.patch(nc.Membrane((*nc.hodgkin_huxley().channels, channel), 6.3))
    assert len(nc.simulate(cell, nc.step(10), 20).spike_times()) >= 1


def test_a_lab():
    (code,) = examples("Add a lab", "python")
    description = defined(code)["DECAY"]["decay"]
    lab = Lab(**description)
    assert lab.say() == "After 50 ms, 0.01 is left."
    made = table.tabulate(description["function"], description["sliders"])
    assert {output["name"] for output in made["outputs"]} == {"t", "v", "tau"}


def test_a_section_with_a_figure():
    figure, claims = examples("Add a section with a figure", "python")
    names = defined(figure)
    (line,) = names["ax"].lines
    assert np.ptp(line.get_ydata()) > 50
    exec(compile(claims, "guide", "exec"), names)
    (metadata,) = map(json.loads, examples("Add a section with a figure", "json"))
    assert len(metadata["mystnb"]["image"]["alt"]) > 40


def test_a_problem(tmp_path):
    (text,) = examples("Add a problem", "markdown")
    (code,) = examples("Add a problem", "python")
    path = tmp_path / "membrane-tau.md"
    path.write_text(text, encoding="utf-8")
    problem = page.read(path, SimpleNamespace(**defined(code)))
    assert problem.prompt().endswith("**Answer:** `tau`, in ms, within 1 % (three digits).")
    for seed in (None, *range(20)):
        variant = problem.variant(seed)
        assert problem.judge(variant.answer[""], seed).correct
        for mistake, value in variant.mistakes:
            reply = problem.judge(value[""], seed)
            assert reply.code == f"mistake.{mistake.code}"
            assert reply.message.endswith("?")
        words = [problem.prompt(seed), problem.worked(seed)]
        words += [problem.hint(i, seed) for i in (1, 2, 3)]
        assert all(len(text) > 15 for text in words)
        assert not re.search(r"[{}…]|nan", " ".join(words))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("## hint\n", "## Hint\n", "no section"),
        ("{r:g} kΩ", "{q:g} kΩ", "no number 'q'"),
        ('kind = "Numeric"', 'kind = "Number"', "Number"),
        ("level =", "levle =", "levle"),
        ("## mistake half", "## mistake quarter", "no numbers for"),
        ("\n\nHow many ms", "\nHow many ms", "needs a question"),
        ("+++\nkind", "kind", "settings"),
        ("high = 40", "hihg = 40", "hihg"),
    ],
)
def test_a_wrong_page_is_told_what_is_wrong(tmp_path, old, new, words):
    (text,) = examples("Add a problem", "markdown")
    (code,) = examples("Add a problem", "python")
    assert old in text
    path = tmp_path / "membrane-tau.md"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        page.read(path, SimpleNamespace(**defined(code))).prompt()
