"""Commands that show a problem with many parameters on another plane: a submenu of the Simulation menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.engine.trajectory import Trajectory
from app.gui.widgets.wait_cursor import wait_cursor
from app.gui.window.actions.action import Action, ActionContext
from app.model.experiment import Experiment

PLANE_MENU = "Simulation/P&lane"


def _has_moved(context: ActionContext) -> bool:
    session = context.session
    return session.experiment.problem is not None and session.race.step > 0 and bool(session.race.trajectories)


def _has_problem(context: ActionContext) -> bool:
    return context.session.experiment.problem is not None and bool(context.session.race.trajectories)


def _selected_row(context: ActionContext) -> int:
    return max(context.panels.side_panel.run_list.selected_row, 0)


def _change(context: ActionContext, edit: Callable[[Experiment, Trajectory, int], Experiment]) -> None:
    """Apply an edit that gets the selected run and the displayed step; it computes for a second or more."""
    session = context.session
    trajectory = session.race.trajectories[_selected_row(context)]
    with wait_cursor():
        session.change(lambda e: edit(e, trajectory, session.race.step))


def _show_joint_plane(context: ActionContext) -> None:
    from app.engine.problem_experiment import with_plane_through_runs  # only for a problem with many parameters

    _change(context, lambda e, _, step: with_plane_through_runs(e, context.session.race.trajectories, step))


def _show_plane_of_run(context: ActionContext, kind: str) -> None:
    from app.engine.problem_planes import with_plane_through_run  # only for a problem with many parameters

    _change(context, lambda e, trajectory, step: with_plane_through_run(e, trajectory, step, kind))


def _show_random_plane(context: ActionContext) -> None:
    from app.engine.problem_planes import with_random_plane  # only for a problem with many parameters

    _change(context, with_random_plane)


def _ask_for_steps(context: ActionContext) -> None:
    from app.engine.problem_planes import with_plane_through_steps  # only for a problem with many parameters
    from app.gui.dialogs.plane_steps import PlaneStepsDialog  # only when it is opened

    session, row = context.session, _selected_row(context)

    def apply(steps: Sequence[int]) -> None:
        _change(context, lambda e, trajectory, _: with_plane_through_steps(e, trajectory, steps))

    session.clock.pause()
    last_step = session.race.trajectories[row].last_step
    PlaneStepsDialog(context.window, session.experiment.labels[row], last_step, apply).open()


PLANE_ACTIONS: list[Action] = [
    Action(
        "plane_through_runs",
        "Principal Components of &All Runs",
        PLANE_MENU,
        _show_joint_plane,
        enabled=_has_moved,
        help="Shows a problem with many parameters on the plane of the principal components of all runs.",
    ),
    Action(
        "plane_pca",
        "&Principal Components of Selected Run",
        PLANE_MENU,
        lambda c: _show_plane_of_run(c, "pca"),
        enabled=_has_moved,
        help="Shows a problem with many parameters on the plane of the principal components of the selected run.",
    ),
    Action(
        "plane_ends",
        "&Start and End of Selected Run",
        PLANE_MENU,
        lambda c: _show_plane_of_run(c, "ends"),
        enabled=_has_moved,
        help="Shows the plane through the start of the selected run, its displayed step, and the step farthest from "
        "the line between them.",
    ),
    Action(
        "plane_steps",
        "&Three Steps of Selected Run…",
        PLANE_MENU,
        _ask_for_steps,
        enabled=_has_moved,
        help="Shows the plane through the parameters of the selected run after three steps.",
    ),
    Action(
        "plane_random",
        "&Random Directions",
        PLANE_MENU,
        _show_random_plane,
        separator_before=True,
        enabled=_has_problem,
        help="Shows a network on the plane of two random, filter-normalized directions around the displayed step of "
        "the selected run.",
    ),
]
