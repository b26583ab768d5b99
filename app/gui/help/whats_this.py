"""What's This: an answer for every control, made when it is asked for from what the control says of itself."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt
from PyQt6.QtGui import QAction, QHelpEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDockWidget,
    QHeaderView,
    QLineEdit,
    QMenu,
    QMenuBar,
    QSlider,
    QTabBar,
    QToolButton,
    QWhatsThis,
    QWidget,
)

from app.gui.help.action_labels import keys_of, name_of
from app.gui.help.action_texts import DOES
from app.gui.help.control_texts import CONTROLS
from app.gui.help.view_texts import KEYS, MOUSE, SHOWN
from app.gui.widgets.mnemonics import plain
from app.gui.widgets.slider_field import Knob
from app.gui.widgets.switch_field import Switch
from app.utils.i18n import mark, tr

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

ASKING = (QEvent.Type.WhatsThis, QEvent.Type.QueryWhatsThis)
# How each kind of control is used; the first that fits.
USED: tuple[tuple[type[QWidget], str], ...] = (
    (QSlider, "Drag it, or use the arrow keys; the field beside it takes any number that is allowed."),
    (QAbstractSpinBox, "Type a number, or use the arrow keys."),
    (QLineEdit, "Type a number and press Enter; Escape puts back what was there."),
    (QComboBox, "Space or Down opens the list."),
    (QCheckBox, "Click it, or press Space, to switch it on or off."),
    (QAbstractButton, "Click it, or press Space."),
    (QTabBar, "Click a page, or choose one with the arrow keys."),
    (QAbstractItemView, "The arrow keys choose a row."),
)


class Answers(QObject):
    """A filter for the whole application, for as long as somebody is asking: it answers for every window and dialog."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window

    def listen(self) -> None:
        """Begin to ask: the pointer shows it, and what is clicked is explained instead of used."""
        self.window.app.installEventFilter(self)
        QWhatsThis.enterWhatsThisMode()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.LeaveWhatsThisMode:
            self.window.app.removeEventFilter(self)
            self.window.say("")  # how to ask need not be said any more
            self.deleteLater()
        if not isinstance(event, QHelpEvent) or event.type() not in ASKING or not isinstance(watched, QWidget):
            return False
        words = self.answer(watched, event.pos())
        if words and event.type() == QEvent.Type.WhatsThis:
            QWhatsThis.showText(event.globalPos(), words, watched)
        event.setAccepted(bool(words))
        return bool(words)

    def answer(self, widget: QWidget, place: QPoint | None = None) -> str:
        """What a widget is, as HTML: of the first that has an answer, from it upwards to its window; empty where none has."""
        asked: QWidget | None = widget
        while asked is not None:
            words = asked.whatsThis() or self._of(asked, place if asked is widget else None)
            if words:
                return words
            asked = None if asked.isWindow() else asked.parentWidget()
        return ""

    def _of(self, widget: QWidget, place: QPoint | None) -> str:
        action = action_at(widget, place)
        if action is not None:
            return self._command(action)
        if widget.objectName() in SHOWN and widget in self.window.canvases.values():
            return self._canvas(widget.objectName(), widget.accessibleName())
        if isinstance(widget, QDockWidget):
            name = widget.objectName().removeprefix("dock_")
            known = self.window.commands.actions
            return self._command(known[name if name in known else f"view_{name}"][1])
        return control(widget, place)

    def _command(self, action: QAction) -> str:
        """Its name, its keys and what it does."""
        menu = action.menu()
        if menu is not None:
            return told(
                name_of(action),
                tr(
                    "A menu with the commands: {names}.",
                    names=", ".join(name_of(each) for each in menu.actions() if each.text()),
                ),
            )
        name, keys, known = name_of(action), " / ".join(keys_of(action)), action.objectName()
        does = DOES.get(known) or SHOWN.get(known.removeprefix("view_"), "")
        if not does:
            does = (
                mark("Switches “{name}” on or off.")
                if action.isCheckable()
                else mark("Does what it is called: {name}.")
            )
        return told(f"{name} ({keys})" if keys else name, tr(does, name=name))

    def _canvas(self, view: str, name: str) -> str:
        """What it shows, and what mouse and keys do there."""
        rows = [(tr(gesture), tr(what)) for gesture, what in MOUSE[view]]
        rows += [
            (" / ".join(keys_of(action)), name_of(action))
            for row, action in self.window.commands.actions.values()
            if row.shortcuts and row.id.startswith(KEYS[view])
        ]
        table = "".join(
            f"<tr><td style='padding-right: 12px'><b>{escape(how)}</b></td><td>{escape(what)}</td></tr>"
            for how, what in rows
        )
        return told(name, tr(SHOWN[view])) + f"<table>{table}</table>"


def action_at(widget: QWidget, place: QPoint | None) -> QAction | None:
    """The command that a widget, or a place of a menu, stands for."""
    if isinstance(widget, QMenu | QMenuBar):
        return widget.actionAt(place) if place is not None else None
    return widget.defaultAction() if isinstance(widget, QToolButton) else None


def control(widget: QWidget, place: QPoint | None) -> str:
    """A control that is no command: its name, what is known of it, and how controls of its kind are used."""
    known, declared = _known(widget), _declared(widget)
    name, tip, used = _name(widget), known or declared or _tip(widget, place), ""
    if not (name or tip):
        return ""
    if not known:
        used = next((tr(words) for kind, words in USED if isinstance(widget, kind)), "")
    sentences = [each for each in (tip, used) if each]
    return told(name, *sentences) if sentences else ""


def told(name: str, *sentences: str) -> str:
    """A name in bold, and sentences below it; those that are HTML already stay so."""
    head = f"<p><b>{escape(name)}</b></p>" if name else ""
    return head + "".join(f"<p>{each if Qt.mightBeRichText(each) else escape(each)}</p>" for each in sentences)


def _name(widget: QWidget) -> str:
    words = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
    words = plain(words)
    return words[:1].upper() + words[1:]


def _tip(widget: QWidget, place: QPoint | None) -> str:
    """Its tool tip, or that of the heading, tab or row at a place."""
    if isinstance(widget, QTabBar):
        at = widget.tabAt(place) if place is not None else -1
        return tr("Shows the page “{name}”.", name=widget.tabText(at if at >= 0 else widget.currentIndex()))
    if isinstance(widget, QHeaderView) and place is not None:
        model = widget.model()
        words = (
            model.headerData(widget.logicalIndexAt(place), widget.orientation(), Qt.ItemDataRole.ToolTipRole)
            if model
            else None
        )
        return str(words or "")
    return widget.toolTip()


def _known(widget: QWidget) -> str:
    """What is written in CONTROLS, by the class that holds a control and the name it has there."""
    holder = widget.parentWidget()
    while holder is not None:
        for name, words in CONTROLS.get(type(holder).__name__, {}).items():
            held = getattr(holder, name)
            if (
                widget is held
                or (isinstance(held, list) and widget in held)
                or (isinstance(held, Knob) and widget in (held.slider, held.field, held.label))
            ):
                return tr(words)
        holder = holder.parentWidget()
    return ""


def _declared(widget: QWidget) -> str:
    """What may be set, for what turns a declared hyperparameter."""
    holder = widget.parentWidget()
    for knob in (
        holder.findChildren(QObject, options=Qt.FindChildOption.FindDirectChildrenOnly) if holder is not None else ()
    ):
        if isinstance(knob, Knob) and widget in (knob.slider, knob.field, knob.label):
            return knob.label.toolTip()
        if isinstance(knob, Switch) and widget is knob.box:
            return knob.box.toolTip()
    return ""


def ask_what_this_is(window: MainWindow) -> None:
    """Explain what is clicked next; asked again meanwhile, explain what has the focus, for who has no mouse."""
    if (
        QApplication.mouseButtons() != Qt.MouseButton.NoButton
    ):  # whatever is dragged would never hear that it was let go
        return
    answers = Answers(window)
    if not QWhatsThis.inWhatsThisMode():
        answers.listen()
        window.say(tr("Click what you want explained. Shift+F1 again explains what has the focus, Escape leaves."))
        return
    QWhatsThis.leaveWhatsThisMode()
    window.say("")
    focus = QApplication.focusWidget()
    words = answers.answer(focus) if focus is not None else ""
    if words:
        QWhatsThis.showText(focus.mapToGlobal(focus.rect().center()), words, focus)
    answers.deleteLater()
