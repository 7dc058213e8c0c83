"""A partner: the identity provider of pysaml2. Whoever comes is Ana, who needs no password.

usage: python idp.py FOLDER PORT METADATA_OF_GATEWAY DOMAIN [encrypt]
"""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, sigver
from saml2.config import IdPConfig
from saml2.saml import AUTHN_PASSWORD_PROTECTED, NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server

import saml_config

folder, port, metadata, domain, encrypt = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], "encrypt" in sys.argv[5:]
# pysaml2 has no setting for the cipher and writes 3DES, which is refused.
sigver.pre_encryption_part.__kwdefaults__["msg_enc"] = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
encrypt_by = sigver.SecurityContext.encrypt_assertion
encrypt_by.__defaults__ = ("aes-256", *encrypt_by.__defaults__[1:])
server = Server(config=IdPConfig().load(saml_config.idp(folder, port, [metadata], encrypt)))
ANA = {"mail": f"ana@{domain}", "displayName": "Ana Silva", "givenName": "Ana", "sn": "Silva"}


class Sso(BaseHTTPRequestHandler):
    def do_GET(self):
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        asked = server.parse_authn_request(
            query["SAMLRequest"],
            BINDING_HTTP_REDIRECT,
            relay_state=query.get("RelayState"),
            sigalg=query["SigAlg"],
            signature=query["Signature"],
        )
        args = server.response_args(asked.message, [BINDING_HTTP_POST])
        response = server.create_authn_response(
            identity=ANA,
            userid="ana",
            name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=f"ana-at-{domain}"),
            authn={"class_ref": AUTHN_PASSWORD_PROTECTED, "authn_auth": server.config.entityid},
            sign_response=True,
            sign_assertion=True,
            encrypt_assertion=encrypt,
            encrypted_advice_attributes=False,
            **args,
        )
        page = server.apply_binding(
            BINDING_HTTP_POST, f"{response}", args["destination"], query.get("RelayState", ""), response=True
        )
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write("".join(page["data"]).encode())

    def log_message(self, *_):
        pass


print("ready", flush=True)
HTTPServer(("127.0.0.1", port), Sso).serve_forever()
