"""Everything one running sandbox has: its options, its world, and what is laid over the answers."""

from dataclasses import dataclass

from dexter.sentry.sandbox.clock import Clock
from dexter.sentry.sandbox.faults import Faults
from dexter.sentry.sandbox.journal import Journal
from dexter.sentry.sandbox.options import Options
from dexter.sentry.sandbox.ratelimit import Limiter
from dexter.sentry.sandbox.results import Results
from dexter.sentry.sandbox.tokens import known_tokens
from dexter.sentry.sandbox.webhooks.sender import Sender
from dexter.sentry.sandbox.world.live import Arrivals
from dexter.sentry.sandbox.world.store import World


@dataclass(frozen=True, slots=True)
class Switches:
    """Behaviour of older or other servers that can be turned on while it runs."""

    old_refusals: bool = False
    no_advanced_search: bool = False
    merge_seconds: float = 0.4


class Sandbox:
    """One sandbox Sentry. Not thread-safe: handlers run one after the other in the event loop."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock(options.now)
        self.world = World(options.seed, options.issues, options.events, self.clock)
        self.results = Results(self.world)
        self.tokens = known_tokens(options.token, len(self.world.people))
        self.limiter = Limiter(options.rate_limit, options.endpoint_limits)
        self.faults = Faults(options.seed)
        self.journal = Journal()
        self.switches = Switches()
        self.sender = Sender(options.webhook_url, options.webhook_secret)
        self.arrivals = Arrivals(self.world, options.pace, self.sender)

    def advance(self) -> None:
        """Lets happen what was due since the last request."""
        self.world.run_due()
        self.arrivals.run()
