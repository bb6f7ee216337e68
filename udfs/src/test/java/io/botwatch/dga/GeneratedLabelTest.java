package io.botwatch.dga;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeneratedLabelTest {

    @ParameterizedTest
    @CsvSource({
        "www.example.org, example", "example.org, example", "a.b.example.co.uk, example", "kwxq.ddns.net, kwxq",
        "example.uk, example", "org, ''", "'', ''", "7.2.0.192.in-addr.arpa, ''", "_ldap._tcp.example.org, ''", "a..b, ''",
    })
    void isTheLabelThatWhoeverRegisteredTheNameChose(String name, String label) {
        assertThat(GeneratedLabel.of(name)).isEqualTo(label);
    }

    @Test
    void namesThatPeopleChoseScoreLowAndRandomOnesHigh() {
        NameModel model = NameModel.shipped();
        for (String name : new String[] {"www.wikipedia.org", "mail.google.com", "weather.example.com", "github.com", "org", ""}) {
            assertThat(model.score(name)).as(name).isLessThan(0.5);
        }
        for (String name : new String[] {"xjwqkzvbnm.com", "qkdchxxxznpw.net", "a8f3k2l9x0q1z7.info", "wvcbnrtplkjh.ddns.net"}) {
            assertThat(model.score(name)).as(name).isGreaterThan(0.9);
        }
    }
}
