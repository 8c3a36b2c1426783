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

import torch_blocks


def answer(*words):
    print("answer", *words, flush=True)


def stepper(blocks, classes, side, batch, layout):
    torch.manual_seed(1)
    network = torch_blocks.network(blocks, classes).to(memory_format=layout)
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
    blocks = torch_blocks.parsed(blocks)
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
