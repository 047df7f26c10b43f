"""Make examples/network: an invented company of 500 hosts, and an invented history of outbreaks in it.

    python scripts/make_example_network.py [--out DIR]

The same bytes on every run. Hosts, links and incidents are made up; the vulnerabilities are real ones, about which the
sample library (examples/security: KEV, CVE records, CSAF advisories) knows something. The history comes from a plain
event-by-event simulation of the network's own rates with the parameters below, written independently of the kernels, so
that calibration can be held against what it should find.
"""

from __future__ import annotations

import argparse
import csv
import heapq
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from vedette.records import Asset, Incident, Link, Network, NetworkService, Weakness
from vedette.spread.formats.own import dumps
from vedette.spread.graph import Graph
from vedette.spread.network import checked, digest
from vedette.spread.prepared import graph_of_network
from vedette.spread.rates import CveFacts, Facts, RateRules

ROOT = Path(__file__).parents[1]
SEED = 20_261_122
# The truth behind the history.
TRANSMISSION, RECOVERY, DETECTION = 0.7, 1.3, 0.85
OUTBREAKS, DAYS = 40, 30.0
EASY = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
EASIEST = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"
HARD = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"
LOCAL = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"
# Vectors of NVD where the sample library has none (KEV names no vector); the others are looked up.
VECTORS = {
    "CVE-2021-44228": EASIEST,  # Log4Shell
    "CVE-2019-0708": EASY,  # BlueKeep
    "CVE-2017-0144": HARD,  # EternalBlue
    "CVE-2020-1472": EASIEST,  # Zerologon
    "CVE-2021-26855": EASY,  # ProxyLogon
    "CVE-2021-21985": EASY,  # vCenter
    "CVE-2022-26134": EASY,  # Confluence
    "CVE-2023-46604": EASY,  # ActiveMQ
    "CVE-2021-4034": LOCAL,  # PwnKit
    "CVE-2021-1732": LOCAL,  # Win32k
}
Services = dict[int, str]
WINDOWS: Services = {445: "microsoft-ds", 3389: "ms-wbt-server"}
LINUX: Services = {22: "ssh"}


@dataclass(slots=True)
class Company:
    """What is there so far."""

    chance: random.Random
    assets: dict[str, Asset]
    links: dict[tuple[str, str, str, int], Link]

    def add(self, name: str, zone: str, services: Services, cves: tuple[str, ...] = (), **more: object) -> str:
        net = {"internet": "203.0.113", "dmz": "198.51.100", "cloud": "10.40.0", "servers": "10.20.0", "ot": "10.50.0"}
        floor = zone.rpartition("-")[2]
        prefix = net.get(zone, f"10.30.{floor}")
        place = sum(asset.group == zone for asset in self.assets.values()) + 10
        self.assets[name] = Asset(
            id=name,
            kind=str(more.get("kind", "host")),
            addresses=(f"{prefix}.{place}",),
            group=zone,
            criticality=float(str(more.get("criticality", 0.0))),
            services=tuple(NetworkService(port, name=said) for port, said in services.items()),
            weaknesses=tuple(self.weakness(cve) for cve in cves),
            controls=tuple(str(more.get("controls", "")).split()),
        )
        return name

    def weakness(self, text: str) -> Weakness:
        cve, _, port = text.partition("@")
        return Weakness(cve, int(port or 0), vector=VECTORS.get(cve))

    def reach(self, source: str, target: str, port: int) -> None:
        if source != target:
            self.links[source, target, "reach", port] = Link(source, target, "reach", port)

    def credential(self, source: str, target: str) -> None:
        if source != target:
            self.links[source, target, "credential", 0] = Link(source, target, "credential")

    def of(self, zone: str, begin: str = "") -> list[str]:
        return [name for name, one in self.assets.items() if one.group.startswith(zone) and name.startswith(begin)]


def company() -> Network:
    made = Company(random.Random(SEED), {}, {})
    hosts_outside(made)
    hosts_of_servers(made)
    hosts_of_offices(made)
    hosts_of_ot(made)
    links_between_zones(made)
    links_in_offices(made)
    credentials(made)
    return checked(Network("example", tuple(made.assets.values()), tuple(made.links.values())))


def hosts_outside(made: Company) -> None:
    made.add("internet", "internet", {}, kind="outside")
    for number in range(1, 9):
        cves = ("CVE-2021-44228@8080",) if number in (1, 4) else ("CVE-2024-4577@443",) if number == 6 else ()
        made.add(f"web-{number}", "dmz", {443: "https", 8080: "http", 22: "ssh"}, (*cves, "CVE-2024-6387@22"))
    made.add("vpn-1", "dmz", {443: "https"}, ("CVE-2024-3400@443",), kind="firewall")
    made.add("transfer-1", "dmz", {443: "https"}, ("CVE-2023-34362@443",))
    made.add("router-1", "dmz", {443: "https"}, ("CVE-2023-20198@443",), kind="router")
    made.add("mail-1", "dmz", {443: "https", 25: "smtp"}, ("CVE-2021-26855@443",), criticality=0.6)
    made.add("support-1", "dmz", {8040: "screenconnect"}, ("CVE-2024-1709@8040",))
    made.add("proxy-1", "dmz", {3128: "http-proxy"})
    made.add("dns-1", "dmz", {53: "domain"})
    made.add("jenkins-1", "cloud", {8080: "http"}, ("CVE-2024-23897@8080",), criticality=0.5)
    for number in range(1, 25):
        cves = ("CVE-2024-6387@22", "CVE-2021-4034") if number % 3 == 0 else ("CVE-2021-4034",)
        made.add(f"node-{number:02}", "cloud", {22: "ssh", 10250: "kubelet"}, cves)
    for number in range(1, 7):
        cves = ("CVE-2023-46604@61616",) if number == 2 else ()
        made.add(f"queue-{number}", "cloud", {61616: "activemq", 22: "ssh"}, cves)


def hosts_of_servers(made: Company) -> None:
    for number in range(1, 4):
        cves = ("CVE-2020-1472@445",) if number == 3 else ()
        made.add(f"dc-{number}", "servers", {**WINDOWS, 88: "kerberos-sec"}, cves, criticality=1.0, controls="edr")
    for number in range(1, 5):
        cves = ("CVE-2021-34527@445",) if number < 3 else ()
        made.add(f"print-{number}", "servers", WINDOWS, cves)
    for number in range(1, 7):
        cves = ("CVE-2017-0144@445",) if number == 5 else ()
        made.add(f"files-{number}", "servers", WINDOWS, cves, criticality=0.5, controls="edr")
    for number in range(1, 21):
        cves = ("CVE-2021-44228@8080",) if number in (3, 7, 12) else ()
        made.add(f"app-{number:02}", "servers", {8080: "http", 22: "ssh"}, (*cves, "CVE-2024-6387@22"))
    for number in range(1, 11):
        critical = 1.0 if number == 1 else 0.4
        made.add(f"db-{number:02}", "servers", {5432: "postgresql", 22: "ssh"}, criticality=critical, controls="edr")
    for number in range(1, 7):
        made.add(f"esx-{number}", "servers", {443: "https"}, criticality=0.5)
    made.add("vcenter-1", "servers", {443: "https"}, ("CVE-2021-21985@443",), criticality=0.8)
    made.add("wiki-1", "servers", {8090: "http"}, ("CVE-2022-26134@8090",))
    made.add("backup-1", "servers", {445: "microsoft-ds"}, criticality=1.0, controls="mfa monitored")
    made.add("deploy-1", "servers", WINDOWS, criticality=0.7, controls="edr")
    made.add("jump-1", "servers", {3389: "ms-wbt-server"}, controls="mfa edr")


def hosts_of_offices(made: Company) -> None:
    for number in range(1, 351):
        floor = (number - 1) // 60 + 1
        cves = ["CVE-2021-1732"] if number % 2 else []
        cves += ["CVE-2019-0708@3389"] if made.chance.random() < 0.06 else []
        cves += ["CVE-2017-0144@445"] if made.chance.random() < 0.05 else []
        controls = "edr" if made.chance.random() < 0.7 else ""
        controls += " laps" if floor != 3 else ""
        made.add(f"pc-{number:03}", f"office-{floor}", WINDOWS, tuple(cves), kind="workstation", controls=controls)
    for number in range(1, 9):
        made.add(f"admin-{number}", "office-7", WINDOWS, kind="workstation", controls="edr laps", criticality=0.4)


def hosts_of_ot(made: Company) -> None:
    made.add("historian-1", "ot", {**WINDOWS, 1433: "ms-sql-s"}, ("CVE-2017-0144@445",), criticality=0.7)
    for number in range(1, 6):
        made.add(f"eng-{number}", "ot", WINDOWS, ("CVE-2020-26991", "CVE-2019-0708@3389"), kind="workstation")
    for number in range(1, 9):
        cves = ("CVE-2017-12652@443",) if number % 2 else ()
        made.add(f"hmi-{number}", "ot", {443: "https", 3389: "ms-wbt-server"}, cves, criticality=0.5)
    for number in range(1, 7):
        made.add(f"gateway-{number}", "ot", {502: "modbus", 443: "https"}, ("CVE-2021-4161@443",), kind="gateway")
    for number in range(1, 22):
        critical = 1.0 if number == 1 else 0.6
        cves = ("CVE-2022-30997",) if number % 4 == 0 else ()
        made.add(f"plc-{number:02}", "ot", {502: "modbus"}, cves, kind="plc", criticality=critical)


def links_between_zones(made: Company) -> None:
    facing = {asset.id: asset.services for asset in made.assets.values() if asset.group == "dmz"}
    for host, services in facing.items():
        for service in services:
            if service.port != 22:
                made.reach("internet", host, service.port)
    for number in range(1, 9):
        for app in made.chance.sample(made.of("servers", "app-"), 5):
            made.reach(f"web-{number}", app, 8080)
    for host in ("vpn-1", "support-1"):
        for target in made.of("servers", "files-") + made.of("servers", "dc-") + ["jump-1", "wiki-1"]:
            for port in (445, 3389, 8090):
                if any(service.port == port for service in made.assets[target].services):
                    made.reach(host, target, port)
    for host in ("router-1", "transfer-1", "mail-1"):
        for target in ("dc-1", "dc-3", "files-1", "files-5"):
            made.reach(host, target, 445)
    for app in made.of("servers", "app-"):
        for database in made.chance.sample(made.of("servers", "db-"), 2):
            made.reach(app, database, 5432)
        for other in made.chance.sample(made.of("servers", "app-"), 4):
            made.reach(app, other, made.chance.choice((22, 8080)))
        made.reach(app, made.chance.choice(made.of("cloud", "queue-")), 61616)
    made.reach("app-03", "jenkins-1", 8080)
    made.reach("app-12", "wiki-1", 8090)
    for target in ("dc-2", "dc-3"):
        made.reach("wiki-1", target, 445)
    for node in made.of("cloud"):
        for other in made.chance.sample(made.of("cloud"), 5):
            made.reach(node, other, made.assets[other].services[0].port)
    for source in ("jump-1", "historian-1"):
        for target in made.of("ot", "eng-") + made.of("ot", "hmi-"):
            made.reach(source, target, 3389)
    for source in ("app-07", "files-5", "jump-1", "wiki-1"):
        made.reach(source, "historian-1", 445)
    ot = [name for name in made.of("ot") if not name.startswith("plc")]
    for source in ot:
        for target in made.chance.sample(made.of("ot"), 12):
            made.reach(source, target, 0)


def links_in_offices(made: Company) -> None:
    common = ["dc-1", "dc-2", "dc-3", "files-5", *made.of("servers", "print-")]
    for number in range(1, 8):
        here = made.of(f"office-{number}")
        for source in here:
            for target in made.chance.sample(here, min(len(here), 5)):
                made.reach(source, target, made.chance.choice((445, 3389)))
            for server in (*made.chance.sample(common, 2), f"files-{(number - 1) % 6 + 1}"):
                made.reach(source, server, 445)
            made.reach(source, made.chance.choice(made.of("servers", "app-")), 8080)
            if made.chance.random() < 0.2:
                made.reach(source, "wiki-1", 8090)
    for source in made.of("office-7", "admin-"):
        for target in ("vcenter-1", "jump-1", "deploy-1", *made.of("servers", "esx-")):
            made.reach(source, target, 443 if target.startswith(("v", "e")) else 3389)


def credentials(made: Company) -> None:
    """Sessions, passwords that are used again, accounts of services."""
    floor = made.of("office-3")
    for source in floor:  # one local administrator's password for a whole floor
        for target in made.chance.sample(floor, 2):
            made.credential(source, target)
    for number, source in enumerate(made.of("office-7", "admin-")):
        made.credential(
            source, ("dc-1", "vcenter-1", "deploy-1", "files-1", "db-01", "jump-1", "wiki-1", "app-01")[number]
        )
    for source in made.chance.sample(made.of("office-"), 12):  # where somebody with more rights is signed in
        made.credential(source, made.chance.choice(made.of("servers")))
    for app in made.of("servers", "app-"):
        made.credential(app, made.chance.choice(made.of("servers", "db-")))
    for target in made.chance.sample(made.of("office-"), 40) + made.of("servers", "files-"):
        made.credential("deploy-1", target)
    for target in made.of("servers", "db-")[:4] + made.of("servers", "files-")[:3]:
        made.credential("backup-1", target)
    made.credential("files-5", "backup-1")
    for esx in made.of("servers", "esx-"):
        made.credential("vcenter-1", esx)
    for node in made.of("cloud", "node-")[:12]:
        made.credential("jenkins-1", node)
    for source in made.of("ot", "eng-"):
        for target in made.chance.sample(made.of("ot", "plc-"), 6):
            made.credential(source, target)
    made.credential("dc-3", "dc-1")
    made.credential("wiki-1", "app-05")


# ── what the sample library knows ────────────────────────────────────────────────────────────────


def facts_of(library: Path) -> Facts:
    """KEV and the CVSS vectors of CVE records and CSAF advisories in `library`."""
    kev = json.loads((library / "kev" / "known_exploited_vulnerabilities.json").read_text(encoding="utf-8"))
    exploited = {entry["cveID"] for entry in kev["vulnerabilities"]}
    vectors: dict[str, str] = {}
    for path in sorted((library / "csaf").glob("*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8")).get("vulnerabilities", []):
            for score in entry.get("scores", []):
                vectors.setdefault(entry.get("cve", ""), score.get("cvss_v3", {}).get("vectorString", ""))
    for path in sorted((library / "cve").glob("*.json")):
        vectors[path.stem] = next(vectors_of(json.loads(path.read_text(encoding="utf-8"))), "")

    def facts(cve: str) -> CveFacts | None:
        if cve not in exploited and not vectors.get(cve):
            return None
        return CveFacts(cve, vectors.get(cve, ""), kev=cve in exploited)

    return facts


def vectors_of(record: dict[str, object]) -> Iterator[str]:
    """The CVSS v3 vectors anywhere in a record, in order."""
    for value in record.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from vectors_of(one)
    vector = record.get("vectorString")
    if isinstance(vector, str) and vector.startswith("CVSS:3"):
        yield vector


# ── history ──────────────────────────────────────────────────────────────────────────────────────


def history(network: Network, graph: Graph) -> list[Incident]:
    """Outbreaks of the network's own rates, from the oldest on. Who is never detected is in no line."""
    chance = random.Random(SEED + 1)
    ids = [asset.id for asset in network.assets]
    begins = [number for number, asset in enumerate(network.assets) if asset.group in ("dmz", "cloud")]
    begins += [number for number, asset in enumerate(network.assets) if asset.group.startswith("office")] * 2
    start, found = date(2023, 1, 9), []
    for _ in range(OUTBREAKS):
        start += timedelta(days=chance.randint(12, 42))
        spans = outbreak(graph, chance.choice(begins), chance)
        seen = {host: span for host, span in sorted(spans.items()) if chance.random() < DETECTION}
        first = min((begin for begin, _ in seen.values()), default=0.0)
        for host, (begin, end) in seen.items():
            cleaned = round(end - first, 2) if end < DAYS else None
            found.append(Incident(ids[host], round(begin - first, 2), start.isoformat(), cleaned))
    return sorted(found, key=lambda one: (one.outbreak, one.day, one.host))


def outbreak(graph: Graph, entry: int, chance: random.Random) -> dict[int, tuple[float, float]]:
    """Host to the days on which it was compromised and cleaned. Exponential times, one event after the other."""
    spans: dict[int, tuple[float, float]] = {}
    coming = [(0.0, entry)]
    while coming:
        day, host = heapq.heappop(coming)
        if host in spans or day >= DAYS:
            continue
        end = day + chance.expovariate(float(graph.recovery[host]) * RECOVERY)
        spans[host] = (day, end)
        for place in range(graph.offsets[host], graph.offsets[host + 1]):
            rate = float(graph.rates[place]) * TRANSMISSION
            if rate > 0:
                then = day + chance.expovariate(rate)
                if then < end:
                    heapq.heappush(coming, (then, int(graph.targets[place])))
    return spans


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--out", type=Path, default=ROOT / "examples" / "network")
    out: Path = options.parse_args().out
    network = company()
    prepared = graph_of_network(network, RateRules(), facts_of(ROOT / "examples" / "security"))
    incidents = history(network, prepared.graph)
    out.mkdir(parents=True, exist_ok=True)
    (out / "network.json").write_text(dumps(network), encoding="utf-8")
    with (out / "incidents.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("outbreak", "host", "day", "cleaned"))
        writer.writerows(
            (one.outbreak, one.host, f"{one.day:g}", "" if one.cleaned is None else f"{one.cleaned:g}")
            for one in incidents
        )
    print(
        f"{len(network.assets)} assets, {len(network.links)} links, {len(incidents)} incidents, {digest(network)[:12]}"
    )


if __name__ == "__main__":
    main()
