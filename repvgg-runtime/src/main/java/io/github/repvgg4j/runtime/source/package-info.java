/** Where a fused network comes from: a fast zip, or what a program holds in memory. */
package io.github.repvgg4j.runtime.source;
