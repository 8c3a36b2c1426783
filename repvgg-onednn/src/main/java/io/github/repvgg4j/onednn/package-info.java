/**
 * oneDNN on this machine's CPU: what it can do, how numbers lie in memory ({@link
 * io.github.repvgg4j.onednn.Layout}), and who frees what ({@link
 * io.github.repvgg4j.onednn.Memory}). No other module names a class of {@code org.bytedeco.dnnl}.
 */
package io.github.repvgg4j.onednn;
