"""Where the files that ship with the program are: icons, translations, data sets, presets.

The same function finds them from a source checkout (``resources/`` beside the package), from a
wheel (``nnstudio/resources`` inside it) and from the frozen application.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


@cache
def resource_root() -> Path:
    """The folder that holds all resources; ``FileNotFoundError`` if the install is broken."""
    package = Path(__file__).resolve().parent.parent
    candidates = [package / "resources", package.parent / "resources"]
    if hasattr(sys, "_MEIPASS"):  # PyInstaller unpacks or lays out its files here
        candidates.insert(0, Path(sys._MEIPASS) / "resources")
    for folder in candidates:
        if (folder / "translations").is_dir():
            return folder
    raise FileNotFoundError(f"NNStudio's resources are missing; looked in {candidates}")


def resource(*parts: str) -> Path:
    """The path of one resource, such as ``resource("presets", "xor.json")``."""
    return resource_root().joinpath(*parts)
