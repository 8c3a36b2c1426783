/** Networks of a run as they will be served: fused, and computed by the fast runtime. */
package io.github.repvgg4j.train.fused;
