"""Potentials that conductances couple: a symmetric positive definite system, solved directly.

The matrix is fixed but for its diagonal. Neighbours in a row make it tridiagonal. Whatever else is
linked is first put into an order in which linked unknowns stand close together (reverse
Cuthill–McKee), so that a narrow band about the diagonal holds all that is not 0. LAPACK factorises
either without pivots, in a time that grows with the unknowns and the square of the band's width.
"""

import numpy as np


class Coupling:
    """The links between unknowns, and the solution of what they couple.

    Parameters
    ----------
    size : int
        How many unknowns one copy has.
    links : array of int, shape (links, 2)
        Which unknowns each link joins.
    conductance : array, shape (links,)
        Of each link.
    copies : int
        How many of the same stand side by side, not linked.

    Attributes
    ----------
    load : array, shape (copies · size,)
        The conductance of all links of each unknown: what they add to the diagonal.
    """

    def __init__(self, size, links, conductance, copies=1):
        links, conductance = np.reshape(links, (-1, 2)).astype(int), np.asarray(conductance)
        load = np.zeros(size)
        for end in links.T:
            np.add.at(load, end, conductance)
        self.load = np.tile(load, copies)
        if np.all(np.abs(links[:, 1] - links[:, 0]) == 1):
            self._in_a_row(size, links, conductance, copies)
        else:
            self._in_a_band(size, links, conductance, copies)

    def _in_a_row(self, size, links, conductance, copies):
        from scipy.linalg.lapack import dptsv

        link = np.zeros(size)
        np.add.at(link, links.min(axis=1), conductance)
        self.off, self.dptsv, self.solve = -np.tile(link, copies)[:-1], dptsv, self._solve_row

    def _in_a_band(self, size, links, conductance, copies):
        from scipy.linalg.lapack import dpbsv
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import reverse_cuthill_mckee

        graph = coo_array((np.ones(len(links)), links.T), (size, size)).tocsr()
        order = reverse_cuthill_mckee(graph + graph.T, symmetric_mode=True)
        self.place = np.argsort(order)  # where in the band's order each unknown stands
        self.order = (np.arange(copies)[:, None] * size + order).ravel()
        column = self.place[links].min(axis=1)
        row = self.place[links].max(axis=1) - column
        band = np.zeros((1 + row.max(), size))  # row d holds what lies d below the diagonal
        np.add.at(band, (row, column), -conductance)
        self.band = np.asfortranarray(np.tile(band, copies))
        self.matrix = np.empty_like(self.band)
        self.dpbsv, self.solve = dpbsv, self._solve_band

    def _solve_row(self, diagonal, right):
        return self.dptsv(diagonal, self.off, right, overwrite_d=1, overwrite_b=1)[2]

    def _solve_band(self, diagonal, right):
        np.copyto(self.matrix, self.band)
        self.matrix[0] = diagonal[self.order]
        found = self.dpbsv(self.matrix, right[self.order], lower=1, overwrite_ab=1, overwrite_b=1)
        right[self.order] = found[1]
        return right
