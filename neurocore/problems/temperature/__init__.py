"""Problems of the chapter "Temperature, myelin and size"."""

from math import exp, pi, sqrt

import numpy as np

from neurocore.axon import bare_axon, demyelinate, myelinated_axon
from neurocore.channels import block
from neurocore.experiments import blocking_temperature, conduction_velocity, kick
from neurocore.membrane import hodgkin_huxley
from neurocore.plots import COLOUR, label, level
from neurocore.practice.kinds import Vary
from neurocore.problems.computed import computed

ARRIVAL = 37.0  # °C, where the first problem's axon is asked about


def _per_ten(ratio, p):
    return ratio ** (10 / (p.warm - p.cold))


def _warmed(p):
    """Return the Q10 of speed and duration, and the active stretch at the last temperature (mm)."""
    speed, duration = _per_ten(p.v_warm / p.v_cold, p), _per_ten(p.w_cold / p.w_warm, p)
    on = (ARRIVAL - p.warm) / 10
    return speed, duration, p.v_warm * speed**on * p.w_warm / duration**on


def two_thermometers(p):
    return {
        "answer": dict(zip(("q10_speed", "q10_width", "stretch"), _warmed(p), strict=True)),
        "bare-ratio": {"q10_speed": p.v_warm / p.v_cold, "q10_width": p.w_cold / p.w_warm},
        "straight-line": {"q10_width": 1 + (p.w_cold / p.w_warm - 1) * 10 / (p.warm - p.cold)},
        "longer-in-the-warm": {"q10_width": 1 / _warmed(p)[1]},
        "width-as-before": {
            "stretch": p.v_warm * _warmed(p)[0] ** ((ARRIVAL - p.warm) / 10) * p.w_warm
        },
        "arrival": ARRIVAL,
        "apart": p.warm - p.cold,
        "decades": (ARRIVAL - p.warm) / 10,
        "stretch_cold": p.v_cold * p.w_cold,
    }


SQUID_D, SQUID_R_I = 476.0, 35.4  # µm, Ω·cm: the axon of Hodgkin and Huxley's calculation
COLDEST, WARMEST = 6, 33  # °C


def _squid_axon(compartments):
    return bare_axon(hodgkin_huxley(), SQUID_D, 50_000.0, SQUID_R_I, compartments)


@computed
def _speeds():
    """Return the speed of the squid's axon at each degree, m/s."""
    axon = _squid_axon(500)
    return tuple(
        conduction_velocity(axon.at_temperature(float(celsius)), duration=10.0)
        for celsius in range(COLDEST, WARMEST + 1)
    )


def _speed(p, celsius):
    """Return the speed of an axon of another diameter, m/s; the square root is exact there."""
    degrees = np.arange(COLDEST, WARMEST + 1)
    return np.interp(celsius, degrees, _speeds()) * sqrt(p.diameter / SQUID_D)


def _fastest():
    return float(COLDEST + np.argmax(_speeds()))


def _by_q10(p, power):
    return lambda celsius: _speed(p, 6.3) * 3 ** (power * (celsius - 6.3) / 10)


def draw_warm_speed(axes, p):
    celsius = np.arange(COLDEST, WARMEST + 1)
    axes.plot(celsius, _speed(p, celsius), color=COLOUR["V"])
    axes.plot(celsius, _by_q10(p, 0.5)(celsius), ":", color=COLOUR["muted"])
    label(axes, 20, 1.05 * float(_by_q10(p, 0.5)(20.0)), "square root of the rates", "muted",
          ha="right")  # fmt: skip
    level(axes, _heat_block(0.0), "block", along="y")
    axes.set(xlabel="temperature (°C)", ylabel="speed (m/s)", xlim=(5, 37))
    axes.set_ylim(0, 2.6 * _speed(p, 6.3))


WARM_SPEED = {"diameter": Vary(SQUID_D, 300, 700, 50)}
WARM_SPEED_LOW = float(COLDEST)
WARM_SPEED_HIGH = float(WARMEST)
WARM_SPEED_POINTS = WARMEST - COLDEST + 1


def warm_speed(p):
    return {
        "answer": lambda celsius: _speed(p, celsius),
        "as-the-rates": {"": _by_q10(p, 1.0)},
        "root-of-the-rates": {"": _by_q10(p, 0.5)},
        "never-warmed": {"": lambda celsius: float(_speed(p, 6.3))},
        "radius": {"": lambda celsius: _speed(p, celsius) / sqrt(2)},
        "squid_r_i": SQUID_R_I,
        "speed_cold": _speed(p, 6.3),
        "speed_hot": _speed(p, 30.0),
        "fastest": _fastest(),
        "blocks_at": _heat_block(0.0),
    }


@computed
def _heat_block(blocked):
    """Return the blocking temperature of the squid's axon with a share of g_Na blocked, °C."""
    axon = _squid_axon(200)
    if blocked:
        axon = axon.modify("Na", block, blocked)
    return float(blocking_temperature(axon, 20.0, 38.0, 0.04, duration=10.0))


def _blocks(p):
    return _heat_block(0.0), _heat_block(p.blocked / 100)


def heat_block(p):
    return {
        "answer": dict(zip(("whole", "poisoned"), _blocks(p), strict=True)),
        "fastest": {"whole": _fastest()},
        "heat-alone": {"poisoned": _blocks(p)[0]},
        "in-proportion": {"poisoned": _blocks(p)[0] * (1 - p.blocked / 100)},
        "squid_d": SQUID_D,
        "squid_r_i": SQUID_R_I,
        "blocked_share": p.blocked / 100,
    }


LESION = (9, 10, 11)
FIBRE = (
    "A myelinated fibre: `axon = nc.myelinated_axon()`.\nIt has 20 internodes of 1 mm.\nThe axon "
    "is 10 µm thick, and the sheath amounts to 168 membranes in series: the axon's own and 167 of "
    "myelin.\nThe nodes have the squid's kinetics, with ten times its sodium channels, at 20 °C."
)
KEPT = tuple(x / 100 for x in (5, 10, 15, 20))


def _thinned(kept, internodes=LESION):
    return demyelinate(myelinated_axon(), internodes, kept)


@computed
def _lesion_block(kept, blocked=0.0, internodes=3):
    """Return the blocking temperature with so much myelin left and g_K blocked, °C."""
    axon = _thinned(kept, LESION[:internodes])
    if blocked:
        axon = axon.modify("K", block, blocked)
    # As with the defaults, within 0.1 °C, but sooner.
    options = {"resolution": 0.05, "duration": 6.0, "accuracy": 1e-2}
    return float(blocking_temperature(axon, 15.0, 45.0, **options))


def draw_thin_myelin(axes, p):
    per_cent = 100 * np.array(KEPT)
    for blocked, role, words in ((0.0, "V", "as it is"), (0.9, "K", "with 4-AP")):
        t = [_lesion_block(kept, blocked) for kept in KEPT]
        axes.plot(per_cent, t, "o-", color=COLOUR[role])
        label(axes, per_cent[-1] + 0.5, t[-1], words, role, va="center")
    axes.set(xlabel="myelin left in three internodes (%)", ylabel="blocking temperature (°C)")
    axes.set(xlim=(3, 25.5), xticks=per_cent)


def thin_myelin(p):
    return {
        "answer": {"thin": _lesion_block(p.kept), "treated": _lesion_block(p.kept, 0.9)},
        "one-internode": {"thin": _lesion_block(p.kept, 0.0, 1)},
        "a-tenth-blocked": {"treated": _lesion_block(p.kept, 0.1)},
        "the-shift": {"treated": _lesion_block(p.kept, 0.9) - _lesion_block(p.kept)},
        "fibre": FIBRE,
        "first": LESION[0],
        "second": LESION[1],
        "third": LESION[2],
        "list_lesion": list(LESION),
        "gained": _lesion_block(p.kept, 0.9) - _lesion_block(p.kept),
    }


LATE_NODE = 18
OPTIC_NERVE = 50  # mm; the fibre's internodes are of 1 mm


@computed
def _arrival(kept, first=LATE_NODE):
    """Return when the spike arrives at a node of the lesioned fibre at 20 °C, ms."""
    axon = _thinned(kept)
    place = int(axon.regions["node"][first])
    return float(kick(axon, [place], 6.0).spike_times()[0][0])


def _healthy():
    """Return what the fibre takes for each internode without a lesion, µs."""
    nodes = LESION[0], LESION[-1] + 1
    return 1e3 * (_arrival(1.0, nodes[1]) - _arrival(1.0, nodes[0])) / len(LESION)


def _delay(p):
    """Return the lesion's delay and the time for each thin internode (µs), and a nerve's (ms)."""
    extra = 1e3 * (_arrival(p.kept) - _arrival(1.0))
    return extra, _healthy() + extra / len(LESION), 1e-3 * extra * OPTIC_NERVE / len(LESION)


def lesion_delay(p):
    return {
        "answer": dict(zip(("extra", "each", "nerve"), _delay(p), strict=True)),
        "arrival": {"extra": 1e3 * _arrival(p.kept)},
        "extra-alone": {"each": _delay(p)[0] / len(LESION)},
        "as-the-capacitance": {
            "extra": len(LESION) * _healthy() * (1 / p.kept - 1),
            "each": _healthy() / p.kept,
        },
        "fibre": FIBRE,
        "first": LESION[0],
        "second": LESION[1],
        "third": LESION[2],
        "late_node": LATE_NODE,
        "healthy": _healthy(),
        "list_lesion": list(LESION),
        "lesion_length": len(LESION),
        "times_longer": _delay(p)[1] / _healthy(),
    }


def _matched(p):
    """Return crossover (µm), bare diameter of the same speed (µm), ratio of areas."""
    bare = (p.per_um * p.fibre / p.at_one) ** 2
    return (p.at_one / p.per_um) ** 2, bare, (bare / p.fibre) ** 2


def worth_its_myelin(p):
    return {
        "answer": dict(zip(("crossover", "bare", "space"), _matched(p), strict=True)),
        "not-squared": {"crossover": p.at_one / p.per_um, "bare": p.per_um * p.fibre / p.at_one},
        "diameters-for-areas": {"space": _matched(p)[1] / p.fibre},
        "both-linear": {"bare": p.fibre * p.per_um / p.at_one**2},
        "area-in-um2": {"space": pi / 4 * _matched(p)[1] ** 2},
        "speed_fibre": p.per_um * p.fibre,
    }


BEST_G = exp(-0.25)
RUSHTON_G = exp(-0.5)


def _per_area(g):
    """Return speed per cross-section of a fibre with a given axon, over the largest there is."""
    return g**2 * np.sqrt(-np.log(g)) / (BEST_G**2 * 0.5)


def _per_width(g):
    return g * np.sqrt(-np.log(g)) / (RUSHTON_G * sqrt(0.5))


def draw_space_for_speed(axes, p):
    g = np.linspace(0.2, 0.995, 200)
    for curve, role, best, words in (
        (_per_area, "V", BEST_G, "per cross-section"),
        (_per_width, "muted", RUSHTON_G, "per diameter"),
    ):
        axes.plot(g, curve(g), "-" if role == "V" else "--", color=COLOUR[role])
        axes.plot(best, 1.0, "o", color=COLOUR[role])
        label(axes, best, 1.04, f"{best:.2f}", role, ha="center")
        label(axes, 0.32, curve(0.32) + 0.04, words, role, ha="right")
    axes.set(xlabel="g-ratio", ylabel="speed for its space", ylim=(0, 1.15), xlim=(0, 1))


def space_for_speed(p):
    return {
        "answer": _per_area,
        "per-diameter": _per_width,
        "not-normalised": lambda g: g**2 * np.sqrt(-np.log(g)),
        "no-root": lambda g: -(g**2) * np.log(g) * 2 * np.e,
        "speed-alone": lambda g: np.sqrt(-np.log(g)) / np.sqrt(-np.log(0.25)),
        "best_g": BEST_G,
        "rushton_g": RUSHTON_G,
        "per_area_rushton_g": _per_area(RUSHTON_G),
    }


PROBLEMS = (
    "two-thermometers",
    "warm-speed",
    "heat-block",
    "warming-why",
    "lesion-delay",
    "thin-myelin",
    "worth-its-myelin",
    "space-for-speed",
)
"""In the order of the chapter."""
