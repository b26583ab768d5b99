"""The letters of the figures: those of the window, as far as matplotlib finds them, and such as have what they lack.

Words stay out of mathtext, which knows neither.
"""

from __future__ import annotations

from functools import lru_cache

from app.utils.i18n import current_language

DEFAULT_FAMILY = "DejaVu Sans"  # comes with matplotlib
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
)  # the first that is there is taken, else any font that has them
FALLBACK_FAMILIES = {
    "ko": ("한", HANGUL_FAMILIES)
}  # by the code of a language: a letter that USUAL has not, and families that have it
_font_families: tuple[str, ...] = (DEFAULT_FAMILY,)


def set_font_family(family: str) -> None:
    """From now on figures are written in this family where it is known, and in the language that is spoken."""
    global _font_families
    from matplotlib import rcParams

    fallbacks = (
        [find_family(*FALLBACK_FAMILIES[current_language().code])]
        if current_language().code in FALLBACK_FAMILIES
        else []
    )
    _font_families = tuple(
        dict.fromkeys([*([family] if family in available_families() else []), DEFAULT_FAMILY, *filter(None, fallbacks)])
    )
    rcParams["font.sans-serif"] = list(_font_families)
    rcParams["font.family"] = (
        [*_font_families, "sans-serif"] if any(fallbacks) else ["sans-serif"]
    )  # of a generic one only the first is asked


def font_families() -> tuple[str, ...]:
    """The families in use, the first one first; a letter that it lacks is taken from the next."""
    return _font_families


def available_families() -> set[str]:
    """The families that matplotlib finds."""
    from matplotlib.font_manager import fontManager

    return {font.name for font in fontManager.ttflist}


@lru_cache
def find_family(character: str, families: tuple[str, ...]) -> str | None:
    """A family with a letter: the first of these that is there, else any; None where no font of this computer has it."""
    matches = _families_with(families, character)
    if not matches:
        _add_system_fonts(character)
        matches = _families_with(families, character)
    return next(iter(matches or _other_families_with(character)), None)


def _families_with(families: tuple[str, ...], character: str) -> list[str]:
    """Those of the families that are there and have a letter: fonts of one name do not all have the same ones."""
    from matplotlib.font_manager import fontManager

    paths = {font.name: font.fname for font in fontManager.ttflist}
    return [family for family in families if family in paths and _has_character(paths[family], character)]


def _add_system_fonts(character: str) -> None:
    """The fonts with a letter that were installed after matplotlib had made its list, which it keeps for ever."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    listed_paths = {font.fname for font in fontManager.ttflist}
    for path in findSystemFonts():
        if path not in listed_paths and _has_character(path, character):
            fontManager.addfont(path)


def _other_families_with(character: str) -> list[str]:
    from matplotlib import get_data_path
    from matplotlib.font_manager import fontManager

    matplotlib_path = get_data_path()  # of these one has a box for every letter
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
    except (OSError, RuntimeError):  # a font that cannot be read
        return False
