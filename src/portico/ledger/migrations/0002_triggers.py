"""The ledger's triggers: entries balance, sums are kept."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "ledger.sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_first"), ("access", "0003_functions")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
