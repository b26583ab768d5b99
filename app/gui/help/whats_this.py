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

from app.gui.help.action_labels import action_name, shortcut_texts
from app.gui.help.action_texts import ACTION_DESCRIPTIONS
from app.gui.help.control_texts import CONTROL_DESCRIPTIONS
from app.gui.help.view_texts import MOUSE_GESTURES, VIEW_ACTION_PREFIXES, VIEW_DESCRIPTIONS
from app.gui.widgets.mnemonics import strip_mnemonic
from app.gui.widgets.slider_field import SliderField
from app.gui.widgets.switch_field import SwitchField
from app.utils.i18n import gettext_noop, tr

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

WHATS_THIS_EVENTS = (QEvent.Type.WhatsThis, QEvent.Type.QueryWhatsThis)
# How each kind of control is used; the first that fits.
USAGE_TEXTS: tuple[tuple[type[QWidget], str], ...] = (
    (QSlider, "Drag it, or use the arrow keys; the field beside it takes any number that is allowed."),
    (QAbstractSpinBox, "Type a number, or use the arrow keys."),
    (QLineEdit, "Type a number and press Enter; Escape puts back what was there."),
    (QComboBox, "Space or Down opens the list."),
    (QCheckBox, "Click it, or press Space, to switch it on or off."),
    (QAbstractButton, "Click it, or press Space."),
    (QTabBar, "Click a page, or choose one with the arrow keys."),
    (QAbstractItemView, "The arrow keys choose a row."),
)


class WhatsThisFilter(QObject):
    """A filter for the whole application, for as long as somebody is asking: it answers for every window and dialog."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window

    def start(self) -> None:
        """Begin to ask: the pointer shows it, and what is clicked is explained instead of used."""
        self.window.application.installEventFilter(self)
        QWhatsThis.enterWhatsThisMode()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.LeaveWhatsThisMode:
            self.window.application.removeEventFilter(self)
            self.window.show_message("")  # how to ask need not be said any more
            self.deleteLater()
        if (
            not isinstance(event, QHelpEvent)
            or event.type() not in WHATS_THIS_EVENTS
            or not isinstance(watched, QWidget)
        ):
            return False
        html = self.help_html(watched, event.pos())
        if html and event.type() == QEvent.Type.WhatsThis:
            QWhatsThis.showText(event.globalPos(), html, watched)
        event.setAccepted(bool(html))
        return bool(html)

    def help_html(self, widget: QWidget, position: QPoint | None = None) -> str:
        """What a widget is, as HTML: of the first that has an answer, from it upwards to its window; empty where none has."""
        current: QWidget | None = widget
        while current is not None:
            html = current.whatsThis() or self._widget_html(current, position if current is widget else None)
            if html:
                return html
            current = None if current.isWindow() else current.parentWidget()
        return ""

    def _widget_html(self, widget: QWidget, position: QPoint | None) -> str:
        action = action_at(widget, position)
        if action is not None:
            return self._action_html(action)
        if widget.objectName() in VIEW_DESCRIPTIONS and widget in self.window.canvases.values():
            return self._canvas_html(widget.objectName(), widget.accessibleName())
        if isinstance(widget, QDockWidget):
            name = widget.objectName().removeprefix("dock_")
            actions = self.window.action_registry.actions
            return self._action_html(actions[name if name in actions else f"view_{name}"][1])
        return control_html(widget, position)

    def _action_html(self, action: QAction) -> str:
        """Its name, its keys and what it does."""
        menu = action.menu()
        if menu is not None:
            return format_with_resolution(
                action_name(action),
                tr(
                    "A menu with the commands: {names}.",
                    names=", ".join(action_name(each) for each in menu.actions() if each.text()),
                ),
            )
        name, keys, action_id = action_name(action), " / ".join(shortcut_texts(action)), action.objectName()
        description = ACTION_DESCRIPTIONS.get(action_id) or VIEW_DESCRIPTIONS.get(action_id.removeprefix("view_"), "")
        if not description:
            description = (
                gettext_noop("Switches “{name}” on or off.")
                if action.isCheckable()
                else gettext_noop("Does what it is called: {name}.")
            )
        return format_with_resolution(f"{name} ({keys})" if keys else name, tr(description, name=name))

    def _canvas_html(self, view_id: str, name: str) -> str:
        """What it shows, and what mouse and keys do there."""
        rows = [(tr(gesture), tr(effect)) for gesture, effect in MOUSE_GESTURES[view_id]]
        rows += [
            (" / ".join(shortcut_texts(action)), action_name(action))
            for row, action in self.window.action_registry.actions.values()
            if row.shortcuts and row.id.startswith(VIEW_ACTION_PREFIXES[view_id])
        ]
        table = "".join(
            f"<tr><td style='padding-right: 12px'><b>{escape(trigger)}</b></td><td>{escape(what)}</td></tr>"
            for trigger, what in rows
        )
        return format_with_resolution(name, tr(VIEW_DESCRIPTIONS[view_id])) + f"<table>{table}</table>"


def action_at(widget: QWidget, position: QPoint | None) -> QAction | None:
    """The command that a widget, or a place of a menu, stands for."""
    if isinstance(widget, QMenu | QMenuBar):
        return widget.actionAt(position) if position is not None else None
    return widget.defaultAction() if isinstance(widget, QToolButton) else None


def control_html(widget: QWidget, position: QPoint | None) -> str:
    """A control that is no command: its name, what is known of it, and how controls of its kind are used."""
    description, hyperparameter_text = _control_description(widget), _hyperparameter_tooltip(widget)
    name, tooltip, usage = (
        _control_name(widget),
        description or hyperparameter_text or _tooltip_at(widget, position),
        "",
    )
    if not (name or tooltip):
        return ""
    if not description:
        usage = next((tr(text) for kind, text in USAGE_TEXTS if isinstance(widget, kind)), "")
    sentences = [each for each in (tooltip, usage) if each]
    return format_with_resolution(name, *sentences) if sentences else ""


def format_with_resolution(name: str, *sentences: str) -> str:
    """A name in bold, and sentences below it; those that are HTML already stay so."""
    head = f"<p><b>{escape(name)}</b></p>" if name else ""
    return head + "".join(f"<p>{each if Qt.mightBeRichText(each) else escape(each)}</p>" for each in sentences)


def _control_name(widget: QWidget) -> str:
    name = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
    name = strip_mnemonic(name)
    return name[:1].upper() + name[1:]


def _tooltip_at(widget: QWidget, position: QPoint | None) -> str:
    """Its tool tip, or that of the heading, tab or row at a place."""
    if isinstance(widget, QTabBar):
        index = widget.tabAt(position) if position is not None else -1
        return tr("Shows the page “{name}”.", name=widget.tabText(index if index >= 0 else widget.currentIndex()))
    if isinstance(widget, QHeaderView) and position is not None:
        model = widget.model()
        tooltip = (
            model.headerData(widget.logicalIndexAt(position), widget.orientation(), Qt.ItemDataRole.ToolTipRole)
            if model
            else None
        )
        return str(tooltip or "")
    return widget.toolTip()


def _control_description(widget: QWidget) -> str:
    """What is written in CONTROLS, by the class that holds a control and the name it has there."""
    parent = widget.parentWidget()
    while parent is not None:
        for name, text in CONTROL_DESCRIPTIONS.get(type(parent).__name__, {}).items():
            member = getattr(parent, name)
            if (
                widget is member
                or (isinstance(member, list) and widget in member)
                or (isinstance(member, SliderField) and widget in (member.slider, member.number_field, member.label))
            ):
                return tr(text)
        parent = parent.parentWidget()
    return ""


def _hyperparameter_tooltip(widget: QWidget) -> str:
    """What may be set, for what turns a declared hyperparameter."""
    parent = widget.parentWidget()
    for field in (
        parent.findChildren(QObject, options=Qt.FindChildOption.FindDirectChildrenOnly) if parent is not None else ()
    ):
        if isinstance(field, SliderField) and widget in (field.slider, field.number_field, field.label):
            return field.label.toolTip()
        if isinstance(field, SwitchField) and widget is field.check_box:
            return field.check_box.toolTip()
    return ""


def start_whats_this(window: MainWindow) -> None:
    """Explain what is clicked next; asked again meanwhile, explain what has the focus, for who has no mouse."""
    if (
        QApplication.mouseButtons() != Qt.MouseButton.NoButton
    ):  # whatever is dragged would never hear that it was let go
        return
    whats_this_filter = WhatsThisFilter(window)
    if not QWhatsThis.inWhatsThisMode():
        whats_this_filter.start()
        window.show_message(
            tr("Click what you want explained. Shift+F1 again explains what has the focus, Escape leaves.")
        )
        return
    QWhatsThis.leaveWhatsThisMode()
    window.show_message("")
    focus = QApplication.focusWidget()
    html = whats_this_filter.help_html(focus) if focus is not None else ""
    if html:
        QWhatsThis.showText(focus.mapToGlobal(focus.rect().center()), html, focus)
    whats_this_filter.deleteLater()
