"""What is told of an optimizer and of a surface, as HTML made from their declarations. What is not declared is not mentioned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from app.gui.help.citation_links import linked
from app.gui.help.formula_images import image
from app.model.catalog import conventions
from app.model.experiment import Experiment
from app.model.number_parsing import allowed
from app.model.run import Run
from app.utils.i18n import tr
from optimizers import OPTIMIZERS, Hyperparameter, Optimizer, Part
from surfaces import Surface

DIGITS = 12  # behind the point of a height: what is smaller at a minimum is rounding
SUBSCRIPTS = {ord(sign): f"_{digit}" for digit, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")}


def optimizer_page(run: Run) -> str:
    """A run's optimizer, with its hyperparameters as they are now, and what it is combined with."""
    rule = run.rule
    base = OPTIMIZERS[rule.variant_of] if rule.variant_of else None
    known = conventions(rule.id)
    others = ", ".join(other.name for other in known if other is not rule)
    state = ", ".join(rule.state)
    return "".join(
        [
            f"<h2>{escape(rule.name)}</h2>",
            _paragraph(tr(rule.note)),
            _formula(rule.formula),
            _table(rule.hyperparameters, run.hyperparameters),
            _paragraph(
                tr("It remembers from update to update: {names}.", names=state)
                if state
                else tr("It remembers nothing from update to update."),
                quiet=True,
            ),
            _paragraph(tr(rule.story)),
            _paragraph(
                tr("It computes exactly as in {framework}.", framework=rule.convention) if rule.convention else ""
            ),
            _paragraph(tr("Other conventions of the same method: {names}.", names=others) if others else ""),
            _source(rule.source),
            _method(base),
            *(_part(part, run) for part in run.parts),
        ]
    )


def _method(base: Optimizer | None) -> str:
    """The story of the method that a rule is a convention of."""
    return f"<h3>{escape(base.name)}</h3>{_paragraph(tr(base.story))}" if base is not None and base.story else ""


def _part(part: Part, run: Run) -> str:
    return "".join(
        [
            f"<hr><h3>{escape(tr('Combined with {part}', part=part.name))}</h3>",
            _paragraph(tr(part.note)),
            _formula(part.formula),
            _table(part.hyperparameters, run.hyperparameters),
            _paragraph(tr(part.story)),
            _source(part.source),
        ]
    )


def _table(declared: Mapping[str, Hyperparameter], values: Mapping[str, float]) -> str:
    """A row for each hyperparameter; what is not as it is by default stands out."""
    if not declared:
        return ""
    symbols = any(each.symbol for each in declared.values())
    rows = []
    for name, each in declared.items():
        value, usual = values[name], each.default
        now = f"<b>{_value(each, value)}</b>" if value != usual else _value(each, value)
        rows.append(
            [
                *([image(each.symbol) if each.symbol else ""] if symbols else []),
                escape(tr(each.label)),
                now,
                _value(each, usual),
                escape(allowed(each)),
            ]
        )
    return _rows(
        [*([tr("Symbol")] if symbols else []), tr("Name"), tr("Now"), tr("Default"), tr("What may be set")], rows
    )


def _value(declared: Hyperparameter, value: float) -> str:
    return (tr("on") if value else tr("off")) if declared.scale == "switch" else f"{value:.10g}"


def surface_page(experiment: Experiment) -> str:
    """The surface that is raced on."""
    land = experiment.land
    (left, right), (bottom, top) = land.box
    x, y = (axis.split()[0] for axis in land.axes)
    assert experiment.start is not None
    now = (
        tr("The race starts there.")
        if experiment.start == land.start
        else tr("The race starts at {point}.", point=_point(experiment.start))
    )
    return "".join(
        [
            f"<h2>{escape(land.name)}</h2>",
            _paragraph(tr(land.note)),
            _formula(rf"f({x},\,{y}) = {land.formula}".translate(SUBSCRIPTS)),
            _paragraph(tr(land.kinks)),
            _paragraph(tr(land.lesson)),
            _paragraph(
                tr("It is made from {count:,} points of data.", count=len(land.data[0]))
                if land.data is not None
                else ""
            ),
            _minima(land, x, y),
            _paragraph(
                tr(
                    "It is shown for {x} from {left:.6g} to {right:.6g} and {y} from {bottom:.6g} to {top:.6g}.",
                    x=x,
                    y=y,
                    left=left,
                    right=right,
                    bottom=bottom,
                    top=top,
                )
            ),
            _paragraph(tr("Its own start is {point}.", point=_point(land.start)) + " " + now),
            _source(land.source),
        ]
    )


def _minima(land: Surface, x: str, y: str) -> str:
    if land.lowest is None:
        return _paragraph(tr("It has no lowest point."))
    heading = (
        tr("Its lowest point") if len(land.minima) == 1 else tr("Its {count} lowest points", count=len(land.minima))
    )
    heights = [round(float(land(float(a), float(b))[0]), DIGITS) + 0.0 for a, b in land.minima]  # never "-0"
    rows = [[f"{a:.8g}", f"{b:.8g}", f"{height:.6g}"] for (a, b), height in zip(land.minima, heights, strict=True)]
    return f"<h3>{escape(heading)}</h3>" + _rows([x, y, tr("Height")], rows)


def _point(point: tuple[float, float]) -> str:
    return f"({point[0]:.6g}, {point[1]:.6g})"


def _rows(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{escape(words)}</th>" for words in headings)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table class='facts' cellspacing='0'><tr>{head}</tr>{body}</table>"


def _formula(formula: str) -> str:
    return "".join(f"<p>{image(line, alone=True)}</p>" for line in formula.split("\n") if line)


def _paragraph(words: str, quiet: bool = False) -> str:
    """Words of ours, which may be of several paragraphs."""
    mark = " class='quiet'" if quiet else ""
    return "".join(f"<p{mark}>{escape(each)}</p>" for each in words.split("\n\n") if each.strip())


def _source(source: str) -> str:
    return f"<p class='quiet'>{escape(tr('Source'))}: {linked(source)}</p>" if source else ""
