/**
 * From single images to batches on the cores of this machine: what runs next, in which size, and
 * how that is measured. It knows neither HTTP nor files.
 */
package io.github.repvgg4j.serve.batch;
