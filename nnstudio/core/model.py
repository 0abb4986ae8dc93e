"""A trained model: all that a prediction needs, and nothing else.

It comes from a session at work (``Model.of``) or from a project file (``read_model``), and gives
the same predictions either way (``engine/predicting.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnstudio.core import project
from nnstudio.core.archive import Archive
from nnstudio.core.data import Data
from nnstudio.core.recipes.preparation import Preparation, preparation_of
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark

#: What a folder with a trained project holds it as.
FILE = "model" + project.SUFFIX


@dataclass(frozen=True, eq=False)
class Model:
    """A setup, how rows become inputs and outputs become answers, and the parameters: float32
    arrays by (node id, name)."""

    setup: Setup
    preparation: Preparation
    parameters: Mapping[tuple[str, str], np.ndarray]

    @classmethod
    def of(
        cls, setup: Setup, data: Data, parameters: Mapping[tuple[str, str], np.ndarray]
    ) -> Model:
        """The model of a setup at work; parameters as in ``Snapshot.parameters``."""
        return cls(setup, preparation_of(data), dict(parameters))


def read_model(path: Path | str) -> Model:
    """The trained model in a project file, or in a folder that ``train --out`` filled.

    The data that it was trained on is not needed. Raises ``StudioError`` for anything else.
    """
    place = Path(path).expanduser()
    if place.is_dir():
        place = place / FILE
    if not place.exists():
        raise StudioError(
            mark("There is no trained project at “{name}”. Train one with --out FOLDER."),
            name=str(path)[:300],
        )
    with Archive(place) as found:
        manifest = found.manifest
        if manifest.get("format") != project.FORMAT or "preparation" not in manifest:
            raise StudioError(
                mark("“{name}” holds no trained network. Save it again after training."),
                name=found.name,
            )
        setup = Setup.from_json(manifest.get("setup"))
        setup.network.check()
        parameters = {}
        for node in setup.network.nodes:
            for parameter in setup.network.facts[node.id].parameters:
                name = f"averages/{node.id}/{parameter.name}"  # where they predict
                if node.frozen or name not in found:
                    name = f"parameters/{node.id}/{parameter.name}"
                array = found.array(name, "float32") if name in found else None
                if array is None or array.shape != parameter.shape:
                    raise StudioError(
                        mark("“{name}” holds no trained network. Save it again after training."),
                        name=found.name,
                    )
                parameters[node.id, parameter.name] = array
        return Model(setup, Preparation.from_json(manifest["preparation"]), parameters)
