package io.github.repvgg4j.rewrite;

import java.util.Map;

/**
 * Nodes that become one convolution.
 *
 * @param root the node whose output is the region's
 * @param form what that output is of the region's source
 * @param inner channels of every member's output in terms of the source
 */
record Region(String root, Form form, Map<String, Form.Channels> inner) {

  Form.Channels channels() {
    return form.channels();
  }

  Form.Channels channelsOf(String member) {
    return inner.get(member);
  }
}
