"""The three matrix products, in all sizes where one way gives over to another, against NumPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nnstudio.core.compiled import matmul
from nnstudio.core.compiled.jit import floats_at, integers_at, loop

affine, weight_gradient, input_gradient = (
    matmul.affine,
    matmul.weight_gradient,
    matmul.input_gradient,
)
sum_rows = matmul.sum_rows

SIZES = (1, 3, 8, 10, 15, 16, 17, 31, 40, 100)
DEPTHS = (1, 2, 7, 16, 33, 130, 300)


@loop(2)
def run(address, arguments):
    mem = floats_at(address)
    a = integers_at(arguments)
    m, n, k = a[0], a[1], a[2]
    affine(mem, m, n, k, a[3], a[4], a[5], a[6], a[7])
    weight_gradient(mem, m, n, k, a[3], a[8], a[9], a[7])
    sum_rows(mem, m, n, a[8], a[10])
    input_gradient(mem, m, n, k, a[4], a[8], a[11], a[7])
    return 0


@pytest.mark.parametrize("rows", [1, 2, 5, 10, 33, 120])
def test_products_equal_numpy_and_stay_inside_their_padding(rows):
    rng = np.random.default_rng(0)
    for n, k in itertools.product(SIZES, DEPTHS):
        sizes = {
            "x": rows * k, "w": k * n, "b": n, "y": rows * n, "dy": rows * n, "dw": k * n,
            "db": n, "dx": rows * k, "work": matmul.product_workspace(rows, n, k),
        }  # fmt: skip
        places, at = {}, 16
        for name, size in sizes.items():
            places[name] = at
            at += size + 16 + 16  # the padding that is promised, then a guard
        mem = rng.standard_normal(at + 16).astype(np.float32)
        before = mem.copy()
        order = ("x", "w", "b", "y", "work", "dy", "dw", "db", "dx")
        arguments = np.array([rows, n, k, *(places[name] for name in order)], np.int64)
        run(mem.ctypes.data, arguments.ctypes.data)

        def take(name, *shape):
            return mem[places[name] : places[name] + int(np.prod(shape))].reshape(shape)  # noqa: B023

        x, w, dy = take("x", rows, k), take("w", k, n), take("dy", rows, n)
        tolerance = {"rtol": 2e-4, "atol": 2e-4}
        np.testing.assert_allclose(take("y", rows, n), x @ w + take("b", n), **tolerance)
        np.testing.assert_allclose(take("dw", k, n), x.T @ dy, **tolerance)
        np.testing.assert_allclose(take("db", n), dy.sum(axis=0), **tolerance)
        np.testing.assert_allclose(take("dx", rows, k), dy @ w.T, **tolerance)
        padding = take("dw", k * n + 16)[k * n :]
        assert (padding == 0).all() or (padding == before[places["dw"] + k * n :][:16]).all()
        for name, size in sizes.items():
            end = places[name] + size + 16
            np.testing.assert_array_equal(mem[end : end + 16], before[end : end + 16], name)
