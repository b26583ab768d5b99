"""Help inside the program: what an optimizer and a surface are, what each control does, every key, and about the program."""
