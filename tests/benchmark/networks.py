"""Networks: the cost of recording a training in PyTorch, and a step of a network here and there."""

from __future__ import annotations

import atexit
import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from app.engine.problem_experiment import with_problem
from app.engine.race import Race
from app.model.experiment import Experiment
from app.model.run import Run
from surfaces.landscape import Recorder
from surfaces.problems.catalog import digits_problem
from surfaces.problems.data import digit_pictures
from tests.benchmark.measure import Row

BATCH, EVERY, STEPS, RECORDED_STEPS, REPEATS = 64, 10, 100, 300, 15


def alternately(one: Callable[[], Any], other: Callable[[], Any]) -> tuple[float, float, float]:
    """Return the median milliseconds of two works that take turns, and the median ratio of neighbors."""
    times = []
    for _ in range(REPEATS + 1):
        pair = []
        for work in (one, other):
            start = time.process_time()
            work()
            pair.append((time.process_time() - start) * 1e3)
        times.append(pair)
    first, second = zip(*times[1:], strict=True)
    ratio = statistics.median(a / b for a, b in times[1:])
    return statistics.median(first), statistics.median(second), ratio


def network() -> Iterator[Row]:
    """Measure a step of a network against the same in PyTorch, and the cost of its recorder; nothing without it."""
    if importlib.util.find_spec("torch") is None:
        return
    import torch

    torch.set_num_threads(1)
    for optimizer, ours in (("SGD", "sgd"), ("Adam", "adam")):
        yield _step(torch, optimizer, ours)
    yield _recorder(torch)


def _model(torch: Any, optimizer: str, double: bool) -> tuple[Any, Any, Any, Any]:
    """Return the network 64-32-10 with its optimizer and 1,000 pictures of digits."""
    pictures, digits = digit_pictures(1_000)
    kind = torch.float64 if double else torch.float32
    model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)).to(kind)
    return (
        model,
        getattr(torch.optim, optimizer)(model.parameters(), lr=1e-3),
        torch.tensor(pictures, dtype=kind),
        torch.tensor(digits),
    )


def _step(torch: Any, optimizer: str, ours: str) -> Row:
    """Compare steps on all 1,000 pictures in double precision."""
    model, algorithm, inputs, classes = _model(torch, optimizer, double=True)
    experiment = with_problem(Experiment(runs=(Run(ours, {"lr": 1e-3}, rate_edited=True),)), "digits")

    def theirs() -> None:
        for _ in range(STEPS):
            algorithm.zero_grad()
            torch.nn.functional.cross_entropy(model(inputs), classes).backward()
            algorithm.step()

    cost, reference, ratio = alternately(lambda: Race(experiment).advance(STEPS), theirs)
    scale = 1e3 / STEPS
    case = f"{optimizer}, {digits_problem().size:,} parameters, 1,000 pictures"
    return Row("network", case, cost * scale, "us", "PyTorch", reference * scale, ratio, "<=", 0.6)


def _recorder(torch: Any) -> Row:
    """Compare a training with a recorder and without one."""
    model, algorithm, inputs, classes = _model(torch, "Adam", double=False)
    batches = np.random.default_rng(0).integers(0, 1_000, (RECORDED_STEPS, BATCH))
    chosen = [torch.from_numpy(rows) for rows in batches]

    def train(record: Recorder | None) -> None:
        for step, rows in enumerate(chosen, 1):
            algorithm.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(inputs[rows]), classes[rows])
            loss.backward()
            algorithm.step()
            if record is not None:
                record(step, model, loss)

    with tempfile.TemporaryDirectory() as folder:

        def recorded() -> None:
            record = Recorder(Path(folder) / "run.npz", every=EVERY)
            train(record)
            atexit.unregister(record.close)  # the file is not measured

        cost, reference, ratio = alternately(recorded, lambda: train(None))
    scale, case = 1e3 / RECORDED_STEPS, f"recorded step of PyTorch, batch {BATCH}, every {EVERY}th"
    return Row("network", case, cost * scale, "us", "not recorded", reference * scale, ratio, "<=", 1.05)
