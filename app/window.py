"""MainWindow: puts views and panels together and passes signals on. No logic of the race lives here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PyQt6.QtGui import QAction, QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSplitter,
    QWidget,
)

from app import __version__, files, look
from app.actions import ACTIONS, MENUS, Action, view_actions
from app.documents import Documents
from app.errors import Reporter
from app.experiment import Experiment, ExperimentError
from app.panels.results import Results
from app.panels.side import SidePanel
from app.panels.transport import Transport
from app.session import Session
from app.settings import Settings
from app.theme import THEMES, Theme

SHOWN_AT_FIRST = 60  # steps of the first race that are there when the window opens
BAR = ("play", "start", "back", "step")
TEXT_PAUSE = 100  # milliseconds between two writings of figures: faster cannot be read


class OwnKeys(QObject):
    """Gives Space, arrows and Home back to the control that has the focus and uses them, before a shortcut takes them."""

    USED: tuple[tuple[type[QWidget], set[Qt.Key]], ...] = (
        (QAbstractButton, {Qt.Key.Key_Space}),
        (QAbstractSlider, {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End}),
        (QComboBox, {Qt.Key.Key_Space, Qt.Key.Key_Home, Qt.Key.Key_End}),
        (QAbstractItemView, {Qt.Key.Key_Space, Qt.Key.Key_Home, Qt.Key.Key_End}))

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            focus = QApplication.focusWidget()
            if any(isinstance(focus, kind) and event.key() in keys for kind, keys in self.USED):
                event.accept()
        return False


class MainWindow(QMainWindow):
    """The shell stands at once; ``populate`` adds the canvases, which bring matplotlib, in the first idle moment."""

    def __init__(self, experiment: Experiment | None = None) -> None:
        super().__init__()
        self.setWindowTitle("Thalweg")
        self.setObjectName("window")
        self.settings = Settings()
        self.reporter = Reporter(self)
        self.session = Session(experiment) if experiment else Session()
        if experiment is None:
            self.session.race.advance(SHOWN_AT_FIRST)
        self.session.clock.set_speed(self.settings.number("speed", 60.0))
        self.files = Documents(self)
        self.options: dict[str, Any] = {"equal": self.settings.flag("equal", False)}
        self.theme_choice = self.settings.text("theme", "system")
        self.canvases: dict[str, Any] = {}
        self.actions_by_id: dict[str, tuple[Action, QAction]] = {}
        self.wanted = {"relief": True, "loss": True, "fit": True, "contour": True}
        self.own_keys = OwnKeys(self)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self.own_keys)
        self.across, self.down, self.views, self.beside = (
            QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical),
            QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical))
        self._shell()
        self.writing = QTimer(self, singleShot=True, interval=TEXT_PAUSE)
        self.writing.timeout.connect(self._write)
        self._connect()
        self._restore()

    # The shell

    def _shell(self) -> None:
        self.theme = self._choose_theme()
        for name, splitter in (("across", self.across), ("down", self.down), ("views", self.views), ("beside", self.beside)):
            splitter.setObjectName(name)
            splitter.setHandleWidth(5)
            splitter.setChildrenCollapsible(False)
        self.waiting = QLabel("Drawing…", objectName="quiet", alignment=Qt.AlignmentFlag.AlignCenter)
        self.views.addWidget(self.waiting)
        self.down.addWidget(self.views)
        self.across.addWidget(self.down)
        self.setCentralWidget(self.across)
        self._furnish()
        for action in ACTIONS:
            self._add_action(action)
        self._fill_menus()
        self.transport.fill([self.actions_by_id[name][1] for name in BAR], self.actions_by_id["play"][1])
        self.across.setStretchFactor(0, 1)
        self.down.setStretchFactor(0, 1)
        self.statusBar()
        self._icons()
        screen = QGuiApplication.primaryScreen()
        room = screen.availableGeometry().size() if screen is not None else QSize(1280, 720)
        self.resize(min(1440, room.width() - 8), min(900, room.height() - 40))

    def _furnish(self) -> None:
        """Make the panels in the theme of now."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setPalette(look.palette(self.theme))
        app.setStyleSheet(look.sheet(self.theme))
        self.side = SidePanel(self.session, self.theme)
        self.results = Results(self.session, self.theme)
        self.transport = Transport(self.session, self.theme)
        self.addToolBar(self.transport)
        self.across.addWidget(self.side)
        self.down.addWidget(self.results)
        self.side.runs.chosen.connect(self._refresh_actions)

    def _add_action(self, row: Action) -> None:
        action = QAction(row.text, self)
        action.setObjectName(row.id)
        action.setShortcuts([QKeySequence(keys) for keys in row.shortcuts])
        action.setCheckable(row.checked is not None)
        action.triggered.connect(lambda: self.attempt(lambda: row.run(self)))
        self.addAction(action)
        self.actions_by_id[row.id] = (row, action)

    def _fill_menus(self) -> None:
        """The menu bar, made from the rows of ACTIONS, and the examples under File."""
        bar = self.menuBar()
        assert bar is not None
        bar.clear()
        menus: dict[str, QMenu] = {}
        for name in MENUS:
            menu = bar.addMenu(f"&{name}")
            assert menu is not None
            menus[name] = menu
        for row, action in self.actions_by_id.values():
            top, _, sub = row.menu.partition("/")
            if row.menu not in menus:
                fresh = menus[top].addMenu(sub)
                assert fresh is not None
                menus[row.menu] = fresh
            if row.gap:
                menus[row.menu].addSeparator()
            menus[row.menu].addAction(action)
            if row.id == "open":
                examples = menus[top].addMenu("E&xamples")
                assert examples is not None
                for title, path in files.examples().values():
                    example = examples.addAction(title)
                    assert example is not None
                    example.triggered.connect(lambda _, path=path: self.attempt(lambda: self.session.open(files.load(path))))
        self.loss_menu = menus["View/Loss View"]
        bar_tip = self.actions_by_id["play"][1]
        bar_tip.setToolTip("Play or pause (Space)")

    def _icons(self) -> None:
        for row, action in self.actions_by_id.values():
            if row.icon:
                primary = row.id == "play"
                name = "pause" if primary and self.session.clock.running else row.icon
                action.setIcon(look.icon(name, self.theme.on_accent if primary else self.theme.text))
                action.setToolTip(f"{action.text().replace('&', '')} ({row.shortcuts[0]})")

    # The views

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if not self.canvases:
            QTimer.singleShot(0, self.populate)

    def populate(self) -> None:
        """Make the canvases, and the menu's rows that belong to them."""
        from app.canvas import Canvas
        from app.gestures import StartGesture, TurnGesture
        from app.views import VIEWS

        if self.canvases:
            return
        for name, view in VIEWS.items():
            canvas = self.canvases[name] = Canvas(view)
            canvas.callbacks.exception_handler = self.reporter.caught
            (self.views if name == "contour" else self.beside).addWidget(canvas)
        self.waiting.hide()
        self.views.addWidget(self.beside)
        self.gestures = StartGesture(self.canvases["contour"], self.session), TurnGesture(self.canvases["relief"])
        loss = self.canvases["loss"]
        loss.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        loss.customContextMenuRequested.connect(lambda place: self.loss_menu.exec(loss.mapToGlobal(place)))
        for row in view_actions():
            self._add_action(row)
        self._fill_menus()
        self.views.setStretchFactor(0, 3)
        self.views.setStretchFactor(1, 2)
        room = self.views.width()
        if not self._restore_splitter(self.views):
            self.views.setSizes([0, int(room * 0.6), int(room * 0.4)])
        if not self._restore_splitter(self.beside):
            self.beside.setSizes([100, 100, 100])
        self._raced()
        self.canvases["contour"].setFocus()

    def scene(self) -> Any:
        """What the views are to show now."""
        from app.views import Scene

        return Scene(self.session.race, self.theme, self.session.box, dict(self.options))

    def _show_scene(self) -> None:
        if not self.canvases:
            return
        from app.views import VIEWS

        scene = self.scene()
        for name, canvas in self.canvases.items():
            canvas.setVisible(self.wanted[name] and VIEWS[name].applies(scene))
            canvas.show_scene(scene)
        self.beside.setVisible(any(not self.canvases[name].isHidden() for name in self.canvases if name != "contour"))

    def turn_relief(self, angles: tuple[float, float] | None) -> None:
        """Look at the relief from an azimuth and an elevation, or from where it stood first."""
        from app.views.camera import Camera

        self.gestures[1].look_from(Camera(*angles) if angles else Camera())

    # What happens

    def _connect(self) -> None:
        session = self.session
        session.raced.connect(self._raced)
        session.turned.connect(self._turned)
        session.moved.connect(self._moved)
        session.ended.connect(self.say)
        session.clock.playing.connect(self._playing)
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(lambda: self.set_theme(self.theme_choice))

    def _raced(self) -> None:
        self._show_scene()
        self._turned_text()

    def _turned(self) -> None:
        self._show_scene()
        self._turned_text()

    def _turned_text(self) -> None:
        self.side.refresh()
        self._write()

    def _moved(self, first: int, last: int) -> None:
        for canvas in self.canvases.values():
            canvas.advance(first, last)
        if not self.writing.isActive():
            self.writing.start()

    def _write(self) -> None:
        """Everything in words and figures."""
        self.results.refresh()
        self.transport.refresh()
        self.side.runs.refresh()
        self._refresh_actions()
        title = self.session.experiment.title or self.session.experiment.land.name
        self.setWindowTitle(f"{title} – Thalweg")

    def _playing(self, running: bool) -> None:
        action = self.actions_by_id["play"][1]
        action.setText("Pause" if running else "&Play")
        self._icons()
        if running:
            self.say("")
        else:
            self._describe()

    def _describe(self) -> None:
        """What a screen reader says of the canvases, renewed whenever the race rests."""
        experiment, race = self.session.experiment, self.session.race
        words = "; ".join(f"{label}: loss {track.losses[min(race.step, track.extent)]:.4g}"
                          for label, track in zip(experiment.labels, race.tracks, strict=True))
        for canvas in self.canvases.values():
            canvas.setAccessibleDescription(f"{experiment.land.name} at step {race.step}. {words}")

    def _refresh_actions(self) -> None:
        for row, action in self.actions_by_id.values():
            action.setEnabled(row.enabled(self))
            if row.checked is not None:
                action.setChecked(row.checked(self))

    def attempt(self, what: Callable[[], Any]) -> None:
        """Do what a person asked for; if it cannot be done, say so in one sentence and stay as things were."""
        try:
            what()
        except ExperimentError as error:
            words = str(error)
            box = QMessageBox(QMessageBox.Icon.Warning, "Thalweg", words[0].upper() + words[1:] + ".", parent=self)
            box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            box.open()
        self._refresh_actions()

    def say(self, words: str) -> None:
        """A short word at the foot of the window."""
        bar = self.statusBar()
        if bar is not None:
            bar.showMessage(words, 12_000)

    def set_speed(self, factor: float) -> None:
        self.session.clock.set_speed(self.session.clock.speed * factor)
        self.transport.speed.show_value(round(self.session.clock.speed, 3))

    # Looks and layout

    def _choose_theme(self) -> Theme:
        hints = QGuiApplication.styleHints()
        dark = hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark
        return THEMES.get(self.theme_choice) or THEMES["dark" if dark else "light"]

    def set_theme(self, choice: str) -> None:
        self.theme_choice = choice
        self.settings.keep("theme", choice)
        theme = self._choose_theme()
        if theme is self.theme:
            self._refresh_actions()
            return
        self.theme = theme
        row, shown = self.side.runs.row, {name: self.shows(name) for name in ("side", "results")}
        sizes = self.across.sizes(), self.down.sizes()
        for panel in (self.side, self.results, self.transport):
            panel.setParent(None)
            panel.deleteLater()
        self._furnish()
        self.transport.fill([self.actions_by_id[name][1] for name in BAR], self.actions_by_id["play"][1])
        self.across.setSizes(sizes[0])
        self.down.setSizes(sizes[1])
        self.side.setVisible(shown["side"])
        self.results.setVisible(shown["results"])
        self.side.runs.list.setCurrentRow(row)
        self._icons()
        self._raced()

    def toggle_equal(self) -> None:
        self.options["equal"] = not self.options["equal"]
        self._show_scene()

    def shows(self, name: str) -> bool:
        if name in self.wanted:
            return self.wanted[name]
        return not (self.side if name == "side" else self.results).isHidden()

    def toggle(self, name: str) -> None:
        """Show or hide a view or a panel."""
        if name in self.wanted:
            self.wanted[name] = not self.wanted[name]
            self._show_scene()
        else:
            panel: QWidget = self.side if name == "side" else self.results
            panel.setVisible(panel.isHidden())

    def _restore_splitter(self, splitter: QSplitter) -> bool:
        state = self.settings.state(f"layout/{splitter.objectName()}")
        return state is not None and splitter.restoreState(state)

    def _restore(self) -> None:
        geometry = self.settings.state("layout/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        for name in self.wanted:
            self.wanted[name] = self.settings.flag(f"show/{name}", True)
        self._restore_splitter(self.across)
        if not self._restore_splitter(self.down):
            self.down.setSizes([10_000, self.results.fitting()])
        self.side.setVisible(self.settings.flag("show/side", True))
        self.results.setVisible(self.settings.flag("show/results", True))
        self._write()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self.session.clock.pause()
        self.writing.stop()
        self.settings.keep("layout/geometry", self.saveGeometry())
        for splitter in (self.across, self.down, *((self.views, self.beside) if self.canvases else ())):
            self.settings.keep(f"layout/{splitter.objectName()}", splitter.saveState())
        for name in ("side", "results", *self.wanted):
            self.settings.keep(f"show/{name}", self.shows(name))
        self.settings.keep("speed", self.session.clock.speed)
        self.settings.keep("equal", self.options["equal"])
        super().closeEvent(event)

    # Help

    def show_shortcuts(self) -> None:
        rows = "".join(f"<tr><td style='padding: 2px 24px 2px 0'>{action.text().replace('&', '')}</td>"
                       f"<td><b>{' &nbsp;or&nbsp; '.join(row.shortcuts)}</b></td></tr>"
                       for row, action in self.actions_by_id.values() if row.shortcuts)
        more = ("<p>Click or drag in the contour to set the start. Drag the relief to turn it, use the wheel to zoom, "
                "double-click to put it back.</p>")
        self._inform("Keyboard Shortcuts", f"<table>{rows}</table>{more}")

    def show_about(self) -> None:
        self._inform("About Thalweg", f"<h3>Thalweg {__version__}</h3><p>Gradient-descent optimizers race down a loss surface.</p>"
                     "<p>Free software under the GNU General Public License, version 3 or later, without any warranty.</p>")

    def _inform(self, title: str, words: str) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, words, parent=self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
