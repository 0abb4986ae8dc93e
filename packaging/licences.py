"""The licences of a built program: what it contains, and the text of each.

PyInstaller tells where everything it collected came from. What came from an installed distribution
has its licence there; on Debian and its like a system library's package has it in its
documentation. About shows all of it (nnstudio/core/licences.py).
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from nnstudio.core import licences
from nnstudio.core.licences import Part, normalized, part_of

#: PyInstaller's loader starts the program, and its hooks are in it.
LOADER = ("pyinstaller",)
DOCUMENTATION = Path("/usr/share/doc")
#: Whole texts that those refer to, and how.
COMMON_TEXTS = Path("/usr/share/common-licenses")
COMMON = re.compile(r"/usr/share/common-licenses/([\w-]+(?:\.\d+)?)")
OURS = Path(__file__).resolve().parent.parent


def collected(work: Path) -> list[tuple[str, Path]]:
    """What PyInstaller put into the program, where and from where, from its work folder."""
    found: list[tuple[str, Path]] = []
    for name in ("COLLECT-00.toc", "PYZ-00.toc"):
        for part in ast.literal_eval((work / name).read_text(encoding="utf-8")):
            if isinstance(part, list):
                found += [(one[0], Path(one[1])) for one in part if Path(one[1]).is_absolute()]
    return found


def owners(files: Iterable[Path]) -> set[str]:
    """The distributions that files were installed by, by normalized name."""
    wanted = {os.path.abspath(file) for file in files}  # noqa: PTH100 (resolving 30,000 takes long)
    found = set()
    for one in metadata.distributions():
        base = os.path.abspath(str(one.locate_file("")))  # noqa: PTH100
        if any(f"{base}{os.sep}{file}" in wanted for file in map(os.fspath, one.files or [])):
            found.add(normalized(one.metadata["Name"]))
    return found


def system_files(files: Iterable[Path]) -> list[Path]:
    """Those that are neither ours nor Python's nor a distribution's."""
    inside = [OURS, Path(sys.prefix), Path(sysconfig.get_path("stdlib"))]
    if sys.base_prefix != "/usr":
        inside.append(Path(sys.base_prefix))
    return [
        file
        for file in files
        if not file.name.startswith("libpython") and not any(one in file.parents for one in inside)
    ]


def system_parts(files: Iterable[Path]) -> tuple[list[Part], list[Path]]:
    """The system's packages that files belong to, and the files of which nothing is known."""
    found: dict[str, Part] = {}
    unknown = []
    for file in files:
        package, version = package_of(file)
        text = DOCUMENTATION / package / "copyright"
        if package and text.is_file():
            texts = (("copyright", text),)
            found[package] = Part(f"system-{package}", package, version, "", texts)
        else:
            unknown.append(file)
    parts = [found[name] for name in sorted(found)]
    named = sorted({name for part in parts for name in COMMON.findall(part.text())})
    common = tuple((name, COMMON_TEXTS / name) for name in named if (COMMON_TEXTS / name).is_file())
    if common:
        parts.append(Part("system-common-licenses", "common-licenses", "", "", common))
    return parts, unknown


def package_of(file: Path) -> tuple[str, str]:
    """A file's Debian package and its version; two empty strings if it has none."""
    if not shutil.which("dpkg-query"):
        return "", ""
    # A package may know it by a folder that has since become a link into /usr.
    for path in (file, file.resolve(), Path("/usr", *file.parts[1:])):
        done = subprocess.run(["dpkg-query", "-S", str(path)], capture_output=True, text=True)
        if not done.returncode:
            package = done.stdout.splitlines()[0].partition(":")[0]
            told = ["dpkg-query", "-W", "-f=${Version}", package]
            return package, subprocess.run(told, capture_output=True, text=True).stdout.split()[0]
    return "", ""


def contained(work: Path, inside: Path) -> tuple[list[Part], list[Path]]:
    """All parts of the program in ``inside``, and the files of which nothing is known."""
    whole = collected(work)
    files = [source for place, source in whole if not _shed(place, source, inside)]
    more = owners(files) | set(LOADER)
    more.discard(licences.ROOT)
    system, unknown = system_parts(system_files(files))
    loader = [part_of(name, metadata.distribution(name)) for name in LOADER]
    listed = [one for one in licences.installed(more) if one.key not in LOADER]
    return [licences.python(), *listed, *loader, *system], unknown


def _shed(place: str, source: Path, inside: Path) -> bool:
    """Whether a library was collected and then taken out again."""
    return source.suffix != ".py" and ".so" in source.name and not (inside / place).exists()


def leave(work: Path, inside: Path) -> list[Path]:
    """Write texts and index into the program; gives the files of which nothing is known.

    Raises ``RuntimeError`` if a part has no text."""
    found, unknown = contained(work, inside)
    for part in found:
        if not part.texts:
            raise RuntimeError(f"{part.name} brings no licence: put its text in resources/licences")
    licences.write_index(found, inside / "resources" / "licences" / "parts")
    return unknown
