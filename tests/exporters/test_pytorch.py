"""Exported PyTorch source predicts the same, and one training step leads to the same weights."""

from __future__ import annotations

import runpy

import numpy as np
import pytest

from nnstudio.core import registry
from nnstudio.core.contracts import Loss, Optimizer, Schedule
from nnstudio.core.network import chain
from nnstudio.core.ops import Noise
from nnstudio.engine.trainer import Trainer
from nnstudio.exporters.pytorch_source import PytorchSource
from tests.exporters.models import case_name, layer_cases, layer_network, of_preset, trained
from tests.helpers import layer

torch = pytest.importorskip("torch")


def load(model, folder):
    """The program's names, and its module with the exported weights."""
    path = folder / "model.py"
    PytorchSource(data=False).write(model, path)
    found = runpy.run_path(str(path))
    module = found["Network"]()
    found["load_weights"](module, folder / "model.safetensors")
    return found, module


def to_torch(x):
    return torch.as_tensor(np.asarray(x, np.float32))


def weights_of(found, module, model):
    """The module's weights under our names, in our shapes."""
    own = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    made = {}
    for (node, name), value in model.parameters.items():
        key = f"{node}.{name}"
        tensor = own[found["NAMES"][key]].detach()
        axes = found["AXES"].get(key)
        if axes is not None:
            back = np.argsort(axes)
            shape = [value.shape[axis] for axis in axes]
            tensor = tensor.reshape(shape).permute(*back.tolist())
        made[node, name] = tensor.reshape(value.shape).numpy()
    return made


def step_of_both(model, folder):
    """Our weights and PyTorch's after one step on the same batch."""
    found, module = load(model, folder)
    module.train()
    optimizer = found["make_optimizer"](module)
    x = model.data.prepared(model.data.train.x)
    found["train_step"](module, optimizer, to_torch(x), to_torch(model.data.train.y), 0)
    setup = model.setup.with_training(batch_size=len(x))
    trainer = Trainer(setup, model.data, 1)
    try:
        for key, value in model.parameters.items():
            trainer.parameters[key][...] = value
        trainer.run(1)
        ours = {key: value.copy() for key, value in trainer.parameters.items()}
    finally:
        trainer.close()
    return ours, weights_of(found, module, model)


def is_random(case):
    made = layer(case[0], **case[1])
    return any(isinstance(op, Noise) and op.amount for op in made.operations(*case[2]))


@pytest.mark.parametrize("case", layer_cases(), ids=case_name)
def test_every_layer_predicts_and_learns_the_same(case, tmp_path):
    network = layer_network(case)
    model = trained(network, optimizer=registry.find(Optimizer, "SGD.v1")(), learning_rate=0.05)
    _, module = load(model, tmp_path)
    module.eval()
    x = model.data.train.x
    with torch.no_grad():
        found = module(to_torch(x)).numpy()
    np.testing.assert_allclose(found, model.predict(x), rtol=1e-5, atol=1e-5)
    if is_random(case):
        return
    # Something learns before it and after it, so that its own gradients matter.
    network, _ = network.insert_after("input", layer("PReLU.v1"))
    network, flat = network.insert_after("tested", layer("Flatten.v1"))
    network, _ = network.insert_after(flat, layer("Dense.v1", units=2))
    model = trained(network, learning_rate=0.05)
    ours, theirs = step_of_both(model, tmp_path)
    for key, value in ours.items():
        other = theirs[key]
        if key[1] == "moving_variance":  # PyTorch keeps the unbiased one
            shape = network.facts["tested"].shape
            count = len(x) * int(np.prod(shape[:-1]))
            before = model.parameters[key] * 0.9
            other = before + (other - before) * (count - 1) / count
        np.testing.assert_allclose(other, value, rtol=1e-4, atol=1e-4, err_msg=str(key))


def mlp(last="linear", outputs=3, **extra):
    return chain(layer("Input.v1", shape=[6]), layer("Dense.v1", units=7, activation="tanh"),
                 layer("Dense.v1", units=outputs, activation=last), **extra)  # fmt: skip


@pytest.mark.parametrize("name", list(registry.table(Optimizer)))
def test_every_optimizer_takes_the_same_step(name, tmp_path):
    model = trained(mlp(), optimizer=registry.find(Optimizer, name)(), learning_rate=0.01,
                    l1=0.001, l2=0.01)  # fmt: skip
    ours, theirs = step_of_both(model, tmp_path)
    for key, value in ours.items():
        assert np.abs(value - model.parameters[key]).max() > 1e-5 or name.startswith("Adadelta")
        np.testing.assert_allclose(theirs[key], value, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", list(registry.table(Loss)))
@pytest.mark.parametrize(("last", "outputs"), [("linear", 3), ("softmax", 3), ("sigmoid", 1),
                                               ("linear", 1)])  # fmt: skip
def test_every_loss_has_the_same_gradient(name, last, outputs, tmp_path):
    cls = registry.find(Loss, name)
    for task in cls.tasks:
        if task == "regression" and name == "KLDivergence.v1":
            continue  # its targets must be shares
        if task == "regression" and last in ("softmax", "sigmoid"):
            continue
        if task == "classification" and outputs == 3 and last == "sigmoid":
            continue
        model = trained(mlp(last, outputs), task, loss=cls(), learning_rate=0.1)
        if name == "Poisson.v1":
            np.abs(model.data.train.y, out=model.data.train.y)
        ours, theirs = step_of_both(model, tmp_path)
        for key, value in ours.items():
            np.testing.assert_allclose(theirs[key], value, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", list(registry.table(Schedule)))
def test_schedules_give_the_same_factors(kind, tmp_path):
    schedule = registry.find(Schedule, kind)()
    model = trained(mlp(), schedule=schedule, epochs=40, batch_size=6)
    found, _ = load(model, tmp_path)
    steps = np.arange(80)
    expected = schedule.factors(steps, 80)
    np.testing.assert_allclose([found["rate_factor"](int(s)) for s in steps], expected, atol=1e-6)


def test_frozen_layers_factors_and_limits(tmp_path):
    network = mlp().with_learning("dense_1", frozen=True).with_learning("dense_2", rate_factor=0.5)
    model = trained(network, learning_rate=0.5, clip_norm=0.1, clip_value=0.05)
    ours, theirs = step_of_both(model, tmp_path)
    for key, value in ours.items():
        np.testing.assert_allclose(theirs[key], value, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(
        theirs["dense_1", "weight"], model.parameters["dense_1", "weight"]
    )


def test_the_program_runs_as_it_is(tmp_path, capsys, monkeypatch):
    model = of_preset("xor")
    path = tmp_path / "xor.py"
    PytorchSource().write(model, path)
    path.write_text(path.read_text().replace("EPOCHS = 100", "EPOCHS = 2"))
    runpy.run_path(str(path), run_name="__main__")
    assert "epoch 2: loss" in capsys.readouterr().out
    assert (tmp_path / "xor-trained.safetensors").exists()
