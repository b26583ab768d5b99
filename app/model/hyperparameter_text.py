"""A run's whole set of hyperparameters as a line of text, as the command line's --run has it: copied, pasted, and its defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from app.model.number_parsing import entered
from app.model.run import Run
from app.utils.i18n import tr
from app.utils.number_format import spelled
from app.utils.validation import ExperimentError, short
from optimizers import OPTIMIZERS, Hyperparameter, Optimizer

LONGEST = 3_000  # characters of a set: the longest has some thousand
CALL = re.compile(r"([\w.]+)\s*\((.*)\)", re.DOTALL)  # Adam(lr=0.05, beta1=0.8)
AROUND = re.compile(r"[ \t]*[=:][ \t]*")
MARKS = {ord(mark): None for mark in "\"'`{}"}  # of a shell, of Python, of JSON
BETWEEN = re.compile(r"[\s;]+|,(?=\s|[A-Za-z_]|$)")  # a comma before a digit is a decimal comma


class Pasted(NamedTuple):
    """The run with the set; what was set, and what it has no use for."""

    run: Run
    known: dict[str, float]
    unknown: list[str]


def copied(run: Run) -> str:
    """The optimizer and every hyperparameter, also those at their defaults."""
    return " ".join([run.optimizer, *(f"{name}={spelled(value)}" for name, value in run.hyperparameters.items())])


def defaults(run: Run) -> dict[str, float]:
    """What every hyperparameter of a run is at first; a part begins at the strength at which it is added."""
    known = dict(run.rule.defaults)
    for part in run.parts:
        known |= {
            name: part.on if name == part.id else declared.default for name, declared in part.hyperparameters.items()
        }
    return known


def pasted(text: str, run: Run) -> Pasted:
    """The run with a set that a text tells.

    A text that names an optimizer tells all: what it does not mention is at its default. One that names none changes what it
    mentions, as far as the run has it. ExperimentError, in one sentence, for any other.
    """
    optimizer, words = _taken_apart(text)
    rule = run.rule if optimizer is None else optimizer
    known: dict[str, float] = {}
    unknown: list[str] = []
    for name, value in words.items():
        declared = _declared(rule, name)
        if declared is not None:
            entry = entered(declared, value, tr(declared.label))
            if entry.note:
                raise ExperimentError(entry.note)
            known[name] = entry.value
        else:
            unknown.append(name)
    if unknown and (optimizer is not None or not known):
        raise ExperimentError(
            tr("{optimizer} has no hyperparameter {names}", optimizer=rule.name, names=", ".join(unknown))
        )
    if optimizer is None:
        return Pasted(replace(run, hyperparameters={**run.hyperparameters, **known}), known, unknown)
    made = Run(optimizer.id, known)
    if optimizer is run.rule:
        return Pasted(replace(run, hyperparameters=made.hyperparameters), known, [])
    return Pasted(replace(run, optimizer=made.optimizer, hyperparameters=made.hyperparameters, earlier=()), known, [])


def _taken_apart(text: str) -> tuple[Optimizer | None, Mapping[str, str]]:
    """The optimizer that a text names, if it names one, and its values by their names."""
    words = text.translate(MARKS).strip().removeprefix("--run").strip(" =") if len(text) <= LONGEST else ""
    call = CALL.fullmatch(words)
    pieces = [piece for piece in BETWEEN.split(AROUND.sub("=", " ".join(call.groups()) if call else words)) if piece]
    head = pieces.pop(0) if pieces and "=" not in pieces[0] else ""
    told = [piece.split("=") for piece in pieces]
    values = {pair[0]: pair[-1] for pair in told}
    named = _optimizer(head)
    if not (named or told) or len(values) < len(told) or any(len(pair) != 2 or not all(pair) for pair in told):
        raise ExperimentError(
            tr(
                "copy hyperparameters first, such as {example}: the clipboard holds {given}",
                example="adam lr=0.05 beta1=0.8",
                given=short(text.strip()) if text.strip() else tr("no text"),
            )
        )
    if head and named is None:
        raise ExperimentError(tr("there is no optimizer {name}", name=short(head)))
    return named, values


def _optimizer(name: str) -> Optimizer | None:
    """By its id, or by the name of a class: RMSprop, torch.optim.RMSprop."""
    plain = name.rpartition(".")[2].lower().replace("_", "")
    return next((rule for id, rule in OPTIMIZERS.items() if id.replace("_", "") == plain), None) if plain else None


def _declared(rule: Optimizer, name: str) -> Hyperparameter | None:
    """What it says of a hyperparameter, its own or of a part that it can be combined with."""
    own = name in rule.hyperparameters or any(name in part.hyperparameters for part in rule.parts.values())
    return rule.declared(name) if own else None
