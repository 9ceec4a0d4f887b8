"""The public API says what goes in and what comes out, and mypy holds bodies and users to it."""

import inspect
import pkgutil
import subprocess
import sys
import typing
from importlib import import_module
from pathlib import Path

import pytest

import neurocore

ROOT = Path(__file__).parents[1]


def mypy(*arguments, cwd=ROOT):
    """Return what mypy says, as (file name, line, words)."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--no-pretty", *arguments]
    ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert ran.returncode in (0, 1), ran.stderr
    said = (line.split(":", 2) for line in ran.stdout.splitlines() if " error: " in line)
    return [(Path(name).name, int(line), words.strip()) for name, line, words in said]


def test_the_library_is_without_type_errors():
    assert mypy() == []


RIGHT = """
import numpy as np
import neurocore as nc
from neurocore.labs import lab
from neurocore.practice import check

e_k: float = nc.nernst(4, 140, 1, 37)
print(round(nc.nernst(4, 140, 1), 2), round(nc.ghk_voltage({"K": 1.0}, {"K": 4}, {"K": 140}), 1))
curve = nc.nernst(np.geomspace(2, 20, 5), 140, 1) - e_k
cell = nc.patch(nc.hodgkin_huxley(6.3))
r = nc.simulate(cell, nc.step(10.0, 1.0, 20.0), 30, resets={5: {"h": 0.6}})
print(r.v.max(), r.spike_times().size, r.gates["m"][-1], r.currents["Na"].min())
axon = nc.myelinated_axon(internodes=3)
many = nc.simulate(axon, [nc.step([1.0, 2.0], at=2)], 5.0, record=[0, -1])
print(nc.modify(axon, "Na", nc.block, 0.5, where=[0]).regions, many.spike_times()[0][-1])
print(nc.threshold(cell, lambda a: nc.pulse(a), 20.0, accuracy=1e-2))
print(nc.hodgkin_huxley()["Na"].gates)
plane = nc.MorrisLecar(current=30.0)
for point in nc.fixed_points(plane):
    print(point.kind, point.eigenvalues[0].real)
t, v, w = nc.trajectory(plane, [-60.0, -50.0], 0.0, 100.0)
print(nc.Cable((nc.passive(),) * 2, [10, 20], 2.0, 100.0).length.sum())
print(nc.noise(0, 1, 0, 9)(t).std())
print(check("ghk-rest", -66.6, seed="Ada").correct, lab("rebound").say())
"""

WRONG = """
import neurocore as nc
from neurocore.practice import check

nc.nernst("4", {"K": 140}, 1)
nc.ghk_voltage(1.0, 4.0, 140.0)
nc.patch("squid")
cell = nc.patch(nc.hodgkin_huxley())
nc.simulate(cell, nc.step, 50.0)
nc.simulate(cell, nc.step(10.0), durations=50.0)
r = nc.simulate(cell, nc.step(10.0))
print(r.voltage)
print(r.spike_times().sise)
nc.threshold(cell, nc.step(10.0), 50.0)
nc.threshold(cell, lambda a: nc.step(a), 50.0, acuracy=1e-2)
nc.modify(cell, nc.block, "Na", 0.5)
nc.block(cell, 0.5)
nc.conduction_velocity(cell)
check("ghk-rest", -66.6).corect
nc.fixed_points(nc.IntegrateAndFire())
nc.hodgkin_huxly()
"""


def test_users_profit(tmp_path):
    """Right uses run and pass, and of the wrong ones each line is reported."""
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "wrong.py").write_text(WRONG)
    subprocess.run([sys.executable, "right.py"], cwd=tmp_path, check=True)
    same = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache")]
    said = mypy(*same, "right.py", "wrong.py", cwd=tmp_path)
    assert [x for x in said if x[0] == "right.py"] == []
    right = ("import ", "from ", "cell = ", "r = ")
    wrong = [k for k, x in enumerate(WRONG.splitlines(), 1) if x and not x.startswith(right)]
    assert sorted({line for _, line, _ in said}) == wrong


def exported():
    """Yield the functions and classes that the library's modules and packages hand on."""
    rooms = [info.name for info in pkgutil.iter_modules(neurocore.__path__, "neurocore.")]
    rooms = [room for room in rooms if "._" not in room and room != "neurocore.problems"]
    left = [neurocore, *map(import_module, rooms)]
    while left:
        module = left.pop()
        for name in getattr(module, "__all__", vars(module)):
            value = getattr(module, name)
            if inspect.ismodule(value) and hasattr(module, "__all__"):
                left.append(value)
            elif not name.startswith("_") and callable(value):
                yield value


def public():
    """Return every public function, method and property among them, by its name."""
    found = {}
    for value in exported():
        parts = [value]
        if inspect.isclass(value):
            parts = [x for n, x in vars(value).items() if n == "__init__" or n[0] != "_"]
        for part in parts:
            for inside in ("fget", "func", "__wrapped__"):  # of a property, of a cache
                part = getattr(part, inside, part)
            if inspect.isfunction(part) and part.__module__.startswith("neurocore."):
                found[f"{part.__module__}.{part.__qualname__}"] = part
    return found


FUNCTIONS = public()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_is_annotated(name):
    function = FUNCTIONS[name]
    for variant in typing.get_overloads(function) or [function]:
        signature = inspect.signature(variant)
        lacking = [
            p.name
            for p in signature.parameters.values()
            if p.annotation is p.empty and p.name != "self"
        ]
        assert not lacking
        assert signature.return_annotation is not signature.empty
