/** The command line {@code repvgg-serve}. */
package io.github.repvgg4j.serve.command;
