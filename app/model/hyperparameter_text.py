"""The hyperparameters of a run as one line of text, as in --run on the command line, to copy and paste."""

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

MAX_TEXT_LENGTH = 3_000  # characters; the longest valid text has about 1,000
CALL_PATTERN = re.compile(r"([\w.]+)\s*\((.*)\)", re.DOTALL)  # Adam(lr=0.05, beta1=0.8)
ASSIGNMENT_PATTERN = re.compile(r"[ \t]*[=:][ \t]*")
IGNORED_CHARACTERS = {ord(character): None for character in "\"'`{}"}  # quotes and braces of a shell, Python, JSON
SEPARATOR_PATTERN = re.compile(r"[\s;]+|,(?=\s|[A-Za-z_]|$)")  # a comma before a digit is a decimal comma


class ParsedHyperparameters(NamedTuple):
    """The changed run, the values that were set, and the names that the optimizer does not have."""

    run: Run
    values: dict[str, float]
    unknown: list[str]


def format_hyperparameters(run: Run) -> str:
    """Return the optimizer id and all hyperparameters, including defaults."""
    return " ".join([run.optimizer, *(f"{name}={shortest_repr(value)}" for name, value in run.hyperparameters.items())])


def default_hyperparameters(run: Run) -> dict[str, float]:
    """Return the defaults of all hyperparameters of a run; modifiers have the strength they are added with."""
    values = dict(run.method.defaults)
    for modifier in run.modifiers:
        values |= {
            name: modifier.default_strength if name == modifier.id else spec.default
            for name, spec in modifier.hyperparameters.items()
        }
    return values


def parse_hyperparameters(text: str, run: Run) -> ParsedHyperparameters:
    """Return the run with the hyperparameters that a text describes.

    A text that names an optimizer is complete: what it does not mention gets its default. A text without an optimizer
    changes what it mentions and the run has. Raises ExperimentError for any other text.
    """
    optimizer, value_texts = _split_text(text)
    method = run.method if optimizer is None else optimizer
    values: dict[str, float] = {}
    unknown: list[str] = []
    for name, value_text in value_texts.items():
        spec = _find_spec(method, name)
        if spec is not None:
            parsed = parse_number(spec, value_text, tr(spec.text_label(name)))
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
    """Return the optimizer that a text names, or None, and its values as texts by name."""
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
    pairs = [item.split("=") for item in items]
    values = {pair[0]: pair[-1] for pair in pairs}
    optimizer = _find_optimizer(optimizer_name)
    if not (optimizer or pairs) or len(values) < len(pairs) or any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise ExperimentError(
            tr(
                "copy hyperparameters first, for example {example}; the clipboard contains {given}",
                example="adam lr=0.05 beta1=0.8",
                given=shorten_repr(text.strip()) if text.strip() else tr("no text"),
            )
        )
    if optimizer_name and optimizer is None:
        raise ExperimentError(tr("unknown optimizer {name}", name=shorten_repr(optimizer_name)))
    return optimizer, values


def _find_optimizer(name: str) -> Optimizer | None:
    """Return the optimizer with an id or class name: RMSprop, torch.optim.RMSprop."""
    normalized = name.rpartition(".")[2].lower().replace("_", "")
    return (
        next((method for id, method in OPTIMIZERS.items() if id.replace("_", "") == normalized), None)
        if normalized
        else None
    )


def _find_spec(method: Optimizer, name: str) -> Hyperparameter | None:
    """Return the declaration of a hyperparameter of an optimizer or of one of its modifiers."""
    is_known = name in method.hyperparameters or any(
        name in modifier.hyperparameters for modifier in method.modifiers.values()
    )
    return method.spec(name) if is_known else None
