"""Figures of the pages over a large cache, and of the sync: what `manage.py bench` runs, by name.

The first four share a large cache, the others fill a cache of their own.
"""

from issues.bench.bulk import bulk
from issues.bench.crowd import crowd
from issues.bench.exports import exports
from issues.bench.pages import pages
from issues.bench.storm import storm
from issues.bench.sync import bench_sync
from issues.bench.webhooks import webhooks

BENCHES = {
    "pages": pages,
    "crowd": crowd,
    "export": exports,
    "webhooks": webhooks,
    "sync": bench_sync,
    "storm": storm,
    "bulk": bulk,
}
