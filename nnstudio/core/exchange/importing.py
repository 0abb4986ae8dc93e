"""Opening a file that holds a network, and finding data that it can be trained on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset, Loss, Optimizer
from nnstudio.core.data import Data
from nnstudio.core.exchange.epochs import in_steps
from nnstudio.core.exchange.formats import Importer
from nnstudio.core.exchange.imported import Reading, Remark
from nnstudio.core.setup import Setup, Training
from nnstudio.core.text import StudioError, mark

#: The largest file that is read.
MOST_BYTES = 1 << 30


def importers() -> list[type[Importer]]:
    """All formats, in order."""
    found = registry.table(Importer).values()
    return sorted(found, key=lambda cls: (cls.order, cls.type_name))


def is_importable(path: Path | str) -> bool:
    """Whether a file's ending is that of a network to import."""
    suffix = Path(path).suffix.lower()
    return suffix in (".py", ".onnx")


def read_text(text: str, name: str) -> Reading:
    """A network in a pasted text."""
    return read_content(text.encode("utf-8", "replace"), name)


def read_file(path: Path | str) -> Reading:
    """A network in a file; raises ``StudioError`` if it cannot be read or holds none."""
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise StudioError(mark("“{name}” is too large to be imported."), name=path.name)
        content = path.read_bytes()
    except OSError as error:
        raise StudioError(
            mark("“{name}” cannot be read: {reason}."),
            name=path.name, reason=error.strerror or str(error),
        ) from error  # fmt: skip
    return read_content(content, path.name)


def read_content(content: bytes, name: str) -> Reading:
    """A network in the content of a file, by the format that it looks like."""
    for cls in importers():
        importer = cls()
        if importer.suits(content, name):
            return importer.read(content, name)
    raise StudioError(
        mark("“{name}” holds no network that can be read: no Keras or PyTorch source, no ONNX."),
        name=name,
    )


def fits(reading: Reading, data: Data) -> bool:
    """Whether data suits an imported network as it is."""
    network, outputs = reading.network, reading.network.output_shape
    return network.facts[network.input.id].shape == data.shape and outputs == (data.outputs,)


def dataset_for(reading: Reading, present: Setup | None = None) -> Dataset:
    """A data set that an imported network fits: the present one if it does, one that ships, or
    generated numbers."""
    network = reading.network
    shape = network.facts[network.input.id].shape
    output = network.output_shape
    assert shape is not None and output is not None
    task = task_of(reading)
    outputs = output[-1]

    def make(type_name: str, **values: object) -> Dataset:
        made: Dataset = registry.from_json(Dataset, {"type": type_name, **values})
        return made

    if task == "classification":
        if shape == (2,) and outputs == 1:
            return make("TwoGaussians.v1") if present is None else make("Circle.v1")
        if shape == (28, 28, 1) and outputs == 10:
            return make("Mnist.v1")
        if shape == (1000,) and outputs == 10:
            return make("Wide.v1")
    elif shape == (2,) and outputs == 1:
        return make("GaussianBumps.v1")
    return make("StandIn.v1", shape=list(shape), outputs=outputs, problem=task)


def task_of(reading: Reading) -> str:
    """Whether the network names classes or gives numbers, by its loss or by how it ends."""
    loss = reading.training.get("loss")
    if loss is not None and len(loss.tasks) == 1:
        return str(loss.tasks[0])
    output = reading.network.output.layer
    ends_in = getattr(output, "activation", getattr(output, "name", ""))
    return "classification" if ends_in in ("sigmoid", "softmax") else "regression"


def setup_of(reading: Reading, dataset: Dataset, data: Data, present: Setup | None = None) -> Setup:
    """A setup for an imported network on data that it fits; what the file does not say stays as
    it is at present, or is usual. The network is left as it was read."""
    training = present.training if present is not None else Training(learning_rate=0.001)
    found = in_steps(dict(reading.training), -(-len(data.train) // _batch(reading, training)))
    if found.get("loss") is None or data.task not in found["loss"].tasks:
        kind = "CrossEntropy.v1" if data.task == "classification" else "MSE.v1"
        found["loss"] = registry.find(Loss, kind)()
    if "optimizer" not in found and (present is None or training.optimizer is None):
        found["optimizer"] = registry.find(Optimizer, "Adam.v1")()
    if "schedule" not in found and "learning_rate" in found:
        training = dataclasses.replace(training, schedule=None)
    setup = Setup(dataset, reading.network, training, reading.name)
    return setup.with_training(**found)


def _batch(reading: Reading, training: Training) -> int:
    return max(1, int(reading.training.get("batch_size", training.batch_size)))


def summary(reading: Reading) -> dict[str, object]:
    """What was read, as plain JSON."""
    network = reading.network
    return {
        "layers_read": len(network.nodes) - 1,
        "training_read": sorted(name for name in reading.training if name != "by_epoch"),
        "parameters_read": sum(int(v.size) for v in reading.parameters.values()),
        "not_read": [remark_json(remark) for remark in reading.remarks],
    }


def remark_json(remark: Remark) -> dict[str, object]:
    """A remark as plain JSON."""
    return {"line": remark.line, "text": str(remark.text)}
