/** Training on a CUDA card. */
package io.github.repvgg4j.cuda;
