"""The labs of the chapter on propagation."""

from math import erfc

import numpy as np

from neurocore.axon import bare_axon, demyelinate, length_constant, myelinated_axon
from neurocore.labs.description import Axon, Level, Line, Map, Point, Slider, Switch, Traces
from neurocore.membrane import hodgkin_huxley
from neurocore.simulate import simulate

__all__ = ["PROPAGATION", "cable", "step_response", "the_axon"]

DISTANCE, ALONG = np.linspace(0, 4, 41), np.linspace(0, 4, 161)  # mm, drawn and plotted
CLOCK = np.linspace(0, 20, 81)  # ms
PLACES = {"v_0": 0.0, "v_half": 0.5, "v_1": 1.0, "v_2": 2.0}  # mm
AT_ELECTRODE = 10.0  # mV, in the end


def step_response(x, t):
    """Compute how far a long passive cable has charged after a current was switched on at x = 0.

    Parameters
    ----------
    x : array, shape (places,)
        Distance from the electrode in length constants.
    t : array, shape (times,)
        Time since the current came on in membrane time constants.

    Returns
    -------
    array, shape (places, times)
        Voltage over that finally reached at the electrode. Hodgkin and Rushton 1946, Proc R Soc
        Lond B 133:444–479.
    """
    share = np.zeros((len(x), len(t)))
    for i, far in enumerate(x):
        for j, late in enumerate(t):
            if late > 0 and far < 30:  # further out nothing is left, and exp(x) grows large
                bend, root = far / (2 * late**0.5), late**0.5
                # the second term is inf · 0 in floating point where it is next to nothing
                tail = np.exp(far) * erfc(bend + root) if bend + root < 25 else 0.0
                share[i, j] = 0.5 * (np.exp(-far) * erfc(bend - root) - tail)
    return share


def cable(diameter, r_m, r_i, c_m):
    """Follow a passive cable fed from t = 0 on by a current that ends 10 mV up at the electrode.

    Parameters
    ----------
    diameter : float
        µm.
    r_m : float
        Resistance of a unit of membrane area, kΩ·cm².
    r_i : float
        Resistivity of the axoplasm, Ω·cm.
    c_m : float
        Capacitance of a unit of membrane area, µF/cm².

    Returns
    -------
    dict
        ``length_constant`` (mm), ``time_constant`` (ms), their ratio ``pace`` (m/s), the input
        resistance ``r_in`` of a cable that runs on both ways (MΩ); the voltage above rest (mV):
        ``final`` ``along`` the cable (mm), its value ``e_fold`` one length constant away and
        ``at_1`` 1 mm away, ``v_…`` over ``t`` (ms) at 0, ½, 1 and 2 mm, and ``v`` over
        ``distance`` (mm) and ``t``, shape (places, times); ``myelin``, none.
    """
    length = length_constant(diameter, 1e3 * r_m, r_i) / 1e3
    tau = r_m * c_m
    places = np.array([*PLACES.values(), *DISTANCE]) / length
    v = AT_ELECTRODE * step_response(places, CLOCK / tau)
    return {
        "length_constant": length,
        "time_constant": tau,
        "pace": length / tau,
        "r_in": np.sqrt(1e3 * r_m * r_i) / np.pi / (1e-4 * diameter) ** 1.5 / 1e6,
        "distance": DISTANCE,
        "along": ALONG,
        "final": AT_ELECTRODE * np.exp(-ALONG / length),
        "e_fold": AT_ELECTRODE * np.exp(-1),
        "at_1": AT_ELECTRODE * np.exp(-1 / length),
        "t": CLOCK,
        **dict(zip(PLACES, v, strict=False)),
        "v": np.round(v[len(PLACES) :], 1),  # for colours: the eye sees no finer
        "myelin": np.zeros(DISTANCE.size),
    }


AXON_LENGTH = 20.0  # mm
SITES = np.linspace(0, AXON_LENGTH, 81)
MOMENTS = np.linspace(0, 6, 101)
BEYOND = 16  # internodes that run on past the picture, so that no end is near
AT_ENDS = 3  # nodes at either end, where a spike starts and ends otherwise than it travels
THINNED = 3  # internodes
BARE_PIECES = 320  # velocity 0.5 % low at 10 µm
LONGEST_SEGMENT = 0.125  # mm, and at most eight to an internode


def the_axon(myelinated, diameter, celsius, left):
    """Send a spike along 20 mm of axon.

    Parameters
    ----------
    myelinated : bool
        The axon of `neurocore.myelinated_axon`, scaled to the diameter, with internodes of a
        hundred diameters; or else the squid's membrane all along, with the same axoplasm.
    diameter : float
        Of the axon, without its sheath, from 5 to 20 µm.
    celsius : float
        Temperature, °C.
    left : float
        How much myelin is left on three internodes in the middle (%).

    Returns
    -------
    dict
        Over the places ``y`` (mm) and the time ``t`` (ms): the potential ``v`` (mV), shape
        (places, times); ``myelin`` along the axon, 0 to 1; the potential over time at 5, 10 and
        15 mm, ``v_5`` …; the ``velocity`` between 3 and 17 mm, or as far as it comes (m/s; 0 if
        it stops); how far it came, ``reached`` (mm); how many mm of axon are ``lit``, that is,
        above −20 mV, over ``t``, and how many ``nodes`` are so at once, at most; ``outcome``:
        0 bare and conducting, 1 bare and not, 2 myelinated and whole, 3 thinned and crossed,
        4 stopped.
    """
    if myelinated:
        axon, place, myelin = _wrapped(diameter, celsius, left / 100)
        first = 0.1 * diameter
    else:
        membrane = hodgkin_huxley(celsius)
        axon = bare_axon(membrane, diameter, 1e3 * AXON_LENGTH, 98.96, BARE_PIECES)
        place, myelin = axon.position / 1e3, np.zeros(SITES.size)
        first = 1.0
    # One node at 0 mV does not quite fire the next at 10 °C.
    start = np.where(place < first, 20.0, np.nan)
    r = simulate(
        axon, None, MOMENTS[-1], resets={0.0: {"v": start}}, threshold=-30.0, accuracy=1e-2
    )
    v = _sample(MOMENTS, r.t, _sample(SITES, place, r.v).T).T

    arrival = np.array([times[0] if len(times) else np.inf for times in r.spike_times()])
    passed = np.isfinite(arrival[place >= AXON_LENGTH]).any()
    fired = np.isfinite(arrival) & (place <= AXON_LENGTH)
    reached = place[fired].max(initial=first)
    end = min(reached, 17.0)
    velocity = 0.0
    if passed or (end > 4 and not myelinated):
        velocity = (end - 3) / np.ptp(np.interp([3, end], place[fired], arrival[fired]))
    nodes = 0
    if myelinated:
        nodes = (r.v[axon.regions["node"][AT_ENDS:-AT_ENDS]] > -20).sum(axis=0).max()
    if not myelinated:
        outcome = 0 if reached > 4 else 1
    elif not passed:
        outcome = 4
    else:
        outcome = 2 if left == 100 else 3
    return {
        "t": MOMENTS,
        "y": SITES,
        "v": 2 * np.rint(v / 2),  # even millivolts: the eye sees no finer colours
        "myelin": myelin,
        **{f"v_{k}": v[np.searchsorted(SITES, k)] for k in (5, 10, 15)},
        "velocity": velocity,
        "reached": reached,
        "nodes": nodes,
        "lit": AXON_LENGTH * (v > -20).mean(axis=0),
        "outcome": outcome,
    }


def _wrapped(diameter, celsius, left):
    """Return the axon, its compartments' places (mm, nodes having no length) and its myelin."""
    internode = 0.1 * diameter
    segments = min(8, int(np.ceil(internode / LONGEST_SEGMENT)))
    count = round(AXON_LENGTH / internode)
    axon = myelinated_axon(
        internodes=count + BEYOND,
        diameter=diameter,
        internode_length=1e3 * internode,
        membranes=1 + 16.7 * diameter,
        segments=segments,
    )
    thinned = np.arange(THINNED) + (count - THINNED + 1) // 2
    if left < 1:
        axon = demyelinate(axon, thinned, left)
    within = np.concatenate([[0.0], (np.arange(segments) + 0.5) / segments])
    place = internode * np.append(
        (np.arange(count + BEYOND)[:, None] + within).ravel(), count + BEYOND
    )
    myelin = np.where(np.isin(np.floor(SITES / internode), thinned), left, 1.0)
    nodes = np.arange(0, AXON_LENGTH + 1e-9, internode)
    myelin[np.rint(nodes / SITES[1]).astype(int)] = 0.0  # each drawn at the site nearest to it
    return axon.at_temperature(celsius), place, myelin


def _sample(wanted, x, rows):
    """Interpolate rows, given at rising x, to the wanted x."""
    k = np.clip(np.searchsorted(x, wanted) - 1, 0, len(x) - 2)
    share = np.clip((wanted - x[k]) / (x[k + 1] - x[k]), 0, 1)[:, None]
    return rows[k] * (1 - share) + rows[k + 1] * share


PROPAGATION = {
    "cable": {
        "function": cable,
        "title": "The passive cable",
        "time": "t",
        "sliders": (
            Slider("diameter", "Diameter", "µm", (1, 2, 4, 8, 16), 4),
            Slider("r_m", "R_m", "kΩ·cm²", (1, 2, 4, 8, 16), 4),
            Slider("r_i", "R_i", "Ω·cm", (50, 100, 200), 100),
            Slider("c_m", "C_m", "µF/cm²", (0.0625, 0.25, 1, 2), 1),
        ),
        "panels": (
            Traces(
                "In the end: voltage against distance",
                "along",
                "distance (mm)",
                "mV above rest",
                (Line("final", "V"),),
                (0, 4),
                (0, AT_ELECTRODE),
                levels=(Level("e_fold", "1/e of 10 mV"),),
                points=(Point("length_constant", "e_fold", "λ"),),
                keep=True,
            ),
            Traces(
                "On the way: voltage against time at four places",
                "t",
                "time (ms)",
                "mV above rest",
                (
                    Line("v_0", "0 mm"),
                    Line("v_half", "½ mm", dash=True),
                    Line("v_1", "1 mm"),
                    Line("v_2", "2 mm", dash=True),
                ),
                (0, 20),
                (0, AT_ELECTRODE),
                keep=True,
            ),
            Axon(
                "4 mm of cable at the time cursor; the electrode is at the left end",
                "v",
                "distance",
                "myelin",
                (0, AT_ELECTRODE),
            ),
        ),
        "summary": (
            "The length constant is {length_constant:.2f} mm, the time constant "
            "{time_constant:.2f} ms, their ratio {pace:.2f} m/s. At {t:.1f} ms V is {v_1:.1f} mV "
            "at a distance of 1 mm, where it will end at {at_1:.1f} mV. The input resistance is "
            "{r_in:.1f} MΩ.",
        ),
        "attempt": "Keep the curves, then change one thing at a time: four times the diameter, "
        "four times R_m, half of R_i, a quarter of C_m. Last, raise R_m fourfold and lower C_m "
        "fourfold together.",
        "notice": "The curve over distance knows nothing of C_m. Those over time do: more R_m "
        "carries the voltage further, but makes everybody wait. With less C_m, or more diameter, "
        "it arrives sooner.",
    },
    "the-axon": {
        "function": the_axon,
        "title": "The axon",
        "time": "t",
        "start": 3.0,
        "sliders": (
            Switch("myelinated", "Myelin", value=False),
            Slider("diameter", "Diameter of the axon", "µm", (5, 10, 20), 10),
            Slider("celsius", "Temperature", "°C", (10, 15, 20, 25, 30, 37), 20),
            Slider("left", "Myelin left on three internodes", "%", (0, 2, 5, 10, 25, 100), 100),
        ),
        "panels": (
            Map(
                "Where the spike is, and when",
                "v",
                "t",
                "y",
                "time (ms)",
                "distance (mm)",
                (-80, 40),
                "mV",
            ),
            Traces(
                "Electrodes at 5, 10 and 15 mm",
                "t",
                "time (ms)",
                "V_m (mV)",
                (
                    Line("v_5", "5 mm"),
                    Line("v_10", "10 mm", dash=True),
                    Line("v_15", "15 mm"),
                ),
                (0, 6),
                (-80, 50),
                keep=True,
            ),
            Axon(
                "20 mm of axon at the time cursor; it runs on beyond", "v", "y", "myelin", (-80, 40)
            ),
        ),
        "summary": (
            "The bare axon conducts at {velocity:.2f} m/s: in 6 ms the spike comes "
            "{reached:.1f} mm far. At {t:.1f} ms {lit:.1f} mm of axon are above −20 mV.",
            "At this temperature the bare axon does not conduct: the spike gets no "
            "further than {reached:.1f} mm. At {t:.1f} ms {lit:.1f} mm of axon are above −20 mV.",
            "The spike runs at {velocity:.1f} m/s. At {t:.1f} ms {lit:.1f} mm of axon are above "
            "−20 mV; at most {nodes:.0f} nodes are so at once.",
            "The spike crosses the thinned stretch, at {velocity:.1f} m/s between 3 and 17 mm. "
            "At {t:.1f} ms {lit:.1f} mm of axon are above −20 mV; at most {nodes:.0f} nodes are "
            "so at once.",
            "The spike stops at {reached:.1f} mm: the current that comes through the thinned "
            "stretch does not bring the next node to threshold. At {t:.1f} ms {lit:.1f} mm of "
            "axon are above −20 mV.",
        ),
        "attempt": "Note the speed, then switch the myelin on. Drag the time cursor through the "
        "spike and count what is lit at once. Then take myelin off the middle, little by "
        "little, and warm the axon.",
        "notice": "With myelin the same axon is about eleven times as fast, and its spike spreads "
        "over many nodes. A thinned stretch first delays the spike and then stops it, sooner "
        "when warm.",
    },
}
