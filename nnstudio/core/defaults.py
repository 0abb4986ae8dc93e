"""A sensible setup for data that comes without one: a table that somebody just opened."""

from __future__ import annotations

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset, Layer, Loss, Optimizer
from nnstudio.core.data import Data
from nnstudio.core.fitting import fit
from nnstudio.core.network import chain
from nnstudio.core.setup import Setup, Training

#: Examples below which a smaller network and smaller batches learn a table better.
FEW = 2000


def setup_for(dataset: Dataset, data: Data, name: str = "") -> Setup:
    """Two hidden layers, Adam, and the output and loss that the data asks for."""
    few = len(data.train) < FEW
    units = (16, 8) if few else (64, 32)

    def layer(type_name: str, **values: object) -> Layer:
        made: Layer = registry.from_json(Layer, {"type": type_name, **values})
        return made

    network = chain(
        layer("Input.v1", shape=list(data.shape)),
        *([layer("Flatten.v1")] if len(data.shape) > 1 else []),
        *(layer("Dense.v1", units=count, activation="relu") for count in units),
        layer("Dense.v1", units=data.outputs),
    )
    classify = data.task == "classification"
    training = Training(
        learning_rate=0.005 if few else 0.001,
        batch_size=16 if few else 32,
        l2=0.001 if few else 0.0,
        loss=registry.find(Loss, "CrossEntropy.v1" if classify else "MSE.v1")(),
        optimizer=registry.find(Optimizer, "Adam.v1")(),
        epochs=100 if few else 20,
    )
    setup = fit(Setup(dataset, network, training, name), data)
    if classify:
        activation = "sigmoid" if data.outputs == 1 else "softmax"
        output = setup.network.output
        values = {**registry.to_json(output.layer), "activation": activation}
        network = setup.network.replace(output.id, registry.from_json(Layer, values))
        setup = setup.with_network(network)
    return setup
