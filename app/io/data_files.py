"""Data files: tables of which two columns become the data of an experiment."""

from __future__ import annotations

from pathlib import Path

from app.io.file_access import file_errors, open_regular_file, read_limited
from app.model.dataset import DataChoice, condition_number, has_labels, to_experiment_error
from app.model.experiment import Experiment
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from surfaces.data_file import TableData, is_simple, select_columns
from surfaces.data_table import DataTable, read_data_table

DEFAULT_CHOICE = DataChoice()
ILL_CONDITIONED = 1e3  # condition number above which standardization is suggested


def load_data(path: Path, current: Experiment, choice: DataChoice = DEFAULT_CHOICE) -> Experiment:
    """Return ``current`` with the data of a file with any extension; ExperimentError if it is not a data file."""
    return with_table(path, read_table_file(path), current, choice)[0]


def read_table_file(path: Path) -> DataTable:
    """Return the table in a file; ExperimentError, which names the file, if there is none."""
    with file_errors(path):
        with open_regular_file(path) as file:
            content = read_limited(file, tr("the file is too large; data files are limited to {largest} MiB"))
        try:
            return read_data_table(content)
        except ValueError as error:
            raise to_experiment_error(error) from None


def with_table(
    path: Path, table: DataTable, current: Experiment, choice: DataChoice = DEFAULT_CHOICE
) -> tuple[Experiment, TableData]:
    """Return ``current`` with two columns of the table in a file, and these columns with the notes on them."""
    with file_errors(path):
        try:
            data = select_columns(
                table,
                choice.x,
                choice.y,
                labels=has_labels(current.data_surface_id),
                skip_missing=choice.skip_missing,
            )
        except ValueError as error:
            raise to_experiment_error(error) from None
        names = data.names if any(table.names) else None
        return current.with_data(data.x.tolist(), data.y.tolist(), names, choice.standardize), data


def with_suggested_scale(
    path: Path, table: DataTable, current: Experiment, choice: DataChoice
) -> tuple[Experiment, TableData, bool]:
    """Return what ``with_table`` does, and whether the columns are standardized; ``choice.standardize`` is ignored.

    They are where the numbers are ill-conditioned or too large otherwise.
    """
    try:
        experiment, data = with_table(path, table, current, choice._replace(standardize=False))
    except ExperimentError as error:
        try:
            return *with_table(path, table, current, choice._replace(standardize=True)), True
        except ExperimentError:
            raise error from None
    if condition_number(data.x) <= ILL_CONDITIONED:
        return experiment, data, False
    return *with_table(path, table, current, choice._replace(standardize=True)), True


def load_simple_data(path: Path, current: Experiment) -> Experiment | None:
    """Return ``current`` with the data of a file; None if there is something to choose or to confirm.

    Raises ExperimentError if there are not two columns of numbers to choose.
    """
    table = read_table_file(path)
    try:
        experiment, data, standardized = with_suggested_scale(path, table, current, DEFAULT_CHOICE)
    except ExperimentError:
        if table.columns <= 2:
            raise
        return None
    return experiment if is_simple(table, data) and not standardized else None
