"""Potentials that conductances couple: a symmetric positive definite system, solved directly.

The matrix is fixed but for its diagonal, and elimination needs no pivots. What takes least:

- neighbours in a row make it tridiagonal (LAPACK's dptsv);
- a few branches, put into an order in which linked unknowns stand close together (reverse
  Cuthill–McKee), leave nothing but 0 outside a narrow band about the diagonal (dpbsv);
- many branches make the band wide. Eliminated from the tips to the root, they leave next to
  nothing else to be done (Hines 1984, Int J Biomed Comput 15:69–76; SuperLU).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

NARROW = 32  # unknowns from the diagonal to the band's edge: beyond, SuperLU is quicker


class Coupling:
    """The links between unknowns, and the solution of what they couple.

    Parameters
    ----------
    size : int
        How many unknowns one copy has.
    links : array of int, shape (links, 2)
        Which unknowns each link joins; a tree's parents stand before their children.
    conductance : array, shape (links,)
        Of each link.
    copies : int
        How many of the same stand side by side, not linked.

    Attributes
    ----------
    load : array, shape (copies · size,)
        The conductance of all links of each unknown: what they add to the diagonal.
    """

    matrix: Any  # what LAPACK or SuperLU overwrites

    def __init__(
        self,
        size: int,
        links: NDArray[np.integer],
        conductance: NDArray[np.float64],
        copies: int = 1,
    ) -> None:
        links, conductance = np.reshape(links, (-1, 2)).astype(int), np.asarray(conductance)
        load = np.zeros(size)
        for end in links.T:
            np.add.at(load, end, conductance)
        self.load = np.tile(load, copies)
        if np.all(np.abs(links[:, 1] - links[:, 0]) == 1):
            self._in_a_row(size, links, conductance, copies)
            return
        order, place = _close_together(size, links)
        if np.abs(np.diff(place[links])).max() > NARROW:
            self._from_tips_to_root(size, links, conductance, copies)
        else:
            self._in_a_band(order, place[links], conductance, copies)

    def _in_a_row(self, size, links, conductance, copies):
        from scipy.linalg.lapack import dptsv

        link = np.zeros(size)
        np.add.at(link, links.min(axis=1), conductance)
        self.off, self.dptsv, self.solve = -np.tile(link, copies)[:-1], dptsv, self._solve_row

    def _in_a_band(self, order, links, conductance, copies):
        from scipy.linalg.lapack import dpbsv

        column = links.min(axis=1)
        row = links.max(axis=1) - column
        band = np.zeros((1 + row.max(), order.size))  # row d holds what lies d below the diagonal
        np.add.at(band, (row, column), -conductance)
        self.band = np.asfortranarray(np.tile(band, copies))
        self.matrix = np.empty_like(self.band)
        self.order = (np.arange(copies)[:, None] * order.size + order).ravel()
        self.dpbsv, self.solve = dpbsv, self._solve_band

    def _from_tips_to_root(self, size, links, conductance, copies):
        from scipy.sparse import csc_array, eye_array, kron
        from scipy.sparse.linalg import splu

        here = np.arange(size)
        row, column = size - 1 - np.concatenate([(here, here), links.T, links.T[::-1]], axis=1)
        values = np.concatenate([np.ones(size), -conductance, -conductance])
        one = csc_array((values, (row, column)), (size, size))
        self.matrix = csc_array(kron(eye_array(copies), one))
        self.matrix.sort_indices()
        of = np.repeat(np.arange(copies * size), np.diff(self.matrix.indptr))
        self.on_diagonal = np.flatnonzero(self.matrix.indices == of)
        self.splu, self.solve = splu, self._solve_sparse

    def _solve_row(self, diagonal, right):
        return self.dptsv(diagonal, self.off, right, overwrite_d=1, overwrite_b=1)[2]

    def _solve_band(self, diagonal, right):
        np.copyto(self.matrix, self.band)
        self.matrix[0] = diagonal[self.order]
        found = self.dpbsv(self.matrix, right[self.order], lower=1, overwrite_ab=1, overwrite_b=1)
        right[self.order] = found[1]
        return right

    def _solve_sparse(self, diagonal, right):
        self.matrix.data[self.on_diagonal] = diagonal[::-1]
        factors = self.splu(
            self.matrix,
            permc_spec="NATURAL",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
        return factors.solve(right[::-1])[::-1]


def _close_together(size, links):
    """Return the unknowns in an order in which linked ones stand close, and each one's place."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    graph = coo_array((np.ones(len(links)), links.T), (size, size)).tocsr()
    order = reverse_cuthill_mckee(graph + graph.T, symmetric_mode=True)
    return order, np.argsort(order)
