import io
import logging
import re
from collections.abc import Iterator
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practicebox.appliance.logs import (
    FIELDS,
    LineFormatter,
    LineHandler,
    request_fields,
)

HERE = r"(?:\S+/)?test_logs\.py:\d+"  # a checkout may lie in a folder of the package's name
SECRET = "Erika Mustermann 0171-5550123"


class Safe(Exception):
    """An exception of ours that says of itself that its text may be printed."""

    log_safe = True
    __module__ = "practicebox.appliance.clock"


class Sink:
    """A logger as our own modules use it, and the lines it wrote."""

    def __init__(self, name: str, *, for_journal: bool = True) -> None:
        self.stream = io.StringIO()
        self.log = logging.Logger(name, logging.DEBUG)
        handler = LineHandler(self.stream)
        handler.setFormatter(LineFormatter(for_journal=for_journal))
        self.log.addHandler(handler)

    @property
    def text(self) -> str:
        return self.stream.getvalue()


REQUEST = request_fields("GET", "appointment.show", 200, 0.01234, "0a1b2c3d")


@pytest.fixture
def ours() -> Iterator[Sink]:
    sink = Sink("practicebox.web.login")
    yield sink
    assert SECRET not in sink.text
    assert "Mustermann" not in sink.text


def test_an_event_and_its_fields_are_one_line_with_the_journals_priority(ours: Sink) -> None:
    ours.log.info("request", extra=REQUEST)
    assert ours.text == (
        "<6>event=request method=GET milliseconds=12.3 network=0a1b2c3d route=appointment.show"
        " status=200\n"
    )


def test_on_a_terminal_time_and_level_take_the_place_of_the_priority() -> None:
    sink = Sink("practicebox.app", for_journal=False)
    sink.log.warning("stopping")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\S+\+00:00 warning event=stopping\n", sink.text)


@pytest.mark.parametrize(
    ("level", "priority"), [(10, 7), (20, 6), (30, 4), (40, 3), (50, 2), (25, 6), (60, 2)]
)
def test_levels_become_priorities(level: int, priority: int) -> None:
    sink = Sink("practicebox")
    sink.log.log(level, "event")
    assert sink.text.startswith(f"<{priority}>")


def test_an_enum_is_printed_by_its_value(ours: Sink) -> None:
    class State(StrEnum):
        RENAMED = "renamed"

    ours.log.info("mdns", extra={"state": State.RENAMED, "reason": None})
    assert ours.text == "<6>event=mdns state=renamed\n"


def test_a_message_that_is_no_event_is_not_printed(ours: Sink) -> None:
    ours.log.info(f"login of {SECRET}")
    ours.log.info("login of %s", SECRET)
    ours.log.info(SECRET)
    line = rf"<6>event=unnamed logger=practicebox\.web\.login at={HERE}\n"
    assert re.fullmatch(rf"({line}){{3}}", ours.text)


def test_arguments_of_an_event_are_not_printed(ours: Sink) -> None:
    ours.log.info("login", SECRET)
    assert ours.text == "<6>event=login\n"


def test_fields_that_are_not_on_the_list_are_not_printed(ours: Sink) -> None:
    ours.log.info("login", extra={"patient": SECRET, "access_code": "1d7d64d96", "sdp": "v=0"})
    assert ours.text == "<6>event=login\n"


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [SECRET, "Mustermann", ["Mustermann"], b"Mustermann", 1j])
def test_a_known_field_with_a_value_of_another_kind_hides_it(
    ours: Sink, field: str, value: object
) -> None:
    ours.log.info("login", extra={field: value})
    assert ours.text == f"<6>event=login {field}=?\n"


def test_a_route_without_a_name_is_a_dash(ours: Sink) -> None:
    ours.log.info("request", extra={"route": "-"})
    assert ours.text == "<6>event=request route=-\n"


def test_a_path_is_no_route(ours: Sink) -> None:
    ours.log.info("request", extra={"route": "/v/1.8zG.x?code=1d7d64d96"})
    assert ours.text == "<6>event=request route=?\n"


def fail(text: str) -> None:
    raise ValueError(text)


def test_an_exception_gives_its_type_and_frames_but_not_its_text(ours: Sink) -> None:
    try:
        fail(SECRET)
    except ValueError:
        ours.log.exception("setup_failed")
    assert re.fullmatch(
        r"<3>event=setup_failed error=builtins\.ValueError "
        rf'frames="{HERE} fail < {HERE} test_\w+"\n',
        ours.text,
    )


def test_the_exceptions_behind_an_exception_are_told_the_same_way(ours: Sink) -> None:
    try:
        try:
            fail(SECRET)
        except ValueError as error:
            raise KeyError(SECRET) from error
    except KeyError:
        ours.log.exception("setup_failed")
    assert ours.text.index("error=builtins.KeyError") < ours.text.index("behind=builtins.Val")


def test_the_members_of_a_group_are_told(ours: Sink) -> None:
    group = ExceptionGroup(SECRET, [ValueError(SECRET), OSError(SECRET)])
    ours.log.error("tasks_failed", exc_info=group)
    assert "error=builtins.ExceptionGroup" in ours.text
    assert "behind=builtins.ValueError" in ours.text
    assert "behind=builtins.OSError" in ours.text


def test_a_long_chain_and_a_deep_stack_stay_short(ours: Sink) -> None:
    def dig(depth: int) -> None:
        if depth == 0:
            raise ValueError(SECRET)
        try:
            dig(depth - 1)
        except ValueError as error:
            raise ValueError(SECRET) from error

    try:
        dig(50)
    except ValueError:
        ours.log.exception("deep")
    assert ours.text.count("builtins.ValueError") == 4
    assert len(ours.text) < 4000
    assert ours.text.count("\n") == 1


def test_the_text_of_an_exception_that_is_ours_and_safe_is_printed(ours: Sink) -> None:
    ours.log.error("disk", exc_info=Safe("The disk is full."))
    assert 'text="The disk is full."' in ours.text


@pytest.mark.parametrize("module", ["aiohttp.web", "practicebox"])
def test_others_cannot_call_themselves_safe(ours: Sink, module: str) -> None:
    stranger = type("Stranger", (Exception,), {"log_safe": True, "__module__": module})
    ours.log.error("failed", exc_info=stranger(SECRET))
    assert "text=" not in ours.text


def test_a_class_below_a_safe_one_is_not_safe_by_itself(ours: Sink) -> None:
    below = type("Below", (Safe,), {"__module__": "practicebox.web.x", "__init__": fail_not})
    ours.log.error("failed", exc_info=below(SECRET))
    assert "error=practicebox.web.x.Below" in ours.text
    assert "text=" not in ours.text


def fail_not(self: Exception, text: str) -> None:
    Exception.__init__(self, text)


@pytest.mark.parametrize("name", ["aiohttp.access", "zeroconf", "asyncio", "py.warnings"])
def test_records_of_others_are_reduced_to_logger_and_place(name: str) -> None:
    sink = Sink(name)
    sink.log.info('%s "GET /v/%s HTTP/1.1"', "192.0.2.7", SECRET, extra={"remote": SECRET})
    sink.log.info("request")
    assert re.fullmatch(
        rf"(<6>event=unnamed logger={name} at={HERE}\n){{2}}",
        sink.text,
    )


def test_a_line_is_a_line_whatever_is_logged(ours: Sink) -> None:
    ours.log.info("login\nevent=forged")
    ours.log.info("login", extra={"outcome": "x\nevent=forged"})
    assert ours.text.count("\n") == 2
    assert "forged" not in ours.text


@pytest.mark.slow
@given(st.text(), st.sampled_from(FIELDS), st.text())
def test_nothing_with_a_blank_or_a_capital_gets_through(
    message: str, field: str, value: str
) -> None:
    sink = Sink("practicebox.web")
    sink.log.info(f"{message} ", extra={field: f"{value} M"})
    assert re.fullmatch(
        rf"<6>event=unnamed logger=practicebox\.web at={HERE} {field}=\?\n", sink.text
    )


def test_a_record_that_cannot_be_written_is_mentioned_only(ours: Sink) -> None:
    class Speechless(Safe):
        log_safe = True

        def __init__(self) -> None:
            pass

        def __str__(self) -> str:
            raise ValueError(SECRET)

    Speechless.__module__ = "practicebox.web.x"
    ours.log.error("failed", exc_info=Speechless())
    assert ours.text == "event=log_failed\n"
