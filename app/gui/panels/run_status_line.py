"""Status of the selected run in a sentence, and the curvature of the surface at its position."""

from __future__ import annotations

import math
from html import escape

from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.analysis.curvature import curvature_at
from app.gui.panels.setup.run_list import RunList
from app.session.session import Session
from app.utils.i18n import gettext_noop, tr

MIN_WIDTH = 600  # pixels of width that are always available
MAX_MESSAGE_LENGTH = 230  # characters of the longest status
EIGENVALUES_TEXT = gettext_noop("Here λmax = {largest:.4g}, λmin = {smallest:.4g}, condition number {condition:.3g}. ")
CONCAVE_TEXT = gettext_noop("Nothing curves upwards: no learning rate is too large yet.")
SADDLE_TEXT = gettext_noop(
    "Downwards nothing holds a step; upwards, plain descent is stable below 2/λmax = {stable_rate:.3g}."
)
CONVEX_TEXT = gettext_noop(
    "Stable learning rates: plain below 2/λmax = {stable_rate:.3g}, with momentum {beta:g} below {beta2:.3g}."
)
DEFAULT_MOMENTUM = 0.9  # used in the text if the run has no momentum


class RunStatusLine(QWidget):
    """The status of the selected run, and below it the curvature and the stable learning rates."""

    def __init__(self, session: Session, run_list: RunList) -> None:
        super().__init__()
        self.session, self.run_list = session, run_list
        self.status_label, self.curvature_label = QLabel(wordWrap=True), QLabel(objectName="quiet", wordWrap=True)
        for label, name in (
            (self.status_label, gettext_noop("Verdict")),
            (self.curvature_label, gettext_noop("Curvature")),
        ):
            label.setAccessibleName(tr(name))
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 1, 6, 3)
        layout.setSpacing(1)
        layout.addWidget(self.status_label)
        layout.addWidget(self.curvature_label)
        run_list.selection_changed.connect(self.refresh)
        self._set_label_heights()
        self.refresh()

    def refresh(self) -> None:
        """Update both texts for the displayed step."""
        row = self.run_list.selected_row
        has_run = 0 <= row < len(self.session.race.trajectories)
        name = self.session.displayed_experiment.runs[row].method.name if has_run else ""
        self.status_label.setText(
            f"<b>{escape(name)}</b>: {escape(self.session.run_status(row).text)}." if has_run else ""
        )
        self.curvature_label.setText(self._curvature_text(row) if has_run else "")

    def _set_label_heights(self) -> None:
        """Reserve the lines of the longest texts at this width, so that the height changes only with the window."""
        curvature_width = max(
            self.curvature_label.fontMetrics().horizontalAdvance(tr(EIGENVALUES_TEXT) + tr(text))
            for text in (CONCAVE_TEXT, SADDLE_TEXT, CONVEX_TEXT)
        )
        for label, text_width in (
            (self.status_label, MAX_MESSAGE_LENGTH * self.status_label.fontMetrics().averageCharWidth()),
            (self.curvature_label, curvature_width),
        ):
            lines = 1 + (text_width > max(self.width(), MIN_WIDTH))
            label.setFixedHeight(lines * label.fontMetrics().lineSpacing())
        bar = self.parentWidget()
        if bar is not None:
            bar.setFixedHeight(self.minimumSizeHint().height() + 6)  # also while a temporary message replaces this

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Reserve the number of lines that the new width needs."""
        super().resizeEvent(event)
        self._set_label_heights()

    def _curvature_text(self, row: int) -> str:
        """Return the curvature at the run, and the learning rates that are stable there without and with momentum."""
        trajectory, run = self.session.race.trajectories[row], self.session.displayed_experiment.runs[row]
        if trajectory.diverged_at is not None and trajectory.diverged_at <= self.session.race.step:
            return tr("Go back to a step before that, lower the learning rate, and play on.")
        step = min(self.session.race.step, trajectory.last_step)
        local_curvature = curvature_at(trajectory.surface, trajectory.xs[step], trajectory.ys[step])
        if math.isnan(local_curvature.largest):
            return tr("Here the surface has no curvature that could be told.")
        text = tr(
            EIGENVALUES_TEXT,
            largest=local_curvature.largest,
            smallest=local_curvature.smallest,
            condition=local_curvature.condition_number,
        )
        if local_curvature.largest <= 0:
            return text + tr(CONCAVE_TEXT)
        if local_curvature.smallest < 0:
            return text + tr(SADDLE_TEXT, stable_rate=local_curvature.stable_learning_rate)
        beta = run.hyperparameters.get("momentum", DEFAULT_MOMENTUM)
        return text + tr(
            CONVEX_TEXT,
            stable_rate=local_curvature.stable_learning_rate,
            beta=beta,
            beta2=local_curvature.stable_learning_rate_with(beta),
        )
