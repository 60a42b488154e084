"""Hostile addresses: of stores, of channels, of mail."""

from typing import Any, Final

# Each with a word of the reason. A password in them is never repeated.
STORES: Final[dict[str, str]] = {
    "sqlite:////dev/zero": "no plain file",
    "sqlite:////dev/urandom": "no plain file",
    "sqlite:////dev/tty": "no plain file",
    "sqlite:////proc/self/fd/0": "no plain file",
    "sqlite:////tmp": "no plain file",
    "sqlite:////": "no plain file",
    "sqlite:///../../../../../../../../../dev/null": "no plain file",
    "sqlite:///" + "x" * 5_000: "no plain file",
    "sqlite:///a\0b": "plain path",
    "sqlite:///file:/etc/passwd": "plain path",
    "sqlite:///file::memory:": "plain path",
    "sqlite:///street.db?mode=memory": "plain path",
    "sqlite:///file:/etc/passwd?mode=ro&uri=true": "plain path",
    "sqlite:///street.db?vfs=unix-none": "plain path",
    "sqlite:///street.db?immutable=1": "plain path",
    "sqlite://evil.example/street.db": "plain path",
    "sqlite://user:hunter2@/street.db": "plain path",
    "sqlite+pysqlcipher://:hunter2@/street.db": "",
    "postgresql://db/street?service=evil": "decide what is connected to",
    "postgresql://db/street?servicefile=/etc/passwd": "decide what is connected to",
    "postgresql://db/street?passfile=/etc/passwd": "decide what is connected to",
    "postgresql://db/street?sslkeylogfile=/etc/cron.d/x": "decide what is connected to",
    "postgresql://db/street?sslmode=require&gsslib=evil.so": "decide what is connected to",
    "postgresql://user:hunter2@db:port/street": "no",
    "postgresql://user:hunter2@db:99999999999999/street?service=x": "",
    "mysql://root:hunter2@db/street": "SQLite or PostgreSQL",
    "oracle://db/street": "SQLite or PostgreSQL",
    "file:///etc/passwd": "",
    "gopher://evil.example/": "",
    "http://169.254.169.254/latest/meta-data/": "",
    "javascript:alert(1)": "",
    "os.system:////id": "",
    "sqlite://:hunter2@/street.db": "plain path",
    "": "not a database URL",
    "street.db": "not a database URL",
    "://": "not a database URL",
    "\r\nsqlite:///x": "",
}

HOSTS: Final = ("hooks.street.example",)
CHANNELS: Final = (
    "file:///etc/passwd", "gopher://hooks.street.example/", "ftp://hooks.street.example/", "dict://127.0.0.1:6379/info",
    "ldap://127.0.0.1/", "jar:https://hooks.street.example!/", "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/", "http://metadata.google.internal/", "https://hooks.street.example@evil.example/",
    "https://evil.example\\@hooks.street.example/", "https://hooks.street.example:443@evil.example/",
    "https://hooks.street.example/\r\nHost: evil.example", "https://hooks.street.example/\nX: y",
    "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://[::ffff:127.0.0.1]/",
    "https://[::1]/", "https://0.0.0.0/", "https://localhost/", "https://hooks.street.example.evil.example/",
    "https://hooks.street.example:22/", "https://HOOKS.STREET.EXAMPLE/", "https://hooks.street.example./",
    "http://hooks.street.example/", "https://hooks.street.example/" + "x" * 5_000, "https://\u2100.example/",
)  # fmt: skip
MAILS: Final = (
    "a@b\r\nBcc: evil@example.org", "a@b,c@d", "<a@b>", "A <a@b>", '"a b"@c', "a@[127.0.0.1]", "@b", "a@", "a b@c",
    "a@b@c", "a" * 300 + "@b", "a@b;c@d", "a%b@c d", "a@\u0430.example",
)  # fmt: skip


def cases() -> list[dict[str, Any]]:
    """All of them, for a child."""
    found = [{"name": f"store {url[:60]!r}", "kind": "store", "url": url, "says": says} for url, says in STORES.items()]
    found += [{"name": f"channel {url[:60]!r}", "kind": "channel", "url": url, "says": ""} for url in CHANNELS]
    return [*found, *({"name": f"mail {url[:60]!r}", "kind": "mail", "url": url, "says": ""} for url in MAILS)]
