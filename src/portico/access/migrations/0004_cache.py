"""The table of Django's cache, in which tries to sign in are counted (settings.CACHES)."""

from django.db import migrations

TABLE = """
CREATE TABLE access_cache (
  cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX access_cache_expires ON access_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_functions")]
    operations = [migrations.RunSQL(TABLE, "DROP TABLE access_cache")]
