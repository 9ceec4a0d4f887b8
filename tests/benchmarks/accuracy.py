"""Whether `nc.simulate` keeps its promise of accuracy: ``python tests/benchmarks/accuracy.py``.

Runs cases at random (tests/random_cases.py) beside the judge (tests/judge.py) and prints how many
spike and arrival times are within the accuracy asked for. ``--cases 40`` runs as many,
``--first 700`` begins there, and ``--seed 731`` runs one again.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from random_cases import FORMS, MODELS, STEEP, case, judge, run


def row(name, results):
    if not results:
        return
    times = np.array([v.time / c.accuracy for c, v in results])
    volts = np.array([v.potential / (STEEP * c.accuracy) for c, v in results])
    print(
        f"{name:28} {len(results):5} {100 * np.mean(times <= 1):7.1f} % "
        f"{np.median(times):10.2g} {times.max():10.3g} "
        f"{100 * np.mean(volts <= 1):7.1f} % {volts.max():10.3g}"
    )


def table(results):
    print(
        f"\n{'error / accuracy':28} {'':5} {'spike and arrival times':^31} {'gentle V':^20}\n"
        f"{'':28} {'cases':>5} {'within':>9} {'median':>10} {'worst':>10} "
        f"{'within':>9} {'worst':>10}"
    )
    row("all", results)
    for near in (False, True):
        row("near threshold" if near else "others", [x for x in results if x[0].near == near])
    for model in MODELS:
        for form in FORMS:
            chosen = [x for x in results if (x[0].model, x[0].form) == (model, form)]
            row(f"{model}, {form}", chosen)
    for k in range(-6, -2):
        chosen = [x for x in results if 10**k <= x[0].accuracy < 10 ** (k + 1)]
        row(f"accuracy from 1e{k} ms", chosen)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="run this case only")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.cases)
    if options.seed is not None:
        seeds = [options.seed]
    results, undecided, failures = [], [], []
    for seed in seeds:
        start = time.perf_counter()
        c = case(seed)
        verdict = judge(c, run(c))
        ratio = verdict.time / c.accuracy
        line = (
            f"{c}: off by {ratio:.3g} of it, V by {verdict.potential:.2g} mV, "
            f"{verdict.spikes} spikes, judge sure to {verdict.apart:.1g} ms, "
            f"{time.perf_counter() - start:.1f} s"
        )
        if verdict.decided:
            results.append((c, verdict))
            if ratio > 1:
                failures.append(line)
        else:
            undecided.append(line)
        print(line, flush=True)
    table(results)
    for title, lines in {
        "beyond the accuracy": failures,
        "the judge is not sure": undecided,
    }.items():
        print(f"\n{title}: {len(lines)}", *lines, sep="\n  ")


if __name__ == "__main__":
    main()
