"""Edits at earlier steps: what they change, which branches they create, and undo."""

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
from app.model.edits import apply_edit, with_comparison
from app.model.experiment import DEFAULT_EXPERIMENT, MAX_TOTAL_STEPS, Experiment
from app.model.run import Run
from app.session.session import Session
from app.utils.validation import MAX_STEPS
from optimizers import OPTIMIZERS
from tests.edits import edit

pytestmark = pytest.mark.usefixtures("application")  # timers need an application

BOWL = Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": 0.1}), Run("adam", {"lr": 0.2})))
MODIFIER_VALUES = {"noise": 0.3, "noise_seed": 5, "warmup_steps": 7, "cosine_steps": 200}


def change_hyperparameters(session: Session, index: int, **hyperparameters: float) -> None:
    session.change(
        lambda e: e.with_run(
            index, replace(e.runs[index], hyperparameters={**e.runs[index].hyperparameters, **hyperparameters})
        )
    )


def path_bytes(session: Session, index: int, last: int) -> bytes:
    return np.stack(session.race.trajectories[index].values_between(0, last)).tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_rewind_and_forward_is_exact_for_every_optimizer_with_noise_and_schedules(name: str) -> None:
    method = OPTIMIZERS[name]
    supported = {
        hyperparameter for modifier in method.modifiers.values() for hyperparameter in modifier.hyperparameters
    }
    run = Run(name, {key: value for key, value in MODIFIER_VALUES.items() if key in supported})
    race = Race(Experiment("rosenbrock", (-1.2, 1.0), (run,)))
    race.advance(60)
    race = edit(
        race,
        lambda e: e.with_run(
            0,
            e.runs[0].with_hyperparameter(next(iter(method.hyperparameters)), 0.02)
            if "lr" in method.hyperparameters
            else e.runs[0],
        ),
    )
    race.advance(60)
    expected = np.stack(race.trajectories[0].values_between(0, 120)).tobytes()
    states = {
        step: repr(race.trajectories[0].point_at(min(step, race.trajectories[0].last_step)))
        for step in (3, 59, 60, 61, 119)
    }
    for step in (119, 60, 3, 61, 59):
        copied = race.trajectories[0].copy_until(step)
        assert repr(copied.point_at(min(step, copied.last_step))) == states[step]
        copied.advance(120 - step)
        assert np.stack(copied.values_between(0, 120)).tobytes() == expected


def test_rewind_without_a_change_replays_and_creates_no_branch() -> None:
    session = Session(BOWL)
    session.advance(100)
    before = path_bytes(session, 1, 100)
    session.show_step(30)
    session.change(lambda e: e.with_run(1, replace(e.runs[1], visible=False)))
    change_hyperparameters(session, 1, lr=0.2)
    session.advance(70)
    assert path_bytes(session, 1, 100) == before
    assert not session.experiment.branches


def test_edit_at_an_earlier_step_applies_there_and_creates_a_branch() -> None:
    session = Session(BOWL)
    session.advance(60)
    change_hyperparameters(session, 0, lr=0.3)
    session.advance(40)
    assert session.experiment.runs[0].hyperparameters_by_step == [(0, {"lr": 0.1}), (60, {"lr": 0.3})]
    session.show_step(20)
    assert session.displayed_experiment.runs[0].hyperparameters == {"lr": 0.1}, (
        "the controls show the values at that step"
    )
    old_path, path_before = path_bytes(session, 0, 100), path_bytes(session, 0, 20)
    other_path = path_bytes(session, 1, 100)
    session.store.begin_interaction()
    for rate in (0.2, 0.25, 0.4):
        session.change(lambda e, rate=rate: e.with_run(0, e.runs[0].with_hyperparameter("lr", rate)), "0 lr")
    session.store.end_interaction()
    (branch,) = session.experiment.branches
    assert (branch.left_at_step, branch.steps) == (20, 100)
    assert session.experiment.runs[0].hyperparameters_by_step == [(0, {"lr": 0.1}), (20, {"lr": 0.4})]
    session.advance(80)
    assert path_bytes(session, 0, 20) == path_before
    assert path_bytes(session, 0, 100) != old_path
    assert path_bytes(session, 1, 100) == other_path
    session.store.undo()
    assert path_bytes(session, 0, 100) == old_path
    assert not session.experiment.branches
    session.store.redo()
    assert session.experiment.branches == (branch,)


def test_branches_can_be_switched_named_hidden_deleted_and_undone() -> None:
    session = Session(BOWL)
    session.advance(50)
    session.show_step(10)
    change_hyperparameters(session, 0, lr=0.3)
    session.advance(20)
    own_path, branch_path = (
        path_bytes(session, 0, 30),
        np.stack(session.race.branch_trajectories[0][0].values_between(0, 50)).tobytes(),
    )
    session.change_branch(0, name="slow", visible=False)
    assert (session.experiment.branches[0].name, session.experiment.branches[0].visible) == ("slow", False)
    session.switch_branch(0)
    assert path_bytes(session, 0, 50) == branch_path
    (branch,) = session.experiment.branches
    assert (branch.runs[0].hyperparameters, branch.steps) == ({"lr": 0.3}, 30)
    assert np.stack(session.race.branch_trajectories[0][0].values_between(0, 30)).tobytes() == own_path
    session.remove_branch(0)
    assert not session.experiment.branches
    session.store.undo()
    assert session.experiment.branches == (branch,)
    assert np.stack(session.race.branch_trajectories[0][0].values_between(0, 30)).tobytes() == own_path


def test_another_start_at_an_earlier_step_keeps_the_old_paths_as_a_branch() -> None:
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


def test_edit_from_the_start_changes_only_the_edited_run() -> None:
    session = Session(BOWL)
    session.advance(40)
    change_hyperparameters(session, 1, beta1=0.5)
    session.advance(60)
    untouched = session.race.trajectories[0]
    session.set_edit_from_start(True)
    change_hyperparameters(session, 1, lr=0.05)
    assert session.race.trajectories[0] is untouched
    assert session.race.trajectories[1].last_step == session.race.step == 100
    assert [
        (start_step, values["lr"], values["beta1"])
        for start_step, values in session.experiment.runs[1].hyperparameters_by_step
    ] == [
        (0, 0.05, 0.9),
        (40, 0.05, 0.5),
    ]
    assert not session.experiment.branches
    recomputed = Race(session.experiment)
    recomputed.advance(100)
    assert np.stack(recomputed.trajectories[1].values_between(0, 100)).tobytes() == path_bytes(session, 1, 100)


def test_saved_experiment_reproduces_all_paths_exactly() -> None:
    session = Session(BOWL)
    session.advance(50)
    change_hyperparameters(session, 1, lr=0.4)
    session.advance(20)
    session.show_step(60)
    change_hyperparameters(session, 0, lr=0.3)
    session.advance(30)
    session.keep_branch()
    reopened = Session()
    reopened.load_experiment(from_json(to_json(session.experiment)))
    assert reopened.experiment == session.experiment
    reopened.race.advance(90)
    reopened.race.compute_pending()
    for original, again in zip(session.race.all_trajectories, reopened.race.all_trajectories, strict=True):
        assert again.last_step >= original.last_step or again.last_step >= 90
        last = min(original.last_step, again.last_step)
        assert np.stack(original.values_between(0, last)).tobytes() == np.stack(again.values_between(0, last)).tobytes()


def test_playback_stops_when_all_runs_have_converged_and_can_continue() -> None:
    session, messages = Session(replace(BOWL, runs=BOWL.runs[:1], stop_when_converged=True)), []
    session.message.connect(messages.append)
    session.clock.play()
    for _ in range(40):
        session.advance(97)
        if not session.clock.running:
            break
    step = session.race.step
    assert session.run_status(0).kind == "converged"
    assert messages == [f"All runs have converged. Paused at step {step:,}."]
    reopened = Session(session.experiment)
    reopened.clock.play()
    while reopened.clock.running:
        reopened.advance(1000)
    assert reopened.race.step == step, "the stop does not depend on the speed"
    session.clock.play()
    for _ in range(250):
        session.advance(1)
    assert (session.race.step, len(messages)) == (step + 250, 1), "continued playback is not stopped again"
    session.stop()


def test_shared_learning_rate_stays_shared() -> None:
    session = Session(BOWL)
    session.set_comparison(ComparisonMode("rate"), {0: 0.1, 1: 0.1})
    session.advance(20)
    change_hyperparameters(session, 1, lr=0.05)
    assert [run.hyperparameters["lr"] for run in session.experiment.runs] == [0.05, 0.05]
    session.change(lambda e: e.with_added_run(Run("lion")))
    assert session.experiment.runs[2].hyperparameters["lr"] == 0.05
    session.store.undo()
    session.store.undo()
    assert [run.hyperparameters["lr"] for run in session.experiment.runs] == [0.1, 0.1]


def test_tuned_comparison_ends_with_a_change_of_hyperparameters() -> None:
    session = Session(BOWL)
    session.advance(30)
    session.set_comparison(ComparisonMode("tuned", 500), {0: 1.0, 1: 0.3})
    assert session.race.step == 30
    assert [run.hyperparameters_by_step[0][1]["lr"] for run in session.experiment.runs] == [1.0, 0.3]
    session.change(lambda e: e.with_run(0, replace(e.runs[0], visible=False)))
    assert session.experiment.comparison.mode == "tuned"
    session.advance(3)
    change_hyperparameters(session, 1, lr=0.05)
    assert session.experiment.comparison == ComparisonMode()


@pytest.mark.slow
@pytest.mark.parametrize(
    "comparison",
    [ComparisonMode(), ComparisonMode("rate"), ComparisonMode("tuned", 500), ComparisonMode("evaluations", 1000)],
)
def test_comparison_mode_is_shown_on_every_figure(comparison: ComparisonMode) -> None:
    race = Race(with_comparison(DEFAULT_EXPERIMENT, comparison, {0: 0.001, 1: 0.001, 2: 0.001}))
    assert race.experiment.comparison.mode == comparison.mode
    race.advance(10)
    for views in ("all", "contour"):
        figure = build_figure(race, Options(view=views, size=(8.0, 5.0), dpi=60)).add_paths(race.step)
        (label,) = [text for text in figure.texts if comparison.text in text.get_text()]
        extent = label.get_window_extent()
        assert label.get_visible()
        assert extent.x0 >= 0
        assert extent.x1 <= figure.bbox.x1


def test_replicas_are_the_run_with_other_seeds() -> None:
    session = Session(replace(BOWL, runs=(Run.parse("sgd lr=0.1 noise=1"),)))
    session.change(lambda e: e.with_run(0, replace(e.runs[0], replicas=3)))
    session.advance(40)
    session.race.compute_pending()
    assert [trajectory.last_step for trajectory in session.race.replica_trajectories[0]] == [40] * 3
    seeded = Session(replace(BOWL, runs=(Run.parse("sgd lr=0.1 noise=1 noise_seed=2"),)))
    seeded.advance(40)
    assert np.stack(session.race.replica_trajectories[0][1].values_between(0, 40)).tobytes() == path_bytes(
        seeded, 0, 40
    )


def test_cached_steps_that_were_not_displayed_again_create_no_branch() -> None:
    session = Session(BOWL)
    session.advance(50)
    session.set_start(3.0, 1.0)
    session.set_start(-7.0, 2.0)
    assert session.race.last_step == 50, "these steps are cached"
    session.set_start(2.0, 2.0)
    assert not session.experiment.branches


def test_switching_a_branch_back_and_forth_keeps_its_length() -> None:
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
    reopened = Session()
    reopened.load_experiment(session.experiment)
    reopened.switch_branch(0)
    change_hyperparameters(reopened, 0, lr=0.05)
    reopened.store.undo()
    reopened.switch_branch(0)
    assert reopened.experiment.branches[0].steps == 50


def test_edit_after_an_undo_keeps_the_restored_path_as_a_branch() -> None:
    session = Session(BOWL)
    session.advance(60)
    change_hyperparameters(session, 0, lr=0.3)
    session.advance(40)
    session.restart()
    session.store.undo()
    session.show_step(20)
    change_hyperparameters(session, 0, lr=0.2)
    (branch,) = session.experiment.branches
    assert (branch.steps, branch.runs[0].hyperparameters_by_step[1]) == (100, (60, {"lr": 0.3}))


def test_dragging_a_slider_there_and_back_changes_nothing() -> None:
    session = Session(BOWL)
    session.advance(50)
    session.show_step(20)
    session.store.begin_interaction()
    for rate in (0.2, 0.3, 0.1):
        change_hyperparameters(session, 0, lr=rate)
    session.store.end_interaction()
    assert session.experiment == BOWL
    session.store.begin_interaction()
    for x in (-6.0, -7.0, -6.0, -7.0, -5.0):
        session.set_start(x, 2.0)
    session.store.end_interaction()
    assert len(session.experiment.branches) == 1


def test_changes_at_two_steps_are_undone_separately() -> None:
    session = Session(BOWL)
    session.advance(100)
    for step in (50, 10):
        session.show_step(step)
        session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.2)), "0 lr")
    assert len(session.experiment.branches) == 2
    session.store.undo()
    assert len(session.experiment.branches) == 1


def test_modifier_added_during_the_run_is_edited_from_the_start_as_a_whole() -> None:
    session = Session(BOWL)
    session.advance(60)
    change_hyperparameters(session, 0, noise=0.3, noise_seed=5)
    session.advance(40)
    session.set_edit_from_start(True)
    change_hyperparameters(session, 0, noise_seed=6)
    assert [dict(values) for _, values in session.experiment.runs[0].hyperparameters_by_step] == [
        {"lr": 0.1},
        {"lr": 0.1, "noise": 0.3, "noise_decay": 0.0, "noise_seed": 6},
    ]
    change_hyperparameters(session, 0, noise=0.5)
    assert [dict(values) for _, values in session.experiment.runs[0].hyperparameters_by_step] == [
        {"lr": 0.1, "noise": 0.5, "noise_decay": 0.0, "noise_seed": 6}
    ]
    assert from_json(to_json(session.experiment)) == session.experiment


def test_appearance_and_other_optimizers_keep_the_shared_rate() -> None:
    session = Session(BOWL)
    session.set_comparison(ComparisonMode("rate"), {0: 0.1, 1: 0.1})
    session.advance(20)
    change_hyperparameters(session, 0, lr=0.05)
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


def test_comparison_mode_is_cleared_when_it_does_not_hold() -> None:
    tuned = with_comparison(BOWL, ComparisonMode("tuned", 500), {0: 0.9, 1: 0.3})
    assert tuned.comparison.mode == "tuned"
    assert from_json(to_json(tuned)).comparison.mode == "tuned"
    for edited in (
        replace(tuned, start=(1.0, 1.0)),
        tuned.with_added_run(Run("lion")),
        tuned.with_run(0, tuned.runs[0].with_hyperparameter("lr", 0.1)),
    ):
        assert edited.comparison == ComparisonMode()
    assert replace(BOWL, comparison=ComparisonMode("rate")).comparison == ComparisonMode(), "the learning rates differ"


def test_replicas_and_long_branches_are_computed_in_small_chunks() -> None:
    runs = tuple(Run.parse("sgd lr=0.1 noise=1") for _ in range(3))
    session = Session(
        replace(
            BOWL,
            runs=tuple(replace(run, replicas=20) for run in runs),
            branches=(Branch((Run("nelder_mead", slot=9),), (-7.0, 2.0), 1_000_000),),
        )
    )
    chunk_sizes = []
    for trajectory in session.race.all_trajectories:
        trajectory.advance = lambda count, advance=trajectory.advance: (chunk_sizes.append(count), advance(count))  # type: ignore[method-assign]
    session.advance(30)
    assert session.race.step == 30
    chunk_sizes.clear()
    session.pending_timer.timeout.emit()
    assert max(chunk_sizes) <= 256
    session.stop()


def test_runs_with_a_computed_end_have_not_converged_at_an_earlier_step() -> None:
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


def test_the_oldest_branches_make_room_and_undo_restores_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.session.session.RESPONSE_SECONDS", 0.01)  # the long branch is left to the timer
    long_branch = Branch(BOWL.runs, (1.0, 1.0), MAX_STEPS, name="long")  # both runs together reach the limit
    session, messages = Session(replace(BOWL, branches=(long_branch,))), []
    session.message.connect(messages.append)
    session.advance(100)
    session.show_step(10)
    change_hyperparameters(session, 0, lr=0.05)
    assert [branch.steps for branch in session.experiment.branches] == [100]
    change_hyperparameters(session, 0, lr=0.06)
    assert len(messages) == 1
    session.store.undo()
    session.store.undo()
    assert session.experiment.branches == (long_branch,)
    session.stop()


def test_paths_that_are_longer_than_a_branch_may_be_are_kept_in_part() -> None:
    runs = tuple(Run("sgd", slot=slot) for slot in range(3))
    current = Experiment("sphere", (1.0, 1.0), runs)
    edited = apply_edit(current, replace(current, start=(2.0, 1.0)), 0, [MAX_STEPS] * 3, from_start=False)
    assert [branch.steps for branch in edited.branches] == [MAX_TOTAL_STEPS // 3]
