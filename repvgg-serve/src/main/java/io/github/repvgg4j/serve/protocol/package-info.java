/**
 * The Open Inference Protocol, version 2, over REST, with its extensions for binary tensors and
 * classification: <a
 * href="https://github.com/kserve/open-inference-protocol">github.com/kserve/open-inference-protocol</a>.
 */
package io.github.repvgg4j.serve.protocol;
