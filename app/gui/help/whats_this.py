"""What's This: explains the widget that is clicked.

The explanation of a widget is its ``whatsThis()``, or else its tool tip and how to use controls of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from PyQt6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
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
    QMenu,
    QMenuBar,
    QSlider,
    QTabBar,
    QToolButton,
    QWhatsThis,
    QWidget,
)

from app.gui.help.action_labels import action_name, shortcut_texts
from app.gui.help.view_texts import MOUSE_GESTURES, VIEW_ACTION_PREFIXES, VIEW_DESCRIPTIONS
from app.gui.widgets.number_field import NumberField
from app.utils.i18n import strip_mnemonic, tr

WHATS_THIS_EVENTS = (QEvent.Type.WhatsThis, QEvent.Type.QueryWhatsThis)
# How to use each kind of control; the first type that matches counts.
USAGE_TEXTS: tuple[tuple[type[QWidget], str], ...] = (
    (QSlider, "Drag the slider or use the arrow keys. The field next to it accepts any allowed value."),
    (NumberField, "Type a number and press Enter, or press Esc to restore the previous value."),
    (QAbstractSpinBox, "Type a number, or use the arrow keys."),
    (QComboBox, "Press Space or the Down arrow key to open the list."),
    (QCheckBox, "Click, or press Space, to turn it on or off."),
    (QAbstractButton, "Click, or press the Space key."),
    (QTabBar, "Click a tab, or use the arrow keys."),
    (QAbstractItemView, "Use the arrow keys to select a row."),
)


class WhatsThisFilter(QObject):
    """An event filter of the application that explains widgets in all windows while What's This mode is active.

    The actions of ``window`` are the commands, ``canvases`` are by view id, and ``notify`` shows a message in the
    status bar.
    """

    def __init__(self, window: QWidget, canvases: Mapping[str, QWidget], notify: Callable[[str], None]) -> None:
        super().__init__(window)
        self.window, self.canvases, self.notify = window, canvases, notify

    def start(self) -> None:
        """Enter What's This mode: the next click explains a widget instead of using it."""
        application().installEventFilter(self)
        QWhatsThis.enterWhatsThisMode()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Answer the help events of What's This mode, and uninstall the filter when the mode ends."""
        if event is not None and event.type() == QEvent.Type.LeaveWhatsThisMode:
            application().removeEventFilter(self)
            self.notify("")  # clear the instructions
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
        """Return the explanation of a widget, or of its nearest ancestor in the window that has one, as HTML."""
        current: QWidget | None = widget
        while current is not None:
            html = self._widget_html(current, position if current is widget else None)
            if html:
                return html
            current = None if current.isWindow() else current.parentWidget()
        return ""

    def _widget_html(self, widget: QWidget, position: QPoint | None) -> str:
        action = action_at(widget, position)
        if action is not None:
            return action.whatsThis() or explain_action(action)
        if widget in self.canvases.values():
            return self._canvas_html(widget.objectName(), widget.accessibleName())
        if isinstance(widget, QDockWidget):
            name = widget.objectName().removeprefix("dock_")
            ids = (name, f"view_{name}")
            return next(action.whatsThis() for action in self.window.actions() if action.objectName() in ids)
        return control_html(widget, position)

    def _canvas_html(self, view_id: str, name: str) -> str:
        """Return what a view shows, and what the mouse and the shortcuts do there."""
        rows = [(tr(gesture), tr(effect)) for gesture, effect in MOUSE_GESTURES[view_id]]
        rows += [
            (" / ".join(shortcut_texts(action)), action_name(action))
            for action in self.window.actions()
            if action.shortcuts() and action.objectName().startswith(VIEW_ACTION_PREFIXES[view_id])
        ]
        table = "".join(
            f"<tr><td style='padding-right: 12px'><b>{escape(trigger)}</b></td><td>{escape(what)}</td></tr>"
            for trigger, what in rows
        )
        return format_explanation(name, tr(VIEW_DESCRIPTIONS[view_id])) + f"<table>{table}</table>"


def action_at(widget: QWidget, position: QPoint | None) -> QAction | None:
    """Return the action of a tool button, or the one at a position of a menu."""
    if isinstance(widget, QMenu | QMenuBar):
        return widget.actionAt(position) if position is not None else None
    return widget.defaultAction() if isinstance(widget, QToolButton) else None


def explain_action(action: QAction, effect: str = "") -> str:
    """Return the name of an action, its shortcuts and its effect, or the commands of its menu, as HTML."""
    name, keys, menu = action_name(action), " / ".join(shortcut_texts(action)), action.menu()
    if menu is not None:
        names = ", ".join(action_name(each) for each in menu.actions() if each.text())
        effect = tr("Opens a menu with these commands: {names}.", names=names)
    elif not effect and action.isCheckable():
        effect = tr("Turns “{name}” on or off.", name=name)
    elif not effect:
        effect = tr("Runs the command {name}.", name=name)
    return format_explanation(f"{name} ({keys})" if keys else name, effect)


def control_html(widget: QWidget, position: QPoint | None) -> str:
    """Return the name and explanation of a control.

    How to use controls of its kind is added to a phrase, as tool tips are; sentences say that themselves.
    """
    name, text = _control_name(widget), widget.whatsThis() or _tooltip_at(widget, position)
    usage = "" if widget.whatsThis().endswith(".") else _usage_text(widget)
    sentences = [each for each in (text, usage) if each]
    return format_explanation(name, *sentences) if sentences and (name or text) else ""


def format_explanation(name: str, *sentences: str) -> str:
    """Return a name in bold with sentences below it; sentences that are HTML are not escaped."""
    head = f"<p><b>{escape(name)}</b></p>" if name else ""
    might_be_rich_text = Qt.mightBeRichText  # type: ignore[attr-defined]  # missing in the stubs of PyQt6
    return head + "".join(f"<p>{each if might_be_rich_text(each) else escape(each)}</p>" for each in sentences)


def _control_name(widget: QWidget) -> str:
    name = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
    name = strip_mnemonic(name)
    return name[:1].upper() + name[1:]


def _usage_text(widget: QWidget) -> str:
    return next((tr(text) for kind, text in USAGE_TEXTS if isinstance(widget, kind)), "")


def _tooltip_at(widget: QWidget, position: QPoint | None) -> str:
    """Return the tool tip of a widget, or of the tab or column heading at a position."""
    if isinstance(widget, QTabBar):
        index = widget.tabAt(position) if position is not None else -1
        return tr("Shows the “{name}” tab.", name=widget.tabText(index if index >= 0 else widget.currentIndex()))
    if isinstance(widget, QHeaderView) and position is not None:
        model = widget.model()
        tooltip = (
            model.headerData(widget.logicalIndexAt(position), widget.orientation(), Qt.ItemDataRole.ToolTipRole)
            if model
            else None
        )
        return str(tooltip or "")
    return widget.toolTip()


def application() -> QCoreApplication:
    """Return the running application."""
    instance = QApplication.instance()
    assert instance is not None
    return instance
