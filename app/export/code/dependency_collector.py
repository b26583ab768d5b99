"""All that a function needs to stand alone: its text and, recursively, that of what it uses, each once and in order."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from app.export.code.literals import literal
from app.export.code.module_source import Edit, Source, Statement, open_names, read

OURS = ("app", "optimizers", "surfaces")
PACKAGES = ("optimizers", "surfaces")  # what is imported from these themselves is a module
Key = tuple[str, str]  # module and name
NO_ARRAYS: Mapping[str, np.ndarray] = MappingProxyType({})


@dataclass
class Piece:
    """A definition that the script takes over. ``closed`` are the keys of what a nested function took from around it."""

    key: Key
    source: Source
    node: Statement
    closed: Mapping[str, Key] = field(default_factory=dict)


class Gathered:
    """What has been gathered so far, by the names of the script.

    ``instead``: what stands for some of our definitions, as module and name to import. ``arrays``: what some arrays are called.
    """

    def __init__(
        self,
        reserved: Collection[str],
        instead: Mapping[Key, Key],
        features: Collection[str] = (),
        arrays: Mapping[str, np.ndarray] = NO_ARRAYS,
    ) -> None:
        self.names: dict[Key, str] = {("numpy", ""): "np"}
        self.taken = {*dir(builtins), *reserved, "np"}
        self.imports: list[tuple[Key, str]] = [(("numpy", ""), "np")]  # every script makes arrays
        self.instead, self.features = instead, frozenset(features)
        self.order: list[Piece | str] = []
        self.attributes: set[str] = set()
        self.classes: list[tuple[Piece, list[ast.FunctionDef]]] = []  # with the methods that nobody has asked for
        self._objects: list[Any] = list(arrays.values())  # kept alive, since their ids are keys
        self._arrays = {id(array): name for name, array in arrays.items()}

    def function(self, function: Callable[..., Any], name: str = "") -> str:
        """The name in the script of a function of ours, made in another one or not; ``name`` is what to call one that was made."""
        outer, _, inner = function.__qualname__.rpartition(".<locals>.")
        if not outer:
            return self.need((function.__module__, function.__name__))
        key = function.__module__, f"{function.__qualname__} {id(function)}"
        if key not in self.names:
            self._objects.append(function)
            source = self._read(function.__module__)
            factory = source.definitions[outer]
            assert isinstance(factory, ast.FunctionDef)
            cells = [cell.cell_contents for cell in function.__closure__ or ()]
            closed = dict(zip(function.__code__.co_freevars, cells, strict=True))
            arguments = [argument.arg for argument in factory.args.args]
            if set(arguments) <= closed.keys():
                call = ", ".join(self._value(each, closed[each]) for each in arguments)
                make = self.need((function.__module__, outer))
                self.names[key] = self._name(name or f"{outer}_here", key)
                self.order.append(f"{self.names[key]} = {make}({call})")
            else:
                node = next(
                    each for each in ast.walk(factory) if isinstance(each, ast.FunctionDef) and each.name == inner
                )
                keys = {each: self._constant(each, value) for each, value in closed.items()}
                self.names[key] = self._name(inner, key)
                self._take(Piece(key, source, node, keys))
        return self.names[key]

    def _value(self, name: str, value: Any) -> str:
        """The name of a function or of a constant."""
        return self.function(value) if callable(value) else self.constant(name, value)

    def constant(self, name: str, value: Any) -> str:
        """The name of a value that the script writes out once."""
        return self.names[self._constant(name, value)]

    def _constant(self, name: str, value: Any) -> Key:
        name = self._arrays.get(id(value), name)
        key = "", f"{name} {id(value)}"
        if key not in self.names:
            self._objects.append(value)
            self.names[key] = self._name(name, key)
            self.order.append(f"{self.names[key]} = {literal(value)}")
        return key

    def need(self, key: Key, called: str = "") -> str:
        """The name in the script of a definition, which is taken over unless it is there already, or imported as ``called``."""
        module, name = key
        key = self.instead.get(key, key)
        if key in self.names:
            return self.names[key]
        if module.partition(".")[0] not in OURS or key[0] not in (module, ""):
            return self._imported(key, key[1] if key in self.instead.values() else called)
        source = self._read(module)
        if name in source.imports:
            found = self.need(source.imports[name], name)
            self.names[key] = found
            return found
        self.names[key] = self._name(name, key)
        self._take(Piece(key, source, source.definitions[name]))
        return self.names[key]

    def _imported(self, key: Key, called: str) -> str:
        self.names[key] = self._name(called or key[1] or key[0], key)
        self.imports.append((key, self.names[key]))
        return self.names[key]

    def _name(self, name: str, key: Key) -> str:
        """The name itself; where it is taken, one that says whose it is."""
        if name in self.taken:
            home = key[0].partition(".")[0]
            name = f"{'surface' if home in ('surfaces', '') else 'rule' if home == 'optimizers' else 'our'}_{name}"
        number = 1
        while (made := name if number == 1 else f"{name}_{number}") in self.taken:
            number += 1
        self.taken.add(made)
        return made

    def _read(self, module: str) -> Source:
        return read(module, self.features if module.startswith("app.") else frozenset())

    def _take(self, piece: Piece) -> None:
        if isinstance(piece.node, ast.ClassDef):
            methods = [each for each in piece.node.body if isinstance(each, ast.FunctionDef)]
            self.classes.append((piece, methods))
            rest = [
                *piece.node.decorator_list,
                *piece.node.bases,
                *(each for each in piece.node.body if each not in methods),
            ]
        else:
            rest = [piece.node]
        for node in rest:
            self._look_into(piece, node)
        self.order.append(piece)
        self._take_methods()

    def _look_into(self, piece: Piece, node: ast.AST) -> None:
        for place, key in self._references(piece, node):
            self.need(key, place.id if isinstance(place, ast.Name) else "")
        self.attributes |= {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}

    def _take_methods(self) -> None:
        """Those methods of the classes that somebody asks for by now, and those that these ask for."""
        while asked := next(
            (
                (piece, methods, method)
                for piece, methods in self.classes
                for method in methods
                if method.name.startswith("__") or method.name in self.attributes
            ),
            None,
        ):
            piece, methods, method = asked
            methods.remove(method)
            self._look_into(piece, method)

    def _references(self, piece: Piece, node: ast.AST) -> Iterator[tuple[ast.AST, Key]]:
        """The places in a definition that name another one, with its key."""
        source = piece.source
        inside = {id(each.value): each for each in ast.walk(node) if isinstance(each, ast.Attribute)}
        for name in open_names(node):
            if name.id in piece.closed:
                yield name, piece.closed[name.id]
            elif name.id in source.imports:
                home, member = source.imports[name.id]
                if home in PACKAGES:
                    attribute = inside[id(name)]  # of a module
                    yield attribute, (f"{home}.{member}", attribute.attr)
                else:
                    yield name, (home, member)
            elif name.id in source.definitions:
                yield name, (source.module, name.id)

    def text(self, piece: Piece | str) -> str:
        """A definition as the script has it: without annotations and what nobody needs, by the names of the script."""
        if isinstance(piece, str):
            return piece
        source, node = piece.source, piece.node
        unused = next((methods for other, methods in self.classes if other is piece), [])
        edits: list[Edit] = [*source.untyped(node), *source.untold(node), *source.without(unused)]
        for place, key in self._references(piece, node):
            name = self.names.get(self.instead.get(key, key))
            if name is not None:  # else it stands in a method that nobody needs
                edits.append((source.begin(place), source.end(place), name.encode()))
        own = self.names[piece.key]
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and own != node.name:
            begin = source.text.index(node.name.encode(), source.begin(node))
            edits.append((begin, begin + len(node.name.encode()), own.encode()))
        elif isinstance(node, ast.Assign) and own != piece.key[1]:
            edits += [(source.begin(each), source.end(each), own.encode()) for each in node.targets]
        return source.cut(node, edits)
