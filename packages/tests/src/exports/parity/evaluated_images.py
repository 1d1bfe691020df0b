"""Paths of the images that a program is measured on, as JSON; run in the folder of the program."""

import json
from pathlib import Path

import settings
from train import samples_of

print(json.dumps([str(one.path) for one in samples_of(settings.EVALUATIONS[0].images, Path(settings.IMAGES))]))
