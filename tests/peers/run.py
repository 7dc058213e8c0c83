"""Signs people in through Entente between independent implementations of both protocols, in every pairing.

Partners: npm `oidc-provider`, and the identity provider of pysaml2. Apps: npm `openid-client`, and the service
providers of pysaml2 and python3-saml. The driver is the browser: it follows redirects, submits the forms that pages submit by themselves, and keeps
cookies. Each pairing prints one line; exit 0 only if all of them held.

usage: python run.py PATH_OF_ENTENTE FOLDER_WITH_NODE_MODULES
"""

import base64
import datetime
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from saml2.config import IdPConfig, SPConfig
from saml2.metadata import entity_descriptor

import onelogin_config
import saml_config

HERE = Path(__file__).parent
ENTENTE = str(Path(sys.argv[1]).resolve())
# Node looks for packages beside its programs.
HERE_NODE = str(Path(sys.argv[2]).resolve())
running = []
# What the peers say of themselves, which is told where something failed.
talk = tempfile.TemporaryFile("w+")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def make_pair(folder, name):
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    certificate = builder.not_valid_after(now + datetime.timedelta(days=365)).sign(key, hashes.SHA256())
    (folder / f"{name}.key").write_bytes(pem(key))
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def make_jwk():
    numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    text = lambda number: base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
    public = {"kty": "EC", "crv": "P-256", "x": text(numbers.public_numbers.x), "y": text(numbers.public_numbers.y)}
    return public, {**public, "d": text(numbers.private_value)}


def start(*command, ready="ready", **options):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=talk, text=True, **options)
    running.append(process)
    for line in process.stdout:
        if ready in line:
            return process
    raise SystemExit(f"{command[0]} {command[1]} ended before it was ready")


def entente(folder, *arguments):
    done = subprocess.run([ENTENTE, *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"entente {' '.join(arguments)}: {done.stderr}{done.stdout}")
    return done.stdout


class Forms(HTMLParser):
    """The first form of a page, and where the page leads by itself."""

    def __init__(self):
        super().__init__()
        self.action, self.fields, self.refresh = None, {}, None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and self.action is None:
            self.action = attributes.get("action")
        elif tag == "input" and attributes.get("type", "hidden") == "hidden" and "name" in attributes:
            self.fields[attributes["name"]] = attributes.get("value", "")
        elif tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            self.refresh = attributes["content"].split("url=", 1)[-1]


def browse(url):
    """Goes where a browser goes, until an app answers in JSON."""
    browser = requests.Session()
    page = browser.get(url, allow_redirects=False, timeout=20)
    for _ in range(25):
        if "location" in page.headers:
            page = browser.get(urljoin(page.url, page.headers["location"]), allow_redirects=False, timeout=20)
            continue
        if page.headers.get("content-type", "").startswith("application/json"):
            return page
        forms = Forms()
        forms.feed(page.text)
        if page.status_code >= 400:
            code = re.search(r'id="refusal-code">([A-Z_]+)', page.text)
            attempt = re.search(r'id="attempt-id">([0-9a-f-]+)', page.text)
            raise AssertionError(f"{page.status_code} {code and code[1]} {attempt and attempt[1]} {page.text[:300]}")
        if forms.action:
            where = urljoin(page.url, forms.action)
            page = browser.post(where, data=forms.fields, allow_redirects=False, timeout=20)
        elif forms.refresh:
            page = browser.get(urljoin(page.url, forms.refresh), allow_redirects=False, timeout=20)
        else:
            raise AssertionError(f"nothing leads on from {page.url}: {page.text[:400]}")
    raise AssertionError("no end of pages")


def expect(found, expected, what):
    if found != expected:
        raise AssertionError(f"{what}: {found!r}, not {expected!r}")


def check_openid_client(told, mail, issuer, partner):
    claims = told["claims"]
    expect(claims["iss"], issuer, "iss")
    expect(claims["aud"], "node-app", "aud")
    expect(claims["email"], mail, "email")
    expect(claims["idp"], partner, "idp")
    expect(claims["acct"], 1, "acct")
    expect(told["info"]["sub"], claims["sub"], "userinfo")
    expect((told["renewed"], told["active"], told["after"]), (True, True, False), "renewal, introspection, revocation")
    expect(told["bound"], True, "bound to its key")


def check_pysaml2(told, mail, issuer, partner):
    expect(told["issuer"], f"{issuer}/saml/idp", "issuer")
    expect(told["format"], "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "NameID")
    expect(told["relay_state"], "/somewhere", "RelayState")
    expect(told["authorities"], [partner], "AuthenticatingAuthority")
    # Its metadata has a key for encryption.
    expect(told["encrypted"], True, "encrypted")
    if not any(mail in values for values in told["attributes"].values()):
        raise AssertionError(f"no {mail} in {told['attributes']}")


def check_python3_saml(told, mail, issuer, partner):
    expect(told["format"], "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "NameID")
    expect(told["relay_state"], "/somewhere", "RelayState")
    # That of pysaml2's identity provider; `oidc-provider` says nothing of how the person signed in.
    context = "PasswordProtectedTransport" if partner.endswith("/idp") else "unspecified"
    expect(told["class"], [f"urn:oasis:names:tc:SAML:2.0:ac:classes:{context}"], "class")
    if not any(mail in values for values in told["attributes"].values()):
        raise AssertionError(f"no {mail} in {told['attributes']}")


CHECKS = {"openid-client": check_openid_client, "pysaml2": check_pysaml2, "python3-saml": check_python3_saml}


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        objects = folder / "objects"
        objects.mkdir()
        for pair in ("idp", "sp"):
            make_pair(folder, pair)
        gate, idp, encrypting, op, node_app, wiki, shop = free_ports(7)
        issuer = f"http://localhost:{gate}"
        public, private = make_jwk()
        (objects / "node-app.json").write_text(json.dumps({"keys": [{**public, "kid": "peers"}]}))
        sp_settings = saml_config.sp(folder, wiki, [])
        (objects / "wiki.xml").write_text(str(entity_descriptor(SPConfig().load(sp_settings))))
        settings = OneLogin_Saml2_Settings(onelogin_config.settings(folder, shop), sp_validation_only=True)
        (objects / "shop.xml").write_bytes(settings.get_sp_metadata())
        partners = [
            ("fabrikam", idp, "fabrikam.example", ""),
            ("northwind", encrypting, "northwind.example", 'encryption = "required"\n'),
        ]
        for slug, port, _, _ in partners:
            settings = saml_config.idp(folder, port, [], False)
            (objects / f"{slug}.xml").write_text(str(entity_descriptor(IdPConfig().load(settings))))
        (folder / "entente.toml").write_text(
            f'public_url = "{issuer}"\nlisten = "127.0.0.1:{gate}"\n[organization]\n'
            'id = "11111111-0000-4000-8000-000000000001"\nname = "Contoso"\ndomain = "contoso.example"\n'
            '[database]\nurl = "sqlite://entente.db"\n[secrets]\nkey = { file = "secret.key" }\n'
        )
        (objects / "all.toml").write_text(
            "".join(
                f'[[partner]]\nslug = "{slug}"\ndomains = ["{domain}"]\nadmission = "anyone"\nenabled = true\n'
                f'[partner.saml]\nmetadata = "{slug}.xml"\n{more}'
                for slug, _, domain, more in partners
            )
            + f'[[partner]]\nslug = "woodgrove"\ndomains = ["woodgrove.example"]\nadmission = "anyone"\nenabled = true\n'
            f'[partner.oidc]\nissuer = "http://localhost:{op}"\nclient_id = "entente"\n'
            'client_secret = "a-secret-of-the-peers-0123456789"\nscopes = ["openid", "email", "profile"]\n'
            '[[app]]\nslug = "node-app"\nassignment = "everyone"\n[app.oidc]\nclient_id = "node-app"\n'
            f'jwks = "node-app.json"\nredirect_uris = ["http://localhost:{node_app}/callback"]\n'
            'grant_types = ["authorization_code", "refresh_token"]\nrequire_pushed_authorization_requests = true\n'
            '[[app]]\nslug = "wiki"\nassignment = "everyone"\n[app.saml]\nmetadata = "wiki.xml"\n'
            "require_signed_requests = true\n"
            '[[app]]\nslug = "shop"\nassignment = "everyone"\n[app.saml]\nmetadata = "shop.xml"\n'
            "require_signed_requests = true\n"
        )
        entente(folder, "apply", "objects")
        shown = json.loads(entente(folder, "partner", "show", "woodgrove", "--json"))
        environment = {**os.environ, "RUST_LOG": "info"}
        log = open(folder / "entente.log", "w")
        gateway = subprocess.Popen([ENTENTE, "serve"], cwd=folder, stdout=log, stderr=log, env=environment)
        running.append(gateway)
        wait_for(f"{issuer}/health/ready")
        for path, file in (
            ("/saml/idp/metadata", "gate-idp.xml"),
            ("/saml/sp/metadata", "gate-sp.xml"),
            ("/saml/sp/metadata/northwind", "gate-sp-encryption.xml"),
        ):
            (folder / file).write_text(requests.get(issuer + path, timeout=10).text)
        python = sys.executable
        start(python, str(HERE / "idp.py"), name, str(idp), str(folder / "gate-sp.xml"), "fabrikam.example")
        encrypts = str(folder / "gate-sp-encryption.xml")
        start(python, str(HERE / "idp.py"), name, str(encrypting), encrypts, "northwind.example", "encrypt")
        start(python, str(HERE / "sp.py"), name, str(wiki), str(folder / "gate-idp.xml"))
        start(python, str(HERE / "onelogin_sp.py"), name, str(shop), str(folder / "gate-idp.xml"))
        start("node", "provider.mjs", str(op), shown["redirect_uri"], cwd=HERE_NODE)
        start("node", "client.mjs", str(node_app), issuer, json.dumps(private), cwd=HERE_NODE)
        faults = 0
        for partner, entity, mail in (
            ("fabrikam", f"http://localhost:{idp}/idp", "ana@fabrikam.example"),
            ("northwind", f"http://localhost:{encrypting}/idp", "ana@northwind.example"),
            ("woodgrove", f"http://localhost:{op}", "wen@woodgrove.example"),
        ):
            for app, port in (("openid-client", node_app), ("pysaml2", wiki), ("python3-saml", shop)):
                try:
                    page = browse(f"http://localhost:{port}/start?partner={partner}")
                    if app == "python3-saml" and partner == "woodgrove":
                        # It asked for a class that nobody vouched for.
                        expect((page.status_code, "NoAuthnContext" in page.text), (500, True), "class refused")
                        page = browse(f"http://localhost:{port}/start?partner={partner}&context=any")
                    if page.status_code != 200:
                        raise AssertionError(page.text)
                    CHECKS[app](page.json(), mail, issuer, entity)
                    print(f"{partner} to {app}: signed in")
                except (AssertionError, KeyError, requests.RequestException) as fault:
                    faults += 1
                    print(f"{partner} to {app}: {fault}", file=sys.stderr)
        if faults:
            talk.seek(0)
            for text in ((folder / "entente.log").read_text(), talk.read()):
                print(text[-4000:], file=sys.stderr)
        return 1 if faults else 0




def wait_for(url):
    with requests.Session() as session:
        adapter = requests.adapters.HTTPAdapter(
            max_retries=requests.packages.urllib3.Retry(total=60, connect=60, backoff_factor=0.05, backoff_max=0.5)
        )
        session.mount("http://", adapter)
        session.get(url, timeout=20).raise_for_status()


if __name__ == "__main__":
    try:
        code = main()
    finally:
        for process in running:
            process.terminate()
    sys.exit(code)
