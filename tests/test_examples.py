"""The examples in the docstrings, run."""

import doctest
import importlib.util
import pkgutil
from pathlib import Path

import numpy as np
import pytest

import neurocore as nc

ROOMS = [
    room.name
    for room in pkgutil.walk_packages(nc.__path__, "neurocore.")
    if ">>>" in Path(importlib.util.find_spec(room.name).origin).read_text(encoding="utf-8")
]


@pytest.mark.parametrize("room", ROOMS)
def test_examples_do_what_they_say(room):
    failed, tried = doctest.testmod(importlib.import_module(room), extraglobs={"nc": nc, "np": np})
    assert failed == 0
    assert tried > 0
