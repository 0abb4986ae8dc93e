"""Slow, obvious references of optimizers in float64, written from the papers: generators that are
sent gradients and yield parameters."""

from __future__ import annotations

import numpy as np


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
