/**
 * {@code report.html}: what a finished run came to, as one page that needs nothing else. The page
 * itself is the resource {@code report.mustache}; the classes here compute what it shows. Start at
 * {@link io.github.repvgg4j.train.report.RunReport}.
 */
package io.github.repvgg4j.train.report;
