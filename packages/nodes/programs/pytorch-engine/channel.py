"""Talks to the process that started this one: a JSON object per line out, answers in."""

from __future__ import annotations

import json
import math
import os
import queue
import threading
from typing import Any


class Channel:
    """Events go out through what was standard output; what anything else prints goes to the error output."""

    def __init__(self, tells: bool) -> None:
        self.tells = tells
        self.out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self.answers: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        # Not through sys.stdin: processes that read images are copies of this one, in which its lock would stay taken.
        unfinished = b""
        while data := os.read(0, 65536):
            *lines, unfinished = (unfinished + data).split(b"\n")
            for line in lines:
                self.answers.put(json.loads(line))
        # Whoever started this is gone, and with it the one who wants the result.
        os._exit(3)

    def __call__(self, event: str, **facts: Any) -> None:
        if self.tells:
            self.out.write(json.dumps({"event": event, **_finite(facts)}) + "\n")
            self.out.flush()

    def ask(self, event: str, **facts: Any) -> dict[str, Any]:
        """The answer to an event; nothing where no one is asked."""
        if not self.tells:
            return {}
        self(event, **facts)
        return self.answers.get()


def _finite(facts: dict[str, Any]) -> dict[str, Any]:
    """JSON has no words for numbers that are none."""
    return {name: _finite(one) if isinstance(one, dict) else _told(one) for name, one in facts.items()}


def _told(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
