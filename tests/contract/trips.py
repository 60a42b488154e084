"""A server's socket with somebody in between who counts how often a client waits for an answer."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self


class Counting:
    """Stands before a server's socket. A round trip ends where the client says something after it was answered."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.trips = 0
        self._server = server
        self._is_answered = True
        self._listening = socket.socket(socket.AF_UNIX)
        self._open = [self._listening]
        self._listening.bind(str(folder / server.name))
        self._listening.listen()
        threading.Thread(target=self._taking, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # or whoever waits at it would wait on
            one.close()

    @contextmanager
    def of(self, trips: int) -> Iterator[None]:
        """What is done in the block takes so many round trips."""
        before = self.trips
        yield
        assert (self.trips - before) == trips, f"{self.trips - before} instead of {trips}"

    def _taking(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                self._open += [client, server]
                server.connect(str(self._server))
                threading.Thread(target=self._carry, args=(client, server, self._asked), daemon=True).start()
                threading.Thread(target=self._carry, args=(server, client, self._answered), daemon=True).start()

    def _carry(self, giver: socket.socket, taker: socket.socket, heard: Callable[[], None]) -> None:
        with suppress(OSError):
            while said := giver.recv(65_536):
                heard()
                taker.sendall(said)
        with suppress(OSError):
            taker.shutdown(socket.SHUT_WR)

    def _asked(self) -> None:
        if self._is_answered:
            self.trips += 1
            self._is_answered = False

    def _answered(self) -> None:
        self._is_answered = True
