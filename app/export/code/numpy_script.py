"""The race as a script for plain NumPy: every rule in its textbook form, and a short loop."""

from __future__ import annotations

from collections.abc import Collection

from app.engine.race import Race
from app.export.code import script_builder, script_text
from app.export.code.dependency_collector import Gathered
from app.export.code.literals import literal
from app.model.run import Run
from optimizers import Part

LOOPS = "app.export.code.templates.numpy_loops"
COMMENT = "its rule, the state the rule begins with, and since which step which hyperparameters"
COMBINED = ", and what it is combined with"


def numpy_script(race: Race) -> str:
    """A script that needs nothing but NumPy and comes to the same points, to the bit."""
    body, gathered = walks(race)
    return script_builder.joined(
        script_text.heading(race, "numpy only"), gathered, *body, script_builder.main(script_builder.LAST_WORDS)
    )


def walks(race: Race, on_arrays: bool = False) -> tuple[list[str], Gathered]:
    """The part of a script that computes the paths. ``on_arrays``: the surface is asked for many heights at once, too."""
    runs = race.experiment.runs
    parts = {part.id: part for run in runs for part in script_text.combined(run, race.step)}
    looking = any(
        run.rule.takes_loss for run in runs
    )  # for second derivatives, perhaps, which are made with complex numbers
    separable = all(run.rule.separable for run in runs)
    gathered, surface = script_builder.ground(race, not on_arrays and not looking, separable, features(runs, race.step))
    named = {id: gathered.function(run.rule.rule) for id, run in ((run.optimizer, run) for run in runs)}
    named |= {id: gathered.function(part.rule) for id, part in parts.items()}
    entries = [entry(run, race.step, named, gathered) for run in runs]
    lines = script_builder.facets(race, gathered, surface)
    comment = COMMENT + COMBINED * bool(parts)
    blocks = script_builder.table(race, surface, entries, comment)
    return [
        script_builder.definitions(gathered),
        "\n\n".join(["\n".join(lines), *blocks] if lines else blocks),
    ], gathered


def features(runs: Collection[Run], last: int) -> set[str]:
    """What the loops must be able to do: see the comments at the ends of their lines."""
    found = set()
    for run in runs:
        parts = script_text.combined(run, last)
        found |= {part.stage for part in parts}
        found |= {"looking"} if parts and run.rule.takes_loss else set()
        found |= {"unrated"} if not run.rule.has_rate and any(part.stage == "position" for part in parts) else set()
    return found


def entry(run: Run, last: int, named: dict[str, str], gathered: Gathered) -> tuple[str, str]:
    """The loop of a run, and its arguments in words."""
    rule, parts = run.rule, script_text.combined(run, last)
    words = [
        named[run.optimizer],
        literal(tuple(rule.state.values())),
        script_text.written(script_text.turns(run, last)),
    ]
    if not parts:
        loop = "descend" if rule.separable else "descend_looking" if rule.takes_loss else "descend_whole"
        return gathered.need((LOOPS, loop)), ", ".join(words)
    update = gathered.need((LOOPS, "by_coordinate" if rule.separable else "at_once"))
    if rule.separable:
        words[1] = literal((tuple(rule.state.values()),) * 2)
    loop = gathered.need((LOOPS, "descend_combined"))
    return loop, ", ".join([update, *words, stages(run, parts, named)])


def stages(run: Run, parts: list[Part], named: dict[str, str]) -> str:
    """The parts of a run by their stages, in words."""
    by_stage: dict[str, list[str]] = {}
    for part in parts:
        by_stage.setdefault(part.stage, []).append(named[part.id])
        if part.penalty and run.rule.takes_loss:
            by_stage.setdefault("penalty", []).append(named[part.id])
    words = [f"{literal(stage)}: [{', '.join(names)}]" for stage, names in by_stage.items()]
    words += ['"looking": True'] * run.rule.takes_loss + ['"unrated": True'] * (
        not run.rule.has_rate and "position" in by_stage
    )
    return f"{{{', '.join(words)}}}"
