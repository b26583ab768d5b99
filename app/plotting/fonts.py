"""The letters of the figures: those of the window, as far as matplotlib finds them, and such as have what they lack.

Words stay out of mathtext, which knows neither.
"""

from __future__ import annotations

from functools import lru_cache

from app.utils.i18n import spoken

USUAL = "DejaVu Sans"  # comes with matplotlib
HANGUL = (
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
LACKING = {"ko": ("한", HANGUL)}  # by the code of a language: a letter that USUAL has not, and families that have it
_worn: tuple[str, ...] = (USUAL,)


def wear(family: str) -> None:
    """From now on figures are written in this family where it is known, and in the language that is spoken."""
    global _worn
    from matplotlib import rcParams

    others = [having(*LACKING[spoken().code])] if spoken().code in LACKING else []
    _worn = tuple(dict.fromkeys([*([family] if family in known() else []), USUAL, *filter(None, others)]))
    rcParams["font.sans-serif"] = list(_worn)
    rcParams["font.family"] = (
        [*_worn, "sans-serif"] if any(others) else ["sans-serif"]
    )  # of a generic one only the first is asked


def worn() -> tuple[str, ...]:
    """The families in use, the first one first; a letter that it lacks is taken from the next."""
    return _worn


def known() -> set[str]:
    """The families that matplotlib finds."""
    from matplotlib.font_manager import fontManager

    return {font.name for font in fontManager.ttflist}


@lru_cache
def having(letter: str, families: tuple[str, ...]) -> str | None:
    """A family with a letter: the first of these that is there, else any; None where no font of this computer has it."""
    named = _of(families, letter)
    if not named:
        _take_in(letter)
        named = _of(families, letter)
    return next(iter(named or _others(letter)), None)


def _of(families: tuple[str, ...], letter: str) -> list[str]:
    """Those of the families that are there and have a letter: fonts of one name do not all have the same ones."""
    from matplotlib.font_manager import fontManager

    paths = {font.name: font.fname for font in fontManager.ttflist}
    return [family for family in families if family in paths and _has(paths[family], letter)]


def _take_in(letter: str) -> None:
    """The fonts with a letter that were installed after matplotlib had made its list, which it keeps for ever."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    listed = {font.fname for font in fontManager.ttflist}
    for path in findSystemFonts():
        if path not in listed and _has(path, letter):
            fontManager.addfont(path)


def _others(letter: str) -> list[str]:
    from matplotlib import get_data_path
    from matplotlib.font_manager import fontManager

    own = get_data_path()  # of these one has a box for every letter
    return sorted(
        {font.name for font in fontManager.ttflist if not font.fname.startswith(own) and _has(font.fname, letter)}
    )


def _has(path: str, letter: str) -> bool:
    from matplotlib.ft2font import FT2Font

    try:
        return bool(FT2Font(path).get_char_index(ord(letter)))
    except (OSError, RuntimeError):  # a font that cannot be read
        return False
