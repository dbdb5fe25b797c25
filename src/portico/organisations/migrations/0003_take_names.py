"""The trigger that takes an organisation's portal name for good, and the names there are."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "portal_names.sql"


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_portal_names")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
