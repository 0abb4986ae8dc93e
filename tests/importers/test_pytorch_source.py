"""PyTorch source as people write it."""

from __future__ import annotations

import random

import pytest

from nnstudio.core.exchange.importing import read_content
from nnstudio.core.text import StudioError
from tests.importers.test_mutations import mutated, survive

SEQUENTIAL = """\
import torch
from torch import nn

model = nn.Sequential(
    nn.Flatten(),
    nn.Linear(784, 128),
    nn.ReLU(),
    nn.Dropout(0.2),
    nn.Linear(128, 10),
)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-4, betas=(0.9, 0.98))
for epoch in range(5):
    for x, y in loader:
        optimizer.zero_grad()
"""

MODULE = """\
import torch
import torch.nn as nn
import torch.nn.functional as F

class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)) + x)

class Net(nn.Module):
    def __init__(self, classes=10):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 8, kernel_size=5)
        self.blocks = nn.Sequential(*[Block(8) for _ in range(2)])
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(8 * 12 * 12, 32)
        self.fc2 = nn.Linear(32, classes)

    def forward(self, x):
        x = self.pool(torch.tanh(self.conv1(x)))
        x = self.blocks(x)
        x = x.view(x.size(0), -1)
        x = F.dropout(F.leaky_relu(self.fc1(x), 0.1), p=0.25, training=self.training)
        return F.log_softmax(self.fc2(x), dim=1)

net = Net().to("cuda")
opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
loss = nn.NLLLoss()
"""


def kinds(reading):
    return [node.layer.type_name.split(".")[0] for node in reading.network.nodes]


def test_sequential():
    reading = read_content(SEQUENTIAL.encode(), "net.py")
    assert kinds(reading) == ["Input", "Flatten", "Dense", "ReLU", "Dropout", "Dense"]
    assert reading.network.nodes[0].layer.shape == (28, 28, 1)
    assert reading.network.output.layer.activation == "softmax"
    assert not reading.remarks
    found = reading.training
    assert found["optimizer"].beta2 == 0.98
    assert (found["learning_rate"], found["epochs"]) == (3e-4, 5)
    assert found["loss"].type_name == "CrossEntropy.v1"
    assert reading.lines == (4, 5, 6, 7, 8, 9)


def test_a_module_with_forward_blocks_and_a_size_that_must_be_found():
    reading = read_content(MODULE.encode(), "net.py")
    assert kinds(reading) == [
        "Input", "Conv2D", "Tanh", "MaxPool2D", "Conv2D", "BatchNorm", "Add", "ReLU", "Conv2D",
        "BatchNorm", "Add", "ReLU", "Flatten", "Dense", "LeakyReLU", "Dropout", "Dense",
    ]  # fmt: skip
    assert reading.network.nodes[0].layer.shape == (28, 28, 1)
    assert not reading.remarks
    assert reading.training["l2"] == 5e-4
    assert reading.training["optimizer"].momentum == 0.9
    assert reading.network["leakyrelu_1"].layer.slope == 0.1


def test_what_is_not_known_is_told_by_line():
    text = SEQUENTIAL.replace("nn.ReLU()", "nn.Wavelet(3)")
    reading = read_content(text.encode(), "net.py")
    assert [remark.line for remark in reading.remarks] == [7]
    assert kinds(reading) == ["Input", "Flatten", "Dense", "Dropout", "Dense"]


def test_no_model():
    with pytest.raises(StudioError, match="no PyTorch model"):
        read_content(b"import torch\nx = torch.zeros(3)", "net.py")


@pytest.mark.parametrize("seed", range(2))
def test_mutated(seed):
    rng = random.Random(seed)
    for _ in range(100):
        survive(mutated(rng.choice([SEQUENTIAL, MODULE]).encode(), rng), "net.py")
