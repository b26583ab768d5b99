"""MainWindow: puts views and panels together and passes signals on. No logic of the race lives here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QCloseEvent, QShowEvent
from PyQt6.QtWidgets import QApplication, QMainWindow

from app.gui.dialogs.error_reporter import Reporter
from app.gui.dialogs.message_boxes import show_sentence
from app.gui.help.help_window import refresh_help
from app.gui.panels.playback_bar import Transport
from app.gui.panels.results.readout_table import Results
from app.gui.panels.results.results_tabs import Foot
from app.gui.panels.run_status_line import Doing
from app.gui.panels.setup.side_panel import SidePanel
from app.gui.panels.timeline import TimeBar
from app.gui.widgets.shortcut_override import OwnKeys
from app.gui.window.actions import view_actions
from app.gui.window.appearance import Dress
from app.gui.window.dock_layout import Layout
from app.gui.window.document_controller import Documents
from app.gui.window.export_controller import Exporting
from app.gui.window.focus_navigation import to_control
from app.gui.window.menus import Commands
from app.gui.window.panel_builder import furnish, refurnish
from app.gui.window.presentation_mode import Presentation
from app.gui.window.reduced_motion import Calm
from app.gui.window.view_area import Stage
from app.gui.window.window_state import options, recall, remember
from app.model.experiment import Experiment
from app.session.session import Session
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.validation import ExperimentError

SHOWN_AT_FIRST = 60  # steps of the first race that are there when the window opens
TEXT_PAUSE = 100  # milliseconds between two writings of figures: faster cannot be read
SPEAKING = 6_000  # milliseconds a word stays at the foot of the window


class MainWindow(QMainWindow):
    """The shell stands at once; ``populate`` adds the canvases, which bring matplotlib, in the first idle moment."""

    side: SidePanel
    foot: Foot
    results: Results
    transport: Transport
    time: TimeBar
    doing: Doing

    def __init__(self, experiment: Experiment | None = None, source: Path | None = None) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click beside the controls takes the focus from a field
        self.settings = Settings()
        self.reporter = Reporter(self)
        self.session = Session(experiment) if experiment else Session()
        if experiment is None:
            self.session.advance(SHOWN_AT_FIRST)
        self.files, self.exporting = Documents(self, source), Exporting(self)
        self.options = options(self.settings)
        self.dress = Dress(self)
        self.own_keys = OwnKeys(self)
        self.app = QApplication.instance()
        assert isinstance(self.app, QApplication)
        self.app.installEventFilter(self.own_keys)
        self.layout_ = Layout(self, self.settings, self.toggle)
        self.calm = Calm(self)
        self.stage = Stage(self.session, self.layout_, self.options)
        self.commands = Commands(self)
        furnish(self)
        self.presentation = Presentation(self)
        self.writing = QTimer(self, singleShot=True, interval=TEXT_PAUSE)
        self.writing.timeout.connect(self._write)
        self._connect()
        recall(self)
        self._write()

    # The views

    @property
    def canvases(self) -> dict[str, Any]:
        """The canvases by view id; none until the shell has been shown."""
        return self.stage.canvases

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self.populate)

    def populate(self) -> None:
        """Make the canvases, and the menu's rows that belong to them."""
        if not self.canvases:
            self.stage.chosen = lambda: self.side.runs.row
            self.stage.build(
                self.theme,
                self.reporter.caught,
                lambda place: self.commands.menus["View/Loss View"].exec(place),
                self.commands.refresh,
            )
            self.commands.add(view_actions(), before="side")
            self.show_all()
            self._settle()

    def _settle(self) -> None:
        """The read-out has its width, and so knows its height."""
        self.layout_.settle(self.foot.fitting())

    def scene(self) -> Any:
        """What the views are to show now."""
        return self.stage.scene(self.theme)

    # What happens

    def _connect(self) -> None:
        session = self.session
        session.raced.connect(self._raced)
        session.turned.connect(self.show_all)
        session.moved.connect(self._moved)
        session.grown.connect(self._grown)
        session.ended.connect(self.say)
        self.files.origins.changed.connect(self.entitle)
        session.clock.playing.connect(self._playing)

    def _raced(self) -> None:
        self.stage.show(self.theme)
        if self.session.store.holding:
            self._write_soon()
            return
        self.say("")
        self._write()
        self.layout_.make_room(self.foot.fitting())

    def show_all(self) -> None:
        self.stage.show(self.theme)
        self._write()

    def _moved(self, first: int, last: int) -> None:
        self.stage.advance(first, last)
        if not self.session.clock.running:
            self.say("")  # what was said of another step
        self._write_soon()

    def _write_soon(self) -> None:
        if not self.writing.isActive():
            self.writing.start()

    def _write(self) -> None:
        """Everything in words and figures."""
        self.foot.refresh()
        self.doing.refresh()
        self.transport.refresh()
        self.time.refresh()
        self.side.refresh()
        self.commands.refresh()
        self.presentation.refresh()
        refresh_help(self)
        if not self.session.clock.running:
            self.stage.describe()
        self.entitle()

    def entitle(self) -> None:
        """What is shown, and whether anything of it is not saved."""
        path = self.files.origins.path
        self.setWindowTitle(f"{self.files.name.replace('[*]', '[*][*]')}[*] – Thalweg")  # a doubled mark is none
        self.setWindowFilePath(str(path) if path else "")
        self.setWindowModified(self.files.origins.modified)

    def _grown(self) -> None:
        self.stage.refresh_ground(sparingly=self.session.clock.running)

    def choose(self) -> None:
        """Another run is the chosen one: it stands out in every view."""
        self.commands.refresh()
        refresh_help(self)
        self.stage.show(self.theme)
        self._write_soon()

    def _playing(self, running: bool) -> None:
        self.commands.dress()
        if running:
            self.say("")
        else:
            self.stage.refresh_ground()
        self._write_soon()

    def attempt(self, what: Callable[[], Any]) -> Any:
        """Do what a person asked for; if it cannot be done, say so in one sentence and stay as things were: the answer is None."""
        try:
            return what()
        except ExperimentError as error:
            self.complain(str(error))
            return None
        finally:
            self.commands.refresh()

    def complain(self, words: str) -> None:
        """Say in a box what cannot be done."""
        show_sentence(self, words[0].upper() + words[1:] + ".")

    def say(self, words: str) -> None:
        """A short word at the foot of the window."""
        bar = self.statusBar()
        assert bar is not None
        if words:
            bar.showMessage(words, SPEAKING)
        else:
            bar.clearMessage()

    def go_flat_out(self) -> None:
        """As fast as the pictures can be drawn, or again at the speed that is set."""
        self.session.clock.unlimited = not self.session.clock.unlimited
        self._write()

    def scrub(self, on: bool) -> None:
        """The time line is dragged, or was let go."""
        if on:
            self.session.clock.pause()
        self.stage.scrub(on)

    def set_speed(self, factor: float) -> None:
        self.session.clock.set_speed(self.session.clock.speed * factor)
        self.transport.speed.show_value(round(self.session.clock.speed, 3))

    # Looks

    @property
    def theme(self) -> Theme:
        return self.dress.theme

    @property
    def theme_choice(self) -> str:
        return self.dress.theme_choice

    @property
    def language_choice(self) -> str:
        return self.dress.language_choice

    def set_theme(self, choice: str) -> None:
        self.dress.set_theme(choice)

    def set_language(self, choice: str) -> None:
        self.dress.set_language(choice)

    def refurnish(self) -> None:
        """New panels, in other colors or another language; what is chosen in them stays."""
        refurnish(self)
        self.show_all()

    def reset_layout(self) -> None:
        """Everything where it is at first."""
        self.presentation.leave()
        self.layout_.reset(self.foot.fitting())
        self.stage.show(self.theme)
        QTimer.singleShot(0, self._settle)

    def toggle_option(self, name: str) -> None:
        """Switch one of OPTIONS."""
        self.options[name] = not self.options[name]
        self.stage.show(self.theme)

    def toggle(self, name: str) -> None:
        """Show or hide a view or a panel."""
        self.layout_.toggle(name)
        self.stage.show(self.theme)
        self.commands.refresh()

    def focusNextPrevChild(self, forward: bool) -> bool:
        return to_control(self, forward)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        if not self.attempt(self.files.may_leave):
            if event is not None:
                event.ignore()
            return
        self.session.rest()
        self.exporting.cancel()
        self.side.fair.tuner.cancel()
        self.writing.stop()
        self.say("")
        geometry = self.presentation.geometry if self.presentation.on else self.saveGeometry()
        self.presentation.leave()
        remember(self, geometry)
        super().closeEvent(event)
