"""Export of a race as an animation (GIF or MP4).

Frames are drawn one at a time from the recorded trajectories, so the window stays responsive and each frame draws
only what is new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from app.engine.race import Race
from app.export.figure import ComposedFigure, build_figure, caption_text, figure_text
from app.export.movie_writers import GifWriter, MovieWriter, Mp4Writer
from app.export.options import MAX_FRAME_PIXELS, MAX_FRAMES, Options, to_inches
from app.plotting import fonts
from app.plotting.path_renderer import PathRenderer
from app.utils.atomic_write import atomic_write
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from app.views.base_view import PATH_BLOCK
from app.views.surface_view import SurfaceView
from surfaces import Surface

MAX_DEFAULT_DURATION = 10.0  # seconds: upper limit of the duration if none is given
HOLD_DURATION = 2.0  # seconds for which the last frame is held, at most half of the duration
MAX_COLORS = 100  # number of colors that are exact in every frame
LIMIT_SAMPLES = 9  # number of steps at which the views check their axis limits


def frame_steps(last_step: int, options: Options) -> list[int]:
    """Return the step shown in each frame, from 0 to ``last_step``.

    The last step is repeated for up to ``HOLD_DURATION`` seconds, within the duration of the animation. Raises
    ExperimentError if there are too many frames.
    """
    frame_count = max(round((MAX_DEFAULT_DURATION if options.seconds is None else options.seconds) * options.fps), 1)
    hold_count = hold_frame_count(frame_count, options.fps)
    if options.steps_per_frame is not None:
        moving_count = -(-last_step // options.steps_per_frame) + 1
        if options.seconds is not None:
            moving_count = min(moving_count, frame_count - hold_count)
        _check_frame_count(moving_count)
        steps = [min(k * options.steps_per_frame, last_step) for k in range(moving_count)]
    else:
        moving_count = (
            frame_count - hold_count if options.seconds is not None else min(frame_count - hold_count, last_step + 1)
        )
        _check_frame_count(moving_count)
        steps = (
            [round(step) for step in np.linspace(0, last_step, moving_count).tolist()]
            if moving_count > 1
            else [last_step]
        )
    repeat_count = hold_count if options.seconds is None else frame_count - len(steps)
    return steps + [steps[-1]] * repeat_count


def hold_frame_count(frame_count: int, fps: float) -> int:
    """Return how many of ``frame_count`` frames hold the last step."""
    return min(round(HOLD_DURATION * fps), (frame_count - 1) // 2)


def _check_frame_count(count: int) -> None:
    if count > MAX_FRAMES:
        raise ExperimentError(
            tr(
                "an animation can have at most {most_frames:,} frames, not {count:,}; use more steps per frame "
                "or a shorter duration",
                most_frames=MAX_FRAMES,
                count=count,
            )
        )


def plan_animation(suffix: str, last_step: int, options: Options) -> tuple[type[MovieWriter], Options, list[int]]:
    """Return the writer class, the options to use, and the step shown in each frame.

    Raises ExperimentError if the animation cannot be made.
    """
    if last_step == 0:
        raise ExperimentError(tr("there is nothing to animate at step 0; run the simulation first"))
    width, height = options.pixels
    if width * height > MAX_FRAME_PIXELS:
        raise ExperimentError(
            tr(
                "an animation can have at most {most_film_pixels:,} pixels per frame, not {width:,} x "
                "{height:,}; reduce the size",
                most_film_pixels=MAX_FRAME_PIXELS,
                width=width,
                height=height,
            )
        )
    writer_class: type[MovieWriter] = GifWriter if suffix == ".gif" else Mp4Writer
    writer_class.check_options(options)
    width, height = (side - side % writer_class.size_step for side in (width, height))
    size = to_inches(width, options.dpi), to_inches(height, options.dpi)
    return writer_class, replace(options, size=size, transparent=False), frame_steps(last_step, options)


def check_animation(suffix: str, last_step: int, options: Options) -> str:
    """Return a remark if the size will be another one; raise ExperimentError if the animation cannot be made."""
    _, planned_options, _ = plan_animation(suffix, last_step, options)
    if planned_options.pixels == options.pixels:
        return ""
    return tr(
        "the sides of an MP4 must be even; it will have {width} x {height} pixels instead of {width2} x {height2}",
        width=planned_options.pixels[0],
        height=planned_options.pixels[1],
        width2=options.pixels[0],
        height2=options.pixels[1],
    )


class FrameRenderer:
    """Renderer of consecutive frames on one figure.

    ``background`` is the bitmap of the static artists and of the paths up to ``drawn_until_step``, so that each frame
    draws only what is new. Steps must not decrease from frame to frame.
    """

    def __init__(self, race: Race, options: Options) -> None:
        self.options = options
        self._begin_surface(race, race.surface)

    def _begin_surface(self, race: Race, surface: Surface) -> None:
        """Build the figure with one of the surfaces of the race, without paths."""
        self.composed_figure: ComposedFigure = build_figure(race, self.options, surface=surface)
        self.race = self.composed_figure.scene.race  # a copy: its displayed step changes, the recorded data do not
        options, self.last_step = self.options, race.step
        self.figure, self.views = self.composed_figure.figure, self.composed_figure.views
        self.canvas = cast(Any, self.figure.canvas)  # the methods of FigureCanvasAgg are not annotated
        self._fit_limits(self.race.step)
        self.rotating_views = [view for view in self.views if isinstance(view, SurfaceView) and options.camera_speed]
        self.fixed_views = [view for view in self.views if view not in self.rotating_views]
        self.initial_cameras = [view.camera for view in self.rotating_views]
        for view in self.rotating_views:
            view.axes.set_visible(False)
        if self.composed_figure.caption is not None:
            self.composed_figure.caption.set_animated(True)
        self.canvas.draw()
        self.renderer = PathRenderer(self.canvas.get_renderer())
        for fixed_view in self.fixed_views:
            fixed_view.draw_background_paths(self.renderer, {})
            fixed_view.draw_underlay(self.renderer)
        self.background, self.drawn_until_step = self.canvas.copy_from_bbox(self.figure.bbox), 0

    def _fit_limits(self, last_step: int) -> None:
        """Expand the axis limits of the views to fit all frames."""
        for step in np.linspace(0, last_step, LIMIT_SAMPLES).astype(int).tolist():
            self.race.step = step
            for view in self.views:
                view.scene = self.composed_figure.scene
                view.expand_limits_if_needed(self.race)

    @property
    def colors(self) -> list[str]:
        """The colors that must be exact in every frame: those of the theme and of the runs."""
        theme, scene = self.options.theme, self.composed_figure.scene
        return [
            theme.figure_background,
            theme.outline_color,
            theme.text,
            *(run_color for _, style in scene.visible_runs for run_color in (style.color, style.pale_color)),
            *(color for _, _, color in scene.branch_trajectories),
        ][:MAX_COLORS]

    def render_frame(self, step: int, seconds: float) -> np.ndarray:
        """Return the RGBA pixels of a frame, shape (height, width, 4).

        ``step`` must not be lower than that of the previous frame; ``seconds`` is the time of the frame.
        """
        self.race.step = step
        if self.race.surface is not self.composed_figure.scene.surface:
            surface, self.race.step = self.race.surface, self.last_step
            cameras = [view.camera for view in self.fixed_views if isinstance(view, SurfaceView)]
            for camera in [*self.initial_cameras, *cameras]:  # at most one; a surface has a default camera of its own
                self.options = replace(self.options, camera=camera)
            self._begin_surface(self.race, surface)
            self.race.step = step
        self.canvas.restore_region(self.background)
        block_end = step - step % PATH_BLOCK
        if block_end > self.drawn_until_step:
            for view in self.fixed_views:
                view.draw_path_segments(self.renderer, self.drawn_until_step, block_end)
            self.background, self.drawn_until_step = self.canvas.copy_from_bbox(self.figure.bbox), block_end
        for view in self.fixed_views:
            view.draw_path_segments(self.renderer, block_end, step)
            view.draw_current_markers(self.renderer)
        for rotating_view, camera in zip(self.rotating_views, self.initial_cameras, strict=True):
            rotating_view.camera = camera.rotated(self.options.camera_speed * seconds, 0.0)
            self._draw_rotated(rotating_view, step)
        if self.composed_figure.caption is not None:
            self.composed_figure.caption.set_text(caption_text(self.race, self.options))
            self.composed_figure.caption.draw(self.renderer.backend_renderer)
        return np.asarray(self.canvas.buffer_rgba())

    def _draw_rotated(self, view: SurfaceView, step: int) -> None:
        """Draw all of a 3D surface, since none of it is in the background."""
        view.axes.set_visible(True)
        view.axes.draw(self.renderer.backend_renderer)
        view.axes.set_visible(False)
        view.redraw(self.renderer, step)
        view.draw_current_markers(self.renderer)


def export_animation(race: Race, path: Path, options: Options) -> Iterator[float]:
    """Write an animation in the format of the path's suffix, one frame per iteration; yield the fraction done."""
    writer_class, options, steps = plan_animation(path.suffix.lower(), race.step, options)
    text = figure_text(race.experiment)
    with fonts.covering(text):
        frame_renderer = FrameRenderer(race, options)
    with atomic_write(path, "wb") as file, writer_class(file, options, frame_renderer.colors) as writer:
        for k, step in enumerate(steps):
            with fonts.covering(text):  # not around the loop: the window draws between two frames
                pixels = frame_renderer.render_frame(step, k / options.fps)
            writer.add_frame(pixels)
            yield (k + 1) / len(steps)
