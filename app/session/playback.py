"""What Play does."""

from __future__ import annotations

from app.session.session import Session


def replays(session: Session) -> bool:
    """Return whether Play starts at step 0 again, because the displayed step is the one at which playback stops."""
    return not session.clock.running and session.race.step == session.experiment.steps


def toggle_playback(session: Session) -> None:
    """Start or pause playback; at the stop step, play the computed steps again from the start."""
    if replays(session):
        session.show_step(0)
    session.clock.toggle()
