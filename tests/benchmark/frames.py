"""Drawing: a frame, rotating the 3D surface, dragging the start, resizing, exported images and animations."""

from __future__ import annotations

import importlib.util
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.engine.race import Race
from app.model.experiment import Experiment
from surfaces import SURFACES
from tests.benchmark.measure import (
    RUNS,
    SMOOTH,
    Row,
    application,
    close,
    faster,
    median,
    noisy,
    open_window,
    process_events,
    slower,
)

STEPS = (100, 10_000, 100_000, 1_000_000)
STEPS_PER_FRAME = 10
FRAMES = 300


def frame() -> Iterator[Row]:
    """Measure a frame of the whole window: five runs, three canvases, ten steps, repaint included."""
    for kind, experiment in (("smooth", SMOOTH), ("noisy", noisy())):
        window, first = open_window(experiment), None
        for step in STEPS:
            cost = _frame_at(window, step)
            first = first or cost
            yield slower("frame", f"{kind}, step {step:,}", cost, "ms", "the same at step 100", first, 1.2, limit=8.0)
            if kind == "smooth" and step == 100_000:
                reference = _pyqtgraph(step)
                yield faster(
                    "frame", "100,000 points a run", cost, "ms", "pyqtgraph, 5 loss curves, setData", reference, 20
                )
        close(window)
    window = open_window(SMOOTH)
    for step, target in ((200, 50), (2000, 500)):
        yield faster(
            "frame",
            f"step {step:,}",
            _frame_at(window, step),
            "ms",
            "new artists, full redraw",
            _matplotlib_loop(step),
            target,
        )
    close(window)


def _frame_at(window, step: int) -> float:  # type: ignore[no-untyped-def]
    window.session.race.advance(step - window.session.race.step)
    for canvas in window.canvases.values():
        canvas.draw_idle()
    process_events()
    return median(lambda: window.session.advance(STEPS_PER_FRAME), 200, warm=5)


def _pyqtgraph(points: int) -> float | None:
    if importlib.util.find_spec("pyqtgraph") is None:
        return None
    application()
    import pyqtgraph

    plot = pyqtgraph.PlotWidget()
    plot.resize(900, 600)
    curves = [plot.plot(pen=pyqtgraph.mkPen(width=2)) for _ in RUNS]
    steps = np.arange(points + 1)
    losses = [np.log10(loss + 1e-30) for _, _, loss in _paths(points)]
    plot.show()
    process_events()

    def once() -> None:
        for curve, loss in zip(curves, losses, strict=True):
            curve.setData(steps, loss)
        plot.viewport().repaint()

    cost = median(once, 5)
    plot.close()
    return cost


def _paths(steps: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    race = Race(SMOOTH)
    race.advance(steps)
    return [trajectory.values_between(0, steps) for trajectory in race.trajectories]


def _matplotlib_loop(step: int) -> float:
    """Return the cost of a step of a loop that adds artists to three plots and redraws all, as teaching scripts do."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.8, 8.0), dpi=100)
    canvas = FigureCanvasAgg(figure)
    x, y = np.linspace(-2, 2, 50), np.linspace(-1, 3, 50)
    height = SURFACES["rosenbrock"](*np.meshgrid(x, y))[0]
    relief, contour, loss = (
        figure.add_subplot(2, 2, 1, projection="3d"),
        figure.add_subplot(1, 2, 2),
        figure.add_subplot(2, 2, 3),
    )
    relief.plot_surface(*np.meshgrid(x, y), height, cmap="viridis", alpha=0.7)
    contour.contour(x, y, height, levels=30)
    paths = _paths(step + 5)

    def add(k: int) -> None:
        for xs, ys, zs in paths:
            segment = slice(k - 1, k + 1)
            relief.plot(xs[segment], ys[segment], zs[segment], color="red")
            contour.plot(xs[segment], ys[segment], color="red")
            loss.plot([k - 1, k], zs[segment], color="red")

    for k in range(1, step):
        add(k)
    remaining = itertools.count(step)

    def once() -> None:
        add(next(remaining))
        canvas.draw()

    return median(once, 3 if step < 1000 else 1, warm=0)


def rotate() -> Iterator[Row]:
    """Measure a frame of rotating the 3D surface with five paths of 1,000 points and hidden-line removal."""
    window = open_window(SMOOTH)
    window.session.race.advance(1000)
    canvas = window.canvases["relief"]
    canvas.resize(600, 500)
    process_events()
    canvas.view.rotating = True

    def once() -> None:
        canvas.view.camera = canvas.view.camera.rotated(3, 0)
        canvas.draw()
        canvas.repaint()

    cost = median(once, 40, warm=3)
    yield faster(
        "turn", "relief, 100 x 100, 5 paths", cost, "ms", "mplot3d plot_surface, plot", _mplot3d(), 4, limit=16.0
    )
    close(window)


def _mplot3d() -> float:
    application()
    from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
    from matplotlib.figure import Figure

    canvas = FigureCanvasQTAgg(Figure())
    canvas.resize(600, 500)
    axes = canvas.figure.add_subplot(projection="3d")
    x, y = np.meshgrid(np.linspace(-2, 2, 100), np.linspace(-1, 3, 100))
    axes.plot_surface(x, y, np.log10(SURFACES["rosenbrock"](x, y)[0] + 1), rstride=1, cstride=1, cmap="viridis")
    for xs, ys, zs in _paths(1000):
        axes.plot(xs, ys, np.log10(zs + 1))
    canvas.show()
    angle = itertools.count(0, 3)

    def once() -> None:
        axes.view_init(30, next(angle))
        canvas.draw()
        canvas.repaint()

    cost = median(once, 10)
    canvas.close()
    return cost


def what_if() -> Iterator[Row]:
    """Measure dragging the start and changing a learning rate from the start: 1,000 steps are recomputed."""
    window = open_window(SMOOTH)
    window.session.advance(1000)
    process_events()
    window.session.store.begin_interaction()
    positions = itertools.cycle([(-1.5 + 0.01 * k, 2.0 - 0.01 * k) for k in range(20)])
    cost = median(lambda: window.session.set_start(*next(positions)), 40, warm=3)
    window.session.store.end_interaction()
    yield slower("what-if", "new start, 5 x 1,000 updates", cost, "ms", "a frame at 60 Hz", 1000 / 60, 1.0)
    window.session.set_edit_from_start(True)
    rates = itertools.cycle([0.05 + 0.001 * k for k in range(20)])
    window.session.store.begin_interaction()

    def change_rate() -> None:
        rate = next(rates)
        window.session.change(lambda e: e.with_run(2, e.runs[2].with_hyperparameter("lr", rate)), "2 lr")

    cost = median(change_rate, 40, warm=3)
    window.session.store.end_interaction()
    yield slower(
        "what-if", "a rate turned from the start, 1,000 updates", cost, "ms", "a frame at 60 Hz", 1000 / 60, 1.0
    )
    close(window)


def scrub() -> Iterator[Row]:
    """Measure dragging the timeline back and forth over a million steps of five runs."""
    for kind, experiment in (("smooth", SMOOTH), ("noisy", noisy())):
        window = open_window(experiment)
        window.session.race.advance(1_000_000)
        window.session.step_changed.emit(0, 1_000_000)
        process_events()
        positions = itertools.cycle(np.random.default_rng(0).integers(0, 1_000_000, 97).tolist())
        window.timeline_bar.timeline.drag_changed.emit(True)

        def once(window=window, positions=positions) -> None:  # type: ignore[no-untyped-def]
            window.session.show_step(next(positions))

        cost = median(once, 60, warm=3)
        window.timeline_bar.timeline.drag_changed.emit(False)
        yield slower("scrub", f"{kind}, 1,000,000 steps", cost, "ms", "a frame at 30 Hz", 1000 / 30, 1.0)
        close(window)


def resize() -> Iterator[Row]:
    """Measure resizing the window, which draws everything in full."""
    window = open_window(noisy())
    widths = itertools.cycle([1240, 1280])

    def once() -> None:
        window.resize(next(widths), 800)
        process_events()

    at_start = median(once, 9)
    window.session.race.advance(1_000_000)
    for canvas in window.canvases.values():
        canvas.draw_idle()
    process_events()
    yield slower("resize", "1,000,000 noisy steps", median(once, 9), "ms", "a resize at step 0", at_start, 3.0)
    close(window)


def image() -> Iterator[Row]:
    """Measure exporting a PNG of the whole figure at 200 dpi."""
    from app.export.formats import export
    from app.export.options import Options

    costs = []
    for steps in (100, 100_000):
        race = Race(Experiment(SMOOTH.surface_id, SMOOTH.start, RUNS))
        race.advance(steps)
        with tempfile.TemporaryDirectory() as folder:
            costs.append(
                median(lambda race=race, folder=folder: export(race, Path(folder) / "a.png", Options(dpi=200)), 3)
            )
    yield slower("picture", "PNG, 200 dpi, 100,000 steps", costs[1], "ms", "the same at step 100", costs[0], 3.0)


def animation() -> Iterator[Row]:
    """Measure exporting 300 frames at 1280 x 720 as a GIF; the reference draws each in full, as FuncAnimation does."""
    from app.export.formats import export
    from app.export.options import ANIMATION_DPI, ANIMATION_SIZE, Options

    race = Race(Experiment(SMOOTH.surface_id, SMOOTH.start, RUNS))
    race.advance(FRAMES)
    options = Options(size=ANIMATION_SIZE, dpi=ANIMATION_DPI, fps=25, seconds=(FRAMES - 25) / 25)
    with tempfile.TemporaryDirectory() as folder:
        cost = median(lambda: export(race, Path(folder) / "a.gif", options), 1, warm=0)
        reference = median(lambda: _animated(race, Path(folder) / "b.gif", options), 1, warm=0)
    yield faster(
        "film", f"GIF, {FRAMES} frames, 1280 x 720", cost, "ms", "FuncAnimation.save, full redraws", reference, 3
    )


def _animated(race: Race, path: Path, options) -> None:  # type: ignore[no-untyped-def]
    from matplotlib.animation import FuncAnimation, PillowWriter

    from app.export.figure import DynamicArtist, build_figure

    composed = build_figure(race, options)
    dynamic_artists = [DynamicArtist(view, 0) for view in composed.views]
    for view, artist in zip(composed.views, dynamic_artists, strict=True):
        view.axes.add_artist(artist)

    def update(k: int) -> list[DynamicArtist]:
        for artist in dynamic_artists:
            artist.step = k
        return dynamic_artists

    FuncAnimation(composed.figure, update, frames=FRAMES, blit=False).save(path, writer=PillowWriter(fps=25))
