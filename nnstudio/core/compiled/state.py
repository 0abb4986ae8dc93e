"""The integers of a run that kernels read: ``state[STEP]`` and so on, an int64 array.

Addresses are those of arrays that the trainer keeps alive. Random numbers are functions of
(seed, stream, step, element), so nothing else has to be stored to repeat a step exactly.
"""

STEP = 0  # steps done since the start
EPOCH = 1  # passes over the training data done
POSITION = 2  # examples of this epoch already used
BATCH = 3  # examples in this step, of all shards
EXAMPLES = 4  # examples in the data
FULL_BATCH = 5  # examples in a full batch
SEED = 6
X_ADDRESS = 7  # the data's examples, (n, size) of float32 or uint8
Y_ADDRESS = 8  # the data's targets, (n, targets) float32
ORDER_ADDRESS = 9  # this epoch's order of the examples, int64
UPDATES = 10  # steps done since the optimizer's slots were last zero
SIZE = 16
