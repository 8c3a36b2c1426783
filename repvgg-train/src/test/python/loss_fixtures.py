"""Writes losses.json of repvgg-accelerate's test resources: losses of a linear layer and their
gradients by PyTorch 2.15, in float64.

Run from repvgg-train: python3 src/test/python/loss_fixtures.py

Targets are given as a batch has them here: rows of probabilities. Where PyTorch takes class indices,
its sum over the batch is what is compared; its mean divides by the sum of the images' weights, ours
by the number of images.
"""
import json
import math

import torch
from torch.nn import BCEWithLogitsLoss, CrossEntropyLoss

torch.set_default_dtype(torch.float64)
OUT = "../repvgg-accelerate/src/test/resources/torch/losses.json"
IMAGES, FEATURES, CLASSES = 5, 4, 3
INDICES = torch.tensor([0, 0, 2, 0, 1])
WEIGHTS = torch.tensor([5 / (3 * 3.0), 5 / (3 * 1.0), 5 / (3 * 1.0)])


def numbers(start, shape, scale):
    count = math.prod(shape)
    return scale * torch.tensor([math.sin(start + i) for i in range(count)]).reshape(shape)


def case(loss, targets, scale=1.0):
    """loss: from scores to the sum over the images."""
    features = numbers(1, (IMAGES, FEATURES), scale)
    weight = numbers(2, (FEATURES, CLASSES), 1).requires_grad_()
    bias = numbers(3, (CLASSES,), 1).requires_grad_()
    value = loss(features @ weight + bias)
    value.backward()
    return {
        "features": features.tolist(),
        "weight": weight.tolist(),
        "bias": bias.tolist(),
        "targets": targets.tolist(),
        "loss": value.item() / IMAGES,
        "weightGradient": weight.grad.tolist(),
        "biasGradient": bias.grad.tolist(),
    }


def smoothed(share):
    return torch.nn.functional.one_hot(INDICES, CLASSES) * (1 - share) + share / CLASSES


def mixed(share):
    hot = torch.nn.functional.one_hot(INDICES, CLASSES).double()
    return share * hot + (1 - share) * hot.flip(0)


def weighted_indices(share):
    summed = CrossEntropyLoss(weight=WEIGHTS, label_smoothing=share, reduction="sum")
    return case(lambda z: summed(z, INDICES), smoothed(share))


def weighted_probabilities(targets):
    mean = CrossEntropyLoss(weight=WEIGHTS)
    return case(lambda z: IMAGES * mean(z, targets), targets)


def binary(targets, scale):
    summed = BCEWithLogitsLoss(reduction="sum")
    return case(lambda z: summed(z, targets), targets, scale)


several = torch.tensor([[1.0, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0], [1, 0, 0]])
fixture = {
    "weights": WEIGHTS.tolist(),
    "weighted": weighted_indices(0.0),
    "weightedSmoothed": weighted_indices(0.1),
    "weightedMixed": weighted_probabilities(mixed(0.7)),
    "binary": binary(several, 1.0),
    "binarySmoothed": binary(several * 0.9 + 0.05, 1.0),
    "binaryFarOut": binary(several, 60.0),
}
with open(OUT, "w", encoding="utf-8") as f:
    f.write("{\n" + ",\n".join(f'"{k}": {json.dumps(v)}' for k, v in fixture.items()) + "\n}")
    f.write("\n")
