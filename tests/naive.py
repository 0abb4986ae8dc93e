"""Slow, obvious references in float64, one for every layer (those of losses and optimizers are in
naive_losses.py and naive_optimizers.py).

A layer's reference is ``f(layer, parameters, inputs, seen) -> output`` with a leading batch
axis; its gradient is taken by central differences, so nothing here knows any calculus. ``seen`` is
what a layer with random numbers did in training: (inputs, output); it is None for a prediction.
"""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import activations
from tests.naive_losses import LOSSES as LOSSES
from tests.naive_optimizers import OPTIMIZERS as OPTIMIZERS


def activation(name, z):
    return activations()[name]().value(z)


def dense(layer, parameters, inputs, seen):
    (x,) = inputs
    out = np.zeros((len(x), layer.units))
    w = parameters["weight"]
    for u in range(layer.units):
        for k in range(x.shape[1]):
            out[:, u] += x[:, k] * w[k, u]
        if layer.use_bias:
            out[:, u] += parameters["bias"][u]
    return activation(layer.activation, out)


def elementwise(layer, parameters, inputs, seen):
    return layer.value(inputs[0])


def flatten(layer, parameters, inputs, seen):
    return inputs[0].reshape(len(inputs[0]), -1)


def dropout(layer, parameters, inputs, seen):
    if seen is None:
        return inputs[0]
    return np.where(seen[1] != 0, inputs[0] / (1 - layer.rate), 0.0)


def spatial_dropout(layer, parameters, inputs, seen):
    if seen is None:
        return inputs[0]
    kept = (seen[1] != 0).any(axis=(1, 2), keepdims=True)
    return np.where(kept, inputs[0] / (1 - layer.rate), 0.0)


def gaussian_noise(layer, parameters, inputs, seen):
    if seen is None:
        return inputs[0]
    before, after = seen
    return inputs[0] + (after - before)


def prelu(layer, parameters, inputs, seen):
    (x,) = inputs
    return np.maximum(x, 0) + parameters["slope"] * np.minimum(x, 0)


def reshape(layer, parameters, inputs, seen):
    return inputs[0].reshape(len(inputs[0]), *layer.shape)


def permute(layer, parameters, inputs, seen):
    return inputs[0].transpose(0, *layer.order)


def zero_padding(layer, parameters, inputs, seen):
    (x,) = inputs
    n, height, width, channels = x.shape
    out = np.zeros(
        (n, layer.top + height + layer.bottom, layer.left + width + layer.right, channels)
    )
    out[:, layer.top : layer.top + height, layer.left : layer.left + width] = x
    return out


def up_sampling(layer, parameters, inputs, seen):
    (x,) = inputs
    n, height, width, channels = x.shape
    tall, wide = layer.size
    out = np.zeros((n, height * tall, width * wide, channels))
    for i in range(height * tall):
        for j in range(width * wide):
            if layer.interpolation == "nearest":
                out[:, i, j] = x[:, i // tall, j // wide]
                continue
            a = min(max((i + 0.5) / tall - 0.5, 0), height - 1)
            b = min(max((j + 0.5) / wide - 0.5, 0), width - 1)
            for r in range(height):
                for q in range(width):
                    out[:, i, j] += max(0, 1 - abs(a - r)) * max(0, 1 - abs(b - q)) * x[:, r, q]
    return out


def add(layer, parameters, inputs, seen):
    return sum(inputs)


def multiply(layer, parameters, inputs, seen):
    return np.prod(inputs, axis=0)


def average(layer, parameters, inputs, seen):
    return sum(inputs) / len(inputs)


def concatenate(layer, parameters, inputs, seen):
    return np.concatenate(inputs, axis=layer.axis)


def pool(reduce):
    """Pooling over windows that hold only what lies inside the image or sequence."""

    def pooled(layer, parameters, inputs, seen):
        (x,) = inputs
        axes = len(layer.pool_size)
        n, *sides, channels = x.shape
        counts, starts = [], []
        for size, window, stride in zip(sides, layer.pool_size, layer.stride, strict=True):
            stride = stride or window
            if layer.padding == "same":
                count = -(-size // stride)
                before = max(0, (count - 1) * stride + window - size) // 2
            else:
                count, before = (size - window) // stride + 1, 0
            counts.append(count)
            starts.append([i * stride - before for i in range(count)])
        out = np.zeros((n, *counts, channels))
        for place in np.ndindex(*counts):
            begins = [starts[a][place[a]] for a in range(axes)]
            seen_part = tuple(
                slice(max(b, 0), b + window)
                for b, window in zip(begins, layer.pool_size, strict=True)
            )
            window = x[(slice(None), *seen_part)]
            out[(slice(None), *place)] = reduce(window, axis=tuple(range(1, axes + 1)))
        return out

    return pooled


def global_pool(reduce):
    def pooled(layer, parameters, inputs, seen):
        (x,) = inputs
        return reduce(x, axis=tuple(range(1, x.ndim - 1)))

    return pooled


def layer_norm(layer, parameters, inputs, seen):
    (x,) = inputs
    axes = -1 if layer.axes == "last" else tuple(range(1, x.ndim))
    centred = x - x.mean(axis=axes, keepdims=True)
    variance = (centred**2).mean(axis=axes, keepdims=True)
    normal = centred / np.sqrt(variance + layer.epsilon)
    return normal * parameters["scale"] + parameters["shift"]


def conv2d(layer, parameters, inputs, seen):
    (x,) = inputs
    g = layer.geometry(x.shape[1:])
    top, bottom, left, right = g.padding
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    out = np.zeros((len(x), *g.output, g.filters))
    w = parameters["weight"]
    channels, own = g.channels // g.groups, g.filters // g.groups
    for group in range(g.groups):
        seen = padded[..., group * channels : (group + 1) * channels]
        mine = slice(group * own, (group + 1) * own)
        for i in range(g.output[0]):
            for j in range(g.output[1]):
                y, z = i * g.stride[0], j * g.stride[1]
                window = seen[:, y :: g.dilation[0], z :: g.dilation[1]]
                window = window[:, : g.kernel[0], : g.kernel[1]]
                out[:, i, j, mine] = np.einsum("nabc,abcf->nf", window, w[..., mine])
    if layer.use_bias:
        out += parameters["bias"]
    return activation(layer.activation, out)


def batch_norm(layer, parameters, inputs, seen):
    """As in training, the statistics are those of the batch itself."""
    (x,) = inputs
    axes = tuple(range(x.ndim - 1))
    if seen is None:
        mean, variance = parameters["moving_mean"], parameters["moving_variance"]
    else:
        mean, variance = x.mean(axis=axes), x.var(axis=axes)
    normal = (x - mean) / np.sqrt(variance + layer.epsilon)
    return normal * parameters["scale"] + parameters["shift"]


ELEMENTWISE = (
    *("LeakyReLU", "ELU", "SELU", "GELU", "SiLU", "Mish", "Softplus", "Softsign"),
    *("HardSigmoid", "HardSwish", "Sine"),
)


def conv1d(layer, parameters, inputs, noise):
    (x,) = inputs
    g = layer.geometry(x.shape[1:])
    padded = np.pad(x, ((0, 0), g.padding[2:], (0, 0)))
    out = np.zeros((len(x), g.output[1], g.filters))
    for j in range(g.output[1]):
        for a in range(g.kernel[1]):
            seen = padded[:, j * g.stride[1] + a * g.dilation[1]]
            out[:, j] += seen @ parameters["weight"][a]
    if layer.use_bias:
        out += parameters["bias"]
    return activation(layer.activation, out)


def depthwise_conv2d(layer, parameters, inputs, noise):
    (x,) = inputs
    g = layer.geometry(x.shape[1:])
    top, bottom, left, right = g.padding
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    out = np.zeros((len(x), *g.output, g.channels, layer.multiplier))
    for i in range(g.output[0]):
        for j in range(g.output[1]):
            for a in range(g.kernel[0]):
                for b in range(g.kernel[1]):
                    y, z = i * g.stride[0] + a * g.dilation[0], j * g.stride[1] + b * g.dilation[1]
                    out[:, i, j] += padded[:, y, z, :, None] * parameters["weight"][a, b]
    out = out.reshape(*out.shape[:3], -1)
    if layer.use_bias:
        out += parameters["bias"]
    return activation(layer.activation, out)


def conv_transpose2d(layer, parameters, inputs, noise):
    """Every pixel paints its filters; what "same" would cut off is cut off."""
    (x,) = inputs
    g = layer.geometry(x.shape[1:])
    top, bottom, left, right = g.padding
    canvas = np.zeros((len(x), g.height + top + bottom, g.width + left + right, layer.filters))
    for i in range(x.shape[1]):
        for j in range(x.shape[2]):
            for a in range(g.kernel[0]):
                for b in range(g.kernel[1]):
                    y, z = i * g.stride[0] + a * g.dilation[0], j * g.stride[1] + b * g.dilation[1]
                    canvas[:, y, z] += x[:, i, j] @ parameters["weight"][a, b].T
    out = canvas[:, top : top + g.height, left : left + g.width]
    if layer.use_bias:
        out = out + parameters["bias"]
    return activation(layer.activation, out)


LAYERS = {
    "Dense.v1": dense,
    "BatchNorm.v1": batch_norm,
    "Conv1D.v1": conv1d,
    "Conv2D.v1": conv2d,
    "ConvTranspose2D.v1": conv_transpose2d,
    "DepthwiseConv2D.v1": depthwise_conv2d,
    "Linear.v1": elementwise,
    "ReLU.v1": elementwise,
    "Tanh.v1": elementwise,
    "Sigmoid.v1": elementwise,
    "Softmax.v1": elementwise,
    "Flatten.v1": flatten,
    "Dropout.v1": dropout,
    **{f"{name}.v1": elementwise for name in ELEMENTWISE},
    "PReLU.v1": prelu,
    "SpatialDropout2D.v1": spatial_dropout,
    "GaussianNoise.v1": gaussian_noise,
    "Reshape.v1": reshape,
    "Permute.v1": permute,
    "ZeroPadding2D.v1": zero_padding,
    "UpSampling2D.v1": up_sampling,
    "Add.v1": add,
    "Multiply.v1": multiply,
    "Average.v1": average,
    "Concatenate.v1": concatenate,
    "MaxPool1D.v1": pool(np.max),
    "MaxPool2D.v1": pool(np.max),
    "AvgPool1D.v1": pool(np.mean),
    "AvgPool2D.v1": pool(np.mean),
    "GlobalMaxPool.v1": global_pool(np.max),
    "GlobalAvgPool.v1": global_pool(np.mean),
    "LayerNorm.v1": layer_norm,
}


def differences(function, x, weights, epsilon=1e-5):
    """Central differences of Σ function(x) · weights by every number of ``x``, float64."""
    x = x.astype(np.float64)
    gradient = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        kept = x[index]
        x[index] = kept + epsilon
        up = np.sum(function(x) * weights)
        x[index] = kept - epsilon
        down = np.sum(function(x) * weights)
        x[index] = kept
        gradient[index] = (up - down) / (2 * epsilon)
    return gradient
