"""What the documents say of findings is what the hunt knows."""

from pathlib import Path

from tlsmodel.hunt.known import known_departures

ROOT = Path(__file__).parents[2]
SHOWN = "change-cipher-spec-not-resumed"


def test_the_finding_in_the_readme_is_a_known_departure_with_its_source():
    readme = " ".join(ROOT.joinpath("README.md").read_text().split())
    (entry,) = (known for known in known_departures("gnutls") if known.id == SHOWN)

    assert f"{entry.title}, against {entry.cite}" in readme


def test_the_findings_page_explains_every_known_departure():
    page = " ".join(ROOT.joinpath("docs/findings.md").read_text().split())

    for entry in known_departures("gnutls"):
        assert f"## {entry.title} *{entry.cite}*" in page
        assert entry.explanation in page
