"""How the C library keeps memory in a process that computes on processors."""

from __future__ import annotations

import ctypes
import sys

# Numbers of glibc's mallopt.
TRIM_THRESHOLD, MMAP_MAX = -1, -4


def keep_freed() -> None:
    """
    Keeps what is freed for the next feature map. By itself glibc gives large blocks back at once and takes them anew,
    page by page: half of the time of a training may go there. Other C libraries are left as they are.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(MMAP_MAX, 0)
        mallopt(TRIM_THRESHOLD, -1)
