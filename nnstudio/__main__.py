"""``nnstudio`` opens the studio; ``nnstudio train ...`` and others work without a screen."""

from __future__ import annotations

import sys

from nnstudio.cli import main

if __name__ == "__main__":
    sys.exit(main())
