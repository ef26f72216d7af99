package io.heliograph.udp;

import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proof that someone receives at the address it sends from: the cookie that a publisher sends to an address can only be
 * known by who reads there. Nothing is kept for a cookie given out: it is HMAC-SHA256 over the address, the port, the
 * receiver's id and the minute, under a secret of this object, cut to 64 bits; so forged sources cost no memory.
 *
 * <p>A cookie is good for the minute it was made in and the next one; one of 0 is never good, so that a receiver without
 * any sends 0. Comparing takes the same time wherever they differ. Confined to its owner's lock, as the one Mac is used
 * again; allocates no more than the JDK's Mac.
 */
final class Cookies {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SECRET_BYTES = 32;
    private static final int MAX_ADDRESS_BYTES = 16;
    private static final long MINUTE_NS = 60_000_000_000L;

    private final ByteBuffer message = ByteBuffer.allocate(1 + MAX_ADDRESS_BYTES + Integer.BYTES + 2 * Long.BYTES);
    private final Mac mac;
    private final byte[] digest;

    /** @param secrets where the secret is from; a {@link java.security.SecureRandom} outside of tests */
    Cookies(RandomGenerator secrets) {
        byte[] secret = new byte[SECRET_BYTES];
        secrets.nextBytes(secret);
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM + ", which every Java must have", e);
        }
        digest = new byte[mac.getMacLength()];
    }

    /**
     * The cookie for a receiver at an address, now.
     *
     * @param address 4 or 16 bytes
     * @param nowNs   of a monotonic clock
     * @throws IllegalArgumentException for an address of another length
     */
    long cookie(byte[] address, int port, long receiver, long nowNs) {
        return ofMinute(address, port, receiver, Math.floorDiv(nowNs, MINUTE_NS));
    }

    /** Whether {@code cookie} was given to this receiver at this address in this minute or the last. */
    boolean isGood(long cookie, byte[] address, int port, long receiver, long nowNs) {
        long minute = Math.floorDiv(nowNs, MINUTE_NS);
        long now = cookie ^ ofMinute(address, port, receiver, minute);
        long before = cookie ^ ofMinute(address, port, receiver, minute - 1);
        // Both are always computed, and the words compared without a branch on their bits: time tells nothing of the secret.
        return (isZero(now) | isZero(before)) != 0;
    }

    /** 1 for zero, 0 for all others. */
    private static long isZero(long word) {
        return (word | -word) >>> Long.SIZE - 1 ^ 1;
    }

    private long ofMinute(byte[] address, int port, long receiver, long minute) {
        if (address.length != 4 && address.length != MAX_ADDRESS_BYTES) {
            throw new IllegalArgumentException("an address of " + address.length + " bytes is neither IPv4 (4) nor IPv6 (16)");
        }
        message.clear().put((byte) address.length).put(address).putInt(port).putLong(receiver).putLong(minute);
        mac.update(message.array(), 0, message.position());
        try {
            mac.doFinal(digest, 0);
        } catch (ShortBufferException e) {
            throw new AssertionError("the digest is as long as the Mac says", e);
        }
        long cut = ByteBuffer.wrap(digest).getLong();
        return cut == 0 ? 1 : cut;
    }
}
