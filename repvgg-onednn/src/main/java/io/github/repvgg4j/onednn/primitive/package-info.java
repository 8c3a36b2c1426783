/**
 * oneDNN's operations, each made in one place. A {@link
 * io.github.repvgg4j.onednn.primitive.Primitive} is planned first, which settles the layouts it
 * wants, and compiled when a program takes it.
 */
package io.github.repvgg4j.onednn.primitive;
