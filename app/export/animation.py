"""The race as a film: every frame drawn from the recorded past, adding only what is new, while the window goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from app.engine.race import Race
from app.export.figure import Composed, compose, facts
from app.export.movie_writers import GIF, MP4, Reel
from app.export.options import MOST_FILM_PIXELS, MOST_FRAMES, Options
from app.plotting.path_renderer import Brush
from app.utils.atomic_write import replacing
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from app.views.base_view import BLOCK
from app.views.surface_view import Relief

LONG, REST = 10.0, 1.0  # seconds that a film lasts where nobody says it, at most; and that its last frame is held
MOST_COLORS = 100  # that are kept true in every frame
SAMPLES = 9  # steps at which the views are asked whether they need more room


def frame_steps(last: int, options: Options) -> list[int]:
    """The step that each frame shows, from 0 to ``last``; the last one is held until it has been seen, within the film's length.

    ExperimentError where that are too many frames.
    """
    whole = max(round((LONG if options.seconds is None else options.seconds) * options.fps), 1)
    rest = held_of(whole, options.fps)
    if options.pace is not None:
        count = -(-last // options.pace) + 1
        if options.seconds is not None:
            count = min(count, whole - rest)
        _bounded(count)
        steps = [min(k * options.pace, last) for k in range(count)]
    else:
        count = whole - rest if options.seconds is not None else min(whole - rest, last + 1)
        _bounded(count)
        steps = [round(step) for step in np.linspace(0, last, count).tolist()] if count > 1 else [last]
    held = rest if options.seconds is None else whole - len(steps)
    return steps + [steps[-1]] * held


def held_of(whole: int, fps: float) -> int:
    """How many of so many frames hold the last step."""
    return min(round(REST * fps), whole // 4)


def _bounded(count: int) -> None:
    if count > MOST_FRAMES:
        raise ExperimentError(
            tr(
                "a film has at most {most_frames:,} frames, not {count:,}; ask for more steps a frame or less time",
                most_frames=MOST_FRAMES,
                count=count,
            )
        )


def fitted(options: Options) -> Options:
    """The same with an even number of pixels each way, which video needs; ExperimentError where they are too many."""
    width, height = options.pixels
    if width * height > MOST_FILM_PIXELS:
        raise ExperimentError(
            tr(
                "a film has at most {most_film_pixels:,} pixels a frame, not {width:,} x {height:,}; ask for less",
                most_film_pixels=MOST_FILM_PIXELS,
                width=width,
                height=height,
            )
        )
    return replace(
        options, size=((width - width % 2) / options.dpi, (height - height % 2) / options.dpi), transparent=False
    )


def plan(suffix: str, last: int, options: Options) -> tuple[type[Reel], Options, list[int]]:
    """What a film is wound on, how, and the step that each frame shows; ExperimentError where it cannot be made."""
    if last == 0:
        raise ExperimentError(tr("a film shows the way to a step, and at step 0 there is none: go on first"))
    reel, options = (GIF if suffix == ".gif" else MP4), fitted(options)
    reel.check(options)
    return reel, options, frame_steps(last, options)


class Film:
    """Draws one frame after the other on one figure, on which only what is new is drawn.

    ``still`` is the bitmap of all that stands still, ``trailed`` the same with the trails of whole blocks of updates.
    """

    def __init__(self, race: Race, options: Options) -> None:
        self.made: Composed = compose(race, options)
        self.race, self.options = (
            self.made.scene.race,
            options,
        )  # with a step of its own; what is recorded does not change
        self.figure, self.views = self.made.figure, self.made.views
        self.canvas: Any = self.figure.canvas
        last = self.race.step
        for step in np.linspace(0, last, SAMPLES).astype(int).tolist():
            self.race.step = step
            for view in self.views:
                view.scene = self.made.scene
                view.outgrown(self.race)
        self.turning = [view for view in self.views if isinstance(view, Relief) and options.turn]
        self.steady = [view for view in self.views if view not in self.turning]
        for view in self.turning:
            view.axes.set_visible(False)
        if self.made.facts is not None:
            self.made.facts.set_animated(True)
        self.canvas.draw()
        self.brush = Brush(self.canvas.get_renderer())
        for view in self.steady:
            view.ground(self.brush, {})
            view.underlay(self.brush)
        self.trailed, self.kept = self.canvas.copy_from_bbox(self.figure.bbox), 0

    @property
    def colors(self) -> list[str]:
        """Those that tell the runs apart."""
        theme, scene = self.options.theme, self.made.scene
        return [
            theme.face,
            theme.halo,
            theme.text,
            *(part for _, style in scene.shown for part in (style.color, style.pale)),
            *(color for _, _, color in scene.ghosts),
        ][:MOST_COLORS]

    def draw(self, step: int, seconds: float) -> np.ndarray:
        """The pixels (height, width, 4) of a frame that shows a step, not before that of the last one, so late in the film."""
        self.race.step = step
        self.canvas.restore_region(self.trailed)
        full = step - step % BLOCK
        if full > self.kept:
            for view in self.steady:
                view.trails(self.brush, self.kept, full)
            self.trailed, self.kept = self.canvas.copy_from_bbox(self.figure.bbox), full
        for view in self.steady:
            view.trails(self.brush, full, step)
            view.heads(self.brush)
        for view in self.turning:
            self._turn(view, step, seconds)
        if self.made.facts is not None:
            self.made.facts.set_text(facts(self.race, self.options))
            self.made.facts.draw(self.brush.renderer)
        return np.asarray(self.canvas.buffer_rgba())

    def _turn(self, view: Relief, step: int, seconds: float) -> None:
        """Draw a relief whose camera has turned on, all of it."""
        if not hasattr(self, "from_here"):
            self.from_here = view.camera
        view.camera = self.from_here.turned(self.options.turn * seconds, 0.0)
        view.axes.set_visible(True)
        view.axes.draw(self.brush.renderer)
        view.axes.set_visible(False)
        view.redraw(self.brush, step)
        view.heads(self.brush)


def film(race: Race, path: Path, options: Options) -> Iterator[float]:
    """Write a film in the format that the path's suffix names, a frame with every turn; yields the share that is done."""
    reel, options, steps = plan(path.suffix.lower(), race.step, options)
    drawn = Film(race, options)
    with replacing(path, "wb") as file, reel(file, options, drawn.colors) as frames:
        for k, step in enumerate(steps):
            frames.add(drawn.draw(step, k / options.fps))
            yield (k + 1) / len(steps)
