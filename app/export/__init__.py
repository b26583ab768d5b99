"""Export formats: figures, animations, data, experiments and code, without Qt."""
