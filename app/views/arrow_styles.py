"""How the arrows and points of a step look, and what they are called in plots and legends."""

from __future__ import annotations

import re

from app.analysis.step_arrows import DESCENT, STEP
from app.plotting.arrow_renderer import ArrowStyle
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr
from optimizers import MODIFIERS

PREVIEW, AXIS_SCALES, STEEPEST = "preview", "axis scales", "steepest"  # names of what is drawn besides the arrows
TEXT, GREEN, BLUE, VERMILION, PURPLE, ORANGE = 0, 3, 5, 6, 7, 1  # indices of colors of a theme
STYLES: dict[str, tuple[int, float, tuple[float, ...], bool]] = {  # color, width, dash, whether the head is filled
    STEP: (TEXT, 3.2, (), True),
    DESCENT: (VERMILION, 1.6, (3.0, 1.6), False),
    "gradient": (VERMILION, 2.0, (), True),
    "memory": (BLUE, 2.0, (), False),
    "origin": (PURPLE, 2.0, (1.2, 1.0), True),
    PREVIEW: (TEXT, 2.4, (1.2, 1.0), False),
    AXIS_SCALES: (GREEN, 1.4, (5.0, 1.2, 1.0, 1.2), True),
    STEEPEST: (ORANGE, 2.0, (6.0, 1.6), True),
}
OTHER_STYLE: tuple[int, float, tuple[float, ...], bool] = (GREEN, 2.0, (4.0, 1.2, 1.2, 1.2), False)
NAMES = {
    STEP: gettext_noop("step"),
    DESCENT: gettext_noop("−gradient"),
    "gradient": gettext_noop("this gradient"),
    "memory": gettext_noop("memory"),
    "origin": gettext_noop("pull to the origin"),
    "constant": gettext_noop("initial value"),
    PREVIEW: gettext_noop("changed step"),
    AXIS_SCALES: gettext_noop("scale per axis"),
    STEEPEST: gettext_noop("λmax direction"),
}
POINT_NAMES = {
    "trials": gettext_noop("trial"),
    "simplex": gettext_noop("vertex"),
    "evaluated": gettext_noop("gradient evaluated here"),
    "worst": gettext_noop("worst vertex"),
    "centroid": gettext_noop("centroid"),
    "mean": gettext_noop("average"),
    "x0": gettext_noop("start"),
    "before lookahead": gettext_noop("before Lookahead"),
    "lookahead slow": gettext_noop("slow weights"),
    "before averaging": gettext_noop("before averaging"),
}
SAMPLE_NAME = gettext_noop("sample")
POINT_MARKERS = {"trials": "o", "simplex": "^", "evaluated": "s"}
OTHER_MARKER = "D"
PALE = 0.4  # toward the colormap of the theme


def arrow_style(name: str, theme: Theme) -> ArrowStyle:
    """Return the style of the arrow or the line of a name."""
    color, width, dash, is_filled = STYLES.get(name, OTHER_STYLE)
    return ArrowStyle(theme.run_colors[color], width, dash, is_filled)


def arrow_label(name: str, is_next: bool = False) -> str:
    """Return what an arrow or a line is called, translated."""
    if name == STEP and is_next:
        return tr("next step")
    return tr(NAMES[name]) if name in NAMES else tr(MODIFIERS[name].name)


def split_point_name(name: str) -> tuple[str, int | None]:
    """Return the name of a point without its number, and its number among the points of that name."""
    match = re.fullmatch(r"(.+) (\d+)", name)
    return (match[1], int(match[2])) if match else (name, None)


def point_label(base: str, are_samples: bool) -> str:
    """Return what the points of a name are called, translated; a name of the rule stays as it is."""
    if base == "trials" and are_samples:
        return tr(SAMPLE_NAME)
    return tr(POINT_NAMES[base]) if base in POINT_NAMES else base


def point_marker(base: str) -> str:
    """Return the marker of the points of a name."""
    return POINT_MARKERS.get(base, OTHER_MARKER)
