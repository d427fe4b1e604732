"""Asking the models: slow work, called by tasks and commands, never by a page."""
