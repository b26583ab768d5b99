"""Result of one check of ``thalweg check``."""

from __future__ import annotations

from dataclasses import dataclass

OK, HINT, ERROR = "ok", "hint", "missing"


@dataclass(frozen=True)
class Finding:
    """Result of one check. The window can be shown if no status is ERROR; ``fix`` is a command or an empty string."""

    status: str
    subject: str
    message: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.status:8} {self.subject}: {self.message}" + (f"\n{'':8} -> {self.fix}" if self.fix else "")
