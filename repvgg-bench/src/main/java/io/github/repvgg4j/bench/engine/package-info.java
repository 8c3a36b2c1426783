/**
 * Engines that answer the same images with the same network, in this process ({@link
 * io.github.repvgg4j.bench.engine.Contender}) or each in one of its own ({@link
 * io.github.repvgg4j.bench.engine.EngineProcess}).
 */
package io.github.repvgg4j.bench.engine;
