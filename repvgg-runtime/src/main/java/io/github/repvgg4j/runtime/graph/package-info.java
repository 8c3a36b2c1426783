/**
 * A network as data: read from Deeplearning4j's {@code configuration.json} without its classes, and
 * refused by name where the runtime lacks a layer. Knows neither weights nor oneDNN's memory.
 */
package io.github.repvgg4j.runtime.graph;
