"""Collection of the definitions that a function needs to stand alone in a script: each once, in order."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from app.export.code.literals import format_literal
from app.export.code.module_source import Edit, ModuleSource, Statement, free_names, read_source

OWN_PACKAGES = ("app", "optimizers", "surfaces")
MODULE_PACKAGES = ("optimizers", "surfaces")  # names imported from these packages are modules
Key = tuple[str, str]  # module and name
NAME_PREFIXES = {"surfaces": "surface", "": "surface", "optimizers": "optimizer", "app": "helper"}
NO_ARRAYS: Mapping[str, np.ndarray] = MappingProxyType({})


@dataclass
class Definition:
    """A definition that the script includes.

    ``closure`` maps the free variables of a nested function to the keys of their values.
    """

    key: Key
    source: ModuleSource
    node: Statement
    closure: Mapping[str, Key] = field(default_factory=dict)


class DependencyCollector:
    """The definitions and imports collected for a script, with their names in the script.

    ``reserved`` are names that no definition may have; ``replacements`` maps keys of definitions to keys of what is
    imported instead; ``features`` selects the optional lines of templates; ``arrays`` are named arrays.
    """

    def __init__(
        self,
        reserved: Collection[str],
        replacements: Mapping[Key, Key],
        features: Collection[str] = (),
        arrays: Mapping[str, np.ndarray] = NO_ARRAYS,
    ) -> None:
        self.script_names: dict[Key, str] = {("numpy", ""): "np"}
        self.used_names = {*dir(builtins), *reserved, "np"}
        self.imports: list[tuple[Key, str]] = [(("numpy", ""), "np")]  # every script uses it
        self.replacements, self.features = replacements, frozenset(features)
        self.definitions: list[Definition | str] = []
        self.used_attributes: set[str] = set()
        self.classes: list[tuple[Definition, list[ast.FunctionDef]]] = []  # with their unused methods
        self._kept_alive: list[Any] = list(arrays.values())  # since their ids are keys
        self._text_modules: dict[str, ModuleSource] = {}  # modules that exist only as text
        self._array_names = {id(array): name for name, array in arrays.items()}

    def add_function(self, function: Callable[..., Any], name: str = "") -> str:
        """Return the name in the script of a function, adding its definition if needed.

        A nested function becomes the result of a call of its outer function, or a function with constants. ``name`` is
        the preferred name for the result of a call.
        """
        outer_name, _, inner_name = function.__qualname__.rpartition(".<locals>.")
        if not outer_name:
            return self.require((function.__module__, function.__name__))
        key = function.__module__, f"{function.__qualname__} {id(function)}"
        if key not in self.script_names:
            self._kept_alive.append(function)
            source = self._read_module(function.__module__)
            factory = source.definitions[outer_name]
            assert isinstance(factory, ast.FunctionDef)
            cell_values = [cell.cell_contents for cell in function.__closure__ or ()]
            closure = dict(zip(function.__code__.co_freevars, cell_values, strict=True))
            parameters = [argument.arg for argument in factory.args.args]
            if set(parameters) <= closure.keys():
                call = ", ".join(self._add_value(each, closure[each]) for each in parameters)
                factory_name = self.require((function.__module__, outer_name))
                self.script_names[key] = self._unique_name(name or f"{outer_name}_function", key)
                self.definitions.append(f"{self.script_names[key]} = {factory_name}({call})")
            else:
                functions = (each for each in ast.walk(factory) if isinstance(each, ast.FunctionDef))
                node = next(each for each in functions if each.name == inner_name)
                keys = {each: self._constant_key(each, value) for each, value in closure.items()}
                self.script_names[key] = self._unique_name(inner_name, key)
                self._add_definition(Definition(key, source, node, keys))
        return self.script_names[key]

    def add_source(self, source: ModuleSource, name: str) -> str:
        """Return the name in the script of a function of a module that exists only as text."""
        key = (source.module, name)
        if key not in self.script_names:
            self._text_modules[source.module] = source
            self.script_names[key] = self._unique_name(name, key)
            self._add_definition(Definition(key, source, source.definitions[name]))
        return self.script_names[key]

    def _add_value(self, name: str, value: Any) -> str:
        """Return the name in the script of a function or constant."""
        return self.add_function(value) if callable(value) else self.add_constant(name, value)

    def add_constant(self, name: str, value: Any) -> str:
        """Return the name in the script of a constant, adding its definition if needed."""
        return self.script_names[self._constant_key(name, value)]

    def _constant_key(self, name: str, value: Any) -> Key:
        name = self._array_names.get(id(value), name)
        key = "", f"{name} {id(value)}"
        if key not in self.script_names:
            self._kept_alive.append(value)
            self.script_names[key] = self._unique_name(name, key)
            self.definitions.append(f"{self.script_names[key]} = {format_literal(value)}")
        return key

    def require(self, key: Key, alias: str = "") -> str:
        """Return the name in the script of a definition or import, adding it if needed.

        ``alias`` is the preferred name of an import.
        """
        module, name = key
        key = self.replacements.get(key, key)
        if key in self.script_names:
            return self.script_names[key]
        if module.partition(".")[0] not in OWN_PACKAGES or key[0] not in (module, ""):
            return self._add_import(key, key[1] if key in self.replacements.values() else alias)
        source = self._read_module(module)
        if name in source.imports:
            script_name = self.require(source.imports[name], name)
            self.script_names[key] = script_name
            return script_name
        self.script_names[key] = self._unique_name(name, key)
        self._add_definition(Definition(key, source, source.definitions[name]))
        return self.script_names[key]

    def _add_import(self, key: Key, alias: str) -> str:
        self.script_names[key] = self._unique_name(alias or key[1] or key[0], key)
        self.imports.append((key, self.script_names[key]))
        return self.script_names[key]

    def _unique_name(self, name: str, key: Key) -> str:
        """Return the name, with a prefix for its package or a number if it is taken."""
        if name in self.used_names:
            name = f"{NAME_PREFIXES[key[0].partition('.')[0]]}_{name}"
        suffix = 1
        while (candidate := name if suffix == 1 else f"{name}_{suffix}") in self.used_names:
            suffix += 1
        self.used_names.add(candidate)
        return candidate

    def _read_module(self, module: str) -> ModuleSource:
        if module in self._text_modules:
            return self._text_modules[module]
        return read_source(module, self.features if module.startswith("app.") else frozenset())

    def _add_definition(self, definition: Definition) -> None:
        if isinstance(definition.node, ast.ClassDef):
            methods = [each for each in definition.node.body if isinstance(each, ast.FunctionDef)]
            self.classes.append((definition, methods))
            nodes = [
                *definition.node.decorator_list,
                *definition.node.bases,
                *(each for each in definition.node.body if each not in methods),
            ]
        else:
            nodes = [definition.node]
        for node in nodes:
            self._add_references(definition, node)
        self.definitions.append(definition)
        self._add_used_methods()

    def _add_references(self, definition: Definition, node: ast.AST) -> None:
        for reference, key in self._iter_references(definition, node):
            self.require(key, reference.id if isinstance(reference, ast.Name) else "")
        self.used_attributes |= {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}

    def _add_used_methods(self) -> None:
        """Add the methods of the collected classes that are used, and what these use in turn."""
        while used := next(
            (
                (piece, methods, method)
                for piece, methods in self.classes
                for method in methods
                if method.name.startswith("__") or method.name in self.used_attributes
            ),
            None,
        ):
            definition, methods, method = used
            methods.remove(method)
            self._add_references(definition, method)

    def _iter_references(self, definition: Definition, node: ast.AST) -> Iterator[tuple[ast.expr, Key]]:
        """Iterate over the references in a definition to other definitions, with their keys."""
        source = definition.source
        attribute_of = {id(each.value): each for each in ast.walk(node) if isinstance(each, ast.Attribute)}
        for name in free_names(node):
            if name.id in definition.closure:
                yield name, definition.closure[name.id]
            elif name.id in source.imports:
                module, member = source.imports[name.id]
                if module in MODULE_PACKAGES:
                    attribute = attribute_of[id(name)]  # name of a member of the module
                    yield attribute, (f"{module}.{member}", attribute.attr)
                else:
                    yield name, (module, member)
            elif name.id in source.definitions:
                yield name, (source.module, name.id)

    def source_text(self, definition: Definition | str) -> str:
        """Return a definition as source text of the script: renamed, without annotations and unused methods."""
        if isinstance(definition, str):
            return definition
        source, node = definition.source, definition.node
        unused_methods = next((methods for other, methods in self.classes if other is definition), [])
        edits: list[Edit] = [
            *source.annotation_edits(node),
            *source.docstring_edits(node),
            *source.removal_edits(unused_methods),
        ]
        for reference, key in self._iter_references(definition, node):
            name = self.script_names.get(self.replacements.get(key, key))
            if name is not None:  # None in an unused method
                edits.append((source.start_offset(reference), source.end_offset(reference), name.encode()))
        script_name = self.script_names[definition.key]
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and script_name != node.name:
            start = source.text.index(node.name.encode(), source.start_offset(node))
            edits.append((start, start + len(node.name.encode()), script_name.encode()))
        elif isinstance(node, ast.Assign) and script_name != definition.key[1]:
            edits += [
                (source.start_offset(each), source.end_offset(each), script_name.encode()) for each in node.targets
            ]
        return source.apply_edits(node, edits)
