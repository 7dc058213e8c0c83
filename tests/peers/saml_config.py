"""What the SAML peers are: their keys, addresses and the settings of pysaml2."""

import shutil
from pathlib import Path

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.saml import NAMEID_FORMAT_PERSISTENT

XMLSEC = shutil.which("xmlsec1")
# By default it signs by SHA-1, which is refused.
ALGORITHMS = {
    "signing_algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "digest_algorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
}


def keys(folder: Path, name: str) -> dict:
    pair = {"key_file": str(folder / f"{name}.key"), "cert_file": str(folder / f"{name}.crt")}
    return {**pair, "encryption_keypairs": [pair], "xmlsec_binary": XMLSEC}


def idp(folder: Path, port: int, metadata: list[str], encrypt: bool) -> dict:
    base = f"http://localhost:{port}"
    return {
        **keys(folder, "idp"),
        "entityid": f"{base}/idp",
        "service": {
            "idp": {
                "name": "Fabrikam",
                "endpoints": {"single_sign_on_service": [(f"{base}/sso", BINDING_HTTP_REDIRECT)]},
                **ALGORITHMS,
                "sign_response": True,
                "sign_assertion": True,
                "encrypt_assertion": encrypt,
                "want_authn_requests_signed": True,
                "policy": {"default": {"lifetime": {"minutes": 5}, "name_form": "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"}},
                "name_id_format": [NAMEID_FORMAT_PERSISTENT],
            }
        },
        "metadata": {"local": metadata},
    }


def sp(folder: Path, port: int, metadata: list[str]) -> dict:
    base = f"http://localhost:{port}"
    return {
        **keys(folder, "sp"),
        "entityid": f"{base}/sp",
        "service": {
            "sp": {
                "name": "Wiki",
                "endpoints": {"assertion_consumer_service": [(f"{base}/acs", BINDING_HTTP_POST)]},
                **ALGORITHMS,
                "authn_requests_signed": True,
                "want_assertions_signed": True,
                "want_response_signed": False,
                "name_id_format": [NAMEID_FORMAT_PERSISTENT],
                "allow_unknown_attributes": True,
            }
        },
        "metadata": {"local": metadata},
    }
