"""The two functions that write notifications and e-mails from any scope."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "outbox.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_waiting_mail"),
        ("access", "0003_functions"),
        ("organisations", "0001_first"),
        ("customers", "0001_first"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
