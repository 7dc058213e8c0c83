"""Runs Schemathesis (PyPI) against the API of a gateway on loopback, by the description that the gateway publishes: so
many requests for each address, the same each time. Exit 0 only if every answer was as described, none was a fault of the
gateway, and what the description does not allow was refused.

usage: python run.py PATH_OF_ENTENTE
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

ENTENTE = str(Path(sys.argv[1]).resolve())
SECRET = "a-secret-of-the-robot-0123456789"
PERMISSIONS = [
    "User.ReadWrite.All", "User.Invite.All", "Group.ReadWrite.All", "Application.Read.All",
    "AppRoleAssignment.ReadWrite.All", "AuditLog.Read.All", "Reports.Read.All", "Policy.Read.All",
]
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "negative_data_rejection", "missing_required_header", "unsupported_method", "ignored_auth",
]
# A run takes well below a minute; one that takes longer hangs.
SECONDS = 180


def entente(folder, *arguments):
    done = subprocess.run([ENTENTE, *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"entente {' '.join(arguments)}: {done.stderr}{done.stdout}")


def wait_for(url):
    with requests.Session() as session:
        retry = requests.packages.urllib3.Retry(total=60, connect=60, backoff_factor=0.05, backoff_max=0.5)
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retry))
        session.get(url, timeout=20).raise_for_status()


def with_examples(document, address, token):
    """Names what is there, so that not every request is about something that is not."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"

    def found(path):
        return [one["id"] for one in session.get(f"{address}{path}", timeout=10).json()["value"]]

    users, groups = found("/v1.0/users"), found("/v1.0/groups")
    apps, audits = found("/v1.0/servicePrincipals"), found("/v1.0/auditLogs/directoryAudits?$top=1")
    # What is removed is not what the others are about.
    known = {
        "/v1.0/users/{id}": (users[0], users[-1]),
        "/v1.0/groups/{id}": (groups[0], groups[-1]),
        "/v1.0/servicePrincipals/{id}": (apps[0], apps[0]),
        "/v1.0/auditLogs/directoryAudits/{id}": (audits[0], audits[0]),
    }
    bodies = {
        "/v1.0/groups/{id}/members/$ref": {"@odata.id": f"{address}/v1.0/directoryObjects/{users[1]}"},
        "/v1.0/users/{id}/appRoleAssignments": {"principalId": users[0], "resourceId": apps[0]},
        "/v1.0/groups/{id}/appRoleAssignments": {"principalId": groups[0], "resourceId": apps[0]},
        "/api/v1/policy/what-if": {
            "guest": users[0], "app": "travel", "platform": "linux", "client_app_type": "browser",
        },
    }
    for path, operations in document["paths"].items():
        for begin, (kept, removed) in known.items():
            for method, operation in operations.items() if path.startswith(begin) else ():
                for parameter in operation["parameters"]:
                    if parameter["name"] == "id":
                        parameter["example"] = removed if method == "delete" else kept
        if path in bodies:
            operations["post"]["requestBody"]["content"]["application/json"]["example"] = bodies[path]
    return document


def main():
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        folder = Path(name)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        address = f"http://localhost:{port}"
        (folder / "entente.toml").write_text(
            f'public_url = "{address}"\nlisten = "127.0.0.1:{port}"\n[organization]\n'
            'id = "11111111-0000-4000-8000-000000000001"\nname = "Contoso"\ndomain = "contoso.example"\n'
            '[database]\nurl = "sqlite://entente.db"\n[secrets]\nkey = { file = "secret.key" }\n'
            "[limits]\napi = 1000000\n"
        )
        (folder / "objects.toml").write_text(
            '[[app]]\nslug = "robot"\npermissions = ["' + '", "'.join(PERMISSIONS) + '"]\n'
            f'[app.oidc]\nclient_id = "robot"\nclient_secret = "{SECRET}"\ngrant_types = ["client_credentials"]\n'
            '[[app]]\nslug = "travel"\nname = "Travel"\n[app.oidc]\nclient_id = "travel"\npublic = true\n'
            'redirect_uris = ["http://localhost:1/callback"]\n[[group]]\nslug = "auditors"\nname = "Auditors"\n[[group]]\nslug = "board"\nname = "Board"\n'
            + "".join(f'[[guest]]\nemail = "user{number}@fabrikam.example"\n' for number in range(5))
        )
        entente(folder, "apply", "objects.toml")
        log = open(folder / "entente.log", "w")
        environment = {**os.environ, "RUST_LOG": "info"}
        gateway = subprocess.Popen([ENTENTE, "serve"], cwd=folder, stdout=log, stderr=log, env=environment)
        try:
            wait_for(f"{address}/health/ready")
            form = {"grant_type": "client_credentials"}
            answer = requests.post(f"{address}/oidc/token", data=form, auth=("robot", SECRET), timeout=10)
            token = answer.json()["access_token"]
            document = requests.get(f"{address}/api/openapi.json", timeout=10).json()
            (folder / "openapi.json").write_text(json.dumps(with_examples(document, address, token)))
            done = subprocess.run(
                [
                    str(Path(sys.executable).parent / "schemathesis"), "run", "openapi.json", "--url", address,
                    "--header", f"Authorization: Bearer {token}", "--checks", ",".join(CHECKS),
                    "--phases", "examples,coverage,fuzzing", "--max-examples", "15", "--seed", "1",
                    "--generation-deterministic",
                    "--request-timeout", "20", "--continue-on-failure", "--no-color", "--warnings", "off",
                ],
                cwd=folder, capture_output=True, text=True, timeout=SECONDS,
            )
            if done.returncode != 0:
                print(done.stdout[-20000:], done.stderr[-4000:], file=sys.stderr)
                print((folder / "entente.log").read_text()[-4000:], file=sys.stderr)
                return 1
            cases = [line for line in done.stdout.splitlines() if "generated" in line]
            print("schemathesis: every answer is as described;", " ".join(cases).strip())
            return 0
        finally:
            gateway.terminate()
            gateway.wait()


sys.exit(main())
