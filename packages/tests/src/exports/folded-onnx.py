"""folded-onnx.py FOLDER: exports the model of facts.json as PyTorch does by default, which folds its batch normalisations:
model.onnx; and what it answers to input.bin: expected.bin."""
import json
import sys

import numpy
import torch
import torchvision

folder = sys.argv[1]
facts = json.load(open(f"{folder}/facts.json"))
size, count = facts["size"], facts["count"]
torch.manual_seed(facts["seed"])
model = getattr(torchvision.models, facts["name"])(num_classes=facts["classes"])
for module in model.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        torch.nn.init.normal_(module.weight, 1, 0.1)
        torch.nn.init.normal_(module.bias, 0, 0.1)
model.train()
for _ in range(3):
    model(torch.randn(8, 3, size, size))
model.eval()
x = torch.from_numpy(numpy.fromfile(f"{folder}/input.bin", dtype="<f4").reshape(count, 3, size, size))
torch.onnx.export(model, x[:1], f"{folder}/model.onnx")
with torch.no_grad():
    model(x).numpy().astype("<f4").tofile(f"{folder}/expected.bin")
