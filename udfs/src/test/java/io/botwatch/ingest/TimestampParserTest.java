package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampParserTest {
    private static final long SEED = 19700101;
    private static final long YEAR_9999 = 253_402_300_799L;
    private static final long YEAR_0 = -62_167_219_200L;

    @Test
    void randomInstantsAreWhatJavaTimeSaysInEveryForm() {
        Random random = new Random(SEED);
        DateTimeFormatter dashes = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
        DateTimeFormatter slashes = DateTimeFormatter.ofPattern("uuuu/MM/dd HH:mm:ss.SSSSSS", Locale.ROOT);
        TimestampParser parser = new TimestampParser(ZoneOffset.UTC);
        for (int i = 0; i < 50_000; i++) {
            // the whole range of the text form, and often our own century
            long seconds = i % 2 == 0
                    ? YEAR_0 + (long) (random.nextDouble() * (YEAR_9999 - YEAR_0))
                    : 946_684_800L + random.nextInt(2_000_000_000);
            Instant instant = Instant.ofEpochSecond(seconds, random.nextInt(1_000_000_000));
            LocalDateTime utc = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
            long millis = Math.floorDiv(instant.getEpochSecond() * 1000, 1) + instant.getNano() / 1_000_000;
            assertThat(parse(parser, instant.toString())).as(instant.toString()).isEqualTo(millis);
            assertThat(parse(parser, dashes.format(utc))).isEqualTo(instant.getEpochSecond() * 1000);
            assertThat(parse(parser, slashes.format(utc))).isEqualTo(millis);

            int offsetMinutes = random.nextInt(2 * 18 * 60 + 1) - 18 * 60;
            ZoneOffset offset = ZoneOffset.ofTotalSeconds(offsetMinutes * 60);
            String local = dashes.format(LocalDateTime.ofInstant(instant, offset));
            if (local.length() == 19) { // years before 0 and after 9999 have no such form
                String sign = offsetMinutes < 0 ? "-" : "+";
                int hours = Math.abs(offsetMinutes) / 60;
                int minutes = Math.abs(offsetMinutes) % 60;
                String colon = String.format("%s.5%s%02d:%02d", local, sign, hours, minutes);
                String plain = String.format("%s,5%s%02d%02d", local.replace(' ', 'T'), sign, hours, minutes);
                assertThat(parse(parser, colon)).as(colon).isEqualTo(instant.getEpochSecond() * 1000 + 500);
                assertThat(parse(parser, plain)).as(plain).isEqualTo(instant.getEpochSecond() * 1000 + 500);
            }
        }
    }

    @Test
    void textWithoutAZoneIsInTheZoneGivenAlsoWhenClocksChange() {
        Random random = new Random(SEED);
        DateTimeFormatter form = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);
        for (String name : new String[] {"Europe/Prague", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"}) {
            ZoneId zone = ZoneId.of(name);
            TimestampParser parser = new TimestampParser(zone);
            for (int i = 0; i < 5_000; i++) {
                LocalDateTime local = LocalDateTime.ofEpochSecond(random.nextInt(2_000_000_000), 0, ZoneOffset.UTC);
                assertThat(parse(parser, form.format(local)))
                        .as(name + " " + local)
                        .isEqualTo(local.atZone(zone).toInstant().toEpochMilli());
            }
            // every ten minutes of the days on which Prague changes: skipped and repeated hours
            for (String day : new String[] {"2024-03-31T00:00:00", "2024-10-27T00:00:00", "2024-04-07T00:00:00"}) {
                LocalDateTime midnight = LocalDateTime.parse(day);
                for (int minutes = 0; minutes < 1440; minutes += 10) {
                    LocalDateTime local = midnight.plusMinutes(minutes);
                    assertThat(parse(parser, form.format(local)))
                            .isEqualTo(local.atZone(zone).toInstant().toEpochMilli());
                }
            }
            assertThat(parse(parser, "2024-08-16T18:07:07Z")).isEqualTo(1723831627000L);
            assertThat(parse(parser, "1723831627")).isEqualTo(1723831627000L);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1588205199.82437, 1588205199824",
        "1588205199, 1588205199000",
        "1588205199824, 1588205199824",
        "1588205199824370, 1588205199824",
        "1588205199824370999, 1588205199824",
        "1681583295157626000, 1681583295157",
        "1723831628.000000, 1723831628000",
        "1723831628.9999999999, 1723831628999",
        "16.810265, 16810",
        "0, 0",
        "0.0, 0",
        "0.0009, 0",
        "-1.5, -1500",
        "-0.0001, -1",
        "1.58820519982437E9, 1588205199824",
        "2.5e1, 25000"
    })
    void epochNumbersOfEveryUnitAreToldApartByMagnitude(String text, long millis) {
        assertThat(parse(new TimestampParser(ZoneOffset.UTC), text)).isEqualTo(millis);
    }

    @Test
    void aDeclaredUnitIsNotGuessed() {
        TimestampParser parser = new TimestampParser(ZoneOffset.UTC);
        byte[] text = bytes("1500000");
        assertThat(parser.parse(text, 0, text.length, EpochUnit.NANOS)).isEqualTo(1);
        assertThat(parser.parse(text, 0, text.length, EpochUnit.MICROS)).isEqualTo(1500);
        assertThat(parser.parse(text, 0, text.length, EpochUnit.MILLIS)).isEqualTo(1_500_000);
        assertThat(parser.parse(text, 0, text.length, EpochUnit.SECONDS)).isEqualTo(1_500_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", "-", "x", "1x", "1.2.3", "1e", "e5", "1e999", "NaN", "Infinity", "0x10", "1d", "99999999999999999999",
        "2024-08-16", "2024-08-16 18:07", "2024-13-16 18:07:07", "2024-00-16 18:07:07", "2024-02-30 18:07:07",
        "2023-02-29 00:00:00", "1900-02-29 00:00:00", "2024-04-31 00:00:00", "2024-08-00 18:07:07", "2024-08-16 24:00:00",
        "2024-08-16 18:60:00", "2024-08-16 18:07:61", "2024-08-16 18-07-07", "2024-08/16 18:07:07", "2024-08-16_18:07:07",
        "2024-08-16 18:07:07.", "2024-08-16 18:07:07x", "2024-08-16 18:07:07 UTC", "2024-08-16 18:07:07+1",
        "2024-08-16 18:07:07+1:00", "2024-08-16 18:07:07+19:00", "2024-08-16 18:07:07+02:60", "2024-08-16 18:07:07+02x00",
        "2024-08-16 18:07:07ZZ", "2O24-08-16 18:07:07", "2024-08-16 1 :07:07", "-024-08-16 18:07:07",
        "0000-00-01 00:00:00", "2024-08-16 18:07:-1"
    })
    void whatIsNoTimeIsRefused(String text) {
        assertThat(parse(new TimestampParser(ZoneOffset.UTC), text)).isEqualTo(TimestampParser.BAD);
    }

    @Test
    void aDateOfZerosMeansThatThereIsNoTime() {
        TimestampParser parser = new TimestampParser(ZoneOffset.UTC);
        assertThat(parse(parser, "0000-00-00 00:00:00.000000")).isEqualTo(TimestampParser.ABSENT);
        assertThat(parse(parser, "0000-00-00T00:00:00Z")).isEqualTo(TimestampParser.ABSENT);
    }

    @Test
    void leapYearsAndALeapSecondAreDates() {
        TimestampParser parser = new TimestampParser(ZoneOffset.UTC);
        assertThat(parse(parser, "2000-02-29 00:00:00")).isEqualTo(Decoding.ms("2000-02-29T00:00:00Z"));
        assertThat(parse(parser, "2024-02-29 00:00:00")).isEqualTo(Decoding.ms("2024-02-29T00:00:00Z"));
        assertThat(parse(parser, "2016-12-31 23:59:60")).isEqualTo(Decoding.ms("2017-01-01T00:00:00Z"));
    }

    @Test
    void randomBytesNeverThrow() {
        Random random = new Random(SEED);
        TimestampParser parser = new TimestampParser(ZoneId.of("Europe/Prague"));
        String alphabet = "0123456789-/: T.Z+eE";
        for (int i = 0; i < 200_000; i++) {
            byte[] text = bytes("2024-08-16T18:07:07.123456+02:00");
            int length = random.nextInt(text.length + 1);
            for (int changes = random.nextInt(6); changes > 0 && length > 0; changes--) {
                text[random.nextInt(length)] = random.nextInt(4) == 0
                        ? (byte) random.nextInt(256)
                        : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            }
            parser.parse(text, 0, length, EpochUnit.values()[random.nextInt(5)]);
        }
    }

    private static long parse(TimestampParser parser, String text) {
        byte[] bytes = bytes("1" + text + "1");
        return parser.parse(bytes, 1, bytes.length - 1, EpochUnit.GUESS);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
