"""An imported network as a project: on data that it fits, with its weights if it brought any."""

from __future__ import annotations

from nnstudio.core.exchange.imported import Reading
from nnstudio.core.exchange.importing import dataset_for, setup_of
from nnstudio.core.project import Project, State
from nnstudio.engine.trainer import Trainer


def project_of(reading: Reading) -> Project:
    """The project; without weights of its own the network begins with its first ones."""
    dataset = dataset_for(reading)
    data = dataset.load()
    setup = setup_of(reading, dataset, data)
    if not reading.parameters:
        return Project(setup, data)
    return Project(setup, data, state_of(reading, setup, data))


def state_of(reading: Reading, setup: object, data: object) -> State:
    """Step 0 of a run that begins with the imported weights."""
    from nnstudio.engine import named

    trainer = Trainer(setup, data)  # type: ignore[arg-type]
    try:
        for key, value in reading.parameters.items():
            if key in trainer.parameters and trainer.parameters[key].shape == value.shape:
                trainer.parameters[key][...] = value
        return named.state_of(trainer.program, trainer.keyframe())
    finally:
        trainer.close()
