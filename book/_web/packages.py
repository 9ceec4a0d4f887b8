"""Packages as they are imported, where Python runs in a browser.

Pyodide loads what a cell itself imports, before the cell runs. What the library imports
while it runs, such as scipy or matplotlib, comes too late for that. Here it is answered at
once, with the files that Pyodide's lock names; that takes a worker, as in the book's pages
and in JupyterLite.
"""

import hashlib
import importlib
import sys
from importlib.machinery import PathFinder

import pyodide_js
from js import XMLHttpRequest
from pyodide.ffi import JsException

announce = None
"""Called with a file's name and whether it has come, before and after it is loaded, if set."""


class Packages:
    """Finds an import in the packages of Pyodide's lock, and loads it."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Load the package that an import belongs to."""
        package = pyodide_js._api._import_name_to_package_name.get(name)
        if package is None or package in loaded():
            return None
        try:
            load(package)
        except OSError as error:
            raise ImportError(f"{name} could not be loaded: {error}") from None
        importlib.invalidate_caches()
        return PathFinder.find_spec(name)


def loaded():
    """Return the packages that are there."""
    return pyodide_js.loadedPackages.to_py()


def load(package):
    """Fetch and unpack a package and what it depends on, while everything waits."""
    entry = getattr(pyodide_js._api.lockfile_packages, package)
    for other in entry.depends:
        if (name := other.lower().replace("_", "-")) not in loaded():
            load(name)
    if announce:
        announce(entry.file_name, False)
    try:
        unpack(package, _fetch(entry))
    finally:  # else the page waits for it for ever
        if announce:
            announce(entry.file_name, True)


def _fetch(entry):
    """Return a package's file; a bad one is asked for once more, past every cache."""
    for search in ("", "?again"):
        request = XMLHttpRequest.new()
        address = pyodide_js._api.config.indexURL + entry.file_name + search
        request.open("GET", address, False)
        try:
            request.responseType = "arraybuffer"
            request.send()
        except JsException:
            reason = "the site does not answer"
            continue
        kind = entry.file_name.rpartition(".")[2]
        allow = f"Its owner has to upload this file and allow the file type .{kind}"
        if request.status != 200:
            reason = f"the site does not hand out {entry.file_name} ({request.status}). {allow}"
        elif hashlib.sha256(request.response.to_bytes()).hexdigest() != entry.sha256:
            reason = f"the site hands out something else as {entry.file_name}. {allow}"
        else:
            return request.response
    raise OSError(reason)


def unpack(package, content):
    """Unpack a package's file.

    Parameters
    ----------
    package : str
        Its name in the lock.
    content : JsProxy
        The file, as an ArrayBuffer.
    """
    entry = getattr(pyodide_js._api.lockfile_packages, package)
    if entry.install_dir == "dynlib":
        pyodide_js.unpackArchive(content, "zip", extractDir="/usr/lib")
        _link()
    else:
        pyodide_js.unpackArchive(content, "zip", extractDir=pyodide_js._api.sitepackages)
    setattr(pyodide_js.loadedPackages, package, "default channel")


def _link():
    """Load the shared libraries; modules that need one name it without its folder."""
    from ctypes import CDLL, RTLD_GLOBAL
    from pathlib import Path

    libraries = pyodide_js._module.LDSO.loadedLibsByName
    for path in Path("/usr/lib").glob("*.so"):
        if not hasattr(libraries, path.name):
            CDLL(str(path), RTLD_GLOBAL)
            setattr(libraries, path.name, getattr(libraries, str(path)))


sys.meta_path.append(Packages)
