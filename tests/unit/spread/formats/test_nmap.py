"""Scans of nmap: hosts, ports, and what scripts found."""

from __future__ import annotations

import pytest

from vedette.errors import BadInput
from vedette.records import NetworkService, Weakness
from vedette.spread import formats

SCAN = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<nmaprun scanner="nmap" args="nmap -sV --script vulners -oX scan.xml 10.1.0.0/24" version="7.94">
<host><status state="up" reason="echo-reply"/>
  <address addr="10.1.0.5" addrtype="ipv4"/><address addr="00:11:22:33:44:55" addrtype="mac"/>
  <hostnames><hostname name="web.example.net" type="PTR"/></hostnames>
  <ports><extraports state="closed" count="998"/>
    <port protocol="tcp" portid="22"><state state="open" reason="syn-ack"/>
      <service name="ssh" product="OpenSSH" version="9.6"/>
      <script id="vulners" output="...">
        <table key="cpe:/a:openbsd:openssh:9.6">
          <table><elem key="id">CVE-2024-6387</elem><elem key="cvss">8.1</elem><elem key="type">cve</elem>
            <elem key="is_exploit">false</elem></table>
          <table><elem key="id">PACKETSTORM:1</elem><elem key="cvss">9.9</elem><elem key="type">exploit</elem></table>
        </table></script></port>
    <port protocol="tcp" portid="80"><state state="open"/><service name="http"/>
      <script id="vulscan" output="MITRE CVE:&#10;[CVE-2021-41773] A flaw in httpd&#10;[CVE-2021-41773] again"/></port>
    <port protocol="tcp" portid="8080"><state state="filtered"/></port>
  </ports></host>
<host><status state="up"/><address addr="10.1.0.9" addrtype="ipv4"/>
  <ports><port protocol="tcp" portid="445"><state state="open"/><service name="microsoft-ds"/></port></ports>
  <hostscript>
    <script id="smb-vuln-ms17-010" output="..."><table key="CVE-2017-0143">
      <elem key="title">RCE in SMBv1</elem><elem key="state">VULNERABLE</elem>
      <table key="ids"><elem>CVE:CVE-2017-0143</elem></table></table></script>
    <script id="smb-vuln-cve-2020-0796" output="..."><table key="CVE-2020-0796">
      <elem key="state">NOT VULNERABLE</elem><table key="ids"><elem>CVE:CVE-2020-0796</elem></table></table></script>
  </hostscript></host>
<host><status state="down"/><address addr="10.1.0.7" addrtype="ipv4"/></host>
<host><status state="up"/><address addr="10.2.0.1" addrtype="ipv4"/></host>
</nmaprun>"""


def test_hosts_ports_and_weaknesses() -> None:
    found = formats.read({"scan.xml": SCAN.encode()}, "site")
    assets = {asset.id: asset for asset in found.assets}
    assert list(assets) == ["10.1.0.9", "10.2.0.1", "scanner", "web.example.net"]
    web = assets["web.example.net"]
    assert (web.addresses, web.group) == (("10.1.0.5",), "10.1.0.0/24")
    assert web.services == (NetworkService(22, "tcp", "ssh", "OpenSSH", "9.6"), NetworkService(80, "tcp", "http"))
    assert web.weaknesses == (Weakness("CVE-2021-41773", 80), Weakness("CVE-2024-6387", 22, score=8.1))
    assert assets["10.1.0.9"].weaknesses == (Weakness("CVE-2017-0143"),)


def test_who_reaches_whom_is_assumed_and_said() -> None:
    found = formats.read({"scan.xml": SCAN.encode()})
    assert {(link.source, link.target) for link in found.links} == {
        ("scanner", "web.example.net"),
        ("scanner", "10.1.0.9"),
        ("scanner", "10.2.0.1"),
        ("web.example.net", "10.1.0.9"),
        ("10.1.0.9", "web.example.net"),
    }
    said = " ".join(found.assumptions)
    assert "same subnet (IPv4 /24, IPv6 /64)" in said
    assert "'scanner', which reaches every host" in said


def test_several_scans_make_one_network() -> None:
    more = """<nmaprun><host><address addr="10.1.0.9" addrtype="ipv4"/><ports>
      <port protocol="tcp" portid="3389"><state state="open"/></port></ports></host></nmaprun>"""
    found = formats.read({"a.xml": SCAN.encode(), "b.xml": more.encode()})
    assert [service.port for asset in found.assets if asset.id == "10.1.0.9" for service in asset.services] == [
        445,
        3389,
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<nmaprun></nmaprun>", "No host of the scan was up"),
        ("<nmaprun><host></host></nmaprun>", "a host without an address"),
        ('<nmaprun><host><address addr="10.0.0.1" addrtype="ipv4"/><ports><port portid="x"><state state="open"/></port>'
         "</ports></host></nmaprun>", "has the port 'x'"),
        ("<nmaprun><host>", "is not XML that can be read"),
        ('<!DOCTYPE nmaprun [<!ENTITY a "b">]><nmaprun>&a;</nmaprun>', "declares XML entities"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        formats.read({"scan.xml": text.encode()})
    assert sentence in caught.value.message
