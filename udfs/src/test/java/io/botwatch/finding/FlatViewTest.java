package io.botwatch.finding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class FlatViewTest {

    @Test
    void theHeaderNamesTheColumns() {
        assertThat(FlatView.HEADER)
                .isEqualTo("uid,rule,type,severity,first_seen,last_seen,src_ip,relay_ip,dst_ip,dst_port,proto,"
                        + "connections,distinct_sources,distinct_targets,score,period_s,jitter,message");
    }

    @Test
    void aBeaconFillsItsColumns() {
        assertThat(FlatView.row(SampleFindings.beacon()))
                .isEqualTo(SampleFindings.beacon().uid
                        + ",BEACON-SLOW,beacon,high,2011-08-16T08:01:46.972Z,2011-08-17T07:55:06.972Z,10.0.3.7,,"
                        + "203.0.113.7,8443,tcp,286,,,0.842,300.5,0.040,\"Who, what, how often, since when\"");
    }

    @Test
    void aVolumetricFindingHasNoSourceAndNoProtocol() {
        assertThat(FlatView.row(SampleFindings.volumetric()))
                .contains(",volumetric,high,", ",,,10.0.0.80,443,,12345,812,,,,,\"Who");
    }

    @Test
    void aRelayedPairHasThreeAddresses() {
        assertThat(FlatView.row(SampleFindings.relayPair()))
                .contains(",198.51.100.4,10.0.3.9,2001:db8::25,25,,1,,,,,,\"Who");
    }

    @Test
    void everyRowHasAsManyCellsAsTheHeader() {
        for (Finding finding : SampleFindings.all()) {
            finding.message = "plain";
            assertThat(FlatView.row(finding).split(",", -1)).hasSize(FlatView.HEADER.split(",").length);
        }
        assertThat(FlatView.row(new Finding()).split(",", -1)).hasSize(18);
    }

    @Test
    void quotesCommasAndLineEndsAreQuoted() {
        assertThat(message("say \"no\"")).isEqualTo("\"say \"\"no\"\"\"");
        assertThat(message("a\nb")).isEqualTo("\"a\nb\"");
        assertThat(message("a\rb")).isEqualTo("\"a\rb\"");
        assertThat(message("a;b")).isEqualTo("a;b");
    }

    @Test
    void whatASpreadsheetWouldCalculateIsDefused() {
        assertThat(message("=1+1")).isEqualTo("'=1+1");
        assertThat(message("+1")).isEqualTo("'+1");
        assertThat(message("-1")).isEqualTo("'-1");
        assertThat(message("@SUM(A1)")).isEqualTo("'@SUM(A1)");
        assertThat(message("\tx")).isEqualTo("'\tx");
        assertThat(message("\rx")).isEqualTo("\"'\rx\"");
        assertThat(message("=HYPERLINK(\"http://x\",\"y\")")).isEqualTo("\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
        assertThat(message("a=b")).isEqualTo("a=b");
    }

    @Test
    void theRuleIdIsDefusedToo() {
        Finding finding = SampleFindings.beacon();
        finding.ruleId = "=cmd";
        assertThat(FlatView.row(finding)).contains(",'=cmd,");
    }

    @Test
    void numbersDoNotDependOnTheLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(FlatView.row(SampleFindings.beacon())).contains("2011-08-16T08:01:46.972Z", ",0.842,300.5,0.040,");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void periodsHaveNoTrailingZerosAndScoresHaveThreeDecimals() {
        Finding finding = SampleFindings.beacon();
        finding.score = 1;
        finding.periodSeconds = 3600;
        finding.jitter = 0.00049;
        assertThat(FlatView.row(finding)).contains(",1.000,3600,0.000,");
        finding.score = 0.0005;
        finding.periodSeconds = 0.1234;
        finding.jitter = 0.9996;
        assertThat(FlatView.row(finding)).contains(",0.001,0.123,1.000,");
        finding.periodSeconds = 0.0001;
        assertThat(FlatView.row(finding)).contains(",0.001,0,1.000,");
    }

    @Test
    void protocolsHaveNamesWhereTheyAreCommon() {
        assertThat(FlatView.protocol(6)).isEqualTo("tcp");
        assertThat(FlatView.protocol(17)).isEqualTo("udp");
        assertThat(FlatView.protocol(1)).isEqualTo("icmp");
        assertThat(FlatView.protocol(58)).isEqualTo("58");
        assertThat(FlatView.protocol(0)).isEqualTo("0");
        assertThat(FlatView.protocol(-1)).isNull();
    }

    private static String message(String message) {
        Finding finding = new Finding();
        finding.message = message;
        String empty = FlatView.row(new Finding());
        return FlatView.row(finding).substring(empty.length());
    }
}
