"""Cards over the records of the sample library."""

from __future__ import annotations

import pytest

from fakes.passages import asked, records, wholes
from vedette.rag.answer.cards import cards, related_identifiers
from vedette.rag.answer.listing import listing
from vedette.records import Document, Draft

ATTACK = "security/attack/enterprise-attack-trimmed.json"
KEV = "security/kev/known_exploited_vulnerabilities.json"
OSCAL = "security/oscal/NIST_SP-800-53_rev5_MODERATE-baseline-resolved-profile_catalog-min.json"


def card(question: str, documents: dict[str, Document]) -> Draft | None:
    draft = cards(*asked(question), documents)
    for span in draft.spans if draft else ():
        assert documents[span.document].text[span.start : span.end] == span.quote
    return draft


def lines(draft: Draft | None) -> list[str]:
    assert draft is not None
    return [line for line in draft.text.splitlines() if line]


def some(path: str, *names: str) -> dict[str, Document]:
    return {name: records(path)[name] for name in names}


def test_mitigations_of_a_technique() -> None:
    shown = lines(card("Which controls mitigate T1110 brute force?", some(ATTACK, "T1110", "T1110.003", "M1036")))
    assert shown[0] == "**T1110 Brute Force**"
    assert [line[2:7] for line in shown[1:]] == ["M1018", "M1027", "M1032", "M1036"]


def test_action_and_due_date_come_first() -> None:
    documents = some(KEV, "CVE-2021-44228", "CVE-2021-45046")
    shown = lines(card("What must I do about CVE-2021-44228 and by when?", documents))
    assert shown[0].startswith("**CVE-2021-44228 Apache Log4j2")
    assert shown[1].startswith("- Required action: For all affected software assets")
    assert shown[2] == "- Due date: 2021-12-24 [2]"
    assert "45046" not in " ".join(shown)


def test_records_about_one_vulnerability_each_with_its_own_source() -> None:
    cve = records("security/cve/CVE-2024-3400.json")["CVE-2024-3400"]
    draft = card("Is CVE-2024-3400 exploited?", {"kev": records(KEV)["CVE-2024-3400"], "cve": cve})
    assert draft is not None
    assert {span.document for span in draft.spans} == {"kev", "cve"}
    assert lines(draft)[1] == "- Added to KEV: 2024-04-12 [1]"
    assert "Exploitation: Active" in draft.text


def test_severity() -> None:
    cve = records("security/cve/CVE-2024-3094.json")["CVE-2024-3094"]
    assert lines(card("CVSS of CVE-2024-3094", {"cve": cve}))[1].startswith("- CVSS: 10.0 CRITICAL")


def test_groups_of_a_technique_and_its_sub_techniques_once_each() -> None:
    question = asked("Which groups use T1566?")
    first = some(ATTACK, "T1566")
    wanted = related_identifiers(*question, first)
    assert {"T1566.001", "T1566.002", "T1566.003"} <= set(wanted)
    draft = card("Which groups use T1566?", first | some(ATTACK, *wanted))
    groups = [line[2:7] for line in lines(draft) if line.startswith("- ")]
    assert "G0016" in groups
    assert len(groups) == len(set(groups))
    assert all(name.startswith("G") for name in groups)
    assert draft is not None
    assert draft.notices


def test_every_sub_technique_is_listed() -> None:
    shown = lines(card("What sub-techniques does T1110 have?", some(ATTACK, "T1110")))
    assert [line.split()[1] for line in shown[1:]] == ["T1110.001", "T1110.002", "T1110.003", "T1110.004"]


def test_what_it_is_and_all_that_is_asked_of_it_on_one_card() -> None:
    question = "What is kerberoasting, which groups use it, and how do I mitigate it?"
    text = "\n".join(lines(card(question, some(ATTACK, "T1558.003"))))
    assert text.index("Kerberos ticket-granting ticket") < text.index("- G0046 FIN7") < text.index("- M1026 ")


def test_a_record_that_does_not_say_it_says_so() -> None:
    draft = card("How do I detect kerberoasting?", some(ATTACK, "T1558.003"))
    assert draft is not None
    assert draft.notices == ("The records do not say that; this is what they say of the subject.",)


def test_versions_come_from_the_record_that_has_them() -> None:
    documents = {"kev": records(KEV)["CVE-2024-4577"]} | records("security/cve/CVE-2024-4577.json")
    shown = lines(card("Which versions are affected by CVE-2024-4577?", documents))
    assert shown[1].startswith("- PHP Group PHP: 8.1.* before 8.1.29")
    assert not any("Due date" in line for line in shown)


def test_a_name_in_the_plural_and_words_that_only_ask() -> None:
    assert card("Which groups use spearphishing attachments?", some(ATTACK, "T1566.001")) is not None
    assert lines(card("Which mitigations help against phishing?", some(ATTACK, "T1566")))[0] == "**T1566 Phishing**"


def test_names_are_subjects_only_where_they_are_the_question() -> None:
    documents = some(ATTACK, "G0016", "T1558.003", "S0039", "T1592.002", "G0096")
    assert "Cozy Bear" in lines(card("APT29 aliases", documents))[1]
    assert lines(card("What is kerberoasting?", documents))[0].endswith("Kerberoasting**")
    assert lines(card("What software does APT41 use?", documents))[0] == "**G0096 APT41**"
    assert card("What is the net effect of a quarterly review of firewall rules?", documents) is None


def test_statement_of_a_control_with_its_depth() -> None:
    shown = lines(card("What does AC-2 require?", some(OSCAL, "AC-2")))
    assert shown[0] == "**AC-2 Account Management**"
    assert shown[1].startswith("- Define and document the types of accounts")
    assert any(line.startswith("  - ") for line in shown)
    assert not any("Guidance" in line for line in shown)


def test_a_control_of_a_general_name_does_not_define_it() -> None:
    assert card("What is media sanitization?", some(OSCAL, "MP-6")) is None
    assert card("What does MP-6 require?", some(OSCAL, "MP-6")) is not None


@pytest.fixture
def rule() -> Document:
    from fakes.passages import EXAMPLES
    from vedette.rag.load import security

    path = EXAMPLES / "security/sigma/azure_identity_protection_password_spray.yml"
    [found] = security.read_yaml(path.read_bytes(), "rule.yml")
    assert isinstance(found, Document)
    return found


def test_rules_are_listed_and_follow_the_technique_that_they_are_tagged_with(rule: Document) -> None:
    documents = {"rule": rule} | some(ATTACK, "T1110", "T1110.003")
    draft = listing(asked("Which Sigma rules detect password spraying?")[0], wholes(documents), documents)
    assert lines(draft)[:2] == [
        "**Password Spray Activity**",
        "Indicates that a password spray attack has been successfully performed. [1]",
    ]
    assert "**Password Spray Activity**" in lines(card("How do I detect T1110?", documents))
    assert listing(asked("Is Azure safe?")[0], wholes(documents), documents) is None
    assert listing(asked("Sigma rules for password spraying")[0], wholes(documents), documents) is not None


def test_no_record_no_card() -> None:
    assert card("How do I store passwords safely?", some(ATTACK, "T1110")) is None
    assert card("What is CVE-2099-11111?", some(KEV, "CVE-2021-44228")) is None
