"""Three-branch blocks of RepVGG in PyTorch, as the paper has them."""
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.dense = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.dense_norm = nn.BatchNorm2d(outputs)
        self.point = nn.Conv2d(inputs, outputs, 1, stride, 0, bias=False)
        self.point_norm = nn.BatchNorm2d(outputs)
        self.identity = nn.BatchNorm2d(inputs) if inputs == outputs and stride == 1 else None

    def forward(self, x):
        y = self.dense_norm(self.dense(x)) + self.point_norm(self.point(x))
        if self.identity is not None:
            y = y + self.identity(x)
        return torch.relu(y)


def network(blocks, classes):
    """Blocks as (inputs, outputs, stride), global average pooling, a dense layer."""
    return nn.Sequential(
        *(Block(*block) for block in blocks),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(blocks[-1][1], classes),
    )


def parsed(text):
    """Blocks as in:out:stride with commas between."""
    return [tuple(int(n) for n in block.split(":")) for block in text.split(",")]
