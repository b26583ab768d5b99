"""The loss of a recorded training as a function in the user's own file, which is run for it."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Any

import numpy as np

from app.cli.process_setup import print_message
from app.utils.validation import ExperimentError, make_printable, shorten_repr
from surfaces.landscape.recorder import Recorder, TrainingStopped, named_arrays, split_parameters, to_float, with_values
from surfaces.landscape.recording import Recording

MODULE_NAME = "thalweg_loss"  # of a file that is not run as a program


def load_loss(argument: str, recording: Recording) -> Callable[[np.ndarray], float]:
    """Run a Python file and return the loss that ``FILE.py:NAME`` names, as a function of all parameters.

    A file that uses a recorder is run as a program, up to the first step that it records. Then the function gets the
    model of that step with other parameters. The function of another file, which is run as if it were imported, gets
    the parameters as a dict of arrays by name.
    """
    name, colon, function_name = argument.rpartition(":")
    path = Path(name)
    if not colon or not path.is_file():
        raise ExperimentError(
            f"--loss must name a file and a function in it, as in mytraining.py:loss, not {shorten_repr(argument)}"
        )
    print_message(f"running {make_printable(name)}")
    names, model = _run(path)
    function = names.get(function_name)
    if not callable(function):
        place = "" if model is None else " before the first step that it records"
        raise ExperimentError(f"{make_printable(name)} has no function {shorten_repr(function_name)}{place}")
    if model is not None and [array.shape for _, array in named_arrays(model)] != list(recording.shapes):
        raise ExperimentError(f"the model in {make_printable(name)} has other parameters than the recording")

    def loss(parameters: np.ndarray) -> float:
        values = split_parameters(parameters, recording.shapes, recording.snapshots.dtype)
        try:
            return to_float(function(recording.named(parameters) if model is None else with_values(model, values)))
        except ArithmeticError:
            return math.nan
        except Exception as error:
            hint = "; it gets a dict of arrays by name, because the file recorded no step" if model is None else ""
            raise _user_error(name, error, hint) from error

    return loss


def _run(path: Path) -> tuple[dict[str, Any], Any]:
    """Run a file and return its names, and the model of the first step that it records; None if there is none."""
    source, model = path.read_bytes(), None
    module = ModuleType("__main__" if b"Recorder(" in source else MODULE_NAME)
    module.__file__, sys.modules[MODULE_NAME] = str(path), module  # dataclasses look for their module
    try:
        with _process_of(path):
            exec(compile(source, str(path), "exec"), module.__dict__)
    except TrainingStopped as stop:
        model = stop.model
    except SystemExit as error:
        raise ExperimentError(f"{make_printable(str(path))} ended the program with exit status {error.code}") from None
    except Exception as error:
        raise _user_error(str(path), error) from error
    return vars(module), model


@contextmanager
def _process_of(path: Path) -> Iterator[None]:
    """Let a file find the modules beside it and no arguments, and let recorders stop it."""
    arguments = sys.argv
    sys.path.insert(0, str(path.resolve().parent))
    sys.argv, Recorder.stops_at_once = [str(path)], True
    try:
        yield
    finally:
        sys.argv, Recorder.stops_at_once = arguments, False


def _user_error(name: str, error: Exception, hint: str = "") -> ExperimentError:
    """Return an error that names the last line of the user's file that was reached."""
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if Path(frame.filename).name == Path(name).name]
    line = lines[-1] if lines else error.lineno if isinstance(error, SyntaxError) else None
    place = "" if line is None else f" in line {line}"
    reason = make_printable(str(error.msg if isinstance(error, SyntaxError) else error)[:200])
    return ExperimentError(f"{make_printable(name)} failed{place} with {type(error).__name__}: {reason}{hint}")
