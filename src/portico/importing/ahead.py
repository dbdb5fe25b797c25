"""Reading ahead: while the database writes one batch, the next is read and built."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error


class _End:
    pass


class _Reader(Generic[T]):
    def __init__(self, source: Iterable[T], depth: int) -> None:
        self.stop = Event()
        self.queue: Queue[T | _Failed | _End] = Queue(depth)
        self.thread = Thread(target=self._run, args=(source,), daemon=True, name="portico-import-reader")

    def _run(self, source: Iterable[T]) -> None:
        try:
            for item in source:
                if not self._put(item):
                    return
            self._put(_End())
        except BaseException as error:  # noqa: BLE001 (raised again where the items are taken)
            self._put(_Failed(error))

    def _put(self, item: T | _Failed | _End) -> bool:
        while not self.stop.is_set():
            try:
                self.queue.put(item, timeout=0.1)
            except Full:
                continue
            return True
        return False


def ahead(source: Iterable[T], *, depth: int = 2) -> Iterator[T]:
    """The same items, produced in a thread of their own, at most `depth` of them in advance.

    What the source raises is raised here. The thread ends with the iteration, whichever way that ends.
    """
    reader = _Reader(source, depth)
    reader.thread.start()
    try:
        while True:
            try:
                item = reader.queue.get(timeout=1)
            except Empty:
                continue
            if isinstance(item, _End):
                return
            if isinstance(item, _Failed):
                raise item.error
            yield item
    finally:
        reader.stop.set()
        reader.thread.join()
