"""Which lessons were answered and whose tasks were solved, kept in the settings."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from app.session.settings import Settings

PROGRESS_KEY = "lessons/progress"
MAX_LESSONS = 500  # whose progress is kept, those used last


@dataclass(frozen=True)
class LessonProgress:
    """What was done in one lesson: its question was ``answered``, ``right`` or not, and its task was ``solved``."""

    answered: bool = False
    right: bool = False
    solved: bool = False


def load_progress(settings: Settings) -> dict[str, LessonProgress]:
    """Return the progress by the name of the lesson; what cannot be read counts as missing."""
    try:
        stored = json.loads(settings.get_text(PROGRESS_KEY, "{}"))
    except (ValueError, RecursionError):
        return {}
    return {
        name: LessonProgress(*(values.get(field) is True for field in ("answered", "right", "solved")))
        for name, values in (stored.items() if isinstance(stored, dict) else ())
        if isinstance(values, dict)
    }


def record_progress(settings: Settings, name: str, **done: bool) -> None:
    """Record what was done in a lesson; what was done before stays done."""
    progress = load_progress(settings)
    before = progress.pop(name, LessonProgress())
    progress[name] = replace(before, **{field: True for field, is_done in done.items() if is_done})
    kept = dict(list(progress.items())[-MAX_LESSONS:])
    settings.set_value(PROGRESS_KEY, json.dumps({key: asdict(value) for key, value in kept.items()}))
