"""Parameters as a safetensors file: named ``<node>.<parameter>``, as the layers hold them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def pack_weights(parameters: Mapping[tuple[str, str], np.ndarray]) -> bytes:
    """The file's bytes."""
    from safetensors.numpy import save

    arrays = {
        f"{node}.{name}": np.ascontiguousarray(value, np.float32)
        for (node, name), value in parameters.items()
    }
    return save(arrays, {"format": "nnstudio"})
