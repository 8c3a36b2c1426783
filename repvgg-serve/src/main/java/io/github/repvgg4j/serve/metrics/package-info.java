/** What the server counts and measures of itself. */
package io.github.repvgg4j.serve.metrics;
