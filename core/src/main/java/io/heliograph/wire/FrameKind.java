package io.heliograph.wire;

import io.heliograph.AttributeValue;
import java.util.Optional;

/**
 * The kinds of frame, as the four highest bits of its header say. The compact kinds differ only in the content type that
 * they imply; the numbers that are not here are reserved.
 */
enum FrameKind {
    COMPACT_BYTES(1, Optional.empty()),
    COMPACT_TEXT(2, Optional.of("text/plain")),
    COMPACT_JSON(3, Optional.of("application/json")),
    FULL(4, Optional.empty());

    private static final FrameKind[] BY_CODE = {null, COMPACT_BYTES, COMPACT_TEXT, COMPACT_JSON, FULL};

    final int code;
    /** Empty where no content type is implied. */
    final Optional<AttributeValue.Text> contentType;

    FrameKind(int code, Optional<String> contentType) {
        this.code = code;
        this.contentType = contentType.map(AttributeValue.Text::new);
    }

    static boolean isKnown(int code) {
        return code > 0 && code < BY_CODE.length;
    }

    /** The kind with a known code. */
    static FrameKind of(int code) {
        return BY_CODE[code];
    }

    /** The compact kind that implies {@code contentType}, else {@link #FULL}. */
    static FrameKind implying(Optional<String> contentType) {
        if (contentType.isEmpty()) {
            return COMPACT_BYTES;
        }
        return switch (contentType.get()) {
            case "text/plain" -> COMPACT_TEXT;
            case "application/json" -> COMPACT_JSON;
            default -> FULL;
        };
    }
}
