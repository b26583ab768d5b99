"""Reading files of the user: errors of one sentence, no pipes or devices, a limited size."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.io.strict_json import MAX_FILE_SIZE
from app.utils.atomic_write import kind_message
from app.utils.i18n import tr
from app.utils.validation import ExperimentError, make_printable


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Turn errors into an ExperimentError that names the file."""
    try:
        yield
    except OSError as error:
        raise ExperimentError(
            tr(
                "cannot read {path}: {lower}",
                path=make_printable(str(path)),
                lower=(error.strerror or str(error)).lower(),
            )
        ) from None
    except ValueError as error:
        raise ExperimentError(
            tr("cannot open {value}: {error}", value=make_printable(str(path)), error=error)
        ) from None


@contextmanager
def open_regular_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a regular file; reading from a pipe could block, and reading from a device may never end."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise ExperimentError(kind_message(mode))
    with path.open("rb") as file:
        yield file


def read_limited(file: IO[bytes], size_message: str, limit: int = MAX_FILE_SIZE) -> bytes:
    """Return the content of a file; ExperimentError with the message if it has more than ``limit`` bytes."""
    if os.fstat(file.fileno()).st_size <= limit:
        content = file.read(limit + 1)  # the file may grow, or st_size may be 0 (procfs)
        if len(content) <= limit:
            return content
    raise ExperimentError(size_message.format(largest=limit >> 20))
