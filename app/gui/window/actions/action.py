"""A command of the window: its row in ``ACTIONS`` and the objects that it works on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PyQt6.QtWidgets import QMainWindow

from app.gui.help.help_controller import HelpController
from app.gui.window.appearance import Appearance
from app.gui.window.dock_layout import DockLayout
from app.gui.window.document_controller import DocumentController
from app.gui.window.export_controller import ExportController
from app.gui.window.focus_navigation import FocusNavigation
from app.gui.window.lesson_controller import LessonController
from app.gui.window.presentation_mode import PresentationMode
from app.gui.window.reduced_motion import ReducedMotion
from app.gui.window.start_page_controller import StartPageController
from app.gui.window.view_area import ViewArea
from app.gui.window.window_panels import WindowPanels
from app.session.session import Session
from app.session.settings import Settings


@dataclass(frozen=True)
class ActionContext:
    """The objects that commands work on, and a callable that shows a message in the status bar."""

    window: QMainWindow
    session: Session
    settings: Settings
    documents: DocumentController
    exporter: ExportController
    panels: WindowPanels
    view_area: ViewArea
    dock_layout: DockLayout
    appearance: Appearance
    presentation_mode: PresentationMode
    reduced_motion: ReducedMotion
    focus_navigation: FocusNavigation
    help: HelpController
    lessons: LessonController
    start_page: StartPageController
    notify: Callable[[str], None]


Callback = Callable[[ActionContext], object]
Predicate = Callable[[ActionContext], bool]


@dataclass(frozen=True)
class Action:
    """One command.

    ``menu`` may name a submenu after a slash. ``checked`` makes the command a toggle that shows a state. ``help`` is
    what What's This says about it, one sentence. ``menu_text`` returns a longer text for the menu, translated, that
    depends on the current state. ``tool_tip`` returns the tool tip in the current state, translated, or an empty text
    for the usual one.
    """

    id: str
    text: str
    menu: str
    callback: Callback
    shortcuts: Sequence[str] = ()
    icon: str = ""
    enabled: Predicate = lambda context: True
    checked: Predicate | None = None
    separator_before: bool = False
    auto_repeat: bool = False
    help: str = ""
    menu_text: Callable[[ActionContext], str] | None = None
    tool_tip: Callable[[ActionContext], str] | None = None


def views_built(context: ActionContext) -> bool:
    """Return whether the canvases exist; they are created after the first paint."""
    return bool(context.view_area.canvases)


def has_runs(context: ActionContext) -> bool:
    """Return whether the experiment contains any run."""
    return bool(context.session.experiment.runs)
