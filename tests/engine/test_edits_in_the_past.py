"""Back in time: what an edit does where it is made, what it leaves behind, and how it is taken back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.engine.race import Race
from app.export.figure import build_figure
from app.export.options import Options
from app.io.experiment_json import from_json, to_json
from app.model.branch import Branch
from app.model.comparison import ComparisonMode
from app.model.edits import with_comparison
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.session.session import Session
from optimizers import OPTIMIZERS
from tests.conftest import edit

pytestmark = pytest.mark.usefixtures("application")  # timers need one

BOWL = Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": 0.1}), Run("adam", {"lr": 0.2})))
PARTS = {"noise": 0.3, "noise_seed": 5, "warmup_steps": 7, "cosine_steps": 200}


def turned(session: Session, row: int, **hyperparameters: float) -> None:
    session.change(
        lambda e: e.with_run(
            row, replace(e.runs[row], hyperparameters={**e.runs[row].hyperparameters, **hyperparameters})
        )
    )


def past(session: Session, row: int, last: int) -> bytes:
    return np.stack(session.race.trajectories[row].values_between(0, last)).tobytes()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_rewind_and_forward_is_exact_for_every_optimizer_with_noise_and_schedules(name: str) -> None:
    rule = OPTIMIZERS[name]
    known = {each for part in rule.modifiers.values() for each in part.hyperparameters}
    run = Run(name, {part: value for part, value in PARTS.items() if part in known})
    race = Race(Experiment("rosenbrock", (-1.2, 1.0), (run,)))
    race.advance(60)
    race = edit(
        race,
        lambda e: e.with_run(
            0,
            e.runs[0].with_hyperparameter(next(iter(rule.hyperparameters)), 0.02)
            if "lr" in rule.hyperparameters
            else e.runs[0],
        ),
    )
    race.advance(60)
    straight = np.stack(race.trajectories[0].values_between(0, 120)).tobytes()
    states = {
        step: repr(race.trajectories[0].point_at(min(step, race.trajectories[0].last_step)))
        for step in (3, 59, 60, 61, 119)
    }
    for step in (119, 60, 3, 61, 59):
        fork = race.trajectories[0].copy_until(step)
        assert repr(fork.point_at(min(step, fork.last_step))) == states[step]
        fork.advance(120 - step)
        assert np.stack(fork.values_between(0, 120)).tobytes() == straight


def test_going_back_and_on_without_a_change_replays_and_leaves_no_branch() -> None:
    session = Session(BOWL)
    session.advance(100)
    before = past(session, 1, 100)
    session.show_step(30)
    session.change(lambda e: e.with_run(1, replace(e.runs[1], visible=False)))
    turned(session, 1, lr=0.2)
    session.advance(70)
    assert past(session, 1, 100) == before
    assert not session.experiment.branches


def test_an_edit_at_an_earlier_step_is_seen_there_and_leaves_a_branch() -> None:
    session = Session(BOWL)
    session.advance(60)
    turned(session, 0, lr=0.3)
    session.advance(40)
    assert session.experiment.runs[0].hyperparameters_by_step == [(0, {"lr": 0.1}), (60, {"lr": 0.3})]
    session.show_step(20)
    assert session.displayed_experiment.runs[0].hyperparameters == {"lr": 0.1}, (
        "the controls show what was in force there"
    )
    old, other, then = past(session, 0, 100), past(session, 1, 100), past(session, 0, 20)
    session.store.begin_interaction()
    for rate in (0.2, 0.25, 0.4):
        session.change(lambda e, rate=rate: e.with_run(0, e.runs[0].with_hyperparameter("lr", rate)), "0 lr")
    session.store.end_interaction()
    (branch,) = session.experiment.branches
    assert (branch.left_at_step, branch.steps) == (20, 100)
    assert session.experiment.runs[0].hyperparameters_by_step == [(0, {"lr": 0.1}), (20, {"lr": 0.4})]
    session.advance(80)
    assert past(session, 0, 20) == then
    assert past(session, 0, 100) != old
    assert past(session, 1, 100) == other
    session.store.undo()
    assert past(session, 0, 100) == old
    assert not session.experiment.branches
    session.store.redo()
    assert session.experiment.branches == (branch,)


def test_branches_are_taken_up_named_hidden_deleted_and_undone() -> None:
    session = Session(BOWL)
    session.advance(50)
    session.show_step(10)
    turned(session, 0, lr=0.3)
    session.advance(20)
    mine, theirs = (
        past(session, 0, 30),
        np.stack(session.race.branch_trajectories[0][0].values_between(0, 50)).tobytes(),
    )
    session.change_branch(0, name="slow", visible=False)
    assert (session.experiment.branches[0].label, session.experiment.branches[0].visible) == ("slow", False)
    session.switch_branch(0)
    assert past(session, 0, 50) == theirs
    (branch,) = session.experiment.branches
    assert (branch.runs[0].hyperparameters, branch.steps) == ({"lr": 0.3}, 30)
    assert np.stack(session.race.branch_trajectories[0][0].values_between(0, 30)).tobytes() == mine
    session.remove_branch(0)
    assert not session.experiment.branches
    session.store.undo()
    assert session.experiment.branches == (branch,)
    assert np.stack(session.race.branch_trajectories[0][0].values_between(0, 30)).tobytes() == mine


def test_another_start_at_an_earlier_step_keeps_the_old_paths() -> None:
    session = Session(BOWL)
    session.advance(50)
    session.show_step(0)
    session.set_start(3.0, -1.0)
    (branch,) = session.experiment.branches
    assert (branch.start, len(branch.runs), branch.steps) == ((-7.0, 2.0), 2, 50)
    session.advance(10)
    session.switch_branch(0)
    assert session.experiment.start == (-7.0, 2.0)
    assert session.experiment.branches[0].start == (3.0, -1.0)
    assert session.experiment.branches[0].steps == 10


def test_from_the_start_the_whole_path_is_another_and_the_rest_stays() -> None:
    session = Session(BOWL)
    session.advance(40)
    turned(session, 1, beta1=0.5)
    session.advance(60)
    untouched = session.race.trajectories[0]
    session.set_edit_from_start(True)
    turned(session, 1, lr=0.05)
    assert session.race.trajectories[0] is untouched
    assert session.race.trajectories[1].last_step == session.race.step == 100
    assert [
        (since, values["lr"], values["beta1"]) for since, values in session.experiment.runs[1].hyperparameters_by_step
    ] == [
        (0, 0.05, 0.9),
        (40, 0.05, 0.5),
    ]
    assert not session.experiment.branches
    fresh = Race(session.experiment)
    fresh.advance(100)
    assert np.stack(fresh.trajectories[1].values_between(0, 100)).tobytes() == past(session, 1, 100)


def test_what_is_kept_is_written_and_read_again_to_the_bit() -> None:
    session = Session(BOWL)
    session.advance(50)
    turned(session, 1, lr=0.4)
    session.advance(20)
    session.show_step(60)
    turned(session, 0, lr=0.3)
    session.advance(30)
    session.keep_branch()
    again = Session()
    again.load_experiment(from_json(to_json(session.experiment)))
    assert again.experiment == session.experiment
    again.race.advance(90)
    again.race.compute_pending()
    for mine, other in zip(session.race.all_trajectories, again.race.all_trajectories, strict=True):
        assert other.last_step >= mine.last_step or other.last_step >= 90
        last = min(mine.last_step, other.last_step)
        assert np.stack(mine.values_between(0, last)).tobytes() == np.stack(other.values_between(0, last)).tobytes()


def test_it_stops_when_all_have_converged_and_goes_on_when_asked() -> None:
    session, said = Session(replace(BOWL, runs=BOWL.runs[:1], stop_when_converged=True)), []
    session.message.connect(said.append)
    session.clock.play()
    for _ in range(40):
        session.advance(97)
        if not session.clock.running:
            break
    step = session.race.step
    assert session.run_status(0).kind == "converged"
    assert said == [f"Every run has converged: stopped at step {step:,}."]
    again = Session(session.experiment)
    again.clock.play()
    while again.clock.running:
        again.advance(1000)
    assert again.race.step == step, "where it stops does not depend on how fast it went"
    session.clock.play()
    for _ in range(250):
        session.advance(1)
    assert (session.race.step, len(said)) == (step + 250, 1), "who plays on is not stopped again"
    session.stop()


def test_one_learning_rate_for_all_stays_one() -> None:
    session = Session(BOWL)
    session.set_comparison(ComparisonMode("rate"), {0: 0.1, 1: 0.1})
    session.advance(20)
    turned(session, 1, lr=0.05)
    assert [run.hyperparameters["lr"] for run in session.experiment.runs] == [0.05, 0.05]
    session.change(lambda e: e.with_added_run(Run("lion")))
    assert session.experiment.runs[2].hyperparameters["lr"] == 0.05
    session.store.undo()
    session.store.undo()
    assert [run.hyperparameters["lr"] for run in session.experiment.runs] == [0.1, 0.1]


def test_a_tuned_race_is_tuned_until_something_is_turned() -> None:
    session = Session(BOWL)
    session.advance(30)
    session.set_comparison(ComparisonMode("tuned", 500), {0: 1.0, 1: 0.3})
    assert session.race.step == 0
    assert [run.hyperparameters_by_step[0][1]["lr"] for run in session.experiment.runs] == [1.0, 0.3]
    session.change(lambda e: e.with_run(0, replace(e.runs[0], visible=False)))
    assert session.experiment.comparison.mode == "tuned"
    session.advance(3)
    turned(session, 1, lr=0.05)
    assert session.experiment.comparison == ComparisonMode()


@pytest.mark.parametrize(
    "fair",
    [ComparisonMode(), ComparisonMode("rate"), ComparisonMode("tuned", 500), ComparisonMode("evaluations", 1000)],
)
def test_the_mode_of_the_race_is_on_every_picture(fair: ComparisonMode) -> None:
    race = Race(with_comparison(DEFAULT_EXPERIMENT, fair, {0: 0.001, 1: 0.001, 2: 0.001}))
    assert race.experiment.comparison.mode == fair.mode
    race.advance(10)
    for views in ("all", "contour"):
        figure = build_figure(race, Options(view=views, size=(8.0, 5.0), dpi=60)).add_paths(race.step)
        (words,) = [text for text in figure.texts if fair.text in text.get_text()]
        box = words.get_window_extent()
        assert words.get_visible()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.x1


def test_replicas_are_the_run_with_other_seeds() -> None:
    session = Session(replace(BOWL, runs=(Run.parse("sgd lr=0.1 noise=1"),)))
    session.change(lambda e: e.with_run(0, replace(e.runs[0], replicas=3)))
    session.advance(40)
    session.race.compute_pending()
    assert [track.last_step for track in session.race.replica_trajectories[0]] == [40] * 3
    seeded = Session(replace(BOWL, runs=(Run.parse("sgd lr=0.1 noise=1 noise_seed=2"),)))
    seeded.advance(40)
    assert np.stack(session.race.replica_trajectories[0][1].values_between(0, 40)).tobytes() == past(seeded, 0, 40)


def test_a_start_that_was_raced_before_leaves_no_branch_of_what_was_not_seen_again() -> None:
    session = Session(BOWL)
    session.advance(50)
    session.set_start(3.0, 1.0)
    session.set_start(-7.0, 2.0)
    assert session.race.last_step == 50, "it is known already"
    session.set_start(2.0, 2.0)
    assert not session.experiment.branches


def test_a_branch_that_is_taken_up_and_put_back_keeps_its_length() -> None:
    session = Session(BOWL)
    session.advance(50)
    session.show_step(0)
    session.set_start(3.0, -1.0)
    session.advance(10)
    lengths = []
    for _ in range(4):
        session.switch_branch(0)
        lengths.append((session.experiment.branches[0].start, session.experiment.branches[0].steps))
    assert lengths == [((3.0, -1.0), 10), ((-7.0, 2.0), 50)] * 2
    again = Session()
    again.load_experiment(session.experiment)
    again.switch_branch(0)
    turned(again, 0, lr=0.05)
    again.store.undo()
    again.switch_branch(0)
    assert again.experiment.branches[0].steps == 50


def test_an_edit_after_an_undo_keeps_what_the_undo_brought_back() -> None:
    session = Session(BOWL)
    session.advance(60)
    turned(session, 0, lr=0.3)
    session.advance(40)
    session.restart()
    session.store.undo()
    session.show_step(20)
    turned(session, 0, lr=0.2)
    (branch,) = session.experiment.branches
    assert (branch.steps, branch.runs[0].hyperparameters_by_step[1]) == (100, (60, {"lr": 0.3}))


def test_a_slider_that_is_turned_there_and_back_leaves_nothing() -> None:
    session = Session(BOWL)
    session.advance(50)
    session.show_step(20)
    session.store.begin_interaction()
    for rate in (0.2, 0.3, 0.1):
        turned(session, 0, lr=rate)
    session.store.end_interaction()
    assert session.experiment == BOWL
    session.store.begin_interaction()
    for x in (-6.0, -7.0, -6.0, -7.0, -5.0):
        session.set_start(x, 2.0)
    session.store.end_interaction()
    assert len(session.experiment.branches) == 1


def test_what_is_turned_at_two_steps_is_undone_one_by_one() -> None:
    session = Session(BOWL)
    session.advance(100)
    for step in (50, 10):
        session.show_step(step)
        session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.2)), "0 lr")
    assert len(session.experiment.branches) == 2
    session.store.undo()
    assert len(session.experiment.branches) == 1


def test_a_part_that_was_added_on_the_way_is_turned_from_the_start_as_a_whole() -> None:
    session = Session(BOWL)
    session.advance(60)
    turned(session, 0, noise=0.3, noise_seed=5)
    session.advance(40)
    session.set_edit_from_start(True)
    turned(session, 0, noise_seed=6)
    assert [dict(values) for _, values in session.experiment.runs[0].hyperparameters_by_step] == [
        {"lr": 0.1},
        {"lr": 0.1, "noise": 0.3, "noise_decay": 0.0, "noise_seed": 6},
    ]
    turned(session, 0, noise=0.5)
    assert [dict(values) for _, values in session.experiment.runs[0].hyperparameters_by_step] == [
        {"lr": 0.1, "noise": 0.5, "noise_decay": 0.0, "noise_seed": 6}
    ]
    assert from_json(to_json(session.experiment)) == session.experiment


def test_looks_and_other_optimizers_leave_the_common_rate_alone() -> None:
    session = Session(BOWL)
    session.set_comparison(ComparisonMode("rate"), {0: 0.1, 1: 0.1})
    session.advance(20)
    turned(session, 0, lr=0.05)
    session.advance(30)
    session.change(lambda e: e.with_added_run(Run("lion")))
    assert session.experiment.runs[2].hyperparameters_by_step[1:] == [
        (20, {**session.experiment.runs[2].hyperparameters, "lr": 0.05})
    ]
    before = session.experiment
    session.show_step(10)
    session.change(lambda e: e.with_run(0, replace(e.runs[0], visible=False)))
    assert [run.hyperparameters_by_step for run in session.experiment.runs] == [
        run.hyperparameters_by_step for run in before.runs
    ]
    assert not session.experiment.branches
    session.change(lambda e: e.with_run(1, e.runs[1].with_optimizer("rmsprop")))
    assert [run.as_of_step(30).hyperparameters["lr"] for run in session.experiment.runs] == [0.05] * 3
    assert session.experiment.comparison.mode == "rate"


def test_a_mode_that_is_not_true_is_not_said() -> None:
    tuned = with_comparison(BOWL, ComparisonMode("tuned", 500), {0: 0.9, 1: 0.3})
    assert tuned.comparison.mode == "tuned"
    assert from_json(to_json(tuned)).comparison.mode == "tuned"
    for other in (
        replace(tuned, start=(1.0, 1.0)),
        tuned.with_added_run(Run("lion")),
        tuned.with_run(0, tuned.runs[0].with_hyperparameter("lr", 0.1)),
    ):
        assert other.comparison == ComparisonMode()
    assert replace(BOWL, comparison=ComparisonMode("rate")).comparison == ComparisonMode(), "their rates differ"


def test_replicas_and_long_branches_hold_nothing_up() -> None:
    runs = tuple(Run.parse("sgd lr=0.1 noise=1") for _ in range(3))
    session = Session(
        replace(
            BOWL,
            runs=tuple(replace(run, replicas=20) for run in runs),
            branches=(Branch((Run("nelder_mead", slot=9),), (-7.0, 2.0), 1_000_000),),
        )
    )
    made = []
    for track in session.race.all_trajectories:
        track.advance = lambda count, advance=track.advance: (made.append(count), advance(count))  # type: ignore[method-assign]
    session.advance(30)
    assert session.race.step == 30
    made.clear()
    session.pending_timer.timeout.emit()
    assert max(made) <= 256
    session.stop()


def test_runs_that_will_end_have_not_converged_before() -> None:
    session = Session(
        replace(DEFAULT_EXPERIMENT, stop_when_converged=True, comparison=ComparisonMode("evaluations", 400))
    )
    session.advance(1000)
    assert session.race.step == 400
    session.show_step(0)
    session.clock.play()
    session.advance(300)
    assert session.race.step == 300
    session.stop()
