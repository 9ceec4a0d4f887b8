"""Cells that branch."""

import numpy as np
import pytest

import neurocore as nc
from neurocore.solvers.banded_cholesky import Coupling

SQUID = nc.hodgkin_huxley()


# --- the solver ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["row", "tree", "mesh"])
@pytest.mark.parametrize("copies", [1, 3])
def test_what_is_coupled_is_solved_as_by_a_full_matrix(kind, copies):
    random = np.random.default_rng(3)
    n = 40
    parents = np.arange(n - 1) if kind == "row" else random.integers(0, np.arange(1, n))
    links = np.stack([np.arange(1, n), parents], axis=1)
    if kind == "mesh":
        links = np.concatenate([links, random.permutation(n).reshape(-1, 2)])
    g = random.uniform(0.1, 1.0, len(links))
    matrix = np.zeros((n, n))
    for (i, j), value in zip(links, g, strict=True):
        matrix[[i, j], [j, i]] -= value
    load = -matrix.sum(axis=1)
    coupling = Coupling(n, links, g, copies)
    np.testing.assert_allclose(coupling.load, np.tile(load, copies), rtol=1e-13)
    for _ in range(2):  # a second solution knows nothing of the first
        own, right = random.uniform(0.1, 1.0, (2, copies, n))
        wanted = [np.linalg.solve(matrix + np.diag(load + own[k]), right[k]) for k in range(copies)]
        found = coupling.solve((np.tile(load, copies) + own.ravel()), right.ravel().copy())
        np.testing.assert_allclose(found, np.ravel(wanted), rtol=1e-12)
