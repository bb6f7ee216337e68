package io.botwatch.flow;

import java.io.Serializable;
import java.util.BitSet;
import java.util.Collection;

/** A set of ports, 0 to 65535, with a constant-time lookup. */
public final class PortSet implements Serializable {
    private final BitSet ports = new BitSet(65536);

    public PortSet(Collection<Integer> ports) {
        ports.forEach(this.ports::set);
    }

    public boolean contains(int port) {
        return ports.get(port);
    }
}
