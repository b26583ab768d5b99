"""The Korean texts use the terms of the glossary, have no homonyms in a menu, and read well after a placeholder."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from app.gui.window.actions import ACTIONS, MENUS
from app.model.comparison import COMPARISON_MODES
from app.utils.i18n import load_language, set_language, strip_mnemonic, tr
from app.views import VIEWS
from optimizers import MODIFIERS, OPTIMIZERS
from surfaces import SURFACES
from tests.texts import ROOT

KOREAN = load_language("ko").texts
NAMES = sorted({method.name for method in (*OPTIMIZERS.values(), *SURFACES.values())}, key=len, reverse=True)
# By term, as a regular expression for whole words: what every translation of a text with the term contains.
TERMS = {
    "optimizers?": "옵티마이저",
    "hyperparameters?": "하이퍼파라미터",
    "modifiers?": "기법",
    "implementations?": "구현",
    "presets?": "프리셋",
    "step sizes?": "보폭|움직이는 거리",
    "learning rates?": "학습률",
    "moving averages?": "이동 평균",
    "weight decay": "가중치 감쇠",
    "clip(?:s|ping|ped)?": "클리핑",
    "schedules?": "스케줄",
    "warm-up": "웜업",
    "tun(?:e|ed|ing)": "튜닝",
    "branch(?:es)?": "분기",
    "replicas?": "복제본",
    "comparison mode": "비교 방식",
    "stability limit": "안정 한계",
    "evaluations?": "평가",
    "gradient norm": "기울기 노름",
    "condition number": "조건수",
    "global minim(?:um|a)": "전역",
    "local minim(?:um|a)": "국소",
    "saddle points?": "안장점",
    "basins?": "분지",
    "plateaus?": "고원",
    "ravines?": "협곡",
    "starting point": "출발점",
    "simulation": "시뮬레이션",
    "contour plot": "등고선",
    "3D surface": "3D 표면",
    "side panel": "사이드 패널",
    "results panel": "결과 패널",
    "animations?": "애니메이션",
    "timeline": "타임라인",
    "layout": "레이아웃",
    "epsilon": "epsilon",
    r"noise(?!\^)": "잡음",  # but noise^2 in a formula
    "L1 penalty": "L1 벌점",
}
REPLACED_TERMS = {
    "조율": "튜닝",
    "잘라내기": "클리핑",
    "다시 실행|실행 취소": "되돌리기, 다시 하기",
    "최적화기": "옵티마이저",
    "곡면|릴리프": "3D 표면",
    "(?:옆|측면) 패널": "사이드 패널",
    "초매개변수": "하이퍼파라미터",
    "엡실론": "epsilon",
    "최대점": "극대점",
    r"(?<!미니)(?<!큰 )배치(?! 크기)": "레이아웃, or batch: 배치 크기, 미니배치",
    r"(?<!미리 )보기(?! 메뉴|에)": "뷰, 표시, or the View menu",
}


def visible(text: str) -> str:
    """Return an English text without placeholders and without names of optimizers and surfaces."""
    text = re.sub(r"\{[^{}]*\}", "", text)
    for name in NAMES:
        text = text.replace(name, "")
    return strip_mnemonic(text)


@pytest.mark.parametrize("term", TERMS)
def test_a_term_has_one_translation(term: str) -> None:
    texts = [english for english in KOREAN if re.search(rf"\b(?:{term})\b", visible(english), re.IGNORECASE)]
    assert texts
    assert {english: KOREAN[english] for english in texts if not re.search(TERMS[term], KOREAN[english])} == {}


def test_the_glossary_has_the_terms() -> None:
    glossary = (ROOT / ".github" / "GLOSSARY.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in glossary.splitlines() if line.startswith("|")][2:]
    shown = {korean.strip(): term.strip() for _, term, korean, *_ in rows if korean.strip()}
    assert len(shown) > 25
    translations = " ".join(KOREAN.values())
    for korean, term in shown.items():
        assert len(korean.split(", ")) == len(term.split(", ")) or term in ("step", "run status"), term
        assert all(each in translations for each in korean.split(", ")), term


def test_no_text_uses_a_replaced_term() -> None:
    pattern = re.compile("|".join(f"(?:{term})" for term in REPLACED_TERMS))
    menu = {"&View"}
    assert {
        english: korean for english, korean in KOREAN.items() if pattern.search(korean) and english not in menu
    } == {}


def test_a_particle_after_a_placeholder_fits_every_value() -> None:
    particle = re.compile(r"\}[”’\"]*(?:은|는|이|가|을|를|과|와|로|으로|이나|나|라는|이라는)(?=[\s.,:;)]|$)")
    assert {english: korean for english, korean in KOREAN.items() if particle.search(korean)} == {}


def menu_texts() -> dict[str, list[str]]:
    """Return the Korean texts of the rows of each menu, without mnemonics."""
    menus: dict[str, list[str]] = defaultdict(list)
    submenus = set()
    for row in ACTIONS:
        menus[row.menu].append(row.text)
        path = row.menu
        while "/" in path:
            submenus.add(path)
            path = path.rpartition("/")[0]
    for path in submenus:
        parent, _, name = path.rpartition("/")
        menus[parent].append(name)
    menus["menu bar"] = [f"&{menu}" for menu in MENUS]
    menus["comparison modes"] = list(COMPARISON_MODES.values())
    menus["views"] = [view.title for view in VIEWS.values()]
    return {path: [strip_mnemonic(tr(text)) for text in texts] for path, texts in menus.items()}


def test_no_two_rows_of_a_menu_have_the_same_text() -> None:
    set_language(load_language("ko"))
    menus = menu_texts()
    assert len(menus["Edit"]) > 10
    assert {path: [text for text, n in Counter(texts).items() if n > 1] for path, texts in menus.items()} == {
        path: [] for path in menus
    }


def test_surfaces_and_families_have_names_of_their_own() -> None:
    set_language(load_language("ko"))
    for names in (
        [tr(surface.name) for surface in SURFACES.values()],
        sorted({tr(surface.family) for surface in SURFACES.values()}),
        sorted({tr(optimizer.family) for optimizer in OPTIMIZERS.values()}),
    ):
        assert len(set(names)) == len(names)
    assert len({tr(surface.family) for surface in SURFACES.values()}) == len({s.family for s in SURFACES.values()})


def test_sentences_are_in_the_formal_style() -> None:
    informal = re.compile(r"(?:세요|나요|어요|아요|해요|까요|예요|에요|죠)(?=[\s.?!,)]|$)")
    assert {english: korean for english, korean in KOREAN.items() if informal.search(korean)} == {}


def test_settings_that_a_text_quotes_exist() -> None:
    methods = (*OPTIMIZERS.values(), *MODIFIERS.values())
    names = {KOREAN.get(spec.label, spec.label) for method in methods for spec in method.hyperparameters.values()}
    names |= {KOREAN[modifier.name] for modifier in MODIFIERS.values()} | {"바나나"}  # of the Rosenbrock function
    quoted = {english: re.findall("‘([^’]+)’", korean) for english, korean in KOREAN.items()}
    assert {english: found for english, found in quoted.items() if not set(found) <= names} == {}
