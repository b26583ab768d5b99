"""Which step of which run is near a place of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from app.views.base_view import View

AS_NEAR = 1.0  # pixels: of what differs less, the latest counts, which lies on top
CLOSE_LOOK = 20_000  # steps between two points of a thinned trail that are looked at one by one, at most


class Near:
    """The trails as they are on the screen, thinned, as segments from ``a`` to ``b`` (n, 2)."""

    def __init__(self, view: View) -> None:
        assert view.scene is not None
        self.view, race = view, view.scene.race
        self.tracks = [
            (k, track) for k, track in enumerate(race.tracks) if any(track is shown for shown, _ in view.scene.shown)
        ]
        parts = [view.outline(track, min(race.step, track.extent))[:2] for _, track in self.tracks]
        ends = [
            np.minimum(np.arange(1, len(steps) + 1), len(steps) - 1) for steps, _ in parts
        ]  # the last point stands alone
        self.a = np.concatenate([np.empty((0, 2)), *(points for _, points in parts)])
        self.b = np.concatenate(
            [np.empty((0, 2)), *(points[end] for (_, points), end in zip(parts, ends, strict=True))]
        )
        self.steps = np.concatenate(
            [
                np.empty((0, 2), int),
                *(np.column_stack([steps, steps[end]]) for (steps, _), end in zip(parts, ends, strict=True)),
            ]
        )
        self.run = np.repeat(np.arange(len(parts)), [len(steps) for steps, _ in parts])

    def find(self, pixel: tuple[float, float], within: float) -> tuple[int, int] | None:
        """The index of the run and the step that are nearest to a pixel; None where no trail comes so near."""
        place = np.array(pixel)
        low, high = place - within, place + within
        about = np.flatnonzero(((np.minimum(self.a, self.b) <= high) & (np.maximum(self.a, self.b) >= low)).all(axis=1))
        a, way = self.a[about], self.b[about] - self.a[about]
        length = (way * way).sum(axis=1)
        share = np.clip(((place - a) * way).sum(axis=1) / np.where(length > 0, length, 1.0), 0.0, 1.0)
        away = np.hypot(*(a + share[:, None] * way - place).T)
        if not about.size or away.min() > within:
            return None
        about = about[away <= away.min() + AS_NEAR]
        ends = np.fmin(np.hypot(*(self.a[about] - place).T), np.hypot(*(self.b[about] - place).T))
        about = about[ends <= ends.min() + AS_NEAR]  # of trails that cross, the one with a step there
        k = max(about.tolist(), key=lambda k: (self.steps[k].max(), self.run[k]))
        index, track = self.tracks[self.run[k]]
        first, last = self.steps[k].tolist()
        steps = np.arange(first, last + 1) if last - first <= CLOSE_LOOK else np.array([first, last])
        away = np.hypot(*(self.view.spots(track, steps)[0] - place).T)
        return index, int(steps[np.flatnonzero(away <= np.nanmin(away) + AS_NEAR)[-1]])
