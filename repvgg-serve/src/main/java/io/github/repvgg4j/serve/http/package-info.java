/** HTTP by Jetty: paths, bodies, answers, and what strangers may not do. */
package io.github.repvgg4j.serve.http;
