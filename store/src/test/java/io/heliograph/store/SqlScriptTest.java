package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlScriptTest {

    @Test
    void cutsAtEachSemicolon() {
        assertThat(SqlScript.statements("CREATE TABLE a (n BIGINT);\n\nDROP TABLE a ;\n"))
                .containsExactly("CREATE TABLE a (n BIGINT)", "DROP TABLE a");
        assertThat(SqlScript.statements("SELECT 1; ; SELECT 2")).containsExactly("SELECT 1", "SELECT 2");
        assertThat(SqlScript.statements("  \n ")).isEmpty();
    }

    @Test
    void leavesQuotesWhole() {
        assertThat(SqlScript.statements("INSERT INTO a VALUES ('x;''y;', \"z;\", '--', '/*'); SELECT 2"))
                .containsExactly("INSERT INTO a VALUES ('x;''y;', \"z;\", '--', '/*')", "SELECT 2");
    }

    @Test
    void passesOverComments() {
        assertThat(SqlScript.statements("-- a; 'b\nSELECT 1 -- c;\n; /* d; \" */ SELECT/**/2;-- e"))
                .containsExactly("SELECT 1", "SELECT 2");
    }

    @Test
    void endsWithWhatIsLeftOpen() {
        assertThat(SqlScript.statements("SELECT 'a; b")).containsExactly("SELECT 'a; b");
        assertThat(SqlScript.statements("SELECT 1 /* a; b")).containsExactly("SELECT 1");
        assertThat(SqlScript.statements("SELECT 1 -- a; b")).containsExactly("SELECT 1");
    }
}
