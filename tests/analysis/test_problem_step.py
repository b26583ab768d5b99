"""A step of a network in norms: of every optimizer, and equal to what it did."""

import numpy as np
import pytest

from app.analysis.step_text.problem_step import problem_step_sections
from app.engine.problem_experiment import with_problem
from app.engine.race import Race
from app.model.experiment import Experiment
from app.model.problem_data import is_fast_enough
from app.model.run import Run
from optimizers import OPTIMIZERS


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return with_problem(Experiment(runs=(Run("adam", {"lr": 0.02}, rate_edited=True),)), "moons", {"points": 20})


def test_the_rows_are_norms_of_what_the_step_did(experiment: Experiment) -> None:
    race = Race(experiment)
    race.advance(9)
    trajectory = race.trajectories[0]
    before, after = trajectory.point_at(8), trajectory.point_at(9)
    sections = problem_step_sections(trajectory, 9)
    rows = {(section.title, row.name): row.value for section in sections for row in section.rows}
    step = after.x[0] - before.x[0]
    assert rows["The step", "step size"] == pytest.approx(np.linalg.norm(step))
    assert rows["The step", "gradient · step"] == pytest.approx(before.gradient @ step)
    assert rows["After the step", "change of the loss"] == after.loss - before.loss
    title = "Before the step: norms of 354 parameters"
    assert rows[title, "norm of state m"] == pytest.approx(np.linalg.norm(before.x[1]))
    by_array = [value for (section, _), value in rows.items() if section == "Step size by parameter array"]
    largest = [value for (section, _), value in rows.items() if section == "Largest changes"]
    assert max(map(abs, largest)) == np.abs(step).max()
    assert np.linalg.norm(by_array) == pytest.approx(np.linalg.norm(step))
    assert len(by_array) == len(experiment.surface.projected_problem.problem.shapes)
    assert rows["The step", "step size on the plane"] < rows["The step", "step size"]


@pytest.mark.slow
@pytest.mark.parametrize("id", [id for id, each in OPTIMIZERS.items() if is_fast_enough(each, 354)])
def test_the_step_of_every_optimizer_has_rows(experiment: Experiment, id: str) -> None:
    race = Race(experiment.with_run(0, Run(id)))
    race.advance(3)
    for step in range(1, min(3, race.trajectories[0].last_step) + 1):
        sections = problem_step_sections(race.trajectories[0], step)
        assert all(isinstance(row.value, float) and row.spoken_text() for each in sections for row in each.rows)
