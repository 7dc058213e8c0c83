"""The settings of python3-saml as a service provider."""

from pathlib import Path

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


def settings(folder: Path, port: int) -> dict:
    base = f"http://localhost:{port}"
    body = lambda name: "".join((folder / name).read_text().splitlines()[1:-1])
    return {
        "strict": True,
        "sp": {
            "entityId": f"{base}/sp",
            "assertionConsumerService": {"url": f"{base}/acs", "binding": POST},
            "NameIDFormat": PERSISTENT,
            "x509cert": body("sp.crt"),
            "privateKey": body("sp.key"),
        },
        "security": {
            "authnRequestsSigned": True,
            "wantAssertionsSigned": True,
            "wantAssertionsEncrypted": True,
            "wantNameId": True,
            "signatureAlgorithm": RSA_SHA256,
            "digestAlgorithm": SHA256,
            "rejectDeprecatedAlgorithm": True,
        },
    }
