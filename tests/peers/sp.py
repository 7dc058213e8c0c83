"""An app: the service provider of pysaml2.

usage: python sp.py FOLDER PORT METADATA_OF_GATEWAY
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig

import saml_config

folder, port, metadata = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
client = Saml2Client(config=SPConfig().load(saml_config.sp(folder, port, [metadata])))
outstanding = {}


class App(BaseHTTPRequestHandler):
    def do_GET(self):
        partner = parse_qs(urlsplit(self.path).query)["partner"][0]
        identity_provider = client.metadata.with_descriptor("idpsso").popitem()[0]
        request_id, info = client.prepare_for_authenticate(
            entityid=identity_provider, relay_state="/somewhere", binding=BINDING_HTTP_REDIRECT, sign=True
        )
        outstanding[request_id] = "/somewhere"
        location = dict(info["headers"])["Location"]
        self.send_response(303)
        # A hint beside the message, which the signature does not cover.
        self.send_header("location", f"{location}&domain_hint={quote(partner)}")
        self.end_headers()

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        try:
            answer = client.parse_authn_request_response(
                form["SAMLResponse"][0], BINDING_HTTP_POST, outstanding=outstanding
            )
            told = {
                "subject": answer.get_subject().text,
                "format": answer.get_subject().format,
                "attributes": answer.ava,
                "issuer": answer.issuer(),
                "encrypted": "EncryptedAssertion" in answer.xmlstr if isinstance(answer.xmlstr, str) else b"EncryptedAssertion" in answer.xmlstr,
                "authorities": answer.authn_info()[0][1],
                "relay_state": form["RelayState"][0],
            }
            self.answer(200, json.dumps(told))
        except Exception as error:  # The driver is told what the library said.
            self.answer(500, f"{type(error).__name__}: {error}")

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


print("ready", flush=True)
HTTPServer(("127.0.0.1", port), App).serve_forever()
