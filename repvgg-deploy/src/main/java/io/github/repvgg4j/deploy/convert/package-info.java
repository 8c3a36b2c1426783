/**
 * The main job: a training zip in, a fast zip out, with the proof that both answer alike. Start at
 * {@link io.github.repvgg4j.deploy.convert.Converter}.
 */
package io.github.repvgg4j.deploy.convert;
