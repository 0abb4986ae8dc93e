"""Classic data from the raw files by the command line, beside a tuned scikit-learn MLP.

    python -m tests.benchmarks.classics [--splits 5] [--first 1] [--digits 6000] [--window]

Both learn from the same training rows, choose by the same validation rows and are scored on the
same test rows, for several splits. scikit-learn tries every network of a grid and takes the best
on the validation rows; NNStudio runs as it comes, with no option but the split. With ``--window`` a
person at the real window does it by mouse and keyboard: opens the file, chooses the target, divides
the rows on the data page, presses Play and reads the test score. Digits are written from the
shipped MNIST files as PNG files in a folder for each class. Prints a line for each data set:
accuracy (R² for diabetes) of both, mean and median over the splits, and the difference in points.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from nnstudio.cli import main as nnstudio
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.recipes.own_data import own_dataset
from nnstudio.core.recipes.recipe import Recipe
from nnstudio.core.resources import resource

TABLES = {"iris": "species", "wine": "cultivar", "diabetes": "progression"}
GRID = {
    "hidden_layer_sizes": [(16,), (32, 16), (64,)],
    "alpha": [1e-4, 1e-2, 1.0],
    "learning_rate_init": [1e-3, 1e-2],
}


def write_digits(folder: Path, count: int) -> None:
    """MNIST's first digits as PNG files, a folder for each."""
    from PIL import Image

    data = registry.from_json(
        Dataset, {"type": "Mnist.v1", "train_examples": count, "valid_examples": 10}
    ).load()
    for number, (image, digit) in enumerate(zip(data.train.x, data.train.y[:, 0], strict=True)):
        place = folder / str(int(digit))
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image[:, :, 0]).save(place / f"{number:05d}.png")


def recipe_for(target: str, seed: int) -> Recipe:
    """A fifth validates, a quarter tests."""
    targets = (target,) if target else ()
    return Recipe(targets=targets).with_part("split", valid=0.2, test=0.25, seed=seed)


def ours(path: Path, target: str, seed: int, folder: Path) -> float:
    """The test score of ``nnstudio train``."""
    recipe = folder / "recipe.json"
    recipe.write_text(json.dumps(recipe_for(target, seed).to_json()), encoding="utf-8")
    told = io.StringIO()
    arguments = ["train", str(path), "--recipe", str(recipe), "--json"]
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(io.StringIO()):
        code = nnstudio(arguments + (["--target", target] if target else []))
    assert code == 0
    result = json.loads(told.getvalue().splitlines()[-1])
    return float(result.get("test_r2") or result["test_accuracy"])


def by_hand(path: Path, target: str, seed: int, folder: Path) -> float:
    """The test score that a person reads who trains in the window, rounded as it is shown."""
    from nnstudio.app.main import application
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio
    from tests.app.person import Person, wait_until

    application(["nnstudio"])
    studio = Studio("xor", None, Settings())
    studio.start()
    try:
        wait_until(lambda: studio.session.ready)
        person = Person(studio.window)
        if target:
            person.opens(path)
            person.chooses_target(target)
        else:
            person.drops(path)
            wait_until(lambda: studio.document.setup.dataset.group == "Images")
        person.divides(person.looks_at_data(), test=0.25, seed=seed)
        person.trains()
        return person.reads_test_score()
    finally:
        studio.close()


def theirs(path: Path, target: str, seed: int, grid: dict[str, list[object]]) -> float:
    """The test score of scikit-learn's best network by validation."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    data = own_dataset(path, recipe_for(target, seed)).load()
    assert data.test is not None
    parts = [data.train, data.valid, data.test]
    xs = [data.prepared(part.x).reshape(len(part), -1) for part in parts]
    ys = [part.y[:, 0] for part in parts]
    kind = MLPClassifier if data.task == "classification" else MLPRegressor
    best = (-np.inf, 0.0)
    for values in itertools.product(*grid.values()):
        made = kind(**dict(zip(grid, values, strict=True)), max_iter=300, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made.fit(xs[0], ys[0])
        best = max(best, (made.score(xs[1], ys[1]), made.score(xs[2], ys[2])))
    return best[1]


def compare(
    name: str, path: Path, target: str, seeds: range, folder: Path, score: Any
) -> dict[str, object]:
    """Both scores on several splits."""
    grid = dict(GRID) if target else {**GRID, "hidden_layer_sizes": [(128,)], "alpha": [1e-4, 1.0]}
    mine = [score(path, target, seed, folder) for seed in seeds]
    other = [theirs(path, target, seed, grid) for seed in seeds]
    return {
        "data": name,
        "nnstudio": round(float(np.mean(mine)), 4),
        "sklearn": round(float(np.mean(other)), 4),
        "medians": [round(float(np.median(scores)), 4) for scores in (mine, other)],
        "points": round(100 * float(np.mean(mine) - np.mean(other)), 2),
        "each": [[round(a, 3), round(b, 3)] for a, b in zip(mine, other, strict=True)],
    }


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--first", type=int, default=1, help="the seed of the first split")
    parser.add_argument("--digits", type=int, default=6000)
    parser.add_argument("--only", default="", help="one data set, such as digits")
    parser.add_argument("--window", action="store_true", help="by hand in the window")
    options = parser.parse_args()
    score = by_hand if options.window else ours
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    seeds = range(options.first, options.first + options.splits)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table, target in TABLES.items():
            if options.only not in ("", table):
                continue
            path = resource("datasets", "tables", f"{table}.csv")
            found = compare(table, path, target, seeds, folder, score)
            sys.stdout.write(json.dumps(found) + "\n")
            sys.stdout.flush()
        if options.only not in ("", "digits"):
            return 0
        write_digits(folder / "digits", options.digits)
        found = compare("digits", folder / "digits", "", seeds[:1], folder, score)
        sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
