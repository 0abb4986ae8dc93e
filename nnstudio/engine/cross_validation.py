"""Cross-validation: train once for each fold of the data and score the rows that were left out
(Stone 1974; Hastie, Tibshirani and Friedman 2009, section 7.10)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nnstudio.core.fitting import fit
from nnstudio.core.recipes.own_data import PreparedDataset
from nnstudio.core.setup import Setup
from nnstudio.core.sources.watching import portion, progress
from nnstudio.core.text import StudioError, mark
from nnstudio.engine.pace import next_chunk
from nnstudio.engine.scoring import determination, measure, predict
from nnstudio.engine.trainer import Trainer

#: Passes over the data if the setup has no end.
EPOCHS = 100
#: Seconds between looks at whether anybody still wants the result.
CHUNK_SECONDS = 0.05


@dataclass(frozen=True)
class FoldScore:
    """A network's scores on the rows of the fold that it did not learn from: mean loss, accuracy
    (NaN for numbers) and R² (NaN for classes)."""

    fold: int
    rows: int
    loss: float
    accuracy: float
    fit: float

    @property
    def figure(self) -> float:
        """Accuracy, or R²."""
        return self.fit if math.isnan(self.accuracy) else self.accuracy


def cross_validate(
    setup: Setup, folds: int, found: Callable[[FoldScore], None] | None = None
) -> list[FoldScore]:
    """Train the setup from its first weights once for each of ``folds`` equal parts, which is then
    scored; each score is handed to ``found`` as soon as it is there. Can be watched and cancelled.

    Every fold trains for all its epochs: to keep the best moment or to stop early would look at
    the rows that are scored. Raises ``StudioError`` for data that has no rows of its own.
    """
    dataset = setup.dataset
    if not isinstance(dataset, PreparedDataset):
        raise StudioError(
            mark("Folds are for tables and images that are divided here. Open data of your own.")
        )
    scores = []
    for fold in range(1, folds + 1):
        with portion((fold - 1) / folds, fold / folds):
            scores.append(_scored(setup, dataset, folds, fold))
            if found is not None:
                found(scores[-1])
    return scores


def _scored(setup: Setup, dataset: PreparedDataset, folds: int, fold: int) -> FoldScore:
    recipe = dataset.recipe.with_part("split", how="folds", folds=folds, fold=fold)
    with portion(0.0, 0.1):
        data = dataset.with_recipe(recipe).load()
    plain = setup.with_training(keep_best=False, patience=0, epochs=setup.training.epochs or EPOCHS)
    trainer = Trainer(fit(plain.with_dataset(dataset.with_recipe(recipe)), data), data, 1)
    try:
        total, chunk = trainer.total_steps(), 1
        while trainer.step < total:
            begin = time.perf_counter()
            trainer.run(min(chunk, total - trainer.step))
            spent = time.perf_counter() - begin
            chunk = next_chunk(chunk, spent, CHUNK_SECONDS)
            progress(0.1 + 0.9 * trainer.step / total)
        trainer.finish()
        network, probe = trainer.setup.network, trainer.probe()
        loss, right = measure(network, trainer.setup.training, data, data.valid, probe)
        fitted = math.nan
        if data.task == "regression":
            fitted = determination(predict(network, data, data.valid, probe), data.valid.y)
        return FoldScore(fold, len(data.valid), loss, right, fitted)
    finally:
        trainer.close()


def spread(scores: Sequence[FoldScore]) -> tuple[float, float]:
    """Mean and standard deviation of the folds' figures (the deviation is NaN for one fold)."""
    figures = np.array([score.figure for score in scores], np.float64)
    deviation = float(figures.std(ddof=1)) if len(figures) > 1 else math.nan
    return float(figures.mean()), deviation
