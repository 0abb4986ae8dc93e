from __future__ import annotations

import numpy as np
import pytest

from nnstudio.app import theme
from nnstudio.app.canvas.columns import describe
from nnstudio.app.canvas.layout import LinkGroup
from nnstudio.app.canvas.links import LinkRaster, strength
from nnstudio.app.canvas.measure import GRID, Request, colours, measure, normalise, plane_grid
from nnstudio.app.document import Document
from tests.app.canvas.conftest import image_data, plane_data, snapshot_of, spirals, view_of
from tests.helpers import layer, mlp, setup

LIGHT = theme.LIGHT


def group(sources=(20.0, 60.0), targets=(20.0, 40.0, 80.0)):
    return LinkGroup("a", "b", "weight", 10.0, 110.0, sources, targets)


def channels(pixels):
    return [(pixels >> shift) & 0xFF for shift in (24, 16, 8, 0)]


def test_a_positive_link_is_blue_where_it_runs_and_nothing_else_is_drawn():
    raster = LinkRaster([group((50.0,), (50.0,))])
    drawn = raster.image(np.array([3.0]), (31, 119, 180), (242, 142, 43))
    alpha, red, _, blue = channels(drawn.pixels)
    row = int(50 - drawn.top)
    assert alpha[row, 50] > 150 and blue[row, 50] > red[row, 50]
    assert alpha[:2].max() == 0 and (alpha >= blue).all()  # premultiplied


def test_a_negative_link_is_orange_and_larger_weights_are_wider():
    raster = LinkRaster([group((50.0,), (50.0,))])
    small = raster.image(np.array([-0.2]), (31, 119, 180), (242, 142, 43))
    large = raster.image(np.array([-5.0]), (31, 119, 180), (242, 142, 43))
    _, red, _, blue = channels(large.pixels)
    assert red[int(50 - large.top), 40] > blue[int(50 - large.top), 40]
    rows = [(channels(d.pixels)[0][:, 40] > 20).sum() for d in (small, large)]
    assert rows[1] > rows[0]


def test_dashes_leave_gaps_and_flow():
    raster = LinkRaster([group((50.0,), (50.0,))])
    first = raster.image(np.array([3.0]), (0, 0, 255), (255, 0, 0), phase=0.0)
    later = raster.image(np.array([3.0]), (0, 0, 255), (255, 0, 0), phase=3.0)
    line = channels(first.pixels)[0][int(50 - first.top), 5:95]
    assert line.max() > 150 and line.min() < 30
    assert (first.pixels != later.pixels).any()


def test_links_count_row_by_row_of_the_weight_matrix():
    raster = LinkRaster([group()])
    assert raster.count == 6
    weights = np.zeros(6)
    weights[1 * 3 + 2] = 4.0  # from the second source to the third target
    drawn = raster.image(weights, (0, 0, 255), (255, 0, 0))
    alpha = channels(drawn.pixels)[0]
    assert alpha[int(60 - drawn.top), 3] > 150 and alpha[int(80 - drawn.top), 95] > 150
    assert raster.image(np.zeros(5), (0, 0, 0), (0, 0, 0)) is None


def test_strength_takes_any_number():
    found = strength(np.array([0.0, 1.0, np.nan, np.inf, -np.inf]))
    assert found[0] == 0 and found[1] == 0.5 and (found <= 1).all() and found[2] == 0


def test_the_grid_has_the_top_first():
    grid = plane_grid(3, ("x1", "x2"))
    np.testing.assert_allclose(grid[0], (-4, 4))
    np.testing.assert_allclose(grid[-1], (4, -4))


def test_normalise_keeps_tanh_and_scales_the_rest():
    values = np.array([[0.5, -4.0], [0.0, 1.0]])
    assert normalise(values, "tanh") is values
    np.testing.assert_allclose(normalise(values, "relu")[0], (0.125, -1))
    np.testing.assert_allclose(normalise(values, "relu", each=True)[1], (0, 1))
    np.testing.assert_allclose(normalise(np.array([[0.0, 1.0]]), "sigmoid"), [[-1, 1]])


def request_for(document, **values):
    columns = describe(document.setup, document.data)
    return Request(document.setup.network, columns, LIGHT, **values)


def test_every_unit_gets_a_thumbnail_of_what_it_computes():
    document = Document(spirals(), plane_data())
    picture = measure(view_of(document), request_for(document))
    shapes = {node: pixels.shape for node, pixels in picture.thumbnails.items()}
    square = (GRID, GRID)
    assert shapes == {
        "input": (4, *square), "dense_1": (8, *square), "dense_2": (6, *square),
        "dense_3": (1, *square),
    }  # fmt: skip
    x1 = picture.thumbnails["input"][0]
    table = colours(LIGHT)
    assert x1[5, 0] == table[(np.abs(table.astype(np.int64) - int(x1[5, 0]))).argmin()]
    blue, red = x1[0] & 0xFF, (x1[0] >> 16) & 0xFF
    assert blue[-1] > red[-1] and red[0] > blue[0]  # right is positive, left negative


def test_parameters_are_copies():
    document = Document(spirals(), plane_data())
    view = view_of(document)
    picture = measure(view, request_for(document))
    view.snapshot.parameters["dense_1", "weight"][:] = 7
    assert (picture.parameters["dense_1", "weight"] != 7).all()


def test_numbers_that_are_none_do_no_harm():
    document = Document(spirals(), plane_data())
    bad = {"dense_1__weight": np.full((4, 8), np.nan, np.float32)}
    snapshot = snapshot_of(document.setup.network, **bad)
    picture = measure(view_of(document, snapshot), request_for(document))
    middle = colours(LIGHT)[128]
    assert (picture.thumbnails["dense_2"] == middle).all()


def test_a_request_of_another_network_is_refused():
    document = Document(spirals(), plane_data())
    request = request_for(document)
    other = Document(setup(mlp(4, 3, 1)), plane_data())
    assert measure(view_of(other), request) is None


def test_requests_compare_without_the_phase():
    document = Document(spirals(), plane_data())
    assert request_for(document, phase=1.0) == request_for(document, phase=2.0)
    assert request_for(document, example=1) != request_for(document)


@pytest.mark.parametrize("last", ["softmax", "linear"])
def test_images_show_the_example_and_probabilities(last):
    network = mlp(64, 20, 10, activation="relu", last=last)
    network = network.replace("input", layer("Input.v1", shape=[8, 8, 1]))
    network, _ = network.insert_after("input", layer("Flatten.v1"))
    document = Document(setup(network), image_data())
    picture = measure(view_of(document), request_for(document, example=1))
    assert picture.images["input"].shape == (8, 8)
    assert picture.thumbnails["dense_1"].shape == (20,)
    assert picture.values["dense_2"].sum() == pytest.approx(1, abs=1e-4)
    assert picture.truth == int(document.data.valid.y[1, 0])
    assert picture.caption == f"Label: {picture.truth}"
