/**
 * Files of other frameworks, in and out: {@code .pth} (both containers of PyTorch) and {@code
 * .safetensors}. Files are data, never code: of a pickle only what a state_dict needs is
 * understood, all else is refused by name, and every size is held against the file's before memory
 * is taken. Knows no network. Start at {@link
 * io.github.repvgg4j.weights.checkpoint.CheckpointFiles}.
 */
package io.github.repvgg4j.weights.checkpoint;
