package io.botwatch.ingest;

/**
 * TCP flags in the notations of flow tools, as the bits of RFC 9293. They are a hint that some exporters omit: what is
 * not understood counts as no flags, it does not make a flow undecodable.
 */
final class TcpFlags {
    static final int FIN = 0x01;
    static final int SYN = 0x02;
    static final int RST = 0x04;
    static final int PSH = 0x08;
    static final int ACK = 0x10;
    static final int URG = 0x20;
    static final int ECE = 0x40;
    static final int CWR = 0x80;

    private TcpFlags() {}

    /** A number, decimal or {@code 0x} hexadecimal, or letters in any order with dots between ({@code ...AP.S.}). */
    static int parse(byte[] text, int from, int to) {
        if (from >= to) {
            return 0;
        }
        if (to - from > 2 && text[from] == '0' && (text[from + 1] | 0x20) == 'x') {
            return (int) Math.max(0, DecimalText.hex(text, from + 2, to)) & 0xFF;
        }
        if (text[from] >= '0' && text[from] <= '9') {
            return (int) Math.max(0, DecimalText.count(text, from, to)) & 0xFF;
        }
        int flags = 0;
        for (int i = from; i < to; i++) {
            flags |= letter(text[i]);
        }
        return flags;
    }

    /** The flag that begins with this letter, 0 for every other character. */
    static int letter(byte letter) {
        return switch (letter) {
            case 'F' -> FIN;
            case 'S' -> SYN;
            case 'R' -> RST;
            case 'P' -> PSH;
            case 'A' -> ACK;
            case 'U' -> URG;
            case 'E' -> ECE;
            case 'C' -> CWR;
            default -> 0;
        };
    }

    /**
     * The source's flags in an Argus state such as {@code FSPA_FSPA}. States without an underscore are words
     * ({@code CON}, {@code INT}, {@code FIN}) whose letters mean nothing here.
     */
    static int ofArgusState(byte[] text, int from, int to) {
        int flags = 0;
        for (int i = from; i < to; i++) {
            if (text[i] == '_') {
                return flags;
            }
            int flag = letter(text[i]);
            if (flag == 0) {
                return 0;
            }
            flags |= flag;
        }
        return 0;
    }

    /** The originator's flags in Zeek's connection history: the capitals. Lower case is the responder. */
    static int ofZeekHistory(byte[] text, int from, int to) {
        int flags = 0;
        for (int i = from; i < to; i++) {
            flags |= switch (text[i]) {
                case 'S' -> SYN;
                case 'H' -> SYN | ACK;
                case 'A' -> ACK;
                case 'D' -> PSH | ACK;
                case 'F' -> FIN;
                case 'R' -> RST;
                default -> 0;
            };
        }
        return flags;
    }
}
