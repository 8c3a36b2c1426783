"""Training steps of a three-branch RepVGG by PyTorch on a CPU, on request: a line in, a line out.

Arguments: blocks as in:out:stride with commas between, classes, side, batch, threads.
Plain SGD in float32; in channels_last or not, whichever a few steps say is faster.
Request: "step" trains on the one batch once more.
"""
import subprocess
import sys
import time

import torch
from torch import nn


def answer(*words):
    print("answer", *words, flush=True)


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


def stepper(blocks, classes, side, batch, layout):
    torch.manual_seed(1)
    features = blocks[-1][1]
    network = nn.Sequential(
        *(Block(*block) for block in blocks),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(features, classes),
    ).to(memory_format=layout)
    optimizer = torch.optim.SGD(network.parameters(), 0.01)
    images = torch.randn(batch, 3, side, side).to(memory_format=layout)
    labels = torch.arange(batch) % classes
    loss = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss(network(images), labels).backward()
        optimizer.step()

    return step


def seconds(step):
    step()
    times = []
    for _ in range(4):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return min(times)


LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


def seconds_apart(layout, arguments):
    """In a process of its own: PyTorch 2.15 corrupts its heap on some CPUs in channels_last."""
    command = [sys.executable, __file__, *arguments, layout]
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return float(ended.stdout) if ended.returncode == 0 else float("inf")


def main(*arguments):
    blocks, classes, side, batch, threads, *only = arguments
    blocks = [tuple(int(n) for n in block.split(":")) for block in blocks.split(",")]
    torch.set_num_threads(int(threads))

    def make(layout):
        return stepper(blocks, int(classes), int(side), int(batch), LAYOUTS[layout])

    if only:
        print(seconds(make(only[0])))
        return
    times = {layout: seconds_apart(layout, arguments) for layout in LAYOUTS}
    best = min(times, key=times.get)
    step = make(best)
    failed = [layout for layout in LAYOUTS if times[layout] == float("inf")]
    answer("torch", torch.__version__, best, *(f"({layout} crashed)" for layout in failed))
    for _ in sys.stdin:
        step()
        answer("done")


main(*sys.argv[1:])
