"""One raw connection to a patient door, from any address of the loopback: quick, and no cookies."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

HERE = "127.0.0.1"


@dataclass
class Line:
    """One connection to the door, from one address."""

    port: int
    source: str
    reader: asyncio.StreamReader = field(init=False)
    writer: asyncio.StreamWriter = field(init=False)

    async def __aenter__(self) -> Line:
        self.reader, self.writer = await asyncio.open_connection(
            HERE, self.port, local_addr=(self.source, 0)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def ask(self, question: object, cookie: str = "") -> tuple[int, dict[str, str], str]:
        """Status, answer, and the cookie of a known browser, if one is given."""
        body = json.dumps(question).encode()
        lines = [
            "POST /visit HTTP/1.1",
            f"Host: {HERE}:{self.port}",
            f"Origin: http://{HERE}:{self.port}",
            f"Content-Length: {len(body)}",
            *([f"Cookie: pb-known={cookie}"] if cookie else []),
        ]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0])
        answer = json.loads(await self.reader.readexactly(length))
        known = head.partition("pb-known=")[2].partition(";")[0]
        return int(head.split(" ", 2)[1]), answer, known
