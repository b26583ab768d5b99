"""The task of a lesson: sliders for what may be changed, and what the current settings give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.analysis.lessons.feedback_text import goal_text
from app.gui.panels.lesson.texts import push_button, restyle, text_label
from app.gui.panels.setup.parameter_range import range_around
from app.gui.panels.setup.start_point import coordinate_specs
from app.gui.widgets.slider_field import SliderField
from app.gui.widgets.switch_field import SwitchField
from app.model.experiment import Experiment
from app.model.lesson_settings import COORDINATES, RUN_SETTING, setting_value, with_setting
from app.model.run import Run
from app.session.lesson_session import LessonSession
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from optimizers import Hyperparameter


class TaskForm(QWidget):
    """The text of the task, a slider for each free setting that is a number, and the goal with what is measured."""

    def __init__(self, lessons: LessonSession, theme: Theme) -> None:
        super().__init__()
        assert lessons.lesson is not None
        assert lessons.lesson.task is not None
        self.lessons, self.theme, self.task = lessons, theme, lessons.lesson.task
        self.fields: dict[str, SliderField | SwitchField] = {}
        self.goal_label = text_label("", "quiet")
        self.goal_label.setMinimumHeight((1 + len(self.task.goal)) * self.goal_label.fontMetrics().lineSpacing())
        self.restore_button = push_button(
            tr("Restore the settings of the lesson"), tr("Goes back to the settings with which the lesson began.")
        )
        self._build_layout(lessons.lesson.experiment)
        self.restore_button.clicked.connect(lessons.restore_settings)
        lessons.goal_checked.connect(self.show_goal)
        for signal in (lessons.session.trajectories_changed, lessons.session.hyperparameters_changed):
            signal.connect(self.show_values)
        self.show_values()
        self.show_goal()

    def _build_layout(self, experiment: Experiment) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(text_label(tr(self.task.text)))
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(6)
        self.grid.setVerticalSpacing(4)
        self.grid.setColumnStretch(1, 1)
        column.addLayout(self.grid)
        self._add_fields(experiment)
        others = [name for name in self.task.free if name not in self.fields]
        if others:
            text = tr("Change in the side panel: {names}", names=", ".join(others))
            column.addWidget(text_label(text, "quiet"))
        column.addWidget(self.goal_label)
        column.addWidget(self.restore_button)

    def _add_fields(self, experiment: Experiment) -> None:
        number = ""
        for name in self.task.free:
            spec = setting_spec(experiment, name)
            if spec is None:
                continue
            match = RUN_SETTING.fullmatch(name)
            if match and match[1] != number and len(experiment.runs) > 1:
                number = match[1]
                run_text = tr("Run {number}: {name}", number=number, name=experiment.runs[int(number) - 1].method.name)
                self.grid.addWidget(QLabel(run_text, objectName="quiet"), self.grid.rowCount(), 0, 1, 4)
            self._add_field(name, spec)

    def _add_field(self, name: str, spec: Hyperparameter) -> None:
        is_switch = spec.scale == "switch"
        field_type = SwitchField if is_switch else SliderField
        field = self.fields[name] = field_type(self.grid, self.grid.rowCount(), spec, name, self.theme, self)
        field.value_committed.connect(self._setter(name))
        if isinstance(field, SliderField):
            field.value_changing.connect(self._setter(name, f"task {name}"))
            field.interaction_started.connect(self.lessons.session.store.begin_interaction)
            field.interaction_finished.connect(self.lessons.session.store.end_interaction)

    def _setter(self, name: str, merge_key: str | None = None) -> Callable[[float], None]:
        def set_value(value: float) -> None:
            try:
                self.lessons.session.change(lambda e: with_setting(e, name, value), merge_key)
            except ExperimentError as error:  # the run was removed, or the formula replaced
                self.lessons.session.message.emit(str(error))

        return set_value

    def show_values(self) -> None:
        """Show the current settings."""
        if self.lessons.lesson is None:
            return
        experiment = self.lessons.session.experiment
        for name, field in self.fields.items():
            value = setting_value(experiment, name)
            field.show_value(
                float(value) if isinstance(value, (int, float)) else 0.0
            )  # of a modifier that is not added

    def show_goal(self) -> None:
        """Show what is measured and whether the goal is reached."""
        if self.lessons.lesson is None:
            return
        self.goal_label.setText(goal_text(self.lessons.goal, self.lessons.lesson.experiment))
        restyle(self.goal_label, "reached" if self.lessons.is_solved else "quiet")
        self.restore_button.setAccessibleDescription(self.goal_label.text())


def setting_spec(experiment: Experiment, name: str) -> Hyperparameter | None:
    """Return the declaration of a setting for a slider; None if it is not a number or has its own control."""
    value = setting_value(experiment, name)
    match = RUN_SETTING.fullmatch(name)
    if match:
        return _run_spec(experiment.runs[int(match[1]) - 1], match[2])
    if name in COORDINATES:
        spec = coordinate_specs(experiment.surface)[COORDINATES[name]]
        return replace(spec, default=float(value or 0.0))
    if name.startswith("parameter.") and isinstance(value, (int, float)):
        return replace(range_around(value).spec(name.partition(".")[2]), default=float(value))
    return None


def _run_spec(run: Run, name: str) -> Hyperparameter | None:
    """Return the declaration of a hyperparameter of a run; its default is the value in the lesson."""
    specs = dict(run.method.hyperparameters)
    for modifier in run.method.modifiers.values():
        specs |= modifier.hyperparameters
    spec = specs.get(name)
    return None if spec is None else replace(spec, default=run.hyperparameters.get(name, spec.default))
