package io.botwatch.network;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Which addresses are declared to be what. Immutable. */
public final class Roles implements Serializable {
    public static final Roles NONE = new Roles(Map.of());

    private final EnumMap<Role, NetworkSet> declared = new EnumMap<>(Role.class);

    public Roles(Map<Role, NetworkSet> addresses) {
        declared.putAll(addresses);
    }

    /** @param atMs event time, epoch ms */
    public boolean has(Role role, long hi, long lo, long atMs) {
        NetworkSet addresses = declared.get(role);
        return addresses != null && addresses.contains(hi, lo, atMs);
    }

    /**
     * Whether the address has one of these roles.
     *
     * @param atMs event time, epoch ms
     */
    public boolean hasAny(List<Role> roles, long hi, long lo, long atMs) {
        for (int i = 0; i < roles.size(); i++) {
            if (has(roles.get(i), hi, lo, atMs)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Roles that && declared.equals(that.declared);
    }

    @Override
    public int hashCode() {
        return declared.hashCode();
    }
}
