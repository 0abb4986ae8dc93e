"""Slow, obvious references in float64, one for every layer (those of losses and optimizers are in
naive_losses.py and naive_optimizers.py).

A layer's reference is ``f(layer, parameters, inputs, noise) -> output`` with a leading batch
axis; its gradient is taken by central differences, so nothing here knows any calculus.
"""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import activations
from tests.naive_losses import LOSSES as LOSSES
from tests.naive_optimizers import OPTIMIZERS as OPTIMIZERS


def activation(name, z):
    return activations()[name]().value(z)


def dense(layer, parameters, inputs, noise):
    (x,) = inputs
    out = np.zeros((len(x), layer.units))
    w = parameters["weight"]
    for u in range(layer.units):
        for k in range(x.shape[1]):
            out[:, u] += x[:, k] * w[k, u]
        if layer.use_bias:
            out[:, u] += parameters["bias"][u]
    return activation(layer.activation, out)


def elementwise(layer, parameters, inputs, noise):
    return layer.value(inputs[0])


def flatten(layer, parameters, inputs, noise):
    return inputs[0].reshape(len(inputs[0]), -1)


def dropout(layer, parameters, inputs, noise):
    """``noise`` is the observed mask: which numbers the kernel kept."""
    return np.where(noise, inputs[0] / (1 - layer.rate), 0.0)


def conv2d(layer, parameters, inputs, noise):
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


def batch_norm(layer, parameters, inputs, noise):
    """With ``noise`` as in training: the statistics are those of the batch itself."""
    (x,) = inputs
    axes = tuple(range(x.ndim - 1))
    if noise is None:
        mean, variance = parameters["moving_mean"], parameters["moving_variance"]
    else:
        mean, variance = x.mean(axis=axes), x.var(axis=axes)
    normal = (x - mean) / np.sqrt(variance + layer.epsilon)
    return normal * parameters["scale"] + parameters["shift"]


LAYERS = {
    "Dense.v1": dense,
    "BatchNorm.v1": batch_norm,
    "Conv2D.v1": conv2d,
    "Linear.v1": elementwise,
    "ReLU.v1": elementwise,
    "Tanh.v1": elementwise,
    "Sigmoid.v1": elementwise,
    "Softmax.v1": elementwise,
    "Flatten.v1": flatten,
    "Dropout.v1": dropout,
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
