"""Options of an export, checked in one place. Each format uses those that apply to it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engine.map_job import MapState
from app.theming.theme import LIGHT, Theme
from app.utils.i18n import tr
from app.utils.validation import ExperimentError, check_bool, check_number, shorten_repr
from app.views.camera import Camera
from surfaces.surface import Bounds

DEFAULT_SIZE, DEFAULT_DPI = (12.8, 7.6), 150.0  # inches, dots per inch
ANIMATION_SIZE, ANIMATION_DPI = (12.8, 7.2), 100.0
DPI_PRESETS = {"screen": 100, "slide": 150, "print": 300}
MIN_SIDE, MAX_SIDE = 1.0, 100.0  # inches
MAX_PIXELS, MAX_FRAME_PIXELS = 100_000_000, 3840 * 2160
MAX_DPI, MAX_FRAMES = 1200, 10_000
UNITS_PER_INCH = {"px": None, "cm": 2.54, "mm": 25.4, "in": 1.0}  # None: depends on the dpi

# The fields of Options that apply to everything that is drawn, and those that apply to animations besides
FIGURE_OPTIONS = frozenset(
    {"view", "size", "dpi", "theme", "title", "legend", "mode", "view_options", "camera", "viewport", "maps", "map_run"}
)
ANIMATION_OPTIONS = FIGURE_OPTIONS | {"fps", "seconds", "steps_per_frame", "camera_speed"}


@dataclass(frozen=True)
class Options:
    """Options of an export. Raises ExperimentError with one sentence if a value is invalid.

    ``size`` is in inches. ``view_options`` are the switches of the View menu. ``viewport`` is the visible part of the
    plane, None for all of it. ``maps`` are maps by view id that are known already, and ``map_run`` is the index of the
    run whose map is drawn, None for the first visible one. The last five apply to animations: ``fps`` in frames per
    second; ``seconds``, the duration (None: as ``steps_per_frame`` requires); ``steps_per_frame`` (None: as
    ``seconds`` requires); ``camera_speed`` in degrees per second; ``loop``, whether it is played again and again.
    """

    view: str = "all"
    size: tuple[float, float] = DEFAULT_SIZE
    dpi: float = DEFAULT_DPI
    theme: Theme = LIGHT
    transparent: bool = False
    title: bool = True
    legend: bool = True
    mode: bool = True
    view_options: Mapping[str, Any] = field(default_factory=dict)
    camera: Camera | None = None
    viewport: Bounds | None = None
    maps: Mapping[str, MapState] = field(default_factory=dict)
    map_run: int | None = None
    fps: float = 25.0
    seconds: float | None = None
    steps_per_frame: int | None = None
    camera_speed: float = 0.0
    loop: bool = True

    def __post_init__(self) -> None:
        self._check_size()
        for name in ("transparent", "title", "legend", "mode", "loop"):
            check_bool(name, getattr(self, name))
        self._check_animation()

    def _check_size(self) -> None:
        for side in self.size:
            if not MIN_SIDE <= check_number(tr("the figure width or height"), side) <= MAX_SIDE:
                raise ExperimentError(
                    tr(
                        "the width and height of a figure must be between {least:g} and {most:g} inches, not "
                        "{size:.4g} x {size2:.4g}",
                        least=MIN_SIDE,
                        most=MAX_SIDE,
                        size=self.size[0],
                        size2=self.size[1],
                    )
                )
        if not 10 <= check_number("dpi", self.dpi) <= MAX_DPI:
            raise ExperimentError(
                tr("dpi must be between 10 and {most_dpi}, not {dpi:g}", most_dpi=MAX_DPI, dpi=self.dpi)
            )
        width, height = self.pixels
        if width * height > MAX_PIXELS:
            raise ExperimentError(
                tr(
                    "a figure can have at most {most_pixels} million pixels, not {width:,} x {height:,}; "
                    "reduce the size or the dpi",
                    most_pixels=MAX_PIXELS // 1000000,
                    width=width,
                    height=height,
                )
            )

    def _check_animation(self) -> None:
        if not 1 <= check_number("fps", self.fps) <= 60:
            raise ExperimentError(tr("fps must be between 1 and 60, not {fps:g}", fps=self.fps))
        if self.seconds is not None and not 0.1 <= check_number(tr("the animation duration"), self.seconds) <= 3600:
            raise ExperimentError(
                tr("the duration must be between 0.1 and 3600 seconds, not {seconds:g}", seconds=self.seconds)
            )
        if self.steps_per_frame is not None and (not isinstance(self.steps_per_frame, int) or self.steps_per_frame < 1):
            raise ExperimentError(
                tr("an animation needs at least 1 step per frame, not {pace}", pace=shorten_repr(self.steps_per_frame))
            )
        if abs(check_number(tr("the camera rotation speed"), self.camera_speed)) > 360:
            raise ExperimentError(
                tr("the camera can rotate at most 360 degrees per second, not {turn:g}", turn=self.camera_speed)
            )

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return round(self.size[0] * self.dpi), round(self.size[1] * self.dpi)


def to_inches(side: float, per_inch: float) -> float:
    """Return a length in inches that is never rounded down: matplotlib truncates 113 / 50 * 50 to 112 pixels."""
    return math.nextafter(side / per_inch, math.inf) if side / per_inch * per_inch < side else side / per_inch


def parse_size(text: str, dpi: float) -> tuple[float, float]:
    """Return a size in inches, read from "1280x720", "1280x720px", "16x9cm" or "8 x 4.5 in".

    ``dpi`` converts pixels to inches.
    """
    match = re.fullmatch(r"\s*([\d.,]{1,12})\s*[x×*]\s*([\d.,]{1,12})\s*(px|cm|mm|in)?\s*", text.lower())
    if match is None:
        raise ExperimentError(
            tr("size must have the form 1280x720, 16x9cm, or 8x4.5in, not {words}", words=shorten_repr(text))
        )
    unit = UNITS_PER_INCH[match[3] or "px"] or dpi
    sides = [check_number(tr("the figure width or height"), side) for side in match.groups()[:2]]
    width, height = (to_inches(side, unit) for side in sides)
    if not (math.isfinite(width) and math.isfinite(height)):
        raise ExperimentError(
            tr("size must have the form 1280x720, 16x9cm, or 8x4.5in, not {words}", words=shorten_repr(text))
        )
    return width, height
