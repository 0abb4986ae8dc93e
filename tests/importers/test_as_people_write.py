"""Programs in the manner of tutorials: sizes by argument, loops, blocks, and parts that nobody
here knows. What cannot be read is pointed at by its line, the rest is there."""

from __future__ import annotations

import pytest

from nnstudio.core.exchange.importing import read_content
from nnstudio.core.text import StudioError


def read(text):
    return read_content(text.encode(), "model.py")


def kinds(reading):
    return [type(node.layer).__name__ for node in reading.network.nodes]


def shape(reading):
    return reading.network.input.layer.infer()


def lines(reading):
    return {remark.line: str(remark.text) for remark in reading.remarks}


TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"


def test_the_input_follows_from_arguments_of_the_class():
    found = read(
        TORCH
        + """
sizes, hidden = 784, 500
class Net(nn.Module):
    def __init__(self, inputs, hidden, classes):
        super().__init__()
        self.fc1 = nn.Linear(inputs, hidden)
        self.fc2 = nn.Linear(hidden, classes)
    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))
model = Net(sizes, hidden, 10)
"""
    )
    assert shape(found) == (784,)
    assert not found.remarks
    assert [n.layer.units for n in found.network.nodes if type(n.layer).__name__ == "Dense"] == [
        500, 10]  # fmt: skip


def test_a_product_after_flatten_is_an_image():
    found = read(
        TORCH
        + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.stack = nn.Sequential(nn.Linear(28*28, 64), nn.ReLU(), nn.Linear(64, 10))
    def forward(self, x):
        return self.stack(self.flatten(x))
model = Net().to("cpu")
"""
    )
    assert shape(found) == (28, 28, 1)
    assert kinds(found) == ["Input", "Flatten", "Dense", "ReLU", "Dense"]
    assert not found.remarks


def test_blocks_with_parameters_on_colour_images():
    found = read(
        TORCH
        + """
class Block(nn.Module):
    def __init__(self, i, o, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(i, o, 3, stride=stride, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(o)
        self.short = nn.Sequential()
        if stride != 1 or i != o:
            self.short = nn.Conv2d(i, o, 1, stride=stride)
    def forward(self, x):
        out = self.bn(self.conv(x))
        out += self.short(x)
        return F.relu(out)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.planes = 8
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.layer1 = self.make(8, 2, 1)
        self.layer2 = self.make(16, 2, 2)
        self.head = nn.LazyLinear(5)
    def make(self, planes, count, stride):
        blocks = []
        for s in [stride] + [1] * (count - 1):
            blocks.append(Block(self.planes, planes, s))
            self.planes = planes
        return nn.Sequential(*blocks)
    def forward(self, x):
        x = self.layer2(self.layer1(self.stem(x)))
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return self.head(x)
def train(model, data, target):
    loss = F.cross_entropy(model(data), target)
net = Net()
"""
    )
    assert shape(found) == (32, 32, 3)
    assert kinds(found).count("Add") == 4
    assert found.network.output_shape == (5,)
    assert type(found.training["loss"]).__name__ == "CrossEntropy"
    assert not found.remarks


def test_a_schedule_and_what_stops_the_reader_are_told_by_line():
    found = read(
        TORCH
        + """
model = nn.Sequential(nn.Linear(3, 2))
opt = torch.optim.Adam(model.parameters())
plan = torch.optim.lr_scheduler.StepLR(opt, step_size=30)
"""
    )
    assert "StepLR" in lines(found)[7]
    with pytest.raises(StudioError, match=r"line 11 .*Line 7: There is no layer “LSTM”"):
        read(
            TORCH
            + """
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.lstm = nn.LSTM(8, 16)
    def forward(self, x):
        x, _ = self.lstm(x)
        return self.fc(x[:, -1])
model = Net()
"""
        )


KERAS = "import keras\nfrom keras import layers\n"


def test_layers_unknown_here_leave_the_rest_and_may_state_the_shape():
    found = read(
        KERAS
        + """
augment = keras.Sequential([
    layers.RandomFlip("horizontal", input_shape=(18, 18, 3)),
    layers.RandomRotation(0.1),
])
model = keras.Sequential([augment, layers.Conv2D(4, 3, activation="relu"), layers.Flatten(),
                          layers.Dense(5)])
"""
    )
    assert shape(found) == (18, 18, 3)
    assert kinds(found) == ["Input", "Conv2D", "Flatten", "Dense"]
    assert set(lines(found)) == {5, 6}
    rows = read(
        KERAS
        + """
norm = layers.Normalization(axis=-1)
norm.adapt(features)
model = keras.Sequential([norm, layers.Dense(64, activation="relu"), layers.Dense(1)])
"""
    )
    assert kinds(rows) == ["Input", "Dense", "Dense"]
    assert "Normalization" in lines(rows)[4]


def test_one_output_in_a_list_is_no_remark():
    text = (
        KERAS
        + """
a = keras.Input(shape=(4,))
b = layers.Dense(2)(a)
model = keras.Model(inputs=[a], outputs=[b{}])
"""
    )
    assert not read(text.format("")).remarks
    assert read(text.format(", a")).remarks


def test_a_model_that_is_a_class_is_told_by_its_line():
    with pytest.raises(StudioError, match="class “Mine” at line 4"):
        read(
            KERAS
            + """
class Mine(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = layers.Dense(3)
    def call(self, x):
        return self.one(x)
model = Mine()
"""
        )
