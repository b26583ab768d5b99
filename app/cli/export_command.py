"""Racing and exporting without a window: one experiment or a folder of them, each to as many files as are wanted."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.cli.export_arguments import DEFAULT_STEPS, experiment_of, guide, options_of, parser
from app.cli.progress_line import Progress
from app.engine.race import Race
from app.export.options import Options
from app.model.experiment import Experiment
from app.utils.atomic_write import WriteError, target
from app.utils.validation import ExperimentError


@dataclass(frozen=True)
class Source:
    """Where an experiment comes from: None for words alone. ``name`` and ``folder`` are for targets that are named after it."""

    place: str | Path | None = None
    name: str = ""
    folder: Path = Path()


@dataclass(frozen=True)
class Job:
    """An experiment, the files that are made of its race, and how many steps that has; none where no file needs any."""

    name: str
    experiment: Experiment
    files: list[tuple[Path, Options]]
    steps: int


def export(words: Sequence[str]) -> int:
    """``thalweg export``; the exit status, as the help says it. ExperimentError where nothing can be done as it is said."""
    asked = not {"-h", "--help"}.isdisjoint(words)
    chosen = parser(guide() if asked else "").parse_args(words)
    sources, several = _sources(chosen.experiment)
    with Progress(sys.stderr, chosen.quiet) as progress:
        jobs, failed = _jobs(chosen, sources, several)
        written = 0
        for job in jobs:
            for complaint in _done(job, progress):
                if complaint:
                    progress.clear()
                    _complain(complaint)
                    failed += 1
                else:
                    written += 1
    return 0 if not failed else 1 if written else 2


def _complain(sentence: object) -> None:
    print(f"thalweg: {sentence}", file=sys.stderr)


def _sources(words: Sequence[str]) -> tuple[list[Source], bool]:
    """What is exported, and whether it is more than what one name can be given to."""
    sources: list[Source] = []
    folders = False
    for word in words:
        path = Path(word)
        if _is(path.is_dir):
            folders = True
            found = sorted(each for each in path.glob("[!.]*.json") if not each.name.lower().endswith(".data.json"))
            if not found:
                raise ExperimentError(f"there is no experiment (.json) in the folder {word}")
            sources += [Source(each, each.stem, path) for each in found]
        elif _is(path.exists):
            sources.append(Source(path, path.stem, path.parent))
        else:
            sources.append(Source(word, word))
    return sources or [Source()], folders or len(sources) > 1


def _is(question: Callable[[], bool]) -> bool:
    """The answer; no for a name that no file could have."""
    try:
        return question()
    except (OSError, ValueError):
        return False


def _jobs(chosen: argparse.Namespace, sources: list[Source], several: bool) -> tuple[list[Job], int]:
    """A job for each source, all of them looked at before the first is done; and how many of several can not be done."""
    from app.export.formats import format_of

    kinds = {format_of(_target(word, sources[0], several)).kind for word in chosen.to}
    options = {kind: options_of(chosen, kind) for kind in kinds}
    inputs = {source.place.resolve() for source in sources if isinstance(source.place, Path)}
    taken: set[Path] = set()
    jobs, failed = [], 0
    for source in sources:
        paths = [_target(word, source, several) for word in chosen.to]
        for path in map(target, paths):
            if path in inputs:
                raise ExperimentError(
                    f"{path} is an experiment that is to be exported, and would be lost; choose another name"
                )
            if path in taken:
                raise ExperimentError(f"{path} would be written twice; choose another name for one of them")
            taken.add(path)
        try:
            jobs.append(_job(chosen, source, [(path, options[format_of(path).kind]) for path in paths]))
        except ExperimentError as error:
            if not several:
                raise
            _complain(error if Path(str(source.place)).name in str(error) else f"{source.place}: {error}")
            failed += 1
    return jobs, failed


def _target(word: str, source: Source, several: bool) -> Path:
    """The file that a word of --to means for a source."""
    from app.export.formats import EXPORTS

    alone, named = word.lower() in EXPORTS, "{name}" in word
    if (alone or named) and not source.name:
        raise ExperimentError(
            f"{word} takes its name from the experiment's file, and there is none; write one, as in race.png"
        )
    if alone:
        return source.folder / f"{source.name}{word}"
    if several and not named:
        raise ExperimentError(
            f"each of several experiments needs a file of its own: put {{name}} into {word}, "
            "or give a suffix alone, as in .png"
        )
    return Path(word.replace("{name}", source.name))


def _job(chosen: argparse.Namespace, source: Source, files: list[tuple[Path, Options]]) -> Job:
    """A job whose files can be made, as far as that can be known before it is raced."""
    from app.engine.race import Race
    from app.export.figure import check
    from app.export.formats import format_of

    experiment = experiment_of(chosen, source.place)
    steps = experiment.steps if experiment.steps is not None else experiment.shown or DEFAULT_STEPS
    kinds = set()
    for path, options in files:
        made = format_of(path)
        kinds.add(made.kind)
        made.check(made.suffix, steps, options)
        if made.kind in ("picture", "film"):
            check(Race(experiment), options)
    return Job(source.name, experiment, files, 0 if kinds == {"experiment"} else steps)


def _done(job: Job, progress: Progress) -> list[str]:
    """For each file of a job what is to be complained of, empty where it is written. WriteError ends all."""
    from app.engine.race import Race
    from app.export.formats import export_slowly

    race = Race(job.experiment)
    _advance(race, job.steps, job.name, progress)
    complaints = []
    for path, options in job.files:
        try:
            with closing(export_slowly(race, path, options)) as writing:
                progress(str(path), 0.0)
                for share in writing:
                    progress(str(path), share)
            complaints.append("")
        except WriteError:
            raise
        except ExperimentError as error:
            complaints.append(f"{path}: {error}")
    return complaints


def _advance(race: Race, steps: int, name: str, progress: Progress) -> None:
    """Race so many steps, or until all runs have ended; branches and replicas come along."""
    from app.engine.time_budget import first_piece, in_time
    from app.export.run_records import SLICE, completing

    doing = f"racing {name}".rstrip()
    while race.step < steps:
        before = race.step
        in_time(race.advance, steps - race.step, SLICE, first_piece(*race.tracks))
        if race.step == before:
            break
        progress(doing, race.step / steps)
    for _ in completing(race):
        progress(f"{doing}, branches", 0.0)
