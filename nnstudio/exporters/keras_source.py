"""Keras 3 source that builds, trains and saves the same network."""

from __future__ import annotations

from typing import Any

from nnstudio.core.companions import DATA_FUNCTION, pack_data
from nnstudio.core.contracts import Layer
from nnstudio.core.fields import fields_of, flag
from nnstudio.core.formats import Exporter
from nnstudio.core.keras_names import (
    INITIALIZERS,
    LAYERS,
    OPTIMIZERS,
    automatic_initializer,
    by_type,
)
from nnstudio.core.keras_training import callbacks, loss_text, rate_text
from nnstudio.core.lowering import identifiers
from nnstudio.core.network import Network, Node
from nnstudio.core.python_text import Code, call, literal, one_line
from nnstudio.core.registry import register
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark
from nnstudio.core.trained import Trained
from nnstudio.core.weights import pack_weights

#: Names that the source uses itself.
TAKEN = ("np", "os", "keras", "layers", "model", "ops", "initializers", "REGULARIZER", "callbacks",
         "load_data", "load_weights", "build_model", "main", "inputs", "load_file")  # fmt: skip

#: Arguments that are written without their names where they come first.
LEADING = ("units", "filters", "rate", "target_shape", "dims", "stddev", "kernel_size",
           "pool_size", "size")  # fmt: skip


def _activation(name: str) -> Any:
    return Code("keras.ops.sin") if name == "sine" else name


def layer_text(network: Network, node: Node, regularized: bool) -> str:
    """One layer as a call, such as ``layers.Dense(8, activation="tanh", name="dense_1")``."""
    layer = node.layer
    match = by_type(LAYERS).get(layer.type_name)
    named: dict[str, Any] = {}
    args: list[Any] = []
    shapes = network.facts[node.id].input_shapes
    if match is None:
        name = getattr(layer, "name", "")
        if not name:
            raise StudioError(mark("{layer} has no counterpart in Keras. Take it out, or save a "
                                   "project."), layer=layer.label)  # fmt: skip
        keras, args = "Activation", [_activation(name)]
    else:
        keras = match.name
        if keras.startswith("Global") and len(shapes[0]) == 2:
            keras = keras.replace("2D", "1D")
        for ours, theirs in match.arguments:
            if ours:
                _argument(layer, ours, theirs, args, named, shapes)
    if layer.type_name == "ZeroPadding2D.v1":
        values: Any = layer
        args = [((values.top, values.bottom), (values.left, values.right))]
    if layer.type_name == "PReLU.v1" and len(shapes[0]) > 1:
        named["shared_axes"] = list(range(1, len(shapes[0])))
    if regularized and any(p.regularized for p in network.facts[node.id].parameters):
        depthwise = layer.type_name.startswith("Depthwise")
        key = "depthwise_regularizer" if depthwise else "kernel_regularizer"
        named[key] = Code("REGULARIZER")
    if node.frozen:
        named["trainable"] = False
    return call(f"layers.{keras}", *args, **named, name=node.id)


def _argument(
    layer: Layer, ours: str, theirs: str, args: list[Any], named: dict[str, Any], shapes: Any
) -> None:
    """Add one field, unless Keras would choose the same."""
    value = getattr(layer, ours)
    first = not args and not named
    if ours == "activation":
        if value != "linear":
            named[theirs] = _activation(value)
    elif ours == "initializer":
        automatic = automatic_initializer(layer)
        if value != "automatic":
            named[theirs] = Code(f"initializers.{INITIALIZERS[value]}()")
        elif automatic != "glorot_uniform":
            named[theirs] = automatic
    elif ours == "stride" and "pool_size" in fields_of(layer):
        if any(value):
            sizes = [s or p for s, p in zip(value, layer.pool_size, strict=True)]  # type: ignore[attr-defined]
            named[theirs] = sizes[0] if len(sizes) == 1 else tuple(sizes)
    elif ours == "axes":
        named[theirs] = -1 if value == "last" else list(range(1, len(shapes[0]) + 1))
    elif (first and theirs in LEADING) or (
        theirs == "kernel_size" and len(args) == 1 and not named
    ):
        args.append(_plain(value, ours))
    elif value != _default(layer, ours) or theirs in ("momentum", "epsilon", "negative_slope"):
        named[theirs] = _plain(value, ours)


def _default(layer: Layer, name: str) -> Any:
    return next(f.default for f in layer.__dataclass_fields__.values() if f.name == name)  # type: ignore[attr-defined]


def _plain(value: Any, name: str) -> Any:
    """Equal sizes as one number, except in shapes and orders."""
    if isinstance(value, tuple) and name not in ("shape", "order") and len(set(value)) == 1:
        return value[0]
    return value


def model_lines(network: Network, regularized: bool) -> list[str]:
    """The body of ``build_model``."""
    shape = network.facts[network.input.id].shape
    first = call("keras.Input", shape=shape, name=network.input.id)
    if network.is_chain() and len(network.nodes) > 1:
        parts = [first, *(layer_text(network, n, regularized) for n in network.nodes[1:])]
        return ["return keras.Sequential([", *(f"    {part}," for part in parts), "])"]
    names = identifiers([node.id for node in network.nodes], TAKEN)
    lines = [f"{names[network.input.id]} = {first}"]
    for node in network.nodes[1:]:
        read = [names[name] for name in node.inputs]
        given = f"[{', '.join(read)}]" if node.layer.arity == -1 else read[0]
        lines.append(f"{names[node.id]} = {layer_text(network, node, regularized)}({given})")
    ends = f"{names[network.input.id]}, {names[network.output.id]}"
    return [*lines, f"return keras.Model({ends})"]


def optimizer_text(setup: Setup) -> str:
    """The optimizer as a call; one that Keras lacks is replaced by the nearest, with a note."""
    training = setup.training
    named: dict[str, Any] = {"learning_rate": rate_text(setup)}
    optimizer = training.optimizer
    match = by_type(OPTIMIZERS).get(optimizer.type_name) if optimizer is not None else None
    if match is not None:
        named |= {theirs: getattr(optimizer, ours) for ours, theirs in match.arguments if ours}
    if training.clip_norm:
        named["global_clipnorm"] = training.clip_norm
    if training.clip_value:
        named["clipvalue"] = training.clip_value
    if training.averaging:
        named |= {"use_ema": True, "ema_momentum": training.averaging}
    return call(f"keras.optimizers.{match.name if match else 'SGD'}", **named)


@register("KerasSource.v1")
class KerasSource(Exporter):
    """One file to train with, and the weights and the data beside it."""

    label = mark("Keras source")
    help = mark("A Keras 3 program that builds and trains the same network.")
    name = "keras"
    extension = ".py"
    order = 10

    weights: bool = flag(
        True, label=mark("With weights"),
        help=mark("Writes the trained weights beside it; the program goes on from them."),
    )  # fmt: skip
    data: bool = flag(
        True, label=mark("With data"),
        help=mark("Writes the data beside it, so that the program runs as it is."),
    )  # fmt: skip

    def files(self, model: Trained, stem: str) -> dict[str, bytes]:
        """The source, the weights, the data."""
        found = {f"{stem}.py": self.source(model, stem).encode()}
        if self.weights:
            found[f"{stem}.safetensors"] = pack_weights(model.parameters)
        if self.data:
            found[f"{stem}-data.npz"] = pack_data(model.data)
        return found

    def source(self, model: Trained, stem: str) -> str:
        """The whole source."""
        setup, network = model.setup, model.setup.network
        network.check()
        training = setup.training
        regularized = bool(training.l1 or training.l2)
        lines = model_lines(network, regularized)
        loss = loss_text(setup, model.data)
        notes = _notes(setup)
        regularizer = ""
        if regularized:
            # Keras' penalty is l2 w², whose gradient is twice as steep as ours.
            made = call("keras.regularizers.L1L2", l1=training.l1, l2=training.l2 / 2)
            regularizer = f"\nREGULARIZER = {made}\n"
        metrics = '["accuracy"]' if model.classes else "[]"
        epochs = training.epochs or 100
        whole = training.optimizer is not None and training.optimizer.whole_set
        batch = len(model.data.train) if whole else min(training.batch_size, 65536)
        made_callbacks = callbacks(setup, model.data)
        listed = "".join(f"\n            {text}," for text in made_callbacks)
        fit = f"[{listed}\n        ]" if made_callbacks else "[]"
        factors = {n.id: n.rate_factor for n in network.nodes if n.rate_factor != 1.0}
        rates = ""
        if factors:
            rates = (
                "\n# Keras has one learning rate for all layers; these factors are not applied.\n"
                f"LEARNING_RATE_FACTORS = {factors!r}\n"
            )
        imports = "from keras import initializers, layers" if any(
            "initializers." in line for line in lines
        ) else "from keras import layers"  # fmt: skip
        return _FILE.format(
            title=one_line(setup.name or model.data.name), stem=literal(stem)[1:-1], notes=notes,
            imports=imports, seed=training.seed, regularizer=regularizer, rates=rates,
            body="\n".join(f"    {line}" for line in lines),
            optimizer=optimizer_text(setup), loss=loss, metrics=metrics, epochs=epochs,
            batch=batch, callbacks=fit, data_function=_data_function(model),
            weights=_LOAD_WEIGHTS if self.weights else "",
            load="    load_weights(model)\n" if self.weights else "",
            safetensors="from safetensors.numpy import load_file\n" if self.weights else "",
            needs=", safetensors" if self.weights else "",
        )  # fmt: skip


def _data_function(model: Trained) -> str:
    data = model.data
    shape = ", ".join(map(str, data.shape))
    targets = (
        f"random.integers(0, {max(2, len(data.classes))}, (count, 1))"
        if model.classes
        else f"random.normal(size=(count, {data.train.y.shape[1]}))"
    )
    return DATA_FUNCTION.format(
        shape=shape, targets=targets, scale=repr(data.scale), shift=repr(data.shift)
    )


def _notes(setup: Setup) -> str:
    """What Keras does differently, in a sentence each."""
    training, found = setup.training, []
    optimizer = training.optimizer
    kind = optimizer.type_name if optimizer is not None else "SGD.v1"
    if kind not in by_type(OPTIMIZERS) and not kind.startswith("GradientDescent"):
        name = kind.split(".")[0]
        found.append(f"Keras has no {name}; plain SGD stands in for it.")
    if training.max_norm:
        found.append("The limit of each unit's incoming weights (max-norm) is left out.")
    if getattr(training.loss, "class_weights", ""):
        found.append("Class weights are given to fit().")
    return "".join(f"\n{text}" for text in found)


_LOAD_WEIGHTS = '''
def load_weights(model, path=os.path.join(HERE, STEM + ".safetensors")):
    """Put the trained weights in place; each is stored as Keras holds it."""
    order = ("weight", "bias", "scale", "shift", "moving_mean", "moving_variance", "slope")
    stored = load_file(path)
    for layer in model.layers:
        keys = [f"{layer.name}.{name}" for name in order]
        arrays = [stored[key] for key in keys if key in stored]
        if arrays:
            shapes = [variable.shape for variable in layer.weights if "seed" not in variable.path]
            layer.set_weights([a.reshape(s) for a, s in zip(arrays, shapes)])

'''

_FILE = '''"""{title}: a Keras 3 program written by NNStudio.

Needs keras with any of its backends (tensorflow, torch or jax), numpy{needs}.
Run it with: python {stem}.py{notes}
"""

import os

import numpy as np
{safetensors}
import keras
{imports}

HERE = os.path.dirname(os.path.abspath(__file__))
STEM = "{stem}"
{regularizer}{rates}
{data_function}

def build_model():
    """The network; without its weights."""
{body}

{weights}
def main():
    """Train, and save the model."""
    keras.utils.set_random_seed({seed})
    (x_train, y_train), (x_valid, y_valid) = load_data()
    model = build_model()
{load}    model.summary()
    model.compile(
        optimizer={optimizer},
        loss={loss},
        metrics={metrics},
    )
    model.fit(
        x_train,
        y_train,
        validation_data=(x_valid, y_valid),
        epochs={epochs},
        batch_size={batch},
        callbacks={callbacks},
    )
    model.save(os.path.join(HERE, STEM + ".keras"))


if __name__ == "__main__":
    main()
'''
