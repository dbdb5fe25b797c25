"""Addresses of paying, and of gateway events."""

from __future__ import annotations

from django.urls import path

from portico.payments.views import fields, methods, pay, webhooks

urlpatterns = [
    path("pay/", pay.pay, name="pay"),
    path("pay/summary/", pay.summary, name="pay_summary"),
    path("pay/fields/<uuid:account_id>/<str:kind>/", fields.fields, name="pay_fields"),
    path("pay/<uuid:attempt_id>/", pay.attempt_page, name="pay_attempt"),
    path("pay/<uuid:attempt_id>/cancel/", pay.cancel, name="pay_cancel"),
    path("pay/by-credit/<uuid:use_id>/", pay.by_credit, name="pay_by_credit"),
    path("payment-methods/", methods.listed, name="payment_methods"),
    path("payment-methods/new/", methods.new, name="payment_method_new"),
    path("payment-methods/new/<uuid:saving_id>/", methods.saving, name="payment_method_saving"),
    path("payment-methods/<uuid:method_id>/default/", methods.default, name="payment_method_default"),
    path("payment-methods/<uuid:method_id>/remove/", methods.remove, name="payment_method_remove"),
    path("webhooks/<uuid:account_id>/", webhooks.gateway_event, name="gateway_event"),
]
