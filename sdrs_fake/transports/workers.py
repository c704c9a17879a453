"""The threads of a server: few answer requests at a time, unless these are held up."""

from collections import deque
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from threading import RLock, Thread, current_thread

from sdrs_fake.transports.connection import ClientConnection, now

MAX_RUNNING = 4
"""How many requests are answered at once while they come to their end: more share one GIL."""

MAX_FREE = 8
"""How many threads without a connection stay for the next one."""

STALL_SECONDS = 0.02
"""How long a request waits for a thread while no other comes to its end.

What is being answered is held up then, by a delay, a slow client or a function of the user's.
"""

MIN_THREADS = 16

Serve = Callable[[ClientConnection], object]
"""Not kept by `Workers`: who serves keeps them, and a closed fake should be freed at once."""


class Workers:
    """Threads that serve connections until `stop`, and which connections wait for them."""

    def __init__(self, name: str) -> None:
        self._name = name
        # The garbage collector may stop a forgotten server on any thread, also under this lock.
        self._lock = RLock()
        self._running: set[ClientConnection] = set()
        self._waiting: deque[ClientConnection] = deque()
        self._progress = 0.0
        self._tasks: SimpleQueue[ClientConnection | None] = SimpleQueue()
        self._free = 0
        self._stopped = False
        self._threads: list[Thread] = []
        self._most_threads = MIN_THREADS

    @property
    def is_current(self) -> bool:
        """Whether the caller is on one of the threads."""
        return current_thread() in self._threads

    @property
    def has_waiting(self) -> bool:
        """Whether a connection waits for a thread."""
        return bool(self._waiting)

    def admit(self, client: ClientConnection) -> bool:
        """Whether the request of a connection may begin now; else it waits for a thread."""
        with self._lock:
            if len(self._running) < MAX_RUNNING:
                self._running.add(client)
                return True
            self._progress = self._progress if self._waiting else now()
            self._waiting.append(client)
            return False

    def take_stalled(self) -> Iterable[ClientConnection]:
        """All that wait, to begin now, where the requests before them are held up."""
        with self._lock:
            if not self._waiting or now() - self._progress < STALL_SECONDS:
                return ()
            self._running = set(self._waiting)
            self._waiting.clear()
            return tuple(self._running)

    def start(self, client: ClientConnection, serve: Serve) -> None:
        """Serve a connection on a free thread or a new one; RuntimeError where there is none."""
        with self._lock:
            is_free = self._free > 0
            self._free -= is_free
        if is_free:
            self._tasks.put(client)
            return
        self._forget_ended()
        thread = Thread(target=self._work, args=(client, serve), name=self._name, daemon=True)
        self._threads.append(thread)
        try:
            thread.start()
        except RuntimeError:
            self._threads.pop()
            raise

    def begin(self, client: ClientConnection) -> None:
        """A request of this connection is being answered from now on."""
        with self._lock:
            self._running.add(client)

    def end(self, client: ClientConnection) -> None:
        """No request of this connection is being answered any more."""
        with self._lock:
            self._running.discard(client)

    def stop(self) -> list[ClientConnection]:
        """Let the threads end after what they serve; return what waits for one."""
        with self._lock:
            self._stopped = True
            waiting = [*self._waiting]
            self._waiting.clear()
        for _ in self._threads:
            self._tasks.put(None)
        return waiting

    def leave_to_parent(self) -> None:
        """In the child of a fork, where the threads do not exist: hold none of their locks."""
        self._lock = RLock()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _work(self, first: ClientConnection, serve: Serve) -> None:
        client: ClientConnection | None = first
        while client:
            serve(client)
            client = self._next()

    def _next(self) -> ClientConnection | None:
        with self._lock:
            if self._waiting:
                client = self._waiting.popleft()
                self._running.add(client)
                self._progress = now()
                return client
            if self._stopped or self._free >= MAX_FREE:
                return None
            self._free += 1
        return self._tasks.get()

    def _forget_ended(self) -> None:
        # Only when there are twice as many as before: to look at all of them for each new one
        # would take a time that grows with their square.
        if len(self._threads) >= self._most_threads:
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            self._most_threads = 2 * len(self._threads) + MIN_THREADS
