"""What is written beside an exported program so that it runs: the data, in NumPy's own format."""

from __future__ import annotations

import io

import numpy as np

from nnstudio.core.data import Data

#: Examples beyond so many bytes are cut; the program says so when it loads them.
MOST_BYTES = 64 << 20


def pack_data(data: Data) -> bytes:
    """x_train, y_train, x_valid, y_valid as one ``.npz``; long sets are cut."""
    arrays = {}
    for name, part in (("train", data.train), ("valid", data.valid)):
        size = max(1, part.x[:1].nbytes)
        count = max(1, min(len(part), MOST_BYTES // 2 // size))
        arrays[f"x_{name}"], arrays[f"y_{name}"] = part.x[:count], part.y[:count]
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


#: Source of a function that loads it, or makes up numbers of the same shapes.
DATA_FUNCTION = '''
def load_data(path=os.path.join(HERE, STEM + "-data.npz")):
    """Examples and targets for training and validation; random ones if the file is missing."""
    if os.path.exists(path):
        with np.load(path) as found:
            parts = [found[name] for name in ("x_train", "y_train", "x_valid", "y_valid")]
    else:
        random = np.random.default_rng(1)
        parts = []
        for count in (1000, 200):
            parts.append(random.normal(size=(count, {shape})))
            parts.append({targets})
    x_train, y_train, x_valid, y_valid = parts
    x_train = x_train.astype("float32") * {scale} + {shift}
    x_valid = x_valid.astype("float32") * {scale} + {shift}
    return (x_train, y_train), (x_valid, y_valid)
'''
