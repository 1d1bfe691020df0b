"""The graftnet architecture in PyTorch; the TypeScript twin is packages/network/src/architectures/graftnet.ts."""
from torch import nn

# (stage, output channels, stride of each block); names of modules are names of tensors in the weights file.
STAGES = [
    ("stage1", 24, [1]),
    ("stage2", 48, [2, 1]),
    ("stage3", 96, [2, 1]),
    ("stage4", 192, [2, 1]),
    ("stage5", 256, [1, 1]),
]
STEM_CHANNELS = 16
FEATURES = STAGES[-1][1]


class Stem(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, STEM_CHANNELS, 3, stride=2, padding=1, bias=False)
        self.conv_bn = nn.BatchNorm2d(STEM_CHANNELS)
        self.activation = nn.ReLU6()

    def forward(self, x):
        return self.activation(self.conv_bn(self.conv(x)))


class Block(nn.Module):
    """Depthwise 3x3, then pointwise 1x1, each with batch norm; the input is added where the shape stays the same."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.depthwise = nn.Conv2d(inputs, inputs, 3, stride=stride, padding=1, groups=inputs, bias=False)
        self.depthwise_bn = nn.BatchNorm2d(inputs)
        self.pointwise = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.pointwise_bn = nn.BatchNorm2d(outputs)
        self.activation = nn.ReLU6()
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.activation(self.depthwise_bn(self.depthwise(x)))
        y = self.pointwise_bn(self.pointwise(y))
        return self.activation(y + x if self.residual else y)


class Head(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.fc = nn.Linear(FEATURES, classes)

    def forward(self, x):
        return self.fc(x.mean((2, 3)))


class GraftNet(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.stem = Stem()
        channels = STEM_CHANNELS
        for name, outputs, strides in STAGES:
            blocks = []
            for stride in strides:
                blocks.append(Block(channels, outputs, stride))
                channels = outputs
            self.add_module(name, nn.Sequential(*blocks))
        self.head = Head(classes)

    def forward(self, x):
        return self.head(self.features(x)["stage5"])

    def features(self, x):
        """The feature map after every stage, by stage name."""
        x = self.stem(x)
        maps = {"stem": x}
        for name, _, _ in STAGES:
            x = getattr(self, name)(x)
            maps[name] = x
        return maps
