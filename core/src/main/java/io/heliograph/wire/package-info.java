/**
 * Events as bytes: the frames that datagrams, messages and journals are made of.
 *
 * <pre>
 *  31   28 27                                  0
 * +-------+-------------------------------------+
 * | kind  | length of the body, bytes           |   little-endian
 * +-------+-------------------------------------+
 * | compact: data                               |   topic from the context, id and time derived
 * | full: topic, fields, data                   |
 * +---------------------------------------------+
 * </pre>
 *
 * <p>{@link io.heliograph.wire.FrameEncoder} writes them and {@link io.heliograph.wire.FrameDecoder} reads them;
 * {@code docs/wire.md} has the layouts in full.
 */
package io.heliograph.wire;
