"""Damaged and hostile project files: sound ones with something changed, at every depth.

Changes of single bytes are mostly caught by the archive's checksums, so most changes are made
behind them: CRC and SHA-256 are those of the changed content, and what reads it must cope.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import warnings
import zipfile
from pathlib import Path

import numpy as np

from nnstudio.core import archive, project, registry
from nnstudio.core.contracts import Dataset, Layer, Schedule
from nnstudio.core.defaults import setup_for
from nnstudio.core.opening import load
from nnstudio.engine import named, runs_file
from nnstudio.engine.history import Curves
from nnstudio.engine.runs import Runs
from nnstudio.engine.trainer import Trainer

VALUES = [
    None, True, False, 0, 1, -1, 2, 3, 7, 255, 10**6, 2**31, 2**53, 2**63, 10**30, -(2**40), 0.5,
    -0.0, 1e-320, 1e300, float("nan"), float("inf"), "", "x", "nan", "../../etc/passwd", "记" * 50,
    "\0", "a" * 5000, [], [[]], [0], [1, 2, 3], [None], {}, {"type": "Dense.v1"}, {"": []},
    {"type": "SGD.v1"}, {"type": "OwnTable.v1", "path": "/etc/passwd"}, "Dense.v1", "tanh",
    [[[[[[[[[[]]]]]]]]]], {"type": "Nothing.v9"}, "float32", "sha256", [2**39, 2**39], [-1], "1e5",
]  # fmt: skip
ENTRIES = ["../x", "/etc/passwd", "arrays/00000.float32", "manifest.json", "arrays/" + "a" * 300,
           "arrays/..", "C:\\x", "", "arrays/\u202e", "arrays/0\0"]  # fmt: skip


def seeds(folder: Path) -> list[bytes]:
    """Sound files: points with several runs and edits, a table that travels along, images with
    every extra, an untrained one, and one of the first version."""
    made = [_points(), _table(folder), _images(folder)]
    setup, data = load("xor", None)
    made.append(project.pack(project.Project(setup, data)))
    old = Path(__file__).parents[1] / "engine" / "files" / "version-1.nnst"
    return [*made, old.read_bytes()]


def _saved(trainer: Trainer, runs: Runs) -> bytes:
    state = named.state_of(trainer.program, trainer.keyframe(), _curves())
    state = runs_file.with_runs(state, runs.capture(), trainer.data)
    picture = {"small": np.zeros((4, 5, 3), np.uint8)}
    made = project.Project(trainer.setup, trainer.data, state, "notes", {"layout": [1]}, picture)
    trainer.close()
    return project.pack(made)


def _curves() -> Curves:
    column = np.arange(4.0)
    return Curves(column, column, column, column, column, column)


def _train(trainer: Trainer, runs: Runs, keyframes: int) -> None:
    for _ in range(keyframes):
        trainer.run(3)
        runs.follow(trainer, force=True)


def _points() -> bytes:
    setup, data = load("xor", None)
    trainer, runs = Trainer(setup, data, 1), Runs()
    runs.begin(trainer)
    _train(trainer, runs, 3)
    trainer.replace(setup.with_training(learning_rate=0.2), data)
    runs.edited(trainer)
    _train(trainer, runs, 2)
    runs.leave(trainer, _curves())
    trainer.reset()
    runs.begin(trainer, parent=1)
    _train(trainer, runs, 2)
    return _saved(trainer, runs)


def _table(folder: Path) -> bytes:
    path = folder / "seed.csv"
    path.write_text("length,colour,kind\n" + "".join(
        f"{i % 7},{'red' if i % 3 else 'blue'},{'a' if i % 7 > 3 else 'b'}\n" for i in range(40)
    ))  # fmt: skip
    dataset = registry.from_json(
        Dataset, {"type": "OwnTable.v1", "path": str(path), "recipe": {"targets": ["kind"]}}
    )
    data = dataset.load()
    setup = setup_for(dataset, data, "table")
    setup = setup.with_training(schedule=registry.find(Schedule, "ReduceOnPlateau.v1")())
    trainer, runs = Trainer(setup, data, 1), Runs()
    runs.begin(trainer)
    _train(trainer, runs, 2)
    return _saved(trainer, runs)


def _images(folder: Path) -> bytes:
    path = folder / "seed.npz"
    random = np.random.default_rng(0)
    np.savez(path, x=random.integers(0, 255, (20, 6, 6)).astype(np.uint8), y=np.arange(20) % 2)
    dataset = registry.from_json(Dataset, {"type": "OwnImages.v1", "path": str(path)})
    data = dataset.load()
    setup = setup_for(dataset, data, "images")
    for name in ("BatchNorm.v1", "Dropout.v1"):
        before = setup.network.nodes[1].id
        network, _ = setup.network.insert_after(before, registry.find(Layer, name)())
        setup = setup.with_network(network)
    setup = setup.with_training(keep_best=True, averaging=0.9, patience=3, batch_size=4)
    trainer, runs = Trainer(setup, data, 1), Runs()
    runs.begin(trainer)
    _train(trainer, runs, 2)
    return _saved(trainer, runs)


class Mutator:
    """Makes damaged files of sound ones."""

    def __init__(self, whole: list[bytes], chance: random.Random) -> None:
        self.whole = whole
        self.chance = chance
        self._parts = [_parts(one) for one in whole]

    def make(self) -> bytes:
        """One more file."""
        chance = self.chance
        if chance.random() < 0.1:
            return self._bytes(chance.choice(self.whole), 6)
        manifest, entries = chance.choice(self._parts)
        manifest = json.loads(manifest)
        entries = dict(entries)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            if isinstance(manifest.get("raw"), bytes):
                break  # it is text by now
            change = chance.choice((
                self._manifest, self._manifest, self._array_bytes, self._array_bytes,
                self._numbers, self._shape, self._names, self._version, self._across, self._text,
            ))  # fmt: skip
            change(manifest, entries)
        return self._zip(manifest, entries)

    def _bytes(self, raw: bytes, most: int) -> bytes:
        made, chance = bytearray(raw), self.chance
        for _ in range(chance.randint(1, most)):
            at = chance.randrange(len(made) + 1)
            kind = chance.randrange(5)
            if kind == 0 and at < len(made):
                made[at] ^= 1 << chance.randrange(8)
            elif kind == 1:
                del made[at : at + chance.choice((1, 4, 40, 4000))]
            elif kind == 2:
                made[at:at] = chance.randbytes(chance.choice((1, 4, 40)))
            elif kind == 3:
                made[at : at + 4] = chance.choice(
                    (b"\xff" * 4, b"\0" * 4, b"PK\3\4", b"\0\0\xc0\x7f")
                )
            else:
                other = chance.randrange(len(made) + 1)
                made[at:at] = made[other : other + chance.randint(1, 60)]
        return bytes(made)

    def _places(self, plain: object, at: tuple = ()) -> list[tuple]:
        found = [at] if at else []
        pairs = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(
            plain, list) else ()  # fmt: skip
        for key, value in pairs:
            found += self._places(value, (*at, key))
        return found

    def _manifest(self, manifest: dict, entries: dict) -> None:
        """A value of the tree replaced, gone, doubled, or in another's place."""
        chance = self.chance
        places = self._places(manifest)
        if not places:
            return
        *way, last = place = chance.choice(places)
        within = manifest
        for key in way:
            within = within[key]
        kind = chance.randrange(6)
        if kind == 0:
            del within[last]
        elif kind == 1 and isinstance(within, list):
            within.insert(last, within[last])
        elif kind == 2:
            other = manifest
            for key in chance.choice(places):
                other = other[key]
            if len(json.dumps(other, default=str)) < 100_000 and other is not within:
                within[last] = json.loads(json.dumps(other, default=_words))
        elif kind == 3 and isinstance(within[last], int | float):
            step = chance.choice((1, -1, 0.5, 10**9, -(10**9)))
            within[last] += step
        elif kind == 4 and isinstance(within, dict):
            within[str(chance.choice(place)) + "x"] = within.pop(last)
        else:
            within[last] = chance.choice(VALUES)

    def _listed(self, manifest: dict) -> tuple[str, dict] | None:
        listed = manifest.get("arrays")
        sound = [(name, one) for name, one in listed.items()
                 if isinstance(one, dict)] if isinstance(listed, dict) else []  # fmt: skip
        return self.chance.choice(sound) if sound else None

    def _put(self, one: dict, entries: dict, raw: bytes) -> None:
        entries[str(one.get("entry"))] = raw
        one["sha256"] = hashlib.sha256(raw).hexdigest()

    def _array_bytes(self, manifest: dict, entries: dict) -> None:
        """Bytes of an array, of the same length or another."""
        found = self._listed(manifest)
        raw = entries.get(str(found[1].get("entry")), b"") if found else b""
        if found and raw:
            made = self._bytes(raw, 3)
            if self.chance.random() < 0.8:  # of the length that the shape declares
                made = made[: len(raw)] + raw[len(made) :]
            self._put(found[1], entries, made)

    def _numbers(self, manifest: dict, entries: dict) -> None:
        """Numbers that no training gives."""
        found = self._listed(manifest)
        if not found or str(found[1].get("type")) not in archive.TYPES:
            return
        raw = entries.get(str(found[1].get("entry")), b"")
        dtype = np.dtype(archive.TYPES[str(found[1]["type"])])
        values = np.frombuffer(raw[: len(raw) // dtype.itemsize * dtype.itemsize], dtype).copy()
        odd = (np.nan, np.inf, -np.inf, 1e38, -1e38, 1e-45, 0.0) if dtype.kind == "f" else (
            -1, 2**62, -(2**62), 10**6, 255, 0, 1)  # fmt: skip
        if len(values):
            count = self.chance.choice((1, 2, len(values)))
            for _ in range(min(count, 8)):
                at = self.chance.randrange(len(values))
                with np.errstate(over="ignore"):
                    values[at] = np.array(self.chance.choice(odd)).astype(dtype)
            if count == len(values):
                values[:] = values[0]
            self._put(found[1], entries, values.tobytes())

    def _shape(self, manifest: dict, entries: dict) -> None:
        """Another shape, with content that fits it or not."""
        found = self._listed(manifest)
        if not found or not isinstance(found[1].get("shape"), list):
            return
        chance, one = self.chance, found[1]
        shape = [size for size in one["shape"] if isinstance(size, int)]
        count = (
            int(np.prod([min(abs(size), 10**6) for size in shape[:8]], dtype=object))
            if shape
            else 1
        )
        one["shape"] = chance.choice((
            shape[::-1], [count], [1, *shape], [*shape, 1], [count, 0], [0], [], [2**39] * 3,
            [-1], [count + 1], [1] * 9, [count / 1], [True, count], shape[:-1], [*shape, 2],
        ))  # fmt: skip
        if chance.random() < 0.6:
            item = np.dtype(archive.TYPES.get(str(one.get("type")), "<f4")).itemsize
            size = (
                int(np.prod([min(abs(int(n)), 10**6) for n in one["shape"]], dtype=object)) * item
            )
            if size < 1 << 20:
                raw = entries.get(str(one.get("entry")), b"") or b"\0"
                self._put(one, entries, (raw * (size // len(raw) + 1))[:size])

    def _names(self, manifest: dict, entries: dict) -> None:
        """Names of arrays and of entries."""
        found, chance = self._listed(manifest), self.chance
        if not found:
            return
        name, one = found
        kind = chance.randrange(4)
        if kind == 0:
            one["entry"] = chance.choice(ENTRIES)
        elif kind == 1:
            listed = manifest["arrays"]
            other = chance.choice(list(listed))
            listed[name], listed[other] = listed[other], listed[name]
        elif kind == 2:
            parts = name.split("/")
            parts[chance.randrange(len(parts))] = chance.choice(("0", "99", "-1", "", "..", "x/y"))
            manifest["arrays"]["/".join(parts)] = manifest["arrays"].pop(name)
        else:
            one["type"] = chance.choice((*archive.TYPES, "object", "float16", ">f4", 7))

    def _version(self, manifest: dict, entries: dict) -> None:
        manifest["version"] = self.chance.choice(
            (0, -1, 1, 1, 1, 2, 3, "2", 10**9, None, True, 1.0, [])
        )

    def _across(self, manifest: dict, entries: dict) -> None:
        """A part of another file's manifest."""
        other = json.loads(self.chance.choice(self._parts)[0])
        key = self.chance.choice(list(other))
        manifest[key] = other[key]
        inner = other.get("state") or {}
        if isinstance(manifest.get("state"), dict) and inner and self.chance.random() < 0.5:
            part = self.chance.choice(list(inner))
            manifest["state"][part] = inner[part]

    def _text(self, manifest: dict, entries: dict) -> None:
        """The manifest's text itself, below what JSON gives."""
        if isinstance(manifest.get("raw"), bytes):
            return
        text = json.dumps(manifest, default=_words).encode()
        manifest.clear()
        manifest["raw"] = self._bytes(text, 3)

    def _zip(self, manifest: dict, entries: dict) -> bytes:
        chance = self.chance
        raw = manifest.get("raw")
        text = raw if isinstance(raw, bytes) else json.dumps(manifest, default=_words).encode()
        if chance.random() < 0.02 and text[:1] == b"{":
            text = b'{"version": 1, "arrays": {}, ' + text[1:]  # keys twice
        buffer = io.BytesIO()
        how = chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
        if chance.random() < 0.02:
            how = chance.choice((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
        with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as file:
            warnings.simplefilter("ignore", UserWarning)  # names twice are meant
            items = [*entries.items(), (archive.MANIFEST, text)]
            if chance.random() < 0.05:
                chance.shuffle(items)
            for name, content in items:
                for _ in range(2 if chance.random() < 0.003 else 1):
                    info = zipfile.ZipInfo(name.replace("\0", "") or "x")
                    file.writestr(info, content, how, 1)
        made = bytearray(buffer.getvalue())
        if chance.random() < 0.04:  # sizes, flags and offsets of the directory
            at = made.rfind(b"PK\1\2") + chance.randrange(8, 46)
            made[at : at + 1] = chance.randbytes(1)
        return bytes(made)


def _words(value: object) -> str:
    return repr(value)


def _parts(whole: bytes) -> tuple[bytes, dict[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    return entries.pop(archive.MANIFEST), entries
