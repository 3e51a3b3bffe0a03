"""What the README says of findings is what the hunt knows."""

from pathlib import Path

from tlsmodel.hunt.known import known_departures

ROOT = Path(__file__).parents[2]


def test_the_readme_lists_every_known_departure_with_its_source():
    readme = " ".join(ROOT.joinpath("README.md").read_text().split())

    for entry in known_departures("gnutls"):
        assert f"| {entry.title} | {entry.cite} |" in readme


def test_the_findings_page_explains_every_known_departure():
    page = " ".join(ROOT.joinpath("docs/findings.md").read_text().split())

    for entry in known_departures("gnutls"):
        assert entry.explanation in page
