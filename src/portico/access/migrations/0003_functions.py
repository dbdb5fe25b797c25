"""The functions that policies and checks call."""

from pathlib import Path

from django.db import migrations

from portico.access.walls import minor_digits_sql

SQL = Path(__file__).parent.parent / "sql" / "functions.sql"


class Migration(migrations.Migration):
    dependencies = [("access", "0002_audit")]
    operations = [
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
        migrations.RunSQL(minor_digits_sql(), migrations.RunSQL.noop),
    ]
