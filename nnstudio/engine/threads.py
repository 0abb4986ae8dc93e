"""The helpers of the virtual machine: a persistent pool of Python threads inside GIL-free code."""

from __future__ import annotations

import ctypes
import os
import sys
import threading

from nnstudio.engine import vm

#: Looks at an idle control block before a helper goes to sleep: some 20 ms of yielding, more than
#: what a session does between two chunks of steps.
PATIENCE = 200_000


def yield_address() -> int:
    """The address of the system's "let somebody else run", which kernels may call."""
    if sys.platform == "win32":
        library = ctypes.WinDLL("kernel32")
        function = library.SwitchToThread
    else:
        function = ctypes.CDLL(None).sched_yield
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def usable_cores() -> int:
    """How many processors this process may use."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # not on Windows or macOS
        return max(1, os.cpu_count() or 1)


class Teamwork:
    """Decides, chunk by chunk, whether help is worth having just now.

    Where another program wants a core, a helper is put to sleep in the middle of its task and
    everybody waits for it; one thread alone is then faster. The result of a step does not depend
    on the number of threads, so both ways are tried now and then and the faster one is taken.
    """

    #: Chunks between trials of the slower way; more the larger the difference.
    APART = 40
    #: Chunks of one trial: a helper that was asleep joins after one or two of them.
    TRIAL = 6
    #: Chunks shorter than this, in seconds, tell too little.
    SHORTEST = 0.001

    def __init__(self) -> None:
        self._rates: dict[bool, float] = {}
        self._since = 0
        self._left = self.TRIAL
        self._trying = True

    def choose(self) -> bool:
        """Whether the next chunk is done with help."""
        if self._left > 0:
            self._left -= 1
            return self._trying
        if len(self._rates) < 2:  # nobody came, or alone is not known yet
            self._try(not self._trying)
            return self._trying
        faster = self._rates[True] >= self._rates[False]
        ratio = max(self._rates.values()) / max(min(self._rates.values()), 1e-9)
        self._since += 1
        if self._since > self.APART * min(ratio, 4.0):
            self._try(not faster)
            return self._trying
        return faster

    def _try(self, together: bool) -> None:
        self._since = 0
        self._trying = together
        self._left = self.TRIAL - 1

    def record(self, together: bool, steps: int, seconds: float) -> None:
        """Remember how fast a chunk was that helpers took part in, or did not."""
        if seconds >= self.SHORTEST:
            rate = steps / seconds
            before = self._rates.get(together, rate)
            self._rates[together] = before + 0.4 * (rate - before)


class Helpers:
    """Threads that help the leader with one control block at a time."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._control = 0
        self._wanted = threading.Semaphore(0)
        self._asleep = 0
        self._lock = threading.Lock()
        self._closing = False
        self._threads = [
            threading.Thread(target=self._serve, name=f"nnstudio-helper-{i}", daemon=True)
            for i in range(count)
        ]
        self._working = 0
        self._idle = threading.Condition(self._lock)
        for thread in self._threads:
            thread.start()

    def call(self, control: int) -> None:
        """Wake the sleeping helpers for a control block; returns at once."""
        with self._lock:
            if self._closing or self._working == self.count:
                return
            self._control = control
            for _ in range(self.count - self._working):
                self._working += 1
                self._wanted.release()

    def _serve(self) -> None:
        while True:
            self._wanted.acquire()
            with self._lock:
                control = self._control
                closing = self._closing
            if closing:
                return
            vm.help_run(control, PATIENCE)
            with self._lock:
                self._working -= 1
                self._idle.notify_all()

    def release(self, control: object) -> None:
        """Send the helpers home from a control block (an int64 array) and wait until they are."""
        control[vm.RETIRE] = 1  # type: ignore[index]
        with self._lock:
            self._idle.wait_for(lambda: self._working == 0, timeout=5)
        control[vm.RETIRE] = 0  # type: ignore[index]

    def close(self) -> None:
        """End the threads."""
        with self._lock:
            self._closing = True
        for _ in self._threads:
            self._wanted.release()
        for thread in self._threads:
            thread.join(timeout=5)
