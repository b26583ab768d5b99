"""Code that runs in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def loaded_by(code: str) -> set[str]:
    """Return the top-level modules that are loaded after ``code`` has run in a fresh interpreter."""
    listing = "import sys; print(*{module.partition('.')[0] for module in sys.modules})"
    result = subprocess.run(
        [sys.executable, "-c", f"{code}\n{listing}"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(result.stdout.split())
