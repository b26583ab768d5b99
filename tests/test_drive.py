"""Somebody drives the window at random; whatever they do, what is shown and what is kept agree."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from PyQt6.QtWidgets import QApplication

from app.checks import ExperimentError
from app.experiment import Run
from app.files import load
from app.panels.fields import Switch
from app.window import MainWindow
from optimizers import OPTIMIZERS, PARTS
from surfaces import SURFACES
from tests.conftest import settle


class Driver(RuleBasedStateMachine):
    """Plays, steps, turns, drags, resizes, loads garbage, undoes."""

    @initialize()
    def open(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.application = application
        self.window = MainWindow()
        self.failures: list[BaseException] = []
        self.window.reporter.caught = self.failures.append  # type: ignore[method-assign]
        self.window.resize(900, 600)
        self.window.show()
        settle(application)

    @property
    def session(self):  # type: ignore[no-untyped-def]
        return self.window.session

    @rule(count=st.integers(0, 400))
    def play(self, count: int) -> None:
        self.session.advance(count)

    @rule(step=st.integers(-5, 500))
    def go_to(self, step: int) -> None:
        self.session.show_step(step)

    @rule()
    def home(self) -> None:
        self.window.commands["start"].trigger()

    @rule(which=st.integers(0, 10), stop=st.integers(0, 1000))
    def turn(self, which: int, stop: int) -> None:
        knobs = list(self.window.side.editor.knobs.values())
        if self.window.side.runs.row >= 0 and knobs:
            knob = knobs[which % len(knobs)]
            if isinstance(knob, Switch):
                knob.box.click()
            else:
                knob.slider.setValue(stop * knob.stops // 1000)

    @rule(row=st.integers(0, 6), part=st.sampled_from(sorted(PARTS)), place=st.floats(0, 1))
    def combine(self, row: int, part: str, place: float) -> None:
        runs = self.session.experiment.runs
        if row < len(runs) and part in runs[row].rule.parts:
            value = PARTS[part].hyperparameters[part].value(place)
            self.session.change(lambda e: e.with_run(row, e.runs[row].turned(part, value)))

    @rule()
    def separate(self) -> None:
        for cross in list(self.window.side.editor.body.crosses.values())[:1]:
            cross.click()

    @rule(name=st.sampled_from(sorted(OPTIMIZERS)))
    def race_another(self, name: str) -> None:
        if self.window.side.editor.run is not None:
            row = self.window.side.runs.row
            self.session.change(lambda e: e.with_run(row, e.runs[row].racing(name)))

    @rule(x=st.floats(-1e6, 1e6), y=st.floats(-50, 50))
    def start(self, x: float, y: float) -> None:
        self.session.set_start(x, y)

    @rule(name=st.sampled_from(sorted(SURFACES)))
    def surface(self, name: str) -> None:
        self.session.change(lambda e: e.on(name))

    @rule(name=st.sampled_from(sorted(OPTIMIZERS)), rate=st.floats(0, 1e3))
    def add(self, name: str, rate: float) -> None:
        if len(self.session.experiment.runs) < 6:
            self.session.change(lambda e: e.added(Run(name, {"lr": rate} if "lr" in OPTIMIZERS[name].hyperparameters else {})))

    @rule()
    def remove(self) -> None:
        self.window.commands["remove"].trigger()

    @rule(row=st.integers(0, 6))
    def choose(self, row: int) -> None:
        self.window.side.runs.list.setCurrentRow(min(row, self.window.side.runs.list.count() - 1))

    @rule(
        name=st.sampled_from(
            [
                "undo",
                "redo",
                "theme_dark",
                "theme_light",
                "equal",
                "log_x",
                "log_y",
                "curve_distance",
                "curve_gradient",
                "view_contour",
                "view_relief",
                "side",
            ]
        )
    )
    def command(self, name: str) -> None:
        self.window.commands[name].trigger()

    @rule(width=st.integers(1, 1600), height=st.integers(1, 1000))
    def resize(self, width: int, height: int) -> None:
        self.window.resize(width, height)

    @rule(name=st.sampled_from(["nothing", "elongated_bowl", "saddle"]))
    def open_file(self, name: str) -> None:
        try:
            self.session.open(load(name))
        except ExperimentError:
            assert name == "nothing"

    @rule()
    def look(self) -> None:
        settle(self.application, 3)

    @invariant()
    def all_agree(self) -> None:
        if not hasattr(self, "window"):
            return
        race, experiment, side = self.session.race, self.session.experiment, self.window.side
        assert race.experiment == experiment
        assert not self.failures
        assert len(race.tracks) == len(experiment.runs) == side.runs.list.count() == self.window.results.rowCount()
        for track in race.tracks:
            steps = race.extent + 1 if track.diverged_at is None else track.diverged_at
            assert len(track.xs) == len(track.ys) == len(track.losses) == max(steps, 1)
            if track.diverged_at != 0:
                assert np.isfinite(np.stack(track.part(0, 10**9))).all()
        run = side.editor.run
        if run is not None:
            for name, knob in side.editor.knobs.items():
                value = run.hyperparameters[name]
                if isinstance(knob, Switch):
                    assert knob.box.isChecked() == bool(value)
                else:
                    assert knob.field.value == value
                    assert knob.field.text() == knob.field.written(value)
                    assert abs(knob.slider.value() - knob.stops * knob.declared.position(value)) <= 6

    def teardown(self) -> None:
        if hasattr(self, "window"):
            settle(self.application)
            assert not self.failures
            self.window.close()
            self.window.deleteLater()
            settle(self.application)


def test_frantic_use(application: QApplication) -> None:
    run_state_machine_as_test(
        Driver,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
