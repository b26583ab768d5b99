"""Help pages on optimizers and surfaces, as HTML made from their declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from app.analysis.landscape_text import landscape_sentences, plane_text
from app.analysis.step_text.derived_formula import derived_formula
from app.gui.help.citation_links import link_citations
from app.gui.help.formula_images import image_tag
from app.model.catalog import list_implementations
from app.model.experiment import Experiment
from app.model.number_parsing import describe_allowed
from app.model.run import Run
from app.model.source_text import translate_source
from app.utils.i18n import tr
from app.utils.sentences import to_sentence
from optimizers import OPTIMIZERS, Hyperparameter, Modifier, Optimizer
from surfaces import Surface

LOSS_DECIMALS = 12  # of the loss at a minimum; smaller digits are rounding errors
SUBSCRIPTS = {ord(sign): f"_{digit}" for digit, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")}


def optimizer_page(run: Run) -> str:
    """Return the page on the optimizer of a run, with its current hyperparameters and its modifiers."""
    optimizer = run.method
    base_optimizer = OPTIMIZERS[optimizer.variant_of] if optimizer.variant_of else None
    implementations = list_implementations(optimizer.id)
    other_names = ", ".join(other.name for other in implementations if other is not optimizer)
    state = ", ".join(optimizer.state)
    return "".join(
        [
            f"<h2>{escape(optimizer.name)}</h2>",
            paragraphs(tr(optimizer.summary)),
            _optimizer_formula(run),
            _hyperparameter_table(optimizer.hyperparameters, run.hyperparameters),
            paragraphs(
                tr("State kept between steps: {names}.", names=state) if state else tr("Keeps no state between steps."),
                quiet=True,
            ),
            paragraphs(tr(optimizer.description)),
            paragraphs(
                tr("Numerically identical to {framework}.", framework=tr(optimizer.implementation))
                if optimizer.implementation and optimizer.is_in_frameworks(run.hyperparameters)
                else ""
            ),
            paragraphs(tr("Other implementations of this method: {names}.", names=other_names) if other_names else ""),
            _source_html(optimizer.source),
            _base_method(base_optimizer),
            *(_modifier_section(modifier, run) for modifier in run.modifiers),
        ]
    )


def _optimizer_formula(run: Run) -> str:
    """Return the declared formula, or the lines of the code if the switches of the run make another one of it."""
    derived = derived_formula(run)
    note = tr("With the current switches, the formula is another one. These lines are derived from the code.")
    return _formula_html(derived) + paragraphs(note, quiet=True) if derived else _formula_html(run.method.formula)


def _base_method(base_optimizer: Optimizer | None) -> str:
    """Return the description of the method that an optimizer implements."""
    return (
        f"<h3>{escape(base_optimizer.name)}</h3>{paragraphs(tr(base_optimizer.description))}"
        if base_optimizer is not None and base_optimizer.description
        else ""
    )


def _modifier_section(modifier: Modifier, run: Run) -> str:
    return "".join(
        [
            f"<hr><h3>{escape(tr('With modifier: {part}', part=tr(modifier.name)))}</h3>",
            paragraphs(tr(modifier.summary)),
            _formula_html(modifier.formula),
            _hyperparameter_table(modifier.hyperparameters, run.hyperparameters),
            paragraphs(tr(modifier.description)),
            _source_html(modifier.source),
        ]
    )


def _hyperparameter_table(specs: Mapping[str, Hyperparameter], values: Mapping[str, float]) -> str:
    """Return a table of hyperparameters, in which changed values are bold, and what each of them does."""
    if not specs:
        return ""
    symbols = any(each.symbol for each in specs.values())
    rows = []
    for name, spec in specs.items():
        value, default = values[name], spec.default
        current = f"<b>{_format_value(spec, value)}</b>" if value != default else _format_value(spec, value)
        rows.append(
            [
                *([image_tag(spec.symbol) if spec.symbol else ""] if symbols else []),
                escape(tr(spec.label)),
                current,
                _format_value(spec, default),
                escape(describe_allowed(spec)),
            ]
        )
    headings = [*([tr("Symbol")] if symbols else []), tr("Name"), tr("Current"), tr("Default"), tr("Allowed values")]
    explanations = "".join(
        f"<p class='quiet'><b>{escape(tr(spec.label))}</b>: {escape(tr(spec.explanation))}</p>"
        for spec in specs.values()
        if spec.explanation
    )
    return html_table(headings, rows) + explanations


def _format_value(spec: Hyperparameter, value: float) -> str:
    return (tr("on") if value else tr("off")) if spec.scale == "switch" else f"{value:.10g}"


def surface_page(experiment: Experiment) -> str:
    """Return the page on the surface of an experiment."""
    surface = experiment.surface
    names, separator = surface.axis_names, r",\,"
    assert experiment.start is not None
    start_text = (
        tr("This is also the current starting point.")
        if experiment.start == surface.start
        else tr("Current starting point: {point}.", point=_format_point(experiment.start[: surface.dimension]))
    )
    return "".join(
        [
            f"<h2>{escape(tr(surface.name))}</h2>",
            paragraphs(tr(surface.summary)),
            _formula_html(
                rf"f({separator.join(names)}) = {surface.formula}".translate(SUBSCRIPTS) if surface.formula else ""
            ),
            _landscape_html(experiment),
            paragraphs(tr(surface.nonsmooth_note)),
            paragraphs(tr(surface.what_to_try)),
            paragraphs(
                tr("Computed from {count:,} data points.", count=len(surface.data[0]))
                if surface.data is not None
                else ""
            ),
            _minima_table(surface),
            paragraphs(_range_text(surface)),
            paragraphs(
                tr("Default starting point: {point}.", point=_format_point(surface.start[: surface.dimension]))
                + " "
                + start_text
            ),
            _source_html(surface.source),
        ]
    )


def _range_text(surface: Surface) -> str:
    (left, right), (bottom, top) = surface.bounds
    if surface.dimension == 1:
        return tr("Plotted range: {x} from {left:.6g} to {right:.6g}.", x=surface.axis_names[0], left=left, right=right)
    x, y = surface.axis_names
    return tr(
        "Plotted range: {x} from {left:.6g} to {right:.6g}, {y} from {bottom:.6g} to {top:.6g}.",
        x=x,
        y=y,
        left=left,
        right=right,
        bottom=bottom,
        top=top,
    )


def _landscape_html(experiment: Experiment) -> str:
    if experiment.landscape is None:
        return ""
    landscape = experiment.landscape.landscape
    sentences = [to_sentence(plane_text(landscape)), *landscape_sentences(landscape)]
    return "".join(map(paragraphs, sentences))


def _minima_table(surface: Surface) -> str:
    count, estimated = len(surface.minima), surface.minima_estimated
    if not count:
        no_minimum = tr("The search found no minimum in the domain that is lower than its border.")
        return paragraphs(no_minimum if estimated else tr("This surface has no minimum."))
    if estimated:
        heading = tr("Lowest minimum found") if count == 1 else tr("{count} lowest minima found", count=count)
    else:
        heading = tr("Global minimum") if count == 1 else tr("{count} global minima", count=count)
    # Adding 0.0 turns -0.0 into 0.0.
    losses = [round(surface.loss_at(a, b), LOSS_DECIMALS) + 0.0 for a, b in surface.minima]
    rows = [
        [*(f"{value:.8g}" for value in minimum[: surface.dimension]), f"{loss:.6g}"]
        for minimum, loss in zip(surface.minima, losses, strict=True)
    ]
    return f"<h3>{escape(heading)}</h3>" + html_table([*surface.axis_names, tr("Loss")], rows)


def _format_point(point: Sequence[float]) -> str:
    """Return a point in brackets, or its only coordinate as x = 1.2."""
    numbers = ", ".join(f"{value:.6g}" for value in point)
    return f"x = {numbers}" if len(point) == 1 else f"({numbers})"


def html_table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of HTML cells under plain headings."""
    header = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table class='facts' cellspacing='0'><tr>{header}</tr>{body}</table>"


def _formula_html(formula: str) -> str:
    return "".join(f"<p>{image_tag(line, display=True)}</p>" for line in formula.split("\n") if line)


def paragraphs(text: str, quiet: bool = False) -> str:
    """Return plain text as HTML paragraphs; an empty line separates paragraphs."""
    class_attribute = " class='quiet'" if quiet else ""
    return "".join(
        f"<p{class_attribute}>{escape(paragraph)}</p>" for paragraph in text.split("\n\n") if paragraph.strip()
    )


def _source_html(source: str) -> str:
    return f"<p class='quiet'>{escape(tr('Source'))}: {link_citations(translate_source(source))}</p>" if source else ""
