"""The function that takes a person's name out of the audit trail."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "erasing.sql"


class Migration(migrations.Migration):
    dependencies = [("profile", "0001_first"), ("access", "0005_last_customer")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
