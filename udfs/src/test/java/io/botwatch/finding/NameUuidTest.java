package io.botwatch.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class NameUuidTest {
    private static final UUID DNS = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

    @Test
    void givesTheVectorOfRfc9562AppendixA4() {
        assertThat(NameUuid.v5(DNS, "www.example.com"))
                .isEqualTo(UUID.fromString("2ed6657d-e927-568b-95e1-2665a8aea6a2"));
    }

    @Test
    void versionAndVariantAreSetWhateverTheName() {
        for (int i = 0; i < 1_000; i++) {
            UUID uuid = NameUuid.v5(DNS, "name " + i);
            assertThat(uuid.version()).isEqualTo(5);
            assertThat(uuid.variant()).isEqualTo(2);
        }
    }

    @Test
    void theNamespaceOfFindingsIsThatOfTheProjectsName() {
        assertThat(FindingUid.NAMESPACE).isEqualTo(NameUuid.v5(DNS, "botwatch.io"));
    }

    @Test
    void aFindingsUidIsTheOneThatAnotherToolComputes() {
        // Python: uuid.uuid5(namespace, 'R\x1ft\x1fk\x1f5')
        assertThat(FindingUid.of("R", "t", "k", 5)).isEqualTo(UUID.fromString("40193054-de46-5af9-87ab-774a67cd1c2a"));
    }

    @Test
    void everyPartOfTheIdentityChangesTheUid() {
        assertThat(java.util.Set.of(
                        FindingUid.of("R", "t", "k", 5),
                        FindingUid.of("S", "t", "k", 5),
                        FindingUid.of("R", "u", "k", 5),
                        FindingUid.of("R", "t", "l", 5),
                        FindingUid.of("R", "t", "k", 6),
                        FindingUid.of("R", "tk", "", 5)))
                .hasSize(6);
    }

    @Test
    void aSeparatorInsideRuleOrTenantIsRefused() {
        assertThatThrownBy(() -> FindingUid.of("R", "t\u001fk", "", 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FindingUid.of("R\u001ft", "k", "", 5)).isInstanceOf(IllegalArgumentException.class);
    }
}
