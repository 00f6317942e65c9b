"""A staff door with a certificate of the box's own authority, its help page, and browsers.

They have been taught to trust the authority where their users would teach them: Chromium in its NSS
database, Firefox in its profile.
"""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import BrowserContext, Playwright

from practicebox.appliance import certificate_pair, certificates
from practicebox.appliance.tls import ServedCertificate, make_context
from practicebox.appliance.trust_anchor import TrustAnchor
from practicebox.web import trust
from practicebox.web.keys import Services
from practicebox.web.staff.door import make_door
from tests.appliance.tls_world import Machine
from tests.browser.conftest import CHROMIUM_FLAGS, FAKE_DEVICES, FIREFOX_PREFERENCES
from tests.web.staff_box import staff_box

EVIL = "evil.example"
HERE = "MAP box.local 127.0.0.1, MAP evil.example 127.0.0.1"


@dataclass
class Doors:
    """The box `box.local`; `evil` is a site with a certificate that its stolen key has signed."""

    folder: Path
    machine: Machine
    served: ServedCertificate
    staff: str
    help: str
    evil: str

    @property
    def anchor(self) -> TrustAnchor:
        assert self.served.status.anchor
        return self.served.status.anchor


@asynccontextmanager
async def doors(folder: Path) -> AsyncIterator[Doors]:
    machine = Machine(folder)
    served = ServedCertificate(machine.source())
    anchor = served.status.anchor
    assert anchor
    async with staff_box(folder / "data", secure=True) as box, AsyncExitStack() as stack:
        staff_port = await serve(stack, staff_app(box.services), served.context)
        staff = f"https://box.local:{staff_port}"
        services = replace(box.services, staff_url=lambda: staff)
        help_app = trust.make_door(services, box.services.staff.knows_host, lambda: anchor)
        help_port = await serve(stack, help_app)
        evil_port = await serve(stack, staff_app(box.services), stolen(folder))
        yield Doors(
            *(folder, machine, served, staff),
            *(f"http://box.local:{help_port}", f"https://{EVIL}:{evil_port}"),
        )


def staff_app(services: Services) -> web.Application:
    return make_door(services)


def stolen(folder: Path) -> ssl.SSLContext:
    """What somebody offers who has stolen the authority's key, for a name it doesn't cover."""
    authority = certificate_pair.read((folder / "tls/authority-1.pem").read_bytes())
    now = certificates.anchor_of(authority).ends - certificates.LIFE_OF_AUTHORITY
    pair = folder / "stolen.pem"
    pair.write_bytes(certificates.issue(authority, [EVIL, "box.local"], now).pem())
    return make_context(pair)


async def serve(
    stack: AsyncExitStack, app: web.Application, context: ssl.SSLContext | None = None
) -> int:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    return int(runner.addresses[0][1])


async def chromium(
    playwright: Playwright, home: Path, anchor: TrustAnchor | None
) -> BrowserContext:
    """Chromium with a home directory of its own; it trusts `anchor`, if there is one."""
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    _trust(database, anchor)
    return await playwright.chromium.launch_persistent_context(
        home / "profile",
        executable_path=program("chromium"),
        headless=True,
        args=[*CHROMIUM_FLAGS, *FAKE_DEVICES, f"--host-resolver-rules={HERE}"],
        env={**os.environ, "HOME": str(home)},
        locale="de-DE",
    )


async def firefox(playwright: Playwright, home: Path, anchor: TrustAnchor | None) -> BrowserContext:
    """Firefox with a profile of its own; it trusts `anchor`, if there is one."""
    profile = home / "profile"
    profile.mkdir(parents=True)
    _trust(profile, anchor)
    here = {"network.dns.localDomains": f"box.local,{EVIL}"}
    return await playwright.firefox.launch_persistent_context(
        profile,
        channel="moz-firefox",
        executable_path=program("firefox-esr"),
        headless=True,
        firefox_user_prefs={**FIREFOX_PREFERENCES, **here},
        color_scheme="null",
        reduced_motion="null",
        forced_colors="null",
        contrast="null",
    )


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed; tests/install_browsers.sh installs it")
    return found


def _trust(database: Path, anchor: TrustAnchor | None) -> None:
    certutil = [program("certutil"), "-d", f"sql:{database}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True)
    if anchor:
        file = database / "practicebox-ca.crt"
        file.write_bytes(anchor.der)
        arguments = ["-A", "-t", "C,,", "-n", "PracticeBox", "-i", str(file)]
        subprocess.run([*certutil, *arguments], check=True)
