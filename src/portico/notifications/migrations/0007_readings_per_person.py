"""Each active staff member gets a notice of every notification so far, read where it was read; the functions anew."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "outbox.sql"
FILL = """
INSERT INTO notifications_notice
  (id, organisation_id, notification_id, staff_member_id, at, in_app, in_digest, read_at)
SELECT gen_random_uuid(), n.organisation_id, n.id, s.id, n.at, true, false, n.read_at
  FROM notifications_notification n
  JOIN organisations_staffmember s ON s.organisation_id = n.organisation_id AND s.is_active
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_choices_reminders_bounces")]
    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
    ]
