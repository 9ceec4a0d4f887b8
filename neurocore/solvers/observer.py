"""What is kept of an array run while it goes on, and when it is over."""

import numpy as np

from neurocore.spikes import by_column, rises

QUIET = 0.05  # mV: a cell left alone that moves less during a chunk of steps will not fire any more


class Observer:
    """Keeps samples of an array run, finds its spikes, and says when it is over.

    Parameters
    ----------
    size : int
        How many compartments there are, of all traces.
    columns : array of int
        Which of them are watched.
    every : int
        How many steps lie between two samples.
    gates : bool
        Whether gates are sampled, too.
    threshold : float
        A spike is a rise of the potential through this (mV).
    stop : set of int or None
        The run is over when these columns have spiked, or when nothing moves any more.
    """

    def __init__(self, size, columns, every, gates, threshold, stop):
        self.size, self.columns = size, columns
        if np.all(np.diff(columns) == 1):
            self.columns = slice(columns[0], columns[-1] + 1)
        self.count = columns.size
        self.every, self.gates, self.stop, self.threshold = every, gates, stop, threshold
        self.times, self.v, self.states = [], [], []
        self.places = None
        self.t, self.over, self.alone = 0.0, False, False
        self.found, self.tail = [], None

    def begin(self, groups):
        """Note the gates at the start of a stretch, where they are known at the step itself."""
        self.row = 0
        if self.gates:
            self.before = self._gates(groups)

    def _gates(self, groups):
        """Return the gates of the columns watched, shape (names, columns)."""
        if self.places is None:
            self.places = self._find_places(groups)
        values = self.blank.copy()
        for to, states, at in self.places:
            values[to] = states[:, at]
        return values

    def _find_places(self, groups):
        columns = np.arange(self.size)[self.columns]
        self.names = sorted({name for group in groups for name in group.states})
        self.blank = np.full((len(self.names), self.count), np.nan)
        places = []
        for group in groups:
            to, at = self._meet(columns, group)
            for names, states in group.blocks:
                rows = [self.names.index(name) for name in names]
                places.append((np.ix_(rows, to), states, at))
        return places

    def _meet(self, columns, group):
        """Return which columns lie in the group, and where there."""
        members = np.arange(self.size)[group.index]
        at = np.minimum(np.searchsorted(members, columns), members.size - 1)
        to = np.flatnonzero(members[at] == columns)
        return to, at[to]

    def gate(self, row, groups):
        """Note the gates, half a step after step `row` of the stretch, if they are sampled there.

        At the step itself they are the mean of half a step before and after.
        """
        kept = row % self.every == 0
        if kept or (row + 1) % self.every == 0:
            now = self._gates(groups)
            if kept:
                self.states.append(self.before if row == 0 else 0.5 * (self.before + now))
            self.before = now

    def __call__(self, history, dt):
        """Take in a chunk of steps; return whether to go on."""
        times = self.t + dt * np.arange(len(history))
        v = history[:, self.columns]
        keep = slice(-self.row % self.every, None, self.every)
        self.times.extend(times[keep])
        self.v.append(v[keep].copy())
        self.row += len(history)
        self.t += len(history) * dt
        self._find(times, v)
        if self.stop is not None:
            risen = self.stop.issubset(np.concatenate([c for c, _ in self.found]))
            self.over = risen or (self.alone and np.ptp(history, axis=0).max() < QUIET)
        return not self.over

    def _find(self, times, v, end=False):
        """Find rises, leaving those for later whose surroundings are not yet known."""
        first = 0 if self.tail is None else 1
        if self.tail is not None:
            times = np.concatenate([self.tail[0], times])
            v = np.concatenate([self.tail[1], v])
        self.found.append(rises(times, v, self.threshold, first, len(times) - (2 if end else 3)))
        self.tail = times[-3:], v[-3:].copy()

    def finish(self, v, groups):
        """Take in the state at the end of the run."""
        last = v[None, self.columns]
        self.times.append(self.t)
        self.v.append(last.copy())
        if self.gates:
            self.states.append(self._gates(groups))
        self._find(np.array([self.t]), last, end=True)

    def samples(self):
        """Hand over the potentials sampled, shape (times, columns)."""
        chunks, self.v = self.v, []
        return np.concatenate(chunks)

    def spikes(self):
        """Return the spike times (ms) of each column."""
        column, times = (np.concatenate(found) for found in zip(*self.found, strict=True))
        return by_column(column, times, self.count)
