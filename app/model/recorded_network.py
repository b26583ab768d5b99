"""The network of a recorded training as an experiment holds it: its layers, and its numbers as text."""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from app.model.dataset import to_experiment_error
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError, check_choice, check_integer, check_number
from surfaces.problems.network_data import (
    ACTIVATIONS,
    LOSS_NAMES,
    MAX_LAYERS,
    MAX_NUMBERS,
    MAX_PARAMETERS,
    NetworkData,
)
from surfaces.problems.problem import Problem

NUMBER = np.dtype("<f8")


@dataclass(frozen=True)
class RecordedNetwork:
    """A network of fully connected layers with its data.

    Attributes
    ----------
    sizes : tuple of int
        Numbers of inputs, of the units of each hidden layer, and of outputs.
    activation, loss, scale : str, str, float
        As in ``NetworkData``.
    inputs, targets, start : str
        Rows of numbers with 8 bytes each, lowest byte first, as base64.
    """

    sizes: tuple[int, ...]
    activation: str
    loss: str
    inputs: str
    targets: str
    start: str
    scale: float = 1.0
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not isinstance(self.sizes, (list, tuple)) or not 2 <= len(self.sizes) <= MAX_LAYERS:
            raise ExperimentError(tr("the sizes of a network must be 2 to {most} numbers", most=MAX_LAYERS))
        sizes = tuple(check_integer(gettext_noop("size of a layer"), size, 1, MAX_PARAMETERS) for size in self.sizes)
        object.__setattr__(self, "sizes", sizes)
        check_choice(gettext_noop("activation"), self.activation, ACTIVATIONS)
        check_choice(gettext_noop("loss of the network"), self.loss, LOSS_NAMES)
        object.__setattr__(self, "scale", check_number(gettext_noop("factor of the loss"), self.scale))
        make_network_problem(self)  # raises if there is none


@lru_cache(maxsize=4)
def make_network_problem(network: RecordedNetwork) -> Problem:
    """Return the problem of training a network; ExperimentError if its numbers do not fit together."""
    inputs, targets, start = (_unpack(text) for text in (network.inputs, network.targets, network.start))
    count = len(inputs) // network.sizes[0]
    has_classes = network.loss == "cross-entropy"
    try:
        data = NetworkData(
            network.sizes,
            network.activation,
            network.loss,
            network.scale,
            inputs[: count * network.sizes[0]].reshape(count, -1) if count else inputs.reshape(0, 1),
            targets if has_classes or targets.size % network.sizes[-1] else targets.reshape(-1, network.sizes[-1]),
            start,
            start,
            np.zeros((2, start.size)),
        )
    except ValueError as error:
        raise to_experiment_error(error) from None
    return data.to_problem()


def embed_network(network: NetworkData) -> RecordedNetwork:
    """Return a network as it is kept in an experiment."""
    inputs, targets, start = (_pack(numbers) for numbers in (network.inputs, network.targets, network.start))
    return RecordedNetwork(network.sizes, network.activation, network.loss, inputs, targets, start, network.scale)


def _pack(numbers: np.ndarray) -> str:
    return binascii.b2a_base64(numbers.astype(NUMBER).tobytes(), newline=False).decode("ascii")


def _unpack(text: Any) -> np.ndarray:
    """Return the numbers in a text, shape (n,); ExperimentError if it is not one of ours."""
    try:
        if not isinstance(text, str) or len(text) > 11 * MAX_NUMBERS:
            raise ValueError
        return np.frombuffer(binascii.a2b_base64(text, strict_mode=True), NUMBER).astype(float)
    except (ValueError, binascii.Error):
        raise ExperimentError(tr("the numbers of a network must be base64 text, 8 bytes each")) from None
