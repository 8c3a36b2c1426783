/**
 * A server under load and under faults, from outside: a light client over plain sockets (Java's own
 * takes a large share of two cores), what is sent and how answers are judged, and the commands.
 */
package io.github.repvgg4j.bench.serving;
