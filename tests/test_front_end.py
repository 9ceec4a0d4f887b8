"""The front end's TypeScript: lint, format, types, and its own tests."""

import front_end_cases
import node_tools
import pytest


@pytest.fixture(scope="module", autouse=True)
def copied():
    node_tools.copy()


def test_lint():
    said, code = node_tools.run(
        "eslint", "--config", "tests/front_end/eslint.config.js", *node_tools.FOLDERS
    )
    assert code == 0, said


def test_format():
    said, code = node_tools.prettier("--check")
    assert code == 0, f"{said}\n`python tests/node_tools.py` puts it right"


@pytest.mark.parametrize("folder", node_tools.FOLDERS)
def test_types(folder):
    said, code = node_tools.run("tsc", "--noEmit", "--project", folder)
    assert code == 0, said


def test_units():
    """The front end's own tests, on what Python writes."""
    front_end_cases.write()
    said, code = node_tools.run("vitest", "run", folder=front_end_cases.TESTS)
    assert code == 0, said
