"""Writes the catalogue of networks from what torchvision and timm say of their weights. See README.md."""

import importlib.metadata
import json
import math
import pathlib
import re
import sys

import torch
import torchvision
import timm

HERE = pathlib.Path(__file__).resolve()
OUT = HERE.parents[2] / "assets" / "catalogue" / "networks.json"

# (name, title, family, why)
TORCHVISION = [
    ("mobilenet_v2", "MobileNetV2", "MobileNet", "Small and plain; runs anywhere."),
    ("mobilenet_v3_small", "MobileNetV3 small", "MobileNet", "The fastest with a useful accuracy: phones, single-board computers."),
    ("mobilenet_v3_large", "MobileNetV3 large", "MobileNet", "Small and strong: a good first choice where MobileNetV2 is not enough."),
    ("efficientnet_b0", "EfficientNet-B0", "EfficientNet", "Much accuracy for its size; fine detail."),
    ("efficientnet_b1", "EfficientNet-B1", "EfficientNet", "A step above B0."),
    ("efficientnet_b2", "EfficientNet-B2", "EfficientNet", "Larger images than B1: small things in them."),
    ("efficientnet_b3", "EfficientNet-B3", "EfficientNet", "300 pixels: fine detail, several times as slow as B0."),
    ("efficientnet_b4", "EfficientNet-B4", "EfficientNet", "380 pixels: the finest detail of the family that is still practical."),
    ("efficientnet_v2_s", "EfficientNetV2-S", "EfficientNet", "Among the best for full tuning on little data, with a GPU or patience."),
    ("resnet18", "ResNet-18", "ResNet", "The plain reference: fast to tune, well understood."),
    ("resnet34", "ResNet-34", "ResNet", "Between ResNet-18 and ResNet-50."),
    ("resnet50", "ResNet-50", "ResNet", "What most papers compare with; its second weights are far better than the first."),
    ("resnet101", "ResNet-101", "ResNet", "Deeper than ResNet-50, twice as slow."),
    ("resnext50_32x4d", "ResNeXt-50 32x4d", "ResNet", "A little better than ResNet-50 at the same size."),
    ("wide_resnet50_2", "Wide ResNet-50-2", "ResNet", "Wide features for frozen use, at a price in memory."),
    ("convnext_tiny", "ConvNeXt-Tiny", "ConvNeXt", "The best all-round choice for fine-tuning in comparisons of small-data transfer."),
    ("convnext_small", "ConvNeXt-Small", "ConvNeXt", "A step above ConvNeXt-Tiny, twice as slow."),
    ("regnet_y_400mf", "RegNetY-400MF", "RegNet", "As small as a MobileNet, simpler to run fast."),
    ("regnet_y_800mf", "RegNetY-800MF", "RegNet", "A good trade of speed and accuracy on processors."),
    ("regnet_y_1_6gf", "RegNetY-1.6GF", "RegNet", "ResNet-50's accuracy at less than half its work."),
    ("regnet_y_3_2gf", "RegNetY-3.2GF", "RegNet", "Strong on scientific images in comparisons."),
    ("densenet121", "DenseNet-121", "DenseNet", "Popular for X-rays and other medical images."),
    ("densenet169", "DenseNet-169", "DenseNet", "A larger DenseNet."),
    ("squeezenet1_1", "SqueezeNet 1.1", "SqueezeNet", "The smallest file; weak, for the tightest devices."),
    ("shufflenet_v2_x0_5", "ShuffleNetV2 x0.5", "ShuffleNet", "Very small and fast; weak."),
    ("shufflenet_v2_x1_0", "ShuffleNetV2 x1.0", "ShuffleNet", "Small and fast on processors."),
    ("mnasnet0_5", "MNASNet 0.5", "MNASNet", "Very small, made for phones."),
    ("mnasnet1_0", "MNASNet 1.0", "MNASNet", "Small, made for phones."),
    ("vgg11_bn", "VGG-11 with batch norm", "VGG", "Old and large; for comparisons and style features."),
    ("googlenet", "GoogLeNet", "Inception", "Old; for comparisons."),
    ("inception_v3", "Inception v3", "Inception", "299 pixels; what many older medical studies used."),
    ("vit_b_16", "ViT-B/16", "Vision transformer", "The plain vision transformer; wants much data or frozen use."),
    ("swin_t", "Swin-T", "Swin", "A transformer with local windows; strong when fully tuned."),
]
# accuracy: (top-1, size of the image), from timm's results/results-imagenet.csv and model cards
TIMM = [
    ("mobilenetv3_large_100.ra_in1k", "MobileNetV3 large (timm)", "MobileNet", (75.766, 224), "The strongest plain-trained MobileNetV3: small, permissive, fast."),
    ("mobilenetv3_small_100.lamb_in1k", "MobileNetV3 small (timm)", "MobileNet", None, "For the smallest devices."),
    ("mobilenetv2_100.ra_in1k", "MobileNetV2 (timm)", "MobileNet", (72.976, 224), "MobileNetV2 with a better recipe."),
    ("mobilenetv4_conv_small.e2400_r224_in1k", "MobileNetV4 Conv-S", "MobileNet", None, "The newest small convolution network: fast on every kind of device."),
    ("mobilenetv4_conv_medium.e500_r256_in1k", "MobileNetV4 Conv-M", "MobileNet", (79.928, 256), "Near ResNet-50's accuracy at a quarter of its work."),
    ("efficientnet_b0.ra_in1k", "EfficientNet-B0 (timm)", "EfficientNet", (77.694, 224), "Much accuracy for its size; fine detail."),
    ("efficientnet_lite0.ra_in1k", "EfficientNet-Lite0", "EfficientNet", (75.48, 224), "EfficientNet without the parts that small devices dislike."),
    ("resnet18.a1_in1k", "ResNet-18 (timm A1)", "ResNet", (73.158, 288), "ResNet-18 with a modern recipe: three points better."),
    ("resnet18d.ra2_in1k", "ResNet-18-D", "ResNet", (73.794, 288), "A little better than ResNet-18 at nearly its speed."),
    ("resnet50.a1_in1k", "ResNet-50 (timm A1)", "ResNet", (81.214, 288), "ResNet-50 with a modern recipe."),
    ("resnet50d.ra2_in1k", "ResNet-50-D", "ResNet", (81.356, 288), "Better features than ResNet-50 for fine detail."),
    ("convnext_tiny.fb_in1k", "ConvNeXt-Tiny (timm)", "ConvNeXt", (82.698, 288), "The best all-round choice for fine-tuning on little data."),
    ("convnext_nano.in12k_ft_in1k", "ConvNeXt-Nano, 12k classes", "ConvNeXt", (82.862, 288), "Knows 12,000 kinds of things: strong frozen features at half of Tiny's size."),
    ("convnext_tiny.in12k_ft_in1k", "ConvNeXt-Tiny, 12k classes", "ConvNeXt", None, "Knows 12,000 kinds of things: first choice for accuracy."),
    ("convnextv2_atto.fcmae_ft_in1k", "ConvNeXtV2-Atto", "ConvNeXt", (77.76, 288), "The smallest modern network of its kind; not for commercial use."),
    ("regnety_016.tv2_in1k", "RegNetY-1.6GF (timm)", "RegNet", (80.668, 224), "torchvision's second weights under timm's name."),
    ("densenet121.ra_in1k", "DenseNet-121 (timm)", "DenseNet", (76.5, 288), "DenseNet-121 with a modern recipe."),
    ("vit_tiny_patch16_224.augreg_in21k_ft_in1k", "ViT-Ti/16", "Vision transformer", (75.454, 224), "The smallest transformer; pre-trained on 21,000 kinds of things."),
    ("vit_small_patch16_224.augreg_in21k_ft_in1k", "ViT-S/16", "Vision transformer", (81.384, 224), "A transformer of ResNet-50's size; pre-trained on 21,000 kinds of things."),
    ("deit_tiny_patch16_224.fb_in1k", "DeiT-Ti/16", "Vision transformer", None, "A small transformer trained on ImageNet alone."),
    ("deit_small_patch16_224.fb_in1k", "DeiT-S/16", "Vision transformer", (79.844, 224), "A transformer trained on ImageNet alone."),
    ("vit_small_patch14_dinov2.lvd142m", "DINOv2 ViT-S/14", "Vision transformer", None, "Learned without labels: the best frozen features for images unlike ImageNet's. Slow: 518 pixels."),
    ("swin_tiny_patch4_window7_224.ms_in1k", "Swin-T (timm)", "Swin", (81.376, 224), "A transformer with local windows; strong when fully tuned."),
]
# (name, title, million parameters, million multiply-adds, accuracy, why): TensorFlow's table of MobileNet v1
TFJS = [
    ("mobilenet_v1_0.25_224", "MobileNet v1 0.25", 0.47, 41, (50.6, 224), "The smallest of its family; weak, for the tightest devices."),
    ("mobilenet_v1_0.50_224", "MobileNet v1 0.50", 1.34, 150, (64.0, 224), "Small enough for a web page."),
    ("mobilenet_v1_0.75_224", "MobileNet v1 0.75", 2.59, 317, (68.4, 224), "Small, fast, permissive and checked here on real photos: what the templates start from."),
    ("mobilenet_v1_1.0_224", "MobileNet v1", 4.24, 569, (70.7, 224), "The full MobileNet v1: plain layers that every program runs."),
]


def multiply_adds(model, size):
    """Of convolutions and linear layers, for one image."""
    total = 0

    def count(module, _, output):
        nonlocal total
        if isinstance(module, torch.nn.Conv2d):
            total += output.numel() * module.in_channels // module.groups * module.kernel_size[0] * module.kernel_size[1]
        else:
            total += output.numel() * module.in_features

    hooks = [m.register_forward_hook(count) for m in model.modules() if isinstance(m, (torch.nn.Conv2d, torch.nn.Linear))]
    with torch.no_grad():
        model.eval()(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    return total


def drop_unknown(record):
    return {key: value for key, value in record.items() if value is not None}


def torchvision_records():
    licence = "BSD-3-Clause" if "BSD" in str(importlib.metadata.metadata("torchvision")["License"]) else None
    for name, title, family, why in TORCHVISION:
        weights = torchvision.models.get_model_weights(name).DEFAULT
        transforms = weights.transforms()
        file = weights.url.split("/")[-1]
        prefix = re.search(r"-([0-9a-f]{8,})\.pth$", file).group(1)
        [size], [resized] = transforms.crop_size, transforms.resize_size
        yield drop_unknown(
            {
                "name": f"torchvision:{name}",
                "title": title,
                "family": family,
                "why": why,
                "architecture": name,
                "weights": weights.name,
                "address": weights.url,
                "sha256": prefix,
                "bytes": round(weights.meta["_file_size"] * 2**20),
                "parameters": weights.meta["num_params"],
                "multiplyAdds": round(weights.meta["_ops"] * 1e9),
                "accuracy": {"top1": weights.meta["_metrics"]["ImageNet-1K"]["acc@1"], "size": size},
                "licence": weights.meta.get("license", licence),
                "classes": "imagenet",
                "preprocessing": {
                    "height": size,
                    "width": size,
                    "resize": "crop",
                    "cropFraction": round(size / resized, 6),
                    "interpolation": transforms.interpolation.value,
                    "channelOrder": "rgb",
                    "mean": list(transforms.mean),
                    "deviation": list(transforms.std),
                },
            }
        )


def timm_records():
    for name, title, family, accuracy, why in TIMM:
        config = timm.models.get_pretrained_cfg(name)
        model = timm.create_model(name, pretrained=False)
        size = config.input_size[1]
        yield drop_unknown(
            {
                "name": f"timm:{name}",
                "title": title,
                "family": family,
                "why": why,
                "architecture": config.architecture,
                "weights": config.tag,
                "repository": config.hf_hub_id,
                "bytes": 4 * sum(value.numel() for value in model.state_dict().values()),
                "parameters": sum(value.numel() for value in model.parameters()),
                "multiplyAdds": multiply_adds(model, size),
                "accuracy": accuracy and {"top1": accuracy[0], "size": accuracy[1]},
                "licence": config.license,
                "classes": "imagenet" if config.num_classes == 1000 else None,
                "preprocessing": {
                    "height": size,
                    "width": size,
                    "resize": "crop",
                    "cropFraction": config.crop_pct,
                    "interpolation": config.interpolation,
                    "channelOrder": "rgb",
                    "mean": list(config.mean),
                    "deviation": list(config.std),
                },
            }
        )


def bytes_of(folder):
    return sum(path.stat().st_size for path in folder.iterdir() if path.name == "model.json" or "shard" in path.name)


def bytes_of_outline(name):
    """Of the weights, where write_outlines.mjs has written an outline: all values take 4 bytes."""
    path = OUT.parent / "outlines" / f"tfjs-{name}.json"
    if not path.exists():
        return None
    shapes = [parameter["shape"] for parameter in json.loads(path.read_text())["parameters"].values()]
    return 4 * sum(math.prod(shape) for shape in shapes)


def tfjs_records(folder):
    for name, title, millions, adds, accuracy, why in TFJS:
        known = bytes_of(folder) if folder is not None and folder.name == name else bytes_of_outline(name)
        yield drop_unknown(
            {
                "name": f"tfjs:{name}",
                "title": title,
                "family": "MobileNet",
                "why": why,
                "address": f"https://storage.googleapis.com/tfjs-models/tfjs/{name}/model.json",
                "bytes": known,
                "parameters": millions and round(millions * 1e6),
                "multiplyAdds": adds and round(adds * 1e6),
                "accuracy": accuracy and {"top1": accuracy[0], "size": accuracy[1]},
                "licence": "apache-2.0",
                "classes": "imagenet",
                "preprocessing": {
                    "height": 224,
                    "width": 224,
                    "resize": "crop",
                    "cropFraction": 0.875,
                    "interpolation": "bilinear",
                    "channelOrder": "rgb",
                    "mean": [0.5, 0.5, 0.5],
                    "deviation": [0.5, 0.5, 0.5],
                },
            }
        )


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    records = [*tfjs_records(folder), *torchvision_records(), *timm_records()]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    versions = f"torchvision {torchvision.__version__}, timm {timm.__version__}"
    OUT.write_text(json.dumps({"from": versions, "networks": records}, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(records)} networks, {versions}: {OUT}")


main()
