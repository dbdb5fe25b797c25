"""The product's addresses and the bare page."""

from __future__ import annotations

from django.urls import include, path

from bench.bare import BARE, bare

handler400 = "portico.access.errors.bad_request"
handler403 = "portico.access.errors.forbidden"
handler404 = "portico.access.errors.not_found"
handler500 = "portico.access.errors.server_error"

urlpatterns = [path(BARE.removeprefix("/"), bare), path("", include("portico.config.urls"))]
