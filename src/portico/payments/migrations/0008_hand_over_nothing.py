"""A contact person's row that goes to another login keeps no saved method."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "handing_over.sql"


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_people"), ("payments", "0007_savings_that_take_days")]

    operations = [
        migrations.RunSQL(SQL.read_text(), "DROP FUNCTION payments_hand_over_nothing() CASCADE"),
    ]
