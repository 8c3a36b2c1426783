/**
 * Whether a network bears 8-bit integers, told from its weights alone. Start at {@link
 * io.github.repvgg4j.deploy.readiness.Readiness}.
 */
package io.github.repvgg4j.deploy.readiness;
