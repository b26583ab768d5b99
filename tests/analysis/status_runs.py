"""Surfaces and runs for the tests of run statuses."""

from __future__ import annotations

from app.analysis.run_status import RunStatus, run_status
from app.engine.trajectory import Trajectory
from app.model.run import Run
from surfaces import SURFACES, Surface


def make_surface(function, bounds=((-5, 5), (-4, 4)), minima=(), note="") -> Surface:
    return Surface(
        id="test",
        name="Test",
        family="",
        source="",
        formula="",
        bounds=bounds,
        start=(3.0, 2.0),
        function=function,
        minima=minima,
        nonsmooth_note=note,
    )


def bowl(a: float, b: float) -> Surface:
    return make_surface(lambda x, y: ((a * x * x + b * y * y) / 2, (a * x, b * y)), minima=((0, 0),))


def trajectory_of(run: str | Run, surface: Surface | str, steps: int, start: tuple[float, float]) -> Trajectory:
    surface = SURFACES[surface] if isinstance(surface, str) else surface
    trajectory = Trajectory(Run.parse(run) if isinstance(run, str) else run, surface, start)
    trajectory.advance(steps)
    return trajectory


def status_of(run: str, surface: Surface | str, step: int, start: tuple[float, float] = (3.0, 2.0)) -> RunStatus:
    return run_status(trajectory_of(run, surface, step, start), step)
