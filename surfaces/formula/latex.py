"""A formula as mathtext, as it was understood."""

from __future__ import annotations

from surfaces.formula.names import GREEK_NAMES
from surfaces.formula.tree import COMPARISONS, Node, Series

PRECEDENCE = {"+": 1, "-": 1, "negate": 1.5, "*": 2, "/": 2, "^": 4}
ROMAN_COMMANDS = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "min", "max", "sec", "csc", "cot")
OTHER_NAMES = {"log": r"\ln", "log10": r"\log_{10}", "log2": r"\log_{2}"}
SYMBOLS = {"<": "<", ">": ">", "<=": r"\leq", ">=": r"\geq"}
BRACKETS = {"abs": (r"\left|", r"\right|"), "floor": (r"\lfloor ", r" \rfloor"), "ceil": (r"\lceil ", r" \rceil")}


def to_latex(node: Node, outer: float = 0) -> str:
    """Return the mathtext of a formula, without dollar signs; ``outer`` is the precedence around it."""
    operation, arguments, value = node.operation, node.arguments, node.value
    if operation == "number":
        assert isinstance(value, float)
        return _number(value)
    if operation in ("constant", "axis", "index", "parameter"):
        return _letter(str(value))
    if operation == "series":
        assert isinstance(value, Series)
        name, letter, first, last = value
        limits = rf"_{{{letter}={first}}}^{{{last}}} "
        return _bracketed(rf"\{name}{limits}{to_latex(arguments[0], 2)}", 1.5, outer)
    if operation == "where":
        condition, one, other = map(to_latex, arguments)
        return rf"\left\{{ {one}\ \mathrm{{if}}\ {condition},\ {other}\ \mathrm{{otherwise}} \right\}}"
    if operation == "and":
        return rf"{to_latex(arguments[0])}\ \mathrm{{and}}\ {to_latex(arguments[1])}"
    if operation in COMPARISONS:
        return f"{to_latex(arguments[0])} {SYMBOLS[operation]} {to_latex(arguments[1])}"
    return _call(str(value), arguments) if operation == "call" else _operator(node, outer)


def _operator(node: Node, outer: float) -> str:
    operation, arguments = node.operation, node.arguments
    if operation == "negate":
        return _bracketed("-" + to_latex(arguments[0], 2), 1.5, outer)
    one, other = arguments
    if operation in ("+", "-"):
        return _bracketed(f"{to_latex(one, 1)} {operation} {to_latex(other, 1 if operation == '+' else 1.6)}", 1, outer)
    if operation == "/":
        return _bracketed(rf"\frac{{{to_latex(one)}}}{{{to_latex(other)}}}", 3, outer)
    if operation == "*":
        left, right = to_latex(one, 2), to_latex(other, 2.5)
        sign = r" \cdot " if right[0].isdigit() or right[0] == "-" else r"\,"
        return _bracketed(left + sign + right, 2, outer)
    if one.operation == "call" and one.value in ROMAN_COMMANDS and other.operation == "number":
        return rf"{_function(str(one.value))}^{{{to_latex(other)}}}\left({to_latex(one.arguments[0])}\right)"
    return _bracketed(f"{to_latex(one, 4.5)}^{{{to_latex(other)}}}", 4, outer)


def _call(name: str, arguments: tuple[Node, ...]) -> str:
    texts = [to_latex(argument) for argument in arguments]
    if name in ("sqrt", "cbrt"):
        return rf"\sqrt{'[3]' if name == 'cbrt' else ''}{{{texts[0]}}}"
    if name == "root" and arguments[1].operation == "number":
        return rf"\sqrt[{texts[1]}]{{{texts[0]}}}"
    if name == "exp":
        return f"e^{{{texts[0]}}}"
    if name in BRACKETS:
        left, right = BRACKETS[name]
        return left + texts[0] + right
    return rf"{_function(name)}\left({', '.join(texts)}\right)"


def _function(name: str) -> str:
    return OTHER_NAMES.get(name) or (rf"\{name}" if name in ROMAN_COMMANDS else rf"\mathrm{{{name}}}")


def _bracketed(text: str, precedence: float, outer: float) -> str:
    return rf"\left({text}\right)" if precedence < outer else text


def _number(value: float) -> str:
    text = repr(value).removesuffix(".0")
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else text


def _letter(name: str) -> str:
    if name == "tau":
        return r"2\pi"
    stem = name.rstrip("0123456789")
    symbol = rf"\{stem}" if stem in GREEK_NAMES or stem == "pi" else stem
    return symbol + (f"_{{{name[len(stem) :]}}}" if len(stem) < len(name) else "")
