"""PyTorch, eager: the usual training loop over tensors in memory, best of its settings."""

from __future__ import annotations

import importlib

from nnstudio.engine.threads import usable_cores

torch = importlib.import_module("torch")
nn = torch.nn


ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU}


class Residual(nn.Module):
    """Two convolutions with batch norm, and the skip around them."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.path = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters),
            nn.ReLU(), nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters),
        )  # fmt: skip
        self.skip = (
            nn.Identity() if stride == 1 else nn.Conv2d(channels, filters, 1, stride, bias=False)
        )

    def forward(self, x):
        return torch.relu(self.path(x) + self.skip(x))


def model(reference):
    """The reference network, its last activation left to the loss."""
    layers = []
    width = reference.shape[-1]
    side = reference.shape[0]
    for kind, *rest in reference.layers:
        if kind == "dense":
            layers.append(nn.Linear(width, rest[0]))
            width = rest[0]
            if rest[1] in ACTIVATIONS:
                layers.append(ACTIVATIONS[rest[1]]())
        elif kind == "conv":
            filters, size, padding, activation = rest
            layers.append(nn.Conv2d(width, filters, size, padding=padding))
            layers.append(ACTIVATIONS[activation]())
            side, width = side if padding == "same" else side - size + 1, filters
        elif kind in ("maxpool", "avgpool"):
            layers.append(nn.MaxPool2d(2) if kind == "maxpool" else nn.AvgPool2d(2))
            side //= 2
        elif kind == "dropout":
            layers.append(nn.Dropout(rest[0]))
        elif kind == "flatten":
            layers.append(nn.Flatten())
            width *= side * side
        elif kind == "stem":
            conv = nn.Conv2d(width, rest[0], 3, 1, 1, bias=False)
            layers += [conv, nn.BatchNorm2d(rest[0]), nn.ReLU()]
            width = rest[0]
        elif kind == "residual":
            layers.append(Residual(width, *rest))
            width = rest[0]
        elif kind == "globalpool":
            layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers)


def runner(reference, data, threads, fused):
    """A function that does so many steps with this many threads."""
    net = model(reference)
    x = torch.from_numpy(data.train.x)
    if x.ndim == 4:  # PyTorch's layout is channels first
        x = x.permute(0, 3, 1, 2).contiguous()
    binary = reference.layers[-1][1] == 1
    y = torch.from_numpy(data.train.y)
    if not binary:
        y = y[:, 0].long()
    loss = nn.BCEWithLogitsLoss() if binary else nn.CrossEntropyLoss()
    kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[reference.optimizer]
    optimizer = kind(net.parameters(), lr=reference.rate, fused=fused)
    state = {"order": torch.randperm(len(x)), "at": 0}

    def run(steps):
        torch.set_num_threads(threads)
        for _ in range(steps):
            if state["at"] + reference.batch > len(x):
                state["order"], state["at"] = torch.randperm(len(x)), 0
            batch = state["order"][state["at"] : state["at"] + reference.batch]
            state["at"] += reference.batch
            optimizer.zero_grad()
            loss(net(x[batch]), y[batch]).backward()
            optimizer.step()

    return run


def open(reference, data):
    """Runners for 1 and all threads, plain and fused optimizers."""
    runners = {}
    for threads in sorted({1, usable_cores()}):
        for fused in (False, True):
            name = f"{threads} threads{', fused' if fused else ''}"
            runners[name] = runner(reference, data, threads, fused)
    return runners, lambda: None
