"""What depends on the machine: display and libraries, settings file, menu entry, package versions."""
