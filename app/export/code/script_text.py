"""What a race is, as a script tells it: the header, the turns of each run, and how far each goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any

from app.engine.race import Race
from app.export.code.literals import WIDE, escaped, literal
from app.model.run import Run
from app.system.package_versions import version
from optimizers import Part

SHORT = 60


def heading(race: Race, needs: str, more: str = "") -> str:
    """The docstring of a script: what it is, and whose the surface and the rules are."""
    experiment, surface = race.experiment.at(race.step), race.surface
    lines = [escaped(experiment.title) or f"{surface.name}, {race.step} steps", ""]
    written = f"Written by Thalweg {version()}. It needs {needs}."
    lines += _folded(
        f"A race of {len(experiment.runs)} {'run' if len(experiment.runs) == 1 else 'runs'} on {surface.name}, "
        f"{race.step} steps. {written} {more}".rstrip()
    )
    lines += ["", *_folded(f"The surface: {surface.name}. {surface.source}.")]
    if experiment.data is not None:
        lines += _folded("It is made from data of the experiment's own.")
    rules = {run.optimizer: run.rule for run in experiment.runs}
    parts = {part.id: part for run in experiment.runs for part in combined(run, race.step)}
    for each in (*rules.values(), *parts.values()):
        lines += _folded(f"{each.name}: {each.source}.")
    lines += [
        "",
        "``paths`` holds the points of every run from its start on, and ``losses`` the heights of the surface there.",
    ]
    return '"""' + "\n".join(lines) + '\n"""'


def _folded(text: str) -> list[str]:
    return wrap(text, WIDE, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def combined(run: Run, last: int) -> list[Part]:
    """The parts that are switched on at any time in the first ``last`` updates."""
    settings = [hyperparameters for since, hyperparameters in run.timeline if since == 0 or since < last]
    return [part for part in run.rule.parts.values() if any(each.get(part.id) for each in settings)]


def turns(run: Run, last: int) -> dict[int, dict[str, float]]:
    """Since which step what has been changed to what; all that matters at step 0."""
    parts = combined(run, last)
    own = [*run.rule.hyperparameters, *(name for part in parts for name in part.hyperparameters)]
    told: dict[int, dict[str, float]] = {}
    known: dict[str, float] = {}
    off = {part.id: 0.0 for part in parts}
    for since, hyperparameters in run.timeline:
        if since and since >= last:
            break
        now = {name: value for name, value in {**off, **hyperparameters}.items() if name in own}
        changed = {name: now[name] for name in own if name in now and now[name] != known.get(name)}
        if changed or not since:
            told[since] = changed
        known |= changed
    return told


def written(told: Mapping[int, Mapping[str, Any]]) -> str:
    """Turns as a script has them: ``{0: dict(lr=0.01), 120: dict(lr=0.001)}``, an entry a line where they are several or long."""
    rows = [f"{since}: {arguments(changes)}" for since, changes in told.items()]
    if len(rows) < 2 and len("".join(rows)) < SHORT:
        return f"{{{''.join(rows)}}}"
    return "{\n" + "".join(f"        {row},\n" for row in rows) + "    }"


def arguments(changes: Mapping[str, Any]) -> str:
    """Keyword arguments as a script has them, broken between two of them where they are long."""
    rows: list[str] = []
    for each in (f"{name}={literal(value)}" for name, value in changes.items()):
        if rows and len(rows[-1]) + len(each) < WIDE - 20:
            rows[-1] += f", {each}"
        else:
            rows.append(each)
    return f"dict({f',{chr(10)}                '.join(rows)})"


def ends(race: Race) -> dict[str, int]:
    """The runs whose evaluations were used up before the step that is shown, and where they stopped."""
    return {
        name: track.extent
        for name, track in zip(race.experiment.names, race.tracks, strict=True)
        if track.exhausted and track.extent < race.step
    }


def mapping(name: str, entries: Iterable[tuple[str, str]]) -> str:
    """A dictionary as a script has it, an entry a line."""
    return f"{name} = {{\n" + "".join(f"    {literal(key)}: {value},\n" for key, value in entries) + "}"
