"""What the program is made of, and the full text of every licence.

From source or a wheel the parts are the installed distributions that NNStudio requires, directly
or through others, and their texts are the files those bring. A built program has no installed
distributions: ``packaging/licences.py`` leaves them in ``resources/licences/parts``, with an index
that is read here instead.
"""

from __future__ import annotations

import json
import platform
import re
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from nnstudio.core.resources import resource

ROOT = "nnstudio"
#: Names as their makers write them, where the distribution is called otherwise. They come first.
NAMES = {
    "python": "Python", "pyside6-essentials": "Qt, PySide6", "shiboken6": "Shiboken",
    "numpy": "NumPy", "numba": "Numba", "llvmlite": "llvmlite", "pyqtgraph": "pyqtgraph",
    "polars": "Polars", "polars-runtime-32": "Polars runtime", "pillow": "Pillow", "onnx": "ONNX",
    "protobuf": "Protocol Buffers", "safetensors": "safetensors", "platformdirs": "platformdirs",
    "rich": "Rich",
}  # fmt: skip
#: Which of several licences is used, where one may choose.
CHOSEN = {
    "python": "PSF-2.0", "pyside6-essentials": "LGPL-3.0-only", "shiboken6": "LGPL-3.0-only",
    "pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception",
}  # fmt: skip
#: Texts that the distributions do not bring: ours, by path.
SHIPPED = {
    "pyside6-essentials": (
        "LGPL-3.txt", "GPL-3.txt",
        *(f"qt/{name}.txt" for name in (
            "ICU", "FreeType", "HarfBuzz", "libpng", "libjpeg-turbo", "PCRE2", "double-conversion",
            "zlib",
        )),
    ),
    "shiboken6": ("LGPL-3.txt", "GPL-3.txt"),
}  # fmt: skip
FILE = re.compile(r"(^|[\W_])(licen[cs]es?|copying|notice|authors)([\W_]|$)", re.IGNORECASE)
CODE = (".py", ".pyc", ".pyi", ".so", ".pyd", ".h")


@dataclass(frozen=True)
class Part:
    """``key`` is the distribution's normalized name; ``texts`` are titles and files."""

    key: str
    name: str
    version: str
    licence: str
    texts: tuple[tuple[str, Path], ...]

    def text(self) -> str:
        """All texts, each under its title if there are several."""
        found = [(title, file.read_text("utf-8", "replace").strip()) for title, file in self.texts]
        if len(found) == 1:
            return found[0][1]
        return "\n\n\n".join(f"——— {title} ———\n\n{text}" for title, text in found)


def normalized(name: str) -> str:
    """A distribution's name as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parts() -> list[Part]:
    """Everything beside NNStudio itself, the best known first."""
    index = resource("licences", "parts", "index.json")
    return read_index(index) if index.is_file() else [python(), *installed()]


def closure(root: str = ROOT) -> dict[str, metadata.Distribution]:
    """What is installed of all that a distribution requires, by normalized name, without itself.
    Extras are left out."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [root]
    while waiting:
        name = waiting.pop()
        if normalized(name) in found:
            continue
        try:
            one = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # for another system, say
            if name == ROOT:  # run from a folder, not installed
                waiting += [other for other in NAMES if other != "python"]
            continue
        found[normalized(name)] = one
        for line in one.requires or []:
            needed, _, condition = line.partition(";")
            match = re.match(r"[\w.-]+", needed.strip())
            if match and not re.search(r"\bextra\b", condition):
                waiting.append(match[0])
    found.pop(normalized(root), None)
    return found


def installed(more: Iterable[str] = ()) -> list[Part]:
    """The distributions that NNStudio requires, and more by name."""
    found = closure()
    for name in more:
        found.setdefault(normalized(name), metadata.distribution(name))
    return sorted((part_of(key, one) for key, one in found.items()), key=_place)


def _place(part: Part) -> tuple[int, str]:
    known = list(NAMES)
    return known.index(part.key) if part.key in known else len(known), part.name.lower()


def part_of(key: str, one: metadata.Distribution) -> Part:
    """An installed distribution with the texts it brings, each once, and those we bring for it."""
    texts: dict[str, tuple[str, Path]] = {}
    for name in SHIPPED.get(key, ()):
        texts[name] = (name.rpartition("/")[2].removesuffix(".txt"), resource("licences", name))
    for file in one.files or []:
        if file.suffix in CODE or not (FILE.search(file.name) or "licenses" in file.parts[1:-1]):
            continue
        path = Path(str(file.locate()))
        if path.is_file():
            _, _, title = str(file).partition(".dist-info/")
            texts.setdefault(
                path.read_text("utf-8", "replace"),
                ((title or str(file)).removeprefix("licenses/"), path),
            )
    name = NAMES.get(key, one.metadata["Name"])
    return Part(key, name, one.version, CHOSEN.get(key) or licence_of(one), tuple(texts.values()))


def licence_of(one: metadata.Distribution) -> str:
    """The licence's name, as far as the distribution says it in a few words; else empty."""
    told = one.metadata
    if "License-Expression" in told:
        return str(told["License-Expression"])
    for classifier in told.get_all("Classifier") or []:
        if classifier.startswith("License :: OSI Approved :: "):
            return str(classifier.rpartition(" :: ")[2])
    lines = str(told["License"]).splitlines() if "License" in told else []
    return lines[0] if len(lines) == 1 and len(lines[0]) < 60 else ""


def python() -> Part:
    """Python itself, with the licence that it brings, or ours of the same text."""
    library = Path(sysconfig.get_path("stdlib"))
    places = (library / "LICENSE.txt", library.parent / "LICENSE.txt")
    found = [file for file in places if file.is_file()] or [resource("licences", "Python.txt")]
    texts = (("LICENSE", found[0]),)
    return Part("python", NAMES["python"], platform.python_version(), CHOSEN["python"], texts)


def read_index(index: Path) -> list[Part]:
    """The parts that a built program was left with; paths are relative to the index."""
    return [
        Part(
            one["key"], one["name"], one["version"], one["licence"],
            tuple((title, index.parent / file) for title, file in one["texts"]),
        )
        for one in json.loads(index.read_text(encoding="utf-8"))
    ]  # fmt: skip


def write_index(found: Iterable[Part], folder: Path) -> None:
    """Copy the texts of parts into a folder, with the index that ``read_index`` reads."""
    lines = []
    for number, part in enumerate(found):
        texts = []
        for count, (title, file) in enumerate(part.texts):
            target = Path(f"{number:03}-{part.key}", f"{count:02}.txt")
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            (folder / target).write_bytes(file.read_bytes())
            texts.append([title, target.as_posix()])
        lines.append({
            "key": part.key, "name": part.name, "version": part.version, "licence": part.licence,
            "texts": texts,
        })  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.json").write_text(json.dumps(lines, indent=1), encoding="utf-8")
