"""Descriptions of the views, their mouse gestures and their commands, for the shortcuts dialog and What's This."""

from __future__ import annotations

# By view id: what the view shows, the mouse gestures with their effects, and the prefixes of the ids of its commands.
VIEW_DESCRIPTIONS = {
    "contour": "The surface as a contour plot, with the path of each run.",
    "relief": "The surface in 3D, with the path of each run. Parts hidden behind the surface are drawn in a "
    "lighter color.",
    "loss": "The loss, or another quantity, of each run over time.",
    "fit": "The data points and the fitted curve of each run.",
    "curve": "The loss over x for a formula without y, with the path of each run on the curve and the tangent at the "
    "selected run.",
    "settings": "What becomes of the selected run for all pairs of values of two of its hyperparameters. The cross is "
    "the current setting. Where theory is known, the dashed line is the stability limit, the dotted lines are critical "
    "damping, and the star is Polyak’s optimum.",
    "rates": "The final loss of each visible run, or its steps to a minimum, for all learning rates. The markers are "
    "the current learning rates.",
    "difference": "Which of two runs needs fewer steps from every start, and where they reach different minima.",
}
MOUSE_GESTURES = {
    "contour": (
        ("Click a path", "go to this step and select the run"),
        ("Click elsewhere", "propose a starting point; click it again or press Enter to set it, Esc to cancel"),
        ("Double-click elsewhere", "set the starting point; the paths are recomputed up to the current step"),
        ("Drag the starting point", "move it; the paths update as you drag"),
        ("Drag the background", "pan"),
        ("Scroll", "zoom in or out at the pointer"),
        ("Right-click", "show the commands of the view"),
        ("Hover over a path", "show its step and state"),
    ),
    "curve": (
        ("Click a path", "go to this step and select the run"),
        ("Click elsewhere", "propose a starting point; click it again or press Enter to set it, Esc to cancel"),
        ("Double-click elsewhere", "set the starting point; the paths are recomputed up to the current step"),
        ("Drag the starting point", "move it; the paths update as you drag"),
        ("Drag the background", "pan"),
        ("Scroll", "zoom in or out at the pointer"),
        ("Right-click", "show the commands of the view"),
        ("Hover over a path", "show its step and state"),
    ),
    "relief": (
        ("Click a path", "go to this step and select the run"),
        ("Drag", "rotate"),
        ("Scroll", "zoom in or out"),
        ("Double-click", "reset the view"),
        ("Right-click", "show the commands of the view"),
        ("Hover over a path", "show its step and state"),
    ),
    "loss": (
        ("Click a curve", "go to this step and select the run"),
        ("Right-click", "select the quantity, the x-axis, and the scales"),
        ("Hover over a curve", "show its step and state"),
    ),
    "fit": (
        ("Right-click", "show the commands of the view"),
        ("Hover over a curve", "show which run it belongs to"),
    ),
    "settings": (
        ("Click or drag", "set both hyperparameters of the selected run"),
        ("Right-click", "select the axes, the colors, and the number of steps"),
        ("Hover", "show both values and the outcome"),
    ),
    "rates": (
        ("Click or drag a curve", "set the learning rate of this run"),
        ("Click or drag elsewhere", "set the learning rate of the selected run"),
        ("Right-click", "select the quantity and the number of steps"),
        ("Hover over a curve", "show the learning rate and the outcome"),
    ),
    "difference": (
        ("Right-click", "select the other run and the number of steps"),
        ("Hover", "show the start and what the two runs do from there"),
    ),
}
VIEW_ACTION_PREFIXES: dict[str, tuple[str, ...]] = {
    "contour": ("zoom_", "show_all", "pan_", "start_"),
    "relief": ("turn_back", "turn_top", "relief_"),
    "loss": (),
    "fit": (),
    "curve": ("zoom_", "show_all", "pan_", "start_"),
    "settings": ("settings_color_",),
    "rates": ("rates_",),
    "difference": (),
}
