"""Read dataclasses from parsed JSON; unknown keys are refused, and errors begin with the name of the field."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from app.io.experiment_json import from_json
from app.model.experiment import Experiment
from app.utils.i18n import tr
from app.utils.validation import ExperimentError, shorten_repr

Part = TypeVar("Part")
Reader = Callable[[Any, str], Any]  # from a value and the name of its field to what the field holds
MAX_ENTRIES = 200  # of a list


def read_part(cls: type[Part], data: Any, field: str, readers: Mapping[str, Reader]) -> Part:
    """Return an object of a dataclass; ``readers`` read the fields that are not plain values."""
    known = {each.name: each for each in fields(cls)}  # type: ignore[arg-type]  # a dataclass
    if not isinstance(data, dict):
        raise ExperimentError(tr("{field} must be an object, not {value}", field=field, value=shorten_repr(data)))
    for key in data:
        if key not in known:
            raise ExperimentError(
                tr(
                    "{field} has an unknown key {key}; the keys are {names}",
                    field=field,
                    key=shorten_repr(key),
                    names=", ".join(known),
                )
            )
    for key, each in known.items():
        if each.default is MISSING and each.default_factory is MISSING and key not in data:
            raise ExperimentError(tr("{field} needs the key {key}", field=field, key=key))
    values = {key: readers[key](value, f"{field}.{key}") if key in readers else value for key, value in data.items()}
    try:
        return cls(**values)
    except ExperimentError as error:
        raise ExperimentError(tr("{field}: {error}", field=field, error=error)) from None


def read_text(data: Any, field: str) -> str:
    """Return a text."""
    if not isinstance(data, str):
        raise ExperimentError(tr("{field} must be text, not {value}", field=field, value=shorten_repr(data)))
    return data


def read_experiment(data: Any, field: str) -> Experiment:
    """Return the experiment in an object."""
    try:
        return from_json(json.dumps(data))
    except ExperimentError as error:
        raise ExperimentError(tr("{field}: {error}", field=field, error=error)) from None


def list_of(reader: Reader) -> Reader:
    """Return a function that reads a list as a tuple."""

    def read(data: Any, field: str) -> tuple[Any, ...]:
        if not isinstance(data, list) or len(data) > MAX_ENTRIES:
            raise ExperimentError(
                tr(
                    "{field} must be a list of at most {most} entries, not {value}",
                    field=field,
                    most=MAX_ENTRIES,
                    value=shorten_repr(data),
                )
            )
        return tuple(reader(each, f"{field}[{k}]") for k, each in enumerate(data))

    return read


def optional(reader: Reader) -> Reader:
    """Return a function that reads null as None."""
    return lambda data, field: None if data is None else reader(data, field)


def pop_version(data: Any, key: str, version: int, kind: str) -> dict[str, Any]:
    """Return an object without its format version; ``kind`` says what it should be."""
    if not isinstance(data, dict) or key not in data:
        raise ExperimentError(tr('it is a JSON file, but not {kind}: the key "{key}" is missing', kind=kind, key=key))
    found = data[key]
    if found != version or isinstance(found, bool):
        raise ExperimentError(
            tr(
                'the key "{key}" must be {version}, not {value}; update Thalweg to open files of a newer version',
                key=key,
                version=version,
                value=shorten_repr(found),
            )
        )
    return {name: value for name, value in data.items() if name != key}
