"""A cell that builds its own resting potential, from a drop of the bath to rest.

Nothing about the membrane potential is assumed. The cell keeps account of every ion that each
mechanism carries, and the potential is the charge this leaves on the membrane's capacitance
(the charge-difference method: Fraser and Huang 2004, J Physiol 559:459). The same book-keeping
covers the milliseconds in which the membrane charges and the hours in which the gradients form.

Units: mV, ms (`MINUTE` is a minute of them), mM, µm, µm³, fmol, °C; permeabilities in cm/s,
currents in µA/cm² and conductances in mS/cm² of membrane.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurocore._arguments import number, numbers, temperature
from neurocore.ions import AVOGADRO, FARADAY, MAMMALIAN, VALENCE, nernst, thermal_voltage

MINUTE = 60e3
"""One minute in ms."""

IONS = ("K", "Na", "Cl", "Ca")
MECHANISMS = ("anions", "leaks", "pump", "kcc2", "ncx", "pmca")
"""What `build_rest` can switch on and off, in the order in which the book tells the story."""

STORY = MappingProxyType(
    {
        "anions": 0.0,
        "leaks": 20 * MINUTE,
        "pump": 40 * MINUTE,
        "kcc2": 120 * MINUTE,
        "ncx": 150 * MINUTE,
        "pmca": 180 * MINUTE,
    }
)
"""The times at which `build_rest` switches the mechanisms on unless told otherwise, ms."""

# What one turn of each process brings into the cell; "A" is the impermeant anion, charge −1.
# An anion that metabolism makes leaves a proton, which Na⁺/H⁺ exchange trades for Na⁺.
TURNS = {
    ("anions", "A"): {"A": 1, "Na": 1},
    ("leaks", "K"): {"K": -1},
    ("leaks", "Na"): {"Na": -1},
    ("leaks", "Cl"): {"Cl": -1},
    ("leaks", "Ca"): {"Ca": -1},
    ("pump", "Na"): {"Na": -3, "K": 2},
    ("kcc2", "Cl"): {"K": -1, "Cl": -1},
    ("ncx", "Ca"): {"Na": 3, "Ca": -1},
    ("pmca", "Ca"): {"Ca": -1},
}
SOLUTES = (*IONS, "A")
CHARGE = np.array([*(VALENCE[ion] for ion in IONS), -1])
STOICHIOMETRY = np.array([[turn.get(s, 0) for turn in TURNS.values()] for s in SOLUTES], float)
TURN_CHARGE = CHARGE @ STOICHIOMETRY


def _frozen(**items):
    return field(default_factory=lambda: MappingProxyType(items))


@dataclass(frozen=True)
class Cell:
    """A round cell in a large bath, and how strong each of its mechanisms is.

    The bath is electroneutral: impermeant anions of charge −1 (bicarbonate, phosphate, protein)
    fill the gap that Cl⁻ leaves. It is so large that what the cell gives or takes does not
    change it. Water crosses the membrane so much faster than salt that the cell is at all times
    in osmotic balance with the bath: its volume follows its solutes. The membrane's area stays
    that of the sphere, as if folds gave and took what a change of volume needs. Calcium is not
    buffered, so that its concentration moves faster than it would in cytoplasm.

    The forms of the rates come from the sources named below. Their strengths are set so that
    the whole cell rests at −67 mV with K⁺ 139, Na⁺ 12, Cl⁻ 7 mM and Ca²⁺ 150 nM inside. That
    takes more Na⁺ permeability than the 0.05 that fits the GHK voltage to these ions, for here
    the pump and the Cl⁻ that KCC2 keeps low pull V down as well.

    Attributes
    ----------
    radius : float
        Radius at the start, µm.
    outside : mapping of str to float
        Concentrations of K, Na, Cl and Ca in the bath, mM.
    permeability : mapping of str to float
        Permeabilities of the leak channels to the same four ions, cm/s. The currents are those
        of Goldman, Hodgkin and Katz.
    anions : float
        Impermeant anions inside when the cell has made all of them, mM in the starting volume;
        it makes none if the drop of the bath already holds as many.
    anion_time : float
        Time constant with which they are made, ms.
    pump : float
        Largest current of the Na⁺/K⁺ pump, µA/cm²: a supply of ATP that runs low is a smaller
        value. 3 Na⁺ out for 2 K⁺ in, as the third power of Na⁺ inside and the second of K⁺
        outside, half-saturations 10 and 2 mM (the form of Kager, Wadman and Somjen 2000,
        J Neurophysiol 84:495; the numbers of their group's NEURON code).
    kcc2 : float
        Strength of the K⁺/Cl⁻ cotransporter, mS/cm²: it carries kcc2·(E_Cl − E_K) of each ion
        out (Düsterwald et al. 2018, eLife 7:e39575) and no net charge.
    ncx : float
        Strength of the Na⁺/Ca²⁺ exchanger, µA/cm² per mM⁴: 3 Na⁺ for 1 Ca²⁺, with the kinetics
        of DiFrancesco and Noble (1985) as Schild et al. (1994, J Neurophysiol 71:2338) use them
        in a neuron. It turns round at `ncx_reversal`.
    pmca : float
        Largest rate of the plasma-membrane Ca²⁺ pump, µA/cm² per charge: one Ca²⁺ out per ATP,
        half-saturation 0.2 µM (Brini and Carafoli 2011, CSH Perspect Biol 3:a004168).
    atp : float
        Free energy of ATP hydrolysis, kJ/mol; 54 to 58 in heart, liver and red cells (Veech et
        al. 2002, IUBMB Life 54:241). Both pumps stall where a turn costs as much as this, and
        run backwards beyond.
    capacitance : float
        Membrane capacitance, µF/cm².
    celsius : float
        Temperature, °C. It enters RT/F alone: the rates are those at 37 °C.

    Raises
    ------
    ValueError, TypeError
        If an attribute is not a number, is negative where it must not be, or an ion is missing
        or unknown, or the bath's Cl⁻ leaves no room for other anions.
    """

    radius: float = 10.0
    outside: Mapping[str, float] = _frozen(**MAMMALIAN.outside, Ca=1.2)
    permeability: Mapping[str, float] = _frozen(K=4e-7, Na=3.4e-8, Cl=1.8e-7, Ca=4e-9)
    anions: float = 143.8
    anion_time: float = 4 * MINUTE
    pump: float = 6.1
    kcc2: float = 0.0044
    ncx: float = 1.2e-5
    pmca: float = 0.00265
    atp: float = 56.0
    capacitance: float = 1.0
    celsius: float = 37.0

    def __post_init__(self) -> None:
        for name in ("radius", "anion_time", "atp", "capacitance"):
            number(name, getattr(self, name), above=0)
        for name in ("anions", "pump", "kcc2", "ncx", "pmca"):
            number(name, getattr(self, name), least=0)
        temperature(number("celsius", self.celsius))
        for name, limit in (("outside", {"above": 0}), ("permeability", {"least": 0})):
            given = getattr(self, name)
            if not isinstance(given, Mapping) or set(given) != set(IONS):
                raise ValueError(f"{name} must map each of {', '.join(IONS)}; got {given!r}")
            fixed = {i: number(f"{name}[{i!r}]", given[i], **limit) for i in IONS}
            object.__setattr__(self, name, MappingProxyType(fixed))
        if self.bath_anions <= 0:
            cations = self.bath_anions + self.outside["Cl"]
            raise ValueError(
                f"outside['Cl'] must be less than the charge of the cations, {cations:g} mM; "
                f"got {self.outside['Cl']:g}"
            )

    @property
    def area(self) -> float:
        """Membrane area, µm²."""
        return 4 * math.pi * self.radius**2

    @property
    def bath_anions(self) -> float:
        """Impermeant anions outside, mM."""
        return sum(VALENCE[ion] * c for ion, c in self.outside.items())


@dataclass(frozen=True, eq=False)
class History:
    """What happened to a cell.

    Attributes
    ----------
    cell : Cell
        The cell.
    t : numpy.ndarray
        Times, ms, closer together where more happens. Every array has its shape.
    v : numpy.ndarray
        Membrane potential, mV.
    inside : mapping of str to numpy.ndarray
        Concentrations of K, Na, Cl, Ca and the impermeant anions A, mM.
    volume : numpy.ndarray
        Volume, µm³.
    moved : mapping of str to (mapping of str to numpy.ndarray)
        What each mechanism has brought into the cell since the start, by ion, fmol; negative for
        what it has taken out.
    """

    cell: Cell
    t: NDArray[np.float64]
    v: NDArray[np.float64]
    inside: Mapping[str, NDArray[np.float64]]
    volume: NDArray[np.float64]
    moved: Mapping[str, Mapping[str, NDArray[np.float64]]]

    def reversal(self, ion: str) -> NDArray[np.float64]:
        """Return the Nernst potential of K, Na, Cl or Ca over time, mV."""
        if ion not in IONS:
            raise ValueError(f"ion must be one of {', '.join(IONS)}; got {ion!r}")
        cell = self.cell
        return np.asarray(nernst(cell.outside[ion], self.inside[ion], VALENCE[ion], cell.celsius))

    def count(self, ion: str) -> NDArray[np.float64]:
        """Return how many of an ion, or of the anions A, are in the cell over time."""
        if ion not in SOLUTES:
            raise ValueError(f"ion must be one of {', '.join(SOLUTES)}; got {ion!r}")
        return self.inside[ion] * self.volume * 1e-18 * AVOGADRO

    @property
    def charges(self) -> NDArray[np.float64]:
        """How many elementary charges set the potential, negative if anions are in excess."""
        farads = self.cell.capacitance * self.cell.area * 1e-14
        return farads * self.v * 1e-3 * AVOGADRO / FARADAY


def build_rest(
    cell: Cell | None = None,
    schedule: Mapping[str, ArrayLike] | None = None,
    duration: float = 240 * MINUTE,
) -> History:
    """Follow a cell from a drop of the bath towards rest.

    At the start the cell holds what the bath holds, V is 0 and nothing moves. Each mechanism
    works from the time at which the schedule switches it on.

    Parameters
    ----------
    cell : Cell, optional
        The cell; by default the one described there.
    schedule : mapping of str to (float or sequence of float), optional
        For each mechanism, any of `MECHANISMS`, the time at which it is switched on, ms, or
        several rising times at which it is switched on, off, on and so on. A mechanism without
        a time stays off. By default one after the other, as the book tells it.
    duration : float
        How long to follow the cell, ms.

    Returns
    -------
    History
        The potential, the concentrations, the volume and what each mechanism has carried.

    Raises
    ------
    ValueError, TypeError
        If a mechanism is unknown, or a time is not allowed.
    RuntimeError
        If a cell is so extreme that it cannot be followed.

    Notes
    -----
    Against an implicit integrator at tight tolerance V errs by less than 0.01 mV and
    concentrations by less than 0.2 %. Charge and numbers of ions are conserved to rounding
    whatever the step, since only what has crossed is integrated.

    Without leaks a pump's charge has no way back: V runs to where ATP's energy is used up, near
    −0.6 V, long after a real membrane has broken down. With leaks and without the pump the cell
    swells until its anions are as dilute as those of the bath, to three times its volume; a real
    one bursts on the way.

    Examples
    --------
    >>> history = build_rest(Cell(), {"anions": 0, "leaks": 10 * MINUTE, "pump": 20 * MINUTE})
    >>> bool(-75 < history.v[-1] < -60)
    True
    """
    cell = Cell() if cell is None else cell
    if not isinstance(cell, Cell):
        raise TypeError(f"cell must be a Cell; got {cell!r}")
    duration = number("duration", duration, above=0)
    switches = _switches(STORY if schedule is None else schedule)

    membrane = _Membrane(cell)
    times, extents = [0.0], [np.zeros(len(TURNS))]
    for stop in sorted({min(time, duration) for time, _ in switches} | {duration}):
        steps = _integrate(membrane, extents[-1], times[-1], stop, duration / LEAST_STEPS)
        for time, extent in steps:
            times.append(time)
            extents.append(extent)
        for time, name in switches:
            if time == stop:
                membrane.on ^= {name}
    return _history(membrane, np.array(times), np.array(extents))


LEAST_STEPS = 200  # in a run, so that a plot of them is smooth
FIRST_STEP, SHORTEST_STEP = 1e-3, 1e-7  # ms
# Local error allowed per step: in V, relative in each content, and where a content is next to
# nothing (1e-12 of the bath is 0.3 pM) as a part of all contents.
MILLIVOLTS, RELATIVE, ROUNDING = 1e-3, 1e-5, 1e-12


def _switches(schedule):
    """Return (time, mechanism) for every time at which a mechanism is turned on or off."""
    if not isinstance(schedule, Mapping):
        raise TypeError(f"schedule must map mechanisms to times in ms; got {schedule!r}")
    switches = []
    for name, given in schedule.items():
        if name not in MECHANISMS:
            raise ValueError(f"schedule must name any of {', '.join(MECHANISMS)}; got {name!r}")
        times = np.atleast_1d(numbers(f"schedule[{name!r}]", given, least=0))
        if times.ndim > 1 or (np.diff(times) <= 0).any():
            raise ValueError(f"schedule[{name!r}] must be one time or rising times; got {given!r}")
        switches += [(float(time), name) for time in times]
    return switches


class _Membrane:
    """The rates at which a cell's processes turn.

    What has crossed is counted as charge per area of membrane, nC/cm² of elementary charges, so
    that the time derivative is a current density and charge over capacitance is in mV.
    """

    def __init__(self, cell):
        self.cell = cell
        self.on = set()
        self.rt = thermal_voltage(cell.celsius)
        bath = [*(cell.outside[ion] for ion in IONS), cell.bath_anions]
        self.osmolarity = sum(bath)
        depth = cell.radius * 1e-4 / 3  # Volume over area, cm.
        self.content = np.array(bath) * depth * FARADAY * 1e3
        self.anions = cell.anions * depth * FARADAY * 1e3
        self.to_state = np.vstack([TURN_CHARGE / cell.capacitance, STOICHIOMETRY])
        outside = cell.outside
        self.pump = cell.pump * (outside["K"] / (outside["K"] + 2.0)) ** 2
        self.atp = cell.atp * 1e6 / FARADAY / self.rt  # in units of RT

    def state(self, extents):
        """Return V and the contents of the cell from what has crossed."""
        state = self.to_state @ extents
        state[1:] += self.content
        return state

    def rates(self, state):
        """Return how fast each process of `TURNS` runs, µA/cm² of elementary charges."""
        v, k, na, cl, ca, anions = state
        to_mm = self.osmolarity / (k + na + cl + ca + anions)
        k, na, cl, ca = k * to_mm, na * to_mm, cl * to_mm, ca * to_mm
        if min(k, na, cl, ca) <= 0:
            raise ValueError
        cell, on, out = self.cell, self.on, self.cell.outside
        u = v / self.rt
        rates = [0.0] * 9
        if "anions" in on:
            rates[0] = max(0.0, self.anions - anions) / cell.anion_time
        if "leaks" in on:
            p = cell.permeability
            rates[1] = p["K"] * FARADAY * _ghk_flux(u, out["K"], k)
            rates[2] = p["Na"] * FARADAY * _ghk_flux(u, out["Na"], na)
            rates[3] = p["Cl"] * FARADAY * _ghk_flux(-u, out["Cl"], cl)
            rates[4] = p["Ca"] * FARADAY * _ghk_flux(2 * u, out["Ca"], ca)
        if "pump" in on:
            cost = 3 * math.log(out["Na"] / na) + 2 * math.log(k / out["K"]) - u
            rates[5] = self.pump * (na / (na + 10.0)) ** 3 * self._drive(cost)
        if "kcc2" in on:
            rates[6] = cell.kcc2 * self.rt * math.log(k * cl / (out["K"] * out["Cl"]))
        if "ncx" in on:
            sodium_in, sodium_out = out["Na"] ** 3 * ca, na**3 * out["Ca"]
            turnover = sodium_in * math.exp(-u / 2) - sodium_out * math.exp(u / 2)
            rates[7] = cell.ncx * turnover / (1 + 3.6e-3 * (sodium_in + sodium_out))
        if "pmca" in on:
            cost = math.log(out["Ca"] / ca) - 2 * u
            rates[8] = cell.pmca * ca / (ca + 2e-4) * self._drive(cost)
        return rates

    def _drive(self, cost):
        """Return the forward less the backward share of a pump's turns that cost so many RT."""
        return math.tanh((self.atp - cost) / 2)

    def rates_at(self, extents):
        """Return the rates as an array, from what has crossed."""
        return np.array(self.rates(self.state(extents).tolist()))

    def jacobian(self, state, rates):
        """Return the derivatives of the rates to what has crossed."""
        columns = []
        for i, x in enumerate(state.tolist()):
            step = 1e-5 if i == 0 else 1e-7 * x
            moved = state.tolist()
            moved[i] = x + step
            columns.append([(b - a) / step for a, b in zip(rates, self.rates(moved), strict=True)])
        return np.array(columns).T @ self.to_state


def _ghk_flux(u, outside, inside):
    """Return the net way out per permeability; u is the ion's zFV/RT."""
    if u == 0:
        return inside - outside
    return u * (inside * math.exp(u) - outside) / math.expm1(u)


def _integrate(membrane, extents, start, stop, longest):
    """Yield (time, extents) after each step from start to stop.

    Rodas3 (Sandu et al. 1997, Atmos Environ 31:3459): third order, L-stable, one inverse and no
    iteration per step, so that it keeps every linear invariant. The step is held where the
    embedded second-order result agrees within tolerance in V and in each content.
    """
    identity = np.eye(len(TURNS))
    # Rounding in the inverse must not move what is switched off.
    runs = np.array([[name in membrane.on] for name, _ in TURNS])
    time, step = start, FIRST_STEP
    while time < stop:
        state = membrane.state(extents)
        rates = membrane.rates(state.tolist())
        jacobian = membrane.jacobian(state, rates)
        rates = np.array(rates)
        while True:
            step = min(step, longest)
            last = time + step >= stop - 1e-9 * longest
            h = stop - time if last else step
            solve = runs * np.linalg.inv(identity * (2 / h) - jacobian)
            k1 = solve @ rates
            k2 = solve @ (rates + 4 / h * k1)
            try:
                trial = extents + 2 * k1
                k3 = solve @ (membrane.rates_at(trial) + (k1 - k2) / h)
                trial = trial + k3
                k4 = solve @ (membrane.rates_at(trial) + (k1 - k2 - 8 / 3 * k3) / h)
                trial = trial + k4
                after = membrane.state(trial)
                allowed = RELATIVE * np.maximum(np.abs(state), np.abs(after))
                allowed += ROUNDING * after[1:].sum()
                allowed[0] = MILLIVOLTS + RELATIVE * abs(after[0])
                error = np.max(np.abs(membrane.to_state @ k4) / allowed)
                membrane.rates(after.tolist())
            except (ValueError, ArithmeticError):  # the step overshot to where no cell can be
                error = math.inf
            if error <= 1:
                step = h * min(6.0, 0.9 * max(error, 1e-3) ** (-1 / 3))
                break
            step = h / 4
            if step < SHORTEST_STEP:
                raise RuntimeError(
                    f"the cell cannot be followed beyond {time:g} ms, where V is {state[0]:g} mV"
                )
        time, extents = (stop if last else time + h), trial
        yield time, extents


def _history(membrane, times, extents):
    """Turn what has crossed, nC/cm², into what a physiologist would look at."""
    cell = membrane.cell
    state = membrane.to_state @ extents.T
    content = membrane.content[:, None] + state[1:]
    total = content.sum(axis=0)
    fmol = cell.area * 1e-8 / FARADAY * 1e6
    moved = {name: {} for name in MECHANISMS}
    for (name, _), turns, turn in zip(TURNS, extents.T, TURNS.values(), strict=True):
        for ion, number_per_turn in turn.items():
            moved[name][ion] = number_per_turn * turns * fmol
    return History(
        cell=cell,
        t=times,
        v=state[0],
        inside=MappingProxyType(
            dict(zip(SOLUTES, content / total * membrane.osmolarity, strict=True))
        ),
        volume=total * fmol / membrane.osmolarity * 1e3,
        moved=MappingProxyType({name: MappingProxyType(ions) for name, ions in moved.items()}),
    )
