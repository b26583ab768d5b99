"""Thalweg, the desktop program: optimizers race down a loss surface while their hyperparameters are turned."""

import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no large matrices here; idle threads cost the start 70 ms
ASSETS = Path(__file__).resolve().parent.parent / "assets"  # beside this package, in a checkout and when installed


def version() -> str:
    """The installed version; looked up only when asked for, since that costs a start thirty milliseconds."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("thalweg")
    except PackageNotFoundError:
        return "not installed"
