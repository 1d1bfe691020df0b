"""Processes that read images ahead of what computes with them."""

from __future__ import annotations

from typing import Iterator, Optional, Sequence

import torch
from torch.utils.data import DataLoader

from data import Images

Place = tuple[int, int]  # of an image, and which view of it


class Plan:
    """Batches that are to be read: others for every turn, while the processes stay."""

    batches: Sequence[Sequence[Place]] = ()

    def __iter__(self) -> Iterator[Sequence[Place]]:
        return iter(self.batches)


class Readers:
    """
    Reads batches of images, in as many processes as are wanted. They start at once: one that is copied later, when this
    process holds feature maps, makes it copy every page of them that it writes to next.
    """

    def __init__(self, images: Images, count: int, for_gpu: bool) -> None:
        self.plan = Plan()
        self.loader: Optional[DataLoader[torch.Tensor]] = DataLoader(
            images,  # type: ignore[arg-type]
            batch_sampler=self.plan,  # type: ignore[arg-type]
            num_workers=count,
            persistent_workers=count > 0,
            pin_memory=for_gpu,
        )
        if count > 0:
            iter(self.loader)

    def read(self, batches: Sequence[Sequence[Place]]) -> Iterator[torch.Tensor]:
        """The inputs of these batches, one after the other. What was asked for before is not read to its end."""
        assert self.loader is not None
        self.plan.batches = batches
        return iter(self.loader)

    def close(self) -> None:
        """Ends the processes, once everything is read."""
        self.loader = None
