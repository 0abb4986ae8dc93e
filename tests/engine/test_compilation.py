"""Changing the network compiles nothing once everything is warm."""

from __future__ import annotations

import random

from nnstudio.core import registry
from nnstudio.core.contracts import Layer, activations
from nnstudio.engine import warm
from nnstudio.engine.probe import Probe
from nnstudio.engine.trainer import Trainer
from tests.helpers import mlp, optimizer, random_data, setup


def test_twenty_random_edits_compile_nothing():
    for _ in warm.compile_all():
        pass
    from nnstudio.core.compiled import native

    rng = random.Random(0)
    data = random_data(3, 2)
    made = setup(mlp(3, 8, 6, 1))
    trainer = Trainer(made, data, 1)
    trainer.run(2)
    with native.record_compilation() as events:
        for _ in range(20):
            network = made.network
            hidden = [n.id for n in network.nodes[1:-1]]
            move = rng.choice(["units", "insert", "remove", "optimizer"])
            if move == "remove" and len(hidden) > 1:
                network = network.remove([rng.choice(hidden)])
            elif move == "insert":
                name = rng.choice(["Dense.v1", "Dropout.v1", "Tanh.v1", "ReLU.v1", "Softmax.v1"])
                network, _ = network.insert_after(
                    rng.choice(["input", *hidden]), registry.find(Layer, name)()
                )
            elif move == "optimizer":
                name = rng.choice(["SGD.v1", "RMSprop.v1", "Adam.v1"])
                made = made.with_training(optimizer=optimizer(name), batch_size=rng.randint(1, 30))
            else:
                units = {"units": rng.randint(1, 90), "activation": rng.choice(list(activations()))}
                target = next(n for n in network.nodes if n.layer.type_name == "Dense.v1")
                if target is not network.output:
                    made_layer = registry.from_json(Layer, {"type": "Dense.v1", **units})
                    network = network.replace(target.id, made_layer)
            made = made.with_network(network)
            trainer.replace(made, data)
            trainer.run(3)
            probe = Probe(network)
            probe.load(trainer.parameters)
            probe.run(data.valid.x, [n.id for n in network.nodes])
    assert not events.buffer
    trainer.close()
