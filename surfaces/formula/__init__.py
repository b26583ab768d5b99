"""Surfaces from a typed formula: text -> tokens -> tree -> graph -> derivatives -> checked code."""
