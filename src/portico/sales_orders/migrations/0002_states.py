"""The triggers that keep the sums, the states and the tally of orders."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "states.sql"


class Migration(migrations.Migration):
    dependencies = [("sales_orders", "0001_first")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
