"""What went wrong, in a sentence for people. The keys stay as they are for machines."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

from members.registry import DoubledKeyError

sentences: dict[str, str] = {
    "nothing_to_know_the_member_by": later("Give an e-mail address, a phone number or an external id."),
    "source_is_missing": later("An external id needs the source that it comes from."),
    "external_id_is_too_long": later("The external id or its source is too long."),
    "external_id_is_taken": later("Another member is called %(external_id)s already."),
    "no_number_was_free": later("No member number was free. Try again."),
    "member_was_erased": later("This member has been erased and cannot come back by this id."),
    "email_is_not_valid": later("This is not an e-mail address. Write it like name@example.com."),
    "email_is_taken": later("Another member has this e-mail address."),
    "phone_is_not_valid": later("This is not a phone number. Write it like 070 123 45 67 or +46701234567."),
    "first_name_is_not_valid": later("The first name is too long."),
    "last_name_is_not_valid": later("The last name is too long."),
    "birth_date_is_not_valid": later("The birth date must lie between the year 1900 and today."),
    "language_is_not_known": later("The club does not speak the language %(language)s."),
    "member_is_closed": later("The membership %(member)s has ended."),
    "member_not_found": later("There is no member with %(name)s %(value)s."),
    "purpose_is_not_known": later("The club does not ask for consent to %(purpose)s."),
    "channel_is_not_known": later("The club knows no channel called %(channel)s."),
    "wording_is_missing": later(
        "Say in at most 40 characters which version of the text the member answered."
    ),
    "origin_is_too_long": later("Say in at most 60 characters where the answer was given."),
    "name_is_missing": later("Give the key a name of at most 80 characters."),
    "name_is_taken": later("There is a key called %(name)s already."),
    "source_is_not_valid": later(
        "A source is 1 to 40 letters, digits, hyphens and underscores: %(source)s is not."
    ),
    "scopes_are_missing": later("Name at least one scope of these: %(known)s."),
    "scope_is_not_known": later("There is no scope %(scope)s. There are: %(known)s."),
    "category_not_found": later("There is no category with the code %(category)s."),
    "category_stands_elsewhere": later(
        "Category %(category)s stands at %(path)s, and cannot be moved: orders and rules name that path."
    ),
    "category_is_too_deep": later(
        "Category %(category)s lies too deep: its path has more than 400 characters."
    ),
    "webhook_not_found": later("There is no such webhook."),
    "webhook_message_not_found": later("There is no such message of this webhook."),
    "webhook_name_is_taken": later("There is a webhook called %(name)s already."),
    "url_is_not_valid": later("This is no address that can be called."),
    "url_is_not_https": later("The address must begin with https://."),
    "body_was_wiped": later("The message was about a member who has been forgotten."),
    "expires_in_the_past": later("The key would expire before it is used."),
}


def learn(more: Mapping[str, str]) -> None:
    """Let an upper floor add the sentences of its own keys, as ``gettext_noop`` marked texts."""
    for key, sentence in more.items():
        if sentences.setdefault(key, sentence) != sentence:
            raise DoubledKeyError(f"The problem {key!r} has two sentences.")


def sentence_of(key: str, facts: Mapping[str, object]) -> str:
    """The sentence in the reader's language; one without a sentence of its own is told by its key."""
    if key not in sentences:
        return f"{key.replace('_', ' ').capitalize()}."
    return gettext(sentences[key]) % facts
