package io.heliograph.webhook;

import io.heliograph.testkit.PublisherContract;
import io.heliograph.testkit.TransportUnderTest;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What every publisher must do with publishes that race its close, over HTTP: of the contract that case alone. */
@Tag("slow")
class DirectCloseTest extends PublisherContract {

    private static final String ONLY = "acceptsAndDeliversOrRefusesWhatRacesItsClose";

    @RegisterExtension
    static final LeftOut LEFT_OUT = new LeftOut(PublisherContract.class, others());

    private final TransportUnderTest transport = new DirectUnderTest();

    private static Map<String, String> others() {
        return Arrays.stream(PublisherContract.class.getDeclaredMethods()).map(Method::getName).filter(name -> !name.equals(ONLY))
                .distinct().collect(Collectors.toMap(Function.identity(), name -> "DirectPublisherContractTest has it"));
    }

    @Override
    protected TransportUnderTest transport() {
        return transport;
    }
}
