"""Layers that read two or more values of the same shape and make one of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnstudio.core.compiled.jit import kernel
from nnstudio.core.contracts import Layer, Plan, Shape
from nnstudio.core.shapes import shape_text
from nnstudio.core.text import StudioError, mark

f32 = np.float32


@kernel
def sum_forward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: a, b, y, numbers an example, factor's place: y = factor (a + b)."""
    a, b, y, count = row[1], row[2], row[3], row[4] * n
    factor = mem[row[5]]
    for i in range(count):
        mem[y + i] = (mem[a + i] + mem[b + i]) * factor


@kernel
def sum_backward(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: dy, dx, numbers an example, factor's place: dx = factor dy."""
    dy, dx, count = row[1], row[2], row[3] * n
    factor = mem[row[4]]
    for i in range(count):
        mem[dx + i] = mem[dy + i] * factor


def lower_sum(plan: Plan, inputs: Sequence[Any], factor: float) -> Any:
    """The sum of all inputs times a factor, two at a time."""
    total = inputs[0]
    for number, x in enumerate(inputs[1:], 2):
        y = plan.tensor(x.shape)
        place = plan.constant(factor if number == len(inputs) else 1.0)
        plan.forward(sum_forward, total, x, y, x.size, place)
        total = y
    for x in inputs:
        # A row for each input, because two inputs may be the same value.
        plan.backward(sum_backward, total.grad, x.grad, x.size, plan.constant(factor), inputs=(x,))
    return total


def need_several(layer: Layer, shapes: Sequence[Shape]) -> None:
    """Raise ``StudioError`` if there are fewer than two inputs."""
    if len(shapes) < 2:
        raise StudioError(
            mark("{layer} needs two or more inputs. Connect another layer to it."),
            layer=layer.label,
        )


class Merge(Layer):
    """A layer of two or more inputs of the same shape, which is that of its output too."""

    group = mark("Merge")
    arity = -1
    examples = (({}, ((5,), (5,))), ({}, ((3, 2, 3),) * 3), ({}, ((4,),) * 4))

    def infer(self, *shapes: Shape) -> Shape:
        """The shape that all inputs share."""
        need_several(self, shapes)
        for shape in shapes[1:]:
            if shape != shapes[0]:
                raise StudioError(
                    mark(
                        "{layer} needs inputs of the same shape, but gets {first} and {second}. "
                        "Change the layers before it so that they agree."
                    ),
                    layer=self.label,
                    first=shape_text(shapes[0]),
                    second=shape_text(shape),
                )
        return shapes[0]

    def flops(self, *shapes: Shape) -> int:
        """One a number and input but the first."""
        return (len(shapes) - 1) * math.prod(shapes[0])
