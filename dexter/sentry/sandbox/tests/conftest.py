from dexter.sentry.sandbox.fixtures import sandbox, sandbox_factory, shared_sandbox

__all__ = ["sandbox", "sandbox_factory", "shared_sandbox"]
