"""Loads an exported state_dict in PyTorch, compares it with the original, and runs the network.

Arguments: original.pth exported.pth input.npy groups logits.npy
"""
import sys

import numpy
import torch
from torch.nn.functional import batch_norm, conv2d, linear

original, exported, images, groups, answer = sys.argv[1:]
groups = int(groups)
weights = torch.load(exported)
reference = torch.load(original)
assert set(weights) == set(reference), set(weights) ^ set(reference)
for name in reference:
    assert weights[name].dtype == reference[name].dtype, name
    assert torch.equal(weights[name], reference[name]), name


def norm(x, name):
    part = lambda key: weights[name + "." + key]
    return batch_norm(
        x, part("running_mean"), part("running_var"), part("weight"), part("bias"), eps=1e-5)


def gate(x, name):
    mean = x.mean((2, 3), keepdim=True)
    down = conv2d(mean, weights[name + ".down.weight"], weights[name + ".down.bias"]).relu()
    return x * conv2d(down, weights[name + ".up.weight"], weights[name + ".up.bias"]).sigmoid()


def block(x, name, index, stride):
    g = groups if index >= 2 and index % 2 == 0 else 1
    dense = conv2d(
        x, weights[name + ".rbr_dense.conv.weight"], stride=stride, padding=1, groups=g)
    point = conv2d(x, weights[name + ".rbr_1x1.conv.weight"], stride=stride, groups=g)
    total = norm(dense, name + ".rbr_dense.bn") + norm(point, name + ".rbr_1x1.bn")
    if name + ".rbr_identity.weight" in weights:
        total = total + norm(x, name + ".rbr_identity")
    if name + ".se.down.weight" in weights:
        total = gate(total, name + ".se")
    return total.relu()


with torch.no_grad():
    x = block(torch.from_numpy(numpy.load(images)), "stage0", 0, 2)
    index = 1
    for stage in range(1, 5):
        position = 0
        while f"stage{stage}.{position}.rbr_dense.conv.weight" in weights:
            x = block(x, f"stage{stage}.{position}", index, 2 if position == 0 else 1)
            position += 1
            index += 1
    logits = linear(x.mean((2, 3)), weights["linear.weight"], weights["linear.bias"])
numpy.save(answer, logits.numpy())
