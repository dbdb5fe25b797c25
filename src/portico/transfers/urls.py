"""Addresses of paying by transfer, cheque or cash."""

from __future__ import annotations

from django.urls import path

from portico.transfers import views

urlpatterns = [
    path("pay/transfer/", views.report, name="transfer_report"),
    path("pay/transfer/<uuid:notice_id>/", views.notice, name="transfer_notice"),
    path("pay/transfer/<uuid:notice_id>/withdraw/", views.withdraw, name="transfer_withdraw"),
    path("pay/transfer/<uuid:notice_id>/proof/", views.proof, name="transfer_proof"),
    path("pay/transfer/<uuid:notice_id>/proof/add/", views.proof_to_add, name="transfer_proof_add"),
]
