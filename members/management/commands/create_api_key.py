from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members import actions
from members.api.sentences import sentence_of
from members.models import ApiKey, Store

SCOPES = f"Of {','.join(ApiKey.Scope)}, or a bundle: {','.join(ApiKey.Bundle)}. Commas between."


class Command(BaseCommand):
    help = "Create a key to the API and show it, this once. Every key has its own name and scopes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="Who will use it, as in 'Till 3 in Malmö'.")
        parser.add_argument("--scopes", required=True, nargs="+", help=SCOPES)
        parser.add_argument("--source", default="shop", help="Orders recorded with the key carry this name.")
        parser.add_argument("--store", default="", help="Code of the store whose orders it records.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _row, key = actions.create_api_key(
                name=options["name"],
                source=options["source"],
                scopes=" ".join(options["scopes"]).replace(",", " ").split(),
                store=store_with_code(options["store"]),
                now=timezone.now(),
                actor="create_api_key",
            )
        except actions.UnableToCreateApiKey as error:
            raise CommandError(sentence_of(error.key, error.facts)) from error
        self.stdout.write(key)


def store_with_code(code: str) -> Store | None:
    store = Store.objects.filter(code=code).first() if code else None
    if code and store is None:
        raise CommandError(f"There is no store with the code {code}.")
    return store
