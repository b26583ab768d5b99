"""What an experiment is: frozen dataclasses, pure edits on them, and parsing of typed values."""
