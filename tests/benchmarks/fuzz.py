"""``dev.py bench --fuzz``: damaged files of every kind, each read under watch.

Workers read one file after another, each written down first, so that the file that brings a
worker down is known. A file may give what it holds or our own error; anything else, a second too
many or too much memory is a fault, and its file is kept.

    bench --fuzz project=100000 csv=20000 idx=20000 keras=20000 onnx=5000
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

#: What one file may take: seconds of processor time, and bytes beyond what the program needs.
SECONDS = 2.0
BYTES = 500 << 20
#: One project in so many is also trained, which takes longest.
EVERY = 4
#: A setup that asks for more memory is not trained here; making it is the person's own wish.
TRAINED = 64 << 20

Make = Callable[[], bytes]
Read = Callable[[Path], str]


# --- kinds of files: each gives what makes a file and what reads one ------------------------------


def kind_project(chance: random.Random, folder: Path) -> tuple[Make, Read, str]:
    """Projects: read, the runs put together, and some steps trained."""
    from nnstudio.core import project
    from nnstudio.engine import named, runs_file
    from nnstudio.engine.program import program_for
    from nnstudio.engine.runs import Runs
    from nnstudio.engine.trainer import Trainer
    from tests.benchmarks.fuzz_projects import Mutator, seeds

    def read(path: Path) -> str:
        found = project.read(path)
        if chance.randrange(EVERY):
            if found.state is not None:
                runs_file.read(found.state, found.data)
            return "read"
        if program_for(found.setup, found.data).memory_bytes > TRAINED:
            return "large"
        trainer = Trainer(found.setup, found.data, 1)
        try:
            if found.state is not None:
                trainer.restore(named.keyframe_of(trainer.program, found.state))
                runs = Runs()
                runs.resume(trainer, runs_file.read(found.state, found.data))
                trainer.run(3)
                for run in runs.all():
                    newest = run.timeline.newest
                    if newest is not None and run is not runs.present:
                        stretch = run.timeline.stretches[-1]
                        trainer.replace(stretch.setup, stretch.data, keep=False)
                        trainer.restore(newest)
                        trainer.run(2)
            else:
                trainer.run(3)
        finally:
            trainer.close()
        return "trained"

    return Mutator(seeds(folder), chance).make, read, ".nnst"


def _changed(texts: list[bytes], pieces: list[bytes], chance: random.Random) -> Make:
    def make() -> bytes:
        made = bytearray(chance.choice(texts))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(made) + 1)
            end = min(len(made), at + chance.choice((0, 1, 1, 3, 20, 200)))
            kind = chance.randrange(5)
            if kind == 0:
                made[at:end] = chance.randbytes(chance.randint(0, 4))
            elif kind == 1:
                made[at:end] = b""
            elif kind == 2:
                made[at:at] = chance.choice(pieces)
            elif kind == 3:
                made[at:end] = chance.choice(pieces)
            else:
                other = chance.randrange(len(made) + 1)
                made[at:at] = made[other : other + chance.randint(1, 60)]
        return bytes(made)

    return make


def _own(path: Path) -> str:
    from nnstudio.core.recipes.own_data import own_dataset
    from nnstudio.core.sources import reading

    reading.forget()
    own_dataset(path).load()
    return "read"


def kind_csv(chance: random.Random, folder: Path) -> tuple[Make, Read, str]:
    """Tables as text: of several delimiters, encodings and line ends, with dates and gaps."""
    rows = "".join(
        f"{i % 9}.5,{'xyz'[i % 3]},2024-01-{i % 28 + 1:02d},{i % 2}\n" for i in range(40)
    )
    names = "length,kind,day,target\n"
    texts = [
        (names + rows).encode(),
        (names + rows).replace(",", ";").replace(".", ",").encode("utf-16"),
        (names + rows).replace(",", "\t").replace("\n", "\r\n").encode("utf-8-sig"),
        "名,值,类\n".encode("gb18030") + "高,1,甲\n低,2,乙\n".encode("gb18030") * 12,
        rows.encode(),
        b'"a","b"\n' + b'"x ""y"", z","1,000.5"\n"w\nv","2"\n' * 12,
        b"a b c\n" + b"1 2 0\n3 4 1\n" * 12,
    ]
    pieces = [b'"', b",", b";", b"\t", b"\n", b"\r", b"\0", b"\xff\xfe", b"9" * 400, b"nan", b"inf",
              b"1e999", b"-", b"," * 300, b"\n" * 300, b'"' * 99, b"\xef\xbb\xbf", b"2024-13-45",
              b"0x10", "\u2028".encode(), b"=1+1", b"1,2,3,4,5,6,7\n"]  # fmt: skip
    return _changed(texts, pieces, chance), _own, ".csv"


def kind_idx(chance: random.Random, folder: Path) -> tuple[Make, Read, str]:
    """IDX files: labels and images of every number type, plain and packed."""
    import gzip

    from tests.readers.files import idx

    random_ = np.random.default_rng(0)
    images = random_.integers(0, 255, (12, 6, 6)).astype(np.uint8)
    texts = [idx(images), idx(images[:, 0]), idx(np.arange(12, dtype=np.uint8)),
             idx(images.astype(np.float32)), idx(images.astype(np.int16)),
             gzip.compress(idx(images), mtime=0)]  # fmt: skip
    sizes = [n.to_bytes(4, "big") for n in (0, 1, 2, 255, 2**31 - 1, 2**31, 2**32 - 1, 10**6)]
    heads = [
        bytes((0, 0, kind, rank))
        for kind in (8, 9, 11, 12, 13, 14, 0)
        for rank in (1, 2, 3, 4, 9, 255)
    ]
    plain = _changed(texts, [*sizes, *heads, b"\0" * 40, b"\xff" * 40], chance)

    def make() -> bytes:
        made = bytearray(plain())
        if chance.random() < 0.5 and len(made) > 16:  # the head is where the meaning is
            at = chance.choice((0, 4, 8, 12))
            made[at : at + 4] = chance.choice(heads if at == 0 else sizes)
        return bytes(made)

    return make, _own, ".idx"


def _import(path: Path) -> str:
    from nnstudio.core.exchange.importing import read_content

    read_content(path.read_bytes(), path.name).network.check()
    return "read"


def kind_keras(chance: random.Random, folder: Path) -> tuple[Make, Read, str]:
    """Programs for Keras."""
    from tests.importers.test_mutations import TOKENS, sources

    return _changed(sources(), TOKENS, chance), _import, ".py"


def kind_onnx(chance: random.Random, folder: Path) -> tuple[Make, Read, str]:
    """ONNX files."""
    from nnstudio.exporters.onnx_file import OnnxFile
    from tests.exporters.models import trained
    from tests.exporters.random_networks import random_network

    texts = [next(iter(OnnxFile().files(trained(random_network(seed)), "m").values()))
             for seed in range(4)]  # fmt: skip
    pieces = [b"\0", b"\xff" * 9, b"\x08", b"\x12\x7f", b"Conv", b"Gemm", b"Relu", b"\x80" * 20]
    return _changed(texts, pieces, chance), _import, ".onnx"


KINDS = {name.removeprefix("kind_"): make for name, make in dict(globals()).items()
         if name.startswith("kind_")}  # fmt: skip


# --- a worker: reads files one after another under watch ------------------------------------------


def peak() -> int:
    """The most memory that this process has held since ``forget_peak``, in bytes."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def forget_peak() -> None:
    """Begin to watch anew."""
    Path("/proc/self/clear_refs").write_text("5")


def work(kind: str, count: int, seed: int, folder: Path) -> None:
    """Read ``count`` files; prints what came of it as JSON."""
    from nnstudio.core.text import StudioError

    warnings.simplefilter("error", RuntimeWarning)
    np.seterr(all="ignore")
    chance = random.Random(seed)
    make, read, suffix = KINDS[kind](chance, folder)
    path = folder / f"now{suffix}"
    outcomes: Counter[str] = Counter()
    faults: list[dict[str, object]] = []
    slowest = most = 0.0
    for number in range(count):
        content = make()
        path.write_bytes(content)
        forget_peak()
        before, began = peak(), time.process_time()
        fault = ""
        try:
            outcomes[read(path)] += 1
        except StudioError as error:
            outcomes["refused"] += 1
            if not str(error) or len(str(error)) > 2000:
                fault = f"a sentence of {len(str(error))} letters"
        except BaseException:
            fault = traceback.format_exc(limit=-4)
        seconds, size = time.process_time() - began, peak() - before
        if seconds > SECONDS or size > BYTES:
            fault = fault or f"took {seconds:.2f} s and {size >> 20} MB"
        slowest, most = max(slowest, seconds), max(most, size)
        if fault:
            kept = folder / f"fault-{seed}-{number}{suffix}"
            kept.write_bytes(content)
            faults.append({"file": str(kept), "fault": fault})
    done = {"files": count, "outcomes": outcomes, "slowest_s": slowest, "most_mb": most / 2**20,
            "faults": faults}  # fmt: skip
    sys.stdout.write(json.dumps(done) + "\n")


# --- all of them ----------------------------------------------------------------------------------


def run(kind: str, count: int, seed: int, batch: int = 2000) -> dict[str, object]:
    """Read ``count`` files of a kind in workers of ``batch`` files; a plain result."""
    total: Counter[str] = Counter()
    faults: list[object] = []
    slowest = most = 0.0
    files = 0
    while files < count:
        some = min(batch, count - files)
        folder = Path(tempfile.mkdtemp(prefix=f"nnstudio-fuzz-{kind}-"))
        command = [sys.executable, "-m", "tests.benchmarks.fuzz", "--work", kind, str(some),
                   str(seed), str(folder)]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True)
        files += some
        seed += 1
        if done.returncode:
            faults.append({"file": str(folder), "fault": f"exit {done.returncode}: "
                           + done.stderr[-800:]})  # fmt: skip
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        total.update(found["outcomes"])
        slowest, most = max(slowest, found["slowest_s"]), max(most, found["most_mb"])
        faults += found["faults"]
        if not found["faults"]:
            for left in folder.iterdir():
                left.unlink()
            folder.rmdir()
        sys.stderr.write(f"{kind}: {files:,} files, {len(faults)} faults, {dict(total)}, slowest "
                         f"{slowest:.2f} s, most {most:.0f} MB\n")  # fmt: skip
    return {"kind": kind, "files": files, "outcomes": dict(total), "slowest_s": slowest,
            "most_mb": most, "faults": faults}  # fmt: skip


def main(wanted: list[str], seed: int = 1) -> int:
    """``kind=count`` for each kind; prints the results as JSON, 1 if there were faults."""
    results = []
    for one in wanted or [f"{kind}=2000" for kind in KINDS]:
        kind, _, count = one.partition("=")
        results.append(run(kind, int(count or 2000), seed))
    sys.stdout.write(json.dumps(results, indent=1) + "\n")
    return 1 if any(result["faults"] for result in results) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", nargs=4, metavar=("KIND", "COUNT", "SEED", "FOLDER"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("wanted", nargs="*")
    given = parser.parse_args()
    if given.work:
        work(given.work[0], int(given.work[1]), int(given.work[2]), Path(given.work[3]))
    else:
        sys.exit(main(given.wanted, given.seed))
