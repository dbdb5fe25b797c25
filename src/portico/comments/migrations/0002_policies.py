"""The policies that keep internal comments from customers, and comments from being changed."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "policies.sql"


class Migration(migrations.Migration):
    dependencies = [("comments", "0001_first"), ("access", "0003_functions")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
