"""Makes networks of torchvision, timm and transformers, and says what PyTorch computes with them.

Usage: python make_network.py FOLDER SIZE PARTS NAME...
PARTS: `reference`, with `,steps` what a step of SGD changes, and with `,L17p,D` ONNX files of the old and the new exporter. Every NAME gets FOLDER/N (its slashes as
double underscores): weights.pth or the folder model, input.f32, logits.f32, parameters.f32, batch.f32 (where the step with batch statistics begins),
update-frozen.f32 and update-batch.f32 (computed in float64), reference.json, and VARIANT/model.onnx or VARIANT.error. What is there already is kept."""
import copy
import json
import os
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
os.environ.setdefault("TVSHIM", "1")

import torch  # noqa: E402
from torch import nn  # noqa: E402

from conditioning import away_from_kinks, randomise  # noqa: E402
from networks import CLASSES, IMAGES, build, logits_of, quiet, side_of  # noqa: E402
from pictures import pictures  # noqa: E402


class Logits(nn.Module):
    """Nothing but the logits; exporters choke on result objects."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return logits_of(self.inner(x))


def state_of(model):
    """Parameters, then running statistics, by name."""
    statistics = {name: buffer for name, buffer in model.named_buffers() if name.endswith(("running_mean", "running_var"))}
    return {**dict(model.named_parameters()), **statistics}


def save(path, tensors):
    torch.cat([tensor.detach().float().flatten() for tensor in tensors]).numpy().tofile(path)


def stepped(model, x, y, batch, dtype, rate=None):
    """What one step of SGD changes, in float64, and its rate; chosen so that a tenth of the weights changes."""
    model = copy.deepcopy(model).to(dtype)
    before = {name: value.detach().double().clone() for name, value in state_of(model).items()}
    quiet(model).train(batch)
    nn.functional.cross_entropy(logits_of(model(x.to(dtype))), y).backward()
    with torch.no_grad():
        learned = [parameter for parameter in model.parameters() if parameter.grad is not None]
        if rate is None:
            size = lambda values: float(sum(value.double().pow(2).sum() for value in values)) ** 0.5
            rate = 0.1 * size(learned) / size([parameter.grad for parameter in learned])
        for parameter in learned:
            parameter.sub_(rate * parameter.grad)
    names = {name for name, parameter in model.named_parameters() if parameter.grad is not None}
    return {name: value.detach().double() - before[name] for name, value in state_of(model).items()}, rate, names


def distances(exact, other, learned):
    """How far a step is from the exact one, over its size: of everything learned, and of its worst tensor; and of the worst tensor of running statistics."""
    total = sum(float(exact[name].pow(2).sum()) for name in learned) ** 0.5
    off = {name: float((exact[name] - other[name]).pow(2).sum()) ** 0.5 for name in exact}
    size = {name: float(exact[name].pow(2).sum()) ** 0.5 for name in exact}
    statistics = [off[name] / size[name] for name in exact if name.endswith(("running_mean", "running_var")) and size[name] > 0]
    return {
        "all": sum(off[name] ** 2 for name in learned) ** 0.5 / total,
        "tensor": max(off[name] / max(size[name], 1e-3 * total) for name in learned),
        "statistics": max(statistics, default=0.0),
    }


def write_reference(out, name, model, side, with_steps):
    images = IMAGES if side < 200 else IMAGES // 2
    x, y = pictures(images, side, seed=5), torch.arange(images) * 3 % CLASSES
    randomise(model, torch.cat([x, pictures(3 * images, side, seed=11)]))
    model = away_from_kinks(model, x, batch=False)
    with torch.no_grad():
        logits = logits_of(model(x))
    save(out / "input.f32", [x])
    save(out / "logits.f32", [logits])
    save(out / "parameters.f32", state_of(model).values())
    quiet(model)
    # What the logits don't depend on (mask tokens, auxiliary classifiers) is in no network that Graft reads.
    _, _, learned = stepped(model, x, y, False, torch.float32, 1.0)
    facts = {"name": name, "input": list(x.shape), "classes": int(logits.shape[1]), "parameters": {}, "rates": {}, "noise": {}}
    facts["widths"] = sorted({size for parameter in model.parameters() for size in parameter.shape})
    offset = 0
    for key, value in state_of(model).items():
        facts["parameters"][key] = {"offset": offset, "shape": list(value.shape), "learned": key in learned}
        offset += value.numel()
    if with_steps:
        for policy in ("frozen", "batch"):
            start = model if policy == "frozen" else away_from_kinks(model, x, batch=True)
            if policy == "batch":
                save(out / "batch.f32", state_of(start).values())
            exact, rate, _ = stepped(start, x, y, policy == "batch", torch.float64)
            single, _, _ = stepped(start, x, y, policy == "batch", torch.float32, rate)
            facts["rates"][policy] = rate
            facts["noise"][policy] = distances(exact, single, learned)
            save(out / f"update-{policy}.f32", exact.values())
    if name.startswith("hf/"):
        model.save_pretrained(out / "model")
    torch.save(model.state_dict(), out / "weights.pth")
    (out / "reference.json").write_text(json.dumps(facts))


def export(model, images, variant, path):
    names = {"input_names": ["input"], "output_names": ["logits"]}
    if variant == "D":
        shapes = ({0: torch.export.Dim("batch", min=1, max=64)},)
        torch.onnx.export(model, (images,), str(path), dynamo=True, verbose=False, dynamic_shapes=shapes, **names)
        return
    older = {} if torch.__version__.startswith("1.") else {"dynamo": False}
    torch.onnx.export(model, images, str(path), **older, opset_version=17, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
                      dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}}, **names)


def export_all(out, name, side, variants):
    model = quiet(build(name, side))
    model.load_state_dict(torch.load(out / "weights.pth", map_location="cpu"))
    for variant in variants:
        path, error = out / variant / "model.onnx", out / f"{variant}.error"
        if path.exists() or error.exists():
            continue
        path.parent.mkdir(exist_ok=True)
        try:
            export(Logits(copy.deepcopy(model)).eval() if name.startswith("hf/") else model.eval(), pictures(2, side, seed=5), variant, path)
        except Exception as failure:
            path.unlink(missing_ok=True)
            error.write_text(f"{type(failure).__name__}: {failure}"[:2000])


def main():
    folder, size, parts, names = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3].split(","), sys.argv[4:]
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    for name in names:
        out = folder / name.replace("/", "__")
        side = side_of(name, size)
        if not (out / "reference.json").exists():
            torch.manual_seed(3)
            try:
                model = build(name, side)
            except Exception as error:
                print(f"{name}: not here ({error})", file=sys.stderr)
                continue
            out.mkdir(parents=True, exist_ok=True)
            write_reference(out, name, model, side, "steps" in parts)
        export_all(out, name, side, [part for part in parts if part in ("L17p", "D")])
        print(f"{name}: made", file=sys.stderr)


if __name__ == "__main__":
    main()
