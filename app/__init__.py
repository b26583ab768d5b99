"""Thalweg, the desktop program: optimizers race down a loss surface while their hyperparameters are turned."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"  # beside this package, in a checkout and when installed

try:
    __version__ = version("thalweg")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0.1.0"
