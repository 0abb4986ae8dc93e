"""What exporters are given, with the engine's own prediction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnstudio.core.data import Data
from nnstudio.core.exchange.formats import Exporter
from nnstudio.core.exchange.trained import Key, Trained
from nnstudio.core.network import Network
from nnstudio.core.project import Project
from nnstudio.core.registry import table
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark
from nnstudio.engine.keyframe import initial_parameters
from nnstudio.engine.probe import Probe


class _Prediction:
    """The network run on prepared examples; planned when it is first asked."""

    def __init__(self, network: Network, parameters: Mapping[Key, np.ndarray]) -> None:
        self.network = network
        self.parameters = parameters
        self.probe: Probe | None = None

    def __call__(self, x: np.ndarray) -> np.ndarray:
        if self.probe is None:
            self.probe = Probe(self.network, 256)
            self.probe.load(self.parameters)
        return self.probe.run(x)[self.network.output.id]


def trained(
    setup: Setup,
    data: Data,
    parameters: Mapping[Key, np.ndarray],
    step: int = 0,
    epoch: int = 0,
    curves: Mapping[str, np.ndarray] | None = None,
) -> Trained:
    """A trained network, ready to be exported."""
    predict = _Prediction(setup.network, parameters)
    return Trained(setup, data, parameters, step, epoch, curves or {}, predict)


def of_project(project: Project) -> Trained:
    """A project's network; one that was never trained has its first weights."""
    setup, state = project.setup, project.state
    parameters: dict[Key, np.ndarray] = initial_parameters(setup.network, setup.training.seed)
    if state is None:
        return trained(setup, project.data, parameters)
    for (node, name), value in parameters.items():
        found = state.arrays.get(f"parameters/{node}/{name}")
        if found is None or found.shape != value.shape:
            raise StudioError(
                mark("The saved weights do not fit the network; the project is damaged.")
            )
        parameters[node, name] = found
    step, epoch = state.counters[0], state.counters[1]
    return trained(setup, project.data, parameters, step, epoch, state.curves)


def exporters() -> list[type[Exporter]]:
    """All formats, in order."""
    found = table(Exporter).values()
    return sorted(found, key=lambda cls: (cls.order, cls.type_name))


def exporter(name: str, **options: Any) -> Exporter:
    """A format by its short name; raises ``StudioError`` for an unknown one."""
    for cls in exporters():
        if cls.name == name:
            made: Exporter = cls(**options)
            return made
    raise StudioError(
        mark("There is no format “{name}”. Known are: {known}."),
        name=name[:60], known=", ".join(cls.name for cls in exporters()),
    )  # fmt: skip
