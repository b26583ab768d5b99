"""Descriptions of the views, their mouse gestures and their commands, for the shortcuts dialog and What's This."""

from __future__ import annotations

# By view id: what the view shows, the mouse gestures with their effects, and the prefixes of the ids of its commands.
VIEW_DESCRIPTIONS = {
    "contour": "The surface from above, with lines of equal height and the path of every run.",
    "relief": "The surface in space, with the path of every run; where a hill hides a path, it is pale.",
    "loss": "The height of every run, or another quantity, against the steps.",
    "fit": "The data, and the curve that every run draws through them.",
}
MOUSE_GESTURES = {
    "contour": (
        ("Click", "sets the start, and the race starts anew"),
        ("Drag the start", "moves it, and the paths follow"),
        ("Drag beside it", "moves the picture"),
        ("Wheel", "shows more or less around the pointer"),
        ("Double click", "shows all"),
        ("Point at a path", "tells its step and its state"),
    ),
    "relief": (
        ("Drag", "turns the surface"),
        ("Wheel", "goes nearer or farther away"),
        ("Double click", "puts it back"),
        ("Point at a path", "tells its step and its state"),
    ),
    "loss": (
        ("Right click", "chooses what is shown, against what, and the scales"),
        ("Point at a curve", "tells its step and its state"),
    ),
    "fit": (("Point at a curve", "tells which run draws it"),),
}
VIEW_ACTION_PREFIXES: dict[str, tuple[str, ...]] = {
    "contour": ("zoom_", "show_all", "pan_", "start_"),
    "relief": ("turn_back", "turn_top", "relief_"),
    "loss": (),
    "fit": (),
}
