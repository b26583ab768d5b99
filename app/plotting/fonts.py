"""The font families of plots, with fallbacks for missing characters.

The views of the window use the font of the window; an exported figure does not, so that it is the same everywhere.

Mathtext does not use these families, so texts in the language of the user must not be set in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache

from matplotlib import get_data_path, rc_context, rcParams
from matplotlib.font_manager import FontEntry, findSystemFonts, fontManager
from matplotlib.ft2font import FT2Font

from app.system.font_packages import SCRIPTS, script_of
from app.system.platform_support import install_command
from app.utils.i18n import current_language, tr

DEFAULT_FAMILY = "DejaVu Sans"  # included in matplotlib
PLACEHOLDER_FAMILY = "Last Resort High-Efficiency"  # included in matplotlib: a box for every character
LANGUAGE_SAMPLES = {"ko": "한"}  # by language code: a character that DEFAULT_FAMILY lacks
# Joiners, direction marks and variation selectors, which need no glyph
INVISIBLE = {chr(code) for code in (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0xFE00, 0xFE10))}
CFF_MAXP_VERSION = (0, 0x5000)


def set_font_family(family: str) -> None:
    """Use a font family, if matplotlib finds it, and the fallbacks of the current language in all later plots."""
    first_family = family if family in available_families() else DEFAULT_FAMILY
    rcParams["font.family"] = [*font_families(first_family=first_family), "sans-serif"]


@contextmanager
def covering(text: str) -> Iterator[None]:
    """Draw figures in the block with families that together have all characters of a text, whatever the window uses."""
    families = font_families(text)
    pdf_font_type = 3 if any(map(_has_postscript_outlines, families)) else rcParams["pdf.fonttype"]
    with rc_context({"font.family": [*families, "sans-serif"], "pdf.fonttype": pdf_font_type}):
        yield


def font_families(text: str = "", first_family: str = DEFAULT_FAMILY) -> tuple[str, ...]:
    """Return the families for a text in the current language; a character missing in one is taken from the next."""
    text = LANGUAGE_SAMPLES.get(current_language().code, "") + text
    families, missing = _families_and_missing(first_family, _special_characters(text))
    return (*families, PLACEHOLDER_FAMILY) if missing else families


def missing_glyphs_message(text: str) -> str:
    """Return a sentence about the characters of a text that no installed font has; empty if there are none."""
    missing = _families_and_missing(DEFAULT_FAMILY, _special_characters(text))[1]
    if not missing:
        return ""
    command = install_command(dict.fromkeys(script_of(character).packages for character in missing))
    sentence = tr("no font on this computer has {characters}, so the figure shows a box", characters=" ".join(missing))
    return tr("{sentence}; install one with: {command}", sentence=sentence, command=command) if command else sentence


def available_families() -> set[str]:
    """Return the families that matplotlib finds."""
    return {font.name for font in fontManager.ttflist}


def _special_characters(text: str) -> str:
    return "".join(sorted({character for character in text if not character.isascii()}))


@lru_cache(256)
def _families_and_missing(first_family: str, characters: str) -> tuple[tuple[str, ...], str]:
    """Return families that together have the characters, and the characters that no installed family has."""
    families, missing = _cover((first_family, DEFAULT_FAMILY), "".join(c for c in characters if c not in INVISIBLE))
    families = tuple(dict.fromkeys((first_family, DEFAULT_FAMILY, *families)))
    if missing:
        preferred = [name for script in SCRIPTS if any(c in script for c in missing) for name in script.families]
        available = available_families()
        more, missing = _cover([*(name for name in preferred if name in available), *_other_families()], missing)
        families += more
    return families, missing


def _cover(families: Iterable[str], missing: str) -> tuple[tuple[str, ...], str]:
    """Return those of the families, in order, that add some of the missing characters, and what is still missing."""
    used = []
    for family in families:
        remaining = "".join(c for c in missing if not _has_character(family, c)) if missing else ""
        if len(remaining) < len(missing):
            used.append(family)
            missing = remaining
    return tuple(used), missing


@cache
def _other_families() -> list[str]:
    """Return all families that can be drawn and are not included in matplotlib, also those installed since its cache.

    The included ones have other glyphs than Unicode says, or a placeholder for every character; fonts for colored emoji
    have no outlines.
    """
    listed_paths = {font.fname for font in fontManager.ttflist}
    for path in findSystemFonts():
        if path not in listed_paths:
            with suppress(OSError, RuntimeError, NotImplementedError):  # the file cannot be read, or is a bitmap font
                fontManager.addfont(path)
    return sorted(
        {
            font.name
            for font in fontManager.ttflist
            if not font.fname.startswith(get_data_path()) and "Color" not in font.name
        }
    )


def _upright_fonts(family: str) -> list[FontEntry]:
    return [
        font
        for font in fontManager.ttflist
        if font.name == family and font.style == "normal" and 300 <= int(font.weight) <= 700
    ]


@lru_cache(8192)
def _has_character(family: str, character: str) -> bool:
    """Return whether all upright fonts of a family have a character: a bold one may have fewer."""
    fonts = _upright_fonts(family)
    return bool(fonts) and all(_open_font(font.fname, font.index).get_char_index(ord(character)) for font in fonts)


@cache
def _has_postscript_outlines(family: str) -> bool:
    """Return whether a family has PostScript outlines (CFF), which are invisible if embedded as type 42."""
    tables = (_open_font(font.fname, font.index).get_sfnt_table("maxp") for font in _upright_fonts(family))
    return any(table is not None and table["version"] == CFF_MAXP_VERSION for table in tables)


@lru_cache(16)  # an open font keeps its file open
def _open_font(path: str, index: int) -> FT2Font:
    return FT2Font(path, face_index=index)
