"""Views of the lists of documents that people share, and of subscriptions."""

from __future__ import annotations

from django.db import migrations, models

_LISTS = [
    ("sales_order", "Sales order"),
    ("invoice", "Invoice"),
    ("retainer_invoice", "Retainer invoice"),
    ("credit_note", "Credit note"),
    ("payment", "Payment"),
    ("file", "Document"),
    ("subscription", "Subscription"),
]


class Migration(migrations.Migration):
    dependencies = [("transactions", "0002_lists")]

    operations = [
        migrations.AlterField(
            "customview",
            "kind",
            models.CharField(choices=_LISTS, help_text="Of which documents' list.", max_length=20),
        ),
        migrations.AlterField(
            "publishedview",
            "kind",
            models.CharField(
                choices=_LISTS,
                help_text="Which documents it is a list of.",
                max_length=20,
                verbose_name="list",
            ),
        ),
    ]
