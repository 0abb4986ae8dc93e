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
    on the number of threads, so the slower way is tried again now and then, for a few steps only
    (a whole chunk of a large network would cost more than it tells), and at once if the faster
    way gets slower.
    """

    #: Seconds that a trial should take at least, if its steps are short.
    TRIAL = 0.004
    #: Chunks of a trial: the first decides unless help loses by it, for what disturbs one chunk
    #: (a window that paints) need not last.
    CHUNKS = 2
    #: Time between trials, as a multiple of what the last one lost: alone, together.
    APART = (100.0, 50.0)
    #: The same in seconds, at least and at most.
    LEAST_APART, MOST_APART = 0.1, 2.0
    #: A chunk at less than this share of the usual speed, and slower than the other way was when
    #: it was tried, is suspicious; two in a row are a reason.
    SLOW = 0.7
    #: Chunks after which a helper that has not come is not waited for.
    MISSED = 6
    #: How far a chunk moves what is known of its way, and how far a trial does.
    FOLLOWS, TRIAL_TELLS = 0.4, 0.7

    def __init__(self) -> None:
        self._rates: dict[bool, float] = {}
        self._trial: bool | None = True
        self._tried: list[float] = []
        self._cold = True
        self._steps = 1
        self._until = 0.0
        self._slow = 0
        self._missed = 0

    def choose(self, steps: int) -> tuple[bool, int]:
        """Whether the next chunk is done with help, and how many of so many steps belong to it."""
        if self._trial is not None:
            return self._trial, min(self._steps, steps)
        return self._faster(), steps

    def _faster(self) -> bool:
        return self._rates[True] >= self._rates[False]

    def record(self, together: bool, helped: bool, steps: int, seconds: float) -> None:
        """Remember how long a chunk took that was meant to be done together or alone, and whether
        helpers took part in it."""
        if together and not helped and self._missed < self.MISSED:
            self._missed += 1  # they have not woken yet
            return
        self._missed = 0
        if self._trial is not None and seconds < self.TRIAL:
            if steps == self._steps:
                self._steps *= 2
            return
        if self._cold:  # the first chunk of all meets memory that nobody has touched
            self._cold = False
            return
        rate = steps / max(seconds, 1e-9)
        if self._trial is not None:
            self._try(together, rate, seconds)
            return
        before = self._rates[together]
        slow = min(self.SLOW * before, self._rates[not together])
        self._slow = self._slow + 1 if rate < slow else 0
        self._learn(together, rate, self.FOLLOWS)
        self._until -= seconds
        if self._until < 0.0 or self._slow > 1:
            self._trial = not self._faster()
            self._slow = 0

    def _learn(self, together: bool, rate: float, share: float) -> None:
        before = self._rates.get(together, rate)
        self._rates[together] = before + share * (rate - before)

    def _try(self, together: bool, rate: float, seconds: float) -> None:
        """One chunk of a trial; at the end go on the faster way, for long if the other is much
        slower."""
        self._tried.append(rate)
        best = max(self._tried)
        if together and best < self._rates.get(False, 0.0) and len(self._tried) < self.CHUNKS:
            return
        self._tried.clear()
        self._learn(together, best, self.TRIAL_TELLS)
        if len(self._rates) < 2:
            self._trial = not self._trial
            return
        self._trial = None
        lost = seconds * (1.0 - min(self._rates.values()) / max(self._rates.values()))
        self._until = min(max(self.LEAST_APART, self.APART[together] * lost), self.MOST_APART)


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
