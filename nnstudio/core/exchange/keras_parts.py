"""Classes and functions that an exported Keras 3 program defines itself, where Keras has none."""

from __future__ import annotations

#: Learning-rate schedules by our type; each takes our fields, and the steps of the whole run.
SCHEDULES = {
    "LinearWarmup.v1": '''
@keras.saving.register_keras_serializable()
class LinearWarmup(keras.optimizers.schedules.LearningRateSchedule):
    """A straight line up; then the rate stays, or falls to zero by the end of the run."""

    def __init__(self, learning_rate, steps, then, total):
        self.learning_rate, self.steps, self.then, self.total = learning_rate, steps, then, total

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        factor = keras.ops.minimum((step + 1) / self.steps, 1.0)
        if self.then != "constant" and self.total > self.steps:
            place = keras.ops.clip((step - self.steps) / (self.total - self.steps), 0.0, 1.0)
            linear = self.then == "linear"
            factor *= 1 - place if linear else 0.5 * (1 + keras.ops.cos(np.pi * place))
        return self.learning_rate * factor

    def get_config(self):
        return {"learning_rate": self.learning_rate, "steps": self.steps, "then": self.then,
                "total": self.total}

''',
    "OneCycle.v1": '''
@keras.saving.register_keras_serializable()
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Up to the learning rate and far down again, both along half a cosine wave."""

    def __init__(self, learning_rate, steps, rise, first, end):
        self.learning_rate, self.steps, self.rise = learning_rate, steps, rise
        self.first, self.end = first, end

    def __call__(self, step):
        place = keras.ops.minimum(keras.ops.cast(step, "float32") / self.steps, 1.0)
        up = 0.5 * (1 - keras.ops.cos(np.pi * keras.ops.minimum(place / self.rise, 1.0)))
        late = keras.ops.maximum((place - self.rise) / (1 - self.rise), 0.0)
        down = 0.5 * (1 + keras.ops.cos(np.pi * late))
        rising = self.first + (1 - self.first) * up
        falling = self.end + (1 - self.end) * down
        return self.learning_rate * keras.ops.where(place < self.rise, rising, falling)

    def get_config(self):
        return {"learning_rate": self.learning_rate, "steps": self.steps, "rise": self.rise,
                "first": self.first, "end": self.end}

''',
}

#: A layer that Keras has with narrower bounds.
GAUSSIAN_NOISE = '''
@keras.saving.register_keras_serializable()
class GaussianNoise(layers.GaussianNoise):
    """Noise of any size; Keras' own takes no deviation above 1."""

    def __init__(self, stddev, **named):
        super().__init__(1.0, **named)
        self.stddev = stddev

'''

#: An optimizer with both limits of the gradient, of which Keras takes one; ``{name}`` is Keras'.
BOTH_LIMITS = '''
@keras.saving.register_keras_serializable()
class {name}(keras.optimizers.{name}):
    """Limits every number of the gradient, then its length; Keras' own takes one limit only."""

    def __init__(self, *args, value_limit, **named):
        super().__init__(*args, **named)
        self.value_limit = value_limit

    def apply(self, grads, trainable_variables=None):
        limit = self.value_limit
        grads = [g if g is None else keras.ops.clip(g, -limit, limit) for g in grads]
        return super().apply(grads, trainable_variables)

    def get_config(self):
        return {{**super().get_config(), "value_limit": self.value_limit}}

'''

#: An activation that Keras would save by a name that it does not find again.
SINE = '''
@keras.saving.register_keras_serializable()
def sine(x):
    """The sine as an activation."""
    return keras.ops.sin(x)

'''

#: Targets of one number for each class.
ONE_HOT = '''
def one_hot(y):
    """Class numbers (n, 1) as rows of zeros with a one, (n, {classes})."""
    return np.eye({classes}, dtype="float32")[y[:, 0].astype(int)]

'''

_LOSS = '''
@keras.saving.register_keras_serializable()
def {name}(y_true, y_pred):
    """{help}"""
    return {value}

'''


def loss_function(name: str, help: str, value: str) -> str:
    """A loss of an example as a function."""
    return _LOSS.format(name=name, help=help, value=value)
