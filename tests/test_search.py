"""Bisection and golden sections: where they stop, and what they find at an end."""

import math

import numpy as np
import pytest

from neurocore._search import bisect, lowest
from neurocore.experiments import smallest_from_below


@pytest.mark.parametrize("edge", [-87.3, 1e-3, math.pi, 1e6 / 3])
def test_bisection_comes_as_close_as_floats_allow(edge):
    assert bisect(lambda x: x >= edge, edge - 1, edge + 2) == pytest.approx(edge, rel=1e-15)


@pytest.mark.parametrize(
    ("options", "most"), [({"resolution": 0.1}, 0.1), ({"relative": 0.01}, 0.08)]
)
def test_bisection_asks_no_more_than_it_needs(options, most):
    asked = []
    found = bisect(lambda x: asked.append(x) or x >= 7.3, 0.0, 16.0, **options)
    assert abs(found - 7.3) <= most / 2
    assert len(asked) == math.ceil(math.log2(16.0 / most))


@pytest.mark.parametrize("place", [-40.1, 0.0, 1 / 3, 12.3])
def test_golden_sections_find_the_lowest_point(place):
    assert lowest(lambda x: abs(x - place), place - 1, place + 0.3, 1e-9) == pytest.approx(
        place, abs=1e-9
    )
    assert lowest(lambda x: (x - place) ** 2, place, place + 1, 0.0) == pytest.approx(
        place, abs=1e-12
    )


def test_from_below_finds_what_a_larger_value_undoes():
    def works(x):
        return 2.5 <= x <= 3.2

    assert smallest_from_below(works, 0.0, 0.7, 1.2, 10.0) == pytest.approx(2.5, rel=1e-4)
    assert smallest_from_below(works, 0.0, 2.45, 2.0, 2.6) == pytest.approx(2.5, rel=1e-4)
    assert smallest_from_below(works, 0.0, 0.7, 1.2, 2.4) == np.inf
