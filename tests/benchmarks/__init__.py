"""Measurements. NNStudio comes before NumPy, as in the program: it sets BLAS to one thread, and a
second one that waits for work in a loop takes a third of the speed of whatever is measured."""

import nnstudio  # noqa: F401
