"""NNStudio: assemble a neural network, press Play, and see it learn."""

import os

__version__ = "0.1.0"

# The engine shards the batch itself. NumPy's BLAS with threads of its own collapses as soon as
# anything else wants a core; it reads this when NumPy is imported, so it must be set before.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
