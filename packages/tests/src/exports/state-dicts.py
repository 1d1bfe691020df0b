"""state_dicts.py FOLDER: loads FOLDER/weights.* with strict=True into the model of facts.json, runs input.bin and writes
logits.bin; prints what it loaded into."""
import json
import sys

import numpy
import torch

folder = sys.argv[1]
facts = json.load(open(f"{folder}/facts.json"))
name, classes, size, count = facts["name"], facts["classes"], facts["size"], facts["count"]
if name.startswith("timm/"):
    import timm

    model = timm.create_model(name[5:], num_classes=classes)
else:
    import torchvision

    model = getattr(torchvision.models, name)(num_classes=classes)
if facts["file"].endswith(".safetensors"):
    from safetensors.torch import load_file

    state = load_file(f"{folder}/{facts['file']}")
else:
    state = torch.load(f"{folder}/{facts['file']}", map_location="cpu")
print(model.load_state_dict(state, strict=True))
model.eval()
x = torch.from_numpy(numpy.fromfile(f"{folder}/input.bin", dtype="<f4").reshape(count, 3, size, size))
with torch.no_grad():
    model(x).numpy().astype("<f4").tofile(f"{folder}/logits.bin")
