"""Experiments on disk: JSON files, examples, figures that contain an experiment, and data files.

Files are never executed, and no more of them is read than an experiment can need.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from app.io import image_metadata
from app.io.data_suffixes import DATA_SUFFIXES, NON_TEXT_SUFFIXES
from app.io.experiment_json import from_json, to_json
from app.io.file_access import file_errors, open_regular_file, read_limited
from app.io.landscape_files import LANDSCAPE_SUFFIXES, load_landscape
from app.io.strict_json import MAX_FILE_SIZE, why_too_large
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.utils.atomic_write import atomic_write
from app.utils.i18n import tr
from app.utils.resources import ASSETS
from app.utils.validation import ExperimentError, shorten_repr

EXAMPLES_FOLDER = ASSETS / "examples"
UNREADABLE_SUFFIXES = (".pdf", ".gif", ".mp4", ".py")  # other formats of the export
IMAGE_READERS = {".png": image_metadata.read_png, ".svg": image_metadata.read_svg}


def examples() -> dict[str, tuple[str, Path]]:
    """Return title and path of every example by its id, in the order of the file names."""
    return {
        path.stem.partition("-")[2]: (json.loads(path.read_text(encoding="utf-8"))["title"], path)
        for path in sorted(EXAMPLES_FOLDER.glob("*.json"))
    }


@cache
def _example_titles() -> frozenset[str]:
    return frozenset(title for title, _ in examples().values())


def display_name(experiment: Experiment) -> str:
    """Return the title of an experiment, else the name of its surface, as displayed.

    The titles of examples and the names of surfaces follow the language; a title that the user wrote stays as it is.
    """
    if not experiment.title:
        return tr(experiment.surface.name)
    return tr(experiment.title) if experiment.title in _example_titles() else experiment.title


def load(source: str | Path, current: Experiment = DEFAULT_EXPERIMENT) -> Experiment:
    """Return the experiment in a file, the example with that id, or ``current`` on a data file or landscape.

    Raises ExperimentError with one sentence if there is none.
    """
    path = resolve_path(source)
    suffix = path.suffix.lower()
    if suffix in (*DATA_SUFFIXES, *NON_TEXT_SUFFIXES):
        from app.io.data_files import load_data  # only for a data file

        return load_data(path, current)
    if suffix in LANDSCAPE_SUFFIXES:
        return load_landscape(path, current)
    with file_errors(path):
        if suffix in UNREADABLE_SUFFIXES:
            raise ExperimentError(tr(image_metadata.NO_EXPERIMENT_MESSAGE))
        with open_regular_file(path) as file:
            if suffix in IMAGE_READERS:
                return from_json(IMAGE_READERS[suffix](file))
            return from_json(read_limited(file, tr("the file is too large; experiments are limited to {largest} MiB")))


def resolve_path(source: str | Path) -> Path:
    """Return the path if it exists, otherwise the path of the example with that id."""
    path = Path(source)
    try:
        if path.exists():
            return path
    except PermissionError:  # reading it reports the error
        return path
    except (OSError, ValueError):  # not a valid file name
        pass
    available = examples()
    if str(source) not in available:
        name = repr(str(source)) if len(str(source)) < 200 else shorten_repr(str(source))
        raise ExperimentError(
            tr(
                "there is no file or example named {name}; the examples are {known}",
                name=name,
                known=", ".join(available),
            )
        )
    return available[str(source)][1]


def save_path_for(path: Path) -> Path | None:
    """Return the path to which an opened experiment is saved without asking; None for examples, data and figures."""
    return (
        None
        if is_example(path) or path.suffix.lower() in (*DATA_SUFFIXES, *LANDSCAPE_SUFFIXES, *IMAGE_READERS)
        else path.absolute()
    )


def is_example(path: Path) -> bool:
    """Return whether a path is in the folder of examples."""
    return path.absolute().parent == EXAMPLES_FOLDER


def file_version(path: Path) -> tuple[int, int] | None:
    """Return modification time and size of a file, which another version of it changes; None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def save(experiment: Experiment, path: Path) -> None:
    """Write an experiment as JSON, completely or not at all; ExperimentError if it is too large to be opened again."""
    text = to_json(experiment)
    if len(text) > MAX_FILE_SIZE:
        text = to_json(experiment, indent=None)
    reason = why_too_large(text)
    if reason:
        raise ExperimentError(
            tr(
                "the experiment cannot be saved because {reason}; delete branches, or restart to clear the change "
                "history",
                reason=reason,
            )
        )
    with atomic_write(path) as file:
        file.write(text)
