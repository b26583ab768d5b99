"""Experiments on disk: JSON files, the examples that come with the program, pictures that carry theirs, and data files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import ASSETS
from app.atomic import replacing
from app.checks import ExperimentError
from app.experiment import FIRST, Experiment
from surfaces.data_file import read_columns

LARGEST = 1 << 20  # bytes; an experiment is a few hundred, or some 600,000 with all the points that it may hold
DATA = (".csv", ".tsv", ".txt")


def examples() -> dict[str, tuple[str, Path]]:
    """Id -> title and file of every ready experiment, in the order of their file names."""
    return {path.stem.partition("-")[2]: (json.loads(path.read_text(encoding="utf-8"))["title"], path)
            for path in sorted((ASSETS / "examples").glob("*.json"))}


def load(source: str | Path, current: Experiment = FIRST) -> Experiment:
    """The experiment in a file, the example of that id, or ``current`` with the data of a data file.

    ExperimentError, in one sentence, for anything else.
    """
    path = _place(source)
    with _explained(path):
        if path.suffix.lower() in DATA:
            return _with_data(path, current)
        return Experiment.from_json(_inside(path) if path.suffix.lower() == ".png" else _bytes(path))


def load_data(path: Path, current: Experiment) -> Experiment:
    """``current`` with the data of a file, whatever its name. ExperimentError, in one sentence, where it holds none."""
    with _explained(path):
        return _with_data(path, current)


def _with_data(path: Path, current: Experiment) -> Experiment:
    x, y = read_columns(_bytes(path, "data file", 16 * LARGEST))
    return current.through(x.tolist(), y.tolist())


def _place(source: str | Path) -> Path:
    """The path itself, or where the example of that id lies."""
    try:
        if Path(source).exists():
            return Path(source)
    except (OSError, ValueError):  # no name that a file could have
        pass
    known = examples()
    if str(source) not in known:
        raise ExperimentError(f"there is no file {str(source)!r}, and no example of that name; examples are {', '.join(known)}")
    return known[str(source)][1]


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say of which file it is that something went wrong."""
    try:
        yield
    except OSError as error:
        raise ExperimentError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None
    except ValueError as error:
        raise ExperimentError(f"cannot open {path.name}: {error}") from None


def _bytes(path: Path, kind: str = "experiment", largest: int = LARGEST) -> bytes:
    if path.stat().st_size > largest:
        raise ExperimentError(f"it is larger than {largest >> 20} MiB, which no {kind} may be")
    return path.read_bytes()


def _inside(path: Path) -> str:
    """The experiment that an exported picture carries in its metadata."""
    from PIL import Image

    try:
        with Image.open(path) as picture:  # reads the header only, not the pixels
            text = picture.info.get("thalweg:experiment")
    except (SyntaxError, ValueError, Image.UnidentifiedImageError, Image.DecompressionBombError):
        text = None
    if text is None:
        raise ExperimentError("it carries no experiment; only pictures exported by Thalweg do")
    return str(text)


def save(experiment: Experiment, path: Path) -> None:
    """Write the experiment as JSON, whole or not at all."""
    with replacing(path) as file:
        file.write(experiment.to_json())
