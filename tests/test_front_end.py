"""The front end's TypeScript: lint, format, types, and its own tests."""

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
