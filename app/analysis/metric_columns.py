"""Columns of the results table for the metrics of a problem with many parameters."""

from __future__ import annotations

from app.analysis.run_column import Column
from app.utils.i18n import gettext_noop
from app.utils.number_format import format_significant

METRIC_COLUMNS = {
    "accuracy": Column(
        "training accuracy",
        gettext_noop("Training\naccuracy"),
        lambda run: run.metrics["accuracy"],
        lambda value: f"{value:.4f}",
        gettext_noop("Fraction of the training data that is classified correctly"),
        "0.0000",
    ),
    "test_loss": Column(
        "test loss",
        gettext_noop("Test\nloss"),
        lambda run: run.metrics["test_loss"],
        format_significant,
        gettext_noop("Loss on data that the network is not trained on"),
        "0.0000000",
    ),
    "test_accuracy": Column(
        "test accuracy",
        gettext_noop("Test\naccuracy"),
        lambda run: run.metrics["test_accuracy"],
        lambda value: f"{value:.4f}",
        gettext_noop("Fraction of data not used for training that is classified correctly"),
        "0.0000",
    ),
    "distance": Column(
        "distance to the minimum",
        gettext_noop("Distance to\nminimum"),
        lambda run: run.metrics["distance"],
        format_significant,
        gettext_noop("Distance to the minimum, in all dimensions"),
        "0.0000000",
    ),
}
