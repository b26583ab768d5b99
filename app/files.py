"""Experiments on disk: JSON files, the examples that come with the program, and pictures that carry their experiment."""

from __future__ import annotations

import json
from pathlib import Path

from app import ASSETS
from app.atomic import replacing
from app.checks import ExperimentError
from app.experiment import Experiment

LARGEST = 1 << 20  # bytes; an experiment is a few hundred


def examples() -> dict[str, tuple[str, Path]]:
    """Id -> title and file of every ready experiment, in the order of their file names."""
    return {path.stem.partition("-")[2]: (json.loads(path.read_text(encoding="utf-8"))["title"], path)
            for path in sorted((ASSETS / "examples").glob("*.json"))}


def load(source: str | Path) -> Experiment:
    """The experiment in a file, or the example of that id. ExperimentError, in one sentence, for anything else."""
    path = Path(source)
    try:
        if not path.exists():
            known = examples()
            if str(source) not in known:
                raise ExperimentError(f"there is no file {str(source)!r}, and no example of that name; "
                                      f"examples are {', '.join(known)}")
            path = known[str(source)][1]
        return _read(path)
    except (OSError, ValueError) as error:
        if isinstance(error, ExperimentError):
            raise
        raise ExperimentError(f"cannot read {path}: {(getattr(error, 'strerror', '') or str(error)).lower()}") from None


def _read(path: Path) -> Experiment:
    try:
        if path.suffix.lower() == ".png":
            return Experiment.from_json(_inside(path))
        if path.stat().st_size > LARGEST:
            raise ExperimentError(f"it is larger than {LARGEST >> 20} MiB, which no experiment is")
        return Experiment.from_json(path.read_bytes())
    except ExperimentError as error:
        raise ExperimentError(f"cannot open {path.name}: {error}") from None


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
