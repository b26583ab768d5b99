"""The explanation of a hyperparameter is shown wherever the hyperparameter is, in both languages."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import pytest
from PyQt6.QtWidgets import QWidget

from app.gui.help.help_pages import optimizer_page
from app.gui.help.whats_this import control_html
from app.gui.panels.setup.hyperparameter_form import HyperparameterForm
from app.gui.widgets.slider_field import SliderField
from app.model.run import Run
from app.theming.theme import LIGHT
from app.utils.i18n import load_language, set_language, tr
from optimizers import MODIFIERS, OPTIMIZERS

pytestmark = pytest.mark.usefixtures("application")


@pytest.mark.parametrize("code", ["en", "ko"])
@pytest.mark.parametrize("optimizer_id", ["adamw", "asgd", "lbfgs", "nelder_mead", "rmsprop_optax"])
def test_label_control_and_whats_this_show_the_explanation(optimizer_id: str, code: str) -> None:
    set_language(load_language(code))
    run = Run.parse(optimizer_id)
    form = HyperparameterForm(run, LIGHT)
    for name, spec in run.method.hyperparameters.items():
        field = form.fields[name]
        widgets: list[QWidget] = (
            [field.label, field.slider, field.number_field] if isinstance(field, SliderField) else [field.check_box]
        )
        sentence = tr(spec.explanation)
        assert all(escape(sentence) in widget.toolTip() for widget in widgets), name
        assert all(escape(sentence) in control_html(widget, None) for widget in widgets), name
        if isinstance(field, SliderField):
            assert sentence in field.slider.accessibleDescription()
        assert sentence != spec.explanation or code == "en"


def test_a_message_of_a_number_field_replaces_the_explanation_while_it_lasts() -> None:
    form = HyperparameterForm(Run.parse("sgd"), LIGHT)
    field = form.fields["lr"]
    assert isinstance(field, SliderField)
    hint = field.number_field.toolTip()
    field.number_field.edit.setText("-1")
    field.number_field._commit_input()
    assert "must be" in field.number_field.toolTip()
    field.number_field.restore()
    assert field.number_field.toolTip() == hint


@pytest.mark.parametrize("code", ["en", "ko"])
def test_the_help_page_lists_the_explanations(code: str) -> None:
    set_language(load_language(code))
    run = Run.parse("adam noise=0.5 lookahead=5")
    html = optimizer_page(run)
    specs = [*run.method.hyperparameters.values(), *MODIFIERS["noise"].hyperparameters.values()]
    assert all(escape(tr(spec.explanation)) in html for spec in specs)


def test_a_hyperparameter_without_explanation_shows_its_facts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    original = OPTIMIZERS["sgd"]
    specs = {"lr": replace(original.spec("lr"), explanation="")}
    monkeypatch.setitem(OPTIMIZERS, "sgd", replace(original, hyperparameters=specs))
    form = HyperparameterForm(Run.parse("sgd"), LIGHT)
    field = form.fields["lr"]
    assert isinstance(field, SliderField)
    assert field.label.toolTip() == "lr: a number ≥ 0; default 0.01"
    assert "<b>learning rate</b>" not in optimizer_page(Run.parse("sgd"))
