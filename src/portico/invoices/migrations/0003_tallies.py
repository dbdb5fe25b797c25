"""The triggers that keep the tallies of invoices."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "tallies.sql"


class Migration(migrations.Migration):
    dependencies = [("invoices", "0002_relations")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
