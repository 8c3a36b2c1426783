/** What a network consists of: layers, shapes, parameters, multiply-accumulates. */
package io.github.repvgg4j.deploy.inspect;
