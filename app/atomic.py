"""A file that is written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from app.experiment import ExperimentError


@contextmanager
def replacing(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """A temporary file beside ``path`` that takes its place at the end; on any error the old file stays as it was.

    Raises ExperimentError with one sentence where the folder is missing, the disk full, or writing forbidden.
    """
    path = path.resolve()  # through a link, to what it points at
    if not path.parent.is_dir():
        raise ExperimentError(f"cannot write {path}: there is no folder {path.parent}")
    if path.is_dir():
        raise ExperimentError(f"cannot write {path}: it is a folder")
    kind: dict[str, Any] = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
    temporary = ""
    try:
        with tempfile.NamedTemporaryFile(mode, dir=path.parent, prefix=f".{path.name[:40]}.", delete=False, **kind) as file:
            temporary = file.name
            yield file
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
        temporary = ""
    except OSError as error:
        raise ExperimentError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
