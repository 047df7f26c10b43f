"""A real IMAP server for the tests: Dovecot from the system's packages, in a folder of its own, over TLS."""

from __future__ import annotations

import grp
import os
import pwd
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from imaplib import IMAP4_SSL

import trustme

from servers.databases import absent, free_port, own_folder, program, running

PASSWORD = "p@ss wörd"
# Dovecot 2.3, as a user of no importance: without its users, its chroots and its mailboxes of the system.
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = /dev/stderr
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
mail_location = maildir:{folder}/mail/%u
mail_home = {folder}/mail/%u
first_valid_uid = 1
auth_mechanisms = plain
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # A wrong password does not slow down the next one who signs in.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class Imap:
    """Where it is; any of its `users` signs in with PASSWORD. `ca_file` holds the authority of its certificate."""

    port: int
    ca_file: str
    users: tuple[str, ...]

    def open(self, user: str) -> IMAP4_SSL:
        """A mail program of a user, with the INBOX selected."""
        client = IMAP4_SSL("localhost", self.port, ssl_context=ssl.create_default_context(cafile=self.ca_file))
        client.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
        client.select("INBOX")
        return client


@contextmanager
def dovecot(prefix: str = "", separator: str = "/", users: int = 100) -> Iterator[Imap]:
    """Dovecot with so many users, `u0` and on, whose mailboxes but INBOX begin with a prefix."""
    server = program("dovecot")
    version = subprocess.run([server, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("2.3."):
        absent(f"These tests write settings of Dovecot 2.3, and this is {version.strip()}; install 2.3.")
    me = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    with own_folder(me.pw_name) as folder:
        port, names = free_port(), tuple(f"u{number}" for number in range(users))
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
        (folder / "users").write_text("".join(f"{name}:{PASSWORD}::::::\n" for name in names), encoding="utf-8")
        group = grp.getgrgid(me.pw_gid).gr_name
        places = {"folder": folder, "port": port, "prefix": prefix, "separator": separator}
        (folder / "dovecot.conf").write_text(CONFIG.format(user=me.pw_name, group=group, **places))
        for made in folder.iterdir():
            os.chown(made, me.pw_uid, me.pw_gid)
        imap = Imap(port, str(folder / "ca.pem"), names)
        with running([server, "-F", "-c", str(folder / "dovecot.conf")], folder, lambda: _ready(imap)):
            yield imap


def _ready(imap: Imap) -> bool:
    try:
        imap.open(imap.users[-1]).logout()
    except OSError:
        return False
    return True
