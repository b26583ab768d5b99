"""Commands of the File menu."""

from __future__ import annotations

from app.gui.window.actions.action import Action, has_runs, views_built

FILE_ACTIONS: list[Action] = [
    Action(
        "open",
        "&Open…",
        "File",
        lambda c: c.documents.open(),
        ["Ctrl+O"],
        help="Opens a saved experiment, or an exported PNG or SVG figure. Exported figures contain their experiment.",
    ),
    Action(
        "open_data",
        "Open &Data…",
        "File",
        lambda c: c.documents.open_data(),
        ["Ctrl+Shift+O"],
        help="Opens a file with columns of numbers and fits a line or a small neural network to two of them.",
    ),
    Action(
        "save",
        "&Save",
        "File",
        lambda c: c.documents.save(),
        ["Ctrl+S"],
        separator_before=True,
        help="Saves the experiment, including all hyperparameter changes and branches.",
    ),
    Action(
        "save_as",
        "Save &As…",
        "File",
        lambda c: c.documents.save_as(),
        ["Ctrl+Shift+S"],
        help="Saves the experiment under a different name.",
    ),
    Action(
        "export_picture",
        "&Export Figure…",
        "File",
        lambda c: c.exporter.export_figure(),
        ["Ctrl+E"],
        separator_before=True,
        enabled=views_built,
        help="Exports the figure as PNG, SVG, or PDF at the size you choose.",
    ),
    Action(
        "export_film",
        "Export A&nimation…",
        "File",
        lambda c: c.exporter.export_animation(),
        ["Ctrl+Shift+E"],
        enabled=views_built,
        help="Exports an animated GIF or MP4 video of the simulation up to the current step.",
    ),
    Action(
        "export_data",
        "Expor&t Data…",
        "File",
        lambda c: c.exporter.export_data(),
        ["Ctrl+D"],
        help="Exports every step of every run as CSV, JSON, or NPZ.",
    ),
    Action(
        "export_code",
        "Export &Code…",
        "File",
        lambda c: c.exporter.export_code(),
        ["Ctrl+Shift+D"],
        enabled=has_runs,
        help="Exports the simulation as a NumPy, PyTorch, Keras, or Matplotlib script.",
    ),
    Action(
        "welcome",
        "&Welcome",
        "File",
        lambda c: c.start_page.show(),
        separator_before=True,
        enabled=views_built,
        help="Shows the start page with lessons, examples, and recent files.",
    ),
    Action(
        "quit",
        "&Quit",
        "File",
        lambda c: c.window.close(),
        ["Ctrl+Q"],
        help="Closes the window. You are asked whether to save unsaved changes.",
    ),
]
