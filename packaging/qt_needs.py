"""What Qt's wheels expect of a Linux machine, system libraries and fonts, and how to get it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: Debian and Ubuntu packages that QtWidgets and the xcb platform plugin link to (found with ldd).
LIBRARIES = (
    "libgl1 libegl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libfreetype6 libx11-xcb1 "
    "libxkbcommon0 libxkbcommon-x11-0 libxcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 "
    "libxcb-keysyms1 libxcb-randr0 libxcb-render0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 "
    "libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1"
)
#: Faces of the window's list of fonts (app/theme.py), for Latin and Chinese.
FONTS = "fonts-inter fonts-dejavu-core fonts-noto-cjk"

LOAD_WIDGETS = "import PySide6.QtWidgets"
LOAD_WINDOW = """
import ctypes, pathlib, PySide6.QtWidgets
plugins = pathlib.Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms"
ctypes.CDLL(str(plugins / "libqxcb.so"))
"""
FIND_FONTS = """
from PySide6.QtGui import QFontDatabase, QGuiApplication
app = QGuiApplication(["fonts", "-platform", "offscreen"])
chinese = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
assert chinese, "no font for Chinese"
"""


class Missing(Exception):
    """Qt cannot load; the message says which command mends it."""


def complaint(python: Path, code: str) -> str:
    """What Python says when it runs ``code``; empty if all is well."""
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True)
    if not done.returncode:
        return ""
    return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]


def see_to_them(python: Path, window: bool) -> None:
    """Make sure that Qt loads: install what it lacks as root on Debian, else say the command.

    ``window`` asks for real windows too, not only for drawing off screen. Without fonts the
    program still works, with boxes for letters, so that is only said.
    """
    if sys.platform != "linux":
        return
    libraries = LOAD_WINDOW if window else LOAD_WIDGETS
    wrong = _mend(python, libraries, LIBRARIES)
    if wrong:
        raise Missing(f"Qt cannot load: {wrong}\n{_command(LIBRARIES)}")
    wrong = _mend(python, FIND_FONTS, FONTS)
    if wrong:
        _tell(f"Some letters will be empty boxes: {wrong}\n{_command(FONTS)}")


def _mend(python: Path, code: str, packages: str) -> str:
    """What is still wrong with ``code`` after installing, where that is allowed."""
    wrong = complaint(python, code)
    if wrong and os.geteuid() == 0 and shutil.which("apt-get"):
        _tell(f"Installing {packages} ...")
        install(packages)
        wrong = complaint(python, code)
    return wrong


def _command(packages: str) -> str:
    return f"On Debian and Ubuntu: sudo apt-get install -y {packages}"


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def install(packages: str) -> None:
    """Install packages with apt-get; whether that helped is for the caller to see."""
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "--no-install-recommends", *packages.split()],
    ):
        subprocess.run(
            command,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
