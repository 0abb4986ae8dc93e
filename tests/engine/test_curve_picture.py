"""A picture of curves shows them: blue above, orange dashes, nothing where nothing was."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from nnstudio.engine.curve_picture import curve_png


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def blue(image):
    return (image[..., 2] - image[..., 0] > 120) & (image[..., 1] > 60)


def orange(image):
    return image[..., 0] - image[..., 2] > 120


def test_a_falling_loss_falls_in_the_picture():
    steps = np.arange(1, 101)
    image = pixels(curve_png(steps, 2.0 - steps / 60, 2.2 - steps / 60, "run"))[60:480]
    heights = [np.nonzero(blue(image)[:, x])[0].mean() for x in (120, 450, 900)]
    assert heights[0] < heights[1] < heights[2]
    there = orange(image).any(0)[100:900]
    assert 0.4 < there.mean() < 0.8  # dashes
    above = np.nonzero(orange(image)[:, 450:520].any(1))[0].mean()
    assert above < np.nonzero(blue(image)[:, 450:520].any(1))[0].mean()


@pytest.mark.parametrize(
    "run",
    [
        ((), (), ()),
        ((1,), (0.5,), (np.nan,)),
        ((1, 2), (0.0, 0.0), (0.0, np.nan)),
        ((1, 2, 3), (1e-9, 5.0, 1e12), (np.nan, np.inf, 1.0)),
        ((1, 2), (np.nan, np.nan), (np.nan, np.nan)),
        ((1, 2), (-3.0, 4.0), (0.0, 0.0)),
    ],
)
def test_any_run_gives_a_picture(run):
    assert pixels(curve_png(*run, "any")).shape == (540, 960, 3)
