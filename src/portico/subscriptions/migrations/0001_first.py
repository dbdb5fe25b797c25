"""Billing systems, their customers, subscriptions and their invoices."""

import datetime as dt
from decimal import Decimal

import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

import portico.kit.clock
import portico.kit.fields
import portico.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0003_people"),
        ("invoices", "0004_amounts_to_sort_by"),
        ("organisations", "0003_take_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="BillingConnection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portico.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "system",
                    models.CharField(
                        choices=[("zoho", "Zoho Billing"), ("stripe", "Stripe Billing")], max_length=10
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "public",
                    models.JSONField(
                        default=dict, help_text="What is no secret, such as the account's number."
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("is_active", models.BooleanField(default=True)),
                ("round", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "cursor",
                    models.CharField(
                        blank=True, editable=False, help_text="Where the round is.", max_length=300
                    ),
                ),
                ("in_round", models.BooleanField(default=False, editable=False)),
                (
                    "wait_until",
                    models.DateTimeField(
                        editable=False, help_text="Until then the system wants rest.", null=True
                    ),
                ),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("failure", models.TextField(blank=True, editable=False)),
                ("created_at", models.DateTimeField(default=portico.kit.clock.now, editable=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BilledCustomer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portico.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.CharField(max_length=100)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("email", models.CharField(blank=True, max_length=254)),
                (
                    "subscriptions",
                    models.PositiveIntegerField(default=0, help_text="How many the last round had."),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
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
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="customers",
                        to="subscriptions.billingconnection",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portico.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.CharField(help_text="Its id where it comes from.", max_length=100)),
                ("plan", models.CharField(max_length=200)),
                ("plan_code", models.CharField(blank=True, max_length=100)),
                ("description", models.TextField(blank=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("future", "Starts later"),
                            ("trial", "Trial"),
                            ("active", "Active"),
                            ("past_due", "Payment overdue"),
                            ("paused", "Paused"),
                            ("ending", "Ends soon"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                        ],
                        max_length=10,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("quantity", models.DecimalField(decimal_places=4, default=1, max_digits=15)),
                (
                    "price",
                    portico.kit.fields.MoneyField(default=Decimal("0"), help_text="Of one, for one period."),
                ),
                (
                    "amount",
                    portico.kit.fields.MoneyField(default=Decimal("0"), help_text="Of all, for one period."),
                ),
                (
                    "every",
                    models.PositiveSmallIntegerField(default=1, help_text="So many units are one period."),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[("day", "Day"), ("week", "Week"), ("month", "Month"), ("year", "Year")],
                        default="month",
                        max_length=5,
                    ),
                ),
                ("started_on", models.DateField(blank=True, null=True)),
                ("period_start", models.DateField(blank=True, null=True)),
                ("period_end", models.DateField(blank=True, null=True)),
                ("next_billing_on", models.DateField(blank=True, null=True)),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "billing_details",
                    models.JSONField(
                        blank=True,
                        default=list,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        help_text="[[what, value], …] for people.",
                    ),
                ),
                (
                    "sort_day",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            "started_on", models.Value(dt.date(1970, 1, 1))
                        ),
                        output_field=models.DateField(),
                    ),
                ),
                ("round", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "gone_at",
                    models.DateTimeField(
                        editable=False, help_text="When the billing system no longer had it.", null=True
                    ),
                ),
                ("updated_at", models.DateTimeField(default=portico.kit.clock.now, editable=False)),
                (
                    "connection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subscriptions.billingconnection",
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
        ),
        migrations.CreateModel(
            name="SubscriptionInvoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portico.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="invoices.invoice"
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
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invoices",
                        to="subscriptions.subscription",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="billingconnection",
            constraint=models.UniqueConstraint(
                fields=("organisation", "name"), name="billing_connection_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="billedcustomer",
            constraint=models.UniqueConstraint(
                fields=("connection", "external_id"), name="billed_customer_once"
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["customer", "-sort_day", "-id"], name="subscription_by_start"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("connection__isnull", False)),
                fields=("connection", "external_id"),
                name="subscription_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("connection__isnull", True)),
                fields=("organisation", "external_id"),
                name="fed_subscription_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="subscription_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("price__gte", 0)), name="subscription_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("every__gte", 1)), name="subscription_has_a_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("period_start", None),
                    ("period_end", None),
                    ("period_start__lte", models.F("period_end")),
                    _connector="OR",
                ),
                name="subscription_period_runs_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriptioninvoice",
            constraint=models.UniqueConstraint(
                fields=("subscription", "invoice"), name="subscription_invoice_once"
            ),
        ),
    ]
