"""Results of stages that stay as they are, kept on disk for the next training as Graft's other engines do.

Each process writes a pair of its own: `ID.features` holds records of float32 values, `ID.index` 64 bytes for each of
them, the sha256 of its key and that of the record. A record is written before its entry, so a crash leaves at most a
tail that no entry names.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path
from typing import Any, BinaryIO, Iterator, Mapping, Optional, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

import processes
from channel import Channel
from inputs import Inputs

ENTRY = 64
CHUNK = 32


class Store:
    """Records of one length by key."""

    def __init__(self, folder: Path, values: int) -> None:
        self.folder, self.size = folder, values * 4
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "used").write_bytes(b"")
        os.utime(folder / "used")
        # Whoever makes room passes by a folder that a living process uses.
        self.lease = folder / f"lease-{os.getpid()}-{_started()}-{uuid.uuid4()}"
        self.lease.write_bytes(b"")
        self.known: dict[bytes, list[tuple[Path, int, bytes]]] = {}
        for index in sorted(folder.glob("*.index")):
            entries = index.read_bytes()
            for at in range(len(entries) // ENTRY):
                entry = entries[at * ENTRY : (at + 1) * ENTRY]
                place = (index.with_suffix(".features"), at * self.size, entry[32:])
                self.known.setdefault(entry[:32], []).append(place)
        self.files: dict[Path, Optional[BinaryIO]] = {}
        self.writers: Optional[tuple[Path, BinaryIO, BinaryIO]] = None
        self.written = 0

    def read(self, key: bytes) -> Optional[NDArray[Any]]:
        """The record, where there is one that is whole."""
        for path, position, checksum in self.known.get(key, []):
            if path not in self.files:
                self.files[path] = open(path, "rb") if path.exists() else None
            file = self.files[path]
            if file is None:
                continue
            file.seek(position)
            data = file.read(self.size)
            if hashlib.sha256(data).digest() == checksum:
                return np.frombuffer(data, np.float32)
        return None

    def put(self, key: bytes, record: NDArray[Any]) -> None:
        if self.writers is None:
            name = self.folder / str(uuid.uuid4())
            path = name.with_suffix(".features")
            self.writers = path, open(path, "xb"), open(name.with_suffix(".index"), "xb")
        data = record.astype(np.float32).tobytes()
        checksum = hashlib.sha256(data).digest()
        path, features, index = self.writers
        features.write(data)
        features.flush()
        index.write(key + checksum)
        index.flush()
        self.known.setdefault(key, []).append((path, self.written * self.size, checksum))
        self.written += 1

    def close(self) -> None:
        for file in (*self.files.values(), *(self.writers or ())[1:]):
            if file is not None:
                file.close()
        self.lease.unlink(missing_ok=True)


def _started() -> str:
    """When this process started, as /proc has it; numbers of processes are used again."""
    try:
        text = Path("/proc/self/stat").read_text(encoding="utf-8")
        return text[text.rindex(")") + 2 :].split(" ")[19]
    except (OSError, ValueError, IndexError):
        return ""


class KeptInputs(Inputs):
    """Inputs whose features are looked up on disk first, and computed by all processes together."""

    folder: Optional[str] = None  # of the store, without the length of its records
    names: Mapping[str, str] = {}  # what identifies an image's contents, by its path
    variation = ""  # what identifies the augmentation
    tell: Optional[Channel] = None
    opened: dict[int, Store] = {}
    cached = computed = bytes = 0

    def _complete(self, batches: Sequence[Sequence[int]], view: int, chunk: int) -> None:
        missing = [index for index in range(len(self.images)) if not self.known[view][index]]
        if not missing:
            return
        rows = self.kept[view]
        store = self._store(rows[0].numel())
        absent = [index for index in missing if not self._found(store, index, view)]
        absent = [index for index in missing if index in self._agreed(absent)] if processes.count() > 1 else absent
        KeptInputs.cached += len(missing) - len(absent)
        KeptInputs.computed += len(absent)
        KeptInputs.bytes += len(missing) * rows[0].numel() * 4
        done = 0
        # Not by the batch: what was kept of another training is to be what this one would compute.
        parts = list(_parts(absent, CHUNK * processes.count()))
        shares = [processes.share_of(part) for part in parts]
        for part, own, inputs in zip(parts, shares, self._images(shares, view)):
            computed = processes.joined(self._through_fixed(inputs), len(part)).cpu()
            rows[part] = computed
            self.known[view][part] = True
            if store is not None:
                for at, index in enumerate(part):
                    if index in own:
                        store.put(self._key(index, view), computed[at].numpy().reshape(-1))
            done += len(part)
            if self.tell is not None:
                self.tell("features", done=done, total=len(absent))

    def _store(self, values: int) -> Optional[Store]:
        if self.folder is None:
            return None
        if values not in self.opened:
            self.opened[values] = Store(Path(f"{self.folder}-{values}"), values)
        return self.opened[values]

    def _key(self, index: int, view: int) -> bytes:
        name = self.names[str(self.images.samples[index].path)]
        variation = f"{self.variation} {view}" if self.images.augmentation else ""
        return hashlib.sha256(f"{name} {variation}".encode()).digest()

    def _found(self, store: Optional[Store], index: int, view: int) -> bool:
        record = None if store is None else store.read(self._key(index, view))
        if record is None:
            return False
        self.kept[view][index] = torch.from_numpy(record.copy()).reshape(self.kept[view][index].shape)
        self.known[view][index] = True
        return True

    def _agreed(self, absent: Sequence[int]) -> set[int]:
        """What is absent in any process: another machine may have other files."""
        marks = torch.zeros(len(self.images), dtype=torch.float64)
        marks[list(absent)] = 1
        together: Any = processes.total(*marks.tolist())
        return {index for index, mark in enumerate(together) if mark > 0}


def _parts(items: Sequence[int], size: int) -> Iterator[list[int]]:
    return (list(items[start : start + size]) for start in range(0, len(items), size))


def close_stores() -> None:
    for store in KeptInputs.opened.values():
        store.close()
