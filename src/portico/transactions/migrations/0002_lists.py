"""Custom views, published views, and the words documents are found by."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

import portico.kit.clock
import portico.kit.ids

OWN = """
CREATE POLICY own_views ON transactions_customview AS RESTRICTIVE
  USING (portico_contact() IS NULL OR contact_person_id = portico_contact())
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_functions"),
        ("customers", "0001_first"),
        ("organisations", "0001_first"),
        ("transactions", "0001_first"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomView",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portico.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sales_order", "Sales order"),
                            ("invoice", "Invoice"),
                            ("retainer_invoice", "Retainer invoice"),
                            ("credit_note", "Credit note"),
                            ("payment", "Payment"),
                        ],
                        help_text="Of which documents' list.",
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "query",
                    models.CharField(
                        blank=True, help_text="What follows the address's “?”.", max_length=2000
                    ),
                ),
                (
                    "is_default",
                    models.BooleanField(default=False, help_text="Opened when nothing else is asked for."),
                ),
                ("created_at", models.DateTimeField(default=portico.kit.clock.now)),
                (
                    "contact_person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.contactperson",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
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
                        fields=("contact_person", "kind", "name"), name="custom_view_name_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("contact_person", "kind"),
                        name="custom_view_one_default",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedView",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portico.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sales_order", "Sales order"),
                            ("invoice", "Invoice"),
                            ("retainer_invoice", "Retainer invoice"),
                            ("credit_note", "Credit note"),
                            ("payment", "Payment"),
                        ],
                        help_text="Which documents it is a list of.",
                        max_length=20,
                        verbose_name="list",
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="filter")),
                ("created_at", models.DateTimeField(default=portico.kit.clock.now)),
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
                        fields=("organisation", "kind", "name"), name="published_view_name_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portico.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sales_order", "Sales order"),
                            ("invoice", "Invoice"),
                            ("retainer_invoice", "Retainer invoice"),
                            ("credit_note", "Credit note"),
                            ("payment", "Payment"),
                        ],
                        max_length=20,
                    ),
                ),
                ("spread", models.PositiveIntegerField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
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
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], gin_pending_list_limit=256, name="search_words"
                    ),
                    models.Index(fields=["customer", "kind", "spread"], name="search_sample"),
                ],
            },
        ),
        migrations.RunSQL(OWN, "DROP POLICY own_views ON transactions_customview"),
    ]
