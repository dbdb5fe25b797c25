"""E-mails know whom they are for, in which language, and why: the functions that write them."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "outbox.sql"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_contact_choices")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
