"""NumPy arrays from a file, read without pickle and within limits, as a table or a stack."""

from __future__ import annotations

import ast
import io
import math
import re
from typing import Any, BinaryIO

import numpy as np

from nnstudio.core.sources.building import text_column
from nnstudio.core.sources.columns import MOST_INTEGER_CLASSES, sort_values, write_number
from nnstudio.core.sources.header import MOST_COLUMNS, check_width
from nnstudio.core.sources.raw import (
    MOST_STACK_BYTES,
    NUMBER,
    TEST,
    TRAIN,
    VALID,
    Raw,
    RawColumn,
    RawStack,
    RawTable,
)
from nnstudio.core.text import StudioError, mark

_INPUTS = re.compile(r"^(x|data|images?|features?|inputs?|pixels?|samples?)$")
_OUTPUTS = re.compile(r"^(y|targets?|labels?|classes|outputs?|class)$")
_PART = re.compile(r"(train(ing)?|test(ing)?|t10k|valid(ation)?|val)")
#: The most classes that whole numbers stand for.
MOST_CLASSES = 200


def read_npy(file: BinaryIO, name: str, size: int) -> np.ndarray:
    """The array in an NPY stream of ``size`` bytes. Format: NumPy Enhancement Proposal 1.

    Raises ``StudioError`` for objects (which would be pickles) and for sizes that do not fit.
    """
    start = file.read(8)
    if len(start) < 8 or start[:6] != b"\x93NUMPY" or start[6] not in (1, 2, 3):
        raise _unsound(name)
    wide = 2 if start[6] == 1 else 4
    length = int.from_bytes(file.read(wide), "little")
    if length > 1_000_000:
        raise _unsound(name)
    try:
        head = ast.literal_eval(file.read(length).decode("utf-8"))
        dtype = np.dtype(_plain(head["descr"]))
        shape = tuple(int(n) for n in head["shape"])
        fortran = bool(head["fortran_order"])
    except Exception:
        raise _unsound(name) from None
    if dtype.hasobject:
        raise StudioError(
            mark("“{name}” holds Python objects, which could run code. Save plain numbers."),
            name=name,
        )
    if min(shape, default=0) < 0 or len(shape) > 6 or dtype.itemsize == 0:
        raise _unsound(name)
    wanted = math.prod(shape) * dtype.itemsize
    if wanted > 4 * MOST_STACK_BYTES:
        raise StudioError(
            mark("“{name}” needs {need} MB of memory, and the limit is {limit} MB."),
            name=name,
            need=f"{wanted // 10**6:,}",
            limit=f"{4 * MOST_STACK_BYTES // 10**6:,}",
        )
    if wanted > size:
        raise _unsound(name)
    raw = file.read(wanted)
    if len(raw) < wanted:
        raise _unsound(name)
    array = np.frombuffer(raw, dtype)
    array = array.reshape(shape[::-1]).T if fortran else array.reshape(shape)
    return array.astype(dtype.newbyteorder("="), copy=False)


def _plain(descr: Any) -> Any:
    """A dtype's description as NumPy takes it."""
    if isinstance(descr, list):
        return [tuple(field) for field in descr]
    if not isinstance(descr, str):
        raise ValueError
    return descr


def _unsound(name: str) -> StudioError:
    return StudioError(
        mark("The array “{name}” is damaged or ends too early. Get a fresh copy of the file."),
        name=name,
    )


def read_npy_bytes(raw: bytes, name: str) -> np.ndarray:
    """The same from bytes."""
    return read_npy(io.BytesIO(raw), name, len(raw))


def from_arrays(name: str, arrays: dict[str, np.ndarray]) -> Raw:
    """A table or a stack of named arrays: inputs and targets are found by their names."""
    arrays = {key: array for key, array in arrays.items() if array.ndim > 0 and array.size}
    if not arrays:
        raise StudioError(mark("“{name}” holds no arrays with numbers in them."), name=name)
    for key, array in arrays.items():
        if array.dtype.kind not in "biufUS" and not array.dtype.names:
            raise StudioError(
                mark("The array “{key}” of “{name}” holds no real numbers or texts ({kind})."),
                key=key,
                name=name,
                kind=array.dtype.name,
            )
    found: dict[int, dict[str, np.ndarray]] = {}
    for key, array in arrays.items():
        low = key.lower()
        part_word = _PART.search(low)
        rest = _PART.sub("", low).strip("_-. ") or low
        part = TRAIN
        if part_word:
            part = VALID if part_word[0].startswith("val") else TEST
            part = TRAIN if part_word[0].startswith("train") else part
        role = "x" if _INPUTS.match(rest) else "y" if _OUTPUTS.match(rest) else ""
        if role:
            found.setdefault(part, {})[role] = array
    pairs = {part: pair for part, pair in found.items() if "x" in pair}
    if pairs and all("y" in pair for pair in pairs.values()):
        return _of_pairs(name, pairs)
    if pairs and TRAIN in pairs:
        return _of_inputs(name, pairs[TRAIN]["x"], None, None)
    if len(arrays) == 1:
        return _of_inputs(name, next(iter(arrays.values())), None, None)
    lengths = {len(array) for array in arrays.values()}
    if len(lengths) == 1 and all(array.ndim == 1 for array in arrays.values()):
        check_width(name, len(arrays))
        return RawTable(name, tuple(_column(key, array) for key, array in arrays.items()))
    raise StudioError(
        mark(
            "It is not clear which array of “{name}” is the input and which the target ({names}). "
            "Call them x and y."
        ),
        name=name,
        names=", ".join(sorted(arrays))[:200],
    )


def _of_pairs(name: str, pairs: dict[int, dict[str, np.ndarray]]) -> Raw:
    xs, ys, parts = [], [], []
    for part, pair in sorted(pairs.items()):
        x, y = pair["x"], pair["y"]
        if len(x) != len(y):
            raise StudioError(
                mark("“{name}” has {inputs} inputs but {targets} targets. They must be as many."),
                name=name,
                inputs=f"{len(x):,}",
                targets=f"{len(y):,}",
            )
        xs.append(x)
        ys.append(y)
        parts.append(np.full(len(x), part, np.int8))
    if len({x.shape[1:] for x in xs}) > 1 or len({y.shape[1:] for y in ys}) > 1:
        raise StudioError(
            mark("Training and test arrays of “{name}” are of different shapes."), name=name
        )
    if len(xs) == 1:
        return _of_inputs(name, xs[0], ys[0], None)
    return _of_inputs(name, np.concatenate(xs), np.concatenate(ys), np.concatenate(parts))


def _of_inputs(name: str, x: np.ndarray, y: np.ndarray | None, parts: np.ndarray | None) -> Raw:
    if x.dtype.names:
        check_width(name, len(x.dtype.names))
        return RawTable(name, tuple(_column(key, x[key].ravel()) for key in x.dtype.names))
    if x.ndim == 1 and y is None:
        return RawTable(name, (_column("x", x),))
    if x.ndim <= 2 and (x.ndim == 1 or x.shape[1] <= MOST_COLUMNS):
        columns = x.reshape(len(x), -1)
        made = [_column(f"x{n + 1}", columns[:, n]) for n in range(columns.shape[1])]
        if y is not None:
            if y.ndim == 2 and y.shape[1] > 1 and _is_one_hot(y):
                y = y.argmax(axis=1)
            goals = y.reshape(len(y), -1)
            names = ["y"] if goals.shape[1] == 1 else [f"y{n + 1}" for n in range(goals.shape[1])]
            made += [_column(key, goals[:, n]) for n, key in enumerate(names)]
        return RawTable(name, tuple(made), parts=parts)
    return stack_of(name, x, y, parts)


def _column(name: str, values: np.ndarray) -> RawColumn:
    if values.dtype.kind in "US":
        if values.dtype.kind == "S":
            values = np.char.decode(values, "utf-8", "replace")
        texts, codes = np.unique(np.char.strip(values), return_inverse=True)
        codes = np.where(texts[codes] == "", -1, codes).astype(np.int32)
        return text_column(name, codes, tuple(map(str, texts)))
    numbers = values.astype(np.float64)
    numbers[np.abs(numbers) > 1e30] = np.nan
    return RawColumn(name, NUMBER, numbers)


def _is_one_hot(y: np.ndarray) -> bool:
    return y.dtype.kind in "biuf" and bool(np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())


def stack_of(name: str, x: np.ndarray, y: np.ndarray | None, parts: np.ndarray | None) -> RawStack:
    """A stack of arrays (n, ...) with labels (n,), (n, 1), one-hot (n, classes), texts or numbers;
    images become (n, height, width, channels)."""
    if x.dtype.kind not in "biuf":
        raise StudioError(mark("The inputs of “{name}” are not numbers."), name=name)
    if x.ndim == 3 and min(x.shape[1:]) >= 8:
        x = x[..., None]
    if x.ndim == 4 and x.shape[1] in (1, 3) and x.shape[3] not in (1, 3):
        x = np.moveaxis(x, 1, 3)
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        raise StudioError(
            mark("{count} of the numbers in “{name}” are missing or infinite. Fill them in."),
            count=f"{int((~np.isfinite(x)).sum()):,}",
            name=name,
        )
    if x.dtype.kind == "f" and np.abs(x).max(initial=0) > 1e30:
        raise StudioError(
            mark("“{name}” holds numbers too large to compute with. Scale them."), name=name
        )
    if x.dtype != np.uint8:
        whole = x.dtype.kind in "iu" and x.min() >= 0 and x.max() <= 255
        x = x.astype(np.uint8 if whole else np.float32)
    if x.nbytes > MOST_STACK_BYTES * 2:
        raise StudioError(
            mark("“{name}” needs {need} MB of memory, and the limit is {limit} MB."),
            name=name,
            need=f"{x.nbytes // 10**6:,}",
            limit=f"{2 * MOST_STACK_BYTES // 10**6:,}",
        )
    labels, classes = (None, ()) if y is None else labels_of(y)
    return RawStack(name, np.ascontiguousarray(x), labels, classes, parts=parts)


def labels_of(y: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Labels (n,) int32 with the names of their classes; or numbers (n, targets) without."""
    if y.ndim == 2 and y.shape[1] > 1 and _is_one_hot(y):
        y = y.argmax(axis=1)
    flat = y.reshape(len(y), -1)
    if flat.shape[1] > 1:
        return flat.astype(np.float32), ()
    values = flat[:, 0]
    if values.dtype.kind in "US":
        texts, codes = np.unique(values.astype(str), return_inverse=True)
        classes = sort_values(map(str, texts))
        order = np.array([classes.index(str(text)) for text in texts], np.int32)
        return order[codes], classes
    distinct, codes = np.unique(values, return_inverse=True)
    few = MOST_CLASSES if values.dtype.kind in "iub" else MOST_INTEGER_CLASSES
    if len(distinct) <= few and bool((distinct == np.floor(distinct)).all()):
        names = tuple(write_number(float(number)) for number in distinct)
        return codes.astype(np.int32), names
    return flat.astype(np.float32), ()
