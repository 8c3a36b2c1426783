/**
 * Networks as ONNX files, for other runtimes. {@link io.github.repvgg4j.deploy.onnx.OnnxExport} is
 * the door; a layer type more is a method more in {@code LayerTranslator} or one that it asks.
 */
package io.github.repvgg4j.deploy.onnx;
