"""A sticky balancer as nginx's ``ip_hash``: every connection goes to the same replica until that one is gone."""

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self


class Balancer:
    """Listens on `port` of the loopback while it is entered, in a thread of its own."""

    def __init__(self, upstreams: Sequence[int]) -> None:
        self._upstreams = list(upstreams)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._forward, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    def replace(self, old: int, new: int) -> None:
        """Let a replica that was started again take the place of the old one."""
        self._upstreams[self._upstreams.index(old)] = new

    def _call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=5)

    async def _close(self) -> None:
        self._server.close()
        connections = asyncio.all_tasks() - {asyncio.current_task()}
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for port in self._upstreams:
            with suppress(OSError):
                upstream = await asyncio.open_connection("127.0.0.1", port)
                break
        else:
            writer.close()
            return
        with suppress(OSError):
            await asyncio.gather(self._copy(reader, upstream[1]), self._copy(upstream[0], writer))

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                target.write(data)
                await target.drain()
        target.close()
