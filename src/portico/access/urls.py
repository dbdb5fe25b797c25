"""Signing in and one's own account, under /account/: the routes of allauth that are open here, and ours."""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from portico.access import proving, single_sign_on, views
from portico.access import second_factor_views as factors
from portico.access.middleware import View, open_to_all
from portico.access.proving import after_proof


def _saml(name: str) -> View:
    """A page of `portico.access.saml`, which is loaded when somebody asks for the first of them."""

    @open_to_all
    def view(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
        from portico.access import saml

        response: HttpResponseBase = getattr(saml, name)(request, organization_slug=organization_slug)
        return response

    return view


urlpatterns = [
    path("login/", factors.login, name="account_login"),
    path("login/code/", allauth.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", allauth.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("reauthenticate/mail/", proving.by_mail, name="account_reauthenticate_by_mail"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/set/", after_proof(allauth.password_set), name="account_set_password"),
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
    path("security/", factors.security, name="mfa_index"),
    path("second-factor/", base.authenticate, name="mfa_authenticate"),
    path("second-factor/needed/", factors.needed, name="second_factor_needed"),
    path("reauthenticate/code/", base.reauthenticate, name="mfa_reauthenticate"),
    path("reauthenticate/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("authenticator/add/", after_proof(totp.activate_totp), name="mfa_activate_totp"),
    path("authenticator/remove/", after_proof(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("recovery-codes/", factors.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/new/",
        after_proof(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("passkeys/", factors.to_security, name="mfa_list_webauthn"),
    path("passkeys/add/", after_proof(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/name/", after_proof(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", after_proof(factors.remove_passkey), name="mfa_remove_webauthn"),
    path("oidc/<str:provider_id>/login/", single_sign_on.oidc_login, name="openid_connect_login"),
    path(
        "oidc/<str:provider_id>/login/callback/", single_sign_on.oidc_callback, name="openid_connect_callback"
    ),
    path("saml/<str:organization_slug>/login/", _saml("login"), name="saml_login"),
    path("saml/<str:organization_slug>/acs/", csrf_exempt(_saml("acs")), name="saml_acs"),
    path("saml/<str:organization_slug>/acs/finish/", _saml("finish"), name="saml_finish_acs"),
    path("saml/<str:organization_slug>/metadata/", _saml("metadata"), name="saml_metadata"),
    path("saml/<str:organization_slug>/sls/", _saml("sign_out"), name="saml_sls"),
    path("company/", factors.company, name="account_company"),
    path("login/stopped/", factors.stopped, name="socialaccount_login_cancelled"),
    path("login/failed/", factors.stopped, name="socialaccount_login_error"),
    path("sessions/", views.sessions, name="usersessions_list"),
    path("switch/", views.switch, name="account_switch"),
    path("theme/", views.theme, name="account_theme"),
    path("preview/leave/", views.leave_preview, name="leave_preview"),
]
