"""Identity providers that others wrote, for tests: oidc-provider-mock as a process, pysaml2 signing with libxmlsec."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import base64
import datetime as dt
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from portico.testing.ports import free_port

xmlsec: Any = import_module("xmlsec")  # its stubs leave out what it is used for

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from saml2 import BINDING_HTTP_REDIRECT
    from saml2.authn_context import PASSWORDPROTECTEDTRANSPORT
    from saml2.config import IdPConfig
    from saml2.saml import NAMEID_FORMAT_UNSPECIFIED, NameID
    from saml2.server import Server

ENTITY: Final = "https://idp.greenleaf.example/metadata"
SSO: Final = "https://idp.greenleaf.example/sso"


@dataclass
class OidcProvider:
    """An OpenID Connect provider on 127.0.0.1."""

    url: str

    def put(self, subject: str, **claims: object) -> None:
        """Have somebody there, with what it says of them."""
        httpx.put(f"{self.url}/users/{subject}", json=claims, timeout=60).raise_for_status()

    def authorize(self, address: str, subject: str) -> str:
        """Sign somebody in there, as they would; gives where the browser is sent back to."""
        answer = httpx.post(address, data={"sub": subject}, timeout=60)
        assert answer.status_code == httpx.codes.FOUND, answer.text
        return str(answer.headers["Location"])


@contextmanager
def running_oidc() -> Iterator[OidcProvider]:
    """Run the provider as a process of its own."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    provider = OidcProvider(f"http://127.0.0.1:{port}")
    try:
        until = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{provider.url}/.well-known/openid-configuration").raise_for_status()
                break
            except httpx.HTTPError:
                assert time.monotonic() < until, "the provider did not start"
                time.sleep(0.1)
        yield provider
    finally:
        process.terminate()
        process.wait(60)


class SamlProvider:
    """A SAML identity provider: pysaml2 writes what it says, libxmlsec signs it."""

    def __init__(self, folder: Path) -> None:
        self.key, self.certificate = _key_pair(folder)
        self._folder = folder

    def answer(
        self,
        metadata: str,
        address: str,
        mail: str | None,
        *,
        key: str = "",
        in_response_to: str | None = None,
        after_signing: Any = None,
        signed: bool = True,
    ) -> dict[str, str]:
        """What the browser posts to us after signing in there.

        Args:
            metadata: ours, as XML.
            address: where the browser was sent.
            mail: the address it vouches for.
            key: file of another key to sign with.
            in_response_to: another request than the one in the address; empty for none.
            after_signing: changes the response's text once it is signed.
            signed: whether to sign the assertion.
        """
        server = self._server(metadata)
        asked = parse_qs(urlsplit(address).query)
        request = server.parse_authn_request(asked["SAMLRequest"][0], BINDING_HTTP_REDIRECT)
        given = server.response_args(request.message)
        if in_response_to is not None:
            given["in_response_to"] = in_response_to or None
        text = str(
            server.create_authn_response(
                identity={"mail": mail} if mail else {"givenName": "Somebody"},
                userid="somebody",
                name_id=NameID(format=NAMEID_FORMAT_UNSPECIFIED, text="somebody"),
                authn={"class_ref": PASSWORDPROTECTEDTRANSPORT, "authn_auth": ENTITY},
                sign_response=False,
                sign_assertion=False,
                **given,
            )
        )
        if signed:
            text = _sign(text, key or self.key)
        if after_signing is not None:
            text = after_signing(text)
        return {
            "SAMLResponse": base64.b64encode(text.encode()).decode(),
            "RelayState": asked.get("RelayState", [""])[0],
        }

    def _server(self, metadata: str) -> Server:
        config = IdPConfig()
        config.load(
            {
                "entityid": ENTITY,
                "xmlsec_binary": sys.executable,  # asked whether it is there, never run: libxmlsec signs
                "service": {
                    "idp": {
                        "endpoints": {"single_sign_on_service": [(SSO, BINDING_HTTP_REDIRECT)]},
                        "policy": {
                            "default": {
                                "lifetime": {"minutes": 15},
                                "name_form": "urn:oasis:names:tc:SAML:2.0:attrname-format:uri",
                            }
                        },
                        "want_authn_requests_signed": False,
                    }
                },
                "metadata": {"inline": [metadata]},
            }
        )
        return Server(config=config)


def _sign(text: str, key: str) -> str:
    root = etree.fromstring(text.encode())
    [assertion] = root.iter("{urn:oasis:names:tc:SAML:2.0:assertion}Assertion")
    signature = xmlsec.template.create(
        assertion, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256, ns="ds"
    )
    assertion.insert(1, signature)  # behind the issuer, where the schema wants it
    reference = xmlsec.template.add_reference(
        signature, xmlsec.Transform.SHA256, uri=f"#{assertion.get('ID')}"
    )
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(key, xmlsec.KeyFormat.PEM)
    context.register_id(assertion, "ID", None)
    context.sign(signature)
    return str(etree.tostring(root).decode())


def _key_pair(folder: Path) -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.greenleaf.example")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    path = folder / "idp.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(path), certificate.public_bytes(serialization.Encoding.PEM).decode()
