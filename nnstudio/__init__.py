"""NNStudio: assemble a neural network, press Play, and see it learn."""

__version__ = "0.1.0"
