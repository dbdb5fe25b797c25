"""Addresses of public links, and of sharing a document by one."""

from __future__ import annotations

from django.urls import path

from portico.sharing.links.views import account, confirming, document, paying, sharing

urlpatterns = [
    path("share/<str:kind>/<uuid:document_id>/", sharing.share, name="share_link"),
    path("share/links/<uuid:link_id>/revoke", sharing.revoke, name="revoke_link"),
    path("l/<str:token>/", document.gate, name="link"),
    path("l/<str:token>/pdf", document.pdf, name="link_pdf"),
    path("l/<str:token>/print", document.print_view, name="link_print"),
    path("l/<str:token>/code", confirming.code, name="link_code"),
    path("l/<str:token>/confirm", confirming.confirm, name="link_confirm"),
    path("l/<str:token>/account/", account.account, name="link_account"),
    path("l/<str:token>/pay/", paying.pay, name="link_pay"),
    path("l/<str:token>/pay/summary/", paying.summary, name="link_pay_summary"),
    path("l/<str:token>/pay/fields/<uuid:account_id>/<str:kind>/", paying.fields, name="link_pay_fields"),
    path("l/<str:token>/pay/<uuid:attempt_id>/", paying.attempt_page, name="link_pay_attempt"),
    path("l/<str:token>/pay/<uuid:attempt_id>/cancel/", paying.cancel, name="link_pay_cancel"),
    path("l/<str:token>/receipt/<uuid:payment_id>/", paying.receipt, name="link_receipt"),
    path("l/<str:token>/receipt/<uuid:payment_id>/pdf", paying.receipt_pdf, name="link_receipt_pdf"),
    path("l/<str:token>/receipt/<uuid:payment_id>/print", paying.receipt_print, name="link_receipt_print"),
]
