"""Commands of the File menu."""

from __future__ import annotations

from app.gui.window.actions.action import Action, has_runs, views_built

FILE_ACTIONS: list[Action] = [
    Action("open", "&Open…", "File", lambda c: c.documents.open(), ["Ctrl+O"]),
    Action("open_data", "Open &Data…", "File", lambda c: c.documents.open_data(), ["Ctrl+Shift+O"]),
    Action("save", "&Save", "File", lambda c: c.documents.save(), ["Ctrl+S"], separator_before=True),
    Action("save_as", "Save &As…", "File", lambda c: c.documents.save_as(), ["Ctrl+Shift+S"]),
    Action(
        "export_picture",
        "&Export Picture…",
        "File",
        lambda c: c.exporter.export_figure(),
        ["Ctrl+E"],
        separator_before=True,
        enabled=views_built,
    ),
    Action(
        "export_film",
        "Export &Film…",
        "File",
        lambda c: c.exporter.export_animation(),
        ["Ctrl+Shift+E"],
        enabled=views_built,
    ),
    Action("export_data", "Expor&t Data…", "File", lambda c: c.exporter.export_data(), ["Ctrl+D"]),
    Action(
        "export_code",
        "Export &Code…",
        "File",
        lambda c: c.exporter.export_code(),
        ["Ctrl+Shift+D"],
        enabled=has_runs,
    ),
    Action("quit", "&Quit", "File", lambda c: c.window.close(), ["Ctrl+Q"], separator_before=True),
]
