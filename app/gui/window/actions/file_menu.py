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
        help="Opens an experiment that was saved, or the picture of one: pictures carry their experiment.",
    ),
    Action(
        "open_data",
        "Open &Data…",
        "File",
        lambda c: c.documents.open_data(),
        ["Ctrl+Shift+O"],
        help="Opens two columns of numbers, to be fitted by a line or a small network.",
    ),
    Action(
        "save",
        "&Save",
        "File",
        lambda c: c.documents.save(),
        ["Ctrl+S"],
        separator_before=True,
        help="Saves the experiment, with all that was turned on the way and with its branches.",
    ),
    Action(
        "save_as",
        "Save &As…",
        "File",
        lambda c: c.documents.save_as(),
        ["Ctrl+Shift+S"],
        help="Saves the experiment under another name.",
    ),
    Action(
        "export_picture",
        "&Export Picture…",
        "File",
        lambda c: c.exporter.export_figure(),
        ["Ctrl+E"],
        separator_before=True,
        enabled=views_built,
        help="Draws the figure anew as PNG, SVG or PDF, in the size that you choose.",
    ),
    Action(
        "export_film",
        "Export &Film…",
        "File",
        lambda c: c.exporter.export_animation(),
        ["Ctrl+Shift+E"],
        enabled=views_built,
        help="Makes a GIF or an MP4 of the way to the step that is shown.",
    ),
    Action(
        "export_data",
        "Expor&t Data…",
        "File",
        lambda c: c.exporter.export_data(),
        ["Ctrl+D"],
        help="Writes every step of every run as CSV, JSON or NPZ.",
    ),
    Action(
        "export_code",
        "Export &Code…",
        "File",
        lambda c: c.exporter.export_code(),
        ["Ctrl+Shift+D"],
        enabled=has_runs,
        help="Writes the same race as a script for NumPy, PyTorch, Keras or matplotlib.",
    ),
    Action(
        "quit",
        "&Quit",
        "File",
        lambda c: c.window.close(),
        ["Ctrl+Q"],
        separator_before=True,
        help="Closes the window; what is not saved is asked about first.",
    ),
]
