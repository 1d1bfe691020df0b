"""load_written.py FOLDER SIZE: loads what Graft wrote, FOLDER/written.pth and FOLDER/written-head.pth, with strict=True into the model that FOLDER/reference.json
names (the second with as many classes as FOLDER/head.json says; transformers' with from_pretrained, which knows its older names, and no tensor missing or
over), and writes their logits of input.f32 beside them as .f32."""
import json
import sys
from pathlib import Path

import numpy
import torch

from networks import CLASSES, build, logits_of, with_classifier


def loaded(model, state):
    model.load_state_dict(state, strict=True)
    return model


def loaded_by_transformers(model, state):
    model, found = type(model).from_pretrained(None, config=model.config, state_dict=state, output_loading_info=True)
    wrong = [f"{kind}: {sorted(map(str, names))[:3]}" for kind, names in found.items() if names]
    if wrong:
        raise RuntimeError("; ".join(wrong))
    return model


folder = Path(sys.argv[1])
facts = json.loads((folder / "reference.json").read_text())
torch.set_num_threads(1)
images = torch.from_numpy(numpy.fromfile(folder / "input.f32", dtype="<f4").reshape(facts["input"]))
for file in ("written", "written-head"):
    path = folder / f"{file}.pth"
    if not path.exists():
        continue
    classes = CLASSES if file == "written" else json.loads((folder / "head.json").read_text())["classes"]
    name = facts["name"] if file == "written" else with_classifier(facts["name"])
    model = build(name, facts["input"][2], classes)
    try:
        state = torch.load(path, map_location="cpu")
        model = loaded_by_transformers(model, state) if facts["name"].startswith("hf/") else loaded(model, state)
    except (RuntimeError, ValueError) as error:
        (folder / f"{file}.error").write_text(" ".join(str(error).split())[:600])
        continue
    with torch.no_grad():
        logits_of(model.eval()(images)).numpy().astype("<f4").tofile(folder / f"{file}.f32")
