"""`manage.py create_token USER [--name NAME] [--write]`: a personal token of the JSON API, printed once."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from dexter.web.models import ApiToken
from dexter.web.tokens import make_token


class Command(BaseCommand):
    help = "Make a personal API token and print it. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="user name")
        parser.add_argument("--name", default="command line", help="what the token is for")
        parser.add_argument("--write", action="store_true", help="let it change issues, not only read them")

    def handle(self, *args: Any, **options: Any) -> str:
        users = get_user_model()._default_manager
        try:
            user = users.get_by_natural_key(options["user"])
        except get_user_model().DoesNotExist:
            raise CommandError(
                f"There is no user {options['user']!r}. `manage.py createsuperuser` makes one."
            ) from None
        if not user.is_active:
            raise CommandError(f"{user} may not sign in, and a token would open nothing. Nothing was made.")
        longest = ApiToken._meta.get_field("name").max_length or 0
        if len(options["name"]) > longest:
            raise CommandError(f"--name has more than {longest} characters. Nothing was made.")
        _, text = make_token(user, name=options["name"], can_write=options["write"])
        return text
