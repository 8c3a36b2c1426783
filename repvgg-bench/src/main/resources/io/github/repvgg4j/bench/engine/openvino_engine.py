"""OpenVINO on an ONNX file, on request: a line in, a line out.

Arguments: ONNX file, file of float32 images, their shape, f32 or bf16, threads, file for logits.
Requests: "run" computes the images' logits; "logits" also writes them; "memory" tells the most
that was resident, in MB.
"""
import sys

import numpy
import openvino


def answer(*words):
    print("answer", *words, flush=True)


def peak_memory_mb():
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
    return 0


def main(model_file, images_file, shape, precision, threads, logits_file):
    shape = [int(side) for side in shape.split(",")]
    images = numpy.fromfile(images_file, dtype="<f4").reshape(shape)
    core = openvino.Core()
    model = core.read_model(model_file)
    model.reshape(shape)
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": precision,
        "INFERENCE_NUM_THREADS": threads,
    }
    request = core.compile_model(model, "CPU", options).create_infer_request()
    request.set_input_tensor(openvino.Tensor(images, shared_memory=True))
    answer("openvino", openvino.__version__)
    for line in sys.stdin:
        if line.strip() == "memory":
            answer(peak_memory_mb())
            continue
        request.infer()
        if line.strip() == "logits":
            request.get_output_tensor(0).data.astype("<f4").tofile(logits_file)
        answer("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
