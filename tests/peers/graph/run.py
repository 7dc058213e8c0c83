"""Points independent clients of Microsoft Graph at the gateway: npm `@microsoft/microsoft-graph-client` and PyPI
`msgraph-sdk`. Each prints one line; exit 0 only if all of them held.

usage: python run.py PATH_OF_ENTENTE FOLDER_WITH_NODE_MODULES
"""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

HERE = Path(__file__).parent
ENTENTE = str(Path(sys.argv[1]).resolve())
NODE = str(Path(sys.argv[2]).resolve())
SECRET = "a-secret-of-the-robot-0123456789"
PERMISSIONS = ["User.ReadWrite.All", "Group.ReadWrite.All", "Application.Read.All", "AppRoleAssignment.ReadWrite.All"]


def entente(folder, *arguments):
    done = subprocess.run([ENTENTE, *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"entente {' '.join(arguments)}: {done.stderr}{done.stdout}")


def wait_for(url):
    with requests.Session() as session:
        retry = requests.packages.urllib3.Retry(total=60, connect=60, backoff_factor=0.05, backoff_max=0.5)
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retry))
        session.get(url, timeout=20).raise_for_status()


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
        )
        (folder / "objects.toml").write_text(
            '[[app]]\nslug = "robot"\npermissions = ["' + '", "'.join(PERMISSIONS) + '"]\n'
            f'[app.oidc]\nclient_id = "robot"\nclient_secret = "{SECRET}"\ngrant_types = ["client_credentials"]\n'
            '[[app]]\nslug = "travel"\nname = "Travel"\n[app.oidc]\nclient_id = "travel"\npublic = true\n'
            'redirect_uris = ["http://localhost:1/callback"]\n'
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
            failed = 0
            for command, cwd in (
                (["node", "client.mjs", address, token], NODE),
                ([sys.executable, str(HERE / "sdk.py"), address, token], None),
            ):
                failed += subprocess.run(command, cwd=cwd).returncode != 0
            if failed:
                print((folder / "entente.log").read_text()[-4000:], file=sys.stderr)
            return 1 if failed else 0
        finally:
            gateway.terminate()
            gateway.wait()


sys.exit(main())
