"""The lesson panel: the list of lessons or, while one is in use, its page."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.gui.panels.lesson.lesson_list import LessonList
from app.gui.panels.lesson.lesson_page import LessonPage
from app.gui.panels.lesson.texts import push_button
from app.model.lesson import Lesson
from app.session.lesson_progress import load_progress
from app.session.lesson_session import LessonSession, neighbors
from app.theming.theme import Theme
from app.utils.i18n import tr

MIN_WIDTH = 300  # pixels


class LessonPanel(QWidget):
    """The list or the page of a lesson, with buttons that go to its neighbors and leave it.

    ``load()`` returns the lessons, in order, and a message for each file that is not one. ``part_requested(name)`` and
    ``open_requested`` and ``save_requested`` are those of the page and the list.
    """

    part_requested = pyqtSignal(str)
    open_requested = pyqtSignal()
    save_requested = pyqtSignal()

    def __init__(
        self, lessons: LessonSession, load: Callable[[], tuple[list[Lesson], list[str]]], theme: Theme
    ) -> None:
        super().__init__()
        self.setObjectName("lesson_panel")
        self.setMinimumWidth(MIN_WIDTH)
        self.lessons, self.load = lessons, load
        self.available: list[Lesson] = []
        self.list, self.page = LessonList(), LessonPage(lessons, theme)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.list)
        self.pages.addWidget(self.page)
        self.previous_button = push_button(tr("Back"), tr("Goes to the previous lesson of this course."))
        self.next_button = push_button(tr("Next"), tr("Goes to the next lesson of this course."))
        self.leave_button = push_button(tr("Leave"), tr("Leaves the lesson. Your experiment comes back as it was."))
        self.row = QWidget()
        self._build_layout()
        self.list.chosen.connect(self.begin)
        self.list.open_requested.connect(self.open_requested)
        self.list.save_requested.connect(self.save_requested)
        self.page.part_requested.connect(self.part_requested)
        self.previous_button.clicked.connect(lambda: self._go(0))
        self.next_button.clicked.connect(lambda: self._go(1))
        self.leave_button.clicked.connect(lessons.leave)
        lessons.changed.connect(self.refresh)
        self.refresh()

    def _build_layout(self) -> None:
        row, column = QHBoxLayout(self.row), QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for button in (self.previous_button, self.next_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.leave_button)
        column.setContentsMargins(8, 4, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.pages, 1)
        column.addWidget(self.row)

    def refresh(self) -> None:
        """Show the lesson in use, or the list."""
        lesson = self.lessons.lesson
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self.row.setVisible(lesson is not None)
        if lesson is None:
            self.refresh_list()
            self.pages.setCurrentWidget(self.list)
            if had_focus:
                self.focus_stage()
            return
        for button, neighbor in zip((self.previous_button, self.next_button), self._neighbors(), strict=True):
            button.setEnabled(neighbor is not None)
            button.setToolTip(tr(neighbor.title) if neighbor is not None else "")
        self.pages.setCurrentWidget(self.page)
        self.page.show_lesson()
        self._order_tab_stops()
        if had_focus:
            self.focus_stage()

    def _order_tab_stops(self) -> None:
        """Let Tab go through the new controls of the page before the buttons below it."""
        body = self.page.widget()
        controls = body.findChildren(QWidget) if body is not None else []
        stops = [
            widget
            for widget in controls
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.window() is self.window()  # no popups
        ]
        for before, after in pairwise([*stops, self.previous_button, self.next_button, self.leave_button]):
            self.setTabOrder(before, after)

    def refresh_list(self) -> None:
        """Read the lessons again and show them with their progress."""
        self.available, messages = self.load()
        self.list.show_lessons(self.available, messages, load_progress(self.lessons.settings))
        self.list.save_button.setEnabled(bool(self.lessons.record.answers))

    def focus_stage(self) -> None:
        """Focus the control that the stage of the lesson is about, or the list."""
        if self.lessons.lesson is None:
            self.list.tree.setFocus()
        else:
            (self.page.next_control or self.leave_button).setFocus()

    def begin(self, lesson: Lesson) -> None:
        """Begin a lesson and focus its question."""
        self.lessons.begin(lesson)
        self.focus_stage()

    def _neighbors(self) -> tuple[Lesson | None, Lesson | None]:
        lesson = self.lessons.lesson
        return (None, None) if lesson is None else neighbors(self.available, lesson)

    def _go(self, index: int) -> None:
        lesson = self._neighbors()[index]
        if lesson is not None:
            self.begin(lesson)
