"""The program of a setup: what its network, settings and data are planned into."""

from __future__ import annotations

import numpy as np

from nnstudio.core.data import Data
from nnstudio.core.fitting import check_fit
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark
from nnstudio.engine import augment
from nnstudio.engine import rows as common
from nnstudio.engine.layout import Training
from nnstudio.engine.plan import Program, plan


def program_for(setup: Setup, data: Data) -> Program:
    """Plan the training of a setup; raises ``StudioError`` if it cannot be trained on the data."""
    training = setup.training
    if training.loss is None or training.optimizer is None:
        raise StudioError(mark("Choose a loss and an optimizer first."))
    check_fit(setup, data)
    network = setup.network
    is_bytes = data.train.x.dtype == np.uint8
    plain = data.scale == 1.0 and data.shift == 0.0
    augmentation = data.augmentation if len(data.shape) == 3 else None
    gather = augment.gather_for(
        common.gather_bytes if is_bytes else common.gather_floats, is_bytes, augmentation
    )
    if not is_bytes and not plain:
        raise ValueError("float data must come scaled")
    whole = training.optimizer.whole_set
    batch = len(data.train) if whole else min(training.batch_size, len(data.train))
    return plan(
        network,
        batch,
        training=Training(
            training.loss.prepared(data), training.optimizer, data.task, data.train.y.shape[1],
            gather, data.scale, data.shift, training.clip_value, training.clip_norm,
            training.max_norm, training.averaging,
            augmentation if augmentation is not None and augmentation.active else None,
        ),
    )  # fmt: skip
