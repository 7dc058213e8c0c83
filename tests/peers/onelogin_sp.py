"""An app: the service provider of python3-saml, strict, with signed requests and encrypted assertions. By default it
asks for exactly PasswordProtectedTransport; with `context=any` in the address it asks for none.

usage: python onelogin_sp.py FOLDER PORT METADATA_OF_GATEWAY
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

import onelogin_config

folder, port, metadata = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]).read_text()
# Only who the gateway is: that requests are signed is the app's own setting.
gateway = OneLogin_Saml2_IdPMetadataParser.parse(metadata)["idp"]
settings = {**onelogin_config.settings(folder, port), "idp": gateway}
outstanding = set()


class App(BaseHTTPRequestHandler):
    def auth(self, form):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        request = {"http_host": f"localhost:{port}", "script_name": url.path, "get_data": query, "post_data": form}
        asks = {"requestedAuthnContext": query.get("context") != "any"}
        return OneLogin_Saml2_Auth(
            {**request, "https": "off"}, {**settings, "security": {**settings["security"], **asks}}
        )

    def do_GET(self):
        partner = parse_qs(urlsplit(self.path).query)["partner"][0]
        auth = self.auth({})
        location = auth.login(return_to="/somewhere")
        outstanding.clear()
        outstanding.add(auth.get_last_request_id())
        self.send_response(303)
        # A hint beside the message, which the signature does not cover.
        self.send_header("location", f"{location}&domain_hint={quote(partner)}")
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        auth = self.auth(form)
        (request,) = outstanding
        auth.process_response(request_id=request)
        if auth.get_errors():
            self.answer(500, f"{auth.get_errors()}: {auth.get_last_error_reason()}")
            return
        told = {
            "subject": auth.get_nameid(),
            "format": auth.get_nameid_format(),
            "attributes": auth.get_attributes(),
            "class": auth.get_last_authn_contexts(),
            "relay_state": form["RelayState"],
        }
        self.answer(200, json.dumps(told))

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


print("ready", flush=True)
HTTPServer(("127.0.0.1", port), App).serve_forever()
