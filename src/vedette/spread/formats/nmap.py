"""Scans of nmap (`-oX`): hosts that are up, their open ports, and the vulnerabilities that scripts name.

Format: nmap.dtd; scripts: vulners (tables of `id`, `type`, `cvss`), vulscan (`[CVE-…]` in its text) and those of the
vulns library (tables with `state` and `ids`). A scan sees from one place: who else reaches whom is assumed.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from vedette.errors import BadInput
from vedette.records import Asset, Link, Network, NetworkService, Weakness
from vedette.sentences.catalogue import say
from vedette.spread.formats.xml import tree
from vedette.spread.network import within

SCANNER = "scanner"
_CVE = re.compile(r"CVE-\d{4}-\d{4,}", re.IGNORECASE)
_WIDTHS = {4: 24, 6: 64}  # hosts whose first bits agree share a subnet


@dataclass(slots=True)
class _Host:
    names: dict[str, None] = field(default_factory=dict)
    addresses: dict[str, None] = field(default_factory=dict)
    services: dict[NetworkService, None] = field(default_factory=dict)
    weaknesses: dict[tuple[str, int], Weakness] = field(default_factory=dict)


def read(files: Mapping[str, bytes], name: str) -> Network:
    """One network of one or several scans; a host in several, by its first address, counts once. Raises BadInput."""
    hosts: dict[str, _Host] = {}
    for file, content in files.items():
        root = tree(content, file)
        if root.tag != "nmaprun":
            raise BadInput(f"{file} begins with <{root.tag}>, and a scan of nmap with <nmaprun>; save it with -oX.")
        for element in root.iter("host"):
            _host(element, hosts, file)
    if not hosts:
        raise BadInput("No host of the scan was up; scan again, or name hosts that answer.")
    assets = [_asset(address, host) for address, host in hosts.items()]
    assets.append(Asset(SCANNER, kind="scanner"))
    groups: dict[str, list[str]] = {}
    for asset in assets:
        groups.setdefault(asset.group or asset.id, []).append(asset.id)
    within(len(assets), len(assets) + sum(len(group) * (len(group) - 1) for group in groups.values()))
    links = [Link(SCANNER, asset.id) for asset in assets[:-1]]
    for group in groups.values():
        links += [Link(source, target) for source in group for target in group if source != target]
    said = (say("nmap.subnets"), say("nmap.scanner", asset=repr(SCANNER)), say("nmap.findings"))
    return Network(name, tuple(assets), tuple(links), said)


def _host(element: Any, hosts: dict[str, _Host], file: str) -> None:
    status = element.find("status")
    if status is not None and status.get("state") != "up":
        return
    addresses = [one.get("addr", "") for one in element.findall("address") if one.get("addrtype") in ("ipv4", "ipv6")]
    addresses = addresses or [one.get("addr", "") for one in element.findall("address")]
    if not addresses or not addresses[0]:
        raise BadInput(f"{file} has a host without an address; save the scan again with -oX.")
    host = hosts.setdefault(addresses[0], _Host())
    host.addresses.update(dict.fromkeys(addresses))
    host.names.update(dict.fromkeys(one.get("name", "") for one in element.iter("hostname")))
    for port in element.iter("port"):
        state = port.find("state")
        if state is not None and state.get("state") == "open":
            _port(port, host, file)
    for script in element.findall("hostscript/script"):
        _weaknesses(script, 0, host)


def _port(element: Any, host: _Host, file: str) -> None:
    try:
        number = int(element.get("portid", ""))
    except ValueError as error:
        raise BadInput(f"{file} has the port {element.get('portid')!r}; a port is a number.") from error
    found = element.find("service")
    said = {key: found.get(key, "") if found is not None else "" for key in ("name", "product", "version")}
    host.services[NetworkService(number, element.get("protocol", "tcp"), **said)] = None
    for script in element.findall("script"):
        _weaknesses(script, number, host)


def _weaknesses(script: Any, port: int, host: _Host) -> None:
    identity = script.get("id", "")
    if identity == "vulners":
        found = _of_vulners(script)
    elif identity == "vulscan":
        found = ((cve.upper(), None) for cve in _CVE.findall(script.get("output", "")))
    else:
        found = _of_vulns_library(script)
    for cve, score in found:
        host.weaknesses.setdefault((cve, port), Weakness(cve, port, score=score))


def _of_vulners(script: Any) -> Iterator[tuple[str, float | None]]:
    for table in script.iter("table"):
        said = {one.get("key"): (one.text or "") for one in table.findall("elem")}
        if _CVE.fullmatch(said.get("id", "")):
            yield said["id"].upper(), _score(said.get("cvss", ""))


def _of_vulns_library(script: Any) -> Iterator[tuple[str, float | None]]:
    """Tables that say that a host is (or is likely) vulnerable; what is only checked is no weakness."""
    for table in script.findall("table"):
        state = next((one.text or "" for one in table.findall("elem") if one.get("key") == "state"), "")
        if state.startswith(("VULNERABLE", "LIKELY VULNERABLE")):
            ids = [one.text or "" for one in table.findall("table[@key='ids']/elem")]
            for cve in dict.fromkeys(_CVE.findall(" ".join((table.get("key", ""), *ids)))):
                yield cve.upper(), None


def _score(given: str) -> float | None:
    try:
        score = float(given)
    except ValueError:
        return None
    return score if 0 < score <= 10 else None


def _asset(address: str, host: _Host) -> Asset:
    names = [name for name in host.names if name]
    return Asset(
        id=names[0] if names else address,
        name=names[0] if names else "",
        addresses=tuple(host.addresses),
        group=_subnet(address),
        services=tuple(host.services),
        weaknesses=tuple(host.weaknesses.values()),
    )


def _subnet(address: str) -> str:
    """
    >>> _subnet("10.1.2.3")
    '10.1.2.0/24'
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{found}/{_WIDTHS[found.version]}", strict=False))
