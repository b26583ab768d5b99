"""The race as a picture, drawn anew: PNG, SVG and PDF. The same experiment gives the same bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from matplotlib import rc_context

from app.engine.race import Race
from app.export.figure import compose, enlarged, figure_title
from app.export.options import Options
from app.io.experiment_json import to_json
from app.plotting import fonts
from app.utils.atomic_write import replacing
from app.utils.i18n import tr
from app.utils.validation import ExperimentError

KEY = "thalweg:experiment"  # of the text in a PNG that holds the experiment; in an SVG its dc:source does
VECTOR = {"svg.fonttype": "none", "svg.hashsalt": "thalweg", "pdf.fonttype": 42}  # text stays text
ELSEWHERE = ["Verdana", "Arial", "sans-serif"]  # families for a reader who has not those of the figure
POINTS = 72.0  # dots an inch that a vector file is laid out in, whatever its bitmaps have


def kept(race: Race) -> str:
    """The experiment that a picture carries, to be opened at this very step."""
    return to_json(replace(race.experiment, shown=race.step), indent=None)


def check_words(suffix: str, steps: int, options: Options) -> None:
    """ExperimentError where the words do not fit into a vector picture, which cannot be made smaller as a bitmap can."""
    scale = enlarged(options)
    if scale > 1:
        least = " x ".join(f"{2.54 * side * scale:.1f}" for side in options.size)
        raise ExperimentError(
            tr(
                "the words would not fit into so small a vector picture: ask for at least {least} cm, for one"
                " view, or for a PNG",
                least=least,
            )
        )


def draw(race: Race, file: IO[bytes], kind: str, options: Options) -> None:
    """Write a picture of a kind, "png", "svg" or "pdf"."""
    vector = kind != "png"
    if vector:
        check_words(f".{kind}", race.step, options)
    made, title = (
        compose(race, options, max(options.dpi / POINTS, 2.0) if vector else 1.0),
        figure_title(race.experiment),
    )
    metadata: dict[str, Any] = {
        "png": {"Title": title, KEY: kept(race)},
        "svg": {"Title": title, "Date": None, "Creator": "Thalweg", "Source": kept(race).strip()},
        "pdf": {"Title": title, "CreationDate": None, "Creator": "Thalweg"},
    }[kind]
    figure = made.with_paths(race.step)
    with rc_context({**VECTOR, "font.sans-serif": [*fonts.worn(), *ELSEWHERE]}):
        figure.savefig(file, format=kind, dpi=made.figure.dpi, transparent=options.transparent, metadata=metadata)


def picture(race: Race, path: Path, options: Options) -> None:
    """Write a picture in the format that the path's suffix names. PNG and SVG carry the experiment."""
    with replacing(path, "wb") as file:
        draw(race, file, path.suffix.lower().lstrip("."), options)
