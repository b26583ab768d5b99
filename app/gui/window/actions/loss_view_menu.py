"""Commands of the loss view: its submenu, which is also its context menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.analysis.problem_metrics import metric_names
from app.gui.window.actions.action import Action, ActionContext
from app.model.experiment import ACCURACIES, PROBLEM_QUANTITIES, QUANTITIES, X_QUANTITIES, LossPlot

LOSS_VIEW_MENU = "View/L&oss Plot"
QUANTITY_TEXTS = {  # by quantity
    "loss": "&Loss",
    "above": "Loss − &Minimum",
    "distance": "&Distance to Nearest Minimum",
    "gradient": "&Gradient Norm",
    "step": "Step Si&ze",
    "rate": "Learning &Rate",
    "accuracy": "Training &Accuracy",
    "test_loss": "&Test Loss",
    "test_accuracy": "Test Acc&uracy",
}
PROBLEM_HELP = {  # of the quantities that only a network in all its dimensions has
    "accuracy": "Plots the fraction of the training data that the network classifies correctly.",
    "test_loss": "Plots the loss of the network on data that it is not trained on.",
    "test_accuracy": "Plots the fraction of data not used for training that the network classifies correctly.",
}
X_QUANTITY_TEXTS = {
    "steps": "X-Axis: &Step",
    "evaluations": "X-Axis: &Evaluations",
    "time": "X-Axis: &Compute Time (ms)",
}


def _edit(context: ActionContext, edit: Callable[[LossPlot], LossPlot]) -> None:
    context.session.change(lambda experiment: replace(experiment, loss_plot=edit(experiment.loss_plot)))


def _other_scale(scale: str) -> str:
    return "linear" if scale == "log" else "log"


def _quantity_action(name: str, text: str) -> Action:
    return Action(
        f"curve_{name}",
        text,
        LOSS_VIEW_MENU,
        lambda c: _edit(c, lambda plot: replace(plot, quantity=name)),
        enabled=lambda c: name not in PROBLEM_QUANTITIES or name in metric_names(c.session.experiment.surface),
        checked=lambda c: c.session.experiment.loss_plot.quantity == name,
        help=PROBLEM_HELP.get(name, ""),
    )


def _x_quantity_action(name: str, text: str) -> Action:
    return Action(
        f"against_{name}",
        text,
        LOSS_VIEW_MENU,
        lambda c: _edit(c, lambda plot: replace(plot, x_quantity=name)),
        separator_before=name == "steps",
        checked=lambda c: c.session.experiment.loss_plot.x_quantity == name,
    )


LOSS_VIEW_ACTIONS: list[Action] = [
    *(_quantity_action(name, QUANTITY_TEXTS[name]) for name in QUANTITIES),
    *(_x_quantity_action(name, X_QUANTITY_TEXTS[name]) for name in X_QUANTITIES),
    Action(
        "log_x",
        "Log &X-Axis",
        LOSS_VIEW_MENU,
        lambda c: _edit(c, lambda plot: replace(plot, x_scale=_other_scale(plot.x_scale))),
        separator_before=True,
        checked=lambda c: c.session.experiment.loss_plot.x_scale == "log",
        help="Uses a logarithmic x-axis.",
    ),
    Action(
        "log_y",
        "Log &Y-Axis",
        LOSS_VIEW_MENU,
        lambda c: _edit(c, lambda plot: replace(plot, y_scale=_other_scale(plot.y_scale))),
        enabled=lambda c: c.session.experiment.loss_plot.quantity not in ACCURACIES,
        checked=lambda c: c.session.experiment.loss_plot.y_scale == "log",
        help="Uses a logarithmic y-axis.",
    ),
]
