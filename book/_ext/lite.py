"""The notebooks in the browser: JupyterLite, on the Pyodide that the site serves anyway."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pyodide_site
from sphinx.errors import ExtensionError

# Kept out of the builder's environment: there its extension troubles a real JupyterLab.
PACKAGES = {
    "doit==0.37.0": "a9f181566aa90faac515e276f85e6526019554ed7e13c12cf9dc094ffecf3e1b",
    "jupyterlite-core==0.6.4": "0e20c1e32a26a6ca7d80df2094d69acfcb58b54c109c66865bbe8513c3502c01",
    "jupyterlite-pyodide-kernel==0.6.1": (
        "d16f2e44dedd60d7a5578cd901a4de1ac34d30c80671abba7ec1ac70a65e2972"
    ),
    "pkginfo==2.0": "98c7aaa804dfe017b0de65d4b41a2f4649a656f43d3c21525b13e8075716fa1b",
}
# What the kernel brings along for Pyodide.
KERNEL = ("ipykernel-6.9.2", "piplite-0.6.1", "pyodide_kernel-0.6.1", "widgetsnbextension-4.0.999")
# Loaded with the interpreter, so that nothing needs to be installed.
LOADED = (
    *("micropip", "piplite", "ssl", "sqlite3", "ipykernel", "comm", "pyodide-kernel"),
    *("jedi", "ipython", "anywidget", "neurocore"),
)
KERNEL_EXTENSION = "@jupyterlite/pyodide-kernel-extension"


def install(folder):
    """Have JupyterLite's builder in a folder of its own.

    Returns
    -------
    dict
        The kernel's wheels by name, as bytes.
    """
    wheels = folder / "wheels"
    stamp = folder / hashlib.sha256(json.dumps(PACKAGES).encode()).hexdigest()[:12]
    if not stamp.exists():
        shutil.rmtree(folder, ignore_errors=True)
        wheels.mkdir(parents=True)
        pyodide_site.download(PACKAGES, wheels)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
        command += ["--target", folder / "packages", *wheels.glob("*.whl")]
        subprocess.run(command, check=True, capture_output=True)
        stamp.touch()
    (carrier,) = wheels.glob("jupyterlite_pyodide_kernel-*.whl")
    found = {}
    with zipfile.ZipFile(carrier) as archive:
        for path in archive.namelist():
            name = path.rsplit("/", 1)[-1]
            if name.endswith(".whl") and name.startswith(KERNEL):
                found[name] = archive.read(path)
    return found


def build(folder, pyodide, notebooks, out, title):
    """Build JupyterLite into the site.

    Parameters
    ----------
    folder : pathlib.Path
        Where `install` put the builder.
    pyodide : pathlib.Path
        The distribution, with the wheels of the widgets' own extensions.
    notebooks : dict
        Path in JupyterLite: path on this machine.
    out : pathlib.Path
        The site's ``lite``.
    title : str
        What it calls itself.
    """
    extensions = [
        *folder.glob("wheels/jupyterlite_pyodide_kernel-*.whl"),
        *pyodide.glob("anywidget-*.whl"),
        *pyodide.glob("jupyterlab_widgets-*.whl"),
    ]
    key = hashlib.sha256(json.dumps([title, LOADED, list(notebooks)]).encode())
    for path in (*extensions, Path(__file__)):
        key.update(path.read_bytes())
    done, stamp = folder / "site", folder / "site.key"
    if not (stamp.exists() and stamp.read_text() == key.hexdigest()):
        work, contents = folder / "work", folder / "contents"
        for old in (work, contents, done):
            shutil.rmtree(old, ignore_errors=True)
        work.mkdir()
        for name, source in notebooks.items():
            (contents / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, contents / name)
        kernel = {
            "pyodideUrl": "../../_static/pyodide/pyodide.js",
            "disablePyPIFallback": True,
            "loadPyodideOptions": {"packages": LOADED},
        }
        site = {
            "jupyter-lite-schema-version": 0,
            "jupyter-config-data": {
                "appName": title,
                "litePluginSettings": {f"{KERNEL_EXTENSION}:kernel": kernel},
            },
        }
        settings = {
            "contents": [str(contents)],
            "apps": ["lab", "notebooks", "tree"],
            "federated_extensions": [str(path) for path in extensions],
            "ignore_sys_prefix": ["federated_extensions"],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "output_dir": str(done),
        }
        (work / "jupyter-lite.json").write_text(json.dumps(site))
        (work / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": settings}))
        run = subprocess.run(
            [sys.executable, "-m", "jupyterlite_core.app", "build"],
            cwd=work,
            env=os.environ | {"PYTHONPATH": str(folder / "packages")},
            capture_output=True,
            text=True,
        )
        if run.returncode:
            raise ExtensionError(f"JupyterLite could not be built:\n{run.stdout}{run.stderr}")
        for page in done.rglob("index.html"):  # else a browser asks the host for favicon.ico
            up = "../" * len(page.relative_to(done).parts)
            icon = f'<head><link rel="icon" href="{up}_static/favicon.svg">'
            page.write_text(page.read_text("utf-8").replace("<head>", icon, 1), "utf-8")
        stamp.write_text(key.hexdigest())
    for name, source in notebooks.items():  # their text alone makes no new site
        shutil.copy(source, done / "files" / name)
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(done, out)
