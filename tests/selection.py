"""Runs only the tests that a change can break: `make check` loads this into pytest.

A change is what differs from the commit `BASE`, or else from where this branch left the one that
it follows. A test is run where a piece of code that it rests on has changed, by
`neurocore.labs.sources`, or a file that it is about or names. Of the tests of the built site only
those marked `smoke` are run, where something that the site is made of has changed.
"""

import functools
import importlib.util
import io
import json
import os
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

import stale

from neurocore.labs import LABS, sources
from neurocore.problems import problems

ROOT = Path(__file__).parents[1]
SITE = re.compile(
    r"book/|exercises/|neurocore/labs/front_end/|neurocore/practice/style|_config|_toc"
)


def git(*arguments):
    """Return what git says; nothing where it refuses."""
    run = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True)
    return b"" if run.returncode else run.stdout


BASE = os.environ.get("BASE") or git("merge-base", "HEAD", "@{upstream}").decode().strip() or "HEAD"
CHANGED = {
    *git("diff", "--name-only", BASE).decode().split(),
    *git("ls-files", "--others", "--exclude-standard").decode().split(),
}
CHAPTER_OF = {problem: chapter for problem, (_, chapter) in problems().items()}


@functools.cache
def checkouts():
    """Return `sources` for what there is now, and for what there was."""
    then = Path(tempfile.mkdtemp())
    with tarfile.open(fileobj=io.BytesIO(git("archive", BASE))) as archive:
        archive.extractall(then, filter="data")
    return [sources_of(ROOT), sources_of(then)]


def sources_of(folder):
    spec = importlib.util.spec_from_file_location("sources_of_a_checkout", sources.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.PLACES["neurocore"] = folder / "neurocore"
    for path in (*folder.glob("tests/*.py"), *folder.glob("book/_ext/*.py")):
        module.PLACES[path.stem] = path.with_suffix("")
    return module


def roots(item):
    """Return where a test begins: its function and its fixtures."""
    found = {(item.module.__name__, item.function.__qualname__.split(".")[0])}
    for fixtures in item._fixtureinfo.name2fixturedefs.values():
        found |= {(x.func.__module__, x.func.__name__) for x in fixtures}
    return found


def subjects(item):
    """Return what a test with parameters is about: a problem, lab, chapter, room, file, folder."""
    values = item.callspec.params.values() if hasattr(item, "callspec") else ()
    values = [getattr(x, "id", x) for x in values]
    paths = {x.relative_to(ROOT).as_posix() for x in values if isinstance(x, Path)}
    return paths | {x for x in values if isinstance(x, str)}


def of_the_bank(text, about):
    """Return the problems that a test tries: those that it is about, or names, or all."""
    if tried := {x for x, chapter in CHAPTER_OF.items() if about & {x, chapter}}:
        return tried
    if "id='problems'" not in text:
        return set()
    return {x for x in CHAPTER_OF if f"value={x!r}" in text} or {*CHAPTER_OF}


def is_about(path, words):
    parts = {part.replace("_", "-") for part in Path(path).with_suffix("").parts}
    return any(path.startswith(f"{x}/") or path == x or x.replace("_", "-") in parts for x in words)


def code(notebook):
    """Return a notebook's code, without its words."""
    cells = json.loads(notebook)["cells"] if notebook else []
    return [cell["source"] for cell in cells if cell["cell_type"] == "code"]


def can_break(item):
    """Return whether something that a test rests on has changed."""
    if "site_folder" in getattr(item, "fixturenames", ()):
        return bool(item.get_closest_marker("smoke") and any(map(SITE.match, CHANGED)))
    if item.path.suffix == ".ipynb":
        return notebook_can_break(item.path)
    found, about = roots(item), subjects(item)
    labs = about & {*LABS}  # these, and no other
    found |= {(LABS[x]["function"].__module__, LABS[x]["function"].__name__) for x in labs}
    tried = of_the_bank(own_text(frozenset(found)), about)
    for problem in tried:
        chapter, function = f"neurocore.problems.{CHAPTER_OF[problem]}", problem.replace("-", "_")
        found |= {(chapter, function), (chapter, f"draw_{function}")}
    return any(is_about(x, about | tried) for x in CHANGED) or differs(frozenset(found), bool(labs))


@functools.cache
def notebook_can_break(path):
    then = git("show", f"{BASE}:{path.relative_to(ROOT).as_posix()}")
    return code(path.read_text()) != code(then) or differs(frozenset(stale.roots(path)[0]), True)


@functools.cache
def rests_on(names, without_labs=False):
    """Return all that some names rest on now, with its text."""
    leave = [("neurocore.labs", "LABS")] if without_labs else []
    found = checkouts()[0].pieces(*sorted(names), without=leave)
    return {place: text for place, text in found.items() if text is not None}


@functools.cache
def is_new(place):
    now, then = checkouts()
    return not then._path(place[0]) or now._piece(*place) != then._piece(*place)


def differs(names, without_labs):
    """Return whether what some names rest on has changed, or a file that it names."""
    found = rests_on(names, without_labs)
    data = [f"{Path(x).name}'" for x in CHANGED if not x.endswith(".py")]
    return any(map(is_new, found)) or any(x in text for x in data for text in found.values())


@functools.cache
def own_text(names):
    """Return what some names rest on in the tests, as text."""
    return "".join(text for (name, _), text in rests_on(names).items() if name.startswith("test_"))


def pytest_report_header():
    """Say what is compared with what."""
    return f"only what {len(CHANGED)} files that differ from {BASE} can break"


def pytest_collection_modifyitems(config, items):
    """Leave out what no change can break."""
    whole = any(x in CHANGED for x in ("pyproject.toml", "requirements.txt"))
    chosen = {x for x in items if whole or can_break(x)}
    config.hook.pytest_deselected(items=[x for x in items if x not in chosen])
    items[:] = [x for x in items if x in chosen]


def pytest_sessionfinish(session, exitstatus):
    """Nothing to run is no failure."""
    if exitstatus == 5:
        session.exitstatus = 0
