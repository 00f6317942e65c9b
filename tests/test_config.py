import re
from dataclasses import replace
from pathlib import Path

import pytest

from practicebox.__main__ import main
from practicebox.config import BadConfig, Config, read


def written(folder: Path, text: str) -> Path:
    path = folder / "practicebox.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_the_defaults_hold() -> None:
    assert read(None, {}) == replace(Config(), tls_mode="local")


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ('[staff]\nhost = "127.0.0.1"\n[patients]\nhost = "127.0.0.1"\n', "off"),
        ('[staff]\nhost = "127.0.0.1"\n', "local"),
        ('[tls]\ncertificate = "c.pem"\nkey = "k.pem"\n', "files"),
        ('[tls]\nmode = "off"\n', "off"),
    ],
)
def test_https_is_on_wherever_browsers_ask_for_it(tmp_path: Path, text: str, mode: str) -> None:
    config = read(written(tmp_path, text), {})
    assert (config.tls_mode, config.secure) == (mode, mode != "off")


def test_an_external_relay_comes_with_its_secret(tmp_path: Path) -> None:
    text = (
        '[network]\nrelay = "external"\nexternal_relay = "turn:relay.example.org:3478"\n'
        'external_secret_file = "/etc/practicebox/relay"\n'
    )
    config = read(written(tmp_path, text), {})
    assert config.external_secret_file == Path("/etc/practicebox/relay")


def test_a_file_and_the_environment_are_read_and_the_environment_wins(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'data_folder = "/srv/box"\n[staff]\nport = 9443\n[patients]\n'
        'public_url = "https://video.example.org"\n',
    )
    config = read(path, {"PRACTICEBOX_STAFF_PORT": "9444"})
    assert (config.data_folder, config.staff_port) == (Path("/srv/box"), 9444)
    assert config.public_url == "https://video.example.org"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[staff]\nprot = 1\n", 'line 2: there is no option "staff.prot"; remove it'),
        ("colour = 1\n", 'line 1: there is no option "colour"'),
        ('[staff]\nport = "9443"\n', "staff.port must be a number"),
        ("[staff]\nport = true\n", "staff.port must be a number"),
        ("[staff]\nport = 70000\n", "staff.port must be between 0 and 65535"),
        ("[staff]\nport = 8444\n", "each door needs its own"),
        ('[tls]\nkey = "k.pem"\n', "belong together"),
        ('[tls]\nmode = "acme"\n', 'tls.mode must be "local"'),
        ('[tls]\nmode = "files"\n', 'belong to tls.mode = "files"'),
        ("[tls]\nhelp_port = -1\n", "tls.help_port must be between 0 and 65535"),
        ('[network]\nrelay = "always"\n', 'network.relay must be "auto"'),
        ('[network]\nrelay = "external"\n', "give all three or none"),
        ('[network]\nexternal_relay = "turn:a:1"\n', "give all three or none"),
        (
            '[network]\nrelay = "external"\nexternal_relay = "https://a"\n'
            'external_secret_file = "s"\n',
            "network.external_relay must look like",
        ),
        ('[patients]\npublic_url = "video.example.org"\n', "must look like"),
        ('[patients]\npublic_url = "https://a.example/path"\n', "must look like"),
        ('[network]\npublic_address = "somewhere"\n', "must be an IP address"),
        ('[patients]\nhost = "::1"\n', "must be an IPv4 address"),
        ("[staff\n", "correct that line"),
    ],
)
def test_a_mistake_stops_the_start_with_what_to_do(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadConfig, match=re.escape(words)):
        read(written(tmp_path, text), {})


def test_a_missing_file_and_a_bad_variable_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="check --config"):
        read(tmp_path / "nowhere.toml", {})
    with pytest.raises(BadConfig, match="PRACTICEBOX_STUN_PORT must be a number"):
        read(None, {"PRACTICEBOX_STUN_PORT": "x"})


def test_the_command_line_says_it_in_one_sentence_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["serve", "--config", str(written(tmp_path, "wrong = 1\n"))])
    assert status == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_exchange_folder_of_the_practice_software(tmp_path: Path) -> None:
    assert Config().gdt.in_folder is None
    text = '[gdt]\nin_folder = "/media/gdt"\nour_id = "VID1"\ncode_page = "iso-8859-1"\n'
    gdt = read(written(tmp_path, text), {}).gdt
    assert (gdt.in_folder, gdt.out_folder) == (Path("/media/gdt"), None)
    assert (gdt.our_id, gdt.their_id, gdt.codec) == ("VID1", "EDV1", "cp1252")
    assert read(None, {"PRACTICEBOX_GDT_THEIR_ID": "TURB"}).gdt.their_id == "TURB"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('in_folder = "gdt"', "gdt.in_folder must be a full path"),
        ('out_folder = "./gdt"', "gdt.out_folder must be a full path"),
        ('our_id = "PRACTICE"', "gdt.our_id must be four letters"),
        ('their_id = "../x"', "gdt.their_id must be four letters"),
        ('our_id = "edv1"', "are the same"),
        ('code_page = "ebcdic"', "gdt.code_page must be one of cp437"),
        ("code_page = 3", "must be a text in quotes"),
        ('folder = "/x"', "there is no option"),
    ],
)
def test_a_wrong_exchange_folder_stops_the_start(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(BadConfig, match=complaint):
        read(written(tmp_path, f"[gdt]\n{text}\n"), {})
