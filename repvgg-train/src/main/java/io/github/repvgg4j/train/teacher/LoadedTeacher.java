package io.github.repvgg4j.train.teacher;

import java.util.List;

/**
 * A teacher that is loaded.
 *
 * @param notes what a user should hear, a line each
 */
public record LoadedTeacher(Teacher teacher, List<String> notes) {}
