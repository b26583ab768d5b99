"""Write a file completely or not at all."""

from __future__ import annotations

import os
import platform
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from app.utils.i18n import tr
from app.utils.validation import ExperimentError, make_printable

# In the name of a temporary file; a folder may be shared with other machines, whose processes cannot be looked up
_HOST = re.sub(r"[^A-Za-z0-9-]", "-", platform.node())[:40]


def kind_message(mode: int) -> str:
    """Return what is at a path instead of a file, as part of a sentence, by its mode."""
    if stat.S_ISDIR(mode):
        return tr("it is a folder")
    if stat.S_ISFIFO(mode):
        return tr("it is a named pipe")
    return tr("it is a socket") if stat.S_ISSOCK(mode) else tr("it is a device")


def resolve_target(typed: Path) -> Path:
    """Return the file that a path leads to, with links resolved.

    Raises ExperimentError if a file cannot be created or replaced there.
    """
    try:
        path = typed.resolve()
        if not path.parent.is_dir():
            raise _write_failure(
                typed, tr("the folder {parent} does not exist", parent=make_printable(str(path.parent)))
            )
        if path.exists() and not path.is_file():  # os.replace would turn a device into a regular file
            raise _write_failure(typed, kind_message(path.stat().st_mode))
        if path.exists() and not (path.stat().st_mode & 0o222 and os.access(path, os.W_OK)):
            raise _write_failure(typed, tr("it is read-only"))
        if not os.access(path.parent, os.W_OK):
            raise _write_failure(
                typed,
                tr(
                    "you do not have permission to write to the folder {parent}",
                    parent=make_printable(str(path.parent)),
                ),
            )
    except OSError as error:
        raise _write_failure(typed, (error.strerror or str(error)).lower()) from None
    return path


class WriteError(ExperimentError):
    """A file that could be opened but not written completely, for example because the disk is full."""


@contextmanager
def atomic_write(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open a temporary file next to ``path`` that replaces it at the end; on an error the old file stays as it was.

    Raises WriteError if writing fails, ExperimentError if the target cannot be written at all. A process that is
    killed leaves the old file and a temporary file, which the next writing in that folder removes.
    """
    path = resolve_target(path)
    _remove_stale_parts(path.parent)
    open_options: dict[str, Any] = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
    temporary = ""
    try:
        open_options |= {"dir": path.parent, "prefix": f".{path.name[:40]}.{_HOST}-{os.getpid()}.", "suffix": ".part"}
        with tempfile.NamedTemporaryFile(mode, delete=False, **open_options) as file:
            temporary = file.name
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        os.replace(temporary, path)
        temporary = ""
    except OSError as error:
        raise WriteError(str(_write_failure(path, (error.strerror or str(error)).lower()))) from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def _remove_stale_parts(folder: Path) -> None:
    """Remove the temporary files that processes of this machine left in a folder when they were killed."""
    if os.name != "posix":
        return  # elsewhere it cannot be asked whether a process lives without ending it
    for path in folder.glob(f".*.{_HOST}-*.part"):
        match = re.fullmatch(rf"\..+\.{re.escape(_HOST)}-(\d{{1,9}})\.\w{{8}}\.part", path.name)
        if match and not _is_alive(int(match[1])):
            with suppress(OSError):
                path.unlink()


def _is_alive(process_id: int) -> bool:
    try:
        with suppress(PermissionError):  # it lives and belongs to another user
            os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def _write_failure(path: Path, reason: str) -> ExperimentError:
    return ExperimentError(tr("cannot write {path}: {why}", path=make_printable(str(path)), why=reason))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
