"""A simulation that ends when all runs have converged."""

from __future__ import annotations

import pytest

from app.model.experiment import Experiment
from app.model.run import Run
from app.session.session import Session

pytestmark = pytest.mark.usefixtures("application")  # timers need an application


@pytest.mark.parametrize("run", ["sgd lr=0.1", "momentum lr=0.05", "adam lr=0.05"])
def test_playback_stops_on_a_line_of_minima(run: str) -> None:
    """Where all y are 0, the network w2 tanh(w1 x) is lowest on the lines w1 = 0 and w2 = 0."""
    data = (tuple(k / 5 - 2 for k in range(21)), (0.0,) * 21)
    session = Session(
        Experiment("two_weight_network", data=data, runs=(Run.parse(run),), stop_when_converged=True),
    )
    session.clock.play()
    for _ in range(20):
        if session.clock.running:
            session.advance(100)
    assert not session.clock.running
    assert "on a line of minima" in session.run_status(0).sentence
    w1, w2 = session.race.trajectories[0].xs[-1], session.race.trajectories[0].ys[-1]
    assert min(abs(w1), abs(w2)) < 1e-3
