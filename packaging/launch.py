"""What the double-click program runs."""

import sys

from nnstudio.cli import main

sys.exit(main())
