"""The addresses of coming in, under /account/: an invitation, signing up."""

from __future__ import annotations

from django.urls import path

from portico.customers import views

urlpatterns = [
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("signup/", views.sign_up, name="account_signup"),
    path("signup/<str:token>/", views.finish, name="finish_sign_up"),
]
