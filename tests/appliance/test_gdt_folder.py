"""The exchange folder: what is taken and when, what is left alone, what goes to the quarantine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from practicebox.appliance.gdt_folder import MOST_BYTES, MOST_FILES, QUARANTINE, Inbox
from practicebox.appliance.gdt_outbox import deliver
from practicebox.appliance.gdt_trouble import FolderTrouble, Trouble


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path, "PBOX", "EDV1")


def names(inbox: Inbox) -> list[str]:
    return [found.name for found in inbox.look()]


def test_a_file_is_taken_once_it_has_stood_still(inbox: Inbox, tmp_path: Path) -> None:
    file = tmp_path / "PBOXEDV1.gdt"
    file.write_bytes(b"half")
    assert names(inbox) == []
    file.write_bytes(b"half of it is still missing")
    assert names(inbox) == []
    (found,) = inbox.look()
    assert found.content == b"half of it is still missing"
    inbox.remove(found)
    assert not file.exists() and names(inbox) == []


def test_a_file_that_was_renamed_into_place_is_taken_at_once(inbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / "order.tmp").write_bytes(b"all of it")
    assert names(inbox) == []
    (tmp_path / "order.tmp").rename(tmp_path / "PBOXEDV1.001")
    assert names(inbox) == ["PBOXEDV1.001"]


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        ("PBOXEDV1.gdt", True),
        ("pboxedv1.GDT", True),
        ("PBOXEDV1.017", True),
        ("EDV1PBOX.gdt", False),  # from us to them
        ("EKG1EDV1.gdt", False),  # for another device in the same folder
        ("PBOXEDV1.gdt.tmp", False),
        ("PBOXEDV1.0001", False),
        ("PBOXEDV1.gdt\n", False),
        ("PBOXEDV1.٠٠١", False),
        ("../PBOXEDV1.gdt".replace("/", "∕"), False),
        (os.fsdecode(b"PBOX\xff\xfe.gdt"), False),
        ("-rf *; 'Ünïcode'\t🙂.gdt", False),
    ],
)
def test_only_files_for_the_box_are_touched(
    inbox: Inbox, tmp_path: Path, name: str, is_ours: bool
) -> None:
    (tmp_path / name).write_bytes(b"x")
    inbox.look()
    assert names(inbox) == ([name] if is_ours else [])
    assert (tmp_path / name).exists()


def test_a_symbolic_link_is_not_followed(inbox: Inbox, tmp_path: Path) -> None:
    secret = tmp_path / "box.key"
    secret.write_bytes(b"secret")
    (tmp_path / "PBOXEDV1.gdt").symlink_to(secret)
    inbox.look()
    (found,) = inbox.look()
    assert found.content is None
    inbox.put_aside(found, "Keine Datei.")
    assert secret.read_bytes() == b"secret"
    assert (tmp_path / QUARANTINE / "PBOXEDV1.gdt").is_symlink()


def test_a_file_that_may_not_be_opened_holds_no_other_up(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_open = os.open

    def refuse_first(path: Path, *arguments: int) -> int:
        if path.name.endswith(".001"):
            raise PermissionError(13, "locked by its writer")
        return really_open(path, *arguments)

    (tmp_path / "PBOXEDV1.001").write_bytes(b"x")
    (tmp_path / "PBOXEDV1.002").write_bytes(b"y")
    inbox.look()
    monkeypatch.setattr(os, "open", refuse_first)
    first, second = inbox.look()
    assert (first.trouble, first.content) == (Trouble.FORBIDDEN, None)
    assert (second.trouble, second.content) == (None, b"y")


def test_a_pipe_and_a_folder_stop_nothing(inbox: Inbox, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "PBOXEDV1.001")
    (tmp_path / "PBOXEDV1.002").mkdir()
    (tmp_path / "PBOXEDV1.003").write_bytes(b"x")
    inbox.look()
    assert [(found.name, found.content) for found in inbox.look()] == [
        ("PBOXEDV1.001", None),
        ("PBOXEDV1.003", b"x"),
    ]


def test_a_huge_file_is_not_read(inbox: Inbox, tmp_path: Path) -> None:
    with (tmp_path / "PBOXEDV1.gdt").open("wb") as file:
        file.truncate(10 * 2**30)
    inbox.look()
    (found,) = inbox.look()
    assert found.content is None and found.mark[0] > MOST_BYTES


def test_thousands_of_files_take_their_turn(inbox: Inbox, tmp_path: Path) -> None:
    for number in range(3000):
        (tmp_path / f"other{number}.gdt").touch()
    for number in range(1, 200):
        (tmp_path / f"PBOXEDV1.{number:03}").write_bytes(b"x")
    inbox.look()
    taken = 0
    while found := inbox.look():
        assert len(found) <= MOST_FILES
        for each in found:
            inbox.remove(each)
        taken += len(found)
    assert taken == 199 and len(list(tmp_path.iterdir())) == 3000


def test_what_cannot_be_read_lies_beside_its_reason_and_nothing_is_written_over(
    inbox: Inbox, tmp_path: Path
) -> None:
    for content in (b"first", b"second"):
        (tmp_path / "PBOXEDV1.gdt").write_bytes(content)
        inbox.look()
        (found,) = inbox.look()
        inbox.put_aside(found, f"Zeile 3: falsche Länge ({content.decode()})")
    assert not (tmp_path / "PBOXEDV1.gdt").exists()
    aside = tmp_path / QUARANTINE
    assert sorted(path.name for path in aside.iterdir()) == [
        "PBOXEDV1.gdt",
        "PBOXEDV1.gdt.2",
        "PBOXEDV1.gdt.2.txt",
        "PBOXEDV1.gdt.txt",
    ]
    assert (aside / "PBOXEDV1.gdt").read_bytes() == b"first"
    assert [(one.name, one.reason) for one in inbox.quarantined()] == [
        ("PBOXEDV1.gdt", "Zeile 3: falsche Länge (first)"),
        ("PBOXEDV1.gdt.2", "Zeile 3: falsche Länge (second)"),
    ]


def test_a_newer_file_of_the_same_name_is_not_removed(inbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / "PBOXEDV1.gdt").write_bytes(b"old")
    inbox.look()
    (found,) = inbox.look()
    (tmp_path / "PBOXEDV1.gdt").write_bytes(b"newer")
    inbox.remove(found)
    inbox.put_aside(found, "")
    assert (tmp_path / "PBOXEDV1.gdt").read_bytes() == b"newer"


def test_a_folder_that_has_gone_is_said_and_goes_on_when_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    inbox = Inbox(folder, "PBOX", "EDV1")
    with pytest.raises(FolderTrouble) as condition:
        inbox.look()
    assert condition.value.trouble is Trouble.GONE
    with pytest.raises(FolderTrouble):
        inbox.quarantined()
    with pytest.raises(FolderTrouble):
        deliver(folder, "EDV1", "PBOX", b"x")
    folder.mkdir()
    (folder / "PBOXEDV1.gdt").write_bytes(b"x")
    inbox.look()
    assert names(inbox) == ["PBOXEDV1.gdt"]


@pytest.mark.parametrize(
    ("number", "trouble"),
    [(13, Trouble.FORBIDDEN), (28, Trouble.FULL), (30, Trouble.READ_ONLY), (5, Trouble.FAILED)],
)
def test_a_disk_that_refuses_leaves_the_file_where_it_was(
    inbox: Inbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    trouble: Trouble,
) -> None:
    (tmp_path / "PBOXEDV1.gdt").write_bytes(b"x")
    inbox.look()
    (found,) = inbox.look()

    def refuse(*_: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(FolderTrouble) as condition:
        inbox.put_aside(found, "Grund")
    assert condition.value.trouble is trouble
    assert (tmp_path / "PBOXEDV1.gdt").read_bytes() == b"x"
    assert list((tmp_path / QUARANTINE).iterdir()) == []


def test_what_goes_out_never_covers_what_was_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "edv1pbox.001").write_bytes(b"theirs, in small letters")
    delivered = [deliver(tmp_path, "EDV1", "PBOX", f"{n}".encode()) for n in range(3)]
    assert delivered == ["EDV1PBOX.gdt", "EDV1PBOX.002", "EDV1PBOX.003"]
    assert [(tmp_path / name).read_bytes() for name in delivered] == [b"0", b"1", b"2"]
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("links", [True, False])
def test_it_works_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "no links on FAT")

    if not links:
        monkeypatch.setattr(os, "link", no_links)
    assert deliver(tmp_path, "EDV1", "PBOX", b"x") == "EDV1PBOX.gdt"
    assert deliver(tmp_path, "EDV1", "PBOX", b"y") == "EDV1PBOX.001"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["EDV1PBOX.001", "EDV1PBOX.gdt"]


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FolderTrouble) as condition:
        deliver(tmp_path, "EDV1", "PBOX", b"x")
    assert condition.value.trouble is Trouble.FULL
    assert list(tmp_path.iterdir()) == []


def test_when_nobody_fetches_anything_it_is_said(tmp_path: Path) -> None:
    for ending in ("gdt", *(f"{number:03}" for number in range(1, 1000))):
        (tmp_path / f"EDV1PBOX.{ending}").touch()
    with pytest.raises(FolderTrouble) as condition:
        deliver(tmp_path, "EDV1", "PBOX", b"x")
    assert condition.value.trouble is Trouble.UNFETCHED
    assert len(list(tmp_path.iterdir())) == 1000
