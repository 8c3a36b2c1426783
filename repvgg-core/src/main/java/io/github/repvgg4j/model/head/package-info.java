/**
 * The outputs of any network: the numbers before the last activation ({@link
 * io.github.repvgg4j.model.head.Logits}), and the one step from them to answers ({@link
 * io.github.repvgg4j.model.head.Head}).
 */
package io.github.repvgg4j.model.head;
