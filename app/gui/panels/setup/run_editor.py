"""The chosen run: its optimizer, the convention it follows, its hyperparameters and what it is combined with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from app.gui.panels.setup.edit_scope import Since
from app.gui.panels.setup.hyperparameter_form import Knobs
from app.gui.panels.setup.replicas import Replicas
from app.gui.panels.setup.run_list import RunList
from app.gui.widgets import icons
from app.gui.widgets.help_button import help_button
from app.gui.widgets.picker import Picker
from app.gui.widgets.wheel_guard import quiet_wheel
from app.model.catalog import conventions, optimizer_entries
from app.model.experiment import Run
from app.model.hyperparameter_text import copied, defaults, pasted
from app.session.session import Session
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import tr
from optimizers import Optimizer, Part
from optimizers.frameworks import presets


def as_convention(rule: Optimizer) -> str:
    return rule.convention or tr("as published")


class MenuButton(QPushButton):
    """A button that opens a menu, which is filled when it opens."""

    def __init__(self, text: str, tip: str, fill: Callable[[QMenu], None]) -> None:
        super().__init__(text, toolTip=tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self, toolTipsVisible=True)
        menu.aboutToShow.connect(lambda: (menu.clear(), fill(menu)))
        self.setMenu(menu)


class RunEditor(QWidget):
    """Built from the optimizer's declaration; made anew for another run, another optimizer, or other parts.

    ``grown``: a part was added, whose knobs may lie below what is seen. ``offered`` are the commands of its context menu.
    """

    grown = pyqtSignal()

    def __init__(self, session: Session, runs: RunList, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.session, self.runs, self.theme = session, runs, theme
        self.picker = Picker("optimizer", optimizer_entries(), settings, theme)
        self.preset = MenuButton(tr("Preset"), tr("Set it as a framework sets it by default"), self._list_presets)
        self.help = help_button(tr("What this optimizer does"))
        self.note, self.source = (QLabel(objectName="quiet", wordWrap=True) for _ in range(2))
        self.named = QLabel(objectName="quiet", wordWrap=True)
        self.convention = QComboBox(accessibleName=tr("Convention"))
        self.convention.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.convention.setMinimumContentsLength(8)
        quiet_wheel(self.convention)
        self.body = Knobs(Run("sgd"), theme)
        self.add = MenuButton(tr("Add part"), tr("Combine it with weight decay, clipping, noise ..."), self._list_parts)
        self.since = Since(session)
        self.reset = QPushButton(
            tr("Reset all"),
            toolTip=tr("All hyperparameters back to their defaults"),
            icon=icons.icon("reset", theme.muted),
        )
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset.clicked.connect(self.reset_all)
        self.offered: Callable[[], list[QAction]] = list
        self.replicas = Replicas(theme)
        self.built = ""
        top, row, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.picker, 1)
        top.addWidget(self.preset)
        top.addWidget(self.help)
        row.addWidget(self.named, 1)
        row.addWidget(self.convention, 3)
        foot.addWidget(self.add)
        foot.addStretch(1)
        foot.addWidget(self.reset)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.addLayout(top)
        self.column.addWidget(self.since)
        self.column.addWidget(self.body)
        self.column.addWidget(self.replicas)
        self.column.addLayout(foot)
        self.column.addWidget(self.note)
        self.column.addLayout(row)
        self.column.addWidget(self.source)
        self.replicas.turned.connect(
            lambda count: self._change(lambda run: replace(run, replicas=count), f"{self.runs.row} replicas")
        )
        self.replicas.knob.seized.connect(session.store.hold)
        self.replicas.knob.let_go.connect(session.store.release)
        self.picker.chosen.connect(self._choose)
        self.convention.activated.connect(lambda _: self._race(self.convention.currentData()))
        runs.chosen.connect(self.refresh)
        self.refresh()

    @property
    def run(self) -> Run | None:
        """The chosen run as it is at the step that is shown."""
        row, runs = self.runs.row, self.session.seen.runs
        return runs[row] if 0 <= row < len(runs) else None

    @property
    def knobs(self) -> dict:
        """The knobs and switches by the names of what they turn."""
        return self.body.knobs

    @property
    def turned(self) -> bool:
        """Whether a hyperparameter of the chosen run is not at its default."""
        return self.run is not None and self.run.hyperparameters != defaults(self.run)

    def reset_all(self) -> None:
        """Every hyperparameter back to its default, as the buttons of the rows do one by one."""
        if self.run is not None:
            self._change(lambda run: replace(run, hyperparameters=defaults(run)))

    def copy(self) -> str:
        """Put the chosen run's hyperparameters on the clipboard; what was done, in words."""
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        assert self.run is not None
        clipboard.setText(copied(self.run))
        return tr("Copied the hyperparameters of {name}.", name=self.run.rule.name)

    def paste(self) -> str:
        """Set those that the clipboard holds; what was done, in words. ExperimentError for what cannot be understood."""
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        assert self.run is not None
        made, known, unknown = pasted(clipboard.text(), self.run)
        self._change(lambda run: made)
        if unknown:
            return tr(
                "Set {names}; {name} has no {others}.",
                names=", ".join(known),
                name=made.rule.name,
                others=", ".join(unknown),
            )
        return tr("Pasted the hyperparameters of {name}.", name=made.rule.name)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        actions = self.offered()
        if event is not None and actions:
            QMenu.exec(actions, event.globalPos(), None, self)

    def refresh(self) -> None:
        """Show the chosen run."""
        run = self.run
        self.setVisible(run is not None)
        if run is None:
            return
        wanted = " ".join([run.optimizer, str(self.runs.row), *(part.id for part in run.parts)])
        if wanted != self.built:
            self.built = wanted
            self._describe(run.rule)
            self._build(run)
        self.body.show_values(run)
        self.since.refresh()
        self.replicas.show_run(run)
        self.reset.setEnabled(self.turned)

    def _describe(self, rule: Optimizer) -> None:
        known = conventions(rule.id)
        self.picker.show_choice(known[0].id)
        self.note.setText(tr(rule.note) if rule.note else "")
        self.source.setText(rule.source)
        self.preset.setEnabled(any(each.convention for each in known))
        several = len(known) > 1
        self.named.setText(tr("Convention") if several else tr("Convention: {name}", name=rule.convention))
        self.named.setVisible(several or bool(rule.convention))
        self.convention.setVisible(several)
        self.convention.clear()
        for each in known:
            self.convention.addItem(as_convention(each), each.id)
            self.convention.setItemData(self.convention.count() - 1, each.source, Qt.ItemDataRole.ToolTipRole)
        self.convention.setCurrentIndex(self.convention.findData(rule.id))

    def _build(self, run: Run) -> None:
        fresh = Knobs(run, self.theme)
        fresh.turned.connect(lambda name, value: self._turn(name, value, f"{self.runs.row} {name}"))
        fresh.typed.connect(self._turn)
        fresh.seized.connect(self.session.store.hold)
        fresh.let_go.connect(self.session.store.release)
        fresh.dropped.connect(lambda part: self._change(lambda run: run.without(part)))
        fresh.spread.connect(self._spread)
        self.column.replaceWidget(self.body, fresh)
        self.body.hide()
        self.body.deleteLater()
        self.body = fresh
        self.add.setVisible(bool(self._offered(run)))
        if self.session.store.holding:  # a slider that goes away under the hand is never let go
            self.session.store.release()

    def _change(self, how: Callable[[Run], Run], merge: str | None = None) -> None:
        row = self.runs.row
        self.session.change(lambda e: e.with_run(row, how(e.runs[row])), merge)

    def _turn(self, name: str, value: float, merge: str | None = None) -> None:
        self._change(lambda run: run.turned(name, value), merge)

    def _choose(self, chosen: str) -> None:
        """Another optimizer, unless it is the one that is raced already, in whatever convention."""
        run = self.run
        if run is not None and chosen != conventions(run.optimizer)[0].id:
            self._race(chosen)

    def _race(self, optimizer: str) -> None:
        if self.run is not None and optimizer != self.run.optimizer:
            self._change(lambda run: run.racing(optimizer))

    def _combine(self, part: Part) -> None:
        self._turn(part.id, part.on)
        self.grown.emit()

    def _spread(self, part: Part) -> None:
        """Give every run this part with the same settings: the same noise, the same schedule."""
        assert self.run is not None
        given = {name: self.run.hyperparameters[name] for name in part.hyperparameters}
        self.session.change(
            lambda e: replace(
                e,
                runs=tuple(
                    replace(run, hyperparameters={**run.hyperparameters, **given}) if part.id in run.rule.parts else run
                    for run in e.runs
                ),
            )
        )

    def _list_presets(self, menu: QMenu) -> None:
        assert self.run is not None
        for preset in presets(conventions(self.run.optimizer)[0].id):
            action = menu.addAction(f"{preset.framework}:  {preset.call}")
            assert action is not None
            action.triggered.connect(
                lambda _, preset=preset: self._change(
                    lambda run: replace(run, optimizer=preset.id, hyperparameters=preset.hyperparameters, earlier=())
                )
            )

    def _list_parts(self, menu: QMenu) -> None:
        assert self.run is not None
        for part in self._offered(self.run):
            action = menu.addAction(tr(part.name))
            assert action is not None
            action.setToolTip(tr(part.note))
            action.triggered.connect(lambda _, part=part: self._combine(part))

    def _offered(self, run: Run) -> list[Part]:
        """The parts that it can still be combined with; batches only where there are data to choose from."""
        return [
            part
            for part in run.rule.parts.values()
            if part not in run.parts and (part.id != "minibatch" or self.session.experiment.land.batch is not None)
        ]
