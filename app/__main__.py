"""Run ``python -m app`` as the command ``thalweg``."""

import sys

from app.cli.main import main

if __name__ == "__main__":
    if getattr(sys, "frozen", False):  # the bundle starts itself as a worker process
        from multiprocessing import freeze_support

        freeze_support()
    sys.exit(main())
