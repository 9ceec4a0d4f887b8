"""A Chromium for the tests: the one that is there, else the distribution's, else Playwright's.

``python tests/browser.py`` installs one where there is none. It prefers the shell without a
window: to open a page it takes half the time of a whole Chromium.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find():
    """Return the path of a browser to test with, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    if MAC.exists():
        return str(MAC)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install():
    """Install a browser: Debian's where this is Debian and we may, the shell if there is one."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"])
        for package in (SHELL, "chromium"):
            command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
            if not subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL).returncode:
                return
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if not shutil.which(SHELL):
        install()
    print(f"tests use {find()}")
