"""An authority and a signer of events, as PayPal has them, made anew for each run.

PayPal's own certificate is signed by an authority between it and the root, and is given out without that one.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SIGNER = "messageverificationcerts.sandbox.paypal.com"


@dataclass(frozen=True)
class Signing:
    """A root, an authority below it, a certificate that this has signed, and that certificate's key."""

    root: str
    between: str
    certificate: str
    key: rsa.RSAPrivateKey

    def sign(self, body: bytes, transmission: str, at: str, webhook_id: str) -> str:
        """The signature over these bytes, in base64."""
        said = f"{transmission}|{at}|{webhook_id}|{zlib.crc32(body)}".encode()
        return base64.b64encode(self.key.sign(said, padding.PKCS1v15(), hashes.SHA256())).decode()


def make_signing(host: str = SIGNER) -> Signing:
    """A new authority with one certificate for a host."""
    root_key, between_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(3))
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stand-in authority")])
    below = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stand-in authority below")])
    root = _authority(authority, root_key.public_key(), authority, root_key)
    between = _authority(below, between_key.public_key(), authority, root_key)
    leaf = (
        _made(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), below, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(between_key.public_key()), critical=False
        )
        .sign(between_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    root_pem, between_pem, leaf_pem = (each.public_bytes(pem).decode() for each in (root, between, leaf))
    return Signing(root_pem, between_pem, leaf_pem, key)


def _authority(
    name: x509.Name, key: rsa.RSAPublicKey, issuer: x509.Name, issuer_key: rsa.RSAPrivateKey
) -> x509.Certificate:
    by = issuer_key.public_key()
    return (
        _made(name, issuer, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _made(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
