package io.botwatch.appraise;

/** Services that nearly every host uses, and that keep a cadence of their own: polling, keepalives, retries. */
enum UsualService {
    WEB("web"),
    MAIL("mail"),
    DNS("DNS"),
    TIME("time");

    private final String label;

    UsualService(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** By the responder's port; null for every other port. */
    static UsualService of(int port) {
        return switch (port) {
            case 80, 443 -> WEB;
            case 25, 110, 143, 465, 587, 993, 995 -> MAIL;
            case 53, 853 -> DNS;
            case 123 -> TIME;
            default -> null;
        };
    }
}
