"""Status of the selected run in a sentence, and the curvature of the surface at its position."""

from __future__ import annotations

import math
import re
from html import escape

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QPalette, QResizeEvent
from PyQt6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.analysis.plane_gap import off_plane_text, plane_gap_text
from app.gui.panels.setup.run_list import RunList
from app.session.session import Session
from app.utils.i18n import gettext_noop, tr

MIN_WIDTH = 600  # pixels of width that are always available
LINES = 2
# λmax, or a stability limit from its number to the end of its denominator
LINKED = re.compile(r"2(?:\(1 \+ \w+\))?/[^=.,;]*?λmax(?: \+ weight decay)?\)*|λmax")
EIGENVALUES_TEXT = gettext_noop(
    "Curvature here: λmax = {largest:.4g}, λmin = {smallest:.4g}, condition number {condition}. "
)
LINE_TEXT = gettext_noop("Curvature here: f″ = {largest:.4g}. ")
LINE_CONCAVE_TEXT = gettext_noop(
    "The curve does not bend upward, so there is no upper limit on the learning rate here."
)
FLAT_TEXT = gettext_noop("Curvature here: λmax = λmin = 0. ")
CONCAVE_TEXT = gettext_noop("No direction curves upward, so there is no upper limit on the learning rate here.")
SADDLE_TEXT = gettext_noop(
    "One direction curves downward, so this point is not stable; the other is stable for lr < {formula} = {limit:.3g}."
)
CONVEX_TEXT = gettext_noop("Stable for lr < {formula} = {limit:.3g}.")


class RunStatusLine(QWidget):
    """The status of the selected run, followed by the curvature and the stable learning rates, in two lines.

    What does not fit into them is in the tool tip. ``curvature_text`` is the whole text about the curvature. Stability
    limits are links, which emit ``curvature_requested``.
    """

    curvature_requested = pyqtSignal()

    def __init__(self, session: Session, run_list: RunList) -> None:
        super().__init__()
        self.session, self.run_list = session, run_list
        self.curvature_text = ""
        self.status_label = QLabel(wordWrap=True, accessibleName=tr("Status"))
        self.status_label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.status_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.status_label.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)  # with keys: F7
        self.status_label.linkActivated.connect(lambda _: self.curvature_requested.emit())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 1, 6, 1)
        layout.addWidget(self.status_label)
        run_list.selection_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Update the texts for the displayed step."""
        row = self.run_list.selected_row
        has_run = 0 <= row < len(self.session.race.trajectories) and not self.session.locked  # it may tell the answer
        name = self.session.displayed_experiment.runs[row].method.name if has_run else ""
        sentence = f"<b>{escape(name)}</b>: {escape(self.session.run_status(row).sentence)}." if has_run else ""
        eigenvalues, limit = self._curvature_texts(row) if has_run else ("", "")
        self.curvature_text = eigenvalues + limit
        self.status_label.setToolTip(f"<p>{sentence}<p>{escape(self.curvature_text)}" if has_run else "")
        palette = self.status_label.palette()
        color = palette.color(QPalette.ColorRole.PlaceholderText).name()
        linked = _with_links(sentence, palette.color(QPalette.ColorRole.WindowText).name())
        self._show_first_fitting(
            [
                *(linked + _quiet(eigenvalues + limit, color, separator) for separator in ("<br>", " ")),
                *(linked + _quiet(limit, color, separator) for separator in ("<br>", " ")),
                linked,
            ]
        )

    def _show_first_fitting(self, texts: list[str]) -> None:
        """Show the first text that fits into the lines, or the last."""
        height = self._reserve_height()
        for text in texts:
            self.status_label.setText(text)
            if self.status_label.heightForWidth(max(self.status_label.width(), MIN_WIDTH)) <= height:
                return

    def _reserve_height(self) -> int:
        """Reserve two lines, so that nothing moves with the texts, and return their height."""
        metrics = self.status_label.fontMetrics()
        # Measured with a text: the letters of some languages come from a fallback font that is taller
        height = LINES * max(metrics.size(0, tr(EIGENVALUES_TEXT)).height(), metrics.lineSpacing())
        self.status_label.setFixedHeight(height)
        bar = self.parentWidget()
        if bar is not None:
            bar.setFixedHeight(self.minimumSizeHint().height() + 4)  # also while a temporary message replaces this
        return height

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Show as much as fits into the new width."""
        super().resizeEvent(event)
        self.refresh()

    def _curvature_texts(self, row: int) -> tuple[str, str]:
        """Return the curvature at the run, and the stability limit of its own optimizer where there is one."""
        problem = self.session.race.trajectories[row].projected_problem
        if problem is not None:
            text = tr("The plot shows a plane; the loss is that of all {count:,} parameters.", count=len(problem.start))
            trajectory = self.session.race.trajectories[row]
            step = min(self.session.race.step, trajectory.last_step)
            gap = plane_gap_text(trajectory, step)
            details = " ".join(filter(None, [text, off_plane_text(trajectory, step)]))
            return (f"{details} ", gap) if gap else ("", details)
        stability = self.session.local_stability(row)
        if stability is None:
            return "", tr("Go back to an earlier step, reduce the learning rate, and press Play.")
        curvature, has_theory, limit = stability
        if math.isnan(curvature.largest):
            return tr("The curvature is undefined at this point."), ""
        condition = curvature.condition_number
        is_line = self.session.race.surface.dimension == 1
        text = tr(
            LINE_TEXT if is_line else FLAT_TEXT if math.isnan(condition) else EIGENVALUES_TEXT,
            largest=curvature.largest,
            smallest=curvature.smallest,
            condition="∞" if math.isinf(condition) else f"{condition:.3g}",
        )
        if not has_theory:
            return text, ""
        if limit is None:
            return text, tr(LINE_CONCAVE_TEXT if is_line else CONCAVE_TEXT)
        return text, tr(
            SADDLE_TEXT if curvature.smallest < 0 else CONVEX_TEXT, formula=limit.formula, limit=limit.learning_rate
        )


def _quiet(text: str, color: str, separator: str) -> str:
    """Return a separator and a text in a color, as HTML; nothing if the text is empty."""
    return f"{separator}<span style='color:{color}'>{_with_links(escape(text), color)}</span>" if text else ""


def _with_links(html: str, color: str) -> str:
    """Return a text with a link at each stability limit, in a color."""
    return LINKED.sub(lambda match: f"<a href='curvature' style='color:{color}'>{match[0]}</a>", html)
