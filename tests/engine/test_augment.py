"""Augmentation: what the kernels do to images, and that a repeated step repeats it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from nnstudio.core.data import Data, Part
from nnstudio.core.defaults import setup_for
from nnstudio.core.recipes.recipe import Augmentation
from nnstudio.core.setup import preset
from nnstudio.datasets.mnist import Mnist
from nnstudio.engine.augment import preview
from nnstudio.engine.trainer import Trainer


def images(count=64, height=14, width=16, channels=1, seed=0):
    shape = (count, height, width, channels)
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def test_nothing_to_do_changes_nothing():
    for channels in (1, 3):
        x = images(channels=channels)
        np.testing.assert_allclose(preview(x, Augmentation()), x / 255, atol=1e-6)
    floats = images().astype(np.float32) / 7
    plain = preview(floats, Augmentation(), scale=2.0, shift=-1.0)
    np.testing.assert_allclose(plain, floats * 2 - 1, rtol=1e-6)


@pytest.mark.parametrize(("field", "axis"), [("flip", 2), ("upside_down", 1)])
@pytest.mark.parametrize("channels", [1, 3])
def test_half_of_the_images_are_mirrored(field, axis, channels):
    x = images(400, channels=channels)
    seen = preview(x, Augmentation(**{field: True}))
    plain = x.astype(np.float32) / 255
    mirrored = np.flip(plain, axis)
    is_plain = np.isclose(seen, plain, atol=1e-6).all(axis=(1, 2, 3))
    is_mirrored = np.isclose(seen, mirrored, atol=1e-6).all(axis=(1, 2, 3))
    assert (is_plain ^ is_mirrored).all()
    assert 150 < is_mirrored.sum() < 250


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("flip", [False, True])
def test_shifts_are_whole_pixels_and_the_edge_is_repeated(channels, flip):
    x = images(50, channels=channels)
    seen = preview(x, Augmentation(shift=0.25, flip=flip))
    found = set()
    for image, plain in zip(seen, x.astype(np.float32) / 255, strict=True):
        candidates = [(plain, "plain")] + ([(plain[:, ::-1], "mirrored")] if flip else [])
        matches = [
            (dy, dx, name)
            for one, name in candidates
            for dy in range(-4, 5)
            for dx in range(-4, 5)
            if np.allclose(image, shifted(one, dy, dx), atol=1e-6)
        ]
        assert len(matches) == 1
        found.add(matches[0])
    assert len(found) > 20


def shifted(image, dy, dx):
    """The naive twin: each pixel from where it was, the edge where that is outside."""
    rows = np.clip(np.arange(image.shape[0]) - dy, 0, image.shape[0] - 1)
    columns = np.clip(np.arange(image.shape[1]) - dx, 0, image.shape[1] - 1)
    return image[rows][:, columns]


def test_turned_and_zoomed_images_are_read_in_between():
    height, width = 24, 30
    i, j = np.mgrid[:height, :width]
    ramp = (3.0 * j + 2.0 * i).astype(np.float32)  # bilinear reading of a plane is exact
    x = np.repeat(ramp[None, :, :, None], 40, axis=0)
    seen = preview(x, Augmentation(rotate=30, zoom=0.2), scale=1.0)[..., 0]
    middle = ramp[height // 2 - 1 : height // 2 + 1, width // 2 - 1 : width // 2 + 1].mean()
    inner = seen[:, 8:16, 10:20]
    np.testing.assert_allclose(
        seen[:, height // 2 - 1 : height // 2 + 1, width // 2 - 1 : width // 2 + 1].mean((1, 2)),
        middle, rtol=1e-4,
    )  # fmt: skip
    across = np.diff(inner, axis=2)
    down = np.diff(inner, axis=1)
    for a, b in zip(across, down, strict=True):
        assert np.ptp(a) < 1e-2 and np.ptp(b) < 1e-2  # still a plane
        length = np.hypot(a.mean(), b.mean()) / np.hypot(3, 2)
        angle = np.degrees(np.arctan2(b.mean(), a.mean()) - np.arctan2(2, 3))
        assert 1 / 1.21 < length < 1 / 0.79 and abs(angle) < 30.5
    assert np.std(across.mean((1, 2))) > 0.1


def test_noise_and_cut_out():
    x = images(200)
    plain = x / 255
    noise = preview(x, Augmentation(noise=0.1)) - plain
    assert abs(noise.mean()) < 0.002 and abs(noise.std() - 0.1) < 0.002
    assert abs(np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1]) < 0.3
    x = np.maximum(x, 1)
    cut = preview(x, Augmentation(cutout=0.5)) == 0
    for hole in cut[..., 0]:
        rows, columns = np.flatnonzero(hole.any(1)), np.flatnonzero(hole.any(0))
        assert hole.sum() == len(rows) * len(columns)  # one rectangle
        assert len(rows) <= 7 and len(columns) <= 7
    assert cut.any(axis=(1, 2, 3)).mean() > 0.7


def test_other_steps_and_seeds_change_otherwise():
    x = images()
    how = Augmentation(rotate=20, noise=0.1, shift=0.1, cutout=0.2)
    first = preview(x, how)
    np.testing.assert_array_equal(preview(x, how), first)
    assert not np.array_equal(preview(x, how, step=1), first)
    assert not np.array_equal(preview(x, how, seed=2), first)


EVERYTHING = Augmentation(True, True, 0.1, 20.0, 0.1, 0.05, 0.2)


def trainer(threads=1, how=EVERYTHING, batch=64):
    data = dataclasses.replace(
        Mnist(train_examples=300, valid_examples=20).load(), augmentation=how
    )
    setup = preset("mnist-mlp").with_training(batch_size=batch)
    return Trainer(setup, data, threads)


def parameters(made, steps):
    try:
        losses, _ = made.run(steps)
        return losses, {key: value.copy() for key, value in made.parameters.items()}
    finally:
        made.close()


def test_training_repeats_to_the_bit_after_a_rewind_and_with_any_threads():
    made = trainer()
    try:
        made.run(7)
        mark = made.keyframe()
        first, _ = made.run(6)
        made.restore(mark)
        again, _ = made.run(6)
        np.testing.assert_array_equal(first, again)
    finally:
        made.close()
    one, two = parameters(trainer(1), 13), parameters(trainer(2), 13)
    np.testing.assert_array_equal(one[0], two[0])
    for key, value in one[1].items():
        np.testing.assert_array_equal(value, two[1][key])


def test_training_sees_changed_images_and_validation_does_not():
    plain, changed = parameters(trainer(how=None), 3)[0], parameters(trainer(), 3)[0]
    assert not np.array_equal(plain, changed)
    same = parameters(trainer(how=Augmentation()), 3)[0]
    np.testing.assert_array_equal(plain, same)
    data = trainer().data
    made = Trainer(preset("mnist-mlp"), data, 1)
    try:
        output = made.probe().run(data.prepared(data.valid.x))
        again = made.probe().run(data.prepared(data.valid.x))
        for node, values in output.items():
            np.testing.assert_array_equal(values, again[node])
    finally:
        made.close()


def test_rows_of_numbers_are_left_alone():
    x = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    y = (np.arange(40) % 2).astype(np.float32)[:, None]
    data = Data("rows", "classification", Part(x, y), Part(x, y), ("a", "b"),
                augmentation=EVERYTHING)  # fmt: skip
    made = Trainer(setup_for(Mnist(), data), data, 1)
    plain = dataclasses.replace(data, augmentation=None)
    other = Trainer(setup_for(Mnist(), plain), plain, 1)
    np.testing.assert_array_equal(parameters(made, 5)[0], parameters(other, 5)[0])
