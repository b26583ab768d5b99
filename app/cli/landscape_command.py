"""``thalweg landscape``: the losses of a recorded training on a plane."""

from __future__ import annotations

import argparse

from app.cli.argument_parser import Subparsers

EPILOG = """\
planes:
  ends        through the first and the last snapshot and the one farthest from
              the line between them (default)
  pca         the first two principal components of the recorded path
  random      two random directions around the last snapshot, each filter as long
              as the weights (Li et al. 2018)
  1,50,200    through the snapshots at three recorded steps

The loss is a function in your own file and returns a number, the same at every
call. The file is run as a program, up to the first step that it records. The
function gets the model of that step with other parameters:

    def loss(model):
        return criterion(model(inputs), targets)

    record = Recorder("run.npz", every=10, data=(inputs, targets))
    record(0, model)
    ...

A file without "Recorder(" is run as if it were imported, and its function gets
a dict of arrays by name.

With the data, a network of fully connected layers is rebuilt, so that Thalweg
can train it with other optimizers: thalweg plane.npz

example:

    def loss(parameters):
        state = {name: torch.from_numpy(a) for name, a in parameters.items()}
        model.load_state_dict(state, strict=False)
        with torch.no_grad():
            return criterion(model(inputs), targets).item()

example:
    thalweg landscape run.npz --plane pca --loss mytraining.py:loss --to plane.npz

Ctrl+C leaves a file with what is computed so far, from coarse to fine."""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "landscape",
        help="compute the loss landscape of a recorded training",
        usage="thalweg landscape RECORDING --loss FILE.py:FUNCTION --to FILE.npz [options]",
        description="Compute the losses of a recorded training on a plane through its path.",
        epilog=EPILOG,
    )
    parser.add_argument("recording", metavar="RECORDING", help="file of a recorder (.npz)")
    parser.add_argument(
        "--loss", required=True, metavar="FILE:NAME", help="Python file and the function in it that returns the loss"
    )
    parser.add_argument("--to", required=True, metavar="FILE", help="output file (.npz)")
    parser.add_argument("--plane", default="ends", help="ends, pca, random, or three recorded steps (default: ends)")
    parser.add_argument("--grid", default="65", metavar="N", help="grid lines in each direction (default: 65)")
    parser.add_argument("--seed", default="0", help="seed of random directions (default: 0)")
    parser.add_argument("--quiet", action="store_true", help="do not show progress")


def run(args: argparse.Namespace) -> int:
    """Compute the landscape, write the file and return the exit status."""
    from app.cli.landscape_jobs import compute_landscape

    return compute_landscape(args)
