"""The list of lessons by course, with what is done."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.gui.panels.lesson.texts import push_button, text_label
from app.gui.widgets.inline_message import InlineMessage
from app.model.lesson import COURSES, Lesson
from app.session.lesson_progress import LessonProgress
from app.utils.i18n import tr

LESSON_ROLE = Qt.ItemDataRole.UserRole


class LessonList(QWidget):
    """Courses and their lessons; ``chosen(lesson)`` is emitted for the one to begin, ``open_requested`` for a file.

    ``save_requested`` is emitted by the button that saves the answers.
    """

    chosen = pyqtSignal(object)
    open_requested = pyqtSignal()
    save_requested = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.tree = QTreeWidget(headerHidden=True, rootIsDecorated=False, wordWrap=True)
        self.tree.setAccessibleName(tr("Lessons"))
        self.tree.setItemsExpandable(False)
        self.tree.setIndentation(10)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setWhatsThis(tr("The lessons of each course. A tick marks those that are done."))
        self.progress_label = text_label("", "quiet")
        self.message_label = InlineMessage()
        self.begin_button = push_button(
            tr("Begin lesson"), tr("Begins the selected lesson. Your experiment comes back when you leave it."), True
        )
        self.open_button = push_button(tr("Open lesson file…"), tr("Opens a lesson that someone else has written."))
        self.open_button.clicked.connect(self.open_requested)
        self.save_button = push_button(
            tr("Save answers…"), tr("Saves your answers to all lessons in one file, which you can hand in.")
        )
        self.save_button.clicked.connect(self.save_requested)
        intro = tr(
            "Predict what a run does, watch it, and see why. Your experiment comes back when you leave a lesson."
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (text_label(intro), self.progress_label, self.tree, self.message_label):
            column.addWidget(widget, int(widget is self.tree))
        column.addWidget(self.begin_button)
        row = QHBoxLayout()
        row.addWidget(self.open_button)
        row.addWidget(self.save_button)
        column.addLayout(row)
        self.tree.itemActivated.connect(lambda item, _: self._choose(item))
        self.begin_button.clicked.connect(lambda: self._choose(self.tree.currentItem()))
        self.tree.currentItemChanged.connect(lambda *_: self._update_button())

    def show_lessons(
        self, lessons: Sequence[Lesson], messages: Sequence[str], progress: dict[str, LessonProgress]
    ) -> None:
        """Show lessons, which are in the order of their courses; select the first that is not done."""
        self.tree.clear()
        first_open: QTreeWidgetItem | None = None
        for course, title in COURSES.items():
            members = [lesson for lesson in lessons if lesson.course == course]
            if not members:
                continue
            heading = QTreeWidgetItem([tr(title)])
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = heading.font(0)
            font.setBold(True)
            heading.setFont(0, font)
            self.tree.addTopLevelItem(heading)
            for number, lesson in enumerate(members, 1):
                item = _lesson_item(number, lesson, progress.get(lesson.name, LessonProgress()))
                heading.addChild(item)
                if first_open is None and not is_done(lesson, progress):
                    first_open = item
        self.tree.expandAll()
        done = sum(is_done(lesson, progress) for lesson in lessons)
        self.progress_label.setText(tr("{done} of {all} lessons done", done=done, all=len(lessons)))
        self.message_label.show_message("\n".join(messages))
        self.tree.setCurrentItem(first_open)
        self._update_button()

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        lesson = item.data(0, LESSON_ROLE) if item is not None else None
        if lesson is not None:
            self.chosen.emit(lesson)

    def _update_button(self) -> None:
        item = self.tree.currentItem()
        self.begin_button.setEnabled(item is not None and item.data(0, LESSON_ROLE) is not None)


def is_done(lesson: Lesson, progress: dict[str, LessonProgress]) -> bool:
    """Return whether the task of a lesson was solved or, without a task, its question answered."""
    done = progress.get(lesson.name, LessonProgress())
    return done.solved if lesson.task is not None else done.answered


def _lesson_item(number: int, lesson: Lesson, done: LessonProgress) -> QTreeWidgetItem:
    is_complete = is_done(lesson, {lesson.name: done})
    mark, state = (
        ("✓", tr("done")) if is_complete else ("◐", tr("question answered")) if done.answered else ("", tr("not done"))
    )
    title = f"{number}. {tr(lesson.title)}"
    item = QTreeWidgetItem([f"{title}  {mark}".rstrip()])
    item.setData(0, LESSON_ROLE, lesson)
    item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{title}, {state}")
    item.setToolTip(0, f"{tr(lesson.title)}: {state}")
    return item
