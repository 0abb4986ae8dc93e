"""Keras 3 source that builds, trains and saves the same network."""

from __future__ import annotations

from typing import Any

from nnstudio.core.contracts import Layer
from nnstudio.core.exchange.companions import DATA_FUNCTION, pack_data
from nnstudio.core.exchange.formats import Exporter
from nnstudio.core.exchange.keras_names import (
    EPSILON_SQUARED,
    INITIALIZERS,
    LAYERS,
    OPTIMIZERS,
    automatic_initializer,
    by_type,
)
from nnstudio.core.exchange.keras_parts import BOTH_LIMITS, GAUSSIAN_NOISE, ONE_HOT, SINE
from nnstudio.core.exchange.keras_training import callbacks, loss_text, rate_text, watched
from nnstudio.core.exchange.python_text import Code, call, literal, one_line
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.exchange.weights import pack_weights
from nnstudio.core.fields import fields_of, flag
from nnstudio.core.lowering import identifiers
from nnstudio.core.network import Network, Node
from nnstudio.core.registry import register
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark

#: Names that the source uses itself.
TAKEN = ("np", "os", "keras", "layers", "model", "ops", "initializers", "REGULARIZER", "callbacks",
         "load_data", "load_weights", "build_model", "compile_model", "main", "inputs", "load_file",
         "one_hot", "GaussianNoise", "sine")  # fmt: skip

#: Schedules that the program has, by our types.
WRITTEN = ("Constant.v1", "Exponential.v1", "Step.v1", "Cosine.v1", "Polynomial.v1",
           "LinearWarmup.v1", "OneCycle.v1", "ReduceOnPlateau.v1")  # fmt: skip

#: Arguments that are written without their names where they come first.
LEADING = ("units", "filters", "rate", "target_shape", "dims", "stddev", "kernel_size",
           "pool_size", "size")  # fmt: skip


def _activation(name: str) -> Any:
    return Code("sine") if name == "sine" else name


def layer_text(network: Network, node: Node, regularized: bool, limit: float = 0.0) -> str:
    """One layer as a call, such as ``layers.Dense(8, activation="tanh", name="dense_1")``;
    ``limit`` is the max-norm of each unit's incoming weights, 0 for none."""
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
    pulled = [p for p in network.facts[node.id].parameters if p.regularized]
    kernel = "depthwise" if layer.type_name.startswith("Depthwise") else "kernel"
    if regularized and pulled:
        named[f"{kernel}_regularizer"] = Code("REGULARIZER")
    if limit and pulled:
        axes = list(range(len(pulled[0].shape) - 1))
        made = call("keras.constraints.MaxNorm", limit, axis=axes if axes[1:] else 0)
        named[f"{kernel}_constraint"] = Code(made)
    if node.frozen:
        named["trainable"] = False
    place = "" if _beyond(layer) else "layers."
    return call(f"{place}{keras}", *args, **named, name=node.id)


def _beyond(layer: Layer) -> bool:
    """Whether Keras' own layer would refuse its settings."""
    return layer.type_name == "GaussianNoise.v1" and layer.deviation > 1.0  # type: ignore[attr-defined]


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


def model_lines(network: Network, regularized: bool, limit: float = 0.0) -> list[str]:
    """The body of ``build_model``."""
    shape = network.facts[network.input.id].shape
    first = call("keras.Input", shape=shape, name=network.input.id)
    if network.is_chain() and len(network.nodes) > 1:
        parts = [first, *(layer_text(network, n, regularized, limit) for n in network.nodes[1:])]
        return ["return keras.Sequential([", *(f"    {part}," for part in parts), "])"]
    names = identifiers([node.id for node in network.nodes], TAKEN)
    lines = [f"{names[network.input.id]} = {first}"]
    for node in network.nodes[1:]:
        read = [names[name] for name in node.inputs]
        given = f"[{', '.join(read)}]" if node.layer.arity == -1 else read[0]
        lines.append(f"{names[node.id]} = {layer_text(network, node, regularized, limit)}({given})")
    ends = f"{names[network.input.id]}, {names[network.output.id]}"
    return [*lines, f"return keras.Model({ends})"]


#: Keras' arguments that have to be written because its own values are not ours.
FIXED = {"Adagrad": {"initial_accumulator_value": 0.0}}
#: Biases and the like, by Keras' names: weights decay, these do not.
NO_DECAY = ["bias", "gamma", "beta", "alpha"]


def optimizer_text(setup: Setup, total: int) -> tuple[list[str], str]:
    """The lines that make the optimizer, and the source of classes that they need; an optimizer
    that Keras lacks is replaced by the nearest, with a note."""
    training = setup.training
    rate, own = rate_text(setup, total)
    named: dict[str, Any] = {"learning_rate": rate}
    optimizer = training.optimizer
    match = by_type(OPTIMIZERS).get(optimizer.type_name) if optimizer is not None else None
    if match is not None:
        named |= {theirs: getattr(optimizer, ours) for ours, theirs in match.arguments if ours}
        named |= FIXED.get(match.name, {})
        if match.name in EPSILON_SQUARED:
            named["epsilon"] = float(f"{named['epsilon'] ** 2:.12g}")
    kind = match.name if match else "SGD"
    name = f"keras.optimizers.{kind}"
    if training.clip_norm:
        named["global_clipnorm"] = training.clip_norm
    if training.clip_norm and training.clip_value:
        own += BOTH_LIMITS.format(name=kind)
        name, named["value_limit"] = kind, training.clip_value
    elif training.clip_value:
        named["clipvalue"] = training.clip_value
    if training.averaging:
        named |= {"use_ema": True, "ema_momentum": training.averaging}
    lines = [f"optimizer = {call(name, **named)}"]
    if named.get("weight_decay"):
        lines.append(call("optimizer.exclude_from_weight_decay", var_names=NO_DECAY))
    return lines, own


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
        lines = model_lines(network, regularized, training.max_norm)
        loss = loss_text(setup, model.data)
        notes = _notes(model)
        regularizer = ""
        if regularized:
            # Keras' penalty is l2 w², whose gradient is twice as steep as ours.
            made = call("keras.regularizers.L1L2", l1=training.l1, l2=training.l2 / 2)
            regularizer = f"\nREGULARIZER = {made}\n"
        epochs = training.epochs or 100
        whole = training.optimizer is not None and training.optimizer.whole_set
        batch = len(model.data.train) if whole else min(training.batch_size, 65536)
        total = epochs * -(-len(model.data.train) // batch)
        optimizer, parts = optimizer_text(setup, total)
        if any(_beyond(node.layer) for node in network.nodes):
            parts += GAUSSIAN_NOISE
        if any("sine" in (getattr(n.layer, "activation", ""), getattr(n.layer, "name", ""))
               for n in network.nodes):  # fmt: skip
            parts += SINE
        if loss.one_hot:
            parts += ONE_HOT.format(classes=max(2, len(model.classes)))
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
            optimizer="\n".join(f"    {line}" for line in optimizer), parts=parts + loss.own,
            loss=loss.text, metrics=loss.metrics, epochs=epochs,
            targets="    y_train, y_valid = one_hot(y_train), one_hot(y_valid)\n"
            if loss.one_hot else "",
            class_weight=loss.class_weight and f"\n        class_weight={loss.class_weight},",
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


def _notes(model: Trained) -> str:
    """What Keras does differently, in a sentence each."""
    training, found = model.setup.training, []
    optimizer, schedule = training.optimizer, training.schedule
    kind = optimizer.type_name if optimizer is not None else "SGD.v1"
    if kind not in by_type(OPTIMIZERS) and not kind.startswith("GradientDescent"):
        name = kind.split(".")[0]
        found.append(f"Keras has no {name}; plain SGD stands in for it.")
    if kind in ("Adam.v1", "AdamW.v1", "Nadam.v1"):
        found.append("Keras adds epsilon before the moments are corrected for their start, so that "
                     "its first steps are a little shorter.")  # fmt: skip
    if kind == "Nadam.v1":
        found.append(
            "Its Nadam reaches full momentum within some 100 steps, NNStudio's within thousands."
        )
    if schedule is not None and schedule.type_name == "ReduceOnPlateau.v1":
        found.append("Keras takes the least improvement as it is, not as a share of the loss.")
    elif schedule is not None and schedule.type_name not in WRITTEN:
        name = schedule.type_name.split(".")[0]
        found.append(f"Keras has no schedule {name}; the learning rate stays as it is.")
    followed = training.patience or training.keep_best
    wanted = training.watch if training.watch == "val_loss" else f"val_{training.watch}"
    if followed and watched(model.setup, model.data) != wanted:
        found.append(f"The validation loss is watched in place of “{training.watch}”.")
    if followed and training.keep_best and not training.patience:
        found.append("The model of the best epoch is written beside the last one.")
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
{parts}{data_function}

def build_model():
    """The network; without its weights."""
{body}

{weights}
def compile_model(model):
    """Say how it learns."""
{optimizer}
    model.compile(
        optimizer=optimizer,
        loss={loss},
        metrics={metrics},
    )


def main():
    """Train, and save the model."""
    keras.utils.set_random_seed({seed})
    (x_train, y_train), (x_valid, y_valid) = load_data()
{targets}    model = build_model()
{load}    model.summary()
    compile_model(model)
    model.fit(
        x_train,
        y_train,
        validation_data=(x_valid, y_valid),
        epochs={epochs},
        batch_size={batch},
        callbacks={callbacks},{class_weight}
    )
    model.save(os.path.join(HERE, STEM + ".keras"))


if __name__ == "__main__":
    main()
'''
