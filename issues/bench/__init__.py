"""Figures of the pages over a large cache, and of the sync: what `manage.py bench` runs, by name."""

from issues.bench.crowd import crowd
from issues.bench.pages import pages
from issues.bench.storm import storm
from issues.bench.sync import bench_sync
from issues.bench.webhooks import webhooks

BENCHES = {"pages": pages, "crowd": crowd, "sync": bench_sync, "storm": storm, "webhooks": webhooks}
