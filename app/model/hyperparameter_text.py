"""A run's whole set of hyperparameters as a line of text, as the command line's --run has it: copied, pasted, and its defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from app.model.number_parsing import parse_number
from app.model.run import Run
from app.utils.i18n import tr
from app.utils.number_format import shortest_repr
from app.utils.validation import ExperimentError, shorten_repr
from optimizers import OPTIMIZERS, Hyperparameter, Optimizer

MAX_TEXT_LENGTH = 3_000  # characters of a set: the longest has some thousand
CALL_PATTERN = re.compile(r"([\w.]+)\s*\((.*)\)", re.DOTALL)  # Adam(lr=0.05, beta1=0.8)
ASSIGNMENT_PATTERN = re.compile(r"[ \t]*[=:][ \t]*")
IGNORED_CHARACTERS = {ord(mark): None for mark in "\"'`{}"}  # of a shell, of Python, of JSON
SEPARATOR_PATTERN = re.compile(r"[\s;]+|,(?=\s|[A-Za-z_]|$)")  # a comma before a digit is a decimal comma


class ParsedHyperparameters(NamedTuple):
    """The run with the set; what was set, and what it has no use for."""

    run: Run
    values: dict[str, float]
    unknown: list[str]


def format_hyperparameters(run: Run) -> str:
    """The optimizer and every hyperparameter, also those at their defaults."""
    return " ".join([run.optimizer, *(f"{name}={shortest_repr(value)}" for name, value in run.hyperparameters.items())])


def default_hyperparameters(run: Run) -> dict[str, float]:
    """What every hyperparameter of a run is at first; a part begins at the strength at which it is added."""
    values = dict(run.method.defaults)
    for part in run.modifiers:
        values |= {
            name: part.default_strength if name == part.id else spec.default
            for name, spec in part.hyperparameters.items()
        }
    return values


def parse_hyperparameters(text: str, run: Run) -> ParsedHyperparameters:
    """The run with a set that a text tells.

    A text that names an optimizer tells all: what it does not mention is at its default. One that names none changes what it
    mentions, as far as the run has it. ExperimentError, in one sentence, for any other.
    """
    optimizer, value_texts = _split_text(text)
    method = run.method if optimizer is None else optimizer
    values: dict[str, float] = {}
    unknown: list[str] = []
    for name, value_text in value_texts.items():
        spec = _find_spec(method, name)
        if spec is not None:
            parsed = parse_number(spec, value_text, tr(spec.label))
            if parsed.interpretation_note:
                raise ExperimentError(parsed.interpretation_note)
            values[name] = parsed.value
        else:
            unknown.append(name)
    if unknown and (optimizer is not None or not values):
        raise ExperimentError(
            tr("{optimizer} has no hyperparameter {names}", optimizer=method.name, names=", ".join(unknown))
        )
    if optimizer is None:
        return ParsedHyperparameters(replace(run, hyperparameters={**run.hyperparameters, **values}), values, unknown)
    new_run = Run(optimizer.id, values)
    if optimizer is run.method:
        return ParsedHyperparameters(replace(run, hyperparameters=new_run.hyperparameters), values, [])
    return ParsedHyperparameters(
        replace(run, optimizer=new_run.optimizer, hyperparameters=new_run.hyperparameters, history=()), values, []
    )


def _split_text(text: str) -> tuple[Optimizer | None, Mapping[str, str]]:
    """The optimizer that a text names, if it names one, and its values by their names."""
    stripped = (
        text.translate(IGNORED_CHARACTERS).strip().removeprefix("--run").strip(" =")
        if len(text) <= MAX_TEXT_LENGTH
        else ""
    )
    call = CALL_PATTERN.fullmatch(stripped)
    items = [
        item
        for item in SEPARATOR_PATTERN.split(ASSIGNMENT_PATTERN.sub("=", " ".join(call.groups()) if call else stripped))
        if item
    ]
    optimizer_name = items.pop(0) if items and "=" not in items[0] else ""
    pairs = [piece.split("=") for piece in items]
    values = {pair[0]: pair[-1] for pair in pairs}
    optimizer = _find_optimizer(optimizer_name)
    if not (optimizer or pairs) or len(values) < len(pairs) or any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise ExperimentError(
            tr(
                "copy hyperparameters first, such as {example}: the clipboard holds {given}",
                example="adam lr=0.05 beta1=0.8",
                given=shorten_repr(text.strip()) if text.strip() else tr("no text"),
            )
        )
    if optimizer_name and optimizer is None:
        raise ExperimentError(tr("there is no optimizer {name}", name=shorten_repr(optimizer_name)))
    return optimizer, values


def _find_optimizer(name: str) -> Optimizer | None:
    """By its id, or by the name of a class: RMSprop, torch.optim.RMSprop."""
    normalized = name.rpartition(".")[2].lower().replace("_", "")
    return (
        next((method for id, method in OPTIMIZERS.items() if id.replace("_", "") == normalized), None)
        if normalized
        else None
    )


def _find_spec(method: Optimizer, name: str) -> Hyperparameter | None:
    """What it says of a hyperparameter, its own or of a part that it can be combined with."""
    is_known = name in method.hyperparameters or any(name in part.hyperparameters for part in method.modifiers.values())
    return method.spec(name) if is_known else None
