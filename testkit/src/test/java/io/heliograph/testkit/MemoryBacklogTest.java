package io.heliograph.testkit;

import io.heliograph.flow.Backlog;
import io.heliograph.flow.MemoryBacklog;

class MemoryBacklogTest extends BacklogContract {

    @Override
    protected Backlog open(Backlog.LossListener listener) {
        return new MemoryBacklog(listener);
    }
}
