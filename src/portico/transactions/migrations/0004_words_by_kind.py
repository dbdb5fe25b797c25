"""Words begin with a key of customer and kind; those written before are written anew once the migrations are done."""

from __future__ import annotations

from django.db import migrations

_FORGET = """
DROP FUNCTION IF EXISTS search_words(uuid, text);
DROP FUNCTION IF EXISTS search_query(uuid, text);
DROP FUNCTION IF EXISTS search_keyed(uuid, text);
DROP FUNCTION IF EXISTS search_key(uuid);
TRUNCATE transactions_searchtext;
"""


class Migration(migrations.Migration):
    dependencies = [("transactions", "0003_further_lists")]

    operations = [migrations.RunSQL(_FORGET, migrations.RunSQL.noop)]
