"""The formula of an optimizer with its current switches, derived from its code where the declared one does not hold."""

from __future__ import annotations

from app.analysis.step_explanation import explain
from app.engine.trajectory import Trajectory
from app.model.run import Run
from surfaces import SURFACES

SURFACE, START = "himmelblau", (-0.5, 0.8)
LEARNING_RATE = 1e-3  # small, so that no rule diverges
STEPS = 3  # the last one is an ordinary step


def derived_formula(run: Run) -> str:
    """Return the lines of the code as mathtext, empty if the declared formula holds.

    The declared formula is that with all switches at their defaults; a switch with a symbol is part of it.
    """
    specs = run.method.hyperparameters
    values = {name: run.hyperparameters[name] for name in specs}
    switches = [name for name, spec in specs.items() if spec.scale == "switch" and not spec.symbol]
    if all(values[name] == specs[name].default for name in switches):
        return ""
    if run.method.has_learning_rate:
        values["lr"] = LEARNING_RATE
    trajectory = Trajectory(Run(run.optimizer, values), SURFACES[SURFACE], START)
    trajectory.advance(STEPS)
    return "\n".join(line.latex for line in explain(trajectory, trajectory.last_step).lines)
