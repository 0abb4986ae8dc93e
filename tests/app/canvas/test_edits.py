from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.app.canvas import edits
from nnstudio.core.text import StudioError
from tests.app.canvas.conftest import plane_data, spirals

DATA = plane_data()


def order(setup):
    assert setup.network.is_chain()
    return [node.id for node in setup.network.nodes]


def test_insert_goes_after_a_node_and_never_after_the_output():
    after, new = edits.insert(spirals(), DATA, "dense_1", "Dropout.v1")
    assert order(after) == ["input", "dense_1", new, "dense_2", "dense_3"]
    after, new = edits.insert(spirals(), DATA, "dense_3", "Dense.v1")
    assert order(after) == ["input", "dense_1", "dense_2", new, "dense_3"]
    assert not after.network.errors


def test_a_new_dense_layer_takes_the_usual_activation():
    after, new = edits.insert(spirals(), DATA, "input", "Dense.v1")
    assert after.network[new].layer.activation == "tanh"


def test_place_is_the_selection_or_before_the_output():
    network = spirals().network
    assert edits.place_for(network, "dense_1") == "dense_1"
    assert edits.place_for(network, None) == "dense_2"
    assert edits.place_for(network, "dense_3") == "dense_2"
    assert edits.place_for(network, "gone") == "dense_2"


def test_remove_heals_and_spares_input_and_output():
    assert order(edits.remove(spirals(), DATA, "dense_1")) == ["input", "dense_2", "dense_3"]
    for node in ("input", "dense_3"):
        assert edits.remove(spirals(), DATA, node) == spirals()


def test_move_stays_between_input_and_output():
    assert order(edits.move(spirals(), DATA, "dense_1", 1)) == [
        "input", "dense_2", "dense_1", "dense_3",
    ]  # fmt: skip
    assert edits.move(spirals(), DATA, "dense_1", -1) == spirals()
    assert edits.move(spirals(), DATA, "dense_2", 5) == spirals()
    assert edits.move(spirals(), DATA, "input", 1) == spirals()


@given(st.integers(1, 65536))
def test_a_minus_takes_back_what_a_plus_gave(units):
    more = edits.with_more_units(units, 1)
    assert more > units or units == 65536
    if units >= 16:  # the ladder's rungs are multiples of the step from 16 on
        units -= units % edits.unit_step(units)
        more = edits.with_more_units(units, 1)
    if more < 65536:
        assert edits.with_more_units(more, -1) == units


def test_units_never_fall_below_one():
    assert edits.with_more_units(1, -1) == 1


def test_the_output_keeps_its_units():
    assert edits.change_units(spirals(), DATA, "dense_3", 1) == spirals()
    forced = edits.change_field(spirals(), DATA, "dense_3", "units", 5)
    assert forced.network["dense_3"].layer.units == 1


def test_a_field_that_does_not_fit_is_refused():
    with pytest.raises(StudioError, match="whole number"):
        edits.change_field(spirals(), DATA, "dense_1", "units", "many")
