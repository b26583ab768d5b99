"""Dialogs: export, export jobs, error reports and message boxes."""
