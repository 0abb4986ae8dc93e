"""Keras source as people write it."""

from __future__ import annotations

import pytest

from nnstudio.core.exchange.importing import dataset_for, read_content, setup_of
from nnstudio.core.text import StudioError
from nnstudio.engine.trainer import Trainer
from nnstudio.importers.keras_source import KerasSource

CLASSIC = """\
import tensorflow as tf
from tensorflow.keras import layers, models

model = models.Sequential()
model.add(layers.Dense(128, activation='relu', input_shape=(1000,)))
model.add(layers.Dense(64, activation='relu'))
model.add(layers.Dense(10, activation='softmax'))

model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(x_train, y_train, epochs=10, batch_size=32)
predictions = model.predict(x_test)
"""


def read(text):
    return KerasSource().read(text.encode(), "pasted.py")


def kinds(reading):
    return [node.layer.type_name.split(".")[0] for node in reading.network.nodes]


def test_the_classic_example_trains_as_it_stands():
    reading = read_content(CLASSIC.encode(), "classic.py")
    assert kinds(reading) == ["Input", "Dense", "Dense", "Dense"]
    assert [n.layer.units for n in reading.network.nodes[1:]] == [128, 64, 10]
    assert [n.layer.activation for n in reading.network.nodes[1:]] == ["relu", "relu", "softmax"]
    assert reading.lines == (5, 5, 6, 7)
    assert reading.network.parameter_count == 137_034
    assert not reading.remarks
    dataset = dataset_for(reading)
    data = dataset.load()
    setup = setup_of(reading, dataset, data)
    assert setup.training.epochs == 10
    assert setup.training.batch_size == 32
    assert setup.training.learning_rate == 0.001
    assert setup.training.optimizer.type_name == "Adam.v1"
    assert setup.training.loss.type_name == "CrossEntropy.v1"
    trainer = Trainer(setup, data)
    try:
        trainer.run(3)
        assert trainer.step == 3
    finally:
        trainer.close()


def test_functional_with_a_skip_a_function_and_a_loop():
    reading = read("""\
from keras import layers, Model, Input
FILTERS = [8, 16]

def block(x, filters, stride=1):
    skip = x
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    if stride != 1:
        skip = layers.Conv2D(filters, 1, strides=stride, padding="same")(skip)
    return x + skip

inputs = Input((28, 28, 1))
x = layers.Conv2D(8, (3, 3), padding="SAME", activation="relu")(inputs)
for i, f in enumerate(FILTERS):
    x = block(x, f, stride=1 if i == 0 else 2)
x = layers.GlobalAveragePooling2D()(x)
outputs = layers.Dense(10, activation="softmax")(x)
model = Model(inputs=inputs, outputs=outputs)
""")
    assert not reading.remarks
    assert kinds(reading) == [
        "Input", "Conv2D", "Conv2D", "BatchNorm", "ReLU", "Add", "Conv2D", "BatchNorm", "ReLU",
        "Conv2D", "Add", "GlobalAvgPool", "Dense",
    ]  # fmt: skip
    assert reading.network.output_shape == (10,)
    assert dataset_for(reading).type_name == "Mnist.v1"


def test_what_cannot_be_read_is_told_by_line_and_the_rest_is_there():
    reading = read("""\
from tensorflow import keras as k
L = k.layers
m = k.Sequential([
    L.Input(shape=(20,)),
    L.Dense(8, "tanh"),
    L.Hyperbole(3),
    L.Dense(units=4, activation="wavelet"),
    L.Dense(1),
])
m.compile(k.optimizers.Magic(0.1), "mse")
m.fit(x, y, 16, 5, callbacks=[k.callbacks.Oracle()])
""")
    assert kinds(reading) == ["Input", "Dense", "Dense", "Dense"]
    assert [remark.line for remark in reading.remarks] == [6, 7, 10, 11]
    assert "Hyperbole" in str(reading.remarks[0].text)
    assert "wavelet" in str(reading.remarks[1].text)
    assert reading.training["batch_size"] == 16
    assert reading.training["epochs"] == 5


def test_callbacks_schedules_and_regularizers():
    reading = read("""\
import keras
from keras.callbacks import EarlyStopping, ReduceLROnPlateau, LearningRateScheduler
def drop(epoch):
    return 0.1 * 0.5 ** (epoch // 10)
reg = keras.regularizers.l2(1e-4)
model = keras.Sequential([keras.layers.Dense(3, input_dim=7, kernel_regularizer=reg)])
model.compile(loss=keras.losses.Huber(delta=2.0),
              optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9, nesterov=True))
model.fit(x, y, epochs=2 * 25, callbacks=[
    EarlyStopping(monitor="val_loss", patience=7, restore_best_weights=True),
    LearningRateScheduler(drop)])
""")
    assert not reading.remarks
    found = reading.training
    assert (found["patience"], found["keep_best"], found["epochs"]) == (7, True, 50)
    assert found["l2"] == pytest.approx(2e-4)
    assert found["schedule"].type_name == "Step.v1"
    assert (found["schedule"].every, found["schedule"].factor) == (10, 0.5)
    assert found["optimizer"].nesterov
    assert found["loss"].delta == 2.0
    data = dataset_for(reading).load()
    setup = setup_of(reading, dataset_for(reading), data)
    assert setup.training.schedule.every == 10 * 25  # 800 examples in batches of 32


def test_what_runs_is_never_run(tmp_path):
    mark = tmp_path / "ran"
    reading = read(f"""\
import os
open({str(mark)!r}, "w").write("x")
os.system("touch {mark}")
from keras import layers, Sequential
model = Sequential([layers.Dense(__import__("os").system("touch {mark}") or 4, input_shape=(3,)),
                    layers.Dense(2)])
""")
    assert not mark.exists()
    assert kinds(reading)[-1] == "Dense"


@pytest.mark.parametrize(
    "text",
    [
        "", "x = 1", "import keras\nwhile True: pass", "model = Sequential()", "def f(:",
        "Dense(" * 300, "x = " + "(" * 5000, "a = [1]\n" + "a = a * 9999\n" * 50 + "Dense(a)",
        "def f(n): return f(n) + f(n)\nDense(f(3))", "for i in range(10**18): Dense(i)",
        "Dense(9**9**9**9)", "x = 'a' * 10**12\nDense(x)", "Dense(\x00)",
        "from keras import *\nSequential([Dense(10**30, input_shape=(10**30,))])",
        "Model(inputs=1, outputs=2)", "i = Input((2,))\nModel(i, [])",
        "a=[1]\na.append(a)\nDense(a, input_shape=a)", "range(10**40)\nDense(1)",
    ],
    ids=range(18),
)  # fmt: skip
def test_odd_texts_are_read_or_refused_in_a_sentence(text):
    try:
        read(text).network.check()
    except StudioError as error:
        assert str(error)
