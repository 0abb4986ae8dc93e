"""The system libraries that Qt's wheels expect of a Linux machine, and how to get them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: Debian and Ubuntu packages: what QtWidgets and the xcb platform plugin link to (found with
#: ldd), and one small font, without which every letter is an empty box.
PACKAGES = (
    "libgl1 libegl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libfreetype6 libx11-xcb1 "
    "libxkbcommon0 libxkbcommon-x11-0 libxcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 "
    "libxcb-keysyms1 libxcb-randr0 libxcb-render0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 "
    "libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1 fonts-dejavu-core"
)

LOAD_WIDGETS = "import PySide6.QtWidgets"
LOAD_WINDOW = """
import ctypes, pathlib, PySide6.QtWidgets
plugins = pathlib.Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms"
ctypes.CDLL(str(plugins / "libqxcb.so"))
"""


class Missing(Exception):
    """Qt cannot load; the message says which command mends it."""


def complaint(python: Path, code: str) -> str:
    """What Python says when it runs ``code``; empty if all is well."""
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True)
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


def see_to_them(python: Path, window: bool) -> None:
    """Make sure that Qt loads: install what it lacks as root on Debian, else say the command.

    ``window`` asks for real windows too, not only for drawing off screen.
    """
    if sys.platform != "linux":
        return
    code = LOAD_WINDOW if window else LOAD_WIDGETS
    wrong = complaint(python, code)
    if wrong and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing the system libraries that Qt needs ...", file=sys.stderr, flush=True)
        install()
        wrong = complaint(python, code)
    if wrong:
        raise Missing(
            f"Qt cannot load: {wrong}\nOn Debian and Ubuntu: sudo apt-get install -y {PACKAGES}"
        )


def install() -> None:
    """Install the packages with apt-get; whether that helped is for the caller to see."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "--no-install-recommends", *PACKAGES.split()],
    ):
        subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
