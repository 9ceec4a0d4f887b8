"""What can be written only when the whole site stands: its policy and its service worker."""

import base64
import hashlib
import json
import re
from html import unescape
from pathlib import Path

# Not for reading without a network: sources of the sources, and what brings a cache of its own.
NOT_KEPT = re.compile(
    r"\.map$|^_static/(pyodide|locales|webpack-macros|sbt-webpack)|^lite/|^service-worker\.js$|"
    r"^objects\.inv$|fontawesome/(js|webfonts/fa-(brands|regular|v4))|^\.|\.ttf$"
)
POLICY = (
    "default-src 'none'; "
    # Pyodide compiles WebAssembly; the hashes are of the theme's few inline scripts.
    "script-src 'self' 'wasm-unsafe-eval' {hashes}; "
    # Equations carry their measures as style attributes.
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    # From a blob, Python's worker inherits this policy.
    "worker-src 'self' blob:; frame-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)
HANDLER = re.compile(r"<[a-z][^>]*?\son[a-z]+=\"([^\"]*)\"", re.IGNORECASE)
META = '<meta http-equiv="Content-Security-Policy" content="'


def policy(page):
    """Return a page's policy: the site itself, and exactly the inline scripts it has now."""
    inline = [
        match["code"]
        for match in SCRIPT.finditer(page)
        if "src=" not in match["attributes"] and "json" not in match["attributes"]
    ]
    handlers = [unescape(match[1]) for match in HANDLER.finditer(page)]
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"
        for code in inline + handlers
        if code
    }
    words = sorted(hashes) + (["'unsafe-hashes'"] if handlers else [])
    return POLICY.format(hashes=" ".join(words))


def seal(out):
    """Give every page of a folder its Content-Security-Policy."""
    for path in out.rglob("*.html"):
        if {"lite", "_static"} & set(path.relative_to(out).parts):
            continue
        page = path.read_text(encoding="utf-8")
        bare = re.sub(re.escape(META) + r'[^"]*">\n?', "", page)
        charset = re.search(r"<meta charset[^>]*>", bare)[0]
        sealed = bare.replace(charset, f'{charset}{META}{policy(bare)}">\n', 1)
        if sealed != page:
            path.write_text(sealed, encoding="utf-8")


def write_service_worker(out, script):
    """Write the service worker, which names every file that it may keep.

    Parameters
    ----------
    out : pathlib.Path
        The site.
    script : pathlib.Path
        The bundled service worker.
    """
    files = {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not NOT_KEPT.search(path.relative_to(out).as_posix())
    }
    version = hashlib.sha256(json.dumps(files).encode()).hexdigest()[:12]
    site = json.dumps({"version": version, "files": list(files)})
    Path(out, "service-worker.js").write_text(f"const SITE={site};\n{script.read_text()}")
