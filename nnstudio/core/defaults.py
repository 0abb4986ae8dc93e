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


#: Images of at least this side get a small convolutional network.
IMAGE_SIDE = 12


def setup_for(dataset: Dataset, data: Data, name: str = "") -> Setup:
    """Two hidden layers or a small convolutional network, Adam, and the output and loss that the
    data asks for. Few examples also get weight decay, and the best epoch's weights are kept."""
    few = len(data.train) < FEW
    image = len(data.shape) == 3 and data.shape[2] in (1, 3) and min(data.shape[:2]) >= IMAGE_SIDE
    units, activation = ((32, 16), "tanh") if few else ((64, 32), "relu")
    if image:
        hidden = _convolutions()
    else:
        hidden = [_layer("Flatten.v1")] if len(data.shape) > 1 else []
        hidden += [_layer("Dense.v1", units=count, activation=activation) for count in units]
    network = chain(
        _layer("Input.v1", shape=list(data.shape)), *hidden, _layer("Dense.v1", units=data.outputs)
    )
    classify = data.task == "classification"
    training = Training(
        learning_rate=0.01 if few and not image else 0.001,
        batch_size=16 if few and image else 32,
        l2=0.03 if few and not image else 0.0,
        loss=registry.find(Loss, "CrossEntropy.v1" if classify else "MSE.v1")(),
        optimizer=registry.find(Optimizer, "Adam.v1")(),
        epochs=(20 if few else 10) if image else (100 if few else 20),
        keep_best=few and not image,
    )
    setup = fit(Setup(dataset, network, training, name), data)
    if classify:
        activation = "sigmoid" if data.outputs == 1 else "softmax"
        output = setup.network.output
        values = {**registry.to_json(output.layer), "activation": activation}
        network = setup.network.replace(output.id, registry.from_json(Layer, values))
        setup = setup.with_network(network)
    return setup


def _layer(type_name: str, **values: object) -> Layer:
    made: Layer = registry.from_json(Layer, {"type": type_name, **values})
    return made


def _convolutions() -> list[Layer]:
    """Two convolutions, each followed by a pooling, and a hidden layer."""
    found = []
    for filters in (16, 32):
        found.append(
            _layer("Conv2D.v1", filters=filters, kernel=[3, 3], padding="same", activation="relu")
        )
        found.append(_layer("MaxPool2D.v1"))
    return [*found, _layer("Flatten.v1"), _layer("Dense.v1", units=64, activation="relu")]
