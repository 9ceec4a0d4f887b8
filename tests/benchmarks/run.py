"""Time neurocore beside other simulators, at equal error: ``python tests/benchmarks/run.py``.

Makes an environment of its own for the peers, beside this file, and then runs
``work_precision.py`` in it. Names of workloads (W1 … W5) choose among them.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

here = Path(__file__).parent
home = here / ".venv"
if not home.exists():
    venv.create(home, with_pip=True)
    pip = [home / "bin" / "python", "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-r", here / "requirements.txt"], check=True)
code = subprocess.run(
    [home / "bin" / "python", here / "work_precision.py", *sys.argv[1:]],
    env=os.environ | {"PYTHONPATH": str(here.parents[1]), "OMP_NUM_THREADS": "1"},
).returncode
sys.exit(code)
