package io.heliograph.search;

import io.heliograph.ConfigException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.bg.BulgarianAnalyzer;
import org.apache.lucene.analysis.bn.BengaliAnalyzer;
import org.apache.lucene.analysis.br.BrazilianAnalyzer;
import org.apache.lucene.analysis.ca.CatalanAnalyzer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.ckb.SoraniAnalyzer;
import org.apache.lucene.analysis.cn.smart.SmartChineseAnalyzer;
import org.apache.lucene.analysis.cz.CzechAnalyzer;
import org.apache.lucene.analysis.da.DanishAnalyzer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.el.GreekAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.et.EstonianAnalyzer;
import org.apache.lucene.analysis.eu.BasqueAnalyzer;
import org.apache.lucene.analysis.fa.PersianAnalyzer;
import org.apache.lucene.analysis.fi.FinnishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.ga.IrishAnalyzer;
import org.apache.lucene.analysis.gl.GalicianAnalyzer;
import org.apache.lucene.analysis.hi.HindiAnalyzer;
import org.apache.lucene.analysis.hu.HungarianAnalyzer;
import org.apache.lucene.analysis.hy.ArmenianAnalyzer;
import org.apache.lucene.analysis.id.IndonesianAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.ja.JapaneseAnalyzer;
import org.apache.lucene.analysis.ko.KoreanAnalyzer;
import org.apache.lucene.analysis.lt.LithuanianAnalyzer;
import org.apache.lucene.analysis.lv.LatvianAnalyzer;
import org.apache.lucene.analysis.ne.NepaliAnalyzer;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.no.NorwegianAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.ro.RomanianAnalyzer;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.sr.SerbianAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.ta.TamilAnalyzer;
import org.apache.lucene.analysis.te.TeluguAnalyzer;
import org.apache.lucene.analysis.th.ThaiAnalyzer;
import org.apache.lucene.analysis.tr.TurkishAnalyzer;

/**
 * How text is split into words, and which forms of a word are the same: Lucene's analyzers by their codes. Query and event
 * go through the same one. The first use of {@code ja}, {@code ko} and {@code zh} reads a dictionary, which takes up to a second.
 */
public enum Language {
    /** Words as Unicode splits them, in lower case; for any language that puts something between its words. */
    STANDARD("standard", StandardAnalyzer::new),
    /** Pairs of neighbouring characters, for Chinese, Japanese and Korean together. */
    CJK("cjk", CJKAnalyzer::new),
    /** Arabic. */
    AR("ar", ArabicAnalyzer::new),
    /** Bulgarian. */
    BG("bg", BulgarianAnalyzer::new),
    /** Bengali. */
    BN("bn", BengaliAnalyzer::new),
    /** Portuguese as in Brazil. */
    BR("br", BrazilianAnalyzer::new),
    /** Catalan. */
    CA("ca", CatalanAnalyzer::new),
    /** Sorani Kurdish. */
    CKB("ckb", SoraniAnalyzer::new),
    /** Czech. */
    CS("cs", CzechAnalyzer::new),
    /** Danish. */
    DA("da", DanishAnalyzer::new),
    /** German. */
    DE("de", GermanAnalyzer::new),
    /** Greek. */
    EL("el", GreekAnalyzer::new),
    /** English. */
    EN("en", EnglishAnalyzer::new),
    /** Spanish. */
    ES("es", SpanishAnalyzer::new),
    /** Estonian. */
    ET("et", EstonianAnalyzer::new),
    /** Basque. */
    EU("eu", BasqueAnalyzer::new),
    /** Persian. */
    FA("fa", PersianAnalyzer::new),
    /** Finnish. */
    FI("fi", FinnishAnalyzer::new),
    /** French. */
    FR("fr", FrenchAnalyzer::new),
    /** Irish. */
    GA("ga", IrishAnalyzer::new),
    /** Galician. */
    GL("gl", GalicianAnalyzer::new),
    /** Hindi. */
    HI("hi", HindiAnalyzer::new),
    /** Hungarian. */
    HU("hu", HungarianAnalyzer::new),
    /** Armenian. */
    HY("hy", ArmenianAnalyzer::new),
    /** Indonesian. */
    ID("id", IndonesianAnalyzer::new),
    /** Italian. */
    IT("it", ItalianAnalyzer::new),
    /** Japanese, by Kuromoji's dictionary. */
    JA("ja", JapaneseAnalyzer::new),
    /** Korean, by Nori's dictionary. */
    KO("ko", KoreanAnalyzer::new),
    /** Lithuanian. */
    LT("lt", LithuanianAnalyzer::new),
    /** Latvian. */
    LV("lv", LatvianAnalyzer::new),
    /** Nepali. */
    NE("ne", NepaliAnalyzer::new),
    /** Dutch. */
    NL("nl", DutchAnalyzer::new),
    /** Norwegian. */
    NO("no", NorwegianAnalyzer::new),
    /** Portuguese. */
    PT("pt", PortugueseAnalyzer::new),
    /** Romanian. */
    RO("ro", RomanianAnalyzer::new),
    /** Russian. */
    RU("ru", RussianAnalyzer::new),
    /** Serbian. */
    SR("sr", SerbianAnalyzer::new),
    /** Swedish. */
    SV("sv", SwedishAnalyzer::new),
    /** Tamil. */
    TA("ta", TamilAnalyzer::new),
    /** Telugu. */
    TE("te", TeluguAnalyzer::new),
    /** Thai, by the JDK's dictionary. */
    TH("th", ThaiAnalyzer::new),
    /** Turkish. */
    TR("tr", TurkishAnalyzer::new),
    /** Chinese in simplified characters, by a dictionary of words. */
    ZH("zh", SmartChineseAnalyzer::new);

    private final String code;
    private final Supplier<Analyzer> analyzer;

    Language(String code, Supplier<Analyzer> analyzer) {
        this.code = code;
        this.analyzer = analyzer;
    }

    /** The code it goes by, such as {@code ru}. */
    public String code() {
        return code;
    }

    /**
     * The language of a code; what follows a hyphen ({@code de-CH}) is ignored.
     *
     * @throws ConfigException if there is none
     */
    public static Language of(String code) {
        String wanted = code.toLowerCase(Locale.ROOT).split("-", 2)[0];
        return Arrays.stream(values()).filter(language -> language.code.equals(wanted)).findFirst()
                .orElseThrow(() -> new ConfigException("language", code, "one of "
                        + Arrays.stream(values()).map(Language::code).collect(Collectors.joining(", "))));
    }

    Analyzer newAnalyzer() {
        return analyzer.get();
    }
}
