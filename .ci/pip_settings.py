"""Picks from `pip config list` (stdin) what says how to reach the registry, for a `shell` or as a pip.conf (`file`)."""

import ast
import os
import shlex
import sys
from pathlib import Path

KEPT = ("INDEX_URL", "CERT", "CLIENT_CERT", "PROXY", "TRUSTED_HOST", "KEYRING_PROVIDER", "RETRIES", "TIMEOUT")
STRONGEST_LAST = ("global", "install", ":env:")
# pip before 24.2 knows only the authorities that it brings along; the machine's bundle has those and a company's own.
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")


def pick(lines: list[str]) -> dict[str, str]:
    """Settings, each by the name that it has in a PIP_ variable."""
    found = {}
    for section in STRONGEST_LAST:
        for line in lines:
            key, _, value = line.strip().partition("=")
            where, _, name = key.rpartition(".")
            name = name.upper().replace("-", "_").removeprefix("DEFAULT_")
            if where == section and name in KEPT:
                found[name] = " ".join(str(ast.literal_eval(value)).split())
    bundles = [path for path in (os.environ.get("SSL_CERT_FILE", ""), *BUNDLES) if path and Path(path).is_file()]
    if bundles:
        found.setdefault("CERT", bundles[0])
    return found


settings = pick(sys.stdin.readlines())
if sys.argv[1] == "shell":
    sys.stdout.writelines(f"export PIP_{name}={shlex.quote(value)}\n" for name, value in settings.items())
else:
    sys.stdout.write("[global]\n")
    sys.stdout.writelines(f"{name.lower().replace('_', '-')} = {value}\n" for name, value in settings.items())
