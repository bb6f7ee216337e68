package io.botwatch;

import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What may know what. It stands in this module because all others are on its class path. */
@AnalyzeClasses(
        packages = "io.botwatch",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.WithoutTestJars.class})
class ArchitectureTest {
    /** Tests of a lower module may use a higher package's fixtures; packaged, they look like any other jar. */
    static final class WithoutTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    /** The packages of modules job and local. */
    private static final String[] ASSEMBLY = {
        "io.botwatch.job..", "io.botwatch.live..", "io.botwatch.source..", "io.botwatch.sink..", "io.botwatch.local..",
        "io.botwatch.embedded..", "io.botwatch.backtest..", "io.botwatch.ruletest..", "io.botwatch.explain..", "io.botwatch.rita..", "io.botwatch.generate..", "io.botwatch.probe..", "io.botwatch.evaluate..", "io.botwatch.train.."
    };

    @ArchTest
    static final ArchRule detectorsKnowNeitherPatternsNorKafkaNorTheJob = noClasses()
            .that()
            .resideOutsideOfPackages(with(ASSEMBLY, "io.botwatch.pattern.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(with(
                    ASSEMBLY,
                    "io.botwatch.pattern..",
                    "org.apache.flink.cep..",
                    "org.apache.kafka..",
                    "org.apache.flink.connector.."));

    @ArchTest
    static final ArchRule patternsKnowDetectorsOnly = noClasses()
            .that()
            .resideInAPackage("io.botwatch.pattern..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(with(ASSEMBLY, "org.apache.kafka..", "org.apache.flink.connector.."));

    @ArchTest
    static final ArchRule theJobKnowsNothingOfTheCommandLine = noClasses()
            .that()
            .resideInAnyPackage("io.botwatch.job..", "io.botwatch.live..", "io.botwatch.source..", "io.botwatch.sink..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.botwatch.local..", "io.botwatch.embedded..", "io.botwatch.generate..");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("io.botwatch.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule namesSayWhatAClassIsFor = classes()
            .should()
            .haveSimpleNameNotEndingWith("Util")
            .andShould()
            .haveSimpleNameNotEndingWith("Utils")
            .andShould()
            .haveSimpleNameNotEndingWith("Helper")
            .andShould()
            .haveSimpleNameNotEndingWith("Manager")
            .andShould()
            .haveSimpleNameNotEndingWith("Common");

    /** Subtasks share a JVM: what is static is shared between them, and between jobs. */
    @ArchTest
    static final ArchRule nothingStaticChanges = fields()
            .that()
            .areStatic()
            .and(DescribedPredicate.describe(
                    "are written by hand", (JavaField field) -> !field.getModifiers().contains(SYNTHETIC)))
            .should()
            .beFinal();

    private static String[] with(String[] packages, String... more) {
        String[] all = java.util.Arrays.copyOf(packages, packages.length + more.length);
        System.arraycopy(more, 0, all, packages.length, more.length);
        return all;
    }
}
