#!/usr/bin/env python
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def without_settings(error: ImproperlyConfigured) -> None:
    """The sandbox needs none; what does need them says so in a sentence."""
    if sys.argv[1:2] == ["sandbox"]:
        from dexter.sentry.sandbox.server import main  # noqa: PLC0415 - only here, and without settings

        sys.exit(main(sys.argv[2:]))
    command = " ".join(sys.argv[1:])
    is_beside_it = os.environ.get("DEXTER_EMBEDDED") == "1"
    hint = f'\nWhat `make run` made for itself is used by: make manage ARGS="{command}"'
    sys.exit(str(error) if is_beside_it else f"{error}{hint}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["analyze_deadlock"]:
        # It only reads files and prints: no settings, no apps, so it starts at once and needs no .env.
        from deadlocks.management.commands.analyze_deadlock import Command

        Command().run_from_argv(sys.argv)
        sys.exit()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dexter.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        without_settings(error)
    except KeyboardInterrupt:
        sys.exit(130)  # as shells say it of a program that Ctrl+C ended
