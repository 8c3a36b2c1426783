/** Model zips as files: their names and versions, loading, checking, replacing while they serve. */
package io.github.repvgg4j.serve.model;
