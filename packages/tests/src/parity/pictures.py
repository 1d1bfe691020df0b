"""Pictures to compare networks on: photographs where there are some, else noise with their spectrum."""
import glob
import os

import torch

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


def pictures(count, size, seed):
    """[count, 3, size, size], standardised as ImageNet's networks take them. GRAFT_REAL names a folder with photographs."""
    folder = os.environ.get("GRAFT_REAL", "")
    files = sorted(glob.glob(os.path.join(folder, "imagenet_sample", "*.jpg"))) if folder else []
    generator = torch.Generator().manual_seed(seed)
    if len(files) < count:
        return torch.stack([coloured_noise(size, generator) for _ in range(count)])
    chosen = torch.randperm(len(files), generator=generator)[:count]
    photographs = torch.stack([photograph(files[index], size) for index in chosen.tolist()])
    # White backgrounds would be the same everywhere, and every maximum there a tie.
    return photographs + 0.01 * torch.randn(photographs.shape, generator=generator)


def photograph(path, size):
    import numpy
    from PIL import Image

    image = Image.open(path).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    image = image.resize((size, size), Image.BILINEAR, (left, top, left + side, top + side))
    pixels = torch.from_numpy(numpy.array(image)).permute(2, 0, 1).float() / 255
    return (pixels - MEAN) / DEVIATION


def coloured_noise(size, generator):
    """Amplitudes fall with the frequency, as those of photographs do; the channels are much alike."""
    frequency = torch.fft.fftfreq(size)
    radius = (frequency[:, None] ** 2 + frequency[None, :] ** 2).sqrt().clamp(min=1 / size)
    layers = [torch.randn(size, size, generator=generator) for _ in range(4)]
    maps = [torch.fft.ifft2(torch.fft.fft2(layer) / radius).real for layer in layers]
    maps = [plane / plane.std() for plane in maps]
    return torch.stack([maps[0] + 0.4 * maps[channel + 1] for channel in range(3)]) * 0.9
