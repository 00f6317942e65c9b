import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.rtc.messages import (
    MAX_CONTROL_BYTES,
    Admit,
    Admitted,
    Bye,
    CallMe,
    Close,
    End,
    Ended,
    FromBrowser,
    Hello,
    How,
    PeerHere,
    PeerLeft,
    Place,
    Placed,
    ProtocolError,
    Reason,
    Role,
    SecondDevice,
    Swap,
    ToBrowser,
    Welcome,
    dump,
    parse,
)

INSTANCE = "0123456789abcdef"
HELLO = json.dumps({"kind": "hello", "instance": INSTANCE})
ICE: list[dict[str, object]] = [{"urls": "stun:box.example:3478"}]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
nearly_right = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["hello", "admit", "end", "swap", "bye", "call-me", "peer"])
        | anything,
        "wanted": st.booleans() | anything,
        "instance": st.from_regex(r"[0-9a-fA-F]{15,17}") | anything,
    },
)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("text", "message"), [(HELLO, Hello(INSTANCE)), ('{"kind": "bye"}', Bye())]
)
def test_both_roles_say_hello_and_bye(role: Role, text: str, message: FromBrowser) -> None:
    assert parse(text, role) == message


@pytest.mark.parametrize(
    ("kind", "message"), [("admit", Admit()), ("end", End()), ("swap", Swap())]
)
def test_only_the_clinician_directs_the_consultation(kind: str, message: FromBrowser) -> None:
    text = json.dumps({"kind": kind})
    assert parse(text, Role.CLINICIAN) == message
    assert refusal(text, Role.PATIENT) is Close.VIOLATION


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"kind": "call-me"}', CallMe(True)),
        ('{"kind": "call-me", "wanted": true}', CallMe(True)),
        ('{"kind": "call-me", "wanted": false}', CallMe(False)),
    ],
)
def test_only_the_patient_asks_for_a_call(text: str, message: FromBrowser) -> None:
    assert parse(text, Role.PATIENT) == message
    assert refusal(text, Role.CLINICIAN) is Close.VIOLATION
    assert refusal('{"kind": "call-me", "wanted": "yes"}', Role.PATIENT) is Close.VIOLATION


def test_unknown_fields_are_ignored() -> None:
    text = json.dumps({"kind": "hello", "instance": INSTANCE, "role": "clinician"})
    assert parse(text, Role.PATIENT) == Hello(INSTANCE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '"bye"',
        "{}",
        '{"kind": "dance"}',
        '{"kind": ["bye"]}',
        '{"kind": "welcome"}',
        '{"kind": "hello"}',
        '{"kind": "hello", "instance": 7}',
        '{"kind": "hello", "instance": "0123456789ABCDEF"}',
        '{"kind": "hello", "instance": "0123456789abcde"}',
        '{"kind": "hello", "instance": "0123456789abcdef\\n"}',
        '{"kind": "hello", "instance": "٠١٢٣٤٥٦٧٨٩abcdef"}',
        "[" * MAX_CONTROL_BYTES,
        '{"kind": "bye", "\udc80": 1}',
    ],
)
def test_what_breaks_the_protocol_is_refused(text: str) -> None:
    assert refusal(text, Role.CLINICIAN) is Close.VIOLATION


def test_a_message_has_at_most_one_kibibyte_in_utf_8() -> None:
    fits = '{"kind":"bye"}'.ljust(MAX_CONTROL_BYTES)
    assert parse(fits, Role.PATIENT) == Bye()
    assert refusal(fits + " ", Role.PATIENT) is Close.VIOLATION
    wide = '{"kind":"bye","":"ü"}'.ljust(MAX_CONTROL_BYTES)
    assert refusal(wide, Role.PATIENT) is Close.VIOLATION


@given(st.text() | anything.map(json.dumps) | nearly_right.map(json.dumps), st.sampled_from(Role))
def test_parse_raises_nothing_but_its_one_error(text: str, role: Role) -> None:
    try:
        message = parse(text, role)
    except ProtocolError as error:
        assert error.code is Close.VIOLATION
    else:
        assert isinstance(message, FromBrowser)


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        (
            Welcome(Role.PATIENT, Place.SECOND, False, ICE, None),
            {
                "kind": "welcome",
                "role": "patient",
                "place": "second",
                "admitted": False,
                "ice": ICE,
                "announced": None,
            },
        ),
        (PeerHere(INSTANCE), {"kind": "peer", "instance": INSTANCE}),
        (PeerLeft(Reason.BYE), {"kind": "peer-left", "reason": "bye"}),
        (PeerLeft(Reason.LOST), {"kind": "peer-left", "reason": "lost"}),
        (Admitted(), {"kind": "admitted"}),
        (Ended(), {"kind": "ended", "how": "over"}),
        (Ended(How.PHONE), {"kind": "ended", "how": "phone"}),
        (CallMe(False), {"kind": "call-me", "wanted": False}),
        (Placed(Place.HERE), {"kind": "place", "place": "here"}),
        (SecondDevice(True), {"kind": "second", "waiting": True}),
    ],
)
def test_the_browser_reads_what_the_protocol_says(
    message: ToBrowser, fields: dict[str, object]
) -> None:
    assert json.loads(dump(message)) == fields


def test_an_error_says_nothing_of_what_was_sent() -> None:
    with pytest.raises(ProtocolError) as caught:
        parse('{"kind": "secret"}', Role.PATIENT)
    assert str(caught.value) == "VIOLATION"


def refusal(text: str, role: Role) -> Close:
    with pytest.raises(ProtocolError) as caught:
        parse(text, role)
    return caught.value.code
