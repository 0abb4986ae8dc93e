"""Fit a setup to its data: the input's shape, the output's units and activation, the loss."""

from __future__ import annotations

import dataclasses

from nnstudio.core import registry
from nnstudio.core.contracts import Layer, Loss
from nnstudio.core.data import Data
from nnstudio.core.network import Network
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark


def fit(setup: Setup, data: Data) -> Setup:
    """The same setup with whatever the data decides put right; ids of nodes stay.

    The input takes the data's shape. The last layer, if it is Dense, gets one unit for two
    classes (sigmoid), one a class for more (softmax), one a target for regression (linear); an
    activation that a person chose is kept if the kind of problem stays the same.
    """
    network = setup.network
    if network.input.layer.infer() != data.shape:
        network = network.replace(
            network.input.id,
            registry.from_json(Layer, {"type": "Input.v1", "shape": list(data.shape)}),
        )
    network = _fit_input(network, data)
    output = network.output.layer
    if output.type_name == "Dense.v1":
        units = data.outputs
        final = output.activation  # type: ignore[attr-defined]
        if data.task == "regression":
            inside = data.target_range[0] >= 0.0 and data.target_range[1] <= 1.0
            if final == "softmax" or (final == "sigmoid" and not inside):
                final = "linear"
        elif units == 1:
            if final != "linear" or setup.training.loss is None or _is_new_task(setup, data):
                final = "sigmoid"
        elif final == "sigmoid" or _is_new_task(setup, data):
            final = "softmax"
        fitted = dataclasses.replace(output, units=units, activation=final)  # type: ignore[call-arg, type-var]
        if fitted != output:
            network = network.replace(network.output.id, fitted)
    training = setup.training
    if training.loss is None or data.task not in training.loss.tasks or _is_new_task(setup, data):
        name = "CrossEntropy.v1" if data.task == "classification" else "MSE.v1"
        if training.loss is None or training.loss.type_name != name:
            training = dataclasses.replace(training, loss=registry.find(Loss, name)())
    if network is setup.network and training is setup.training:
        return setup
    return dataclasses.replace(setup, network=network, training=training)


#: What is said of the input alone.
NO_LAYER = mark("There is no layer yet: the network gives back what it is given. Add an output.")


def check_fit(setup: Setup, data: Data) -> None:
    """Raise ``StudioError`` unless the network takes what the data holds and answers as its loss
    wants it. An edit can leave one that does not: three answers for two classes."""
    network, loss = setup.network, setup.training.loss
    network.check()
    if len(network.nodes) == 1:
        raise StudioError(NO_LAYER)
    if network.input.layer.infer() != data.shape:
        raise StudioError(
            mark("The network expects {expected} numbers an example, the data has {given}."),
            expected=" × ".join(map(str, network.input.layer.infer())),
            given=" × ".join(map(str, data.shape)),
        )
    assert network.output_shape is not None
    if loss is not None:
        loss.check(network.output_shape, data)


def fits(setup: Setup, data: Data) -> bool:
    """Whether ``check_fit`` has nothing to say."""
    try:
        check_fit(setup, data)
    except StudioError:
        return False
    return True


def _is_new_task(setup: Setup, data: Data) -> bool:
    """Whether the present loss was chosen for the other kind of problem."""
    loss = setup.training.loss
    if loss is None:
        return True
    if len(loss.tasks) == 1:
        return loss.tasks[0] != data.task
    output = setup.network.output.layer
    was = (
        "classification"
        if getattr(output, "activation", "") in ("sigmoid", "softmax")
        else "regression"
    )
    return was != data.task


def _fit_input(network: Network, data: Data) -> Network:
    """Put a Flatten after the input of an image where a Dense layer would read it, and take it
    away again where the data is a plain row."""
    consumers = network.consumers(network.input.id)
    if len(data.shape) > 1 and any(node.layer.type_name == "Dense.v1" for node in consumers):
        network, _ = network.insert_after(
            network.input.id, registry.from_json(Layer, {"type": "Flatten.v1"})
        )
    elif len(data.shape) == 1 and [n.layer.type_name for n in consumers] == ["Flatten.v1"]:
        network = network.remove([consumers[0].id])
    return network
