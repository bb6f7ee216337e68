package io.botwatch.exporters;

import java.util.List;

/** What softflowd exports in, and the options that make it do so. */
enum NetflowVersion {
    V5("-v", "5"),
    V9("-v", "9"),
    /** With absolute times: of its relative ones nfdump 1.7.1 mixes up first and last. */
    IPFIX("-v", "10", "-A", "milli");

    final List<String> options;

    NetflowVersion(String... options) {
        this.options = List.of(options);
    }
}
