package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Test case 4 of the GCM specification submitted to NIST (McGrew and Viega). */
class AesGcmTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final SecretKey KEY = new SecretKeySpec(HEX.parseHex("feffe9928665731c6d6a8f9467308308"), "AES");
    private static final byte[] NONCE = HEX.parseHex("cafebabefacedbaddecaf888");
    private static final String CLEAR = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    private static final String BODY = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    private static final String HIDDEN = "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
            + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091";
    private static final String TAG = "5bc94fbc3221a5db94fae95ae7121a47";
    private static final int BODY_AT = CLEAR.length() / 2;
    private static final int TAG_AT = BODY_AT + BODY.length() / 2;

    @Test
    void itGivesTheVectorInPlace() {
        for (ByteBuffer buffer : new ByteBuffer[] {ByteBuffer.allocate(200), ByteBuffer.allocateDirect(200)}) {
            buffer.put(HEX.parseHex(CLEAR + BODY)).position(7).limit(9);
            // The JDK's cipher refuses to seal with one nonce twice.
            var cipher = new AesGcm();
            cipher.seal(KEY, NONCE, buffer.limit(200), 0, BODY_AT, TAG_AT);
            assertThat(text(buffer, TAG_AT + AesGcm.TAG_BYTES)).isEqualTo(CLEAR + HIDDEN + TAG);
            assertThat(cipher.open(KEY, NONCE, buffer, 0, BODY_AT, TAG_AT)).isTrue();
            assertThat(text(buffer, TAG_AT)).isEqualTo(CLEAR + BODY);
            assertThat(buffer.position()).isEqualTo(7);
        }
    }

    @Test
    void itOpensTheVectorAndNoOther() {
        var cipher = new AesGcm();
        ByteBuffer buffer = ByteBuffer.wrap(HEX.parseHex(CLEAR + HIDDEN + TAG));
        buffer.put(3, (byte) (buffer.get(3) ^ 1));
        assertThat(cipher.open(KEY, NONCE, buffer, 0, BODY_AT, TAG_AT)).isFalse();
        buffer.put(0, HEX.parseHex(CLEAR + HIDDEN + TAG));
        assertThat(cipher.open(KEY, NONCE, buffer, 0, BODY_AT, TAG_AT)).isTrue();
    }

    private static String text(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(0, bytes);
        return HEX.formatHex(bytes);
    }
}
