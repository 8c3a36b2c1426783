/** From images and tensors to logits, whoever asks for them. */
package io.github.repvgg4j.serve.inference;
