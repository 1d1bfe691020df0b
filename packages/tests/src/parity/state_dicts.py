"""state_dicts.py FOLDER SIZE NAME...: seeded random networks of torchvision (NAME), timm (timm/NAME) and transformers (hf/NAME, as a folder), as FOLDER/N/:
weights.pth (state dict), input.bin, logits.bin, facts.json (parameter count) and, with STEPS=1, after one SGD step with
frozen and with following batch-norm statistics in float64, frozen.pth and batch.pth."""
import copy
import json
import os
import sys

import torch
from torch import nn

folder, size, names = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
torch.set_num_threads(1)
images, classes, rate = 4, 10, 1e-3


def hub_model(name, size):
    """A model of transformers, from its configuration."""
    import transformers as t

    small = {"hidden_size": 192, "num_hidden_layers": 12, "num_attention_heads": 3, "intermediate_size": 768}
    kinds = {
        "resnet18": (t.ResNetConfig, t.ResNetForImageClassification,
                     {"layer_type": "basic", "depths": [2, 2, 2, 2], "hidden_sizes": [64, 128, 256, 512]}),
        "resnet50": (t.ResNetConfig, t.ResNetForImageClassification, {}),
        "convnext_tiny": (t.ConvNextConfig, t.ConvNextForImageClassification, {}),
        "convnextv2_atto": (t.ConvNextV2Config, t.ConvNextV2ForImageClassification,
                            {"depths": [2, 2, 6, 2], "hidden_sizes": [40, 80, 160, 320]}),
        "vit_tiny_patch16_224": (t.ViTConfig, t.ViTForImageClassification, {"image_size": size, **small}),
        "vit_small_patch14_dinov2": (t.Dinov2Config, t.Dinov2Model, {
            "image_size": size, **small, "hidden_size": 384, "num_attention_heads": 6}),
    }
    config, kind, extra = kinds[name[3:]]
    return kind(config(num_labels=classes, **extra))


class Answer(nn.Module):
    """The logits, or the class token, of a model of transformers."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        output = self.inner(x)
        return output.logits if hasattr(output, "logits") else output.last_hidden_state[:, 0]


def build(name, size):
    if name.startswith("hf/"):
        return Answer(hub_model(name, size))
    if name.startswith("timm/"):
        import timm

        model = timm.create_model(name[5:], num_classes=classes, **({"img_size": size} if "vit" in name or "deit" in name or "swin" in name else {}))
    else:
        import torchvision

        extra = {}
        if name in ("googlenet", "inception_v3"):
            extra = {"aux_logits": False, "init_weights": False}
        if name.startswith("vit"):
            extra = {"image_size": size}
        model = getattr(torchvision.models, name)(num_classes=classes, **extra)
    return model


def randomise(model, x):
    """Statistics of a forward pass over noise, then perturbed; nothing stays at 0 or 1."""
    generator = torch.Generator().manual_seed(7)
    noise = lambda like: torch.randn(like.shape, generator=generator)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() <= 1 or bool((parameter == parameter.flatten()[0]).all()):
                base = 1.0 if bool((parameter == 1).all()) else 0.0
                if parameter.numel() and 0 < abs(float(parameter.flatten()[0])) < 0.01:
                    base = 0.1
                parameter.copy_(base + 0.1 * noise(parameter))
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.momentum = None
            module.reset_running_stats()
    model.train()
    quiet(model)
    with torch.no_grad():
        model(x)
        for module in model.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.momentum = 0.1
                module.running_var.mul_(1 + 0.1 * torch.rand(module.running_var.shape, generator=generator))
                module.running_mean.add_(0.1 * noise(module.running_mean) * module.running_var.sqrt())
    model.eval()


def quiet(model):
    """Nothing random in training: dropout and stochastic depth off."""
    for module in model.modules():
        if type(module).__name__ in ("Dropout", "StochasticDepth", "DropPath", "Dropout2d"):
            module.p = 0.0
            if hasattr(module, "drop_prob"):
                module.drop_prob = 0.0
            module.eval()
        if hasattr(module, "drop_rate"):
            module.drop_rate = 0.0
        if hasattr(module, "dropout") and isinstance(module.dropout, float):
            module.dropout = 0.0


def step(model, x, y, batch, dtype):
    """The learned numbers and statistics after one SGD step, computed in this precision."""
    model = copy.deepcopy(model).to(dtype)
    model.train(batch)
    quiet(model)
    # Auxiliary classifiers are no part of the network that Graft reads.
    output = model(x.to(dtype))
    logits = output if torch.is_tensor(output) else output.logits
    loss = nn.functional.cross_entropy(logits, y)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    loss.backward()
    optimizer.step()
    return model.state_dict()


def deviation(start, expected, actual):
    """How far two results lie apart, over how far the learned numbers have moved."""
    keys = [key for key in expected if expected[key].is_floating_point() and not key.lower().startswith("aux")]
    distance = lambda state: sum(float((state[key].double() - expected[key].double()).pow(2).sum()) for key in keys) ** 0.5
    return distance(actual) / distance(start)


def steps(model, x, y, out):
    """Files of what float64 gives, and how far PyTorch's own float32 is from it (ReLUs near zero flip)."""
    noise = {}
    for name, batch in (("frozen", False), ("batch", True)):
        exact = step(model, x, y, batch, torch.float64)
        torch.save(exact, os.path.join(out, f"{name}.pth"))
        noise[name] = deviation(model.state_dict(), exact, step(model, x, y, batch, torch.float32))
    return noise


for number, name in enumerate(names):
    torch.manual_seed(3)
    side = 224 if "vgg" in name or "swin" in name else max(size, 128) if "inception" in name else 70 if "dinov2" in name else size
    x = torch.randn(images, 3, side, side, generator=torch.Generator().manual_seed(5))
    y = torch.arange(images) % classes
    try:
        model = build(name, side)
    except Exception as error:
        print(f"{name}: not here ({error})", file=sys.stderr)
        continue
    print(f"{name}: made", file=sys.stderr)
    randomise(model, x)
    out = os.path.join(folder, str(number))
    os.makedirs(out, exist_ok=True)
    with torch.no_grad():
        logits = model(x)
    if isinstance(model, Answer):
        model.inner.save_pretrained(os.path.join(out, "model"))
    else:
        torch.save(model.state_dict(), os.path.join(out, "weights.pth"))
    x.numpy().tofile(os.path.join(out, "input.bin"))
    logits.numpy().tofile(os.path.join(out, "logits.bin"))
    # Auxiliary classifiers, and what only pre-training uses.
    aux = sum(p.numel() for n, p in model.named_parameters() if n.lower().startswith("aux") or "mask_token" in n)
    count = sum(p.numel() for p in model.parameters()) - aux
    noise = steps(model, x, y, out) if os.environ.get("STEPS") == "1" and not name.startswith("hf/") else {}
    with open(os.path.join(out, "facts.json"), "w") as file:
        json.dump({"name": name, "size": side, "trainable": count, "classes": classes, "rate": rate, "noise": noise}, file)
