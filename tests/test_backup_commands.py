"""`practicebox backup` and `practicebox restore`, as an installer types them."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest

from practicebox import app, backup_commands
from practicebox.__main__ import UNUSABLE, main
from practicebox.backup_commands import Bar
from practicebox.config import BadConfig, read
from practicebox.listen import CannotStart
from practicebox.store.backup.conditions import BackupRefused, TargetFailed
from practicebox.store.backup.make import Progress, Step
from tests.store.backup.backup_world import busy_practice
from tests.store.conftest import boxes, world
from tests.store.world import MASTER, World

__all__ = ["boxes", "world"]  # fixtures


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def config_of(world: World, data: Path | None = None) -> str:
    path = world.path.parent / f"{(data or world.path).name}.toml"
    stick = world.path.parent / "stick"
    stick.mkdir(exist_ok=True)
    path.write_text(
        f'data_folder = "{data or world.path}"\n[backup]\nfolder = "{stick}"\n', "utf-8"
    )
    return str(path)


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.parametrize("is_running", [True, False])
async def test_there_and_back(
    world: World,
    is_running: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await busy_practice(world)
    if not is_running:
        await world.stop()
    assert main(["backup", "--config", config_of(world)]) == 0
    said = capsys.readouterr()
    file = Path(said.out.splitlines()[0])
    assert [file] == list((world.path.parent / "stick").iterdir())
    assert "Checking its content ..." in said.err
    if is_running:
        await world.stop()
    shutil.rmtree(world.path)
    type_in(monkeypatch, f"{MASTER}\n")
    assert main(["restore", str(file), "--config", config_of(world)]) == 0
    said = capsys.readouterr()
    assert "Restored: Sonne, 5 appointments, as of 20" in said.out
    assert "Backup of 20" in said.err and MASTER not in said.out + said.err
    await world.start()
    await world.log_in()


async def test_what_is_wrong_is_said_in_one_sentence(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    empty = tmp_path / "new"
    config = config_of(world, empty)
    assert main(["backup", "--config", config]) == UNUSABLE
    assert "no practice on this box yet" in capsys.readouterr().err
    assert main(["backup", "--config", config_of(world)]) == 0
    file = Path(capsys.readouterr().out.splitlines()[0])

    def fails(file: Path, words: str, config: str = config) -> str:
        type_in(monkeypatch, f"{words}\n")
        assert main(["restore", str(file), "--config", config]) == UNUSABLE
        return capsys.readouterr().err

    assert "doesn't open the backup" in fails(file, "falsch")
    assert "does not exist" in fails(tmp_path / "nothing", MASTER)
    assert "runs already" in fails(file, MASTER, config_of(world))
    other = tmp_path / "letter.pdf"
    other.write_bytes(b"%PDF")
    assert "no backup of PracticeBox" in fails(other, MASTER)
    shutil.copy(file, other)
    os.truncate(other, other.stat().st_size - 1)
    assert "its end is missing" in fails(other, MASTER)
    (empty / "photo.jpg").write_bytes(b"x")
    assert "not empty" in fails(file, MASTER)
    assert [path.name for path in empty.iterdir()] == ["photo.jpg"]


async def test_at_a_terminal_there_are_three_tries(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["backup", "--config", config_of(world)])
    file = capsys.readouterr().out.splitlines()[0]
    monkeypatch.setattr("sys.stdin", Terminal())
    typed = iter(["falsch", "auch falsch", MASTER.lower()])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert main(["restore", file, "--config", config_of(world, tmp_path / "new")]) == UNUSABLE
    assert capsys.readouterr().err.count("doesn't open the backup") == 3
    typed = iter(["falsch", MASTER])
    assert main(["restore", file, "--config", config_of(world, tmp_path / "new")]) == 0


async def test_a_damaged_database_names_the_last_good_backup(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_of(world)
    assert main(["backup", "--config", config]) == 0
    file = capsys.readouterr().out.splitlines()[0]
    await world.stop()
    database = world.path / "practicebox.db"
    database.write_bytes(b"Praxis" * 1000)
    with pytest.raises(CannotStart, match="is damaged") as caught:
        await app.open_store(read(Path(config), {}))
    assert "The last proven backup is of 20" in str(caught.value)
    assert str(caught.value).endswith(f"practicebox restore {file}")
    assert database.read_bytes() == b"Praxis" * 1000, "nothing is overwritten"


def test_a_bar_is_drawn_on_a_terminal_and_named_in_a_log() -> None:
    for stream, wanted in (
        (Terminal(), "\nWriting the backup      [###############               ]  50 %"),
        (io.StringIO(), "Writing the backup ...\n"),
    ):
        bar = Bar(stream)
        for _ in range(3):
            bar.show(Progress(Step.SEAL, 5, 10))
        assert stream.getvalue() == wanted


def test_the_folder_is_a_full_path(tmp_path: Path) -> None:
    path = tmp_path / "practicebox.toml"
    path.write_text('[backup]\nfolder = "stick"\n')
    with pytest.raises(BadConfig, match="full path"):
        read(path, {})
    assert read(None, {}).backup_folder is None


def test_every_condition_has_its_sentence() -> None:
    kinds = {*BackupRefused.__subclasses__(), *TargetFailed.__subclasses__()}
    assert kinds <= set(backup_commands.SENTENCES)
