"""The PyTorch side of feature-extraction.mjs: the same photos, network and job. Prints JSON."""
import json
import sys
import time

import numpy as np
import torch
from PIL import Image
from torchvision import transforms

torch.set_num_threads(int(sys.argv[2]))
with open(sys.argv[1]) as file:
    job = json.load(file)


class Net(torch.nn.Module):
    """MobileNet v1, 0.75, without its head: the layers that Graft lists, with its weights; batch norm folded as Graft does."""

    def __init__(self, layers):
        super().__init__()
        modules = []
        for layer in layers:
            if layer["operator"] == "Conv":
                weight = torch.from_numpy(np.fromfile(layer["weight"], np.float32).reshape(layer["shape"]))
                pads = layer["pads"]
                if any(pads):
                    modules.append(torch.nn.ZeroPad2d((pads[1], pads[3], pads[0], pads[2])))
                conv = torch.nn.Conv2d(weight.shape[1] * layer["group"], weight.shape[0], weight.shape[2:], stride=layer["strides"], groups=layer["group"])
                conv.weight.data = weight
                conv.bias.data = torch.from_numpy(np.fromfile(layer["bias"], np.float32))
                modules.append(conv)
            else:
                modules.append(torch.nn.ReLU6())
        self.body = torch.nn.Sequential(*modules)

    def forward(self, x):
        return self.body(x).mean((2, 3))


def load(path):
    image = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)])
    return image(Image.open(path).convert("RGB"))


model = Net(job["layers"]).eval().to(memory_format=torch.channels_last)
batch = job["batch"]
start = time.perf_counter()
images = torch.stack([load(path) for path in job["files"]])
decode = time.perf_counter() - start
with torch.no_grad():
    model(images[:batch].contiguous(memory_format=torch.channels_last))
    start = time.perf_counter()
    features = torch.cat([model(images[i : i + batch].contiguous(memory_format=torch.channels_last)) for i in range(0, len(images), batch)])
    extract = time.perf_counter() - start
labels = torch.tensor(job["labels"])
head = torch.nn.Linear(features.shape[1], 2)
optimizer = torch.optim.AdamW(head.parameters(), lr=5e-3, weight_decay=1e-2)
generator = torch.Generator().manual_seed(0)
start = time.perf_counter()
for _ in range(job["epochs"]):
    order = torch.randperm(len(features), generator=generator)
    for i in range(0, len(order), 32):
        chosen = order[i : i + 32]
        loss = torch.nn.functional.cross_entropy(head(features[chosen]), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
train = time.perf_counter() - start
print(json.dumps({"decode": decode, "extract": extract, "train": train, "torch": torch.__version__, "first": features[0][:5].tolist()}))
