"""The race as a picture, drawn anew: PNG, SVG and PDF. The same experiment gives the same bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from matplotlib import rc_context

from app.engine.race import Race
from app.export.figure import build_figure, figure_title, layout_scale
from app.export.options import Options
from app.io.experiment_json import to_json
from app.plotting import fonts
from app.utils.atomic_write import atomic_write
from app.utils.i18n import tr
from app.utils.validation import ExperimentError

EXPERIMENT_KEY = "thalweg:experiment"  # of the text in a PNG that holds the experiment; in an SVG its dc:source does
VECTOR_RC_PARAMS = {"svg.fonttype": "none", "svg.hashsalt": "thalweg", "pdf.fonttype": 42}  # text stays text
FALLBACK_FONTS = ["Verdana", "Arial", "sans-serif"]  # families for a reader who has not those of the figure
VECTOR_DPI = 72.0  # dots an inch that a vector file is laid out in, whatever its bitmaps have


def embedded_json(race: Race) -> str:
    """The experiment that a picture carries, to be opened at this very step."""
    return to_json(replace(race.experiment, displayed_step=race.step), indent=None)


def check_text_fits(suffix: str, steps: int, options: Options) -> None:
    """ExperimentError where the words do not fit into a vector picture, which cannot be made smaller as a bitmap can."""
    scale = layout_scale(options)
    if scale > 1:
        min_size = " x ".join(f"{2.54 * side * scale:.1f}" for side in options.size)
        raise ExperimentError(
            tr(
                "the words would not fit into so small a vector picture: ask for at least {least} cm, for one"
                " view, or for a PNG",
                least=min_size,
            )
        )


def write_image(race: Race, file: IO[bytes], image_format: str, options: Options) -> None:
    """Write a picture of a kind, "png", "svg" or "pdf"."""
    is_vector = image_format != "png"
    if is_vector:
        check_text_fits(f".{image_format}", race.step, options)
    composed_figure, title = (
        build_figure(race, options, max(options.dpi / VECTOR_DPI, 2.0) if is_vector else 1.0),
        figure_title(race.experiment),
    )
    metadata: dict[str, Any] = {
        "png": {"Title": title, EXPERIMENT_KEY: embedded_json(race)},
        "svg": {"Title": title, "Date": None, "Creator": "Thalweg", "Source": embedded_json(race).strip()},
        "pdf": {"Title": title, "CreationDate": None, "Creator": "Thalweg"},
    }[image_format]
    figure = composed_figure.add_paths(race.step)
    with rc_context({**VECTOR_RC_PARAMS, "font.sans-serif": [*fonts.font_families(), *FALLBACK_FONTS]}):
        figure.savefig(
            file,
            format=image_format,
            dpi=composed_figure.figure.dpi,
            transparent=options.transparent,
            metadata=metadata,
        )


def export_image(race: Race, path: Path, options: Options) -> None:
    """Write a picture in the format that the path's suffix names. PNG and SVG carry the experiment."""
    with atomic_write(path, "wb") as file:
        write_image(race, file, path.suffix.lower().lstrip("."), options)
