"""Run ``python -m app`` as the command ``thalweg``."""

import sys

from app.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
