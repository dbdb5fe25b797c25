"""What a view keeps: a name, and an address's query that its list can read."""

from __future__ import annotations

from typing import Final

from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from portico.kit import clock
from portico.kit.errors import InvalidError
from portico.transactions.lists import ListSpec, read
from portico.transactions.models import LONGEST_QUERY

LONGEST_NAME: Final = 60


def clean_name(name: str) -> str:
    """The name without blanks around it.

    Raises:
        InvalidError: it is empty or longer than 60 characters.
    """
    clean = " ".join(name.split())
    if not clean or len(clean) > LONGEST_NAME or "\x00" in clean:
        raise InvalidError(
            _("Give it a name of at most %(count)d characters.") % {"count": LONGEST_NAME}, field="name"
        )
    return clean


def clean_query(spec: ListSpec, query: str) -> str:
    """A query as the list itself would write it, without the page; a whole address is taken too.

    Raises:
        InvalidError: a filter in it cannot be read, or it is too long.
    """
    given = QueryDict(query.rpartition("?")[2][: 4 * LONGEST_QUERY])
    asked = read(spec, given, today=clock.today("UTC"), language=translation.get_language() or "en")
    if asked.problems:
        raise InvalidError(next(iter(asked.problems.values())), field="query")
    clean = asked.to_save
    if len(clean) > LONGEST_QUERY:
        raise InvalidError(_("These filters are too long to keep."), field="query")
    return clean
