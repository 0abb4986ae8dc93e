"""Slow, obvious references in float64, one for every layer, loss and optimizer.

A layer's reference is ``f(layer, parameters, inputs, noise) -> output`` with a leading batch
axis; its gradient is taken by central differences, so nothing here knows any calculus.
"""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import activations


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


# --- losses: from logits or outputs, and targets, to the mean loss -------------------------------


def mse(y, t):
    total = 0.0
    for i in range(len(y)):
        for j in range(y.shape[1]):
            total += (y[i, j] - t[i, j]) ** 2
    return total / y.size


def binary_cross_entropy(z, t):
    total = 0.0
    for i in range(len(z)):
        p = 1 / (1 + np.exp(-z[i, 0]))
        total -= t[i, 0] * np.log(p) + (1 - t[i, 0]) * np.log(1 - p)
    return total / len(z)


def categorical_cross_entropy(z, t):
    total = 0.0
    for i in range(len(z)):
        p = np.exp(z[i]) / np.exp(z[i]).sum()
        total -= np.log(p[int(t[i, 0])])
    return total / len(z)


# --- optimizers: generators that turn gradients into parameters, written from the papers ---------


def sgd(w, rate, momentum=0.0, nesterov=False):
    v = np.zeros_like(w)
    while True:
        g = yield w
        v = momentum * v + g
        w = w - rate * (momentum * v + g if nesterov else v)


def rmsprop(w, rate, rho=0.9, momentum=0.0, epsilon=1e-7, centred=False):
    s = np.zeros_like(w)
    v = np.zeros_like(w)
    mean = np.zeros_like(w)
    while True:
        g = yield w
        s = rho * s + (1 - rho) * g**2
        mean = rho * mean + (1 - rho) * g
        v = momentum * v + g / (np.sqrt(s - mean**2 if centred else s) + epsilon)
        w = w - rate * v


def adam(w, rate, beta1=0.9, beta2=0.999, epsilon=1e-7, amsgrad=False, weight_decay=0.0):
    m = np.zeros_like(w)
    v = np.zeros_like(w)
    largest = np.zeros_like(w)
    t = 0
    while True:
        g = yield w
        t += 1
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        largest = np.maximum(largest, v)
        v_hat = (largest if amsgrad else v) / (1 - beta2**t)
        w = w - rate * weight_decay * w
        w = w - rate * (m / (1 - beta1**t)) / (np.sqrt(v_hat) + epsilon)


def adamw(w, rate, weight_decay=0.01, **values):
    return adam(w, rate, weight_decay=weight_decay, **values)


def adagrad(w, rate, epsilon=1e-7):
    s = np.zeros_like(w)
    while True:
        g = yield w
        s = s + g**2
        w = w - rate * g / (np.sqrt(s) + epsilon)


def adadelta(w, rate, rho=0.95, epsilon=1e-6):
    s = np.zeros_like(w)
    u = np.zeros_like(w)
    while True:
        g = yield w
        s = rho * s + (1 - rho) * g**2
        step = np.sqrt(u + epsilon) / np.sqrt(s + epsilon) * g
        u = rho * u + (1 - rho) * step**2
        w = w - rate * step


def adamax(w, rate, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m = np.zeros_like(w)
    u = np.zeros_like(w)
    t = 0
    while True:
        g = yield w
        t += 1
        m = beta1 * m + (1 - beta1) * g
        u = np.maximum(beta2 * u, np.abs(g))
        w = w - rate / (1 - beta1**t) * m / (u + epsilon)


def nadam(w, rate, beta1=0.9, beta2=0.999, epsilon=1e-7):
    """Dozat's form, with the product of all momenta written out."""
    m = np.zeros_like(w)
    v = np.zeros_like(w)
    momenta = [beta1 * (1 - 0.5 * 0.96 ** (t / 250)) for t in range(1, 1000)]
    t = 0
    while True:
        g = yield w
        t += 1
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        now, later = momenta[t - 1], momenta[t]
        m_hat = later * m / (1 - np.prod(momenta[: t + 1]))
        m_hat = m_hat + (1 - now) * g / (1 - np.prod(momenta[:t]))
        w = w - rate * m_hat / (np.sqrt(v / (1 - beta2**t)) + epsilon)


def radam(w, rate, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m = np.zeros_like(w)
    v = np.zeros_like(w)
    longest = 2 / (1 - beta2) - 1
    t = 0
    while True:
        g = yield w
        t += 1
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        length = longest - 2 * t * beta2**t / (1 - beta2**t)
        if length > 5:
            r = np.sqrt((length - 4) * (length - 2) * longest)
            r = r / np.sqrt((longest - 4) * (longest - 2) * length)
            w = w - rate * r * m_hat / (np.sqrt(v / (1 - beta2**t)) + epsilon)
        else:
            w = w - rate * m_hat


def lion(w, rate, beta1=0.9, beta2=0.99, weight_decay=0.0):
    m = np.zeros_like(w)
    while True:
        g = yield w
        w = w - rate * weight_decay * w - rate * np.sign(beta1 * m + (1 - beta1) * g)
        m = beta2 * m + (1 - beta2) * g


def rprop(w, rate, growth=1.2, shrinkage=0.5, least=1e-6, most=50.0):
    """iRprop−, one number at a time."""
    w = w.copy()
    last = np.zeros_like(w)
    step = np.full_like(w, rate)
    while True:
        g = (yield w).copy()
        w = w.copy()
        for i in np.ndindex(*w.shape):
            if g[i] * last[i] > 0:
                step[i] = min(step[i] * growth, most)
            elif g[i] * last[i] < 0:
                step[i] = max(step[i] * shrinkage, least)
                g[i] = 0
            w[i] -= step[i] * np.sign(g[i])
        last = g


def gradient_descent(w, rate):
    while True:
        g = yield w
        w = w - rate * g


OPTIMIZERS = {
    "SGD.v1": sgd,
    "GradientDescent.v1": gradient_descent,
    "Adagrad.v1": adagrad,
    "Adadelta.v1": adadelta,
    "RMSprop.v1": rmsprop,
    "Rprop.v1": rprop,
    "Adam.v1": adam,
    "AdamW.v1": adamw,
    "Adamax.v1": adamax,
    "Nadam.v1": nadam,
    "RAdam.v1": radam,
    "Lion.v1": lion,
}
