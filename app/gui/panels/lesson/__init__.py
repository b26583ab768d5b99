"""The lesson panel: the list of lessons, and the lesson in use."""
