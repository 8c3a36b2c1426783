/** Training steps as one chain of calls on a device, with everything they change kept there. */
package io.github.repvgg4j.cuda.chain;
