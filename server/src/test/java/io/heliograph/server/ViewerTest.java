package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.TopicFilter;
import io.heliograph.flow.Limit;
import org.junit.jupiter.api.Test;

class ViewerTest {

    @Test
    void givesUpTheOldestWhenTooManyWait() throws InterruptedException {
        var viewer = new Viewer("default", TopicFilter.ALL, Limit.events(2));
        for (String frame : new String[] {"a", "b", "c", "d"}) {
            viewer.offer(frame);
        }

        assertThat(viewer.take(0)).hasValue(new Viewer.Batch(2, 2, java.util.List.of("c", "d")));
        assertThat(viewer.sums()).isEqualTo(new ViewerSums(1, 4, 0, 2, 0, 2));
        viewer.take(0);
        assertThat(viewer.sums()).isEqualTo(new ViewerSums(1, 4, 2, 2, 0, 0));
    }

    @Test
    void givesUpTheOldestWhenTheyAreTooLong() throws InterruptedException {
        var viewer = new Viewer("default", TopicFilter.ALL, new Limit(100, 10));
        viewer.offer("123456");
        viewer.offer("1234567");
        viewer.offer("123456789012");

        Viewer.Batch batch = viewer.take(0).orElseThrow();

        assertThat(batch.frames()).isEmpty();
        assertThat(batch.missed()).isEqualTo(3);
    }

    @Test
    void countsWhatWaitedWhenItLeft() throws InterruptedException {
        var viewer = new Viewer("default", TopicFilter.ALL, Limit.events(10));
        viewer.offer("written");
        viewer.take(0);
        viewer.take(0);
        viewer.offer("in hand");
        viewer.take(0);
        viewer.offer("waiting");
        viewer.close();
        viewer.offer("too late");

        assertThat(viewer.take(0)).isEmpty();
        assertThat(viewer.sums()).isEqualTo(new ViewerSums(0, 3, 1, 0, 2, 0));
        assertThat(viewer.sums().difference()).isZero();
    }
}
