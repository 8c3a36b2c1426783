/** Why a request gets no answer, whoever found out. */
package io.github.repvgg4j.serve.fault;
