"""A settings file that is not safe to read is set aside before Qt reads it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.system.settings_file import MAX_SIZE, has_variants, set_unsafe_settings_aside, settings_file
from tests.processes import ROOT

HEADER = "[General]\ntheme="


class MakeFolder:
    """Creates a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.path),)


def pickle_variant(path: Path) -> str:
    """Return the escaped bytes of a QVariant that creates a folder when Qt reads it."""
    name, content = b"PyQt_PyObject\0", pickle.dumps(MakeFolder(path), 0)
    parts = (127).to_bytes(4, "big"), len(name).to_bytes(4, "big"), name, len(content).to_bytes(4, "big"), content
    return "".join(f"\\x{byte:x}" for byte in b"".join(parts))


def write_settings(text: str) -> Path:
    path = settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def read_settings(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


@pytest.mark.slow
@pytest.mark.parametrize(
    "value",
    [
        "@Variant({})",
        '"@Variant({})"',
        "text, @Variant({})",
        r"\x40Variant({})",
        r"\100Variant({})",
        r"\xf0040Variant({})",
        '"@Var""iant({})"',
        r"@V\qariant({})",
        "@Var\\\niant({})",
    ],
)
def test_no_code_of_a_settings_file_runs(value: str, tmp_path: Path) -> None:
    created = tmp_path / "created"
    path = write_settings(HEADER + value.format(pickle_variant(created)) + "\n")
    unprotected = "from PyQt6.QtCore import QSettings as S; S({!r}, S.Format.IniFormat).allKeys()"
    read_settings(unprotected.format(str(path)))
    assert created.exists(), "the file must be dangerous for this test to show something"
    created.rmdir()
    content = path.read_bytes()
    read_settings("from app.session.settings import Settings; assert Settings().get_text('theme', 'new') == 'new'")
    assert not created.exists()
    assert path.with_name("Thalweg.ini.bak").read_bytes() == content


@pytest.mark.parametrize(
    "value",
    [
        "dark",
        r"@ByteArray(\0\0\0\xff@x)",
        "@@Var",
        "@Invalid()",
        "@Rect(1 2 3 4)",
        "a, @@b",
        '"[\\"/home/me@host/a.json\\"]"',
        "Höhe \\x2603",
    ],
)
def test_what_holds_no_variant_stays(value: str) -> None:
    path = write_settings(HEADER + value + "\n")
    assert set_unsafe_settings_aside() is None
    assert path.exists()


def test_a_settings_file_that_cannot_be_read_to_its_end_is_set_aside() -> None:
    path = write_settings("a" * (MAX_SIZE + 1))
    assert set_unsafe_settings_aside() == path.with_name("Thalweg.ini.bak")
    os.mkfifo(path)
    assert set_unsafe_settings_aside() == path.with_name("Thalweg.ini.bak2")
    assert not path.exists()


def test_long_escape_sequences_are_decoded_quickly() -> None:
    assert has_variants(b"\\x" + b"0" * 500_000 + b"40Variant(")
    assert has_variants(b"\\" + b"0" * 500_000 + b"100Variant(")
    assert not has_variants(b"\\" * MAX_SIZE)
