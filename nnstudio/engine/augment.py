"""Augmentation: images changed at random as the batch is gathered, at no cost to memory.

Random numbers are functions of seed, step and the example's place in the batch, so a step that is
repeated changes its images in the same way, whatever the number of threads. Turned and zoomed
images are read at in-between places (bilinear); what lies beyond the edge is the edge's colour.
"""

from __future__ import annotations

import math

import numpy as np

from nnstudio.core.compiled import state as st
from nnstudio.core.compiled.jit import Kernel, bytes_at, device, floats_at, integers_at, kernel
from nnstudio.core.compiled.simd import cos, random_key, random_normal, random_unit, sin
from nnstudio.core.compiled.state import ORDER_ADDRESS, POSITION, SEED, STEP, X_ADDRESS
from nnstudio.core.recipes.recipe import Augmentation
from nnstudio.engine import vm
from nnstudio.engine.memory import aligned

f32 = np.float32
i32 = np.int32
i64 = np.int64

STREAM = 0x4155474D  # "AUGM"
#: Random numbers of one example; its noise has a key of its own.
DRAWS = 8
#: Columns of the rows that the preview runs.
COLUMNS = 16


@device
def warp(data, at, mem, x, h, w, c, ax, bx, cx, ay, by, cy, scale, shift):  # type: ignore[no-untyped-def]
    """One image: output (i, j) is the input at (ax j + bx i + cx, ay j + by i + cy), bilinear.

    Places are kept just inside the last row and column, so that a neighbour is always there.
    """
    zero = f32(0.0)
    right = max(f32(w - 1) - f32(1e-3), zero)
    bottom = max(f32(h - 1) - f32(1e-3), zero)
    across = i64(c if w > 1 else 0)
    down = i64(w * c if h > 1 else 0)
    for i in range(h):
        row_x = bx * f32(i) + cx
        row_y = by * f32(i) + cy
        to = x + i * w * c
        for j in range(w):
            px = min(max(ax * f32(j) + row_x, zero), right)
            py = min(max(ay * f32(j) + row_y, zero), bottom)
            x0, y0 = i32(px), i32(py)
            fx, fy = px - f32(x0), py - f32(y0)
            corner = at + i64(y0) * w * c + i64(x0) * c
            for k in range(c):
                a = f32(data[corner + k])
                p = f32(data[corner + down + k])
                above = a + fx * (f32(data[corner + across + k]) - a)
                below = p + fx * (f32(data[corner + down + across + k]) - p)
                mem[to + j * c + k] = (above + fy * (below - above)) * scale + shift


@device
def move(data, at, mem, x, h, w, c, upside, dx, dy, scale, shift):  # type: ignore[no-untyped-def]
    """One image, perhaps upside down, moved by whole pixels that are fewer than its sides.

    What stays in the image is one long run of numbers; columns that wrapped are put right after.
    """
    line = w * c
    begin, end = max(dy, 0), min(h + dy, h)
    if upside:
        for i in range(begin, end):
            source = at + (h - 1 - i + dy) * line - dx * c
            to = x + i * line
            for j in range(max(dx, 0) * c, min(w + dx, w) * c):
                mem[to + j] = f32(data[source + j]) * scale + shift
    else:
        source = at - dy * line - dx * c
        for j in range(begin * line + max(dx, 0) * c, end * line + min(dx, 0) * c):
            mem[x + j] = f32(data[source + j]) * scale + shift
    if dx > 0:
        for i in range(begin, end):
            to = x + i * line
            for j in range(dx * c - 1, -1, -1):
                mem[to + j] = mem[to + j + c]
    elif dx < 0:
        for i in range(begin, end):
            to = x + i * line
            for j in range(line + dx * c, line):
                mem[to + j] = mem[to + j - c]
    for i in range(begin):
        for j in range(line):
            mem[x + i * line + j] = mem[x + begin * line + j]
    for i in range(end, h):
        for j in range(line):
            mem[x + i * line + j] = mem[x + (end - 1) * line + j]


@device
def mirror_columns(mem, x, h, w, c):  # type: ignore[no-untyped-def]
    """One image mirrored left to right, where it is."""
    for i in range(h):
        left, right = x + i * w * c, x + ((i + 1) * w - 1) * c
        for _ in range(w // 2):
            for k in range(c):
                kept = mem[left + k]
                mem[left + k] = mem[right + k]
                mem[right + k] = kept
            left += c
            right -= c


@device
def change(data, at, mem, x, h, w, c, key, noise_key, draw, how, scale, shift):  # type: ignore[no-untyped-def]
    """One image, changed as the numbers at ``how`` say: flip, upside down, shift, rotate (radians),
    zoom, noise, cut-out."""
    half, one, two = f32(0.5), f32(1.0), f32(2.0)
    mirror = mem[how] > f32(0.0) and random_unit(key, draw) < half
    upside = mem[how + 1] > f32(0.0) and random_unit(key, draw + 1) < half
    dx = (two * random_unit(key, draw + 2) - one) * mem[how + 2] * f32(w)
    dy = (two * random_unit(key, draw + 3) - one) * mem[how + 2] * f32(h)
    if mem[how + 3] > f32(0.0) or mem[how + 4] > f32(0.0):
        angle = (two * random_unit(key, draw + 4) - one) * mem[how + 3]
        grow = one / (one + (two * random_unit(key, draw + 5) - one) * mem[how + 4])
        co, si = cos(angle) * grow, sin(angle) * grow
        middle_x, middle_y = half * f32(w - 1), half * f32(h - 1)
        sx = f32(-1.0) if mirror else one
        sy = f32(-1.0) if upside else one
        off_x, off_y = middle_x + dx, middle_y + dy
        warp(
            data, at, mem, x, h, w, c,
            sx * co, -sx * si, middle_x - sx * (co * off_x - si * off_y),
            sy * si, sy * co, middle_y - sy * (si * off_x + co * off_y), scale, shift,
        )  # fmt: skip
    else:
        whole_x = min(max(i64(np.floor(dx + half)), 1 - w), w - 1)
        whole_y = min(max(i64(np.floor(dy + half)), 1 - h), h - 1)
        if mirror:
            whole_x = -whole_x
        move(data, at, mem, x, h, w, c, upside, whole_x, whole_y, scale, shift)
        if mirror:
            mirror_columns(mem, x, h, w, c)
    size = h * w * c
    deviation = mem[how + 5]
    if deviation > f32(0.0):
        first = (draw // DRAWS) * size
        for j in range(size):
            mem[x + j] += deviation * random_normal(noise_key, first + j)
    if mem[how + 6] > f32(0.0):
        side = i64(np.floor(mem[how + 6] * f32(min(h, w)) + half))
        top = i64(np.floor(random_unit(key, draw + 6) * f32(h + side))) - side
        left = i64(np.floor(random_unit(key, draw + 7) * f32(w + side))) - side
        begin, end = max(left, 0) * c, min(left + side, w) * c
        first_row, last_row = max(top, 0), min(top + side, h)
        for i in range(first_row, last_row):  # type: ignore[call-overload]
            for j in range(begin, end):
                mem[x + i * w * c + j] = f32(0.0)


@kernel
def augment_bytes(mem, row, n, state):  # type: ignore[no-untyped-def]
    """row: x, numbers an example, first example, scale's and shift's places, height, width,
    channels, place of the seven numbers. uint8 -> float32."""
    x, size, first = row[1], row[2], row[3]
    scale, shift = mem[row[4]], mem[row[5]]
    order = integers_at(state[ORDER_ADDRESS])
    data = bytes_at(state[X_ADDRESS])
    key = random_key(state[SEED], STREAM, state[STEP])
    noise_key = random_key(state[SEED], STREAM + 1, state[STEP])
    for i in range(n):
        at = order[state[POSITION] + first + i] * size
        draw = (first + i) * DRAWS
        change(data, at, mem, x + i * size, row[6], row[7], row[8], key, noise_key, draw, row[9],
               scale, shift)  # fmt: skip


@kernel
def augment_floats(mem, row, n, state):  # type: ignore[no-untyped-def]
    """The same from float32."""
    x, size, first = row[1], row[2], row[3]
    scale, shift = mem[row[4]], mem[row[5]]
    order = integers_at(state[ORDER_ADDRESS])
    data = floats_at(state[X_ADDRESS])
    key = random_key(state[SEED], STREAM, state[STEP])
    noise_key = random_key(state[SEED], STREAM + 1, state[STEP])
    for i in range(n):
        at = order[state[POSITION] + first + i] * size
        draw = (first + i) * DRAWS
        change(data, at, mem, x + i * size, row[6], row[7], row[8], key, noise_key, draw, row[9],
               scale, shift)  # fmt: skip


def numbers(how: Augmentation) -> tuple[float, ...]:
    """The seven numbers that the kernels read."""
    return (
        float(how.flip), float(how.upside_down), how.shift, math.radians(how.rotate), how.zoom,
        how.noise, how.cutout,
    )  # fmt: skip


def gather_for(kernel_: Kernel, is_bytes: bool, how: Augmentation | None) -> Kernel:
    """The gathering kernel that augments, or the plain one if nothing is to be changed."""
    if how is None or not how.active:
        return kernel_
    return augment_bytes if is_bytes else augment_floats


def preview(
    images: np.ndarray, how: Augmentation, seed: int = 1, step: int = 0,
    scale: float = 1 / 255, shift: float = 0.0,
) -> np.ndarray:  # fmt: skip
    """What training would see of images (n, height, width, channels), uint8 or float32, as one
    batch at a step: the same shape in float32, scaled. Exactly what the kernels do."""
    images = np.ascontiguousarray(images)
    if images.dtype != np.uint8:
        images = images.astype(np.float32)
    n, h, w, c = images.shape
    size = h * w * c
    head = 64
    memory = aligned(head + n * size + 16)
    memory[:2] = scale, shift
    memory[2:9] = numbers(how)
    kernel_ = augment_bytes if images.dtype == np.uint8 else augment_floats
    rows = np.zeros((1, COLUMNS), np.int64)
    rows[0, :10] = kernel_.address, head, size, 0, 0, 1, h, w, c, 2
    order = np.arange(n, dtype=np.int64)
    state = aligned(st.SIZE, np.int64)
    state[st.SEED], state[st.STEP] = seed, step
    state[st.X_ADDRESS], state[st.ORDER_ADDRESS] = images.ctypes.data, order.ctypes.data
    block = np.array([n, memory.ctypes.data, state.ctypes.data, 0], np.int64)
    vm.predict(rows.ctypes.data, 1, COLUMNS, block.ctypes.data)
    return memory[head : head + n * size].reshape(images.shape).copy()
