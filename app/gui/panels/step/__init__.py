"""The step panel: one step of a run taken apart, as formulas and with numbers."""
