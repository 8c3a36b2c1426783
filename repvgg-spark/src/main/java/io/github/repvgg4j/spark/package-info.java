/** Training and prediction on Apache Spark. */
package io.github.repvgg4j.spark;
