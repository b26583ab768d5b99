"""The work of ``thalweg export``: simulate experiments without a window and write each to one or several files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.cli.experiment_arguments import build_experiment, last_step
from app.cli.export_arguments import build_options, check_options_apply, with_plot_arguments
from app.cli.process_setup import print_message
from app.cli.progress_line import ProgressLine
from app.engine.race import Race
from app.export.options import Options
from app.model.experiment import Experiment
from app.utils.atomic_write import WriteError, resolve_target
from app.utils.validation import ExperimentError


@dataclass(frozen=True)
class ExperimentSource:
    """Source of an experiment: a file, the name of an example, or None for the arguments alone.

    ``name`` and ``folder`` are for output files that are named after it.
    """

    location: str | Path | None = None
    name: str = ""
    folder: Path = Path()


@dataclass(frozen=True)
class BatchJob:
    """An experiment, its output files, and the number of steps to simulate, 0 if no file needs them."""

    name: str
    experiment: Experiment
    files: list[tuple[Path, Options]]
    steps: int


def export(args: argparse.Namespace) -> int:
    """Write all files and return the exit status described in the help of ``thalweg export``.

    Raises ExperimentError if the arguments are invalid; then nothing is written.
    """
    sources, multiple = _resolve_sources(args.experiment)
    with ProgressLine(sys.stderr, args.quiet) as progress:
        jobs, failed = _build_jobs(args, sources, multiple)
        written_count = 0
        for job in jobs:
            for error in _run_job(job, progress):
                if error:
                    progress.clear()
                    print_message(error)
                    failed += 1
                else:
                    written_count += 1
    return 0 if not failed else 1 if written_count else 2


def _resolve_sources(names: Sequence[str]) -> tuple[list[ExperimentSource], bool]:
    """Return the sources, and whether there are several, so that each needs its own file name."""
    sources: list[ExperimentSource] = []
    has_folder = False
    for name in names:
        path = Path(name)
        if _path_test(path.is_dir):
            has_folder = True
            experiment_files = sorted(
                each for each in path.glob("[!.]*.json") if not each.name.lower().endswith(".data.json")
            )
            if not experiment_files:
                raise ExperimentError(f"the folder {name} contains no experiments (.json)")
            sources += [ExperimentSource(each, each.stem, path) for each in experiment_files]
        elif _path_test(path.exists):
            sources.append(ExperimentSource(path, path.stem, path.parent))
        else:
            sources.append(ExperimentSource(name, name))
    return sources or [ExperimentSource()], has_folder or len(sources) > 1


def _path_test(predicate: Callable[[], bool]) -> bool:
    """Return the result of a test of a path; False for an invalid path."""
    try:
        return predicate()
    except (OSError, ValueError):
        return False


def _build_jobs(
    args: argparse.Namespace, sources: list[ExperimentSource], multiple: bool
) -> tuple[list[BatchJob], int]:
    """Return a job for each source, and the number of sources that cannot be exported.

    All sources are checked before the first job runs. A single source that cannot be exported raises ExperimentError.
    """
    from app.export.formats import format_for_path

    formats = [format_for_path(_output_path(pattern, sources[0], multiple)) for pattern in args.to]
    options = {each.kind: build_options(args, each.kind) for each in formats}
    check_options_apply(args, formats)
    inputs = {source.location.resolve() for source in sources if isinstance(source.location, Path)}
    if args.data is not None:
        inputs.add(Path(args.data).resolve())
    used_paths: set[Path] = set()
    jobs, failed = [], 0
    for source in sources:
        paths = [_output_path(word, source, multiple) for word in args.to]
        for path in map(resolve_target, paths):
            if path in inputs:
                raise ExperimentError(f"{path} would overwrite an input file; choose another name")
            if path in used_paths:
                raise ExperimentError(f"{path} is given as an output twice; choose a different name for one of them")
            used_paths.add(path)
        try:
            jobs.append(_build_job(args, source, [(path, options[format_for_path(path).kind]) for path in paths]))
        except ExperimentError as error:
            if not multiple:
                raise
            print_message(error if str(source.location) in str(error) else f"{source.location}: {error}")
            failed += 1
    return jobs, failed


def _output_path(pattern: str, source: ExperimentSource, multiple: bool) -> Path:
    """Return the output file of a source for a value of --to."""
    from app.export.formats import EXPORT_FORMATS

    is_suffix, has_placeholder = pattern.lower() in EXPORT_FORMATS, "{name}" in pattern
    if (is_suffix or has_placeholder) and not source.name:
        raise ExperimentError(
            f"{pattern} uses the name of the experiment file, but no file was given; use a full name such as race.png"
        )
    if is_suffix:
        return source.folder / f"{source.name}{pattern}"
    if multiple and not has_placeholder:
        raise ExperimentError(
            f"with several experiments, each needs its own output file: use {{name}} in {pattern}, "
            "or an extension alone such as .png"
        )
    return Path(pattern.replace("{name}", source.name))


def _build_job(args: argparse.Namespace, source: ExperimentSource, files: list[tuple[Path, Options]]) -> BatchJob:
    """Return the job of a source; raise ExperimentError if a file is known to fail before the simulation."""
    from app.engine.race import Race
    from app.export.figure import check_view
    from app.export.formats import format_for_path

    experiment = with_plot_arguments(build_experiment(args, source.location), args)
    steps = last_step(experiment)
    kinds = set()
    for path, options in files:
        export_format = format_for_path(path)
        kinds.add(export_format.kind)
        remark = export_format.check(export_format.suffix, steps, options)
        if remark:
            print_message(f"{path}: {remark}")
        if export_format.kind in ("picture", "film"):
            check_view(Race(experiment), options)
    return BatchJob(source.name, experiment, files, 0 if kinds == {"experiment"} else steps)


def _run_job(job: BatchJob, progress: ProgressLine) -> list[str]:
    """Run a job and return an error message for each file, empty if it was written.

    A WriteError is not caught: it ends the export of all jobs.
    """
    from app.engine.race import Race
    from app.export.formats import export_note, iter_export

    race = Race(job.experiment)
    _simulate(race, job.steps, job.name, progress)
    for message in {export_note(race, path) for path, _ in job.files} - {""}:
        progress.clear()
        print_message(message)
    errors = []
    for path, options in job.files:
        try:
            with closing(iter_export(race, path, options)) as export_progress:
                progress(str(path), 0.0)
                for fraction in export_progress:
                    progress(str(path), fraction)
            errors.append("")
        except WriteError:
            raise
        except ExperimentError as error:
            errors.append(f"{path}: {error}")
    return errors


def _simulate(race: Race, steps: int, name: str, progress: ProgressLine) -> None:
    """Simulate a number of steps, or until all runs have ended, with branches and replicas."""
    from app.engine.time_budget import advance_within, initial_chunk_size
    from app.export.run_records import SLICE_SECONDS, iter_catch_up

    task = f"running {name}".rstrip()
    while race.step < steps:
        previous_step = race.step
        advance_within(race.advance, steps - race.step, SLICE_SECONDS, initial_chunk_size(*race.trajectories))
        if race.step == previous_step:
            break
        progress(task, race.step / steps)
    for _ in iter_catch_up(race):
        progress(f"{task}, branches", 0.0)
