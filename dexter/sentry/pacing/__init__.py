"""Staying within Sentry's rate limits, from what its answers tell.

Sentry counts requests in fixed windows (a second, say); each answer tells how many the window allows
(`limit`), how many are left (`remaining`) and when it ends (`reset`, in the server's epoch seconds).
`ServerClock`, `Bucket` (one such counter) and `Counters` (which endpoint falls under which counter) are state
machines with the time passed in; `Pacer` lets threads wait for their turn.

- Never more than the budget. What the server may have counted is at most: the highest count that an answer
  of this window told, plus all requests not yet answered. A window is taken for over only when that is
  certain in spite of the difference between the two clocks (`ServerClock`).
- Nearly all of the budget. Requests are spread over the window rather than sent at once, so that some
  always fall around its end, which shows where it is.
- Room for people. A request of the "person" lane goes before all waiting "sync" ones, is not spread, and
  finds about 5 % of the budget (1 at least, where the limit is 10 or more) left alone by sync until the
  last quarter of the window.
- Before the first answer: one request at a time. Without rate limit headers: no pacing, or `max_rate` a
  second.
"""

from dexter.sentry.pacing.bucket import Lane
from dexter.sentry.pacing.counters import Ticket
from dexter.sentry.pacing.pacer import Pacer

__all__ = ["Lane", "Pacer", "Ticket"]
