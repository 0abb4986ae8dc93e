"""Exported Keras programs, run by Keras: they predict what the engine predicts, and one training
step leads to the same weights."""

from __future__ import annotations

import runpy

import numpy as np
import pytest

from nnstudio.core import registry
from nnstudio.core.contracts import Loss, Optimizer, Schedule
from nnstudio.core.network import chain
from nnstudio.core.ops import Noise
from nnstudio.engine.trainer import Trainer
from nnstudio.exporters.keras_source import KerasSource
from tests.exporters.models import case_name, layer_cases, layer_network, of_preset, trained
from tests.helpers import layer

pytest.importorskip("tensorflow")

NEAR = {"rtol": 1e-4, "atol": 1e-4}


@pytest.fixture(autouse=True)
def fresh():
    """Programs of different cases name their own classes alike."""
    import keras

    keras.backend.clear_session()
    keras.saving.get_custom_objects().clear()


def load(model, folder):
    """The program's names, and its model with the exported weights."""
    path = folder / "model.py"
    KerasSource(data=False).write(model, path)
    found = runpy.run_path(str(path))
    made = found["build_model"]()
    found["load_weights"](made, folder / "model.safetensors")
    return found, made


def weights_of(made, model):
    """Keras' weights under our names, in our shapes."""
    order = ("weight", "bias", "scale", "shift", "moving_mean", "moving_variance", "slope")
    found = {}
    for part in made.layers:
        names = [name for name in order if (part.name, name) in model.parameters]
        for name, value in zip(names, part.get_weights(), strict=False):
            key = part.name, name
            found[key] = value.reshape(model.parameters[key].shape)
    assert found.keys() == model.parameters.keys()
    return found


def step_of_both(model, folder, class_weight=None):
    """Our weights and Keras' after one step on the same batch."""
    found, made = load(model, folder)
    found["compile_model"](made)
    made.run_eagerly, made.jit_compile = True, False  # one step needs no compiler
    x = model.data.prepared(model.data.train.x)
    y = found.get("one_hot", np.asarray)(model.data.train.y)
    made.train_on_batch(x, y, class_weight=class_weight)
    trainer = Trainer(model.setup.with_training(batch_size=len(x)), model.data, 1)
    try:
        for key, value in model.parameters.items():
            trainer.parameters[key][...] = value
        trainer.run(1)
        ours = {key: value.copy() for key, value in trainer.parameters.items()}
    finally:
        trainer.close()
    return ours, weights_of(made, model)


def same(ours, theirs):
    for key, value in ours.items():
        np.testing.assert_allclose(theirs[key], value, **NEAR, err_msg=str(key))


def is_random(case):
    made = layer(case[0], **case[1])
    return any(isinstance(op, Noise) and op.amount for op in made.operations(*case[2]))


@pytest.mark.parametrize("case", layer_cases(), ids=case_name)
def test_every_layer_predicts_and_learns_the_same(case, tmp_path):
    network = layer_network(case)
    model = trained(network)
    _, made = load(model, tmp_path)
    x = model.data.train.x
    np.testing.assert_allclose(np.asarray(made(x, training=False)), model.predict(x), **NEAR)
    if is_random(case):
        return
    # Something learns before it and after it, so that its own gradients matter.
    network, _ = network.insert_after("input", layer("PReLU.v1"))
    network, flat = network.insert_after("tested", layer("Flatten.v1"))
    network, _ = network.insert_after(flat, layer("Dense.v1", units=2))
    same(*step_of_both(trained(network, learning_rate=0.05), tmp_path))


def mlp(last="linear", outputs=3):
    return chain(layer("Input.v1", shape=[6]), layer("Dense.v1", units=7, activation="tanh"),
                 layer("Dense.v1", units=outputs, activation=last))  # fmt: skip


@pytest.mark.parametrize("name", list(registry.table(Optimizer)))
def test_every_optimizer_takes_the_same_step(name, tmp_path):
    model = trained(mlp(), optimizer=registry.find(Optimizer, name)(), learning_rate=0.01,
                    l1=0.001, l2=0.01)  # fmt: skip
    if name in ("RAdam.v1", "Rprop.v1"):
        assert f"Keras has no {name[:-3]}; plain SGD" in KerasSource().source(model, "model")
        return
    ours, theirs = step_of_both(model, tmp_path)
    same(ours, theirs)
    for key, value in ours.items():
        assert np.abs(value - model.parameters[key]).max() > 1e-5 or name.startswith("Adadelta")


@pytest.mark.parametrize("name", list(registry.table(Loss)))
@pytest.mark.parametrize(("last", "outputs"), [("linear", 3), ("softmax", 3), ("sigmoid", 1),
                                               ("linear", 1)])  # fmt: skip
def test_every_loss_has_the_same_gradient(name, last, outputs, tmp_path):
    cls = registry.find(Loss, name)
    for task in cls.tasks:
        distributions = task == "regression" and name == "KLDivergence.v1"
        if task == "regression" and last in ("softmax", "sigmoid") and not distributions:
            continue
        if distributions and outputs == 1:
            continue
        model = trained(mlp(last, outputs), task, loss=cls(), learning_rate=0.1)
        y = model.data.train.y
        if name == "Poisson.v1" or distributions:
            np.abs(y, out=y)
        if distributions:
            y /= y.sum(axis=1, keepdims=True)
        same(*step_of_both(model, tmp_path))


def test_expected_counts(tmp_path):
    loss = registry.find(Loss, "Poisson.v1")(log_output=False)
    model = trained(mlp("softplus"), loss=loss, learning_rate=0.1)
    np.abs(model.data.train.y, out=model.data.train.y)
    same(*step_of_both(model, tmp_path))


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_class_weights_and_smoothing(outputs, smoothing, tmp_path):
    weights = "1, 2.5" if outputs == 1 else "0.5, 1, 2"
    loss = registry.find(Loss, "CrossEntropy.v1")(label_smoothing=smoothing, class_weights=weights)
    model = trained(mlp(outputs=outputs), "classification", loss=loss, learning_rate=0.1)
    given = {place: float(one) for place, one in enumerate(weights.split(","))}
    assert f"class_weight={given!r}" in KerasSource().source(model, "model")
    same(*step_of_both(model, tmp_path, given))


@pytest.mark.parametrize("kind", list(registry.table(Schedule)))
def test_schedules_give_the_same_rates(kind, tmp_path):
    cls = registry.find(Schedule, kind)
    variants = [cls()]
    if kind == "LinearWarmup.v1":
        variants = [cls(steps=20, then=then) for then in ("constant", "linear", "cosine")]
    if kind == "Cosine.v1":
        variants += [cls(period=12, multiplier=2, end=0.1)]
    for schedule in variants:
        model = trained(mlp(), schedule=schedule, epochs=40, batch_size=6, learning_rate=0.5)
        found, made = load(model, tmp_path)
        found["compile_model"](made)
        expected = 0.5 * schedule.factors(np.arange(80), 80)
        rates = []
        for step in range(80):
            made.optimizer.iterations.assign(step)
            rates.append(float(made.optimizer.learning_rate))
        np.testing.assert_allclose(rates, expected, atol=1e-6)


@pytest.mark.parametrize(
    "limits",
    [{"clip_norm": 0.1}, {"clip_value": 0.05}, {"clip_norm": 0.1, "clip_value": 0.05}],
    ids=str,
)
def test_limits_of_the_gradient_and_a_frozen_layer(limits, tmp_path):
    model = trained(mlp().with_learning("dense_1", frozen=True), learning_rate=0.5, **limits)
    ours, theirs = step_of_both(model, tmp_path)
    same(ours, theirs)
    before = model.parameters["dense_1", "weight"]
    np.testing.assert_array_equal(theirs["dense_1", "weight"], before)


@pytest.mark.parametrize(
    "case", [c for c in layer_cases() if c[0].startswith(("Dense", "Conv", "Depthwise"))],
    ids=case_name,
)  # fmt: skip
def test_max_norm(case, tmp_path):
    network, flat = layer_network(case).insert_after("tested", layer("Flatten.v1"))
    network, _ = network.insert_after(flat, layer("Dense.v1", units=2))
    model = trained(network, learning_rate=0.01, max_norm=0.4)
    ours, theirs = step_of_both(model, tmp_path)
    free, _ = step_of_both(trained(network, learning_rate=0.01), tmp_path)
    key = "tested", "weight"
    assert np.abs(ours[key] - free[key]).max() > 0.01
    same(ours, theirs)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["xor", "regression", "mnist-lenet"])
def test_the_program_runs_as_it_is(name, tmp_path):
    import keras

    model = of_preset(name)
    path = tmp_path / "it.py"
    KerasSource().write(model, path)
    text = path.read_text()
    epochs = model.setup.training.epochs or 100
    path.write_text(text.replace(f"epochs={epochs}", "epochs=1, steps_per_epoch=2"))
    runpy.run_path(str(path), run_name="__main__")
    assert keras.saving.load_model(tmp_path / "it.keras").count_params()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_keras_lacks_is_saved_and_opened_again(tmp_path):
    import keras

    network = chain(
        layer("Input.v1", shape=[6]), layer("Dense.v1", units=5, activation="sine"),
        layer("GaussianNoise.v1", deviation=1.5), layer("Sine.v1"), layer("Dense.v1", units=3),
    )  # fmt: skip
    model = trained(
        network, "classification",
        loss=registry.find(Loss, "CrossEntropy.v1")(label_smoothing=0.1, class_weights="balanced"),
        optimizer=registry.find(Optimizer, "AdamW.v1")(), clip_norm=0.5, clip_value=0.1,
        schedule=registry.find(Schedule, "LinearWarmup.v1")(steps=3, then="cosine"),
        max_norm=2.0, averaging=0.9, keep_best=True, watch="accuracy", epochs=2, batch_size=6,
    )  # fmt: skip
    path = tmp_path / "it.py"
    KerasSource().write(model, path)
    runpy.run_path(str(path), run_name="__main__")
    opened = keras.saving.load_model(tmp_path / "it.keras")
    assert opened.optimizer.value_limit == pytest.approx(0.1)
    assert np.isfinite(np.asarray(opened(model.data.train.x))).all()
    assert (tmp_path / "it-best.keras").exists()
