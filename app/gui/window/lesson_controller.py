"""Lessons in the window: the panel, lesson files, and what a lesson opens.

Everything about lessons is imported when the panel is first shown, because no start needs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QAction

from app.gui.widgets.lazy_panel import LazyPanel
from app.gui.window.dock_layout import DockLayout
from app.gui.window.document_controller import DocumentController
from app.gui.window.view_area import ViewArea
from app.gui.window.window_panels import WindowPanels
from app.session.session import Session
from app.session.settings import Settings
from app.system.settings_file import settings_file
from app.utils.i18n import tr
from app.utils.validation import make_printable

PART_ACTIONS = {  # by the name in ``Lesson.shows``: the command that opens it
    "step_panel": "step_panel",
    "rate_curve": "view_rates",
    "settings_map": "view_settings",
    "basin_map": "basin_map",
    "formula": "about_optimizer",
    "code": "export_code",
}


class LessonController(QObject):
    """Opens the lesson panel and lesson files; ``actions`` are the commands of the window by id."""

    def __init__(
        self,
        session: Session,
        settings: Settings,
        documents: DocumentController,
        dock_layout: DockLayout,
        panels: WindowPanels,
        view_area: ViewArea,
        toggle_dock: Callable[[str], object],
        update_texts: Callable[[], object],
    ) -> None:
        super().__init__(dock_layout)
        self.session, self.settings, self.documents = session, settings, documents
        self.dock_layout, self.panels, self.toggle_dock = dock_layout, panels, toggle_dock
        self.view_area, self.update_texts = view_area, update_texts
        self.actions: Mapping[str, QAction] = {}
        self.lesson_session: Any = None  # once the panel has been shown
        self.panel: Any = None
        documents.before_replacing = self.leave
        documents.open_lesson = self.open_file
        panels.built.connect(self._connect_host)

    @property
    def host(self) -> LazyPanel:
        """The dock's widget, in which the panel is created when it is first shown."""
        return self.panels.lesson_host

    def _connect_host(self) -> None:
        self.panel = None
        self.host.build = self.build_panel
        self.host.hidden.connect(self._leave_if_closed)

    def build_panel(self) -> Any:
        """Return the panel in the current theme and language, and keep it."""
        from app.gui.panels.lesson.lesson_panel import LessonPanel
        from app.session.lesson_session import LessonSession

        if self.lesson_session is None:
            self.lesson_session = LessonSession(self.session, self.documents.document_state, self.settings)
            self.lesson_session.setParent(self)
            self.lesson_session.changed.connect(self._on_lesson_changed)
        panel = self.panel = LessonPanel(self.lesson_session, load_all_lessons, self.panels.appearance.theme)
        panel.part_requested.connect(self.open_part)
        panel.open_requested.connect(lambda: self.documents.run_guarded(self.documents.open))
        panel.save_requested.connect(self.save_answers)
        return panel

    def show_lessons(self) -> None:
        """Show the panel and focus it."""
        self._show_panel()
        QTimer.singleShot(0, self._focus_panel)

    def _show_panel(self) -> None:
        if not self.dock_layout.is_dock_enabled("lesson") or self.dock_layout.is_behind("lesson"):
            self.toggle_dock("lesson")
        self.host.build_now()

    def _focus_panel(self) -> None:
        if self.panel is not None:
            self.panel.focus_stage()

    def open_file(self, path: Path) -> bool:
        """Begin the lesson in a file; return False if it is not the file of a lesson."""
        from app.io.lesson_files import is_lesson_file, load_lesson

        if not is_lesson_file(path):
            return False
        lesson = load_lesson(path)
        self._show_panel()
        self.panel.begin(lesson)
        QTimer.singleShot(0, self._focus_panel)  # once its dock is in front
        return True

    def leave(self) -> None:
        """Leave the lesson, if there is one, so that the user's own experiment is back."""
        if self.lesson_session is not None:
            self.lesson_session.leave()

    def open_part(self, name: str) -> None:
        """Open what a lesson names: a panel, a map, a help page, or the export of code."""
        self._select_run_of_task()
        action = self.actions[PART_ACTIONS[name]]
        if not action.isChecked() or (name == "step_panel" and self.dock_layout.is_behind(name)):
            action.trigger()

    def _select_run_of_task(self) -> None:
        """Select the run whose settings the task of the lesson is about: maps and panels show the selected run."""
        lesson = self.lesson_session.lesson if self.lesson_session is not None else None
        free = lesson.task.free if lesson is not None and lesson.task is not None else ()
        run = next((match for name in free if (match := re.match(r"run(\d+)\.", name))), None)
        if run is not None:
            self.panels.side_panel.run_list.list.setCurrentRow(int(run[1]) - 1)

    def save_answers(self) -> None:
        """Ask for a name, and save the answers to all lessons in a file."""
        from app.gui.dialogs.answers_dialog import AnswersDialog

        AnswersDialog(self.documents.window, self._write_answers).open()

    def _write_answers(self, name: str, with_experiment: bool) -> bool:
        from app.io.lesson_answers_files import save_answers

        lessons = self.lesson_session
        answers = lessons.record.answers_of(name, lessons.own_experiment if with_experiment else None)
        file_name = "-".join(["answers", *re.findall(r"\w+", name)])[:60]
        path = self.documents.ask_path(tr("Save Answers"), tr("Answers (*.json)"), "json", file_name)
        if path is not None:
            save_answers(answers, path)
            self.documents.notify(tr("Saved {path}", path=make_printable(str(path))))
        return path is not None

    def write_lesson(self) -> None:
        """Open the dialog that makes a lesson from the current experiment."""
        from app.gui.dialogs.lesson_dialog import LessonDialog, lesson_experiment

        experiment = lesson_experiment(self.session.experiment, self.session.race.last_step)
        LessonDialog(self.documents.window, experiment, self._save_lesson).open()

    def _save_lesson(self, lesson: Any) -> bool:
        from app.io.lesson_files import save_lesson

        folder = own_lessons_folder()
        with suppress(OSError):  # another folder can be chosen
            folder.mkdir(parents=True, exist_ok=True)
        name = "_".join(re.findall(r"\w+", lesson.title.lower()))[:60] or "lesson"
        path = self.documents.ask_path(
            tr("Save Lesson"), tr("Lessons (*.json)"), "json", str(folder / name) if folder.is_dir() else name
        )
        if path is not None:
            save_lesson(lesson, path)
            self.documents.notify(tr("Saved {path}", path=make_printable(str(path))))
            if self.panel is not None:
                self.panel.refresh_list()
        return path is not None

    def _on_lesson_changed(self) -> None:
        """Show the speed and other controls of the experiment that is in use now, and all of its surface."""
        if self.view_area.canvases and (self.session.locked or self.lesson_session.lesson is None):
            self.view_area.reset_viewport()
            self.view_area.contour_tool.proposal.propose(None)  # a start that was proposed for the other experiment
        self.panels.playback_bar.speed.show_value(round(self.session.clock.speed, 3))
        self.update_texts()

    def _leave_if_closed(self) -> None:
        """Leave the lesson when its panel is closed, but not when another panel or window covers it."""
        if not self.dock_layout.is_dock_enabled("lesson"):
            self.leave()


def load_all_lessons() -> tuple[list[Any], list[str]]:
    """Return the lessons of the program and those in the folder of the settings, and messages about broken files."""
    from app.io.lesson_files import lesson_paths, load_lessons

    return load_lessons([*lesson_paths(), *lesson_paths(own_lessons_folder())])


def own_lessons_folder() -> Path:
    """Return the folder whose lessons are listed under My lessons."""
    return settings_file().parent / "lessons"
