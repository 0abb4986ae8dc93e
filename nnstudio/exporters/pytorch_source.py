"""PyTorch source: the network as a module, a training loop, one GPU or many machines."""

from __future__ import annotations

from nnstudio.core.exchange import torch_modules
from nnstudio.core.exchange.companions import DATA_FUNCTION, pack_data
from nnstudio.core.exchange.formats import Exporter
from nnstudio.core.exchange.python_text import literal, one_line
from nnstudio.core.exchange.torch_training import loss_source, optimizer_source, schedule_source
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.exchange.weights import pack_weights
from nnstudio.core.fields import flag
from nnstudio.core.lowering import FIRST, LAST, Layouts, identifiers, lower
from nnstudio.core.registry import register
from nnstudio.core.text import mark

#: Names that the source uses itself.
TAKEN = (
    "torch", "nn", "F", "np", "os", "math", "self", "training", "forward", "modules", "train",
    "eval", "parameters", "children", "type", "float", "double", "half", "to", "T",
)  # fmt: skip


def _turned(text: str, layout: str, axes: int) -> str:
    """The value with channels first, or last."""
    first = (0, axes, *range(1, axes))
    last = (0, *range(2, axes + 1), 1)
    return f"{text}.permute{first if layout == FIRST else last}"


@register("PytorchSource.v1")
class PytorchSource(Exporter):
    """One file to train with, and the weights and the data beside it."""

    label = mark("PyTorch source")
    help = mark("A PyTorch program that trains the same network, on a GPU if there is one.")
    name = "pytorch"
    extension = ".py"
    order = 20

    weights: bool = flag(
        True, label=mark("With weights"),
        help=mark("Writes the trained weights beside it; the program goes on from them."),
    )  # fmt: skip
    data: bool = flag(
        True, label=mark("With data"),
        help=mark("Writes the data beside it, so that the program runs as it is."),
    )  # fmt: skip

    def files(self, model: Trained, stem: str) -> dict[str, bytes]:
        """The source, the weights, the data."""
        found = {f"{stem}.py": self.source(model, stem).encode()}
        if self.weights:
            found[f"{stem}.safetensors"] = pack_weights(model.parameters)
        if self.data:
            found[f"{stem}-data.npz"] = pack_data(model.data)
        return found

    def source(self, model: Trained, stem: str) -> str:
        """The whole source."""
        setup, training = model.setup, model.setup.training
        lowered = lower(setup.network, training=True)
        names = identifiers([lowered.input, *(s.output for s in lowered.steps)], TAKEN)
        modules: list[str] = []
        body: list[str] = []
        turned: dict[str, tuple[int, ...]] = {}
        renamed: dict[str, str] = {}
        layouts: Layouts[str] = Layouts(_turned)
        layouts.put(lowered.input, names[lowered.input], LAST, lowered.input_shape)
        owners = identifiers([s.node for s in lowered.steps], TAKEN)
        for step in lowered.steps:
            layout = layouts.wanted(step)
            x = [layouts.get(value, layout) for value in step.inputs]
            owner = owners[step.node]
            made = torch_modules.write(step, x, owner, layout)
            if made.module:
                modules.append(f"self.{owner} = {made.module}")
                facts = setup.network.facts[step.node]
                for parameter in facts.parameters:
                    theirs = f"{owner}.{made.names.get(parameter.name, parameter.name)}"
                    renamed[f"{step.node}.{parameter.name}"] = theirs
                    if parameter.name in made.turned:
                        turned[f"{step.node}.{parameter.name}"] = made.turned[parameter.name]
            variable = names[step.output]
            body.append(f"{variable} = {made.text}")
            layouts.put(step.output, variable, layout, step.shape)
        body.append(f"return {layouts.get(lowered.output, LAST)}")
        frozen, factors = self._rates(model, renamed)
        own_optimizer, optimizer = optimizer_source(setup)
        whole = training.optimizer is not None and training.optimizer.whole_set
        batch = len(model.data.train) if whole else min(training.batch_size, len(model.data.train))
        epochs = training.epochs or 100
        steps = epochs * -(-len(model.data.train) // batch)
        schedule = schedule_source(setup, steps)
        regularized = [
            renamed[f"{node.id}.{p.name}"]
            for node in setup.network.nodes
            for p in setup.network.facts[node.id].parameters
            if p.regularized and f"{node.id}.{p.name}" in renamed
        ]
        limits = ""
        if training.clip_value:
            limits += (
                f"    nn.utils.clip_grad_value_(model.parameters(), {training.clip_value!r})\n"
            )
        if training.clip_norm:
            limits += f"    nn.utils.clip_grad_norm_(model.parameters(), {training.clip_norm!r})\n"
        right = _RIGHT_BINARY if lowered.output_shape[-1] == 1 else _RIGHT
        last = setup.network.output.layer
        ends_in = getattr(last, "activation", getattr(last, "name", "linear"))
        half = 0.5 if ends_in == "sigmoid" else 0.0
        return _FILE.format(
            title=one_line(setup.name or model.data.name), stem=literal(stem)[1:-1],
            math="import math\n" if "math." in schedule else "",
            modules="".join(f"        {line}\n" for line in modules) or "        pass\n",
            x=names[lowered.input], body="".join(f"        {line}\n" for line in body),
            shape=", ".join(map(str, lowered.input_shape)), seed=training.seed,
            renamed=_table(renamed), turned=_table(turned), frozen=frozen, factors=factors,
            loss=loss_source(model), schedule=schedule, own_optimizer=own_optimizer,
            optimizer=optimizer, batch=batch, epochs=epochs,
            l1=repr(training.l1), l2=repr(training.l2), regularized=_table(regularized),
            limits=limits, data_function=self._data_function(model),
            load="    load_weights(model)\n" if self.weights else "",
            score=right.format(half=half) if model.classes else "",
            accuracy=", accuracy {share:.2%}" if model.classes else "",
            patience=training.patience or 0,
        )  # fmt: skip

    @staticmethod
    def _rates(model: Trained, renamed: dict[str, str]) -> tuple[str, str]:
        """The names of frozen parameters, and factors of the learning rate by name."""
        frozen, factors = [], {}
        for node in model.setup.network.nodes:
            for p in model.setup.network.facts[node.id].parameters:
                theirs = renamed.get(f"{node.id}.{p.name}")
                if theirs and p.trainable and node.frozen:
                    frozen.append(theirs)
                elif theirs and p.trainable and node.rate_factor != 1.0:
                    factors[theirs] = node.rate_factor
        return _table(frozen), _table(factors)

    @staticmethod
    def _data_function(model: Trained) -> str:
        data = model.data
        targets = (
            f"random.integers(0, {max(2, len(data.classes))}, (count, 1))"
            if model.classes
            else f"random.normal(size=(count, {data.train.y.shape[1]}))"
        )
        return DATA_FUNCTION.format(
            shape=", ".join(map(str, data.shape)), targets=targets, scale=repr(data.scale),
            shift=repr(data.shift),
        )  # fmt: skip


def _table(values: object) -> str:
    """A dictionary or list, one entry a line."""
    if isinstance(values, dict):
        lines = [f"    {literal(key)}: {literal(value)},\n" for key, value in values.items()]
        return "{\n" + "".join(lines) + "}" if lines else "{}"
    assert isinstance(values, list)
    lines = [f"    {literal(value)},\n" for value in values]
    return "[\n" + "".join(lines) + "]" if lines else "[]"


_RIGHT = "            right += (output.argmax(1) == goal[:, 0]).sum().item()\n"
_RIGHT_BINARY = (
    "            right += ((output[:, 0] > {half}) == (goal[:, 0] > 0.5)).sum().item()\n"
)

_FILE = '''"""{title}: a PyTorch program written by NNStudio.

Needs torch, numpy and safetensors. Run it with: python {stem}.py
It trains on a GPU if there is one. On several GPUs or machines, start one process for each GPU:

    torchrun --nproc-per-node=GPUS --nnodes=MACHINES --node-rank=NUMBER \\\\
        --rdzv-backend=c10d --rdzv-endpoint=FIRST_MACHINE:29500 {stem}.py
"""

{math}import os

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import distributed, nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

HERE = os.path.dirname(os.path.abspath(__file__))
STEM = "{stem}"
EPOCHS = {epochs}
BATCH = {batch}
PATIENCE = {patience}  # epochs without a better validation loss before it stops; 0: never
L1, L2 = {l1}, {l2}

#: What each stored weight is called here, and in which order its axes stand here.
NAMES = {renamed}
AXES = {turned}
#: Weights that L1 and L2 pull on, weights that stay, and factors of the learning rate.
REGULARIZED = {regularized}
FROZEN = {frozen}
FACTORS = {factors}


class Network(nn.Module):
    """Takes examples with channels last, (n, {shape}), as the data has them."""

    def __init__(self):
        super().__init__()
{modules}
    def forward(self, {x}):
{body}

{data_function}

def load_weights(model, path=os.path.join(HERE, STEM + ".safetensors")):
    """Put the trained weights in place."""
    own = {{**dict(model.named_parameters()), **dict(model.named_buffers())}}
    for stored, value in load_file(path).items():
        target = own[NAMES[stored]]
        value = value.permute(AXES[stored]) if stored in AXES else value
        with torch.no_grad():
            target.copy_(value.reshape(target.shape))


{loss}

{schedule}

{own_optimizer}def make_optimizer(model):
    """The optimizer, with a learning rate for each factor."""
    by_factor = {{}}
    for name, parameter in model.named_parameters():
        name = name.removeprefix("module.")
        parameter.requires_grad_(name not in FROZEN)
        if name not in FROZEN:
            by_factor.setdefault(FACTORS.get(name, 1.0), []).append(parameter)
    groups = [{{"params": some, "factor": factor}} for factor, some in by_factor.items()]
    optimizer = {optimizer}
    for group in optimizer.param_groups:
        group["rate"] = group["lr"]
    return optimizer


def train_step(model, optimizer, x, y, step):
    """One batch; gives its loss."""
    for group in optimizer.param_groups:
        group["lr"] = group["rate"] * group["factor"] * rate_factor(step)
    optimizer.zero_grad()
    loss = loss_function(model(x), y)
    loss.backward()
    if L1 or L2:
        for name, weight in model.named_parameters():
            if name.removeprefix("module.") in REGULARIZED and weight.grad is not None:
                weight.grad += L2 * weight.detach() + L1 * weight.detach().sign()
{limits}    optimizer.step()
    return loss.item()


def evaluate(model, x, y, device):
    """The mean loss and the share of right answers."""
    model.eval()
    total, right = 0.0, 0
    with torch.no_grad():
        for begin in range(0, len(x), 1024):
            part, goal = x[begin : begin + 1024].to(device), y[begin : begin + 1024].to(device)
            output = model(part)
            total += loss_function(output, goal).item() * len(part)
{score}    model.train()
    return total / len(x), right / len(x)


def main():
    """Train, and save the weights."""
    torch.manual_seed({seed})
    many = int(os.environ.get("WORLD_SIZE", "1")) > 1
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if many:
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        if device.type == "cuda":
            device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
            torch.cuda.set_device(device)
    (x_train, y_train), (x_valid, y_valid) = load_data()
    x_train, y_train, x_valid, y_valid = (
        torch.as_tensor(np.asarray(part), dtype=torch.float32)
        for part in (x_train, y_train, x_valid, y_valid)
    )
    model = Network().to(device)
{load}    optimizer = make_optimizer(model)
    run = nn.parallel.DistributedDataParallel(model) if many else model
    dataset = TensorDataset(x_train, y_train)
    sampler = DistributedSampler(dataset) if many else None
    batches = DataLoader(dataset, BATCH, shuffle=sampler is None, sampler=sampler)
    step, best, waited = 0, float("inf"), 0
    for epoch in range(1, EPOCHS + 1):
        if sampler is not None:
            sampler.set_epoch(epoch)
        total = 0.0
        for x, y in batches:
            total += train_step(run, optimizer, x.to(device), y.to(device), step)
            step += 1
        valid, share = evaluate(model, x_valid, y_valid, device)
        if not many or distributed.get_rank() == 0:
            mean = total / len(batches)
            print(f"epoch {{epoch}}: loss {{mean:.4f}}, validation {{valid:.4f}}{accuracy}")
            save_file(model.state_dict(), os.path.join(HERE, STEM + "-trained.safetensors"))
        waited = 0 if valid < best else waited + 1
        best = min(best, valid)
        if PATIENCE and waited >= PATIENCE:
            break
    if many:
        distributed.destroy_process_group()


if __name__ == "__main__":
    main()
'''
