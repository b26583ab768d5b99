"""Colors, line styles and the Qt style sheet as data."""
