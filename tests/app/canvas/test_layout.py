from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.app.canvas.columns import describe
from nnstudio.app.canvas.hits import NOTHING, Hit, find
from nnstudio.app.canvas.layout import arrange
from nnstudio.app.canvas.links import curve_at
from nnstudio.app.feature_names import feature_text
from tests.app.canvas.conftest import image_data, plane_data, spirals
from tests.helpers import layer, mlp, random_data, setup


class Letters:
    """Every letter six pixels wide, every line fifteen high."""

    def width(self, text, *, title=False):
        return 6.0 * len(text)

    def height(self, text, width):
        return 15.0 * max(1, -(-6 * len(text) // int(width)))


def laid_out(setup_, data, width=880, height=500):
    columns = describe(setup_, data)
    return columns, arrange(columns, width, height, Letters())


def test_cards_say_what_the_picture_says():
    columns = describe(spirals(), plane_data())
    assert [c.title for c in columns] == ["Input", "Dense · 8", "Dense · 6", "Output · 1"]
    assert columns[0].parts == ("4 features",)
    assert columns[1].parts == ("tanh", "40 params")
    assert columns[3].parts == ("sigmoid", "7 params")
    assert columns[0].labels == ("x₁", "x₂", "sin x₁", "sin x₂")
    assert [c.adjustable for c in columns] == [False, True, True, False]
    assert columns[2].links == ("weight",)


def test_feature_names_are_written_as_mathematics():
    assert feature_text("x1^2") == "x₁²"
    assert feature_text("x1*x2") == "x₁x₂"
    assert feature_text("age_2") == "age_2"


def test_images_show_picture_cells_and_bars():
    network = mlp(64, 32, 10, activation="relu", last="softmax")
    network = network.replace("input", layer("Input.v1", shape=[8, 8, 1]))
    network, _ = network.insert_after("input", layer("Flatten.v1"))
    columns, layout = laid_out(setup(network), image_data())
    assert [c.kind for c in columns] == ["image", "none", "cells", "bars"]
    assert not layout.groups
    assert len(layout.connectors) == 3


def test_large_layers_of_the_plane_fold():
    columns, _ = laid_out(setup(mlp(4, 17, 100, 1)), plane_data())
    assert [c.kind for c in columns] == ["units", "tiles", "none", "units"]


def test_a_wrong_connection_is_told_on_its_node():
    network = mlp(64, 32, 10)
    network = network.replace("input", layer("Input.v1", shape=[8, 8, 1]))
    columns, layout = laid_out(setup(network), image_data())
    assert "Flatten" in columns[1].error
    assert not columns[2].error  # the fault is upstream
    assert "dense_1" in layout.notes


def boxes_of(layout):
    groups = [layout.cards.values(), *layout.units.values(), layout.blocks.values()]
    groups.append([insert.box for insert in layout.inserts])
    return [box for group in groups for box in group]


@given(
    st.lists(st.integers(1, 16), min_size=0, max_size=6),
    st.integers(400, 1600),
    st.integers(300, 1000),
)
def test_nothing_overlaps_and_everything_lies_inside(hidden, width, height):
    _, layout = laid_out(setup(mlp(4, *hidden, 1)), plane_data(), width, height)
    boxes = boxes_of(layout)
    assert layout.width >= width and layout.height >= height
    for box in boxes:
        assert box.x >= 0 and box.y >= 0
        assert box.right <= layout.width + 1 and box.bottom <= layout.height + 1
    for a, b in itertools.combinations(boxes, 2):
        apart = (
            a.right <= b.x + 1 or b.right <= a.x + 1 or a.bottom <= b.y + 1 or b.bottom <= a.y + 1
        )
        assert apart, (a, b)


def test_hits_find_cards_buttons_units_and_inserts():
    columns, layout = laid_out(spirals(), plane_data())
    assert find(layout, columns, *layout.plus["dense_1"].centre) == Hit("plus", "dense_1")
    assert find(layout, columns, *layout.minus["dense_2"].centre) == Hit("minus", "dense_2")
    card = layout.cards["dense_1"]
    assert find(layout, columns, card.x + 5, card.y + 5) == Hit("card", "dense_1")
    assert find(layout, columns, *layout.units["dense_1"][3].centre) == Hit("unit", "dense_1", 3)
    assert find(layout, columns, *layout.inserts[1].box.centre) == Hit(
        "insert", "dense_1", target="dense_2"
    )
    assert find(layout, columns, 2, layout.height - 2) == NOTHING


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.8])
def test_links_are_hit_where_they_are_drawn(share):
    columns, layout = laid_out(spirals(), plane_data())
    group = layout.groups[0]
    x = group.left + share * (group.right - group.left)
    found = 0
    for i, y0 in enumerate(group.sources):
        for j, y1 in enumerate(group.targets):
            y = y0 + (y1 - y0) * float(curve_at(share))
            hit = find(layout, columns, x, y)
            assert hit.kind == "link"
            found += (hit.source_index, hit.index) == (i, j)
    assert found >= 16  # where links cross, another one may be as near


def test_the_curve_is_a_smooth_step():
    u = np.linspace(0, 1, 50)
    y = curve_at(u)
    assert y[0] == 0 and y[-1] == 1 and (np.diff(y) >= 0).all()
    np.testing.assert_allclose(y + y[::-1], 1, atol=1e-3)


def test_columns_compare_by_value():
    assert describe(spirals(), plane_data()) == describe(spirals(), plane_data())
    first = describe(spirals(), plane_data())[0]
    assert dataclasses.replace(first, title="x") != first


def test_links_end_at_the_bars_of_classes():
    data = random_data(3, 3)
    columns, layout = laid_out(setup(mlp(3, 5, 3, last="softmax")), data)
    assert [c.kind for c in columns] == ["units", "units", "bars"]
    group = layout.groups[-1]
    assert (group.target, len(group.targets)) == ("dense_2", 3)
    x = group.left + 0.3 * (group.right - group.left)
    y = group.sources[0] + (group.targets[0] - group.sources[0]) * float(curve_at(0.3))
    assert find(layout, columns, x, y).kind == "link"


def test_names_of_units_are_read_whole_in_a_narrow_view():
    names = ("sepal length", "sepal width", "petal length", "petal width")
    data = dataclasses.replace(
        random_data(4, 1), task="regression", feature_names=names, target_names=("progression",)
    )
    columns, layout = laid_out(setup(mlp(4, 8, 1)), data, width=520, height=300)
    first, last = columns[0], columns[-1]
    assert first.labels == names and last.labels == ("progression",)
    for box in layout.units[first.id]:
        assert box.x - 8 >= max(Letters().width(name) for name in names)
        assert box.right <= layout.cards[first.id].right
    assert layout.width - layout.units[last.id][0].right - 8 >= Letters().width("progression")


def test_a_large_view_is_used():
    columns, usual = laid_out(spirals(), plane_data())
    _, large = laid_out(spirals(), plane_data(), width=3000, height=1600)
    units = columns[1].id
    assert large.units[units][0].width > 1.5 * usual.units[units][0].width
    assert large.cards[columns[-1].id].x - large.cards[units].x > 1.5 * (
        usual.cards[columns[-1].id].x - usual.cards[units].x
    )
