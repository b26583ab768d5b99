"""What a person at the window takes home: the export dialog, files that are written beside all else, the clipboard."""
