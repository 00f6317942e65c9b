from practicebox.rtc.outbox import Outbox

FRAME = bytes(100)


def test_a_browser_that_takes_everything_is_never_too_slow() -> None:
    outbox = Outbox(max_frames=2, max_bytes=150)
    assert all(outbox.wrote([FRAME] * 50, unsent=0) for _ in range(50))


def test_one_frame_more_than_the_limit_is_too_much() -> None:
    outbox = Outbox(max_frames=3, max_bytes=10_000)
    answers = [outbox.wrote([FRAME], unsent) for unsent in (100, 200, 300, 400)]
    assert answers == [True, True, True, False]


def test_frames_written_together_count_each() -> None:
    outbox = Outbox(max_frames=3, max_bytes=10_000)
    assert outbox.wrote([FRAME] * 3, unsent=300)
    assert not outbox.wrote([FRAME] * 2, unsent=500)


def test_one_byte_more_than_the_limit_is_too_much() -> None:
    outbox = Outbox(max_frames=100, max_bytes=250)
    assert outbox.wrote([FRAME] * 3, unsent=250)
    assert not outbox.wrote([FRAME], unsent=251)


def test_frames_that_were_taken_meanwhile_count_no_more() -> None:
    outbox = Outbox(max_frames=3, max_bytes=10_000)
    assert outbox.wrote([FRAME] * 3, unsent=300)
    assert all(outbox.wrote([FRAME], unsent=300) for _ in range(100))


def test_a_frame_taken_in_part_still_counts() -> None:
    outbox = Outbox(max_frames=2, max_bytes=10_000)
    assert outbox.wrote([FRAME, FRAME], unsent=101)
    assert not outbox.wrote([FRAME], unsent=201)


def test_an_empty_buffer_forgives_everything() -> None:
    outbox = Outbox(max_frames=2, max_bytes=10_000)
    assert outbox.wrote([FRAME] * 2, unsent=200)
    assert outbox.wrote([FRAME], unsent=0)
    assert outbox.wrote([FRAME] * 2, unsent=200)


def test_a_buffer_larger_than_what_was_written_is_no_harm() -> None:
    outbox = Outbox(max_frames=2, max_bytes=10_000)  # TLS adds a header to each record
    assert outbox.wrote([FRAME] * 2, unsent=258)
