#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    if sys.argv[1:2] == ["analyze_deadlock"]:
        # It only reads files and prints: no settings, no apps, so it starts at once and needs no .env.
        from deadlocks.management.commands.analyze_deadlock import Command

        Command().run_from_argv(sys.argv)
        sys.exit()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dexter.settings")
    execute_from_command_line(sys.argv)
