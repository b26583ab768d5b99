"""Export of a race as an image: PNG, SVG or PDF.

The same experiment gives the same bytes. PNG and SVG files contain the experiment and can be opened again.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from app.engine.race import Race
from app.export.figure import build_figure, figure_text, layout_scale
from app.export.options import Options
from app.io.experiment_files import display_name
from app.io.experiment_json import to_json
from app.io.strict_json import why_too_large
from app.plotting import fonts
from app.utils.atomic_write import atomic_write
from app.utils.i18n import tr
from app.utils.validation import ExperimentError

EXPERIMENT_KEY = "thalweg:experiment"  # of the PNG text chunk with the experiment; an SVG has it in dc:source
VECTOR_DPI = 72.0  # dots per inch of the coordinates of a vector file; its bitmaps may have another resolution


def embedded_json(race: Race) -> str:
    """Return the experiment as compact JSON, with the current step as the displayed step."""
    return to_json(replace(race.experiment, displayed_step=race.step), indent=None)


def missing_experiment_message(race: Race) -> str:
    """Return a sentence if an image cannot contain the experiment because it is too large to be opened, else ""."""
    reason = why_too_large(embedded_json(race))
    return tr("the figure does not contain the experiment because {reason}", reason=reason) if reason else ""


def check_text_fits(suffix: str, steps: int, options: Options) -> str:
    """Raise ExperimentError if the texts do not fit; return no remark.

    A bitmap is laid out larger and scaled down instead, which a vector image does not allow.
    """
    scale = layout_scale(options)
    if scale > 1:
        min_size = " x ".join(f"{2.54 * side * scale:.1f}" for side in options.size)
        raise ExperimentError(
            tr(
                "the labels do not fit in a vector image this small; use a size of at least {least} cm, a "
                "single view, or PNG",
                least=min_size,
            )
        )
    return ""


def write_image(race: Race, file: IO[bytes], image_format: str, options: Options) -> None:
    """Write an image in a format: "png", "svg" or "pdf"."""
    is_vector = image_format != "png"
    if is_vector:
        check_text_fits(f".{image_format}", race.step, options)
    composed_figure = build_figure(race, options, max(options.dpi / VECTOR_DPI, 2.0) if is_vector else 1.0)
    title = display_name(race.experiment)
    experiment = embedded_json(race)
    if why_too_large(experiment):
        experiment = ""
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Title": title, **({EXPERIMENT_KEY: experiment} if experiment else {})},
        "svg": {"Title": title, "Date": None, "Creator": "Thalweg", "Source": experiment.strip() or None},
        "pdf": {"Title": title, "CreationDate": None, "Creator": "Thalweg"},
    }
    figure = composed_figure.add_paths(race.step)
    with fonts.covering(figure_text(race.experiment)):
        figure.savefig(
            file,
            format=image_format,
            dpi=composed_figure.figure.dpi,
            transparent=options.transparent,
            metadata=metadata[image_format],
        )


def export_image(race: Race, path: Path, options: Options) -> None:
    """Write an image in the format of the path's suffix."""
    with atomic_write(path, "wb") as file:
        write_image(race, file, path.suffix.lower().lstrip("."), options)
