"""Export formats: figures, animations, data, experiments and code. Nothing here imports Qt."""
