package io.heliograph.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The house rules that bytecode shows, for all modules, since this one sees them all. */
class ArchitectureTest {

    private static final JavaClasses MAIN_CODE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.heliograph");

    /** Each module's packages end in its word; everything else is core. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("core", Set.of()),
            Map.entry("testkit", Set.of("core")),
            Map.entry("udp", Set.of("core")),
            Map.entry("zmq", Set.of("core")),
            Map.entry("store", Set.of("core")),
            Map.entry("webhook", Set.of("core", "store")),
            Map.entry("search", Set.of("core")),
            Map.entry("alert", Set.of("core", "store", "webhook", "search")),
            Map.entry("statsd", Set.of("core", "udp")),
            Map.entry("server", Set.of("core", "udp", "store", "webhook", "alert", "search")),
            Map.entry("demo", Set.of("core", "udp", "statsd", "server", "webhook")),
            Map.entry("cli", Set.of("core", "udp", "zmq", "webhook", "search", "statsd", "server", "demo", "store")));

    private static final Set<String> PACKAGES_OF_CORE =
            Set.of("", "flow", "ledger", "spi", "time", "wire", "local", "cloudevents", "journal", "discovery");

    @Test
    void seesEveryModule() {
        Set<String> seen = MAIN_CODE.stream().map(ArchitectureTest::module).collect(Collectors.toSet());

        assertThat(seen).isEqualTo(ARROWS.keySet());
    }

    @Test
    void drawsNoArrowButTheOnesAgreed() {
        classes().should(new ArchCondition<>("depend on modules along the arrows only") {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    boolean isAllowed = !target.getPackageName().startsWith("io.heliograph")
                            || module(target).equals(module(origin))
                            || ARROWS.get(module(origin)).contains(module(target));
                    if (!isAllowed) {
                        events.add(SimpleConditionEvent.violated(origin, dependency.getDescription()));
                    }
                }
            }
        }).check(MAIN_CODE);
    }

    @Test
    void namesPackagesByTheirRoom() {
        classes().should(new ArchCondition<>("reside in a package named by its room") {
            @Override
            public void check(JavaClass one, ConditionEvents events) {
                String below = below(one);
                boolean isNamed = PACKAGES_OF_CORE.contains(below) || ARROWS.containsKey(below.split("\\.")[0]);
                if (!isNamed || below.matches(".*\\b(impl|util|common|manager|helper)\\b.*")) {
                    events.add(SimpleConditionEvent.violated(one, one.getName() + " is in package " + one.getPackageName()));
                }
            }
        }).check(MAIN_CODE);
    }

    @Test
    void namesNoClassByWhatItIsNot() {
        noClasses().should().haveSimpleNameEndingWith("Util")
                .orShould().haveSimpleNameEndingWith("Utils")
                .orShould().haveSimpleNameEndingWith("Helper")
                .orShould().haveSimpleNameEndingWith("Manager")
                .orShould().haveSimpleNameEndingWith("Impl")
                .orShould().haveSimpleNameEndingWith("Common")
                .check(MAIN_CODE);
    }

    @Test
    void buildsCoreOfTheJdkAndJacksonCoreAlone() {
        classes().that(areIn("core"))
                .should().onlyDependOnClassesThat(resideInAPackage("java..")
                        .or(resideInAPackage("tools.jackson.core.."))
                        .or(areIn("core"))
                        .or(arePrimitive()))
                .check(MAIN_CODE);
    }

    @Test
    void leavesTheStandardStreamsToTheProgram() {
        // testkit's relay is a program too.
        noClasses().that(resideOutsideOfPackages("io.heliograph.cli..")).and().doNotHaveSimpleName("ImpairedLink")
                .should().accessField(System.class, "out")
                .orShould().accessField(System.class, "err")
                .orShould().accessField(System.class, "in")
                .check(MAIN_CODE);
    }

    @Test
    void neverSleeps() {
        noClasses().should().callMethodWhere(DescribedPredicate.describe("it sleeps", (JavaAccess<?> call) ->
                        call.getTarget().getName().equals("sleep")
                                && (call.getTargetOwner().isEquivalentTo(Thread.class)
                                        || call.getTargetOwner().isEquivalentTo(TimeUnit.class))))
                .check(MAIN_CODE);
    }

    private static DescribedPredicate<JavaClass> areIn(String module) {
        return DescribedPredicate.describe("are in " + module, one -> one.getBaseComponentType().getPackageName()
                .startsWith("io.heliograph") && module(one.getBaseComponentType()).equals(module));
    }

    private static DescribedPredicate<JavaClass> arePrimitive() {
        return DescribedPredicate.describe("are primitive", one -> one.getBaseComponentType().isPrimitive()
                || one.getBaseComponentType().getPackageName().startsWith("java."));
    }

    private static String module(JavaClass one) {
        String first = below(one).split("\\.")[0];
        return ARROWS.containsKey(first) ? first : "core";
    }

    /** The package below {@code io.heliograph}. */
    private static String below(JavaClass one) {
        String name = one.getPackageName();
        return name.equals("io.heliograph") ? "" : name.substring("io.heliograph.".length());
    }
}
