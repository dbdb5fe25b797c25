"""The log says where something went wrong that nobody foresaw."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from django.conf import settings
from structlog.stdlib import ProcessorFormatter


def test_what_nobody_foresaw_is_logged_with_the_place_where_it_happened() -> None:
    how: Any = settings.LOGGING
    given = {name: value for name, value in how["formatters"]["lines"].items() if name != "()"}
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError:
        raised = sys.exc_info()
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "It broke", (), raised)
    line = json.loads(ProcessorFormatter(**given).format(record))
    assert line["event"] == "It broke"
    assert "test_logs.py" in line["exception"]
    assert "ZeroDivisionError" in line["exception"]
