"""Weights on which float32 is not ill at ease: seeded, statistics of pictures, nothing at zero or one, and nothing near a kink.

A ReLU whose input is zero but for rounding may fall on either side, and then the step of two programs differs by parts in a thousand though both are right.
So biases are moved, channel by channel and by little, until no activation of the compared images lies near a kink of its function."""
import copy

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from networks import quiet

NORMS = (nn.modules.batchnorm._BatchNorm,)
KINKS = {"relu": (0,), "hardtanh": None, "hardswish": (-3, 3), "hardsigmoid": (-3, 3), "clamp": None, "clamp_min": None, "relu6": (0, 6)}


def randomise(model, calibration):
    """Perturbs what is constant, then takes the statistics of these pictures, which are many and have the compared ones among them, and perturbs those; `model.eval()` after it."""
    generator = torch.Generator().manual_seed(7)
    noise = lambda like: torch.randn(like.shape, generator=generator)
    with torch.no_grad():
        for _, parameter in model.named_parameters():
            first = float(parameter.flatten()[0])
            if parameter.dim() <= 1 or bool((parameter == first).all()):
                base = 1.0 if bool((parameter == 1).all()) else 0.1 if 0 < abs(first) < 0.01 else 0.0
                parameter.copy_(base + 0.1 * noise(parameter))
    norms = [module for module in model.modules() if isinstance(module, NORMS)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = None
        norm.reset_running_stats()
    quiet(model).train()
    with torch.no_grad():
        model(calibration)
        for norm, momentum in zip(norms, momenta):
            norm.momentum = momentum
            norm.running_var.mul_(1 + 0.1 * torch.rand(norm.running_var.shape, generator=generator))
            norm.running_mean.add_(0.1 * noise(norm.running_mean) * norm.running_var.sqrt())
            norm.num_batches_tracked.zero_()
    return model.eval()


def away_from_kinks(model, images, batch):
    """A copy whose activations of these images keep away from kinks, with the stored statistics or the batch's."""
    exact = copy.deepcopy(model).double()
    exact.train(batch)
    buffers = {name: buffer.clone() for name, buffer in exact.named_buffers()}
    generator = torch.Generator().manual_seed(13)
    # Ties under maxima are broken by a little noise in what computed them, too little to make many new ones.
    attempts = 20 if images.shape[-1] < 200 else 4
    for attempt in range(attempts):
        with torch.no_grad():
            with Mover() as mover:
                exact(images.double())
            if not mover.ties or attempt == attempts - 1:
                break
            for weight, row in mover.ties:
                weight[row].mul_(1 + 0.003 * torch.randn(weight[row].shape, generator=generator, dtype=weight.dtype))
    with torch.no_grad():
        for name, buffer in exact.named_buffers():
            buffer.copy_(buffers[name])
    return exact.float().eval()


class Mover(TorchDispatchMode):
    """Before every function with kinks, moves the bias that its argument was computed with; `ties` are the rows of weights that gave two almost equal maxima."""

    def __init__(self):
        super().__init__()
        # By where a value lies: its bias, and the row of a weight for each of its channels. The values are kept, so that no place is used twice.
        self.biases, self.rows, self.kept, self.ties = {}, {}, [], []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = function._schema.name.split("::")[1].rstrip("_")
        kinks = self.kinks_of(name, args, kwargs)
        if kinks:
            self.move(args[0], kinks)
        if name == "max_pool2d_with_indices":
            self.find_ties(*args)
        result = function(*args, **kwargs)
        value = result[0] if isinstance(result, (tuple, list)) and result else result
        if torch.is_tensor(value) and value.is_floating_point():
            self.kept.append(value)
            bias = self.bias_behind(name, args)
            self.biases.pop(value.data_ptr(), None)
            if bias is not None:
                self.biases[value.data_ptr()] = bias
            rows = self.rows_behind(name, args)
            self.rows.pop(value.data_ptr(), None)
            if rows is not None:
                self.rows[value.data_ptr()] = rows
        return result

    def kinks_of(self, name, args, kwargs):
        if name not in KINKS or not torch.is_tensor(args[0]):
            return ()
        return KINKS[name] or tuple(bound for bound in (*args[1:], *kwargs.values()) if isinstance(bound, (int, float)))

    def bias_behind(self, name, args):
        if "batch_norm" in name or name == "convolution":
            return args[2]
        if name == "addmm":
            return args[0]
        if name in ("add", "view", "reshape", "_unsafe_view"):
            found = [self.biases.get(arg.data_ptr()) for arg in args if torch.is_tensor(arg)]
            return next((bias for bias in reversed(found) if bias is not None), None)
        return None

    def rows_behind(self, name, args):
        if name == "convolution":
            return [(args[1], row) for row in range(args[1].shape[0])]
        values = args[0] if name == "cat" else [arg for arg in args[:2] if torch.is_tensor(arg)]
        found = [self.rows.get(value.data_ptr()) for value in values]
        if name == "cat":
            return None if None in found else [row for rows in found for row in rows]
        return next((rows for rows in reversed(found) if rows is not None), None)

    def find_ties(self, value, kernel, stride=(), padding=(0, 0), *_):
        rows, channels = self.rows.get(value.data_ptr()), value.shape[1]
        if rows is None or len(rows) != channels:
            return
        step, edge = stride or kernel, max(kernel)
        padded = nn.functional.pad(value, (padding[-1], edge, padding[0], edge), value=-torch.inf)
        windows = padded.unfold(2, kernel[0], step[0]).unfold(3, kernel[-1], step[-1]).flatten(4)
        first, second = windows.topk(2, dim=-1).values.unbind(-1)
        # Where nothing is positive, the ReLU before passes nothing on; what is equal is one value that an earlier maximum took twice.
        open_race = (first > 0) & torch.isfinite(second) & (first != second)
        gaps = torch.where(open_race, first - second, torch.inf).transpose(0, 1).flatten(1)
        least = 0.02 / gaps.shape[1] * value.transpose(0, 1).flatten(1).std(dim=1)
        self.ties += [rows[channel] for channel in (gaps.min(dim=1).values < least).nonzero().flatten().tolist()]

    def move(self, value, kinks):
        bias = self.biases.get(value.data_ptr())
        if bias is None or value.dim() < 2 or value.shape[1] != bias.numel():
            return
        channels = value.transpose(0, 1).reshape(bias.numel(), -1)
        reach = (0.1 * channels.std(dim=1, unbiased=False)).clamp(min=0.01)[:, None]
        # Every shift that puts a value onto a kink; the middle of the widest gap between them is taken.
        onto = torch.cat([kink - channels for kink in kinks], dim=1)
        onto = torch.cat([torch.minimum(torch.maximum(onto, -reach), reach), -reach, reach], dim=1).sort(dim=1).values
        gaps = onto.diff(dim=1)
        widest = gaps.argmax(dim=1, keepdim=True)
        shift = (onto.gather(1, widest) + gaps.gather(1, widest) / 2)[:, 0]
        bias.add_(shift)
        value.add_(shift.view(1, -1, *[1] * (value.dim() - 2)))
