"""Addresses of sales orders."""

from __future__ import annotations

from django.urls import path

from portico.sales_orders.views import document, listing

urlpatterns = [
    path("sales-orders/", listing.sales_orders, name="sales_orders"),
    path("sales-orders/<uuid:order_id>/", document.sales_order, name="sales_order"),
    path("sales-orders/<uuid:order_id>/pdf", document.pdf, name="sales_order_pdf"),
    path("sales-orders/<uuid:order_id>/print", document.print_view, name="sales_order_print"),
]
