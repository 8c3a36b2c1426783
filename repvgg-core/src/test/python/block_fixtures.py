"""Writes src/test/resources/blocks: what PyTorch makes of blocks other than RepVGG's.

Run from repvgg-core: python3 src/test/python/block_fixtures.py  (torch, safetensors; timm for one case)

Each folder is a small network with random weights and BatchNorm statistics under its authors' tensor
names: model.safetensors, input.npy, logits.npy (eval mode), and training.safetensors: for one batch
in training mode the loss (mean cross-entropy with the labels 0, 1, 2, ...), its gradient, and the
running means after the batch; all computed in float64 and written in float32.
"""
import os

import numpy
import torch
from safetensors.torch import save_file
from torch import nn

OUT = "src/test/resources/blocks/"
CLASSES = 5
WIDTHS = (8, 8, 8, 16, 16)
DEPTHS = (2, 1, 2, 1)
STRIDES = (1, 1, 2, 2, 1)


def conv(in_channels, out_channels, kernel, stride, groups=1):
    return nn.Conv2d(
        in_channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=False)


def conv_bn(*arguments):
    sequence = nn.Sequential()
    sequence.add_module("conv", conv(*arguments))
    sequence.add_module("bn", nn.BatchNorm2d(arguments[1]))
    return sequence


class Plain(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.conv = conv(i, o, 3, stride)
        self.bn = nn.BatchNorm2d(o)

    def forward(self, x):
        return torch.relu(self.bn(self.conv(x)))


class QaRepVgg(nn.Module):
    """arXiv 2212.01593: BatchNorm on the 3x3, bare 1x1, bare input, BatchNorm behind the sum."""

    def __init__(self, i, o, stride):
        super().__init__()
        self.rbr_dense = conv_bn(i, o, 3, stride)
        self.rbr_1x1 = conv(i, o, 1, stride)
        self.bn = nn.BatchNorm2d(o)
        self.keeps = i == o and stride == 1

    def forward(self, x):
        total = self.rbr_dense(x) + self.rbr_1x1(x)
        return torch.relu(self.bn(total + x if self.keeps else total))


class Scale(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        return x * self.weight.view(1, -1, 1, 1)


class LinearAdd(nn.Module):
    """arXiv 2205.15242: scales in BatchNorm's place, BatchNorm behind the sum."""

    def __init__(self, i, o, stride):
        super().__init__()
        self.conv = conv(i, o, 3, stride)
        self.scale_conv = Scale(o)
        self.conv_1x1 = conv(i, o, 1, stride)
        self.scale_1x1 = Scale(o)
        if i == o and stride == 1:
            self.scale_identity = Scale(o)
        self.bn = nn.BatchNorm2d(o)

    def forward(self, x):
        total = self.scale_conv(self.conv(x)) + self.scale_1x1(self.conv_1x1(x))
        if hasattr(self, "scale_identity"):
            total = total + self.scale_identity(x)
        return torch.relu(self.bn(total))


class Gate(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.reduce = nn.Conv2d(channels, channels // 16, 1)
        self.expand = nn.Conv2d(channels // 16, channels, 1)

    def forward(self, x):
        mean = x.mean((2, 3), keepdim=True)
        return x * torch.sigmoid(self.expand(torch.relu(self.reduce(mean))))


class MobileOne(nn.Module):
    """arXiv 2206.04040: k convolutions, a scale branch and the input, each with its BatchNorm."""

    def __init__(self, i, o, kernel, stride, groups, k, gated):
        super().__init__()
        self.rbr_skip = nn.BatchNorm2d(i) if i == o and stride == 1 else None
        self.rbr_conv = nn.ModuleList(conv_bn(i, o, kernel, stride, groups) for _ in range(k))
        self.rbr_scale = conv_bn(i, o, 1, stride, groups) if kernel > 1 else None
        self.se = Gate(o) if gated else nn.Identity()

    def forward(self, x):
        total = sum(branch(x) for branch in self.rbr_conv)
        if self.rbr_skip is not None:
            total = total + self.rbr_skip(x)
        if self.rbr_scale is not None:
            total = total + self.rbr_scale(x)
        return torch.relu(self.se(total))


class Network(nn.Module):
    def __init__(self, stages):
        super().__init__()
        self.stage0 = stages[0][0]
        for number, blocks in enumerate(stages[1:], 1):
            setattr(self, f"stage{number}", nn.Sequential(*blocks))
        self.linear = nn.Linear(WIDTHS[-1], CLASSES)

    def forward(self, x):
        for number in range(5):
            x = getattr(self, f"stage{number}")(x)
        return self.linear(x.mean((2, 3)))


def blocks_of(block):
    stages, i = [], 3
    for stage, width in enumerate(WIDTHS):
        blocks = []
        for index in range(1 if stage == 0 else DEPTHS[stage - 1]):
            blocks.append(block(i, width, STRIDES[stage] if index == 0 else 1))
            i = width
        stages.append(blocks)
    return stages


def mobile_one(k, gated):
    stages, i = [[MobileOne(3, WIDTHS[0], 3, STRIDES[0], 1, 1, False)]], WIDTHS[0]
    for stage in range(1, 5):
        blocks, depth = [], DEPTHS[stage - 1]
        for unit in range(depth):
            gate = gated and (stage == 4 or stage == 3 and unit >= depth - depth // 2)
            stride = STRIDES[stage] if unit == 0 else 1
            blocks.append(MobileOne(i, i, 3, stride, i, k, gate))
            blocks.append(MobileOne(i, WIDTHS[stage], 1, 1, 1, k, gate))
            i = WIDTHS[stage]
        stages.append(blocks)
    return Network(stages)


def timm_mobile_one(k):
    """Its stem has stride 2."""
    from timm.models.byobnet import ByobNet, ByoBlockCfg, ByoModelCfg

    stages, i = [], WIDTHS[0]
    for stage in range(1, 5):
        blocks, depth = [], DEPTHS[stage - 1]
        for unit in range(depth):
            gate = stage == 4 or stage == 3 and unit >= depth - depth // 2
            more = {"attn_layer": "se"} if gate else {}
            stride = STRIDES[stage] if unit == 0 else 1
            options = {"num_conv_branches": k}
            blocks.append(
                ByoBlockCfg("one", d=1, c=i, s=stride, gs=1, block_kwargs=options, **more))
            options = {"num_conv_branches": k, "kernel_size": 1}
            blocks.append(
                ByoBlockCfg("one", d=1, c=WIDTHS[stage], s=1, gs=0, block_kwargs=options, **more))
            i = WIDTHS[stage]
        stages.append(tuple(blocks))
    gate = {"rd_ratio": 1 / 16, "rd_divisor": 1}
    config = ByoModelCfg(
        tuple(stages), stem_type="one", stem_chs=WIDTHS[0], attn_kwargs=gate)
    return ByobNet(config, num_classes=CLASSES)


def randomise(model, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in list(model.named_parameters()) + list(model.named_buffers()):
            if not value.is_floating_point():
                continue
            noise = torch.randn(value.shape, generator=generator)
            if name.endswith("running_var"):
                value.copy_(0.6 + 0.8 * torch.rand(value.shape, generator=generator))
            elif value.dim() == 1 and name.endswith("weight"):
                value.copy_(0.3 + 0.6 * torch.rand(value.shape, generator=generator))
            elif value.dim() == 1:
                value.copy_(0.2 * noise)
            else:
                fan = value[0].numel()
                value.copy_(noise * (1.5 / fan) ** 0.5)


def write(name, model, seed):
    folder = OUT + name + "/"
    os.makedirs(folder, exist_ok=True)
    randomise(model, seed)
    state = {key: value.clone() for key, value in model.state_dict().items()}
    save_file(state, folder + "model.safetensors")
    x = torch.randn(3, 3, 16, 16, generator=torch.Generator().manual_seed(seed + 1))
    numpy.save(folder + "input.npy", x.numpy())
    model.double().eval()
    with torch.no_grad():
        numpy.save(folder + "logits.npy", model(x.double()).float().numpy())
    model.train()
    loss = nn.functional.cross_entropy(model(x.double()), torch.arange(3))
    loss.backward()
    results = {"loss": loss.detach().float().reshape(1)}
    for key, parameter in model.named_parameters():
        results["gradient." + key] = parameter.grad.float()
    for key, buffer in model.named_buffers():
        if key.endswith("running_mean"):
            results["after." + key] = buffer.float().clone()
    save_file(results, folder + "training.safetensors")



write("plain", Network(blocks_of(Plain)), 10)
write("qarepvgg", Network(blocks_of(QaRepVgg)), 20)
write("repopt-search", Network(blocks_of(LinearAdd)), 30)
write("mobileone", mobile_one(3, False), 40)
write("mobileone-gated", mobile_one(1, True), 50)
write("timm-mobileone-gated", timm_mobile_one(2), 60)
