"""Leaf modules: validation, translation, atomic writes, number formats and paths of assets."""
