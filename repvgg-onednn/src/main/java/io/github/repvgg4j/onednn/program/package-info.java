/**
 * Primitives in their order of execution. A {@link io.github.repvgg4j.onednn.program.Tape} is
 * written once; since it is known to its end, the memory between the primitives is laid out before
 * anything runs. Running is then a list of calls with prepared arguments.
 */
package io.github.repvgg4j.onednn.program;
