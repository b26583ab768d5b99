"""Experiments on disk: JSON files, the examples that come with the program, pictures that carry theirs, and data files.

Nothing of a file is ever executed, and of none more is read than an experiment may need.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.io import image_metadata
from app.io.experiment_json import LARGEST, from_json, to_json
from app.model.dataset import unusable
from app.model.experiment import FIRST, Experiment
from app.utils.atomic_write import replacing
from app.utils.i18n import tr
from app.utils.resources import ASSETS
from app.utils.validation import ExperimentError, printable, short
from surfaces.data_file import read_columns

EXAMPLES = ASSETS / "examples"
DATA = (".csv", ".tsv", ".txt")
WITHOUT = (".pdf", ".gif", ".mp4", ".npz", ".py")  # what else is exported
PICTURES = {".png": image_metadata.in_png, ".svg": image_metadata.in_svg}


def examples() -> dict[str, tuple[str, Path]]:
    """Id -> title and file of every ready experiment, in the order of their file names."""
    return {
        path.stem.partition("-")[2]: (json.loads(path.read_text(encoding="utf-8"))["title"], path)
        for path in sorted(EXAMPLES.glob("*.json"))
    }


def load(source: str | Path, current: Experiment = FIRST) -> Experiment:
    """The experiment in a file, the example of that id, or ``current`` with the data of a data file.

    ExperimentError, in one sentence, for anything else.
    """
    path = place(source)
    with _explained(path):
        kind = path.suffix.lower()
        if kind in DATA:
            return _with_data(path, current)
        if kind in WITHOUT:
            raise ExperimentError(tr(image_metadata.NOTHING))
        with _opened(path) as file:
            if kind in PICTURES:
                return from_json(PICTURES[kind](file))
            return from_json(_bytes(file, tr("it is larger than {largest} MiB, which no experiment may be")))


def load_data(path: Path, current: Experiment) -> Experiment:
    """``current`` with the data of a file, whatever its name. ExperimentError, in one sentence, where it holds none."""
    with _explained(path):
        return _with_data(path, current)


def _with_data(path: Path, current: Experiment) -> Experiment:
    with _opened(path) as file:
        content = _bytes(file, tr("it is larger than {largest} MiB, which no data file may be"))
    try:
        x, y = read_columns(content)
    except ValueError as error:
        raise unusable(error) from None
    return current.through(x.tolist(), y.tolist())


def place(source: str | Path) -> Path:
    """The path itself, or where the example of that id lies."""
    path = Path(source)
    try:
        if path.exists():
            return path
    except PermissionError:  # it is said when it is read
        return path
    except (OSError, ValueError):  # no name that a file could have
        pass
    known = examples()
    if str(source) not in known:
        name = repr(str(source)) if len(str(source)) < 200 else short(str(source))
        raise ExperimentError(
            tr(
                "there is no file {name}, and no example of that name; examples are {known}",
                name=name,
                known=", ".join(known),
            )
        )
    return known[str(source)][1]


def home(path: Path) -> Path | None:
    """Where an experiment that came from there is saved without a question: into its own file. Others have no such place."""
    return None if is_example(path) or path.suffix.lower() in (*DATA, *PICTURES) else path.absolute()


def is_example(path: Path) -> bool:
    return path.absolute().parent == EXAMPLES


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say of which file it is that something went wrong."""
    try:
        yield
    except OSError as error:
        raise ExperimentError(
            tr("cannot read {path}: {lower}", path=printable(str(path)), lower=(error.strerror or str(error)).lower())
        ) from None
    except ValueError as error:
        raise ExperimentError(
            tr("cannot open {value}: {error}", value=printable(path.name or str(path)), error=error)
        ) from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The file, if it is one: a pipe would keep the reader waiting, a device never end."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise ExperimentError(
            tr("it is a folder") if stat.S_ISDIR(mode) else tr("it is no file that can be read to its end")
        )
    with path.open("rb") as file:
        yield file


def _bytes(file: IO[bytes], too_large: str) -> bytes:
    if os.fstat(file.fileno()).st_size <= LARGEST:
        content = file.read(LARGEST + 1)  # some grow, or do not say how large they are
        if len(content) <= LARGEST:
            return content
    raise ExperimentError(too_large.format(largest=LARGEST >> 20))


def save(experiment: Experiment, path: Path) -> None:
    """Write the experiment as JSON, whole or not at all; what could not be read again is not written."""
    words = to_json(experiment)
    if len(words) > LARGEST:
        words = to_json(experiment, indent=None)
    if len(words) > LARGEST:
        raise ExperimentError(
            tr(
                "it cannot be saved: with all that was turned on the way it is larger than {largest} MiB; "
                "remove branches, or race anew, which forgets what was turned",
                largest=LARGEST >> 20,
            )
        )
    with replacing(path) as file:
        file.write(words)
