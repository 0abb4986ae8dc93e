"""Random sound networks: chains and graphs of any layers, with random settings."""

from __future__ import annotations

import random
from typing import Any

from nnstudio.core import registry
from nnstudio.core.contracts import Layer
from nnstudio.core.fields import Field, fields_of
from nnstudio.core.network import Network, Node
from nnstudio.core.text import StudioError

SHAPES = ((5,), (7, 3), (9, 8, 2), (12, 12, 1), (4, 4, 6))


def value_of(field: Field, rng: random.Random) -> Any:
    """A random value of a declared field, small enough to run."""
    low = field.minimum if field.minimum is not None else 0
    match field.kind:
        case "integer":
            return rng.randint(int(low), min(int(field.maximum or 9), int(low) + 4))
        case "real":
            return round(rng.uniform(max(low, 0.01), min(field.maximum or 1.0, 0.9)), 3)
        case "choice":
            return rng.choice(list(field.choices()))
        case "flag":
            return rng.random() < 0.5
        case "sizes":
            count = field.length or rng.randint(1, 3)
            if rng.random() < 0.4:
                return [rng.randint(max(1, int(low)), 3)] * count
            # A stride of 0 for one axis alone has no writing of its own in Keras.
            return [rng.randint(max(1, int(low)), 3) for _ in range(count)]
    raise AssertionError(field.kind)


def random_layer(rng: random.Random) -> Layer:
    """A layer with some fields set."""
    cls = rng.choice([c for n, c in registry.table(Layer).items() if n != "Input.v1"])
    values = {n: value_of(f, rng) for n, f in fields_of(cls).items() if rng.random() < 0.6}
    return registry.from_json(Layer, {"type": cls.type_name, **values})


def random_network(seed: int, most: int = 12) -> Network:
    """A network in which every node leads to the output."""
    rng = random.Random(seed)
    shape = rng.choice(SHAPES)
    nodes = [Node("input", registry.from_json(Layer, {"type": "Input.v1", "shape": list(shape)}))]
    chain = rng.random() < 0.4
    wanted = rng.randint(1, most)
    for _ in range(wanted * 30):
        if len(nodes) > wanted:
            break
        layer = random_layer(rng)
        if layer.arity == -1:
            if chain or len(nodes) < 2:
                continue
            inputs = tuple(rng.choice(nodes).id for _ in range(rng.randint(2, 3)))
        else:
            inputs = (nodes[-1].id if chain or rng.random() < 0.7 else rng.choice(nodes).id,)
        made = Network(tuple(nodes))
        node = Node(made.new_id(layer), layer, inputs, frozen=rng.random() < 0.1,
                    rate_factor=rng.choice([1.0, 1.0, 1.0, 0.5]))  # fmt: skip
        try:
            network = Network((*nodes, node))
            network.check()
        except StudioError:
            continue
        if max(facts.parameter_count for facts in network.facts.values()) < 200_000:
            nodes.append(node)
    needed, todo = {nodes[0].id}, [nodes[-1].id]
    by_id = {node.id: node for node in nodes}
    while todo:
        needed.add(name := todo.pop())
        todo.extend(by_id[name].inputs)
    return Network(tuple(node for node in nodes if node.id in needed))
