"""Mails as they come in: from people, from mail servers, and from those who mean no good."""

from __future__ import annotations

from email.message import EmailMessage

OURS = "vedette@school.example"
AUTHSERV = "mx.school.example"
QUESTION = "0123456789abcdef0123456789abcdef"
ANSWER_ID = f"<question.{QUESTION}.answer@school.example>"


def mail(text: str = "What is MFA?", sender: str = "Ana <ana@example.org>", **fields: str) -> EmailMessage:
    """A mail of somebody for whom our server vouches. `fields`: more of its header, `_` for `-`."""
    message = EmailMessage()
    domain = sender.rpartition("@")[2].strip("> ")
    message["Authentication-Results"] = f"{AUTHSERV}; dmarc=pass header.from={domain}"
    message["From"] = sender
    message["To"] = OURS
    message["Subject"] = "A question"
    message["Message-ID"] = "<1@example.org>"
    for name, value in fields.items():
        del message[name.replace("_", "-")]
        if value:
            message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def bounce(status: str = "5.1.1", action: str = "failed", original: str = ANSWER_ID) -> bytes:
    """What Postfix sends for a letter that it could not deliver."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {OURS}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Message-Id: <20261121@mx.example.org>
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="B/mx.example.org"

This is a MIME-encapsulated message.

--B/mx.example.org
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org. I'm sorry.

--B/mx.example.org
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: B

Final-Recipient: rfc822; ana@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 {status} <ana@example.org>: Recipient address
    rejected: User unknown

--B/mx.example.org
Content-Type: text/rfc822-headers

Message-ID: {original}
From: {OURS}
To: ana@example.org

--B/mx.example.org--
""".encode()
