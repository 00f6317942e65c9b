"""Sends what is due, each message at most once. Part of the composition root.

While the vault is unlocked, whatever is due within 48 hours is opened and written into memory. From
there it goes out, also when the vault has been locked since; a restart forgets it. A change of
anything throws all of it away at once, so nothing old can go out while the new is being written.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from practicebox.envelopes import Envelope, Writer
from practicebox.post import accounts, mail, sms
from practicebox.post.accounts import SetUp
from practicebox.post.mail import FOR_GOOD, InDoubt, Mail, NotSent
from practicebox.post.message import Translate
from practicebox.post.sms import Sms
from practicebox.practice.reminders import Plan, State, next_try, useful_until
from practicebox.store.conditions import Locked
from practicebox.store.outbox.outbox import SLICE, Ready
from practicebox.store.outbox.planning import Pending
from practicebox.store.store import Store

LOOK = 1.0  # seconds between two looks at the clock and the vault, in memory
AGAIN = timedelta(minutes=5)  # between two looks at all appointments, if nothing is told to change

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Prepared:
    """A message that is ready to go."""

    ready: Ready
    payload: Mail | Sms
    until: datetime  # of use
    tries: int


class Dispatch:
    """The work that goes on as long as the box does."""

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], datetime],
        is_in_doubt: Callable[[], bool],  # the clock
        public_url: Callable[[], str],
        translate: Translate,  # into the language of patients
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._store, self._now, self._is_in_doubt = store, now, is_in_doubt
        self._public_url, self._translate, self._trust = public_url, translate, trust
        self._set_up = SetUp()
        self._prepared: dict[str, Prepared] = {}
        self._is_stale = True
        self._looked: datetime | None = None
        self._woken = asyncio.Event()
        store.outbox.news.listen(self._forget)

    async def run(self) -> None:
        """Send for ever."""
        cut_off = await self._store.outbox.doubt_what_was_cut_off()
        if cut_off:
            log.warning("messages_in_doubt", extra={"count": cut_off})
        while True:
            await self.step()
            await self._rest()

    async def step(self) -> None:
        """Prepare what has changed, and send what is due."""
        if self._is_in_doubt():
            return
        self._woken.clear()
        if self._store.vault.is_unlocked and self._has_to_look():
            await self._prepare()
        await self._store.outbox.drop_late()
        ids = await self._store.outbox.due()
        due = [self._prepared[id_] for id_ in ids if id_ in self._prepared]
        await self._send_mails([one for one in due if isinstance(one.payload, Mail)])
        await self._send_sms([one for one in due if isinstance(one.payload, Sms)])

    def _forget(self) -> None:
        """Something has changed."""
        self._is_stale = True
        self._prepared = {}
        self._woken.set()

    def _has_to_look(self) -> bool:
        if self._is_stale or self._looked is None:
            return True
        return not timedelta() <= self._now() - self._looked < AGAIN

    async def _rest(self) -> None:
        """Sleep until something is due, changes, or can be prepared."""
        due = await self._store.outbox.next_due()
        was_unlocked = self._store.vault.is_unlocked
        while True:
            try:
                await asyncio.wait_for(self._woken.wait(), LOOK)
                return
            except TimeoutError:
                pass
            if due and due <= self._now():
                return
            if self._store.vault.is_unlocked and (not was_unlocked or self._has_to_look()):
                return

    async def _prepare(self) -> None:
        """Write what is due within 48 hours into memory."""
        self._is_stale, self._looked = False, self._now()
        try:
            writer = await self._writer()
            if writer is None:
                return
            await self._store.outbox.plan(writer.set_up.leads, writer.set_up.ways)
            pending = await self._store.outbox.pending()
            prepared = await self._write(writer, pending)
        except Locked:
            self._is_stale = True  # in the middle of it; the next unlocking goes on
            return
        if not self._is_stale:
            self._set_up, self._prepared = writer.set_up, prepared

    async def _writer(self) -> Writer | None:
        settings, practice = self._store.sealed_settings, await self._store.practice()
        if practice is None:
            return None
        names = (accounts.MAIL, accounts.SMS, accounts.TEXTS)
        set_up = accounts.read(*[await settings.get(name) for name in names])
        return Writer(set_up, practice, self._public_url(), self._now, self._translate)

    async def _write(self, writer: Writer, pending: Sequence[Pending]) -> dict[str, Prepared]:
        written: list[tuple[Pending, Envelope]] = []
        for one in pending:
            reason = _reason_against(one, writer.set_up)
            if reason:
                state = State.WITHDRAWN if reason == "agreement" else State.FAILED
                await self._store.outbox.settle(one.message.id, state, reason)
                continue
            try:
                # a calendar file takes 5 ms: off the loop, or a running call would feel it
                written.append((one, await asyncio.to_thread(writer.write, one)))
            except NotSent as refusal:
                reason = refusal.trouble.value
                await self._store.outbox.settle(one.message.id, State.FAILED, reason)
        prepared: dict[str, Prepared] = {}
        for some in _slices(written):
            contents = [(one, envelope.content) for one, envelope in some]
            ready = await self._store.outbox.seal(contents)
            by_id = {each.id: each for each in ready}
            for one, envelope in some:
                if one.message.id in by_id:
                    prepared[one.message.id] = _prepared(one, by_id[one.message.id], envelope)
        return prepared

    async def _send_mails(self, due: Sequence[Prepared]) -> None:
        account = self._set_up.mail
        if not due or account is None:
            return
        try:
            async with mail.line(account, self._trust) as line:
                for one in due:
                    if not line.is_open:
                        return  # the rest is due again at once, on a line of its own
                    assert isinstance(one.payload, Mail)
                    await self._send(one, partial(line.send, one.payload))
        except NotSent as refusal:  # no line, and nothing has been claimed
            for one in due:
                await self._not_yet(one, refusal)

    async def _send_sms(self, due: Sequence[Prepared]) -> None:
        gateway = self._set_up.sms
        for one in due if gateway else ():
            assert gateway and isinstance(one.payload, Sms)
            await self._send(one, partial(sms.send, gateway, one.payload, self._trust))

    async def _send(self, one: Prepared, send: Callable[[], Awaitable[None]]) -> None:
        """Send one message, unless it was changed or withdrawn since it was prepared."""
        outbox, id_ = self._store.outbox, one.ready.id
        if self._prepared.get(id_) is not one or not await outbox.claim(one.ready):
            return
        del self._prepared[id_]
        try:
            await send()
        except InDoubt:
            await outbox.settle(id_, State.DOUBT, "no_answer")
        except NotSent as refusal:
            self._prepared[id_] = one
            await self._not_yet(one, refusal)
        else:
            await outbox.settle(id_, State.SENT)

    async def _not_yet(self, one: Prepared, refusal: NotSent) -> None:
        """Nothing has gone out: try again later, as long as that makes sense."""
        outbox, id_, reason = self._store.outbox, one.ready.id, refusal.trouble.value
        if self._prepared.get(id_) is not one:
            return
        later = next_try(one.tries + 1, self._now(), one.until)
        if refusal.trouble in FOR_GOOD or later is None:
            del self._prepared[id_]
            await outbox.settle(id_, State.FAILED, reason)
            return
        self._prepared[id_] = replace(one, tries=one.tries + 1)
        await outbox.postpone(id_, reason, one.tries + 1, later)


def _reason_against(one: Pending, set_up: SetUp) -> str:
    """Why a message must not go out at all; empty if it may."""
    way = one.message.content.way
    if way not in set_up.ways:
        return "account"
    if one.message.content.name:
        return ""  # somebody who was written to before is told that it's over
    return "" if one.agreed.since(way) else "agreement"


def _prepared(one: Pending, ready: Ready, envelope: Envelope) -> Prepared:
    appointment = one.appointment
    plan = Plan(appointment.starts, appointment.minutes, appointment.created)
    until = useful_until(one.message.kind, plan)
    return Prepared(ready, envelope.payload, until, one.message.tries)


def _slices(
    written: Sequence[tuple[Pending, Envelope]],
) -> Iterator[Sequence[tuple[Pending, Envelope]]]:
    for start in range(0, len(written), SLICE):
        yield written[start : start + SLICE]
