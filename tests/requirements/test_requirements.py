"""The register is well-formed, cites what exists, and the page says what the register says."""

import pytest

from tests.requirements.page import PAGE, text
from tests.requirements.references import dangling, modules, rows
from tests.requirements.register import Requirement, load, read

DOCUMENTS = load()


def test_the_rfcs_of_the_register_are_those_that_govern_the_handshake():
    assert [document.rfc for document in DOCUMENTS] == [5077, 5246, 5746, 6347, 7627, 8446]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.rfc))
def test_every_row_property_and_test_that_is_cited_exists(document):
    assert dangling(document.requirements) == []


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == text(DOCUMENTS), "python -m tests.requirements writes it"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.rfc))
def test_a_requirement_is_one_line_of_the_page(document):
    for item in document.requirements:
        assert item.says
        assert not {"\n", "|"} & {*item.says, *item.reason}, item.id


def test_names_of_test_modules_are_unique():
    assert len({module.path for module in modules().values()}) == len(modules())


GONE = {
    "row": {"rows": ("tls13.client.phase/WAIT_SH/Nonsense*",)},
    "property": {"properties": ("no such property",)},
    "test": {"tests": ("test_requirements::test_that_was_taken_away",)},
    "module": {"tests": ("test_nowhere::test_requirements",)},
    "case": {"tests": ("test_requirements::test_what_is_gone_is_named[no such case]",)},
}


@pytest.mark.parametrize("cited", GONE.values(), ids=GONE)
def test_what_is_gone_is_named(cited):
    assert len(dangling([Requirement(8446, "4", 1, ("MUST",), "be there", **cited)])) == 1


def test_what_exists_is_not_named():
    found = Requirement(
        *(8446, "4", 1, ("MUST",), "be there"),
        rows=(next(iter(rows())), "tls13.client.phase/WAIT_SH/*"),
        tests=(
            "test_requirements::test_what_exists_is_not_named",
            "test_requirements::test_what_is_gone_is_named[property]",
        ),
    )

    assert dangling([found]) == []
    assert modules()["test_requirements"].path == "tests/requirements/test_requirements.py"


HEAD = 'rfc = 1\ntitle = "t"\nscope = "s"\nsections = ["1", "2"]\n'
GOOD = 'keyword = "MUST"\nsays = "x"\nrows = ["r"]\n'


@pytest.mark.parametrize(
    "entries, fault",
    [
        (f'["1-2"]\n{GOOD}', "1-2 stands where 1-1 belongs"),
        (f'["2-1"]\n{GOOD}["1-1"]\n{GOOD}', "2-1 stands where 1-1 belongs"),
        (f'["3-1"]\n{GOOD}', "no section"),
        (f'["nonsense"]\n{GOOD}', "not a section"),
        ('["1-1"]\nkeyword = "MUST"\nsays = "x"\n', "either what carries it"),
        (f'["1-1"]\n{GOOD}why = "absent"\nreason = "y"\n', "either what carries it"),
        ('["1-1"]\nkeyword = "MUST"\nsays = "x"\nwhy = "absent"\n', "with a reason"),
        ('["1-1"]\nkeyword = "MUST"\nsays = "x"\nwhy = "mood"\nreason = "y"\n', "mood"),
        ('["1-1"]\nkeyword = "MAY"\nsays = "x"\nrows = ["r"]\n', "keyword MAY"),
        (f'["1-1"]\n{GOOD}note = "n"\n', "has the keys"),
        ('["1-1"\n', "one.toml"),
    ],
)
def test_a_register_of_another_form_is_refused_with_file_and_entry(entries, fault):
    with pytest.raises(ValueError, match=fault) as caught:
        read("one.toml", HEAD + entries)

    assert str(caught.value).startswith("one.toml: ")


def test_a_register_of_this_form_is_read():
    document = read("one.toml", HEAD + f'["1-1"]\n{GOOD}["1-2"]\n{GOOD}["2-1"]\n{GOOD}')

    assert [item.id for item in document.requirements] == ["1-1-1", "1-1-2", "1-2-1"]
