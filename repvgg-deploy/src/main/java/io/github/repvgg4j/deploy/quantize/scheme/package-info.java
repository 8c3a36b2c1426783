/** A float32 network to an INT8 network by a scheme, and how much noise that adds. */
package io.github.repvgg4j.deploy.quantize.scheme;
