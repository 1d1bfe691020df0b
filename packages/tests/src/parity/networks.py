"""Networks by name: torchvision's (resnet18), timm's (timm/resnet18) and transformers' (hf/resnet18), for CLASSES classes, nothing random in training."""
CLASSES = 10
IMAGES = 4


def side_of(name, size):
    """Height and width of the images that a network is compared on."""
    if "vgg" in name or "swin" in name:
        return 224
    if "inception" in name:
        return max(size, 128)
    return 70 if "dinov2" in name else size


def build(name, size, classes=CLASSES):
    if name.startswith("hf/"):
        return hub_model(name[3:], size, classes)
    if name.startswith("timm/"):
        import timm

        sized = any(part in name for part in ("vit_", "deit", "swin"))
        return timm.create_model(name[5:], num_classes=classes, **({"img_size": size} if sized else {}))
    import torchvision

    extra = {"image_size": size} if name.startswith("vit") else {}
    if name in ("googlenet", "inception_v3"):
        extra = {"aux_logits": False, "init_weights": False}
    return getattr(torchvision.models, name)(num_classes=classes, **extra)


def hub_model(name, size, classes):
    """A model of transformers, from its configuration."""
    import transformers as t

    small = {"hidden_size": 192, "num_hidden_layers": 12, "num_attention_heads": 3, "intermediate_size": 768, "image_size": size}
    dino = {**small, "hidden_size": 384, "num_attention_heads": 6}
    atto = {"depths": [2, 2, 6, 2], "hidden_sizes": [40, 80, 160, 320]}
    basic = {"layer_type": "basic", "depths": [2, 2, 2, 2], "hidden_sizes": [64, 128, 256, 512]}
    kinds = {
        "resnet18": (t.ResNetConfig, t.ResNetForImageClassification, basic),
        "resnet50": (t.ResNetConfig, t.ResNetForImageClassification, {}),
        "convnext_tiny": (t.ConvNextConfig, t.ConvNextForImageClassification, {}),
        "convnextv2_atto": (t.ConvNextV2Config, t.ConvNextV2ForImageClassification, atto),
        "vit_tiny_patch16_224": (t.ViTConfig, t.ViTForImageClassification, small),
        "vit_small_patch14_dinov2": (t.Dinov2Config, t.Dinov2Model, dino),
        "dinov2_small_classifier": (t.Dinov2Config, t.Dinov2ForImageClassification, dino),
        "swin_tiny_patch4_window7_224": (t.SwinConfig, t.SwinForImageClassification, {}),
        "deit_tiny_distilled_patch16_224": (t.DeiTConfig, t.DeiTForImageClassificationWithTeacher, small),
    }
    config, kind, extra = kinds[name]
    return kind(config(num_labels=classes, **extra))


def with_classifier(name):
    """The model of a library that a network's body with a classifier is."""
    return "hf/dinov2_small_classifier" if name == "hf/vit_small_patch14_dinov2" else name


def logits_of(output):
    """The logits, or the class token, whatever a model wraps them in."""
    import torch

    if torch.is_tensor(output):
        return output
    if getattr(output, "logits", None) is not None:
        return output.logits
    if hasattr(output, "last_hidden_state"):
        return output.last_hidden_state[:, 0]
    # Distilled networks answer twice in training; in use the mean counts.
    return sum(output) / len(output)


def quiet(model):
    """Dropout and stochastic depth off, also where they are written as functions."""
    for module in model.modules():
        # transformers calls them SwinDropPath and the like.
        if type(module).__name__.endswith(("Dropout", "StochasticDepth", "DropPath", "Dropout2d")):
            module.p = 0.0
            if hasattr(module, "drop_prob"):
                module.drop_prob = 0.0
        if hasattr(module, "drop_rate"):
            module.drop_rate = 0.0
        if isinstance(getattr(module, "dropout", None), float):
            module.dropout = 0.0
    return model
