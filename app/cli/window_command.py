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
        help="experiment (JSON), exported figure (PNG, SVG), data file (CSV), landscape (NPZ), or name of an example",
    )
    parser.add_argument(
        "--reset",
        action="store_true",
        help="reset all settings (layout, theme, sizes, favorites, recent files, folders) and open the window; the "
        "old settings are backed up to Thalweg.ini.bak",
    )
    parser.add_argument(
        "--install-desktop", action="store_true", help="add Thalweg to the application menu (Linux) and exit"
    )
    parser.add_argument(
        "--uninstall-desktop", action="store_true", help="remove Thalweg from the application menu and exit"
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")


def run(args: argparse.Namespace) -> int:
    """Open the window, or run one of the options without a window, and return the exit status."""
    if args.version:
        print(f"thalweg {version()}")
        return 0
    if args.install_desktop or args.uninstall_desktop:
        from app.system import desktop_entry

        print(desktop_entry.install() if args.install_desktop else desktop_entry.uninstall())
        return 0
    from app.engine.opened_experiment import open_without_questions
    from app.gui.window.application import open_window
    from app.io.experiment_files import resolve_path

    source = resolve_path(args.experiment) if args.experiment else None
    experiment = open_without_questions(source) if source else None
    if args.reset:
        from app.gui.window.application import require_display
        from app.system.settings_file import back_up_settings

        require_display()  # keep the settings if no window can be shown
        print(back_up_settings(), flush=True)
    return open_window(experiment, source, welcome=source is None and not args.reset)
