"""What layers, optimizers, losses and settings are called in Keras 3, for writing and reading it.

Each line of a table: our type, the name in Keras, and for each of our fields the argument that it
is there, in the order in which Keras takes arguments without names. ``_`` skips an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nnstudio.core.contracts import Layer, activations


@dataclass(frozen=True)
class Match:
    """One concept here and there: ``arguments`` are (our field or "", argument of Keras)."""

    type_name: str
    name: str
    arguments: tuple[tuple[str, str], ...]

    @property
    def positions(self) -> list[str]:
        """Keras' arguments by position."""
        return [theirs for _, theirs in self.arguments]


def _match(type_name: str, name: str, arguments: str) -> Match:
    """``"units, kernel=kernel_size, _data_format"``: equal names are written once; a name after
    an underscore is one that we do not have."""
    found = []
    for part in filter(None, arguments.replace(" ", "").split(",")):
        ours, _, theirs = part.partition("=")
        found.append(("", ours[1:]) if ours.startswith("_") else (ours, theirs or ours))
    return Match(type_name, name, tuple(found))


_WINDOW = "kernel=kernel_size, stride=strides, padding"
_UNIT = "activation, use_bias, initializer=kernel_initializer"
_POOL = "pool_size, stride=strides, padding, _data_format"

LAYERS: tuple[Match, ...] = (
    _match("Dense.v1", "Dense", f"units, {_UNIT}"),
    _match("Conv1D.v1", "Conv1D",
           f"filters, {_WINDOW}, _data_format, dilation=dilation_rate, _groups, {_UNIT}"),
    _match("Conv2D.v1", "Conv2D",
           f"filters, {_WINDOW}, _data_format, dilation=dilation_rate, groups, {_UNIT}"),
    _match("ConvTranspose2D.v1", "Conv2DTranspose",
           f"filters, {_WINDOW}, _output_padding, _data_format, dilation=dilation_rate, {_UNIT}"),
    _match("DepthwiseConv2D.v1", "DepthwiseConv2D",
           f"{_WINDOW}, multiplier=depth_multiplier, _data_format, dilation=dilation_rate, "
           "activation, use_bias, initializer=depthwise_initializer"),
    _match("MaxPool1D.v1", "MaxPooling1D", _POOL),
    _match("MaxPool2D.v1", "MaxPooling2D", _POOL),
    _match("AvgPool1D.v1", "AveragePooling1D", _POOL),
    _match("AvgPool2D.v1", "AveragePooling2D", _POOL),
    _match("GlobalAvgPool.v1", "GlobalAveragePooling2D", ""),
    _match("GlobalMaxPool.v1", "GlobalMaxPooling2D", ""),
    _match("BatchNorm.v1", "BatchNormalization", "_axis, momentum, epsilon"),
    _match("LayerNorm.v1", "LayerNormalization", "axes=axis, epsilon"),
    _match("Dropout.v1", "Dropout", "rate"),
    _match("SpatialDropout2D.v1", "SpatialDropout2D", "rate"),
    _match("GaussianNoise.v1", "GaussianNoise", "deviation=stddev"),
    _match("Flatten.v1", "Flatten", ""),
    _match("Reshape.v1", "Reshape", "shape=target_shape"),
    _match("Permute.v1", "Permute", "order=dims"),
    _match("ZeroPadding2D.v1", "ZeroPadding2D", "_padding"),
    _match("UpSampling2D.v1", "UpSampling2D", "size, _data_format, interpolation"),
    _match("Add.v1", "Add", ""),
    _match("Average.v1", "Average", ""),
    _match("Multiply.v1", "Multiply", ""),
    _match("Concatenate.v1", "Concatenate", "axis"),
    _match("LeakyReLU.v1", "LeakyReLU", "slope=negative_slope"),
    _match("ELU.v1", "ELU", "alpha"),
    _match("PReLU.v1", "PReLU", ""),
    _match("ReLU.v1", "ReLU", ""),
    _match("Softmax.v1", "Softmax", ""),
)  # fmt: skip

#: Other names of the same layers in Keras.
ALIASES = {
    "MaxPool1D": "MaxPooling1D", "MaxPool2D": "MaxPooling2D", "AvgPool1D": "AveragePooling1D",
    "AvgPool2D": "AveragePooling2D", "Convolution1D": "Conv1D", "Convolution2D": "Conv2D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "GlobalAveragePooling1D": "GlobalAveragePooling2D", "GlobalMaxPooling1D": "GlobalMaxPooling2D",
    "GlobalAvgPool1D": "GlobalAveragePooling2D", "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalMaxPool1D": "GlobalMaxPooling2D", "GlobalMaxPool2D": "GlobalMaxPooling2D",
}  # fmt: skip

#: Other names of arguments, mostly older.
OLD_ARGUMENTS = {
    ("LeakyReLU", "alpha"): "negative_slope", ("GaussianNoise", "sigma"): "stddev",
    ("Dropout", "p"): "rate",
}  # fmt: skip

#: Arguments that change nothing here.
SILENT = {
    "name", "dtype", "seed", "bias_initializer", "noise_shape", "batch_size", "beta_initializer",
    "gamma_initializer", "moving_mean_initializer", "moving_variance_initializer", "autocast",
    "alpha_initializer", "shared_axes", "synchronized",
}  # fmt: skip

_MOMENTS = "beta1=beta_1, beta2=beta_2, epsilon"

#: Optimizers, with Keras' own default rates.
OPTIMIZERS: tuple[Match, ...] = (
    _match("SGD.v1", "SGD", "_learning_rate, momentum, nesterov"),
    _match("Adam.v1", "Adam", f"_learning_rate, {_MOMENTS}, amsgrad"),
    _match("AdamW.v1", "AdamW", f"_learning_rate, weight_decay, {_MOMENTS}"),
    _match("Nadam.v1", "Nadam", f"_learning_rate, {_MOMENTS}"),
    _match("Adamax.v1", "Adamax", f"_learning_rate, {_MOMENTS}"),
    _match("RMSprop.v1", "RMSprop",
           "_learning_rate, rho, momentum, epsilon, centred=centered"),
    _match("Adagrad.v1", "Adagrad", "_learning_rate, _initial_accumulator_value, epsilon"),
    _match("Adadelta.v1", "Adadelta", "_learning_rate, rho, epsilon"),
    _match("Lion.v1", "Lion", "_learning_rate, beta1=beta_1, beta2=beta_2, weight_decay"),
)  # fmt: skip
#: Optimizers that divide by √(s + ε) in Keras and by √s + ε here: Keras' ε is the square of ours.
EPSILON_SQUARED = ("RMSprop", "Adagrad")
DEFAULT_RATES = {"SGD": 0.01, "Lion": 0.001}
#: Defaults of Keras that differ from ours.
DEFAULTS: dict[str, dict[str, Any]] = {
    "AdamW": {"weight_decay": 0.004}, "Adadelta": {"epsilon": 1e-7},
    "BatchNormalization": {"momentum": 0.99}, "LeakyReLU": {"negative_slope": 0.3},
}  # fmt: skip

#: Keras' losses by every name they go by: our type, and our fields by Keras' arguments.
LOSSES: dict[str, tuple[str, dict[str, str]]] = {
    "categorical_crossentropy": ("CrossEntropy.v1", {"label_smoothing": "label_smoothing"}),
    "sparse_categorical_crossentropy": ("CrossEntropy.v1", {}),
    "binary_crossentropy": ("CrossEntropy.v1", {"label_smoothing": "label_smoothing"}),
    "binary_focal_crossentropy": ("Focal.v1", {"gamma": "gamma"}),
    "categorical_focal_crossentropy": ("Focal.v1", {"gamma": "gamma"}),
    "mean_squared_error": ("MSE.v1", {}), "mse": ("MSE.v1", {}),
    "mean_absolute_error": ("MAE.v1", {}), "mae": ("MAE.v1", {}),
    "huber": ("Huber.v1", {"delta": "delta"}), "huber_loss": ("Huber.v1", {"delta": "delta"}),
    "log_cosh": ("LogCosh.v1", {}), "logcosh": ("LogCosh.v1", {}),
    "poisson": ("Poisson.v1", {}),
    "poisson_of_logarithm": ("Poisson.v1", {}), "hinge": ("Hinge.v1", {}),
    "categorical_hinge": ("Hinge.v1", {}), "squared_hinge": ("SquaredHinge.v1", {}),
    "kl_divergence": ("KLDivergence.v1", {}), "kld": ("KLDivergence.v1", {}),
    "kullback_leibler_divergence": ("KLDivergence.v1", {}),
}  # fmt: skip

#: Initializers by Keras' names in lower case without underscores, and how Keras' classes go.
INITIALIZERS = {
    "glorot_uniform": "GlorotUniform", "glorot_normal": "GlorotNormal",
    "he_uniform": "HeUniform", "he_normal": "HeNormal", "lecun_uniform": "LecunUniform",
    "lecun_normal": "LecunNormal", "orthogonal": "Orthogonal", "zeros": "Zeros", "ones": "Ones",
    "normal": "RandomNormal", "uniform": "RandomUniform", "constant": "Constant",
}  # fmt: skip


def snake(name: str) -> str:
    """``CategoricalCrossentropy`` as ``categorical_crossentropy``; ``KLDivergence`` as
    ``kl_divergence``."""
    made = ""
    for number, letter in enumerate(name):
        follows = number and (
            not name[number - 1].isupper() or name[number + 1 : number + 2].islower()
        )
        made += ("_" if letter.isupper() and follows else "") + letter.lower()
    return made.strip("_").replace("__", "_")


def automatic_initializer(layer: Layer) -> str:
    """What “automatic” chooses for a layer, whatever is chosen there now."""
    activation = getattr(layer, "activation", "linear")
    if layer.type_name == "Dense.v1":
        return activations()[activation].initial_weights
    return "he_uniform" if activation == "relu" else "glorot_uniform"


def by_name(table: tuple[Match, ...]) -> dict[str, Match]:
    """A table by Keras' names."""
    return {match.name: match for match in table}


def by_type(table: tuple[Match, ...]) -> dict[str, Match]:
    """A table by our types."""
    return {match.type_name: match for match in table}
