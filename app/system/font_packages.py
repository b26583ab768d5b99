"""Scripts that DejaVu Sans lacks, wholly or in part: the families that have them, and the packages of such families."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.system.platform_support import Packages

CJK_PACKAGES = ("fonts-noto-cjk", "google-noto-sans-cjk-fonts", "noto-fonts-cjk")


@dataclass(frozen=True)
class Script:
    """A script.

    ``sample`` is a common character, ``characters`` a regular expression for one character, ``families`` are font
    families in order of preference, and ``packages`` names of packages, empty where a distribution has none.
    """

    name: str
    sample: str
    characters: str
    families: tuple[str, ...]
    packages: Packages

    def __contains__(self, character: str) -> bool:
        return re.fullmatch(self.characters, character) is not None


# The first script that a text has decides in which regional form its Han characters are drawn.
SCRIPTS = (
    Script(
        "Korean",
        "한",
        "[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]",
        (
            "Noto Sans CJK KR",
            "Noto Sans KR",
            "NanumGothic",
            "Nanum Gothic",
            "Malgun Gothic",
            "Apple SD Gothic Neo",
            "Source Han Sans KR",
            "UnDotum",
            "Noto Sans CJK JP",
        ),
        CJK_PACKAGES,
    ),
    Script(
        "Japanese",
        "か",
        "[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]",
        (
            "Noto Sans CJK JP",
            "Noto Sans JP",
            "IPAexGothic",
            "TakaoGothic",
            "Yu Gothic",
            "Meiryo",
            "Hiragino Sans",
            "Source Han Sans JP",
        ),
        CJK_PACKAGES,
    ),
    Script(
        "Chinese",
        "学",
        "[\u2e80-\u2fff\u3000-\u303f\u3100-\u312f\u3400-\u9fff\uf900-\ufaff\uff00-\uff65\U00020000-\U0003ffff]",
        (
            "Noto Sans CJK SC",
            "Noto Sans SC",
            "WenQuanYi Micro Hei",
            "Microsoft YaHei",
            "PingFang SC",
            "Source Han Sans SC",
            "Noto Sans CJK TC",
            "Noto Sans CJK JP",
        ),
        CJK_PACKAGES,
    ),
    Script(
        "emoji",
        "🚀",
        "[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]",
        ("Noto Emoji", "Symbola", "Segoe UI Emoji", "Segoe UI Symbol", "Apple Symbols"),
        ("fonts-symbola", "gdouros-symbola-fonts", ""),
    ),
)
OTHER_SCRIPT = Script("other", "", ".", (), ("fonts-noto-core", "google-noto-fonts-all", "noto-fonts"))


def script_of(character: str) -> Script:
    """Return the script of a character."""
    return next((script for script in SCRIPTS if character in script), OTHER_SCRIPT)
