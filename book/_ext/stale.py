"""Which pages the library's changes have made stale: those alone are run and written anew.

Sphinx and the cache of executed notebooks know a page by its own text; this adds what the page
takes from the library.
"""

import ast
import hashlib
from pathlib import Path

import nbformat
from jupyter_cache import get_cache

from neurocore.labs import LABS
from neurocore.labs.sources import fingerprint, used


def rests_on(path):
    """Return a hash of what the code of a notebook takes from the library."""
    names, shown = roots(path)
    described = [{k: v for k, v in LABS[name].items() if k != "function"} for name in shown]
    return fingerprint(*sorted(names)) + hashlib.sha256(repr(described).encode()).hexdigest()


def roots(path):
    """Return what the code of a notebook uses of the library, and which labs it shows."""
    cells = nbformat.read(path, as_version=4).cells
    lines = "\n".join(x.source for x in cells if x.cell_type == "code").splitlines()
    # As one text: what one cell imports, another uses.
    tree = ast.parse("\n".join("" if x.lstrip().startswith("%") else x for x in lines))
    names = used(tree)
    shown = [name for name in _labs(tree) if name in LABS]
    # A page rests on the labs that it shows, not on all that there are.
    names.discard(("neurocore.labs", "lab"))
    if shown:
        names.add(("neurocore.labs.widget", "Lab"))
    for name in shown:
        function = LABS[name]["function"]
        names.add((function.__module__, function.__qualname__))
    return names, shown


def _labs(tree):
    """Return the names of the labs that a piece of code shows."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "lab":
            yield from (x.value for x in node.args if isinstance(x, ast.Constant))


def find(app, env, added, changed, removed):
    """Have each page read again whose part of the library has changed, and its notebook run."""
    known = getattr(env, "living_book_rests_on", {})
    now = {}
    for name in sorted(env.found_docs - removed):
        path = Path(env.doc2path(name))
        if path.suffix == ".ipynb":
            now[name] = rests_on(path)
    stale = [name for name, value in now.items() if known.get(name) != value]
    env.living_book_rests_on = now
    folder = app.config.nb_execution_cache_path or Path(app.outdir).parent / ".jupyter_cache"
    cache = get_cache(str(folder))
    paths = {str(env.doc2path(name)) for name in stale}
    for record in cache.list_cache_records():
        if record.uri in paths:
            cache.remove_cache(record.pk)
    return stale


def setup(app):
    """Connect to Sphinx."""
    app.connect("env-get-outdated", find)
    return {"version": "1", "parallel_read_safe": True}
