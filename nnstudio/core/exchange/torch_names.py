"""What PyTorch calls layers, functions, losses and optimizers, for reading its source."""

from __future__ import annotations

import dataclasses
from typing import Any

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Layer, Loss, Optimizer, Shape
from nnstudio.core.exchange.assembling import layer
from nnstudio.core.exchange.keras_layers import Call
from nnstudio.core.exchange.plain_values import is_number
from nnstudio.core.fields import fields_of
from nnstudio.core.network import Network
from nnstudio.core.setup import Training
from nnstudio.core.text import StudioError, mark

Read = tuple[list[Layer], StudioError | None]

#: Activations as modules and as functions, by ours.
ACTIVATIONS = {
    "ReLU": "ReLU.v1", "relu": "ReLU.v1", "relu_": "ReLU.v1", "Tanh": "Tanh.v1",
    "tanh": "Tanh.v1", "Sigmoid": "Sigmoid.v1", "sigmoid": "Sigmoid.v1", "GELU": "GELU.v1",
    "gelu": "GELU.v1", "SiLU": "SiLU.v1", "silu": "SiLU.v1", "Mish": "Mish.v1", "mish": "Mish.v1",
    "SELU": "SELU.v1", "selu": "SELU.v1", "Softplus": "Softplus.v1", "softplus": "Softplus.v1",
    "Softsign": "Softsign.v1", "softsign": "Softsign.v1", "Hardsigmoid": "HardSigmoid.v1",
    "hardsigmoid": "HardSigmoid.v1", "Hardswish": "HardSwish.v1", "hardswish": "HardSwish.v1",
    "Softmax": "Softmax.v1", "softmax": "Softmax.v1", "sin": "Sine.v1", "ELU": "ELU.v1",
    "elu": "ELU.v1", "LeakyReLU": "LeakyReLU.v1", "leaky_relu": "LeakyReLU.v1",
}  # fmt: skip

#: Methods of a tensor that change nothing here.
PASSING = {"to", "float", "contiguous", "cuda", "cpu", "clone", "detach", "squeeze", "log_softmax",
           "unsqueeze", "permute", "movedim", "transpose", "LogSoftmax"}  # fmt: skip

#: Modules by the function that reads them.
MODULES = {
    "Linear", "LazyLinear", "Conv1d", "Conv2d", "ConvTranspose2d", "MaxPool1d", "MaxPool2d",
    "AvgPool1d",
    "AvgPool2d", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "BatchNorm1d",
    "BatchNorm2d", "LayerNorm", "Dropout", "Dropout2d", "Flatten", "PReLU", "ZeroPad2d",
    "Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d", "Identity", "LogSoftmax",
}  # fmt: skip


def is_module(name: str) -> bool:
    """Whether a name is that of a module that can be read."""
    return name in MODULES or (name in ACTIVATIONS and name[:1].isupper())


def _given(call: Call, *order: str) -> dict[str, Any]:
    return dict(zip(order, call.args, strict=False)) | call.named


def _pair(value: Any, axes: int) -> list[int]:
    sizes = [value] * axes if isinstance(value, int) else list(value) if isinstance(
        value, (tuple, list)) else []  # fmt: skip
    if len(sizes) != axes or not all(isinstance(size, int) for size in sizes):
        raise StudioError(mark("A size of this layer is not stated in numbers; it was left out."))
    return sizes


def read_module(call: Call, shape: Shape) -> Read:
    """Our layers for a module on an input of a shape; raises ``StudioError`` if there are none."""
    name = call.name
    if name in ("Identity", "LogSoftmax"):
        return [], None
    if name in ACTIVATIONS:
        return _activation(name, call)
    match name:
        case "Linear" | "LazyLinear":
            order = ("in_features", "out_features", "bias")
            given = _given(call, *order[name != "Linear" :])
            made = layer("Dense.v1", units=given.get("out_features"), **_bias(given))
            return [made], None
        case "Conv1d" | "Conv2d" | "ConvTranspose2d":
            return _convolution(name, call, shape)
        case "MaxPool1d" | "MaxPool2d" | "AvgPool1d" | "AvgPool2d":
            return _pool(name, call)
        case "AdaptiveAvgPool1d" | "AdaptiveAvgPool2d" | "AdaptiveMaxPool2d":
            size = call.args[0] if call.args else call.named.get("output_size")
            if size not in (1, (1, 1), [1, 1]):
                raise StudioError(mark("There is no layer “{name}” here; it was left out."),
                                  name=name)  # fmt: skip
            return [layer("GlobalMaxPool.v1" if "Max" in name else "GlobalAvgPool.v1")], None
        case "BatchNorm1d" | "BatchNorm2d":
            given = _given(call, "num_features", "eps", "momentum")
            momentum = given.get("momentum", 0.1)
            keep = round(1 - momentum, 12) if is_number(momentum) else 0.9
            return [layer("BatchNorm.v1", epsilon=given.get("eps", 1e-5), momentum=keep)], None
        case "LayerNorm":
            given = _given(call, "normalized_shape", "eps")
            over = given.get("normalized_shape")
            count = len(over) if isinstance(over, (list, tuple)) else 1
            axes = "all" if count == len(shape) and count > 1 else "last"
            return [layer("LayerNorm.v1", epsilon=given.get("eps", 1e-5), axes=axes)], None
        case "Dropout":
            return [layer("Dropout.v1", rate=_given(call, "p").get("p", 0.5))], None
        case "Dropout2d":
            return [layer("SpatialDropout2D.v1", rate=_given(call, "p").get("p", 0.5))], None
        case "Flatten":
            return [layer("Flatten.v1")], None
        case "PReLU":
            return [layer("PReLU.v1")], None
        case "ZeroPad2d":
            frame = call.args[0] if call.args else call.named.get("padding")
            left, right, top, bottom = _pair(frame, 4)
            made = layer("ZeroPadding2D.v1", left=left, right=right, top=top, bottom=bottom)
            return [made], None
        case "Upsample" | "UpsamplingNearest2d" | "UpsamplingBilinear2d":
            given = _given(call, "size", "scale_factor", "mode")
            factor: Any = given.get("scale_factor")
            smooth = name.endswith("Bilinear2d") or given.get("mode") == "bilinear"
            factor = int(factor) if is_number(factor) and float(factor).is_integer() else factor
            made = layer("UpSampling2D.v1", size=_pair(factor, 2),
                         interpolation="bilinear" if smooth else "nearest")  # fmt: skip
            return [made], None
    raise StudioError(mark("There is no layer “{name}” here; it was left out."), name=name[:60])


def _bias(given: dict[str, Any]) -> dict[str, Any]:
    return {"use_bias": False} if given.get("bias", True) is False else {}


def _activation(name: str, call: Call) -> Read:
    kind = ACTIVATIONS[name]
    values: dict[str, Any] = {}
    if kind == "LeakyReLU.v1":
        values["slope"] = _given(call, "negative_slope").get("negative_slope", 0.01)
    elif kind == "ELU.v1":
        values["alpha"] = _given(call, "alpha").get("alpha", 1.0)
    return [layer(kind, **values)], None


def _convolution(name: str, call: Call, shape: Shape) -> Read:
    axes = 1 if name.endswith("1d") else 2
    order = ["in_channels", "out_channels", "kernel_size", "stride", "padding"]
    transposed = name.startswith("ConvT")
    order += ["output_padding", "groups", "bias", "dilation"] if transposed else [
        "dilation", "groups", "bias"]  # fmt: skip
    given = _given(call, *order)
    kernel = _pair(given.get("kernel_size"), axes)
    stride, dilation = _pair(given.get("stride", 1), axes), _pair(given.get("dilation", 1), axes)
    groups = given.get("groups", 1)
    values: dict[str, Any] = {
        "filters": given.get("out_channels"), "kernel": kernel, "stride": stride,
        "dilation": dilation, **_bias(given),
    }  # fmt: skip
    padding = given.get("padding", 0)
    frame = [0] * axes if isinstance(padding, str) else _pair(padding, axes)
    same = all(2 * f == d * (k - 1) for f, d, k in zip(frame, dilation, kernel, strict=True))
    before: list[Layer] = []
    error = None
    if padding == "same" or (same and any(frame) and set(stride) == {1}):
        values["padding"] = "same"
    elif any(frame) and transposed:
        error = StudioError(mark("The padding of this layer has no counterpart here."))
    elif any(frame) and axes == 2:
        top, left = frame
        before = [layer("ZeroPadding2D.v1", top=top, bottom=top, left=left, right=left)]
    elif any(frame):
        values["padding"] = "same"
        error = StudioError(mark("The padding of this layer is taken as “same”."))
    if transposed:
        return [*before, layer("ConvTranspose2D.v1", **values)], error
    if axes == 2 and groups == given.get("in_channels") and groups != 1:
        multiplier = values.pop("filters", 0) // groups if groups else 0
        return [*before, layer("DepthwiseConv2D.v1", multiplier=multiplier, **values)], error
    if axes == 2:
        values["groups"] = groups
    return [*before, layer(f"Conv{axes}D.v1", **values)], error


def _pool(name: str, call: Call) -> Read:
    axes = int(name[-2])
    given = _given(call, "kernel_size", "stride", "padding")
    window = _pair(given.get("kernel_size"), axes)
    stride = given.get("stride")
    values: dict[str, Any] = {"pool_size": window}
    if stride is not None:
        values["stride"] = _pair(stride, axes)
    error = None
    if given.get("padding", 0) not in (0, (0, 0)):
        values["padding"] = "same"
        error = StudioError(mark("The padding of this layer is taken as “same”."))
    kind = "Max" if name.startswith("Max") else "Avg"
    return [layer(f"{kind}Pool{axes}D.v1", **values)], error


def read_function(name: str, args: list[Any], named: dict[str, Any], shape: Shape) -> Read:
    """Our layers for a function of ``torch.nn.functional`` or a method of a tensor."""
    call = Call(name, args, named, 0)
    if name in ACTIVATIONS:
        return _activation(name, call)
    modules = {
        "max_pool1d": "MaxPool1d", "max_pool2d": "MaxPool2d", "avg_pool1d": "AvgPool1d",
        "avg_pool2d": "AvgPool2d", "dropout": "Dropout", "dropout2d": "Dropout2d",
        "adaptive_avg_pool2d": "AdaptiveAvgPool2d", "interpolate": "Upsample",
        "adaptive_avg_pool1d": "AdaptiveAvgPool1d",
    }  # fmt: skip
    if name in modules:
        named = {k: v for k, v in named.items() if k != "training"}
        return read_module(Call(modules[name], args, named, 0), shape)
    raise StudioError(mark("“{name}” is not known here; it was left out."), name=name[:60])


def put(training: dict[str, Any], name: str, value: Any) -> None:
    """A training setting; raises ``StudioError`` if it does not fit."""
    training[name] = fields_of(Training)[name].read(value)


_LOSSES = {
    "CrossEntropyLoss": "CrossEntropy.v1", "NLLLoss": "CrossEntropy.v1",
    "BCELoss": "CrossEntropy.v1", "BCEWithLogitsLoss": "CrossEntropy.v1", "MSELoss": "MSE.v1",
    "L1Loss": "MAE.v1", "HuberLoss": "Huber.v1", "SmoothL1Loss": "Huber.v1",
    "PoissonNLLLoss": "Poisson.v1", "KLDivLoss": "KLDivergence.v1",
}  # fmt: skip
#: Losses as functions, by the class that does the same.
LOSS_FUNCTIONS = {
    "cross_entropy": "CrossEntropyLoss", "nll_loss": "NLLLoss", "mse_loss": "MSELoss",
    "binary_cross_entropy": "BCELoss", "binary_cross_entropy_with_logits": "BCEWithLogitsLoss",
    "l1_loss": "L1Loss", "huber_loss": "HuberLoss", "smooth_l1_loss": "SmoothL1Loss",
}  # fmt: skip
_OPTIMIZERS = {"SGD": "SGD", "Adam": "Adam", "AdamW": "AdamW", "RMSprop": "RMSprop",
               "Adagrad": "Adagrad", "Adadelta": "Adadelta", "Adamax": "Adamax", "NAdam": "Nadam",
               "RAdam": "RAdam", "Rprop": "Rprop"}  # fmt: skip
_RATES = {"SGD": 0.001, "RMSprop": 0.01, "Adagrad": 0.01, "Adadelta": 1.0, "Adamax": 0.002,
          "NAdam": 0.002, "Rprop": 0.01}  # fmt: skip


def read_setting(
    training: dict[str, Any], name: str, args: list[Any], named: dict[str, Any]
) -> StudioError | None:
    """A loss or an optimizer that the text makes; gives what could not be read of it."""
    try:
        if name.endswith("LR") or name in ("OneCycleLR", "LambdaLR", "ReduceLROnPlateau"):
            return StudioError(
                mark("The schedule “{name}” was not read; the rate stays constant. "
                     "Choose one under Schedule."), name=name[:60],
            )  # fmt: skip
        if name in _LOSSES:
            values = {}
            if is_number(named.get("label_smoothing")) and name == "CrossEntropyLoss":
                values["label_smoothing"] = named["label_smoothing"]
            if name == "HuberLoss" and is_number(named.get("delta")):
                values["delta"] = named["delta"]
            training["loss"] = fields.build(registry.find(Loss, _LOSSES[name]), values)
            training["criterion"] = name
        elif name in _OPTIMIZERS:
            _optimizer(training, name, args, named)
    except StudioError as error:
        return error
    return None


def _optimizer(training: dict[str, Any], name: str, args: list[Any], named: dict[str, Any]) -> None:
    rate = named.get("lr", args[1] if len(args) > 1 else _RATES.get(name, 0.001))
    cls = registry.find(Optimizer, f"{_OPTIMIZERS[name]}.v1")
    renamed = {"eps": "epsilon", "alpha": "rho", "centered": "centred"}
    values: dict[str, Any] = {"epsilon": 1e-8} if "epsilon" in fields_of(cls) else {}
    if name == "RMSprop":
        values["rho"] = 0.99
    for key, value in named.items():
        ours = renamed.get(key, key)
        if key == "betas" and isinstance(value, (tuple, list)) and len(value) == 2:
            values["beta1"], values["beta2"] = value
        elif ours in fields_of(cls):
            values[ours] = value
        elif key == "weight_decay" and is_number(value):
            put(training, "l2", value)
    training["optimizer"] = fields.build(cls, values)
    put(training, "learning_rate", rate)


def with_softmax(network: Network, training: dict[str, Any]) -> Network:
    """The same with the softmax or sigmoid that PyTorch's criterion brings along, so that the
    network gives probabilities."""
    criterion, output = training.get("criterion"), network.output
    if output.layer.type_name != "Dense.v1" or getattr(output.layer, "activation", "") != "linear":
        return network
    kind = {"CrossEntropyLoss": "softmax", "NLLLoss": "softmax",
            "BCEWithLogitsLoss": "sigmoid"}.get(str(criterion))  # fmt: skip
    if kind is None:
        return network
    changed: Any = dataclasses.replace(output.layer, activation=kind)  # type: ignore[type-var]
    return network.replace(output.id, changed)
