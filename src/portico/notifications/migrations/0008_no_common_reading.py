"""A notification is read by each for themselves; the one time for all goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_readings_per_person")]
    operations = [migrations.RemoveField(model_name="notification", name="read_at")]
