"""The wait-for graph: cycle order at any length. The only module that knows networkx."""

from collections.abc import Sequence

from .values import Edge


def cycle(edges: Sequence[Edge]) -> tuple[int, ...]:
    """Process ids in cycle order from the first waiter, each waiting for the next; () when no cycle closes.

    PostgreSQL prints the edges in cycle order, which is checked in one pass; edges in any other order (put
    together from several places) are given to networkx.
    """
    if not edges:
        return ()
    ring = [e.waiter for e in edges]
    ordered = all(e.blocker == ring[(at + 1) % len(ring)] for at, e in enumerate(edges))
    if ordered and len(set(ring)) == len(ring):
        return tuple(ring)
    return _search(edges)


def _search(edges: Sequence[Edge]) -> tuple[int, ...]:
    import networkx  # noqa: PLC0415  takes 0.5 s to import and is needed only for edges out of order

    wait_for: networkx.DiGraph[int] = networkx.DiGraph()
    wait_for.add_edges_from((e.waiter, e.blocker) for e in edges)
    first = edges[0].waiter
    try:
        found = [waiter for waiter, _ in networkx.find_cycle(wait_for, first)]
    except networkx.NetworkXNoCycle:
        return ()
    at = found.index(first) if first in found else 0
    return tuple(found[at:] + found[:at])
