"""The letters of the figures: those of the window, as far as matplotlib finds them, and such as have what they lack.

Words stay out of mathtext, which knows neither.
"""

from __future__ import annotations

from app.language import spoken

USUAL = "DejaVu Sans"  # comes with matplotlib
HANGUL = ("Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Nanum Gothic", "Malgun Gothic", "Apple SD Gothic Neo",
          "Source Han Sans KR", "UnDotum", "Droid Sans Fallback")  # the first that is there is taken
LACKING = {"ko": HANGUL}  # by the code of a language whose letters USUAL has not
_worn: tuple[str, ...] = (USUAL,)


def wear(family: str) -> None:
    """From now on figures are written in this family where it is known, and in the language that is spoken."""
    global _worn
    from matplotlib import rcParams
    from matplotlib.font_manager import fontManager

    known = {font.name for font in fontManager.ttflist}
    others = next(([name] for name in LACKING.get(spoken().code, ()) if name in known), [])
    _worn = tuple(dict.fromkeys([*([family] if family in known else []), USUAL, *others]))
    rcParams["font.sans-serif"] = list(_worn)


def worn() -> tuple[str, ...]:
    """The families in use, the first one first; a letter that it lacks is taken from the next."""
    return _worn
