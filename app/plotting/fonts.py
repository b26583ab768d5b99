"""The font families of figures: that of the window if matplotlib finds it, and fallbacks for missing characters.

Mathtext does not use these families, so texts in the language of the user must not be set in it.
"""

from __future__ import annotations

from functools import lru_cache

from app.utils.i18n import current_language

DEFAULT_FAMILY = "DejaVu Sans"  # included in matplotlib
HANGUL_FAMILIES = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumGothic",
    "Nanum Gothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "Source Han Sans KR",
    "UnDotum",
    "Noto Sans CJK JP",
)  # in order of preference
# By language code: a character that DEFAULT_FAMILY lacks, and families that have it.
FALLBACK_FAMILIES = {"ko": ("한", HANGUL_FAMILIES)}
_font_families: tuple[str, ...] = (DEFAULT_FAMILY,)


def set_font_family(family: str) -> None:
    """Use a font family, if matplotlib finds it, and the fallbacks of the current language in all later figures."""
    global _font_families
    from matplotlib import rcParams

    code = current_language().code
    fallbacks = [find_family(*FALLBACK_FAMILIES[code])] if code in FALLBACK_FAMILIES else []
    _font_families = tuple(
        dict.fromkeys([*([family] if family in available_families() else []), DEFAULT_FAMILY, *filter(None, fallbacks)])
    )
    rcParams["font.sans-serif"] = list(_font_families)
    # Matplotlib uses only the first family that it finds of a generic family, so fallbacks are listed by name.
    rcParams["font.family"] = [*_font_families, "sans-serif"] if any(fallbacks) else ["sans-serif"]


def font_families() -> tuple[str, ...]:
    """Return the families in use; a character missing in one is taken from the next."""
    return _font_families


def available_families() -> set[str]:
    """Return the families that matplotlib finds."""
    from matplotlib.font_manager import fontManager

    return {font.name for font in fontManager.ttflist}


@lru_cache
def find_family(character: str, families: tuple[str, ...]) -> str | None:
    """Return the first of some installed families that has a character, else any family that has it, else None."""
    matches = _families_with(families, character)
    if not matches:
        _add_system_fonts(character)
        matches = _families_with(families, character)
    return next(iter(matches or _other_families_with(character)), None)


def _families_with(families: tuple[str, ...], character: str) -> list[str]:
    """Return the families that have a character, which differs between versions of one font."""
    from matplotlib.font_manager import fontManager

    paths = {font.name: font.fname for font in fontManager.ttflist}
    return [family for family in families if family in paths and _has_character(paths[family], character)]


def _add_system_fonts(character: str) -> None:
    """Add fonts with a character that were installed after matplotlib cached its list of fonts."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    listed_paths = {font.fname for font in fontManager.ttflist}
    for path in findSystemFonts():
        if path not in listed_paths and _has_character(path, character):
            fontManager.addfont(path)


def _other_families_with(character: str) -> list[str]:
    from matplotlib import get_data_path
    from matplotlib.font_manager import fontManager

    matplotlib_path = get_data_path()  # one of the fonts there has a placeholder glyph for every character
    return sorted(
        {
            font.name
            for font in fontManager.ttflist
            if not font.fname.startswith(matplotlib_path) and _has_character(font.fname, character)
        }
    )


def _has_character(path: str, character: str) -> bool:
    from matplotlib.ft2font import FT2Font

    try:
        return bool(FT2Font(path).get_char_index(ord(character)))
    except (OSError, RuntimeError):  # the font file cannot be read
        return False
