"""A program's train.py with learning rates of zero: the losses of the same batches where nothing is learned."""

import dataclasses

import settings
import train

settings.PHASES = tuple(dataclasses.replace(phase, learning_rate=0.0) for phase in settings.PHASES)
train.main()
