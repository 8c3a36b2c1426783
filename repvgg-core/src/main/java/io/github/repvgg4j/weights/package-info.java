/**
 * Weights of other frameworks, in and out. {@link io.github.repvgg4j.weights.WeightFiles} reads
 * {@code .pth} (both containers of PyTorch) and {@code .safetensors} into a {@link
 * io.github.repvgg4j.weights.StateDict} and writes them; files are data, never code: of a pickle
 * only what a state_dict needs is understood, all else is refused by name, and every size is held
 * against the file's before memory is taken.
 */
package io.github.repvgg4j.weights;
