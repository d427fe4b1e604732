"""WSGI entry point. Live updates need ASGI; everything else works under WSGI too."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dexter.settings")
application = get_wsgi_application()
