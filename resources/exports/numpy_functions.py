"""What a network's layers compute, in plain NumPy. An exported file takes the functions it needs.

Examples are (n, features), (n, steps, channels) or (n, height, width, channels).
"""

import json
import math

import numpy as np


def read_safetensors(path):
    """Arrays by name: an 8-byte length, a JSON header, then raw little-endian numbers."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        raw = file.read()
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            arrays[name] = np.frombuffer(raw[begin:end], "<f4").reshape(entry["shape"])
    return arrays


def dense(x, weight, bias=0.0):
    """Every unit weighs all inputs and adds its bias."""
    return x @ weight + bias


def windows(x, kernel, stride, dilation, before, after, fill):
    """Every window of an example: (n, places..., channels, window...), with ``fill`` around it."""
    around = [(0, 0), *zip(before, after), (0, 0)]
    x = np.pad(x, around, constant_values=fill)
    span = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation))
    axes = tuple(range(1, len(kernel) + 1))
    found = np.lib.stride_tricks.sliding_window_view(x, span, axes)
    places = tuple(slice(None, None, s) for s in stride)
    inside = tuple(slice(None, None, d) for d in dilation)
    return found[(slice(None), *places, slice(None), *inside)]


def convolution(x, weight, bias, kernel, stride, dilation, before, after, groups):
    """Each filter looks at small windows, everywhere with the same weights."""
    patches = windows(x, kernel, stride, dilation, before, after, 0.0)
    axes = len(kernel)
    channels, filters = x.shape[-1] // groups, weight.shape[-1] // groups
    parts = []
    for group in range(groups):
        index = (slice(None),) * (1 + axes)
        some = patches[(*index, slice(group * channels, (group + 1) * channels))]
        some = np.moveaxis(some, 1 + axes, -1)  # (n, places..., window..., channels)
        filters_of_group = weight[..., group * filters : (group + 1) * filters]
        parts.append(np.tensordot(some, filters_of_group, axes + 1))
    return np.concatenate(parts, axis=-1) + bias


def transposed_convolution(x, weight, bias, stride, dilation, before, after):
    """Every pixel paints its filters, weight (height, width, filters, channels), into a larger
    image; what sticks out at the edges is cut off."""
    n, height, width, _ = x.shape
    tall, wide, filters, _ = weight.shape
    full_height = (height - 1) * stride[0] + dilation[0] * (tall - 1) + 1
    full_width = (width - 1) * stride[1] + dilation[1] * (wide - 1) + 1
    room = [max(0, -after[0]), max(0, -after[1])]
    y = np.zeros((n, full_height + room[0], full_width + room[1], filters), x.dtype)
    for a in range(tall):
        for b in range(wide):
            rows = slice(a * dilation[0], a * dilation[0] + (height - 1) * stride[0] + 1, stride[0])
            columns = slice(
                b * dilation[1], b * dilation[1] + (width - 1) * stride[1] + 1, stride[1]
            )
            y[:, rows, columns] += x @ weight[a, b].T
    bottom = y.shape[1] - max(0, after[0])
    right = y.shape[2] - max(0, after[1])
    return y[:, before[0] : bottom, before[1] : right] + bias


def max_pool(x, window, stride, before, after):
    """The largest number of each window."""
    found = windows(x, window, stride, (1,) * len(window), before, after, -np.inf)
    return found.max(axis=tuple(range(-len(window), 0)))


def mean_pool(x, window, stride, before, after):
    """The mean of each window, of what lies inside the example."""
    ones = (1,) * len(window)
    axes = tuple(range(-len(window), 0))
    total = windows(x, window, stride, ones, before, after, 0.0).sum(axis=axes)
    count = windows(np.ones_like(x[:1]), window, stride, ones, before, after, 0.0).sum(axis=axes)
    return total / count


def global_max_pool(x):
    """The largest number of each channel."""
    return x.max(axis=tuple(range(1, x.ndim - 1)))


def global_mean_pool(x):
    """The mean of each channel."""
    return x.mean(axis=tuple(range(1, x.ndim - 1)))


def batch_norm(x, scale, shift, mean, variance, epsilon):
    """Each channel by the statistics of the training data, then scaled and shifted."""
    return (x - mean) / np.sqrt(variance + epsilon) * scale + shift


def layer_norm(x, scale, shift, axes, epsilon):
    """Each example by its own mean and variance over its last axes."""
    over = tuple(range(-axes, 0))
    mean = x.mean(axis=over, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=over, keepdims=True)
    return (x - mean) / np.sqrt(variance + epsilon) * scale + shift


def prelu(x, slope):
    """Below zero every channel has a slope of its own."""
    return np.where(x > 0, x, slope * x)


def pad(x, before, after):
    """Zeros around an image."""
    return np.pad(x, [(0, 0), *zip(before, after), (0, 0)])


def enlarge(x, factors):
    """Every pixel becomes a block."""
    return x.repeat(factors[0], axis=1).repeat(factors[1], axis=2)


def enlarge_smoothly(x, factors):
    """A larger image, blended between the centres of the pixels."""
    for axis, factor in ((1, factors[0]), (2, factors[1])):
        size = x.shape[axis]
        at = (np.arange(size * factor, dtype=np.float32) + 0.5) / factor - 0.5
        at = np.clip(at, 0, size - 1)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, size - 1)
        share = (at - low).astype(np.float32).reshape([-1 if i == axis else 1 for i in range(4)])
        x = x.take(low, axis) * (1 - share) + x.take(high, axis) * share
    return x


def relu(x):
    return np.maximum(x, 0)


def leaky_relu(x, slope=0.2):
    return np.where(x > 0, x, slope * x)


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def selu(x):
    return 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0)))


def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def tanh(x):
    return np.tanh(x)


def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def softplus(x):
    return np.logaddexp(0, x)


def softsign(x):
    return x / (1 + np.abs(x))


def sine(x):
    return np.sin(x)


def gelu(x):
    below = np.vectorize(math.erf, otypes=[np.float32])(x * 0.7071067811865476)
    return 0.5 * x * (1 + below)


def silu(x):
    return x * sigmoid(x)


def mish(x):
    return x * np.tanh(softplus(x))


def hard_sigmoid(x):
    return np.clip(x + 3, 0, 6) / 6


def hard_swish(x):
    return x * hard_sigmoid(x)


def plane_features(points):
    """What a network may see of a point of the plane, by name."""
    x1, x2 = points[:, 0], points[:, 1]
    return {
        "x1": x1,
        "x2": x2,
        "x1^2": x1 * x1,
        "x2^2": x2 * x2,
        "x1*x2": x1 * x2,
        "sin(x1)": np.sin(x1),
        "sin(x2)": np.sin(x2),
    }


def prepare_table(rows, columns):
    """Rows of a table as the network sees them: one number a column, NaN for a gap, a category by
    its place. Each column is a dictionary of how it was prepared for training."""
    found = []
    for column, value in zip(columns, np.asarray(rows, np.float64).T):
        gap = np.isnan(value)
        if column["categories"] and not column["ordinal"]:
            count = len(column["categories"]) + column["own"]
            missing = len(column["categories"]) if column["own"] else column["fill_place"]
            place = np.where(gap, missing, value)
            found += [place == number for number in range(count)]
            continue
        value = np.where(gap, column["fill"], value)
        if column["low"] is not None and column["high"] is not None:
            value = np.clip(value, column["low"], column["high"])
        if column["log"]:
            value = np.sign(value) * np.log1p(np.abs(value))
        found.append(np.clip((value - column["shift"]) / column["scale"], -1e6, 1e6))
    return np.stack(found, axis=1).astype(np.float32)
