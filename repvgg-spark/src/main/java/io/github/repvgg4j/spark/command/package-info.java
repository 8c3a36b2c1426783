/** The command line: {@code train}, {@code predict}, {@code evaluate}, {@code pack}. */
package io.github.repvgg4j.spark.command;
