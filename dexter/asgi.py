"""ASGI entry point, what `uvicorn dexter.asgi:application` serves."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dexter.settings")
application = get_asgi_application()
