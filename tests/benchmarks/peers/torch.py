"""PyTorch, eager: the usual training loop over tensors in memory, best of its settings."""

from __future__ import annotations

import importlib

from nnstudio.engine.threads import usable_cores

torch = importlib.import_module("torch")
nn = torch.nn


def model(reference):
    """The reference network, its last activation left to the loss."""
    layers = []
    width = reference.shape[-1]
    for kind, *rest in reference.layers:
        if kind == "dense":
            layers.append(nn.Linear(width, rest[0]))
            width = rest[0]
            made = {"tanh": nn.Tanh, "relu": nn.ReLU}.get(rest[1])
            if made is not None:
                layers.append(made())
    return nn.Sequential(*layers)


def runner(reference, data, threads, fused):
    """A function that does so many steps with this many threads."""
    net = model(reference)
    x = torch.from_numpy(data.train.x)
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
