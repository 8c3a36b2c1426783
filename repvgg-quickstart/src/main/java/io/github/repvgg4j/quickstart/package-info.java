/** Everything in one command: train, fuse, prove, predict. */
package io.github.repvgg4j.quickstart;
