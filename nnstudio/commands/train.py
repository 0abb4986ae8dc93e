"""``nnstudio train``: train a preset or data of one's own without a window, with a progress bar."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Loss, Optimizer, Schedule
from nnstudio.core.fitting import fit
from nnstudio.core.opening import load
from nnstudio.core.recipes.recipe import Recipe
from nnstudio.core.setup import Setup, Training
from nnstudio.core.text import StudioError, mark, tr
from nnstudio.engine.pace import next_chunk
from nnstudio.engine.saving import make_folder, save_training
from nnstudio.engine.scoring import all_figures, determination, predict, score
from nnstudio.engine.trainer import Trainer

HELP = mark("train without a window")

#: Passes over the data if neither the preset nor the person says how many.
DEFAULT_EPOCHS = 200
#: Seconds between looks at the clock while training.
CHUNK_SECONDS = 0.05

ALIASES = {"lr": "learning_rate", "batch": "batch_size"}


def _find_by_name(base: type, name: str) -> Any:
    """A concept by its type name or label, whatever its case."""
    for type_name, cls in registry.table(base).items():
        if name.lower() in (type_name.lower(), type_name.split(".")[0].lower(), cls.label.lower()):
            return cls()
    return registry.find(base, name)


def apply_settings(setup: Setup, settings: list[str]) -> Setup:
    """Set ``name=value`` pairs: training settings, ``optimizer=``, ``optimizer.beta1=``,
    ``loss=``, ``schedule=``, ``data.noise=``."""
    bases: dict[str, type] = {"optimizer": Optimizer, "loss": Loss, "schedule": Schedule}
    for item in settings:
        name, separator, value = item.partition("=")
        if not separator:
            raise StudioError(
                mark("“{item}” is no setting. Write it as name=value, such as lr=0.01."),
                item=item[:100],
            )
        name = ALIASES.get(name, name)
        owner, dot, attribute = name.partition(".")
        if name in bases:
            setup = setup.with_training(**{name: _find_by_name(bases[name], value)})
        elif dot and owner in bases:
            spec = getattr(setup.training, owner)
            if spec is None:
                spec = next(iter(registry.table(bases[owner]).values()))()
            fields.build(type(spec), {attribute: value})
            setup = setup.with_training(**{owner: fields.changed(spec, **{attribute: value})})
        elif dot and owner == "data":
            fields.build(type(setup.dataset), {attribute: value})
            setup = setup.with_dataset(fields.changed(setup.dataset, **{attribute: value}))
        else:
            fields.build(Training, {name: value})
            setup = setup.with_training(**{name: value})
    return setup


def read_recipe(options: argparse.Namespace) -> Recipe:
    """The recipe that the options ask for."""
    recipe = Recipe()
    if options.recipe is not None:
        try:
            recipe = Recipe.from_json(json.loads(Path(options.recipe).read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError):
            raise StudioError(
                mark("The recipe “{name}” cannot be read. It must be a JSON file."),
                name=str(options.recipe)[:200],
            ) from None
    return recipe if options.sample is None else recipe.with_values(sample=options.sample)


def parameters_sha256(trainer: Trainer) -> str:
    """SHA-256 of all parameters, little-endian float32, in the network's order."""
    digest = hashlib.sha256()
    for key in trainer.parameters:
        digest.update(trainer.parameters[key].astype("<f4").tobytes())
    return digest.hexdigest()


def peak_memory_mb() -> float | None:
    """The most memory that this process has held, in MB; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 6)


def declare(parser: argparse.ArgumentParser) -> None:
    """What to train, how, and for how long."""
    parser.add_argument(
        "what", metavar="PRESET|FILE",
        help=tr("a preset, a table (CSV, Parquet, JSON lines, NPZ), or images in folders or a zip"),
    )  # fmt: skip
    parser.add_argument("--target", help=tr("the column of a table to predict"))
    parser.add_argument(
        "--recipe", metavar="FILE", help=tr("how the data is prepared, a JSON file")
    )
    parser.add_argument("--sample", type=int, help=tr("read so many rows, chosen at random"))
    parser.add_argument(
        "--out", metavar="FOLDER", help=tr("leave the trained project and its history there")
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=int, help=tr("passes over the training data"))
    length.add_argument("--steps", type=int, help=tr("batches"))
    length.add_argument("--seconds", type=float, help=tr("time"))
    parser.add_argument("--seed", type=int, help=tr("of weights, shuffling and dropout"))
    parser.add_argument("--threads", type=int, default=0, help=tr("0: all cores"))
    parser.add_argument(
        "--set", action="append", default=[], nargs="+", metavar="NAME=VALUE", dest="settings",
        help=tr("a setting, such as lr=0.01, optimizer=adam, data.noise=0.1"),
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help=tr("end with one JSON object"))


def run(options: argparse.Namespace) -> int:
    """Run the verb."""
    began = time.perf_counter()
    setup, data = load(options.what, options.target, read_recipe(options))
    settings = [item for group in options.settings for item in group]
    if settings or options.seed is not None:
        dataset = setup.dataset
        setup = apply_settings(setup, settings)
        if options.seed is not None:
            setup = setup.with_training(seed=options.seed)
        if setup.dataset != dataset:
            data = setup.dataset.load()
            setup = fit(setup, data)
    for name, least in (("epochs", 1), ("steps", 1), ("seconds", 0.0), ("threads", 0)):
        value = getattr(options, name)
        if value is not None and value < least:
            raise StudioError(
                mark("--{name} cannot be {value}; the least is {least}."),
                name=name,
                value=f"{value:g}",
                least=f"{least:g}",
            )
    if options.out is not None:
        make_folder(options.out)
    for note in data.notes:
        sys.stderr.write(note + "\n")
    trainer = Trainer(dataclasses.replace(setup), data, options.threads)
    try:
        training = _Run(trainer, options)
        result = training.run()
        if options.out is not None:
            save_training(trainer, training.history, options.out, training.figures)
    finally:
        trainer.close()
    result["preset"] = options.what
    result["wall_s"] = round(time.perf_counter() - began, 3)
    result["peak_rss_mb"] = peak_memory_mb()
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    return 0


class _Run:
    """One training on the command line."""

    def __init__(self, trainer: Trainer, options: argparse.Namespace) -> None:
        self.trainer = trainer
        self.options = options
        self.steps_wanted = math.inf
        if options.steps is not None:
            self.steps_wanted = options.steps
        elif options.seconds is None:
            epochs = options.epochs or trainer.setup.training.epochs or DEFAULT_EPOCHS
            self.steps_wanted = epochs * trainer.steps_per_epoch
        self.busy = 0.0
        self.chunk = 1
        self.last = np.empty(0, np.float32)
        self.history: list[tuple[float, ...]] = []
        self.figures: list[dict[str, float]] = []
        self.epoch_losses: list[np.ndarray] = []

    def run(self) -> dict[str, Any]:
        """Train to the end; gives the figures."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        trainer = self.trainer
        warm_steps = self._warm_up()
        columns = (
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(), TextColumn("{task.fields[facts]}"),
        )  # fmt: skip
        valid = (math.nan, math.nan)
        with Progress(*columns, console=console) as progress:
            task = progress.add_task(tr("Training"), total=1.0, facts="")
            while self._share() < 1.0 and not trainer.watch.stopped:
                at_epoch_end = self._advance()
                if at_epoch_end and self.trainer.steps_per_epoch >= 100:
                    valid = score(trainer, trainer.data.valid)
                self._remember(at_epoch_end)
                facts = tr("epoch {n}, loss {loss}", n=trainer.epoch, loss=f"{self._loss():.4g}")
                if not math.isnan(valid[1]):
                    facts += ", " + tr("validation accuracy {share}", share=f"{valid[1]:.2%}")
                progress.update(task, completed=min(1.0, self._share()), facts=facts)
        trainer.finish()
        valid = score(trainer, trainer.data.valid)
        test = score(trainer, trainer.data.test) if trainer.data.test is not None else None
        self._report(console, valid)
        timed = max(trainer.step - warm_steps, 0)
        per_second = timed / self.busy if self.busy > 0 else 0.0
        examples = len(trainer.data.train) / trainer.steps_per_epoch
        return {
            "preset": "",
            "epochs": trainer.epoch,
            "steps": trainer.step,
            "examples_per_s": round(per_second * examples, 1),
            "steps_per_s": round(per_second, 1),
            "train_loss": _number(score(trainer, trainer.data.train)[0]),
            "val_loss": _number(valid[0]),
            "val_accuracy": _number(valid[1]),
            **self._more(test),
            "params": trainer.setup.network.parameter_count,
            "params_sha256": parameters_sha256(trainer),
            "seed": trainer.setup.training.seed,
            "threads": trainer.threads,
        }

    def _remember(self, at_epoch_end: bool) -> None:
        """A line of the history for each epoch, with its mean loss, if anybody wants it; the last
        line may be of a part of one."""
        trainer = self.trainer
        if at_epoch_end or self._share() >= 1.0:
            losses = np.concatenate(self.epoch_losses)
            self.epoch_losses.clear()
            if self.options.out is not None and len(losses):
                valid, more = all_figures(trainer)
                mean = float(losses.mean(dtype=np.float64))
                self.history.append((trainer.epoch, trainer.step, mean, *valid))
                self.figures.append({
                    f"val_{name.removeprefix('valid_')}": value
                    for name, value in more.items() if name.startswith("valid_")
                })  # fmt: skip

    def _warm_up(self) -> int:
        """The first step loads libraries; it is not timed."""
        if self.steps_wanted >= 1:
            self.last, _ = self.trainer.run(1)
        return self.trainer.step

    def _more(self, test: tuple[float, float] | None) -> dict[str, Any]:
        """Figures that not every kind of data has: R² of numbers, and those of a test part."""
        trainer = self.trainer
        data = trainer.data
        more: dict[str, Any] = {}
        parts = {"val": data.valid, "test": data.test}
        if test is not None:
            more |= {"test_loss": _number(test[0]), "test_accuracy": _number(test[1])}
        for name, part in parts.items():
            if data.task == "regression" and part is not None and len(part):
                output = predict(trainer.setup.network, data, part, trainer.probe())
                more[f"{name}_r2"] = _number(determination(output, part.y))
        return more

    def _share(self) -> float:
        share = self.trainer.step / self.steps_wanted if self.steps_wanted != math.inf else 0.0
        if self.options.seconds is not None:
            share = self.busy / self.options.seconds if self.options.seconds > 0 else 1.0
        return share

    def _advance(self) -> bool:
        """Train one chunk; says whether an epoch has just ended."""
        trainer = self.trainer
        steps = self.chunk
        if trainer.steps_per_epoch >= 100 or self.options.out is not None:
            steps = min(steps, trainer.steps_to_epoch_end())
        if self.steps_wanted != math.inf:
            steps = min(steps, int(self.steps_wanted) - trainer.step)
        begin = time.perf_counter()
        self.last, _ = trainer.run(max(1, steps))
        spent = time.perf_counter() - begin
        self.busy += spent
        self.epoch_losses.append(self.last)
        if steps == self.chunk:
            self.chunk = next_chunk(steps, spent, CHUNK_SECONDS)
        return trainer.steps_to_epoch_end() == trainer.steps_per_epoch

    def _loss(self) -> float:
        return float(self.last.mean(dtype=np.float64)) if len(self.last) else math.nan

    def _report(self, console: Any, valid: tuple[float, float]) -> None:
        text = tr(
            "{steps} steps, {epochs} epochs, {seconds} s: validation loss {loss}",
            steps=f"{self.trainer.step:,}", epochs=f"{self.trainer.epoch:,}",
            seconds=f"{self.busy:.2f}", loss=f"{valid[0]:.4f}",
        )  # fmt: skip
        if not math.isnan(valid[1]):
            text += ", " + tr("accuracy {share}", share=f"{valid[1]:.2%}")
        console.print(text, highlight=False)
