"""Labels that tell the runs of an experiment apart, also where they are cut off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from app.model.run import Run


def distinct_labels(runs: Sequence[Run]) -> list[str]:
    """Return the short label of each run, with the hyperparameters in which runs of one optimizer differ first."""
    run_counts = Counter(run.optimizer for run in runs)
    text_counts = Counter((run.optimizer, text) for run in runs for text in run.hyperparameter_texts)

    def is_common(run: Run, text: str) -> bool:
        return text_counts[run.optimizer, text] == run_counts[run.optimizer]

    return [
        ", ".join([run.method.name, *sorted(run.hyperparameter_texts, key=lambda text: is_common(run, text))])
        for run in runs
    ]
