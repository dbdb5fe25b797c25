"""Names that portals have and had, and when an own domain was seen to lead here."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import portico.kit.clock
import portico.kit.ids


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_first")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="own_domain_checked_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When the domain was seen to lead here; before that it opens nothing.",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="PortalName",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portico.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=30,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9]{5,30}\\Z", "A portal name has 5 to 30 letters and digits."
                            )
                        ],
                    ),
                ),
                ("taken_at", models.DateTimeField(default=portico.kit.clock.now, editable=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"), name="portal_name_never_given_twice"
                    )
                ],
            },
        ),
    ]
