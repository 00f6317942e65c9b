"""GDT records: written, read, refused with the line that is wrong."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.practice.gdt import (
    MOST,
    Charset,
    Field,
    Forgiven,
    NotReadable,
    Problem,
    Record,
    encode,
    fit,
)
from practicebox.practice.gdt_fields import Person, read, result
from practicebox.practice.gdt_reader import decode
from tests.practice.gdt_samples import (
    MASTER_DATA,
    ORDER,
    RESULT,
    SMALLEST,
    WITH_WRONG_LINE,
    counted,
    data,
)

WHO = ("30004711", "3101Müller", "3102Änne", "310312051944")


def refusal(file: bytes, default: Charset = Charset.IBM) -> tuple[Problem, int, str]:
    with pytest.raises(NotReadable) as refused:
        read(file, default)
    return refused.value.problem, refused.value.line, refused.value.code


def characters(charset: Charset) -> st.SearchStrategy[str]:
    plain = st.characters(codec=charset.value, exclude_categories=("C", "Z"))
    return st.text(plain | st.just(" "), max_size=60)


@st.composite
def records(draw: st.DrawFn) -> Record:
    charset = draw(st.sampled_from(Charset))
    codes = st.from_regex("[0-9]{4}", fullmatch=True).filter(
        lambda code: code not in {"8000", "8100", "9206"}
    )
    fields = st.lists(st.builds(Field, codes, characters(charset)), max_size=12)
    kind = draw(st.from_regex("[0-9]{4}", fullmatch=True))
    return Record(kind, tuple(draw(fields)), charset)


@given(records())
def test_what_was_written_is_read_again(record: Record) -> None:
    decoded = decode(encode(record), record.charset)
    assert decoded.record == record and decoded.warnings == ()


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda b: b"01380006302\r\n" + b))
def test_any_bytes_are_read_or_refused(file: bytes) -> None:
    try:
        read(file)
    except NotReadable as condition:
        assert condition.problem in Problem


@given(st.text(max_size=80), st.sampled_from(Charset))
def test_any_text_can_be_made_to_fit(text: str, charset: Charset) -> None:
    fitted = fit(text, charset)
    record = Record("6310", (Field("6227", fitted),), charset)
    assert decode(encode(record), charset).record == record


def test_ten_thousand_mutated_files_crash_nothing_and_mean_what_they_are_read_as() -> None:
    dice = random.Random(7)
    originals = [data(each) for each in (MASTER_DATA, ORDER, RESULT, SMALLEST)]
    accepted = 0
    for _ in range(10_000):
        file = bytearray(dice.choice(originals))
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(file))
            change = dice.choice((0, 0, 0, 0, 1, 2, 3))
            if change == 0:
                file[at] = dice.randrange(256)
            elif change == 1:
                del file[at : at + dice.randint(1, 20)]
            elif change == 2:
                file[at:at] = dice.randbytes(dice.randint(1, 5))
            else:
                other = dice.choice(originals)
                file[at:] = other[dice.randrange(len(other)) :]
            if not file:
                break
        try:
            message = read(bytes(file))
        except NotReadable:
            continue
        accepted += 1
        assert decode(encode(message.record)).record == message.record
    assert accepted > 300  # a changed letter is still a letter


@pytest.mark.parametrize("sample", [MASTER_DATA, SMALLEST, ORDER, RESULT])
def test_published_records_are_read_and_written_with_the_same_content(
    sample: tuple[str, ...],
) -> None:
    if sample is RESULT:  # shortened here, so that its sum is another
        sample = counted(*(line[3:] for line in sample if line[3:7] != "8100"))
    message = read(data(sample))
    assert message.warnings == ()
    again = decode(encode(message.record)).record
    assert again == message.record


def test_an_order_names_patient_and_test() -> None:
    message = read(data(ORDER))
    assert (message.kind, message.test) == ("6302", "EKG04")
    assert message.person == Person(
        "6060",
        "Fuerst",
        "Stephanie",
        born=date(1976, 12, 28),
        address=("Lützowplatz 6", "54534 Karl"),
    )


def test_the_record_as_it_stands_in_the_help_is_refused_at_its_wrong_line() -> None:
    with pytest.raises(NotReadable) as refused:
        read(data(WITH_WRONG_LINE))
    assert refused.value.problem is Problem.LINE_LENGTH
    assert (refused.value.line, refused.value.code) == (21, "0203")
    assert (refused.value.said, refused.value.found) == (91, 56)


@pytest.mark.parametrize(
    ("charset", "number"), [("cp437", "2"), ("cp1252", "3"), ("cp437", ""), ("ascii", "1")]
)
def test_umlauts_come_through_in_every_code_page(charset: str, number: str) -> None:
    who = WHO if charset != "ascii" else ("30004711", "3101Mueller", "3102Aenne", "310312051944")
    said = (f"9206{number}",) if number else ()
    message = read(data(counted("80006302", *said, *who, charset=charset), charset=charset))
    expected = "Aenne Mueller" if charset == "ascii" else "Änne Müller"
    assert message.person.name == expected


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("utf-8", Charset.IBM),
        ("utf-8", Charset.ANSI),
        ("cp1252", Charset.IBM),
        ("cp437", Charset.ANSI),
        ("cp1252", Charset.ASCII),
        ("cp437", Charset.UTF8),
    ],
)
def test_a_name_in_the_wrong_code_page_is_refused(sent: str, read_as: Charset) -> None:
    file = data(counted("80006302", *WHO, charset=sent), charset=sent)
    assert refusal(file, read_as) == (Problem.CHARACTERS, 4, "3101")


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        (("80006399", *WHO), (Problem.KIND, 1, "8000")),
        (("80006302", *WHO[1:]), (Problem.MISSING, 0, "3000")),
        (("80006302", *WHO[:3]), (Problem.MISSING, 0, "3103")),
        (("80006302", *WHO[:3], "310331021944"), (Problem.DATE, 6, "3103")),
        (("80006302", *WHO[:3], "310312.5.1944"), (Problem.DATE, 6, "3103")),
        (("80006302", *WHO, "3101Maier"), (Problem.TWICE, 7, "3101")),
        (("80006302", "92062", "92062", *WHO), (Problem.TWICE, 4, "9206")),
        (("80006302", "92067", *WHO), (Problem.CHARSET, 3, "9206")),
        (("80006302", "921803.01", *WHO), (Problem.VERSION, 3, "9218")),
        (("80006302", *WHO, "80006302"), (Problem.SECOND_RECORD, 7, "")),
        (("80006302", *WHO, "6227a\x07b"), (Problem.CHARACTERS, 7, "6227")),
        (("30004711", "80006302"), (Problem.NOT_GDT, 1, "")),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    contents: tuple[str, ...], expected: tuple[Problem, int, str]
) -> None:
    assert refusal(data(counted(*contents), charset="cp437")) == expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (b"", Problem.EMPTY),
        (b"\r\n\x1a", Problem.EMPTY),
        (b"\x89PNG\r\n\x1a\n", Problem.NOT_GDT),
        (b"Guten Tag\r\n", Problem.NOT_GDT),
        (b"\xef\xbb\xbf" + data(SMALLEST), Problem.NOT_GDT),
        (data(SMALLEST).replace(b"0153101", b"0163101"), Problem.LINE_LENGTH),
        (data(SMALLEST).replace(b"00100", b"00101"), Problem.RECORD_LENGTH),
        (data(SMALLEST).replace(b"0153101", b"x153101"), Problem.LINE_HEAD),
        (data(SMALLEST).replace(b"Sierra\r\n", b"Sierra\n"), Problem.LINE_END),
        (data(SMALLEST) * 2, Problem.SECOND_RECORD),
        (data(SMALLEST) + bytes(MOST), Problem.TOO_LONG),
    ],
)
def test_other_files_are_refused(file: bytes, expected: Problem) -> None:
    assert refusal(file)[0] is expected


def test_habits_of_real_senders_are_forgiven_and_noted() -> None:
    sent = data(SMALLEST, end="\n")  # counted with CR LF, sent with LF
    assert read(sent).warnings == (Forgiven.LINE_FEEDS,)
    sent = data(counted("80006302", *WHO, end=1), end="\n", charset="cp437")
    assert read(sent).warnings == (Forgiven.LINE_FEEDS,)
    without = (SMALLEST[0], *SMALLEST[2:])
    assert read(data(without)).warnings == (Forgiven.NO_LENGTH,)
    assert read(data(SMALLEST) + b"\x1a").warnings == (Forgiven.REST,)
    assert read(data(SMALLEST)[:-2]).warnings == ()


def test_a_birth_date_of_which_only_the_year_is_known_is_none() -> None:
    message = read(data(counted("80006302", *WHO[:3], "310300001944"), charset="cp437"))
    assert message.person.born is None
    assert message.warnings == (Forgiven.HALF_BIRTH_DATE,)


def test_refusals_repeat_nothing_of_the_file() -> None:
    with pytest.raises(NotReadable) as refused:
        read(data(SMALLEST).replace(b"0153101", b"0163101"))
    assert "Sierra" not in str(refused.value) + repr(refused.value)
    assert "Sierra" not in repr(read(data(SMALLEST)))


def test_a_result_is_read_as_what_it_says() -> None:
    person = Person("4711", "Krejčová", "Alice", born=date(1944, 5, 12))
    about = (Field("6200", "19012027"), Field("8402", "VIDEO1"), Field("6220", "Länge"))
    written = result(
        Person("4711", fit(person.last_name, Charset.IBM), "Alice", born=person.born),
        "PBOX",
        "EDV1",
        about,
    )
    message = read(encode(written))
    assert message.kind == "6310" and message.day == date(2027, 1, 19)
    assert message.person.name == "Alice Krejcová"
    assert (message.record.first("8315"), message.record.first("8316")) == ("EDV1", "PBOX")
