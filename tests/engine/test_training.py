"""Training as a whole: partial batches, reproducibility, edits, keyframes, bad numbers."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.commands.train import parameters_sha256
from nnstudio.core.text import StudioError
from nnstudio.engine import trainer as trainer_module
from nnstudio.engine import vm
from nnstudio.engine.trainer import Trainer
from tests.helpers import layer, mlp, optimizer, random_data, setup


@pytest.fixture
def make():
    made = []

    def build(*arguments, **values):
        made.append(Trainer(*arguments, **values))
        return made[-1]

    yield build
    for trainer in made:
        trainer.close()


def test_an_epoch_uses_every_example_once_with_a_partial_last_batch(make):
    data = random_data(3, 2, 23)
    trainer = make(setup(mlp(3, 4, 1), batch_size=10), data, threads=1)
    assert trainer.steps_per_epoch == 3
    seen = []
    for _ in range(3):
        position, size = int(trainer.state[2]), trainer.steps_to_epoch_end()
        trainer.run(1)
        batch = int(trainer.state[3])
        seen.extend(trainer.order[position : position + batch])
        assert batch == (3 if size == 1 else 10)
    assert sorted(seen) == list(range(23)) and trainer.epoch == 1
    first = list(seen)
    trainer.run(1)
    assert list(trainer.order[:10]) != first[:10]  # shuffled anew


def test_partial_batch_means_over_its_own_examples(make):
    """The gradient of a last batch of 3 is the mean over 3, not over 10."""
    data = random_data(3, 2, 3)
    small = make(setup(mlp(3, 4, 1), batch_size=3, learning_rate=0.5), data, threads=1)
    whole = random_data(3, 2, 3)
    large = make(setup(mlp(3, 4, 1), batch_size=10, learning_rate=0.5), whole, threads=1)
    small.run(1)
    large.run(1)
    assert parameters_sha256(small) == parameters_sha256(large)


@pytest.mark.parametrize("name", ["SGD.v1", "RMSprop.v1", "Adam.v1"])
def test_same_parameters_with_1_2_and_4_threads(make, name):
    """A network large enough for several shards, with dropout, over many chunks of steps."""
    from nnstudio.core.network import chain

    network = chain(
        layer("Input.v1", shape=[200]),
        layer("Dense.v1", units=160, activation="relu"),
        layer("Dropout.v1", rate=0.3),
        layer("Dense.v1", units=10, activation="softmax"),
    )
    data = random_data(200, 10, 300)
    made = setup(network, optimizer=optimizer(name), batch_size=64, learning_rate=0.01)
    hashes = set()
    for threads in (1, 2, 4):
        trainer = make(made, data, threads=threads)
        assert trainer.program.shards > 1
        for chunk in (1, 7, 20, 3, 30):
            trainer.run(chunk)
        hashes.add(parameters_sha256(trainer))
    assert len(hashes) == 1


def test_seeds_differ_and_repeat(make):
    data = random_data(3, 2)

    def hashed(seed):
        trainer = make(setup(mlp(3, 4, 1), seed=seed), data, threads=1)
        trainer.run(50)
        return parameters_sha256(trainer)

    assert hashed(1) == hashed(1) != hashed(2)


def test_reset_gives_the_same_initial_weights(make):
    trainer = make(setup(mlp(3, 4, 1), optimizer_name="Adam.v1"), random_data(3, 2), threads=1)
    start = parameters_sha256(trainer)
    trainer.run(40)
    after = parameters_sha256(trainer)
    trainer.reset()
    assert parameters_sha256(trainer) == start != after
    trainer.run(40)
    assert parameters_sha256(trainer) == after


def test_a_keyframe_repeats_exactly(make):
    made = setup(mlp(3, 8, 1), optimizer_name="Adam.v1", batch_size=7)
    trainer = make(made, random_data(3, 2, 60), threads=1)
    trainer.run(13)
    kept = trainer.keyframe()
    trainer.run(25)
    after = parameters_sha256(trainer)
    trainer.run(11)
    trainer.restore(kept)
    assert trainer.step == 13
    trainer.run(25)
    assert parameters_sha256(trainer) == after


def test_an_edit_keeps_every_parameter_whose_shape_survives(make):
    made = setup(mlp(3, 8, 6, 1), optimizer_name="Adam.v1")
    data = random_data(3, 2)
    trainer = make(made, data, threads=1)
    trainer.run(30)
    kept = {key: value.copy() for key, value in trainer.parameters.items()}
    wider = made.network.replace("dense_2", layer("Dense.v1", units=7, activation="tanh"))
    trainer.replace(made.with_network(wider), data)
    assert trainer.step == 30
    np.testing.assert_array_equal(
        trainer.parameters["dense_1", "weight"], kept["dense_1", "weight"]
    )
    assert trainer.parameters["dense_2", "weight"].shape == (8, 7)
    trainer.run(5)
    trainer.replace(made, data)  # undo: what was there before comes back
    np.testing.assert_array_equal(
        trainer.parameters["dense_2", "weight"], kept["dense_2", "weight"]
    )


def test_what_is_remembered_of_vanished_layers_has_a_limit(make, monkeypatch):
    """A slider of units passes many widths; the newest come back, the oldest are forgotten."""
    monkeypatch.setattr(trainer_module, "STASH_BYTES", 20_000)
    made, data = setup(mlp(3, 8, 6, 1)), random_data(3, 2)
    trainer = make(made, data, threads=1)
    seen = {}
    for units in (*range(10, 110), 107, 10):
        network = made.network.replace("dense_2", layer("Dense.v1", units=units, activation="tanh"))
        trainer.replace(made.with_network(network), data)
        weight = trainer.parameters["dense_2", "weight"]
        if units in seen:
            assert np.array_equal(weight, seen[units]) == (units == 107)
        trainer.run(3)
        seen[units] = weight.copy()
        size = sum(array.nbytes for array in trainer._stash.values())
        assert size < 20_000 + sum(array.nbytes for array in trainer.parameters.values()) + 200


def test_settings_act_while_training_without_a_new_plan(make):
    made = setup(mlp(3, 4, 1), learning_rate=0.1)
    data = random_data(3, 2)
    trainer = make(made, data, threads=1)
    trainer.run(5)
    program = trainer.program
    before = {key: value.copy() for key, value in trainer.parameters.items()}
    trainer.replace(made.with_training(learning_rate=0.0), data)
    trainer.run(5)
    assert trainer.program is program
    for key, value in before.items():
        np.testing.assert_array_equal(trainer.parameters[key], value)


def test_a_setup_that_cannot_run_changes_nothing(make):
    made = setup(mlp(3, 4, 1))
    data = random_data(3, 2)
    trainer = make(made, data, threads=1)
    trainer.run(5)
    before = parameters_sha256(trainer)
    with pytest.raises(StudioError):
        trainer.replace(setup(mlp(5, 4, 1)), data)
    assert parameters_sha256(trainer) == before
    trainer.run(5)


def test_divergence_stops_at_the_step_and_says_why(make):
    made = setup(mlp(3, 4, 2, last="linear"), "MSE.v1", learning_rate=100.0)
    trainer = make(made, random_data(3, 2, task="regression"), threads=1)
    with pytest.raises(StudioError, match=r"step \d+.*learning rate \(100\)"):
        for _ in range(200):
            trainer.run(50)
    assert trainer.step < 10_000


def test_a_plan_over_the_memory_limit_is_refused_before_it_allocates(make):
    made = setup(mlp(3, 60000, 60000, 1))
    with pytest.raises(StudioError, match="MB"):
        make(made, random_data(3, 2), threads=1)


def test_stop_word_ends_a_chunk(make):
    trainer = make(setup(mlp(3, 4, 1)), random_data(3, 2), threads=1)
    trainer._control[vm.STOP] = 1
    losses, _ = trainer.run(50)
    assert len(losses) == 1


def test_divergence_names_the_layer_that_went_bad_first(make):
    data = random_data(3, 2, task="regression")
    trainer = make(setup(mlp(3, 4, 2, last="linear"), "MSE.v1"), data, threads=1)
    trainer.parameters["dense_1", "weight"][0, 0] = np.inf
    trainer.parameters["dense_1", "weight"][1, 0] = -np.inf
    with pytest.raises(StudioError, match="dense_1") as caught:
        trainer.run(1)
    assert caught.value.node == "dense_1"
