"""load_written.py FOLDER SIZE: loads what Graft wrote, FOLDER/written.pth and FOLDER/written-head.pth, with strict=True into the model that FOLDER/reference.json
names (the second with as many classes as FOLDER/head.json says), and writes their logits of input.f32 beside them as .f32."""
import json
import sys
from pathlib import Path

import numpy
import torch

from networks import CLASSES, build, logits_of

folder = Path(sys.argv[1])
facts = json.loads((folder / "reference.json").read_text())
torch.set_num_threads(1)
images = torch.from_numpy(numpy.fromfile(folder / "input.f32", dtype="<f4").reshape(facts["input"]))
for file in ("written", "written-head"):
    path = folder / f"{file}.pth"
    if not path.exists():
        continue
    classes = CLASSES if file == "written" else json.loads((folder / "head.json").read_text())["classes"]
    model = build(facts["name"], facts["input"][2], classes)
    try:
        model.load_state_dict(torch.load(path, map_location="cpu"), strict=True)
    except (RuntimeError, ValueError) as error:
        (folder / f"{file}.error").write_text(" ".join(str(error).split())[:600])
        continue
    with torch.no_grad():
        logits_of(model.eval()(images)).numpy().astype("<f4").tofile(folder / f"{file}.f32")
