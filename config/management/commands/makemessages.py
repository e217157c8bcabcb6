"""Collects what is to be translated. For developers: it needs gettext, which building and running do not."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    # Sentences kept in tables are marked with `later`, which xgettext does not know by itself.
    xgettext_options = [
        *makemessages.Command.xgettext_options,
        "--keyword=later",
        "--keyword=_later",
    ]
