"""``thalweg`` without a command: opens the window."""

from __future__ import annotations

import argparse

from app.cli.argument_parser import ArgumentParser
from app.system.package_versions import version


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of the window to the command line."""
    parser.add_argument(
        "experiment",
        nargs="?",
        help="an experiment (JSON), an exported picture, a data file (CSV) of two columns, or the name of an example",
    )
    parser.add_argument(
        "--reset",
        action="store_true",
        help="forget all that is remembered from one start to the next: layout, "
        "theme, sizes, favourites, recent files, folders; then open the window. The old settings are kept beside "
        "the new ones, in Thalweg.ini.bak",
    )
    parser.add_argument(
        "--install-desktop", action="store_true", help="put Thalweg into the menu of the desktop (Linux), and end"
    )
    parser.add_argument("--uninstall-desktop", action="store_true", help="remove it from there, and end")
    parser.add_argument("--version", action="store_true", help="print the version and end")


def run(args: argparse.Namespace) -> int:
    """Open the window, or run one of the options without a window, and return the exit status."""
    if args.version:
        print(f"thalweg {version()}")
        return 0
    if args.install_desktop or args.uninstall_desktop:
        from app.system import desktop_entry

        print(desktop_entry.install() if args.install_desktop else desktop_entry.uninstall())
        return 0
    from app.gui.window.application import open_window
    from app.io.experiment_files import load, resolve_path

    source = resolve_path(args.experiment) if args.experiment else None
    experiment = load(source) if source else None
    if args.reset:
        from app.gui.window.application import require_display
        from app.system.settings_file import back_up_settings

        require_display()  # keep the settings if no window can be shown
        print(back_up_settings(), flush=True)
    return open_window(experiment, source)
