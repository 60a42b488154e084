"""Every place where a secret can come in, each with one of its own, and the ways in which one could get out."""

import base64
from pathlib import Path
from urllib.parse import quote

SECRETS = {
    "DUBAN_HOOK_SECRET": "plant-hook-4f1c",
    "DUBAN_ROBOT_URL": "http://127.0.0.1:9/robot/send?access_token=plant-robot-77ab",
    "DUBAN_ROBOT_SECRET": "SECplant-sign-90de",
    "DUBAN_FEISHU_URL": "https://plant-user-3c:plant-pass-2b@nowhere.invalid/plant-path-5d",
    "DUBAN_FEISHU_SECRET": "plant-feishu-61aa",
    "DUBAN_MAIL_SERVER": "smtp://plant-smtp-3f:plant-smtp-7e@127.0.0.1:9",
    "DUBAN_MAIL_USER": "plant-mail-user-8e",
    "DUBAN_MAIL_PASSWORD": "plant-mail-pass-1d",
    "DUBAN_OTHER_URL": "json://plant-apprise-42:plant-apprise-43@127.0.0.1:9/plant-apprise-44",
    "DUBAN_CHECKPOINT_KEY": "plant-checkpoint-key-long-enough-to-seal",
    "PGPASSWORD": "plant-pgpassword-0a",
}
URL = "postgresql://duban:plant-db-11@127.0.0.1:9/street?sslpassword=plant-db-12&pasword=plant-db-13&passwd=plant-db-14"
ODD_URLS = (
    "host=127.0.0.1 user=duban password=plant-db-11",
    "host=127.0.0.1:9 password=plant-db-11",
    "plant-db-11",
    "/plant-db-11",
    "postgresql://duban@127.0.0.1:9/street?options=-cpassword%3Dplant-db-11",
    "postgresql://duban@127.0.0.1:9/street?options=-c%20search_path%3Da%20-cx.y%3Dplant-db-11",
    "postgresql://duban@127.0.0.1:9/street?application_name=password%3Dplant-db-11",
    "postgresql://duban:half@plant-db-11@127.0.0.1:9/street",
    "postgresql://duban/half:plant-db-11@127.0.0.1:9/street",
    "postgresql://duban%3Aplant-db-11@127.0.0.1:9/street",
    "postgresql://127.0.0.1:9/street%23password=plant-db-11",
    "postgresql://duban@127.0.0.1:9/street#plant-db-11",
    "postgresql://host=nowhere.invalid password=plant-db-11",
    "postgresql:///host=127.0.0.1 port=9 password=plant-db-11",
    "postgresql:/duban:plant-db-11@127.0.0.1:9/street",
    "postgresql://duban@plant-db-11,half@127.0.0.1:9/street",
    "https://127.0.0.1:9/plant-db-11",
    "sqlite:///nowhere/host=127.0.0.1 password=plant-db-11",
    "sqlite:///nowhere/postgresql://duban:plant-db-11@127.0.0.1:9/street",
)
"""Addresses of a database that somebody mistook for another form, or in which a password lies at an odd place."""
CHANNELS = """
hosts:
  127.0.0.1: {{ports: [9, {port}], plain: true, private: true}}
  nowhere.invalid: {{}}
channels:
  hook:
    kind: webhook
    to: [unit-head, city-management]
    digest: {{minutes: 0, most: 1}}
    url: http://127.0.0.1:{port}/duban
    secret: {{env: DUBAN_HOOK_SECRET}}
  robot:
    kind: dingtalk
    to: city-management
    digest: {{minutes: 0, most: 1}}
    url: {{env: DUBAN_ROBOT_URL}}
    secret: {{env: DUBAN_ROBOT_SECRET}}
  flock:
    kind: feishu
    to: city-management
    digest: {{minutes: 0, most: 1}}
    url: {{env: DUBAN_FEISHU_URL}}
    secret: {{env: DUBAN_FEISHU_SECRET}}
  letters:
    kind: mail
    to: city-management
    digest: {{minutes: 0, most: 1}}
    server: 127.0.0.1
    port: 9
    security: none
    user: {{env: DUBAN_MAIL_USER}}
    password: {{env: DUBAN_MAIL_PASSWORD}}
    sender: duban@example.org
    addresses: {{city-head: a@example.org, city-handler: b@example.org}}
  typed:
    kind: mail
    to: city-management
    digest: {{minutes: 0, most: 1}}
    server: {{env: DUBAN_MAIL_SERVER}}
    sender: duban@example.org
    addresses: {{city-head: a@example.org, city-handler: b@example.org}}
  other: {{kind: apprise, to: city-management, digest: {{minutes: 0, most: 1}}, url: {{env: DUBAN_OTHER_URL}}}}
"""


def _forms(secret: str) -> set[str]:
    """How a secret could be written down."""
    return {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode().rstrip("=")}


_PARTS = {
    "plant-smtp-3f", "plant-smtp-7e",
    "plant-robot-77ab", "plant-user-3c", "plant-pass-2b", "plant-path-5d", "plant-apprise-42", "plant-apprise-43",
    "plant-apprise-44", "plant-db-11", "plant-db-12", "plant-db-13", "plant-db-14",
}  # fmt: skip
NEEDLES = {form for secret in {*SECRETS.values(), *_PARTS} for form in _forms(secret)}


def leaked(text: str) -> set[str]:
    """Which secrets stand in it, in whatever form."""
    return {needle for needle in NEEDLES if needle in text}


def leaked_in_files(folder: Path, *besides: str) -> set[tuple[str, str]]:
    """Which secrets stand in the files below a folder, by the file; those whose names are in ``besides`` left out."""
    found = set()
    for file in folder.rglob("*"):
        if file.is_file() and file.name not in besides:
            held = file.read_bytes().decode("utf-8", errors="replace")
            found |= {(file.name, needle) for needle in leaked(held)}
    return found
