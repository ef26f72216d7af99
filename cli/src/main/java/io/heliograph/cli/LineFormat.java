package io.heliograph.cli;

import io.heliograph.Delivery;
import io.heliograph.cloudevents.CloudEventJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** How a delivery is written as one line of bytes. Stateless. */
enum LineFormat {
    /** The data: as it is if it is UTF-8 text, else in base64. */
    DATA {
        @Override
        byte[] line(Delivery delivery) {
            ByteBuffer data = delivery.event().data();
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            return isText(bytes) ? bytes : Base64.getEncoder().encode(bytes);
        }
    },
    /** The whole event in CloudEvents' JSON. */
    CLOUD_EVENT {
        @Override
        byte[] line(Delivery delivery) {
            return CloudEventJson.writeLine(delivery).getBytes(StandardCharsets.UTF_8);
        }
    };

    /** The line, without its end. */
    abstract byte[] line(Delivery delivery);

    private static boolean isText(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
