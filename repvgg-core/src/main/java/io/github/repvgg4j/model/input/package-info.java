/**
 * What any network reads, derived from its layers. Start at {@link
 * io.github.repvgg4j.model.input.NetworkInput}.
 */
package io.github.repvgg4j.model.input;
