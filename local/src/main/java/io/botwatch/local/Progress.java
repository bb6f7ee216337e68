package io.botwatch.local;

import java.io.PrintStream;
import java.util.Locale;

/** One line that is overwritten on a terminal, and now and then a line of its own elsewhere. */
final class Progress {
    private static final long QUIET_MS = 10_000;

    private final PrintStream out;
    private final boolean terminal = System.console() != null;
    private long lastMs;
    private boolean shown;

    Progress(PrintStream out) {
        this.out = out;
        this.lastMs = System.currentTimeMillis();
    }

    void show(String text) {
        long now = System.currentTimeMillis();
        if (terminal) {
            if (now - lastMs >= 200) {
                out.print("\r" + text + "\033[K");
                out.flush();
                shown = true;
                lastMs = now;
            }
        } else if (now - lastMs >= QUIET_MS) {
            out.println(text);
            lastMs = now;
        }
    }

    void done() {
        if (shown) {
            out.print("\r\033[K");
            out.flush();
            shown = false;
        }
    }

    static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n).replace(',', ' ');
    }
}
