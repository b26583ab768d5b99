"""What the chosen run is doing, in a sentence, and how the surface is curved where it stands."""

from __future__ import annotations

import math
from html import escape

from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.analysis.curvature import curvature
from app.gui.panels.setup.run_list import RunList
from app.session.session import Session
from app.utils.i18n import mark, tr

NARROW = 600  # pixels of width that it surely gets
SENTENCE = 230  # letters of a long one
HERE = mark("Here λmax = {largest:.4g}, λmin = {smallest:.4g}, condition number {condition:.3g}. ")
LEVEL = mark("Nothing curves upwards: no learning rate is too large yet.")
SADDLE = mark("Downwards nothing holds a step; upwards, plain descent is stable below 2/λmax = {stable_rate:.3g}.")
BOWL = mark("Stable learning rates: plain below 2/λmax = {stable_rate:.3g}, with momentum {beta:g} below {beta2:.3g}.")
USUAL = 0.9  # the momentum that is spoken of where the run has none


class Doing(QWidget):
    """The verdict of the chosen run in words, and below it the numbers that say how long a step may be."""

    def __init__(self, session: Session, runs: RunList) -> None:
        super().__init__()
        self.session, self.runs = session, runs
        self.words, self.curvature = QLabel(wordWrap=True), QLabel(objectName="quiet", wordWrap=True)
        for label, name in ((self.words, mark("Verdict")), (self.curvature, mark("Curvature"))):
            label.setAccessibleName(tr(name))
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 1, 6, 3)
        column.setSpacing(1)
        column.addWidget(self.words)
        column.addWidget(self.curvature)
        runs.chosen.connect(self.refresh)
        self._fit()
        self.refresh()

    def refresh(self) -> None:
        """Write both for the step that is shown."""
        row = self.runs.row
        known = 0 <= row < len(self.session.race.tracks)
        name = self.session.seen.runs[row].rule.name if known else ""
        self.words.setText(f"<b>{escape(name)}</b>: {escape(self.session.verdict(row).words)}." if known else "")
        self.curvature.setText(self._curvature(row) if known else "")

    def _fit(self) -> None:
        """As many lines as the longest sentences need at this width, so that the height changes with the window only."""
        figures = max(
            self.curvature.fontMetrics().horizontalAdvance(tr(HERE) + tr(text)) for text in (LEVEL, SADDLE, BOWL)
        )
        for label, wide in (
            (self.words, SENTENCE * self.words.fontMetrics().averageCharWidth()),
            (self.curvature, figures),
        ):
            lines = 1 + (wide > max(self.width(), NARROW))
            label.setFixedHeight(lines * label.fontMetrics().lineSpacing())
        bar = self.parentWidget()
        if bar is not None:
            bar.setFixedHeight(
                self.minimumSizeHint().height() + 6
            )  # also while words of the moment stand there instead

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def _curvature(self, row: int) -> str:
        """How the surface is curved under the run, and what plain descent and momentum may do there."""
        track, run = self.session.race.tracks[row], self.session.seen.runs[row]
        if track.diverged_at is not None and track.diverged_at <= self.session.race.step:
            return tr("Go back to a step before that, lower the learning rate, and play on.")
        step = min(self.session.race.step, track.extent)
        bend = curvature(track.surface, track.xs[step], track.ys[step])
        if math.isnan(bend.largest):
            return tr("Here the surface has no curvature that could be told.")
        ways = tr(HERE, largest=bend.largest, smallest=bend.smallest, condition=bend.condition)
        if bend.largest <= 0:
            return ways + tr(LEVEL)
        if bend.smallest < 0:
            return ways + tr(SADDLE, stable_rate=bend.stable_rate)
        beta = run.hyperparameters.get("momentum", USUAL)
        return ways + tr(BOWL, stable_rate=bend.stable_rate, beta=beta, beta2=bend.stable_rate_with(beta))
