"""`python -m dexter.sentry.sandbox`: the sandbox without Django."""

import sys

from dexter.sentry.sandbox.server import main

sys.exit(main())
