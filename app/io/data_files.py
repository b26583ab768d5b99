"""Data files: tables of which two columns become the data of an experiment."""

from __future__ import annotations

from pathlib import Path

from app.io.file_access import file_errors, open_regular_file, read_limited
from app.model.dataset import DataChoice, has_labels, to_experiment_error
from app.model.experiment import Experiment
from app.utils.i18n import tr
from surfaces.data_file import TableData, select_columns
from surfaces.data_table import DataTable, read_data_table

DATA_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".dat", ".asc", ".prn", ".xy")
NON_TEXT_SUFFIXES = (".gz", ".bz2", ".xz", ".zip", ".7z", ".zst", ".xlsx", ".xls", ".parquet")  # refused by name
DEFAULT_CHOICE = DataChoice()


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
