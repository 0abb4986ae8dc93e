"""Networks with weights for the tests of exporters: each layer's examples, small whole networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.core import registry
from nnstudio.core.contracts import Layer, Loss, Optimizer
from nnstudio.core.data import Data, Part
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.network import Network, Node
from nnstudio.core.setup import Setup, Training, preset
from nnstudio.engine.keyframe import initial_parameters
from nnstudio.engine.probe import Probe


def layer_cases() -> list[Any]:
    """(type name, settings, input shapes) of every layer's every example but the input's."""
    return [
        (type_name, settings, shapes)
        for type_name, cls in registry.table(Layer).items()
        for settings, shapes in cls.examples
        if shapes
    ]


def case_name(case: Any) -> str:
    """How a case is called in the report."""
    return f"{case[0].split('.')[0]}-{case[1]}"


def layer_network(case: Any) -> Network:
    """A network around one layer; several inputs are made by slices of a longer one."""
    type_name, settings, shapes = case
    layer = registry.from_json(Layer, {"type": type_name, **settings})
    make = registry.from_json
    nodes = [Node("input", make(Layer, {"type": "Input.v1", "shape": list(shapes[0])}))]
    names = ["input"]
    for number in range(1, len(shapes)):
        name = f"other_{number}"
        kind = ("Tanh.v1", "Sine.v1", "Softsign.v1")[number - 1]
        nodes.append(Node(name, make(Layer, {"type": kind}), ("input",)))
        names.append(name)
    nodes.append(Node("tested", layer, tuple(names)))
    return Network(tuple(nodes))


def random_weights(network: Network, seed: int = 3) -> dict[tuple[str, str], np.ndarray]:
    """Weights that nothing is special about: no zeros, positive variances."""
    random = np.random.default_rng(seed)
    made = {}
    for key, value in initial_parameters(network, seed).items():
        noise = random.normal(0.0, 0.3, value.shape)
        positive = key[1] in ("moving_variance", "scale")
        made[key] = (value + (np.abs(noise) if positive else noise)).astype(np.float32)
    return made


def trained(network: Network, task: str = "regression", **training: Any) -> Trained:
    """The network with random weights and data of its shape."""
    random = np.random.default_rng(5)
    shape = network.facts[network.input.id].shape
    outputs = int(np.prod(network.output_shape))
    x = random.normal(0, 1, (12, *shape)).astype(np.float32)
    if task == "regression":
        y = random.normal(0, 1, (12, outputs)).astype(np.float32)
        classes: tuple[str, ...] = ()
    else:
        count = max(2, outputs)
        y = random.integers(0, count, (12, 1)).astype(np.float32)
        classes = tuple(f"class {n}" for n in range(count))
    part = Part(x, y)
    data = Data("made up", task, part, part, classes)
    loss = "MSE.v1" if task == "regression" else "CrossEntropy.v1"
    values = {
        "loss": registry.find(Loss, loss)(), "optimizer": registry.find(Optimizer, "SGD.v1")(),
        **training,
    }  # fmt: skip
    setup = Setup(preset("xor").dataset, network, Training(**values), "made up")
    parameters = random_weights(network)
    return Trained(setup, data, parameters, predict=predictor(network, parameters))


def predictor(network: Network, parameters: Any) -> Any:
    """The engine's own prediction."""

    def predict(x: np.ndarray) -> np.ndarray:
        probe = Probe(network)
        probe.load(parameters)
        return probe.run(x)[network.output.id]

    return predict


def of_preset(name: str) -> Trained:
    """A preset with random weights."""
    setup = preset(name)
    data = setup.dataset.load()
    parameters = random_weights(setup.network)
    return Trained(setup, data, parameters, predict=predictor(setup.network, parameters))
