package io.github.repvgg4j.onednn.program;

import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Primitive;
import java.util.Map;

/**
 * One call of a program.
 *
 * @param name what it is part of, for messages
 */
record Step(String name, Primitive primitive, Map<Argument, Tensor> operands) {}
