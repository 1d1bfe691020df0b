"""What the part of the network that learns is fed: images, or kept results of the stages that stay as they are."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Callable, Iterator, Optional, Sequence

import torch
import torch.nn.functional as F
from torch import nn

from data import Images
from readers import Readers

Precision = Callable[[], AbstractContextManager[object]]


class Inputs:
    """Batches for `rest`. With stages before it their results are kept, once per image and view, where they fit."""

    def __init__(
        self,
        images: Images,
        fixed: Optional[nn.Module],
        device: torch.device,
        precision: Precision,
        workers: int,
        views: int,
        most_bytes: float,
        channels_last: bool,
        number: torch.dtype = torch.float32,
        size: Optional[tuple[int, int]] = None,
    ) -> None:
        self.images = images
        self.fixed = fixed
        self.device = device
        self.precision = precision
        self.readers = Readers(images, workers, device.type == "cuda")
        self.views = views
        self.most_bytes = most_bytes
        self.channels_last = channels_last
        self.number = number
        self.size = size
        self.kept: dict[int, torch.Tensor] = {}
        self.known: dict[int, torch.Tensor] = {}

    def batches(self, batches: Sequence[Sequence[int]], view: int, chunk: int) -> Iterator[torch.Tensor]:
        """The inputs of these batches, one after the other, on the device."""
        if self.fixed is None or not batches:
            yield from self._images(batches, view)
            return
        if view not in self.kept and not self._make_room(view):
            for inputs in self._images(batches, view):
                yield self._through_fixed(inputs)
            return
        self._complete(batches, view, chunk)
        if len(self.kept) == self.views and all(bool(known.all()) for known in self.known.values()):
            self.readers.close()
        for batch in batches:
            yield self._laid_out(self.kept[view][list(batch)].to(self.device))

    def _images(self, batches: Sequence[Sequence[int]], view: int) -> Iterator[torch.Tensor]:
        read = self.readers.read([[(index, view) for index in batch] for batch in batches if batch])
        for batch in batches:
            # More processes than images: some have none.
            inputs = next(read) if batch else self.images.none()
            yield self._prepared(inputs)

    def _prepared(self, images: torch.Tensor) -> torch.Tensor:
        """On the device, and as small as they are to be."""
        images = images.to(self.device, self.number, non_blocking=True)
        if self.size is not None:
            images = F.interpolate(images, self.size, mode="bilinear", antialias=True)
        return self._laid_out(images)

    def _laid_out(self, inputs: torch.Tensor) -> torch.Tensor:
        """Feature maps with channels last where that is wanted; anything else as it is."""
        if not self.channels_last or inputs.dim() != 4:
            return inputs
        return inputs.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def _through_fixed(self, inputs: torch.Tensor) -> torch.Tensor:
        assert self.fixed is not None
        with torch.no_grad(), self.precision():
            result: torch.Tensor = self.fixed(inputs)
        return result.to(self.number)

    def _make_room(self, view: int) -> bool:
        """Room for the results of all images, if all views fit."""
        one = self._through_fixed(self._prepared(torch.zeros(1, *self.images.none().shape[1:])))[0]
        if len(self.images) * self.views * one.numel() * one.element_size() > self.most_bytes:
            return False
        self.kept[view] = torch.empty(len(self.images), *one.shape, dtype=self.number)
        self.known[view] = torch.zeros(len(self.images), dtype=torch.bool)
        return True

    def _complete(self, batches: Sequence[Sequence[int]], view: int, chunk: int) -> None:
        wanted = sorted({index for batch in batches for index in batch})
        missing = [index for index in wanted if not self.known[view][index]]
        parts = [missing[start : start + chunk] for start in range(0, len(missing), chunk)]
        for part, inputs in zip(parts, self._images(parts, view)):
            self.kept[view][part] = self._through_fixed(inputs).cpu()
            self.known[view][part] = True


def logits_of(
    rest: nn.Module, inputs: Inputs, indices: Sequence[int], batch_size: int, precision: Precision
) -> torch.Tensor:
    """The network's outputs for these images, without random changes, on the processor."""
    rest.eval()
    starts = range(0, max(1, len(indices)), batch_size)
    parts = [list(indices[start : start + batch_size]) for start in starts]
    rows: list[torch.Tensor] = []
    for batch in inputs.batches(parts, 0, batch_size):
        with torch.no_grad(), precision():
            rows.append(rest(batch).to(inputs.number).cpu())
    return torch.cat(rows)
