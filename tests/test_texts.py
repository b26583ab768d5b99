"""The list of texts contains those that are chosen at run time."""

from __future__ import annotations

import ast
from types import ModuleType

import pytest

from surfaces.networks import NO_MINIMUM_NOTE
from tests.texts import literal_texts, possible_texts, text_expressions


def texts_of(source: str) -> set[str]:
    """Return the texts of a module."""
    module = ModuleType("example")
    exec(source.partition("---")[0], vars(module))
    tree = ast.parse(source.partition("---")[2])
    return set().union(*(possible_texts(expression, module) for expression in text_expressions(tree)))


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("---tr('a {b}', b=1)", {"a {b}"}),
        ("---tr('a' if x else 'b' if y else 'c')", {"a", "b", "c"}),
        ("---tr(x or 'a')", {"a"}),
        ("---tr({1: 'a', 2: 'b'}[k])", {"a", "b"}),
        ("---tr({1: 'a'}.get(k, 'b'))", {"a", "b"}),
        ("---tr(('a', 'b')[flag])", {"a", "b"}),
        ("NOWHERE = 'a'\n---tr(NOWHERE)", {"a"}),
        ("NOTES = {1: ('a', 'b'), 2: ['c']}\n---tr(NOTES[k][0])", {"a", "b", "c"}),
        ("---Surface(summary=x and 'a', name='b')", {"a"}),
        ("NOTE = 'a'\n---Surface(summary='b' if best else NOTE)", {"a", "b"}),
        ("---raise_error(DataError('a'))", {"a"}),
        ("---tr(row.help)", set()),
        ("---translate('a')", set()),
    ],
)
def test_all_texts_that_an_expression_can_be_are_found(source: str, texts: set[str]) -> None:
    assert texts_of(source) == texts


@pytest.mark.parametrize("source", ["---tr(f'a {b}')", "---tr('a' + b)", "---tr('%d a' % b)", "---tr(x or f'{b}')"])
def test_a_text_that_is_put_together_before_its_translation_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="example:1"):
        texts_of(source)


@pytest.mark.slow
def test_a_note_that_depends_on_the_data_is_found() -> None:
    assert NO_MINIMUM_NOTE in literal_texts()
