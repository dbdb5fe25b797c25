"""Passkeys, authenticator apps, recovery codes, other people's sign-in: pages about a human, whoever they are."""

from __future__ import annotations

from typing import Final

from portico.testing.people import World
from tests.access.answers import OPEN, SIGNED_IN, Route

TO_PASSWORD: Final = "302" + " 302" * 11
"""To the sign-in page, or to typing the password once more."""
BY_MAIL: Final = "302 302 302 302 302 302 302 200 200 200 302 302"
"""Rita, Sam and Amy have no password, and prove by a code to their address who they are."""
TOTP_GONE: Final = "302 404 404 404 404 404 404 302 302 302 404 404"
GONE: Final = "404" + " 404" * 11

ROUTES: Final = (
    Route("GET", "mfa_index", SIGNED_IN),
    Route("GET", "mfa_authenticate", TO_PASSWORD, why="nobody is half signed in"),
    Route("POST", "mfa_authenticate", TO_PASSWORD, data={"code": "000000"}),
    Route("GET", "second_factor_needed", TO_PASSWORD, why="nobody asks for one: on to Home"),
    Route("GET", "mfa_reauthenticate", TO_PASSWORD, why="there is no factor to confirm with"),
    Route("POST", "mfa_reauthenticate", TO_PASSWORD, data={"code": "000000"}),
    Route("GET", "account_reauthenticate_by_mail", BY_MAIL, why="others have a password"),
    Route("GET", "mfa_list_webauthn", TO_PASSWORD, why="passkeys are on the page about security"),
    Route("GET", "mfa_view_recovery_codes", "302" + " 404" * 11, why="there are none yet"),
    Route("POST", "mfa_view_recovery_codes", "302" + " 405" * 11),
    Route("GET", "mfa_login_webauthn", TO_PASSWORD, why="scripts ask with Accept: application/json"),
    Route("GET", "mfa_edit_webauthn", TO_PASSWORD, ("passkey",)),
    Route("POST", "mfa_edit_webauthn", TO_PASSWORD, ("passkey",), data={"name": "Mine"}),
    Route("GET", "mfa_remove_webauthn", TO_PASSWORD, ("passkey",)),
    Route("POST", "mfa_remove_webauthn", TO_PASSWORD, ("passkey",)),
    Route("GET", "mfa_deactivate_totp", TOTP_GONE, why="there is none"),
    Route("POST", "mfa_deactivate_totp", TOTP_GONE),
    Route("GET", "account_company", OPEN),
    Route("GET", "openid_connect_login", GONE, ("provider",), why="none is configured"),
    Route("GET", "openid_connect_callback", GONE, ("provider",)),
    Route("GET", "saml_login", GONE, ("provider",)),
    Route("GET", "saml_metadata", GONE, ("provider",)),
    Route("GET", "saml_sls", GONE, ("provider",), why="signing out there does not sign out here"),
    Route("GET", "saml_finish_acs", GONE, ("provider",)),
    Route("GET", "socialaccount_login_cancelled", OPEN),
    Route("GET", "socialaccount_login_error", OPEN),
)

ELSEWHERE_TESTED: Final = {
    "account_reauthenticate_by_mail POST": "sends a code: test_proving",
    "mfa_login_webauthn POST": "needs a device, and ten tries a minute are all there are: test_passkeys",
    "mfa_activate_totp POST": "asks for the password of those who have one: test_second_factor",
    "mfa_add_webauthn POST": "needs a device: test_passkeys",
    "mfa_generate_recovery_codes POST": "asks for the password of those who have one: test_second_factor",
    "mfa_reauthenticate_webauthn POST": "needs a device: test_passkeys",
    "saml_acs POST": "takes what a provider says, and says nothing: test_single_sign_on",
}

TAKE_NOTHING: Final = frozenset(
    {
        "mfa_index",
        "second_factor_needed",
        "mfa_list_webauthn",
        "account_company",
        "openid_connect_login",
        "openid_connect_callback",
        "saml_login",
        "saml_metadata",
        "saml_sls",
        "saml_finish_acs",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
    }
)


def things(_world: World) -> dict[str, str]:
    """A passkey of nobody's, and a provider that is not configured."""
    return {"passkey": "999999", "provider": "nobodys"}
