"""Opening a document's page reads what is written beside it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "reading.sql"


class Migration(migrations.Migration):
    dependencies = [("comments", "0002_policies"), ("transactions", "0001_first")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
