"""Labels that tell runs apart where they are cut off."""

from __future__ import annotations

from app.model.run import Run
from app.model.run_labels import distinct_labels


def labels_of(*texts: str) -> list[str]:
    return distinct_labels([Run.parse(text) for text in texts])


def test_what_runs_of_one_optimizer_differ_in_comes_first() -> None:
    assert labels_of("adam lr=0.3", "adam lr=0.3 bias_correction=0", "sgd lr=0.3") == [
        "Adam, lr 0.3",
        "Adam, bias correction off, lr 0.3",
        "SGD, lr 0.3",
    ]
    assert labels_of("momentum lr=0.1 momentum=0.5", "momentum lr=0.1 momentum=0.8") == [
        "Momentum, momentum 0.5, lr 0.1",
        "Momentum, momentum 0.8, lr 0.1",
    ]


def test_labels_of_other_runs_stay_as_they_are() -> None:
    for texts in ((), ("sgd lr=1", "sgd lr=2"), ("adam lr=0.1 beta1=0.5",), ("sgd lr=1", "sgd lr=1")):
        runs = [Run.parse(text) for text in texts]
        assert distinct_labels(runs) == [run.short_label for run in runs]
