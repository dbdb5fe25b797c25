"""Signing in and one's own account, under /account/: the routes of allauth that are open here, and ours."""

from __future__ import annotations

from allauth.account import views as allauth
from django.urls import path, re_path

from portico.access import views

urlpatterns = [
    path("login/", allauth.login, name="account_login"),
    path("login/code/", allauth.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", allauth.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/set/", allauth.password_set, name="account_set_password"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-0-9A-Za-z]+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # Only an invitation makes a login, but allauth's e-mail to an unknown address asks for this name.
    path("signup/", views.closed, name="account_signup"),
    path("sessions/", views.sessions, name="usersessions_list"),
    path("switch/", views.switch, name="account_switch"),
    path("theme/", views.theme, name="account_theme"),
]
