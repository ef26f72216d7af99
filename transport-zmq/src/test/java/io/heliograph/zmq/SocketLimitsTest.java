package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import org.junit.jupiter.api.Test;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/** What no socket is without. */
class SocketLimitsTest {

    @Test
    void everySocketHasEveryLimit() {
        String address = Ports.freshAddress() + "&evict=2s&handshake=700ms&linger=300ms";
        for (ZmqConfig.Side side : ZmqConfig.Side.values()) {
            ZmqConfig config = ZmqConfig.of(Address.parse(address), side);
            try (var sockets = new Sockets(config, failure -> { }, Environment.system())) {
                for (SocketType type : new SocketType[] {SocketType.ROUTER, SocketType.DEALER, SocketType.XPUB, SocketType.SUB,
                    SocketType.PUSH, SocketType.PULL}) {
                    try (ZMQ.Socket socket = sockets.hardened(type, 12_345, 67)) {
                        assertThat(socket.getMaxMsgSize()).isEqualTo(12_345);
                        assertThat(socket.getSndHWM()).isEqualTo(67);
                        assertThat(socket.getRcvHWM()).isEqualTo(67);
                        assertThat(socket.getHandshakeIvl()).isEqualTo(700);
                        assertThat(socket.getHeartbeatIvl()).isEqualTo(250);
                        assertThat(socket.getHeartbeatTimeout()).isEqualTo(1_500);
                        assertThat(socket.getHeartbeatTtl()).isEqualTo(1_500);
                        assertThat(socket.getLinger()).isEqualTo(300);
                        assertThat(socket.getReconnectIVLMax()).isPositive();
                    }
                }
            }
        }
    }
}
