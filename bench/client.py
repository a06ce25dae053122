"""A load of HTTP requests over connections that are kept, light enough not to be what is measured."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Address:
    """Where the service is and who asks. `token` is a bearer token."""

    host: str
    port: int
    token: str

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
        """The bytes of one request."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", f"Authorization: Bearer {self.token}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if body:
            lines += ["Content-Type: application/fhir+json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(slots=True)
class Line:
    """One connection that is kept open. Requests go one at a time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        place = head.lower().find(b"content-length:")
        size = int(head[place + 15 : head.index(b"\r", place)]) if place >= 0 else 0
        return int(head[9:12]), await self.reader.readexactly(size)


@dataclass(slots=True)
class Load:
    """What was answered within `seconds`. `latencies` in milliseconds, as they came."""

    seconds: float = 0
    latencies: list[float] = field(default_factory=list[float])


async def line(address: Address) -> Line:
    return Line(*await asyncio.open_connection(address.host, address.port, limit=1 << 24))


async def drive(address: Address, requests: Iterator[bytes], clients: int, seconds: float) -> Load:
    """`clients` connections ask one request after the other. Raises RuntimeError for an answer that is no success."""
    load = Load()
    lines = [await line(address) for _ in range(clients)]
    start = perf_counter()

    async def work(one: Line) -> None:
        while (began := perf_counter()) - start < seconds:
            status, body = await one.ask(next(requests))
            if not 200 <= status < 300:
                raise RuntimeError(f"the server answered {status}: {body[:500].decode(errors='replace')}")
            load.latencies.append((perf_counter() - began) * 1e3)

    async with asyncio.TaskGroup() as group:
        for one in lines:
            group.create_task(work(one))
    load.seconds = perf_counter() - start
    for one in lines:
        one.writer.close()
    return load
