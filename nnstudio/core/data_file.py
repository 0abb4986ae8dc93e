"""Data inside a project file: its arrays and what their numbers mean."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from nnstudio.core.archive import Archive
from nnstudio.core.data import Data, Part
from nnstudio.core.recipes.preparation import Preparation
from nnstudio.core.recipes.recipe import Augmentation
from nnstudio.core.text import StudioError, mark

#: Types of numbers that examples come in.
EXAMPLES = ("float32", "uint8")
#: Fields whose values have JSON of their own.
VALUES: dict[str, Any] = {"preparation": Preparation, "augmentation": Augmentation}


def describe(data: Data, prefix: str = "data") -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Plain JSON and arrays, named ``<prefix>/...``, that ``restore`` makes the data of again."""
    plain: dict[str, Any] = {}
    arrays: dict[str, np.ndarray] = {}
    for field in dataclasses.fields(data):
        value = getattr(data, field.name)
        if isinstance(value, Part):
            arrays[f"{prefix}/{field.name}/x"] = value.x
            arrays[f"{prefix}/{field.name}/y"] = value.y
        elif isinstance(value, np.ndarray):
            arrays[f"{prefix}/{field.name}"] = value
        elif field.name == "rows":
            arrays |= {f"{prefix}/rows/{n}": rows.astype(np.int64) for n, rows in enumerate(value)}
        elif hasattr(value, "to_json"):
            plain[field.name] = value.to_json()
        else:
            plain[field.name] = list(value) if isinstance(value, tuple) else value
    return plain, arrays


def restore(plain: Any, archive: Archive, prefix: str = "data") -> Data:
    """The data that ``describe`` told; raises ``StudioError`` if it does not fit together."""
    values: dict[str, Any] = {}
    if not isinstance(plain, dict):
        raise _unfit(archive)
    for field in dataclasses.fields(Data):
        name = field.name
        if name == "rows":
            many = [f"{prefix}/rows/{number}" for number in range(3)]
            values[name] = tuple(archive.array(one, "int64") for one in many if one in archive)
        elif f"{prefix}/{name}/x" in archive:
            values[name] = Part(
                archive.array(f"{prefix}/{name}/x"), archive.array(f"{prefix}/{name}/y")
            )
        elif f"{prefix}/{name}" in archive:
            values[name] = archive.array(f"{prefix}/{name}")
        elif name in plain:
            value = plain[name]
            if name in VALUES and value is not None:
                value = VALUES[name].from_json(value)
            values[name] = tuple(value) if isinstance(value, list) else value
    try:
        data = Data(**values)
        _check(data)
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise _unfit(archive) from error
    return data


def _check(data: Data) -> None:
    """Raise ``ValueError`` unless the engine can take the data."""
    if data.task not in ("classification", "regression") or not isinstance(data.name, str):
        raise ValueError("task")
    for part in (data.train, data.valid, data.test or data.valid):
        if part.x.dtype.name not in EXAMPLES or part.y.dtype != np.float32 or part.y.ndim != 2:
            raise ValueError("type")
        if len(part.x) != len(part.y) or part.x.shape[1:] != data.shape:
            raise ValueError("shape")
        if data.task == "classification" and len(part.y):
            wrong = part.y != np.floor(part.y)
            if wrong.any() or part.y.min() < 0 or part.y.max() >= len(data.classes):
                raise ValueError("class")
    texts = (*data.classes, *data.feature_names, *data.target_names, *data.notes)
    numbers = (data.scale, data.shift, data.target_scale, data.target_shift)
    if not all(isinstance(text, str) for text in texts) or not all(
        np.isfinite(number).all() for number in numbers
    ):
        raise ValueError("meaning")
    if data.train.x.dtype != np.uint8 and (data.scale, data.shift) != (1.0, 0.0):
        raise ValueError("scale")
    if not len(data.train) or not data.shape:
        raise ValueError("empty")


def _unfit(archive: Archive) -> StudioError:
    return StudioError(
        mark("The data in “{name}” does not fit together. Nothing was changed."),
        name=archive.name,
    )
