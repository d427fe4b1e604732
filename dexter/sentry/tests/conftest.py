"""A sandbox Sentry for the tests that want a real server."""

from dexter.sentry.sandbox.fixtures import sandbox_factory, shared_sandbox

__all__ = ["sandbox_factory", "shared_sandbox"]
