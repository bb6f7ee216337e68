package io.botwatch.ingest;

import io.botwatch.flow.Address;
import java.util.List;

/**
 * What a host asked a name server, and what it was told.
 *
 * @param name as asked, without a dot at its end, lower case, at most {@value #MAX_NAME} characters
 * @param rcode of the answer (RFC 1035 and IANA's registry); {@value #UNANSWERED} where there was none, or the record does not say
 * @param answers addresses that the name stands for, as many as {@value #MAX_ANSWERS}; empty where there are none
 */
public record Lookup(String name, int rcode, List<Address> answers) {
    /** RFC 1035, section 2.3.4. */
    public static final int MAX_NAME = 255;

    public static final int UNANSWERED = -1;

    /** More are not kept. */
    public static final int MAX_ANSWERS = 16;

    private static final int NXDOMAIN = 3;

    /** Whether the answer was that there is no such name. */
    public boolean isNoSuchName() {
        return rcode == NXDOMAIN;
    }
}
