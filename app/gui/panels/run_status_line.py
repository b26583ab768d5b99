"""Status of the selected run in a sentence, and the curvature of the surface at its position."""

from __future__ import annotations

import math
from html import escape

from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.analysis.curvature import curvature_at
from app.analysis.stability_limit import effective_update, has_stability_theory, stability_limit
from app.gui.panels.setup.run_list import RunList
from app.session.session import Session
from app.utils.i18n import gettext_noop, tr

MIN_WIDTH = 600  # pixels of width that are always available
MAX_MESSAGE_LENGTH = 260  # characters of the longest status
EIGENVALUES_TEXT = gettext_noop(
    "Curvature here: λmax = {largest:.4g}, λmin = {smallest:.4g}, condition number {condition}. "
)
FLAT_TEXT = gettext_noop("Curvature here: λmax = λmin = 0. ")
CONCAVE_TEXT = gettext_noop("No direction curves upward, so there is no upper limit on the learning rate here.")
SADDLE_TEXT = gettext_noop(
    "One direction curves downward, so this point is not stable; the other is stable for lr < {formula} = {limit:.3g}."
)
CONVEX_TEXT = gettext_noop("Stable for lr < {formula} = {limit:.3g}.")
LONGEST_FORMULA = "2(1 + momentum)/((1 - dampening) (λmax + weight decay))"


class RunStatusLine(QWidget):
    """The status of the selected run, and below it the curvature and the stable learning rates."""

    def __init__(self, session: Session, run_list: RunList) -> None:
        super().__init__()
        self.session, self.run_list = session, run_list
        self.status_label, self.curvature_label = QLabel(wordWrap=True), QLabel(objectName="quiet", wordWrap=True)
        for label, name in (
            (self.status_label, gettext_noop("Status")),
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
        sentence = f"<b>{escape(name)}</b>: {escape(self.session.run_status(row).sentence)}." if has_run else ""
        self.status_label.setText(sentence)
        self.status_label.setToolTip(
            f"<p>{sentence}" if has_run else ""
        )  # in a narrow window, the end of a long sentence does not fit
        self.curvature_label.setText(self._curvature_text(row) if has_run else "")

    def _set_label_heights(self) -> None:
        """Reserve the lines of the longest texts at this width, so that the height changes only with the window."""
        texts = (
            tr(CONCAVE_TEXT),
            *(tr(text).replace("{formula}", LONGEST_FORMULA) for text in (SADDLE_TEXT, CONVEX_TEXT)),
        )
        metrics = self.curvature_label.fontMetrics()
        curvature_width = max(metrics.horizontalAdvance(tr(EIGENVALUES_TEXT) + text) for text in texts)
        for label, text_width in (
            (self.status_label, MAX_MESSAGE_LENGTH * self.status_label.fontMetrics().averageCharWidth()),
            (self.curvature_label, curvature_width),
        ):
            lines = 1 + (text_width > max(self.width(), MIN_WIDTH))
            # Measured with a text: the letters of some languages come from a fallback font that is taller
            line_height = label.fontMetrics().size(0, tr(EIGENVALUES_TEXT)).height()
            label.setFixedHeight(lines * max(line_height, label.fontMetrics().lineSpacing()))
        bar = self.parentWidget()
        if bar is not None:
            bar.setFixedHeight(self.minimumSizeHint().height() + 6)  # also while a temporary message replaces this

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Reserve the number of lines that the new width needs."""
        super().resizeEvent(event)
        self._set_label_heights()

    def _curvature_text(self, row: int) -> str:
        """Return the curvature at the run, and the stability limit of its own optimizer where there is one."""
        trajectory = self.session.race.trajectories[row]
        if trajectory.diverged_at is not None and trajectory.diverged_at <= self.session.race.step:
            return tr("Go back to an earlier step, reduce the learning rate, and press Play.")
        step = min(self.session.race.step, trajectory.last_step)
        curvature = curvature_at(trajectory.surface, trajectory.xs[step], trajectory.ys[step])
        if math.isnan(curvature.largest):
            return tr("The curvature is undefined at this point.")
        condition = curvature.condition_number
        text = tr(
            FLAT_TEXT if math.isnan(condition) else EIGENVALUES_TEXT,
            largest=curvature.largest,
            smallest=curvature.smallest,
            condition="∞" if math.isinf(condition) else f"{condition:.3g}",
        )
        update = effective_update(trajectory, step)
        if not has_stability_theory(update):
            return text
        limit = stability_limit(trajectory, step, None, update)
        if limit is None:
            return text + tr(CONCAVE_TEXT)
        return text + tr(
            SADDLE_TEXT if curvature.smallest < 0 else CONVEX_TEXT, formula=limit.formula, limit=limit.learning_rate
        )
